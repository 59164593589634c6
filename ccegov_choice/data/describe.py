"""Who answered what: sizes, shares by alternative and level, and what is missing."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._table import Cell, Table
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.study.attribute import Attribute

Floats = npt.NDArray[np.float64]

_MOST_VALUES = 12
_STYLE = (
    "body{font:1rem/1.5 sans-serif;color:#111;background:#fff;margin:1rem}"
    "table{border-collapse:collapse;margin:1.5rem 0 .5rem}"
    "caption{text-align:left;font-weight:bold}th,td{padding:.2rem .6rem;"
    "border-bottom:1px solid #767676;vertical-align:top}"
)


@dataclass(frozen=True)
class Description:
    """Tables that say what is in the data; accessible HTML in Jupyter, text elsewhere.

    Parameters
    ----------
    title : str
        The study's title.
    overview : Table
        People, tasks, and how completely tasks were answered.
    alternatives : Table
        How often each alternative was shown and chosen.
    levels : Table
        The same for each level of each attribute.
    completeness : Table
        Cells that are empty though they could hold something.
    """

    title: str
    overview: Table
    alternatives: Table
    levels: Table
    completeness: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, in the order shown."""
        return (self.overview, self.alternatives, self.levels, self.completeness)

    def _repr_html_(self) -> str:
        parts = "".join(table.to_html() for table in self.tables)
        name = html.escape(f"Choices: {self.title}", quote=True)
        # wide tables scroll inside, so the keyboard must be able to reach them
        style = "overflow-x:auto"
        return f'<section aria-label="{name}" tabindex="0" style="{style}">{parts}</section>'

    def to_page(self) -> str:
        """Return a whole HTML page with the tables."""
        title = html.escape(f"Choices: {self.title}")
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{_STYLE}</style></head>"
            f"<body><main><h1>{title}</h1>{self._repr_html_()}</main></body></html>\n"
        )

    def __str__(self) -> str:
        return "\n\n".join([f"Choices: {self.title}", *(t.to_text() for t in self.tables)])

    __repr__ = __str__


def describe(data: ChoiceData) -> Description:
    """Describe data; see `ChoiceData.describe`.

    Shares are those of what was put first, weighted where the data carry weights.
    """
    frame = data.frame
    chosen = _first(data, frame)
    weights = np.repeat(data.weights, np.diff(data.task_offsets))
    return Description(
        data.study.text(),
        _overview(data, frame, chosen),
        _alternatives(data, frame, chosen, weights),
        _levels(data, frame, chosen, weights),
        _completeness(data, frame),
    )


def _first(data: ChoiceData, frame: pd.DataFrame) -> Floats | None:
    """Return 1.0 on the rows that were put first; None where nobody has answered."""
    if data.response == "none":
        return None
    return data.first_choices().frame["chosen"].to_numpy(dtype=np.float64)


def _overview(data: ChoiceData, frame: pd.DataFrame, chosen: Floats | None) -> Table:
    per_person = np.diff(data.person_offsets)
    sizes = np.diff(data.task_offsets)
    most = int(per_person.max())
    rows: list[tuple[Cell, ...]] = [
        ("People", data.people),
        ("Tasks", data.tasks),
        ("Alternatives shown", data.rows),
        ("Tasks per person", _span(per_person)),
        ("Alternatives per task", _span(sizes)),
        (
            f"People with all {most:,} tasks" if most > 1 else "People with a task",
            _share((per_person == most).sum(), data.people),
        ),
        ("What people did", _ANSWER[data.response]),
        ("Survey weights", _weight_text(data)),
    ]
    opt_out = data.study.opt_out
    if opt_out is not None and chosen is not None:
        out = np.where((frame["alternative"] == opt_out.id).to_numpy(), chosen, 0.0)
        by_task = np.add.reduceat(out, data.task_offsets[:-1])
        by_person = np.add.reduceat(by_task, data.person_offsets[:-1])
        never, always = (by_person == 0).sum(), (by_person == per_person).sum()
        rows.append((f"People who never chose '{opt_out.id}'", _share(never, data.people)))
        rows.append((f"People who always chose '{opt_out.id}'", _share(always, data.people)))
    return Table("People and tasks", ("What", "Value"), tuple(rows))


_ANSWER = {
    "choice": "chose one alternative",
    "ranking": "ranked the alternatives",
    "best-worst": "named the best and the worst",
    "none": "nothing yet",
}


def _weight_text(data: ChoiceData) -> str:
    if not data.weighted:
        return "none"
    weights = data.weights
    return f"from {weights.min():.3g} to {weights.max():.3g}, mean {weights.mean():.3g}"


