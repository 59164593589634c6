"""What was flagged: by person, as rates, and by group without telling about a few people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._disclosure.limits import LEAST_PEOPLE, WITHHELD, withheld
from ccegov_choice._disclosure.protect import protect
from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.data.labels import as_labels
from ccegov_choice.errors import DataError, unknown_name

Mask = npt.NDArray[np.bool_]

_FEW = f"fewer than {LEAST_PEOPLE} people"
_BASE = 5
# flags overlap, so that exact shares of two of them could tell of a few people
_NOTE = f"People are counted in steps of {_BASE}, so that no few of them can be told."
_NOTE_SHARES = (
    f"Flagged people are counted in steps of {_BASE}, so that no few of them can be told."
)


@dataclass(frozen=True, eq=False)
class QualityFlags:
    """Flags of each person; made by `quality_flags`.

    Parameters
    ----------
    person_ids : ndarray of shape (N,)
        The people.
    flags : DataFrame of N rows
        A column per flag: true, false, or missing where the person cannot be judged.
    rules : mapping of str to str
        What each flag means.
    not_judged : mapping of str to str
        Flags that nobody can be judged by, and why.
    people : DataFrame of N rows
        What is known about each person.
    """

    person_ids: npt.NDArray[Any]
    flags: pd.DataFrame
    rules: Mapping[str, str]
    not_judged: Mapping[str, str]
    people: pd.DataFrame

    def flagged(self, only: Collection[str] | None = None) -> Mask:
        """Say of each person whether any flag (of those named) is up, (N,).

        Raises
        ------
        DataError
            If a flag is unknown, or nobody can be judged by it.
        """
        names = list(self.flags.columns) if only is None else list(only)
        problems = [
            unknown_name(name, self.flags.columns, "flag", where="only")
            for name in names
            if name not in self.flags
        ]
        if problems:
            raise DataError.of(problems)
        return np.asarray(self.flags[names].fillna(False).any(axis=1), dtype=bool)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per person: ``person``, the flags, and ``any``."""
        return self.flags.assign(any=self.flagged()).assign(person=self.person_ids)[
            ["person", *self.flags.columns, "any"]
        ]

    def rates(self, by: str | None = None) -> pd.DataFrame:
        """Return how many were judged and flagged, by flag and group: for use in the house only.

        Returns
        -------
        DataFrame
            ``flag, group, judged, flagged, share``; ``any`` is the last flag.
        """
        rows = self._counts(by)
        frame = pd.DataFrame(rows, columns=["flag", "group", "judged", "flagged"])
        return frame.assign(share=frame["flagged"] / frame["judged"].where(frame["judged"] > 0))

    def _counts(self, by: str | None) -> list[tuple[str, str, int, int]]:
        groups = np.asarray(self._groups(by))
        return [
            (
                name,
                str(group),
                int(column[groups == group].notna().sum()),
                int(column[groups == group].fillna(False).sum()),
            )
            for name, column in self._all_flags().items()
            for group in dict.fromkeys(groups)
        ]

    def table(self, by: str | None = None) -> Table:
        """Return the share flagged by each rule, of everybody or by group.

        Numbers of fewer than ten people are not told, nor can they be worked out.

        Parameters
        ----------
        by : str, optional
            A column about people, such as ``"mode"``.
        """
        return self._overall() if by is None else self._by_group(by)

    def _overall(self) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for name, _, judged, flagged in self._counts(None):
            few = withheld(min(flagged, judged - flagged))
            share: Cell = min(_rounded(flagged) / judged, 1.0) if judged else None
            if few:
                share = 0.0 if not flagged else _FEW
            base: Cell = WITHHELD if withheld(judged) else judged
            if (rest := len(self.person_ids) - judged) and withheld(rest):
                base = f"all but {_FEW}"
            rows.append((name, self.rules.get(name, "any of these"), base, share))
        rows += [
            (name, self.rules[name], Absent(why), None) for name, why in self.not_judged.items()
        ]
        return Table(
            "Quality of answers",
            ("Flag", "Meaning", "People judged", "Flagged"),
            tuple(rows),
            (_NOTE_SHARES, "Nobody is left out because of a flag."),
            {"Flagged": ".0%", "People judged": ",.0f"},
        )

    def _by_group(self, by: str) -> Table:
        groups = pd.Series(self._groups(by), name=by)
        counts = {}
        for name, column in self._all_flags().items():
            words = column.map({True: "yes", False: "no"}).astype(object).fillna("not judged")
            counts[name] = pd.crosstab(groups, words.rename(name).to_numpy(), colnames=[name])
        made = protect(counts, rounding=_BASE)
        columns: dict[str, list[Cell]] = {}
        names: list[str] = []
        for name in counts:
            frame = made.to_frame(name)
            names = [str(value) for value in frame.iloc[:, 0]]
            columns[name] = [_share(row) for row in frame.to_dict("records")]
        rows = tuple(
            (group, *(column[i] for column in columns.values())) for i, group in enumerate(names)
        )
        title = f"Quality of answers by {by}"
        return Table(title, (by, *columns), rows, (_NOTE,), dict.fromkeys(columns, ".0%"))

    def _all_flags(self) -> dict[str, pd.Series]:
        everything: dict[str, pd.Series] = {str(n): self.flags[n] for n in self.flags}
        everything["any"] = pd.Series(self.flagged()).astype("boolean")
        return everything

    def _groups(self, by: str | None) -> list[str]:
        if by is None:
            return ["all"] * len(self.person_ids)
        if by not in self.people:
            raise DataError.of([unknown_name(by, self.people.columns, "column", where="by")])
        return as_labels(self.people[by].astype(object).where(self.people[by].notna(), "unknown"))

    def sentences(self) -> tuple[str, ...]:
        """Say in plain English how many were flagged, and what could not be judged."""
        count, total = int(self.flagged().sum()), len(self.person_ids)
        if count == 0:
            said = [f"Of {total:,} people nobody was flagged."]
        elif withheld(count):
            said = [f"Of {total:,} people {_FEW} were flagged."]
        else:
            said = [f"Of {total:,} people {count:,} ({count / total:.0%}) have one flag or more."]
        said += [f"'{name}' is not judged: {why}." for name, why in self.not_judged.items()]
        return tuple(said)

    def sentence(self) -> str:
        """Return all sentences as one text."""
        return " ".join(self.sentences())

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def _rounded(count: int) -> int:
    return _BASE * round(count / _BASE)


def _share(row: Mapping[Any, Any]) -> Cell:
    """Return the share flagged of those judged, from counts that may be printed."""
    yes, no = row.get("yes", 0), row.get("no", 0)
    if pd.isna(yes) or pd.isna(no):
        return WITHHELD
    return yes / (yes + no) if yes + no else Absent("nobody of the group was judged")
