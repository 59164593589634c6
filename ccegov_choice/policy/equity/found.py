"""What is said about equity: groups side by side, and what became of the worst off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccegov_choice._disclosure.limits import LEAST_PEOPLE, WITHHELD, withhold_groups
from ccegov_choice._drawing.chart import nice_axis
from ccegov_choice._drawing.make import estimate_row, make_chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table, format_number

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice._drawing.chart import Chart


@dataclass(frozen=True)
class GroupEquity:
    """One group in an account of equity.

    Parameters
    ----------
    name, label : str
        The group as the data call it, and in words.
    people : int or None
        How many were counted.
    share : float
        Its share of the people.
    value : Estimate
        How well off it is; what it gains where levels are not known.
    gain : Estimate or None
        What it gains; None where only levels are known.
    worse_probability : float or None
        In which share of the draws it loses; None without draws.
    meets : bool or None
        Whether it has the minimum.
    weight : float or None
        What a unit of its welfare counts.
    """

    name: str
    label: str
    people: int | None
    share: float
    value: Estimate
    gain: Estimate | None
    worse_probability: float | None
    meets: bool | None
    weight: float | None


@dataclass(frozen=True, eq=False)
class Equity:
    """How welfare is shared out among groups.

    Parameters
    ----------
    groups : tuple of GroupEquity
        All groups, as given.
    of_gains : bool
        True where only gains are known, so that values are gains.
    gini, atkinson : Estimate or Absent
        Inequality between groups, 0 to 1.
    ede : Estimate or Absent
        The welfare that, if everybody had it, would be as good as what people have.
    mean : Estimate
        Mean over people.
    weighted : Estimate or None
        Mean with distributional weights; None where none are given.
    aversion : float
        Aversion to inequality of the Atkinson index and the equivalent.
    minimum : float or None
        The guarantee.
    guarantee_probability : float or None
        In which share of the draws every group has it; None without draws.
    no_group_worse_off : bool or None
        Whether every group gains or stays as it is, by the estimates.
    no_group_worse_off_probability : float or None
        The same, as the share of draws in which it holds; None without draws.
    worst : str
        The group with the least.
    level : float
        Confidence level.
    unit : str
        Of welfare.
    notes : tuple of str
        What to keep in mind.
    """

    groups: tuple[GroupEquity, ...]
    of_gains: bool
    gini: Estimate | Absent
    atkinson: Estimate | Absent
    ede: Estimate | Absent
    mean: Estimate
    weighted: Estimate | None
    aversion: float
    minimum: float | None
    guarantee_probability: float | None
    no_group_worse_off: bool | None
    no_group_worse_off_probability: float | None
    worst: str
    level: float
    unit: str
    notes: tuple[str, ...]

    @property
    def guarantee_met(self) -> bool | None:
        """Whether every group has the minimum, by the estimates; None without a minimum."""
        return None if self.minimum is None else all(group.meets for group in self.groups)

    @property
    def withheld(self) -> frozenset[str]:
        """Groups too small to print anything about, and those that hide them."""
        counts = {group.name: group.people for group in self.groups if group.people is not None}
        return withhold_groups(counts)

    @property
    def _limits(self) -> tuple[str, ...]:
        """Headings of the interval; none where nothing says how sure the numbers are."""
        if self.mean.low is None:
            return ()
        return (f"{100 * self.level:g}% low", f"{100 * self.level:g}% high")

    @property
    def _what(self) -> str:
        what = "Gain" if self.of_gains else "Welfare"
        return f"{what} ({self.unit})" if self.unit else what

    def table(self) -> Table:
        """Return one row per group; nothing about groups of fewer than ten people."""
        limits = self._limits
        extra: dict[str, list[Cell]] = {}
        gone = self.withheld
        for group in self.groups:
            if group.gain is not None and not self.of_gains:
                extra.setdefault("Gain", []).append(group.gain.value)
            if group.worse_probability is not None:
                extra.setdefault("Chance of a loss", []).append(group.worse_probability)
            if group.meets is not None:
                extra.setdefault("Has the minimum", []).append("yes" if group.meets else "no")
            if group.weight is not None:
                extra.setdefault("Weight", []).append(group.weight)
        rows: list[tuple[Cell, ...]] = []
        for g, group in enumerate(self.groups):
            cells: list[Cell] = [group.share, group.value.value]
            cells += [group.value.low, group.value.high] if limits else []
            cells += [column[g] for column in extra.values()]
            rows.append((group.label, *(WITHHELD if group.name in gone else c for c in cells)))
        shares = ("Share of people", "Chance of a loss")
        return Table(
            "Equity: groups",
            ("Group", "Share of people", self._what, *limits, *extra),
            tuple(rows),
            self.notes,
            dict.fromkeys(shares, ".0%"),
        )

    def measures_table(self) -> Table:
        """Return the measures over all groups, each with its interval."""
        named: list[tuple[str, Estimate | Absent | None]] = [
            ("Mean over people", self.mean),
            ("Mean, weighted for distribution", self.weighted),
            (f"Equally distributed equivalent (aversion {self.aversion:g})", self.ede),
            (f"Atkinson index (aversion {self.aversion:g})", self.atkinson),
            ("Gini coefficient", self.gini),
        ]
        rows: list[tuple[Cell, ...]] = []
        for name, found in named:
            if isinstance(found, Absent):
                rows.append((name, found, *(None for _ in self._limits)))
            elif found is not None:
                ends = (found.low, found.high) if self._limits else ()
                rows.append((name, found.value, *ends))
        return Table("Equity: measures", ("Measure", "Value", *self._limits), tuple(rows))

    def to_frame(self) -> pd.DataFrame:
        """Return the table of groups with full precision."""
        return self.table().to_frame()

    def sentences(self) -> tuple[str, ...]:
        """Say in plain English who has least, and whether anybody loses."""
        said = [*self._least(), *self._losers(), *self._guarantee()]
        if not isinstance(self.atkinson, Absent):
            share = format_number(100 * self.atkinson.value, ".2g")
            said.append(
                f"Inequality between groups wastes {share}% of all welfare"
                f"{_interval(self.atkinson, self.level)}, at an aversion to inequality of "
                f"{self.aversion:g}."
            )
        return tuple(said)

    def sentence(self) -> str:
        """Return all sentences as one text."""
        return " ".join(self.sentences())

    def _least(self) -> list[str]:
        if self.worst in self.withheld:
            return []
        if len(self.groups) < 2:
            return []
        verb = "gains least on average" if self.of_gains else "is worst off on average"
        label = next(group.label for group in self.groups if group.name == self.worst)
        return [f"The group '{label}' {verb}."]

    def _losers(self) -> list[str]:
        if self.no_group_worse_off is None:
            return []
        if self.no_group_worse_off:
            said = "By the estimates no group is worse off on average"
        else:
            gone = self.withheld
            lost = [g for g in self.groups if g.gain is not None and g.gain.value < 0]
            named = [f"'{g.label}'" for g in lost if g.name not in gone]
            said = f"Worse off on average: {', '.join(named) or 'a group too small to be named'}"
        chance = self.no_group_worse_off_probability
        if chance is None:
            return [f"{said}."]
        return [
            f"{said}; that no group loses on average holds in {_chance(chance)} of the draws. "
            "This is about the mean of each group: its typical person, or some of its people, may "
            "still lose."
        ]

    def _guarantee(self) -> list[str]:
        if self.minimum is None:
            return []
        least = f"{format_number(self.minimum)} {self.unit}".rstrip()
        if self.guarantee_met:
            return [f"Every group has the minimum of {least}."]
        gone = self.withheld
        short = [f"'{g.label}'" for g in self.groups if not g.meets and g.name not in gone]
        return [f"Below the minimum of {least}: {', '.join(short) or 'a group too small to name'}."]

    def chart(self) -> Chart:
        """Draw the groups with their intervals."""
        shown = [group for group in self.groups if group.name not in self.withheld]
        rows = [estimate_row(group.label, group.value) for group in shown]
        sure = shown and shown[0].value.low is not None
        note = f"Lines are {100 * self.level:g}% intervals." if sure else self.notes[-1]
        counts = [group.people for group in self.groups if group.people is not None]
        sample = f"{sum(counts):,} people." if counts and sum(counts) >= LEAST_PEOPLE else "Groups."
        return make_chart(
            "equity",
            "dots",
            next(iter(self.sentences()), f"{self._what} by group"),
            f"{self._what} by group",
            rows,
            nice_axis(rows, self._what, reference=0.0 if self.of_gains else self.minimum),
            note=note,
            sample=sample,
            first="Group",
        )

    plot = chart

    def _repr_html_(self) -> str:
        tables = self.table().to_html() + self.measures_table().to_html()
        hidden = len(self.withheld) == len(self.groups)
        return tables if hidden else tables + self.chart()._repr_html_()

    def __repr__(self) -> str:
        return f"{self.table().to_text()}\n\n{self.measures_table().to_text()}"


def _interval(found: Estimate, level: float) -> str:
    if found.low is None or found.high is None:
        return ""
    low, high = (format_number(100 * end, ".2g") for end in (found.low, found.high))
    return f" ({100 * level:g}% interval {low}% to {high}%)"


def _chance(share: float) -> str:
    """Write a share of draws; never as certain what only happened in all draws."""
    points = round(100 * share)
    if points == 100:
        return "more than 99 in 100"
    return "fewer than 1 in 100" if points == 0 else f"{points} in 100"
