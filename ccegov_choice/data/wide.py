"""One row per task, a column per attribute and alternative: turned into one row per alternative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.findings import Findings
from ccegov_choice.data.frames import to_flags, to_pandas
from ccegov_choice.data.labels import as_labels
from ccegov_choice.data.read import LongTable, build
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
    def given(self) -> dict[str, str]:
        """Our name -> the user's, for columns about the person and the task."""
        pairs = {"person": self.person, "task": self.task, "weight": self.weight}
        return {ours: theirs for ours, theirs in pairs.items() if theirs is not None}


def read_wide(frame: Any, columns: WideColumns, study: Study | None) -> ChoiceData:
    """Read a wide table; see `ChoiceData.from_wide`."""
    table = to_pandas(frame)
    names = {**columns.given, **({"chosen": columns.choice} if columns.choice else {})}
    for attribute, by_alternative in columns.columns.items():
        names[attribute] = f"{attribute} ({', '.join(by_alternative.values())})"
    found = Findings(names)
    _check_columns(table, columns, found)
    shown = _shown(table, columns, found)
    width = len(columns.codes)
    rows = np.repeat(np.arange(len(table)), width)[shown.ravel()]
    found.origin = rows
    long = _about_tasks(table, columns).take(rows).reset_index(drop=True)
    long["alternative"] = np.tile(np.array(list(columns.codes), dtype=object), len(table))[
        shown.ravel()
    ]
    if columns.choice is not None:
        # rows were named above; from here on they are named through the origin
        long["chosen"] = _chosen(table, columns, shown, found)[shown]
    attributes = {name: _stacked(table, columns, name)[shown.ravel()] for name in columns.columns}
    long = pd.concat([long, pd.DataFrame(attributes)], axis=1)
    response = "choice" if columns.choice is not None else "none"
    made = LongTable(long, response, found, columns.strata, columns.cluster, columns.covariates)
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
        *filter(None, (columns.choice, columns.strata, columns.cluster)),
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
            place = _where(values == i)
            found.say(
                f"'{columns.choice}' holds '{name}' in {place}, which is none of the alternatives",
                f"Known: {', '.join(written)}. Where it means another alternative, name it; "
                "else leave the rows out.",
            )
    if (values < 0).any():
        found.say(
            f"'{columns.choice}' is empty in {_where(values < 0)}",
            "Say what was chosen, or leave these rows out.",
        )
    chosen = choice[:, None] == np.arange(len(written))
    gone = (chosen & ~shown).any(axis=1)
    if gone.any():
        found.say(
            f"'{columns.choice}' names an alternative that was not available in {_where(gone)}",
            "Check the choice and the availability columns "
            f"({', '.join(columns.available.values())}).",
        )
    return np.asarray(chosen)


def _where(rows: Mask) -> str:
    return Findings().rows(np.asarray(rows))


def _stacked(table: pd.DataFrame, columns: WideColumns, attribute: str) -> Any:
    """Values of an attribute, alternatives of a row one after the other; empty where it has none."""
    by_alternative = columns.columns[attribute]
    series = [table[by_alternative[a]] if a in by_alternative else None for a in columns.codes]
    known = [one for one in series if one is not None]
    numeric = all(
        pd.api.types.is_numeric_dtype(one) and not pd.api.types.is_bool_dtype(one) for one in known
    )
    kind: Any = np.float64 if numeric else object
    out = np.full((len(table), len(series)), np.nan if numeric else None, dtype=kind)
    for position, one in enumerate(series):
        if one is not None:
            out[:, position] = one.to_numpy(dtype=kind, na_value=np.nan if numeric else None)
    return out.ravel()
