"""From tables to questions and options; a covariate of the study brings its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ccegov_choice.errors import unknown_name
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.section import Section
from ccegov_choice.study.study import Study
from ccegov_choice.survey.lot import Lot
from ccegov_choice.survey.question import QUESTION_KINDS, Option, Question, QuestionKind

OPTION_KEYS = ("id", "text", "hint", "exclusive", "write_in", "screen_out", "value")
QUESTION_KEYS = (
    *("id", "covariate", "kind", "text", "hint", "option", "options", "row", "rows", "required"),
    *("low", "high", "low_text", "high_text", "unit", "max_length", "shuffle", "sensitive"),
    "when",
)


def read_options(part: Section, key: str, short: str = "") -> tuple[Option, ...]:
    """Read options in full (``[[question.option]]``) or in short (``options = { id = "text" }``).

    Parameters
    ----------
    part : Section
        The table that has them.
    key, short : str
        Key of the full form, and of the short one if there is one.
    """
    found = []
    for table in part.tables(key):
        table.only(OPTION_KEYS)
        table.require("id", 'Write id = "yes": what the data hold.')
        found.append(_option(table))
    inside = part.table(short, f"'{short}' of {part.name}") if short else None
    if inside is not None:
        found.extend(Option(id, inside.text(id)) for id in inside.content)
    return tuple(found)


def _option(table: Section) -> Option:
    return Option(
        id=table.words("id"),
        text=table.text("text"),
        hint=table.text("hint"),
        exclusive=table.flag("exclusive"),
        write_in=table.flag("write_in"),
        screen_out=table.flag("screen_out"),
        value=table.number("value"),
    )


def read_question(part: Section, study: Study) -> Question:
    """Read one question."""
    part.only(QUESTION_KEYS)
    covariate = _covariate(part, study)
    if covariate is None:
        part.require("id", 'Write id = "age": the column in the data.')
        part.require("text", 'Write text = "...": the question.')
    options = _with_levels(read_options(part, "option", "options"), covariate)
    return Question(
        id=part.words("id", covariate.id if covariate else ""),
        kind=_kind(part, covariate, options),
        text=part.text("text", covariate.question if covariate else ""),
        hint=part.text("hint"),
        options=options,
        rows=read_options(part, "row", "rows"),
        required=part.flag("required", True),
        low=part.number("low"),
        high=part.number("high"),
        low_text=part.text("low_text"),
        high_text=part.text("high_text"),
        unit=part.text("unit", covariate.unit if covariate else ""),
        max_length=part.whole("max_length", 2000),
        shuffle=part.flag("shuffle"),
        sensitive=part.flag("sensitive"),
        when=_when(part),
    )


def _covariate(part: Section, study: Study) -> Covariate | None:
    """Return the covariate that the question fills: the one named, or the one of its id."""
    known = {covariate.id: covariate for covariate in study.covariates}
    name = part.words("covariate")
    if name and name not in known:
        where = part.notes.positions.where(*part.path, "covariate")
        problem = unknown_name(name, known, "covariate of the study", where=where)
        part.notes.problems.append(problem)
    if name and part.words("id", name) != name:
        part.notes.add(
            f"{part.name} fills the covariate '{name}' under another id",
            f'Leave out id, or write id = "{name}": it is the column in the data.',
            (*part.path, "id"),
        )
    return known.get(name or part.words("id"))


def _with_levels(given: tuple[Option, ...], covariate: Covariate | None) -> tuple[Option, ...]:
    """Put the levels of a covariate first; options of the same id replace their words."""
    if covariate is None or covariate.is_numeric:
        return given
    own = {option.id: option for option in given}
    levels = [
        own.pop(level.id, Option(level.id, level.label, level.description))
        for level in covariate.levels
    ]
    return (*levels, *own.values())


def read_lot(part: Section, study: Study) -> Lot:
    """Read what is drawn by lot."""
    part.only(("id", "covariate", "option", "options"))
    covariate = _covariate(part, study)
    if covariate is None:
        part.require("id", 'Write id = "role": the column in the data.')
    options = _with_levels(read_options(part, "option", "options"), covariate)
    return Lot(part.words("id", covariate.id if covariate else ""), options)


def _kind(part: Section, covariate: Covariate | None, options: tuple[Option, ...]) -> QuestionKind:
    usual = ""
    if covariate is not None:
        usual = "number" if covariate.is_numeric and not options else "single"
    if "kind" not in part and not usual:
        known = ", ".join(QUESTION_KINDS)
        part.notes.add(f"{part.name} has no 'kind'", f"Write one of: {known}.", part.path)
        usual = "single" if options else "text"
    return cast(QuestionKind, part.choice("kind", QUESTION_KINDS, usual))


def _when(part: Section) -> dict[str, tuple[str, ...]] | None:
    inside = part.table("when", f"'when' of {part.name}")
    if inside is None:
        return None
    return {key: inside.words_list(key) for key in inside.content}


def read_limits(part: Section, key: str) -> dict[str, int]:
    """Read whole numbers by name, such as the limits of a quota."""
    given: Mapping[str, Any] = part.content.get(key, {})
    inside = part.table(key, f"'{key}' of {part.name}")
    found = {}
    for name in () if inside is None else given:
        number = given[name]
        if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
            found[name] = number
        elif inside is not None:
            inside.wrong(name, "a whole number", f"Write {name} = 200: how many are wanted.")
    return found