def _span(counts: npt.NDArray[np.int64]) -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"{low:,}" if low == high else f"{low:,} to {high:,} (mean {counts.mean():.3g})"


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.1%})"


def _counts(
    name: str, rows: npt.NDArray[np.bool_], chosen: Floats | None, weights: Floats
) -> tuple[Cell, ...]:
    """Name, how often shown, how often put first, and the share of times shown."""
    if chosen is None:
        return (name, int(rows.sum()))
    shown = float(weights[rows].sum())
    share = float((weights * chosen)[rows].sum()) / shown if shown > 0 else None
    return (name, int(rows.sum()), int(chosen[rows].sum()), share)


def _columns(first: str, chosen: Floats | None) -> tuple[str, ...]:
    return (first, "Shown") if chosen is None else (first, "Shown", "Chosen", _SHARE)


_SHARE = "Chosen when shown"


def _notes(data: ChoiceData) -> tuple[str, ...]:
    notes = ["Counts are of people's answers as they stand."]
    if data.weighted:
        notes.append(f"'{_SHARE}' is weighted.")
    if data.response in ("ranking", "best-worst"):
        notes.append("'Chosen' means put first.")
    return tuple(notes)


def _alternatives(
    data: ChoiceData, frame: pd.DataFrame, chosen: Floats | None, weights: Floats
) -> Table:
    named = {alternative.id: alternative.text() for alternative in data.study.named_alternatives}
    column = frame["alternative"]
    rows = tuple(
        _counts(
            _with_label(name, named.get(name, name)), (column == name).to_numpy(), chosen, weights
        )
        for name in data.alternatives
    )
    columns = _columns("Alternative", chosen)
    return Table("Shares by alternative", columns, rows, _notes(data), {_SHARE: ".1%"})


def _with_label(name: str, text: str) -> str:
    return name if name == text else f"{text} [{name}]"


def _levels(data: ChoiceData, frame: pd.DataFrame, chosen: Floats | None, weights: Floats) -> Table:
    rows = []
    notes = list(_notes(data))
    for attribute in data.study.attributes:
        column = frame[attribute.id]
        for name, held in _groups(column, attribute):
            rows.append(_counts(f"{attribute.text()}: {name}", held, chosen, weights))
        between = _between(column, attribute)
        if between:
            notes.append(f"{attribute.text()}: {between:,} rows hold a number between the levels.")
    columns = _columns("Attribute: level", chosen)
    return Table("Shares by level", columns, tuple(rows), tuple(notes), {_SHARE: ".1%"})


def _groups(column: pd.Series, attribute: Attribute) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Levels with the rows that show them; many numbers are put into five ranges."""
    if not attribute.is_numeric:
        shown = attribute.shown_levels
        return [(level.text(), (column == level.id).to_numpy(dtype=bool)) for level in shown]
    values = column.to_numpy(dtype=np.float64)
    numbers = np.unique(values[~np.isnan(values)])
    if len(numbers) <= _MOST_VALUES:
        declared = {level.value: level.text() for level in attribute.levels}
        return [(declared.get(n, attribute.unit_text(float(n))), values == n) for n in numbers]
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, 6), method="nearest"))
    groups = []
    for i, (low, high) in enumerate(pairwise(edges)):
        held = (values >= low if i == 0 else values > low) & (values <= high)
        word = "" if i == 0 else "above "
        groups.append((f"{word}{low:g} to {attribute.unit_text(float(high))}", held))
    return groups


def _between(column: pd.Series, attribute: Attribute) -> int:
    if not attribute.is_numeric:
        return 0
    values = column.to_numpy(dtype=np.float64)
    return int((~np.isin(values, attribute.values) & ~np.isnan(values)).sum())


def _completeness(data: ChoiceData, frame: pd.DataFrame) -> Table:
    rows: list[tuple[Cell, ...]] = []
    people = data.person_rows
    for attribute in data.study.attributes:
        absent = int(frame[attribute.id].isna().sum())
        rows.append((f"{attribute.text()} [{attribute.id}]", "attribute", data.rows, 0, absent))
    for covariate in data.study.covariates:
        name = f"{covariate.text()} [{covariate.id}]"
        if covariate.id in frame:
            empty = int(frame[covariate.id].isna().to_numpy()[people].sum())
            rows.append((name, "person", data.people, empty, 0))
        else:
            rows.append((name, "person", data.people, data.people, 0))
    return Table(
        "Completeness",
        ("Column", "About", "Cells", "Missing", "Not applicable"),
        tuple(rows),
        (
            "'Not applicable' counts alternatives that do not have the attribute. Cells about "
            "people are counted once per person.",
        ),
    )
