"""A shift between channels: who goes where, who is left behind, and what it costs to serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._disclosure.limits import safe_count
from ccegov_choice._disclosure.protect import protect
from ccegov_choice._drawing.chart import Chart, nice_axis
from ccegov_choice._drawing.make import estimate_row, make_chart
from ccegov_choice._drawing.show import figure
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Table, format_number
from ccegov_choice.errors import PolicyError, unknown_name
from ccegov_choice.policy.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OfferShift:
    """One offer before and after: shares of people from 0 to 1."""

    name: str
    label: str
    before: Estimate
    after: Estimate
    change: Estimate


@dataclass(frozen=True)
class Flow:
    """People expected to go from one offer to another.

    Parameters
    ----------
    source, target : str
        Names of offers; ``"nothing"`` for those who have nothing to choose from.
    share : Estimate
        Of all people, 0 to 1.
    diversion : Estimate
        Of those whom the source loses, 0 to 1: the diversion ratio.
    """

    source: str
    target: str
    share: Estimate
    diversion: Estimate


@dataclass(frozen=True)
class LeftBehind:
    """People of a group to whom nothing is available after the change.

    Parameters
    ----------
    name, label : str
        The group.
    people, left : int
        How many there are, and how many of them are left behind.
    """

    name: str
    label: str
    people: int
    left: int


@dataclass(frozen=True, eq=False)
class ChannelShift:
    """What happens to the channels of a service when one scenario takes the place of another.

    Parameters
    ----------
    before, after : Scenario
        What is on offer.
    offers : tuple of OfferShift
        All offers of either, the opt-out, and ``"nothing"`` where somebody is left with it.
    flows : tuple of Flow
        To which offers the people of each losing offer go.
    forced : Estimate
        Share of people whose way of before is not open to them any more, 0 to 1.
    left_behind : int
        People given to whom nothing is available after; not choosing is no service.
    left_behind_share : float
        The same by weight, 0 to 1.
    groups : tuple of LeftBehind
        The same by group; empty without groups.
    cost_before, cost_after, cost_change : Estimate or None
        Cost to serve per person; None where no costs are given.
    by : str or None
        The column of the groups.
    people : int
        How many were given.
    level : float
        Confidence level.
    seed, draws : int
        Of the draws of the parameters, and how many.
    sampled : ndarray of shape (R, 2, U)
        Shares before and after, by draw.
    notes : tuple of str
        What a reader must know besides.
    """

    before: Scenario
    after: Scenario
    offers: tuple[OfferShift, ...]
    flows: tuple[Flow, ...]
    forced: Estimate
    left_behind: int
    left_behind_share: float
    groups: tuple[LeftBehind, ...]
    cost_before: Estimate | None
    cost_after: Estimate | None
    cost_change: Estimate | None
    by: str | None
    people: int
    level: float
    seed: int
    draws: int
    sampled: FloatArray = field(repr=False)
    notes: tuple[str, ...]

    def offer(self, name: str) -> OfferShift:
        """Return one offer by its name."""
        known = {offer.name: offer for offer in self.offers}
        if name not in known:
            raise PolicyError.of([unknown_name(name, known, "offer")])
        return known[name]

    def diversion(self, source: str, target: str) -> Estimate:
        """Return which share of those whom an offer loses goes to another, 0 to 1."""
        known = {(flow.source, flow.target): flow.diversion for flow in self.flows}
        losing = list(dict.fromkeys(flow.source for flow in self.flows))
        if source not in losing:
            raise PolicyError.of([unknown_name(source, losing, "offer that loses people")])
        return known.get((source, target), Estimate(0.0, 0.0, 0.0))

    # --- tables -----------------------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each offer, at full precision; shares from 0 to 1."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "offer": offer.name,
                    **_ends("before", offer.before),
                    **_ends("after", offer.after),
                    **_ends("change", offer.change),
                }
                for offer in self.offers
            ]
        )

    def table(self) -> Table:
        """Return shares before and after in 100 people, and changes with intervals."""
        percent = f"{100 * self.level:g} %"
        columns = ("way", "before (in 100)", "after", "change", f"{percent} low", f"{percent} high")
        rows = tuple(
            (
                offer.label,
                100 * offer.before.value,
                100 * offer.after.value,
                *_in_100(offer.change),
            )
            for offer in self.offers
        )
        title = f"Which way people go: '{self.after.text()}' against '{self.before.text()}'"
        return Table(title, columns, rows, self.notes, dict.fromkeys(columns[1:], ".1f"))

    def flows_table(self) -> Table:
        """Return to which offers the people of each losing offer go: diversion ratios."""
        labels = {offer.name: offer.label for offer in self.offers}
        percent = f"{100 * self.level:g} %"
        columns = ("from", "to", "of those who leave (%)", f"{percent} low", f"{percent} high")
        rows = tuple(
            (
                labels[flow.source],
                labels[flow.target],
                *_in_100(flow.diversion),
            )
            for flow in self.flows
        )
        return Table("Where they go", columns, rows, (), dict.fromkeys(columns[2:], ".1f"))

    def left_behind_table(self) -> Table:
        """Return how many are left behind by group, with small numbers withheld and rounded."""
        import pandas as pd

        if not self.groups:
            shown = safe_count(self.left_behind) if self.left_behind else 0
            return Table("Left behind", ("", "people"), (("everybody", shown),))
        counts = pd.DataFrame(
            {
                "left behind": [group.left for group in self.groups],
                "served": [group.people - group.left for group in self.groups],
            },
            index=pd.Index([group.label for group in self.groups], name="group"),
        )
        return protect(counts, title="Left behind, by group").table()

    # --- words and pictures -----------------------------------------------------------------------

    def sentences(self) -> tuple[str, ...]:
        """Say it in plain English."""
        per = f"{100 * self.level:g}%"
        said = [_change_words(offer, per) for offer in self.offers if offer.name != "nothing"]
        if self.forced.value > 0:
            said.append(
                f"About {_hundred(self.forced, per)} in 100 people cannot go the way they would "
                "have gone before."
            )
        said.append(self._left_sentence())
        if self.cost_change is not None and self.cost_before is not None:
            said.append(self._cost_sentence(per))
        return tuple(said)

    def sentence(self) -> str:
        """Say it in plain English, in one string."""
        return " ".join(self.sentences())

    def _left_sentence(self) -> str:
        if not self.left_behind:
            return "Nobody is left without a way that is open to them."
        share = f"{100 * self.left_behind_share:.1f} in 100 people"
        counted = safe_count(self.left_behind)
        if isinstance(counted, Absent) or isinstance(
            safe_count(self.people - self.left_behind), Absent
        ):
            return "Some people are left behind: no way is open to them."
        return f"{counted:,} of {self.people:,} people are left behind ({share}): no way is open."

    def _cost_sentence(self, per: str) -> str:
        assert self.cost_change is not None
        assert self.cost_before is not None
        found = self.cost_change
        interval = "no interval"
        if found.low is not None and found.high is not None:
            ends = " to ".join(format_number(end, ",.2f") for end in (found.low, found.high))
            interval = f"{per} interval of the change {ends}"
        if found.sign == 0:
            return f"This study cannot tell whether the cost to serve changes ({interval})."
        more = "more" if found.value > 0 else "less"
        return (
            f"Serving a person costs {abs(found.value):,.2f} {more} than the "
            f"{self.cost_before.value:,.2f} of before ({interval})."
        )

    def chart(self) -> Chart:
        """Return the change of each offer's share, with its interval."""
        rows = [
            estimate_row(offer.label, offer.change.map(lambda share: 100 * share), spec=".1f")
            for offer in self.offers
        ]
        axis = nice_axis(
            rows, "more in 100 people", reference=0.0, reference_label="as many as before"
        )
        most = max(self.offers, key=lambda offer: abs(offer.change.value))
        return make_chart(
            "channel-shift",
            "dots",
            _change_words(most, f"{100 * self.level:g}%").rstrip("."),
            f"'{self.after.text()}' against '{self.before.text()}'",
            rows,
            axis,
            note=f"Lines are {100 * self.level:g} % intervals.",
            sample=f"{self.people:,} people." if self.people else "One person stands for all.",
            first="way",
            formats=".1f",
        )

    plot = chart

    def _repr_html_(self) -> str:
        tables = [self.table(), self.flows_table(), self.left_behind_table()]
        return "".join(table.to_html() for table in tables) + figure(self.chart())

    def __repr__(self) -> str:
        return "\n".join(t.to_text() for t in (self.table(), self.flows_table()))

    __str__ = __repr__


