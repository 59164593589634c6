"""One row per task, a column per attribute and alternative: turned into one row per alternative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.choice_data import ChoiceData, Response
from ccegov_choice.data.findings import Findings
from ccegov_choice.data.frames import to_flags, to_pandas
from ccegov_choice.data.labels import as_labels
from ccegov_choice.data.read import LongTable, Roles, build
from ccegov_choice.study.study import Study

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class WideColumns:
    """What the user calls the columns of a wide table; see `ChoiceData.from_wide`."""

    alternatives: Sequence[str] | Mapping[str, object]
    attributes: Sequence[str] | Mapping[str, Mapping[str, str]]
    choice: str | None = "choice"
    available: Mapping[str, str] = field(default_factory=dict)
    separator: str = "_"
    person: str | None = "person"
    task: str | None = "task"
    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None
    covariates: tuple[str, ...] = ()

    @property
    def codes(self) -> dict[str, str]:
        """Alternative -> how the choice column writes it."""
        if isinstance(self.alternatives, Mapping):
            names = list(self.alternatives)
            return dict(zip(names, as_labels(self.alternatives.values()), strict=True))
        return {name: name for name in self.alternatives}

    @property
    def columns(self) -> dict[str, dict[str, str]]:
        """Attribute -> alternative -> column."""
        if isinstance(self.attributes, Mapping):
            return {name: dict(columns) for name, columns in self.attributes.items()}
        return {
            name: {
                alternative: f"{name}{self.separator}{alternative}" for alternative in self.codes
            }
            for name in self.attributes
        }

    @property
    def roles(self) -> Roles:
        """Columns of the survey."""
        return Roles(self.weight, self.strata, self.cluster)

    @property
    def given(self) -> dict[str, str]:
        """Our name -> the user's, for columns about the person and the task."""
        pairs = {"person": self.person, "task": self.task}
        return {ours: theirs for ours, theirs in pairs.items() if theirs is not None}


def read_wide(frame: Any, columns: WideColumns, study: Study | None) -> ChoiceData:
    """Read a wide table; see `ChoiceData.from_wide`."""
    table = to_pandas(frame)
    names = dict(columns.given)
    for attribute, by_alternative in columns.columns.items():
        names[attribute] = f"{attribute} ({', '.join(by_alternative.values())})"
    found = Findings(names)
    _check_columns(table, columns, found)
    shown = _shown(table, columns, found)
    chosen = None if columns.choice is None else _chosen(table, columns, shown, found)
    # where choices are wrong, that is said once; the rest of the table is still looked at
    response: Response = "none" if chosen is None or found.problems else "choice"
    rows = np.repeat(np.arange(len(table)), len(columns.codes))[shown.ravel()]
    found.origin = rows
    names_of_rows = np.tile(np.array(list(columns.codes), dtype=object), len(table))
    parts: dict[str, Any] = {"alternative": names_of_rows}
    if response == "choice" and chosen is not None:
        parts["chosen"] = chosen.ravel()
    parts |= {name: _stacked(table, columns, name) for name in columns.columns}
    stacked = pd.DataFrame({name: values[shown.ravel()] for name, values in parts.items()})
    about = _about_tasks(table, columns).take(rows).reset_index(drop=True)
    long = pd.concat([about, stacked], axis=1)
    made = LongTable(long, response, found, columns.roles, columns.covariates)
    return build(made, study)


