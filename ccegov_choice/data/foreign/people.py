"""Columns about people: those the study declares and those asked for, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ccegov_choice.data.foreign.interviews import PERSONAL
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.request import Request
from ccegov_choice.data.foreign.sheet import Row
from ccegov_choice.design.foreign.import_levels import read_levels
from ccegov_choice.errors import unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate


class AboutPeople:
    """Reads what a file says about people.

    Parameters
    ----------
    request : Request
        What the user says.
    names : sequence of str
        Columns of the file.
    rows : sequence of Row
        Its rows.
    found : LineFindings
        Takes the problems.
    """

    def __init__(
        self,
        request: Request,
        names: Sequence[str],
        rows: Sequence[Row],
        found: LineFindings,
    ) -> None:
        self.columns = _columns(request, names, found)
        found.names = {**found.names, **self.columns}
        self.notes: tuple[str, ...] = ()
        declared = request.study.covariates if request.study is not None else ()
        self._readings: dict[str, Mapping[str, object]] = {}
        for covariate in declared:
            if covariate.id in self.columns:
                cells: dict[str, list[int]] = {}
                for row in rows:
                    cells.setdefault(row.cell(self.columns[covariate.id]), []).append(row.line)
                read = self._numbers if covariate.is_numeric else self._levels
                read(covariate, request, cells, found)

    def _numbers(
        self,
        covariate: Covariate,
        request: Request,
        cells: Mapping[str, Sequence[int]],
        found: LineFindings,
    ) -> None:
        """Read numbers, and words that the user says a number for."""
        given = request.levels.get(covariate.id, {})
        numbers: dict[str, object] = {}
        for cell, lines in cells.items():
            text = given.get(cell, cell)
            try:
                numbers[cell] = float(text) if text else None
            except ValueError:
                found.say_of(
                    lines,
                    f"'{cell}' in '{self.columns[covariate.id]}' is no number",
                    f"Say which it is: levels={{'{covariate.id}': {{'{cell}': 1}}}}, or None for "
                    f"no answer (in a shell: --level '{covariate.id}:{cell}=1').",
                )
        self._readings[covariate.id] = numbers

    def _levels(
        self,
        covariate: Covariate,
        request: Request,
        cells: Mapping[str, Sequence[int]],
        found: LineFindings,
    ) -> None:
        """Read words and codes as levels, as an imported design reads those of attributes."""
        # codes are what other tools export: `Attribute` knows all about reading them
        alike = Attribute(covariate.id, covariate.label, "categorical", covariate.levels)
        given = request.levels.get(covariate.id, {})
        reading = read_levels(alike, cells, given, "no", found.source.where)
        found.problems += reading.problems
        self.notes += (reading.note,) if reading.note else ()
        self._readings[covariate.id] = reading.cells

    def of(self, row: Row) -> dict[str, object]:
        """Return what one row says about its person; empty cells say nothing."""
        told: dict[str, object] = {}
        for ours, theirs in self.columns.items():
            cell: object = row.cell(theirs) or None
            if ours in self._readings and isinstance(cell, str):
                cell = self._readings[ours].get(cell)
            told[ours] = cell
        return told


def _columns(request: Request, names: Sequence[str], found: LineFindings) -> dict[str, str]:
    """Return our name of each column that is taken -> the file's."""
    said = {ours: theirs for theirs, ours in request.columns.items()}
    columns: dict[str, str] = {}
    declared = request.study.covariates if request.study is not None else ()
    for id in (*(item.id for item in declared), *request.covariates):
        theirs = said.get(id, id)
        if _identifies(theirs):
            found.say(
                f"'{theirs}' identifies people",
                "Leave it out: what identifies people is never taken into choice data.",
            )
        elif theirs in names:
            columns[id] = theirs
        elif id in request.covariates:
            found.problems.append(unknown_name(theirs, names, "column", where=found.source.name))
    return columns


def _identifies(name: str) -> bool:
    return name.replace(" ", "").casefold() in PERSONAL