def _three(estimate: Estimate) -> tuple[float, float | None, float | None]:
    return estimate.value, estimate.low, estimate.high


def _in_100(estimate: Estimate) -> tuple[float, float | None, float | None]:
    return _three(estimate.map(lambda share: 100 * share))


def _ends(name: str, estimate: Estimate) -> dict[str, float | None]:
    value, low, high = _three(estimate)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _hundred(estimate: Estimate, per: str) -> str:
    if estimate.low is None or estimate.high is None:
        return f"{100 * estimate.value:.0f}"
    ends = sorted((100 * abs(estimate.low), 100 * abs(estimate.high)))
    return f"{100 * abs(estimate.value):.0f} ({per} interval {ends[0]:.0f} to {ends[1]:.0f})"


def _change_words(offer: OfferShift, per: str) -> str:
    change = offer.change
    if change.sign == 0:
        if change.low == change.high == 0.0:
            return f"{offer.label}: as many people as before."
        low, high = (
            format_number(100 * float(end or 0.0), ".0f") for end in (change.low, change.high)
        )
        return (
            f"{offer.label}: this study cannot tell whether more or fewer people use it ({per} "
            f"interval of the change {low} to {high} in 100)."
        )
    more = "more" if change.sign > 0 else "fewer"
    return f"{offer.label}: about {_hundred(change, per)} {more} in 100 people."
