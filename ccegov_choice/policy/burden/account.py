"""What a burden account says: hours in all, per person, and how groups compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ccegov_choice._disclosure.limits import WITHHELD, withhold_groups
from ccegov_choice._drawing.chart import Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._table import Absent, Cell, Table, format_number
from ccegov_choice.errors import PolicyError, unknown_name

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice._drawing.chart import Chart

KINDS = ("learning", "compliance", "psychological")
"""Finding out; doing what is asked; and the strain of it."""


@dataclass(frozen=True)
class BurdenItem:
    """Something that takes citizens' time.

    Parameters
    ----------
    kind : {"learning", "compliance", "psychological"}
        What sort of burden it is. Of a psychological one, hours are those lost to it.
    name : str
        What it is, in words.
    hours : mapping of str to float
        Group -> hours of each person who has it; a group left out does not have it.
    people : mapping of str to float
        Group -> how many people have it; everybody where a group is left out.
    """

    kind: str
    name: str
    hours: Mapping[str, float]
    people: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hours", dict(self.hours))
        object.__setattr__(self, "people", dict(self.people))


@dataclass(frozen=True, eq=False)
class BurdenAccount:
    """Hours that citizens spend, by item, kind and group; make it with `burden_account`.

    Parameters
    ----------
    items : tuple of BurdenItem
        What takes time.
    people : mapping of str to float
        How many people each group has.
    name : str
        What the account is of.
    """

    items: tuple[BurdenItem, ...]
    people: Mapping[str, float]
    name: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, as given."""
        return tuple(self.people)

    @property
    def withheld(self) -> frozenset[str]:
        """Groups too small to print anything about, and those that hide them."""
        return withhold_groups({group: int(count) for group, count in self.people.items()})

    @property
    def notes(self) -> tuple[str, ...]:
        """What to keep in mind."""
        return ("Hours of different people are added up as they are: no hour counts more.",)

    def hours(self, group: str | None = None, kind: str | None = None) -> float:
        """Return the hours spent in all, by everybody or one group, on all kinds or one.

        Raises
        ------
        PolicyError
            If there is no such group or kind.
        """
        problems = []
        if group is not None and group not in self.people:
            problems.append(unknown_name(group, self.people, "group"))
        if kind is not None and kind not in KINDS:
            problems.append(unknown_name(kind, KINDS, "kind of burden"))
        if problems:
            raise PolicyError.of(problems)
        return sum(
            spent * item.people.get(name, self.people[name])
            for item in self.items
            if kind in (None, item.kind)
            for name, spent in item.hours.items()
            if group in (None, name)
        )

    def per_person(self, group: str | None = None, kind: str | None = None) -> float:
        """Return hours per person of a group, or of everybody."""
        count = sum(self.people.values()) if group is None else self.people.get(group, 1.0)
        return self.hours(group, kind) / count

    def ratio(self, first: str, second: str) -> float | Absent:
        """Return how many times as much a person of one group spends as one of another."""
        other = self.per_person(second)
        if other == 0:
            return Absent(f"people of '{second}' have no burden to compare with")
        return self.per_person(first) / other

    def table(self) -> Table:
        """Return hours per person by kind, and hours in all, one row per group."""
        gone = self.withheld
        rows: list[tuple[Cell, ...]] = []
        for group, count in self.people.items():
            cells: list[Cell] = [count, *(self.per_person(group, kind) for kind in KINDS)]
            cells += [self.per_person(group), self.hours(group)]
            rows.append((group, *(WITHHELD if group in gone else cell for cell in cells)))
        everybody = (self.per_person(None, kind) for kind in KINDS)
        count = sum(self.people.values())
        rows.append(("Everybody", count, *everybody, self.per_person(), self.hours()))
        title = f"Burden: {self.name}" if self.name else "Burden"
        columns = (
            "Group",
            "People",
            *(k.capitalize() for k in KINDS),
            "Hours each",
            "Hours in all",
        )
        formats = {**dict.fromkeys(columns[2:6], ",.2f"), "People": ",.0f", "Hours in all": ",.0f"}
        return Table(title, columns, tuple(rows), self.notes, formats)

    def items_table(self) -> Table:
        """Return hours in all by item, the greatest first."""
        spent = [
            sum(h * item.people.get(g, self.people[g]) for g, h in item.hours.items())
            for item in self.items
        ]
        order = sorted(range(len(spent)), key=lambda i: -spent[i])
        rows = tuple((self.items[i].name, self.items[i].kind, spent[i]) for i in order)
        return Table("Burden: items", ("Item", "Kind", "Hours in all"), rows)

    def compared(self, after: BurdenAccount) -> Table:
        """Return hours per person before (this account) and after, one row per group."""
        gone = self.withheld | after.withheld
        first, second = self.name or "Before", after.name or "After"
        rows: list[tuple[Cell, ...]] = []
        for group in (*self.groups, None):
            cells: list[Cell] = [self.per_person(group), after.per_person(group)]
            cells.append(after.per_person(group) - self.per_person(group))
            cells.append(after.hours(group) - self.hours(group))
            named = "Everybody" if group is None else group
            rows.append((named, *(WITHHELD if group in gone else cell for cell in cells)))
        columns = ("Group", first, second, "Change each", "Change in all")
        formats = {**dict.fromkeys(columns[1:4], ",.2f"), "Change in all": ",.0f"}
        return Table("Burden: hours each", columns, tuple(rows), self.notes, formats)

    def to_frame(self) -> pd.DataFrame:
        """Return the table with full precision."""
        return self.table().to_frame()

    def sentences(self) -> tuple[str, ...]:
        """Say how many hours people spend, and who spends most."""
        spent = format_number(float(f"{self.per_person():.3g}"))
        total = format_number(float(f"{self.hours():.3g}"), ",.0f")
        said = [f"People spend {spent} hours each, {total} hours in all."]
        shown = [group for group in self.groups if group not in self.withheld]
        if len(shown) > 1:
            most, least = (pick(shown, key=self.per_person) for pick in (max, min))
            times = self.ratio(most, least)
            if not isinstance(times, Absent) and times > 1:
                said.append(
                    f"A person of the group '{most}' spends {times:.2g} times as much as one of "
                    f"'{least}'."
                )
        return tuple(said)

    def sentence(self) -> str:
        """Return all sentences as one text."""
        return " ".join(self.sentences())

    def chart(self) -> Chart:
        """Draw hours per person by group and kind."""
        rows = [
            Row(kind.capitalize(), each, text=f"{each:,.2f}", heading=group)
            for group in self.groups
            if group not in self.withheld
            for kind in KINDS
            if (each := self.per_person(group, kind)) > 0
        ]
        return make_chart(
            "burden",
            "bars",
            self.sentences()[-1],
            "Hours that each person spends, by group and kind of burden",
            rows,
            nice_axis(rows, "Hours each", at_least=(0.0, 1.0)),
            note="Hours as they were counted or estimated; they have no interval.",
            sample=f"{sum(self.people.values()):,.0f} people.",
            first="Group and kind",
        )

    plot = chart

    def _repr_html_(self) -> str:
        return self.table().to_html() + self.items_table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()
