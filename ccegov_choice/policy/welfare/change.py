"""A change of welfare: what a reform is worth to people, who gains and who loses, by group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._disclosure.limits import withhold_groups
from ccegov_choice._drawing.chart import Chart, nice_axis
from ccegov_choice._drawing.make import estimate_row, make_chart
from ccegov_choice._drawing.show import figure
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.errors import PolicyError, unknown_name
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.welfare.words import headline, sentences
from ccegov_choice.study.payment import Payment

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GroupWelfare:
    """What a change is worth to one group of people.

    Parameters
    ----------
    name, label : str
        The group as the data call it, and in the study's words.
    people : int
        How many of those given; 0 where nobody was given.
    share : float
        Of all people, by weight, 0 to 1.
    mean : Estimate or Absent
        Of the amounts over the people of the group, in units of what is paid in.
    median : Estimate
        The amount that half of the group exceed.
    winners, losers : Estimate
        Shares of the group that gain and lose, 0 to 1.
    """

    name: str
    label: str
    people: int
    share: float
    mean: Estimate | Absent
    median: Estimate
    winners: Estimate
    losers: Estimate


@dataclass(frozen=True, eq=False)
class WelfareChange:
    """What people would gain or lose if one scenario took the place of another.

    Amounts are compensating variations: how much of what is paid in could be taken from a person
    after the change so that they are as well off as before. Below zero, a loss.

    Parameters
    ----------
    before, after : Scenario
        What is on offer.
    payment : Payment
        The unit of amounts, in words.
    mean : Estimate or Absent
        Of the amounts over people; absent, with the reason, where no mean exists.
    median : Estimate
        The amount that half of the people exceed.
    quantiles : tuple of (float, Estimate)
        Amounts that a share of 0.05, 0.25, 0.5, 0.75 and 0.95 of people stay below.
    gain_share, loss_share, same_share : Estimate
        Shares of people who are better off, worse off, and neither, 0 to 1.
    majority_probability : float
        Share of the draws of the parameters in which more gain than lose.
    refuse : Estimate
        Share of people to whom what is paid in has the wrong sign: no amount exists for them.
    shut_out, let_in : float
        Shares of people who have nothing to choose from after, and who had nothing before.
    groups : tuple of GroupWelfare
        By group; one group of everybody where none were asked for.
    by : str or None
        The column of the groups.
    per_person : DataFrame
        A row for each pattern of covariates: its ``weight``, the median ``cv`` of people of the
        pattern (missing where none exists), and the shares that ``gain`` and ``lose``.
    people : int
        How many were given; 0 for one person who stands for all.
    simulated : bool
        True where tastes are simulated.
    level : float
        Confidence level.
    seed, draws : int
        Of the draws of the parameters, and how many were used.
    sampled : ndarray of shape (R, G)
        Mean of each group by draw; the median where no mean exists.
    notes : tuple of str
        What a reader must know besides.
    """

    before: Scenario
    after: Scenario
    payment: Payment
    mean: Estimate | Absent
    median: Estimate
    quantiles: tuple[tuple[float, Estimate], ...]
    gain_share: Estimate
    loss_share: Estimate
    same_share: Estimate
    majority_probability: float
    refuse: Estimate
    shut_out: float
    let_in: float
    groups: tuple[GroupWelfare, ...]
    by: str | None
    per_person: pd.DataFrame = field(repr=False)
    people: int
    simulated: bool
    level: float
    seed: int
    draws: int
    sampled: FloatArray = field(repr=False)
    notes: tuple[str, ...]

    @property
    def majority(self) -> Estimate:
        """Share of people who gain, to be held against one half."""
        return self.gain_share

    def group(self, name: str) -> GroupWelfare:
        """Return one group by its name."""
        known = {group.name: group for group in self.groups}
        if name not in known:
            raise PolicyError.of([unknown_name(name, known, "group")])
        return known[name]

    # --- tables -----------------------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """Return one row for everybody and one for each group, at full precision.

        It holds small groups too: for use in the house only.
        """
        import pandas as pd

        rows = [("everybody", self.people, 1.0, *_numbers(self._everybody))]
        if self.by is not None:
            rows += [(g.name, g.people, g.share, *_numbers(g)) for g in self.groups]
        ends = ("", "_low", "_high")
        kinds = ("mean", "median", "gain", "lose")
        columns = ["group", "people", "share", *(f"{kind}{end}" for kind in kinds for end in ends)]
        return pd.DataFrame(rows, columns=columns)

    @property
    def _everybody(self) -> GroupWelfare:
        return GroupWelfare(
            "everybody",
            "everybody",
            self.people,
            1.0,
            self.mean,
            self.median,
            self.gain_share,
            self.loss_share,
        )

    def table(self) -> Table:
        """Return mean and median amounts with intervals, by group and for everybody."""
        percent = f"{100 * self.level:g} %"
        unit = self.payment.unit_plural or self.payment.label
        columns = (
            "group",
            f"mean ({unit})",
            f"{percent} low",
            f"{percent} high",
            f"median ({unit})",
            f"median {percent} low",
            f"median {percent} high",
        )
        rows = tuple(
            (group.label, *_cells(group.mean), *_cells(group.median)) for group in self._shown
        )
        title = f"What '{self.after.text()}' is worth, against '{self.before.text()}'"
        return Table(title, columns, rows, self._table_notes, dict.fromkeys(columns[1:], ".2f"))

    def winners_table(self) -> Table:
        """Return how many of 100 people gain, lose, and see no difference, with intervals."""
        percent = f"{100 * self.level:g} %"
        columns = (
            "group",
            "gain (in 100)",
            f"{percent} low",
            f"{percent} high",
            "lose (in 100)",
            f"lose {percent} low",
            f"lose {percent} high",
            "of all (%)",
        )
        rows = tuple(
            (
                group.label,
                *_cells(_in_100(group.winners)),
                *_cells(_in_100(group.losers)),
                100 * group.share,
            )
            for group in self._shown
        )
        title = f"Who gains and who loses by '{self.after.text()}'"
        return Table(title, columns, rows, (), dict.fromkeys(columns[1:], ".1f"))

    @property
    def told(self) -> tuple[GroupWelfare, ...]:
        """The groups that may be told of: none of fewer than ten people, nor one that tells them.

        Tables, sentences and charts leave the others out; `to_frame` and `groups` are for inside.
        """
        if self.by is None:
            return ()
        gone = withhold_groups({group.name: group.people for group in self.groups})
        return tuple(group for group in self.groups if group.name not in gone)

    @property
    def _shown(self) -> tuple[GroupWelfare, ...]:
        return (*self.told, self._everybody)

    @property
    def _table_notes(self) -> tuple[str, ...]:
        if self.by is None or len(self.told) == len(self.groups):
            return self.notes
        return (*self.notes, "small groups, and those that would tell of them, are withheld")

    # --- words and pictures -----------------------------------------------------------------------

    def sentences(self) -> tuple[str, ...]:
        """Say it in plain English: the typical person, winners and losers, each group."""
        return sentences(self)

    def sentence(self) -> str:
        """Say it in plain English, in one string."""
        return " ".join(self.sentences())

    def chart(self) -> Chart:
        """Return the median amount of each group, with its interval."""
        rows = [estimate_row(g.label, g.median, spec=".1f") for g in self._shown]
        unit = self.payment.unit_plural or self.payment.label
        axis = nice_axis(
            rows, f"{unit} (above 0: a gain)", reference=0.0, reference_label="no change"
        )
        base = f"{self.people:,} people." if self.people else "One person stands for all."
        return make_chart(
            "welfare",
            "dots",
            headline(self),
            f"'{self.after.text()}' against '{self.before.text()}': median over people, "
            f"as an amount of {self.payment.label}",
            rows,
            axis,
            note=f"Lines are {100 * self.level:g} % intervals.",
            sample=base,
            first="group",
            formats=".1f",
        )

    plot = chart

    def _repr_html_(self) -> str:
        tables = self.table().to_html() + self.winners_table().to_html()
        return tables + (figure(self.chart()) if self.by is not None else "")

    def __repr__(self) -> str:
        return self.table().to_text() + "\n" + self.winners_table().to_text()

    __str__ = __repr__


def _in_100(estimate: Estimate) -> Estimate:
    return estimate.map(lambda share: 100 * share)


def _cells(estimate: Estimate | Absent) -> tuple[Cell, Cell, Cell]:
    if isinstance(estimate, Absent):
        return estimate, None, None
    return estimate.value, estimate.low, estimate.high


def _numbers(group: GroupWelfare) -> tuple[float | None, ...]:
    found: list[float | None] = []
    for estimate in (group.mean, group.median, group.winners, group.losers):
        known = not isinstance(estimate, Absent)
        found += [estimate.value, estimate.low, estimate.high] if known else [None] * 3  # type: ignore[union-attr]
    return tuple(found)
