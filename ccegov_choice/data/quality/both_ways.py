"""Results with and without flagged people, side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from ccegov_choice._disclosure.limits import LEAST_PEOPLE, withheld
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.data.quality.found import QualityFlags
from ccegov_choice.errors import DataError

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData


class SupportsFit(Protocol):
    """A model that can be fitted, such as `Logit`."""

    def fit(self, data: ChoiceData) -> Any:
        """Return results: they have ``tidy(level)``."""


@runtime_checkable
class HasModel(Protocol):
    """Results: they know the model that they are of."""

    @property
    def model(self) -> Any:
        """The model, which can be fitted again."""


@dataclass(frozen=True)
class BothWays:
    """One number, with and without flagged people.

    Parameters
    ----------
    name : str
        What it is.
    everybody, without : Estimate or Absent
        Of all people, and of those without a flag.
    """

    name: str
    everybody: Estimate | Absent
    without: Estimate | Absent

    @property
    def differs(self) -> bool:
        """Whether the number without flagged people lies outside the interval with them."""
        first, second = self.everybody, self.without
        if isinstance(first, Absent) or isinstance(second, Absent):
            return False
        if first.low is None or first.high is None:
            return False
        return not first.low <= second.value <= first.high

    @property
    def turns(self) -> bool:
        """Whether its direction is told one way and the other by the two."""
        first, second = self.everybody, self.without
        if isinstance(first, Absent) or isinstance(second, Absent):
            return False
        return first.sign * second.sign < 0


@dataclass(frozen=True, eq=False)
class WithAndWithout:
    """Results of everybody and of those without a flag; made by `with_and_without`.

    Parameters
    ----------
    rows : tuple of BothWays
        The numbers.
    people, left_out : int
        How many people there are, and how many are flagged.
    flags : tuple of str
        Which flags were looked at.
    level : float
        Confidence level.
    """

    rows: tuple[BothWays, ...]
    people: int
    left_out: int
    flags: tuple[str, ...]
    level: float

    @property
    def _left_out(self) -> str:
        few = withheld(self.left_out)
        return f"fewer than {LEAST_PEOPLE} people" if few else f"{self.left_out:,} people"

    @property
    def notes(self) -> tuple[str, ...]:
        """What to keep in mind."""
        return (
            f"Without {self._left_out} of {self.people:,}, who are flagged by: "
            f"{', '.join(self.flags)}.",
            "Careless answers also pull numbers towards zero, so that a difference is no proof of "
            "other wishes.",
        )

    def table(self) -> Table:
        """Return both estimates with their intervals, one row per number."""
        ends = (f"{100 * self.level:g}% low", f"{100 * self.level:g}% high")
        rows = tuple(
            (row.name, *_cells(row.everybody), *_cells(row.without), "yes" if row.differs else "")
            for row in self.rows
        )
        columns = (
            "What",
            *("Everybody", *ends),
            *("Without flagged", *(f"{end} without" for end in ends)),
            "Outside the interval",
        )
        formats = dict.fromkeys(columns[1:7], ".3g")
        return Table("With and without flagged people", columns, rows, self.notes, formats)

    def to_frame(self) -> pd.DataFrame:
        """Return the table with full precision."""
        return self.table().to_frame()

    def sentences(self) -> tuple[str, ...]:
        """Say in plain English whether flagged people change anything."""
        turned = [row.name for row in self.rows if row.turns]
        moved = [row.name for row in self.rows if row.differs]
        if turned:
            return (f"Without flagged people the direction turns of: {', '.join(turned)}.",)
        if moved:
            return (
                f"Without flagged people {len(moved)} of {len(self.rows)} numbers leave their "
                f"{100 * self.level:g}% interval: {', '.join(moved)}.",
            )
        return (
            f"Leaving out {self._left_out} who are flagged moves no number out of its "
            f"{100 * self.level:g}% interval.",
        )

    def sentence(self) -> str:
        """Return all sentences as one text."""
        return " ".join(self.sentences())

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def with_and_without(
    model: SupportsFit | HasModel,
    data: ChoiceData,
    flags: QualityFlags,
    *,
    only: Collection[str] | None = None,
    measures: Callable[[Any], Mapping[str, Estimate | Absent]] | None = None,
    level: float = 0.95,
) -> WithAndWithout:
    """Fit a model to everybody and to those without a flag.

    Parameters
    ----------
    model : model or Results
        What to fit; of results, the model that they are of (they are not fitted again).
    data : ChoiceData
        The answers that the flags are of.
    flags : QualityFlags
        Whom to leave out the second time.
    only : collection of str, optional
        Flags that count; all by default.
    measures : function, optional
        Results -> {name: Estimate}, such as trade-offs; the parameters by default.
    level : float
        Confidence level.

    Returns
    -------
    WithAndWithout
        Each number from everybody and from those without a flag.

    Raises
    ------
    DataError
        If the flags are of other people, or nobody or everybody is flagged.
    """
    gone = flags.flagged(only)
    if len(gone) != data.people or (flags.person_ids != data.person_ids).any():
        raise DataError(
            "the flags are of other people", where="flags", cure="Use quality_flags(data)."
        )
    if gone.all() or not gone.any():
        raise DataError(
            f"{'everybody' if gone.all() else 'nobody'} is flagged, so there is nothing to compare",
            where="flags",
            cure="Choose flags that some people have: only=[...].",
        )
    specified: SupportsFit = model.model if isinstance(model, HasModel) else model
    first: Any = model if isinstance(model, HasModel) else specified.fit(data)
    second = specified.fit(data.select(~gone))
    read = measures or (lambda results: _parameters(results, level))
    both = read(first), read(second)
    lost = Absent("it cannot be told without the flagged people")
    rows = tuple(BothWays(name, found, both[1].get(name, lost)) for name, found in both[0].items())
    names = tuple(flags.flags.columns) if only is None else tuple(only)
    return WithAndWithout(rows, data.people, int(gone.sum()), names, level)


def _parameters(results: Any, level: float) -> dict[str, Estimate | Absent]:
    frame = results.tidy(level)
    ends = zip(frame["estimate"], frame["conf_low"], frame["conf_high"], strict=True)
    return {
        str(name): Estimate(float(v), *(None if np.isnan(e) else float(e) for e in (low, high)))
        for name, (v, low, high) in zip(frame["term"], ends, strict=True)
    }


def _cells(found: Estimate | Absent) -> tuple[Cell, Cell, Cell]:
    if isinstance(found, Absent):
        return (found, None, None)
    return (found.value, found.low, found.high)
