"""Two people's entries held against each other, cell by cell; a third decides where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ccegov_choice.survey.answers.numbers import number_of
from ccegov_choice.survey.keying.cells import day_of
from ccegov_choice.survey.keying.columns import NOTHING, KeyColumn
from ccegov_choice.survey.keying.entry import Entry, KeyedForm, columns_of
from ccegov_choice.survey.survey import Survey


@dataclass(frozen=True)
class Difference:
    """A cell that two people keyed differently.

    Parameters
    ----------
    form : int
        Number of the form.
    column : str
        The column; ``""`` if one of them did not key the form at all.
    first, second : str
        What each keyed.
    decided : str or None
        What a third decided; None while nothing is.
    """

    form: int
    column: str
    first: str
    second: str
    decided: str | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.decided is None

    def __str__(self) -> str:
        if not self.column:
            return f"form {self.form}: {self.first or self.second} did not key it"
        told = f"form {self.form}, {self.column}: '{self.first}' and '{self.second}'"
        return told if self.open else f"{told}, decided '{self.decided}'"


@dataclass(frozen=True)
class Comparison:
    """What two entries agree on.

    Parameters
    ----------
    forms : tuple of KeyedForm
        Every form, with what both keyed or a third decided.
    differences : tuple of Difference
        All of them, decided ones too.
    cells : int
        How many cells were compared.
    """

    forms: tuple[KeyedForm, ...]
    differences: tuple[Difference, ...]
    cells: int

    @property
    def open(self) -> tuple[Difference, ...]:
        """Differences that nobody has decided."""
        return tuple(difference for difference in self.differences if difference.open)

    @property
    def rate(self) -> float:
        """Share of cells that differ: a measure of how well forms are keyed."""
        return len(self.differences) / self.cells if self.cells else 0.0


def compare(survey: Survey, first: Entry, second: Entry, third: Entry | None = None) -> Comparison:
    """Hold two entries against each other.

    Parameters
    ----------
    survey : Survey
        The survey.
    first, second : Entry
        What two people keyed.
    third : Entry, optional
        Decides a difference if it agrees with one of the two.
    """
    forms: list[KeyedForm] = []
    differences: list[Difference] = []
    cells = 0
    for number in sorted({*first.forms, *second.forms}):
        one, two = first.forms.get(number), second.forms.get(number)
        if one is None or two is None:
            missing = first.name if one is None else second.name
            differences.append(Difference(number, "", missing, ""))
            continue
        judge = third.forms.get(number) if third is not None else None
        columns = columns_of(survey, one)
        cells += len(columns) + len(_HEAD)
        found = [*_heads(one, two, judge), *_cells(columns, one, two, judge)]
        differences += found
        forms.append(_settled(one, found))
    return Comparison(tuple(forms), tuple(differences), cells)


_HEAD = ("block", "language", "mode")


def _heads(one: KeyedForm, two: KeyedForm, judge: KeyedForm | None) -> Iterator[Difference]:
    for name in _HEAD:
        keyed = [str(getattr(form, name)) for form in (one, two)]
        if keyed[0] != keyed[1]:
            said = str(getattr(judge, name)) if judge is not None else None
            yield Difference(one.form, name, keyed[0], keyed[1], said if said in keyed else None)


def _cells(
    columns: dict[str, KeyColumn], one: KeyedForm, two: KeyedForm, judge: KeyedForm | None
) -> Iterator[Difference]:
    for name, column in columns.items():
        keyed = [form.cells.get(name, "") for form in (one, two)]
        plain = [canonical(column, cell, one.language) for cell in keyed]
        if plain[0] == plain[1]:
            continue
        said = judge.cells.get(name) if judge is not None else None
        agrees = said is not None and canonical(column, said, one.language) in plain
        yield Difference(one.form, name, keyed[0], keyed[1], said if agrees else None)


def _settled(form: KeyedForm, found: list[Difference]) -> KeyedForm:
    decided = {d.column: d.decided for d in found if d.decided is not None}
    cells = {name: cell for name, cell in decided.items() if name not in _HEAD}
    return replace(
        form,
        block=decided.get("block", form.block),
        language=decided.get("language", form.language),
        mode=decided.get("mode", form.mode),
        cells={**form.cells, **cells},
    )


def canonical(column: KeyColumn, cell: str, language: str) -> str:
    """Return one writing for all that mean the same: ``4 1`` is ``1 4``, ``3,0`` is ``3``."""
    text = " ".join(cell.split())
    if text in ("", NOTHING):
        return text
    if column.kind == "codes":
        return " ".join(sorted(set(text.replace(",", " ").split())))
    if column.kind == "number":
        number = number_of(text, language)
        return text if number is None else repr(float(number))
    if column.kind == "date":
        return day_of(text) or text
    if column.kind == "tick":
        return "" if text == "0" else text
    return text
