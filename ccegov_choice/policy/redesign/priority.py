"""Levers one by one: what each is worth, whom it reaches, what it costs, and who owns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice._drawing.chart import Chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.models.results import Results
from ccegov_choice.policy.forecast import central_limits
from ccegov_choice.policy.offers import duty_or_opt_out
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.responsibility import orphans, splits
from ccegov_choice.policy.redesign.rules import undeliverable
from ccegov_choice.policy.redesign.valuation import Valuation
from ccegov_choice.study.payment import Payment, decimals, payment_words

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.study.people import Answers


@dataclass(frozen=True)
class LeverWorth:
    """One lever by itself.

    Parameters
    ----------
    lever : Lever
        The lever.
    value : Estimate
        What it is worth to those it reaches, per person, in units of payment.
    reach : float
        Share of the people it reaches; zero where nobody can deliver it.
    ratio : float or Absent
        ``value * reach / cost``; absent where it costs nothing.
    deliverable : bool
        Whether somebody can deliver it and all that it depends on.
    """

    lever: Lever
    value: Estimate
    reach: float
    ratio: float | Absent
    deliverable: bool

    @property
    def unwanted(self) -> bool:
        """True where it is funded, and its value may well be zero, or is below it."""
        return self.lever.funded and self.value.sign <= 0


@dataclass(frozen=True, eq=False)
class LeverRanking:
    """Levers from the one that does most for its cost to the one that does least.

    The order: first levers that somebody can deliver, by ``value * reach / cost``; of these first
    such as cost nothing or save, by ``value * reach``. A lever that nobody can deliver reaches
    nobody, so it goes to the end, and so does every lever that depends on it.

    Parameters
    ----------
    levers : tuple of LeverWorth
        In this order.
    orphans, splits, unwanted : tuple of str
        Levers without a working owner, with two owners and no agreed route, and funded levers
        that people may not want.
    payment : Payment
        The unit of the values.
    level : float
        Confidence level.
    cost_unit : str
        The unit of costs.
    notes : tuple of str
        What a reader must know.
    """

    levers: tuple[LeverWorth, ...]
    orphans: tuple[str, ...]
    splits: tuple[str, ...]
    unwanted: tuple[str, ...]
    payment: Payment
    level: float
    cost_unit: str
    notes: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Ids of the levers in this order."""
        return tuple(item.lever.id for item in self.levers)

    def table(self) -> Table:
        """Return the ranking."""
        unit = self.payment.unit_plural or "units"
        per = f"{unit} per 1,000 {self.cost_unit or 'of cost'}"
        columns = ("lever", f"worth ({unit})", "from", "to", "reach (%)", "cost", per, "owner")
        rows: list[tuple[Cell, ...]] = []
        for item in self.levers:
            lever = item.lever
            ratio = item.ratio if isinstance(item.ratio, Absent) else 1000 * item.ratio
            rows.append(
                (
                    lever.text(),
                    item.value.value,
                    item.value.low,
                    item.value.high,
                    100 * item.reach,
                    lever.cost,
                    ratio,
                    self._owner(lever.id),
                )
            )
        return Table("Levers one by one", columns, tuple(rows), self.notes)

    def _owner(self, id: str) -> str:
        found = [("no working owner", self.orphans), ("no agreed route", self.splits)]
        found += [("funded, may not be wanted", self.unwanted)]
        return "; ".join(words for words, ids in found if id in ids)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per lever, with full precision."""
        import pandas as pd

        return pd.DataFrame(
            {
                "lever": item.lever.id,
                "value": item.value.value,
                "conf_low": item.value.low,
                "conf_high": item.value.high,
                "reach": item.reach,
                "cost": item.lever.cost,
                "ratio": None if isinstance(item.ratio, Absent) else item.ratio,
                "deliverable": item.deliverable,
                "orphan": item.lever.id in self.orphans,
                "split": item.lever.id in self.splits,
                "unwanted": item.lever.id in self.unwanted,
            }
            for item in self.levers
        )

    def sentences(self) -> tuple[str, ...]:
        """Say what each lever is worth, and what is wrong with its ownership."""
        found = []
        for item in self.levers:
            places = decimals(item.value, item.value.value)
            text = self.payment.amount(abs(item.value.value), places)
            low, high = item.value.low or 0.0, item.value.high or 0.0
            limits = f"{self.payment.amount(low, places)} to {self.payment.amount(high, places)}"
            if item.value.sign == 0:
                found.append(
                    f"This study cannot tell whether people want '{item.lever.text()}' "
                    f"(worth {limits})."
                )
            else:
                word = "worth" if item.value.sign > 0 else "a loss of"
                found.append(
                    f"'{item.lever.text()}' is {word} {text} to those it reaches ({limits})."
                )
        for ids, words in (
            (self.orphans, "nobody who can deliver it owns"),
            (self.splits, "one answers for, another carries out, and no route is agreed on for"),
            (self.unwanted, "money is set aside, but people may not want"),
        ):
            if ids:
                found.append(f"Of these {words}: {', '.join(ids)}.")
        return tuple(found)

    def chart(self) -> Chart:
        """Draw what each lever is worth."""
        from ccegov_choice.policy.redesign.pictures import lever_chart

        return lever_chart(self)

    plot = chart

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def rank_levers(
    results: Results,
    redesign: Redesign,
    *,
    pay_in: str,
    people: pd.DataFrame | Answers | None = None,
    opt_out: bool | None = None,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 1,
    points: int | None = None,
) -> LeverRanking:
    """Value levers one by one, rank them by what they do for their cost, and judge ownership.

    Parameters
    ----------
    results : Results
        A fitted model of any family.
    redesign : Redesign
        The levers.
    pay_in : str
        The numeraire of the study that values are told in.
    people : DataFrame or ChoiceData, optional
        For whom; needed where tastes or levers depend on people.
    opt_out : bool, optional
        Whether people may do without the service; by default, if the study lets them.
    level, draws, seed : float, int, int
        Confidence level, draws of the parameters, their seed.
    points : int, optional
        Points for tastes that are simulated.

    Returns
    -------
    LeverRanking

    Raises
    ------
    PolicyError
        Listing all problems of the redesign.
    """
    redesign.require_valid(results.study)
    valuation = Valuation.of(
        results,
        redesign,
        pay_in=pay_in,
        people=people,
        by=None,
        opt_out=duty_or_opt_out(results, opt_out),
        draws=draws,
        seed=seed,
        points=points,
        level=level,
    )
    masks = np.array([1 << valuation.order.index(i) for i in range(len(redesign.levers))], np.int64)
    sampled = np.array(
        [valuation.gains(masks, draw)[0] for draw in range(valuation.draws + 1)]
    )  # (1 + R, L)
    low, high = central_limits(sampled[1:], level)
    lost, reach = undeliverable(redesign), valuation.lever_reach
    found = []
    for i, lever in enumerate(redesign.levers):
        # gains average over everybody; the lever's worth is that to those it reaches
        part = float(reach[i])
        scale = 1 / part if part > 0 else 0.0
        value = Estimate(sampled[0, i] * scale, low[i] * scale, high[i] * scale)
        there = 0.0 if lever.id in lost else part
        gain = value.value * there
        free = Absent("it costs nothing, or saves")
        ratio = gain / lever.cost if lever.cost > 0 else free
        found.append(LeverWorth(lever, value, there, ratio, lever.id not in lost))
    words = payment_words(valuation.worth.attribute, results.study.numeraire(pay_in))
    return LeverRanking(
        tuple(sorted(found, key=_place)),
        orphans(redesign),
        splits(redesign),
        tuple(item.lever.id for item in found if item.unwanted),
        words,
        level,
        redesign.cost_unit,
        valuation.notes(),
    )


def _place(item: LeverWorth) -> tuple[bool, int, float, str]:
    if isinstance(item.ratio, Absent):
        gain = item.value.value * item.reach
        return not item.deliverable, 0 if gain > 0 else 2, -gain, item.lever.id
    return not item.deliverable, 1, -item.ratio, item.lever.id


def unwanted(
    results: Results,
    redesign: Redesign,
    *,
    pay_in: str,
    people: pd.DataFrame | Answers | None = None,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 1,
) -> tuple[str, ...]:
    """Return funded levers that people may not want: the interval of their value has zero in it.

    Levers whose value lies below zero altogether are named too. For parameters see `rank_levers`.
    """
    return rank_levers(
        results, redesign, pay_in=pay_in, people=people, level=level, draws=draws, seed=seed
    ).unwanted