def _check_columns(table: pd.DataFrame, columns: WideColumns, found: Findings) -> None:
    for attribute, by_alternative in columns.columns.items():
        for alternative in by_alternative:
            if alternative not in columns.codes:
                found.say_unknown(alternative, columns.codes, f"alternative (of {attribute})")
    for alternative in columns.available:
        if alternative not in columns.codes:
            found.say_unknown(alternative, columns.codes, "alternative (of available)")
    wanted = [
        *columns.given.values(),
        *(name for by in columns.columns.values() for name in by.values()),
        *columns.available.values(),
        *columns.roles.columns,
        *filter(None, (columns.choice,)),
        *columns.covariates,
    ]
    for name in dict.fromkeys(wanted):
        if name not in table.columns:
            found.say_unknown(name, table.columns, "column")
    clash = [name for name in columns.columns if name in (*columns.given, *columns.covariates)]
    for name in clash:
        found.say(
            f"'{name}' is the name of an attribute and of a column about the person or task",
            "Give the attribute another name.",
        )
    found.finish()


def _shown(table: pd.DataFrame, columns: WideColumns, found: Findings) -> Mask:
    """Which alternatives could be chosen in each row, shape (rows, alternatives)."""
    shown = np.ones((len(table), len(columns.codes)), dtype=bool)
    for position, alternative in enumerate(columns.codes):
        if alternative in columns.available:
            name = columns.available[alternative]
            flags, wrong = to_flags(table[name])
            if wrong is not None:
                found.say(
                    f"'{name}' is not true or false",
                    f"Say with true or 1 where '{alternative}' could be chosen.",
                    wrong,
                )
            shown[:, position] = flags
    return shown


def _about_tasks(table: pd.DataFrame, columns: WideColumns) -> pd.DataFrame:
    """Everything in a row that is not about one alternative, under our names."""
    parts: dict[str, Any] = {ours: table[theirs] for ours, theirs in columns.given.items()}
    if columns.person is None:
        parts["person"] = np.arange(1, len(table) + 1)
    if columns.task is None:
        person = pd.Series(parts["person"])
        parts["task"] = person.groupby(person, sort=False, dropna=False).cumcount().to_numpy() + 1
    used = {
        *columns.given.values(),
        *parts,
        *(name for by in columns.columns.values() for name in by.values()),
        *columns.columns,
        *columns.available.values(),
        "alternative",
        "chosen",
        *filter(None, (columns.choice,)),
    }
    rest = table[[name for name in table.columns if name not in used]]
    return pd.concat([pd.DataFrame(parts), rest], axis=1)


def _chosen(table: pd.DataFrame, columns: WideColumns, shown: Mask, found: Findings) -> Mask:
    """Which alternative each row chose, shape (rows, alternatives)."""
    values, cells = pd.factorize(table[str(columns.choice)])
    written = list(columns.codes.values())
    names = as_labels(cells)
    positions = np.array([*(written.index(n) if n in written else -1 for n in names), -1])
    choice = positions[values]
    for i, name in enumerate(names):
        if positions[i] < 0:
            found.say_unknown(name, written, f"alternative in '{columns.choice}'", values == i)
    found.say(f"'{columns.choice}' is empty", "Say what was chosen, or leave it out.", values < 0)
    chosen = np.asarray(choice[:, None] == np.arange(len(written)))
    found.say(
        f"'{columns.choice}' names an alternative that was not available",
        "Check the choice and the columns of availability "
        f"({', '.join(columns.available.values())}).",
        np.asarray((chosen & ~shown).any(axis=1)),
    )
    return chosen


def _stacked(table: pd.DataFrame, columns: WideColumns, attribute: str) -> Any:
    """Values of an attribute, the alternatives of a row one after the other."""
    by_alternative = columns.columns[attribute]
    series = [table[by_alternative[a]] if a in by_alternative else None for a in columns.codes]
    known = [one for one in series if one is not None]
    numeric = all(
        pd.api.types.is_numeric_dtype(one) and not pd.api.types.is_bool_dtype(one) for one in known
    )
    out = np.full((len(table), len(series)), np.nan, dtype=np.float64 if numeric else object)
    for position, one in enumerate(series):
        if one is not None and numeric:
            out[:, position] = one.to_numpy(dtype=np.float64, na_value=np.nan)
        elif one is not None:
            out[:, position] = one.to_numpy(dtype=object)
    return out.ravel()
