"""Reading ``study.toml``: every problem at once, with file and line."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ccegov_choice._files import read_text
from ccegov_choice.errors import Problem, StudyError
from ccegov_choice.study.check import problems_of
from ccegov_choice.study.lines import positions
from ccegov_choice.study.section import Notes, Section
from ccegov_choice.study.study import Study
from ccegov_choice.study.syntax import syntax_problem
from ccegov_choice.study.toml_reader import read_study_table


def read_study(path: str | Path) -> Study:
    """Read a study from a file; see `Study.read`."""
    return study_from_toml(read_text(path), str(path))


def study_from_toml(text: str, where: str = "study.toml") -> Study:
    """Read a study from TOML text; see `Study.from_toml`."""
    study, problems = _read(text, where)
    if problems or study is None:
        found = [*problems, *(problems_of(study) if study is not None else ())]
        raise StudyError.of(found, f"{where} has {{count}} problems:")
    return study


def examine(text: str, where: str = "study.toml") -> tuple[Study | None, tuple[Problem, ...]]:
    """Return the study as far as it can be read, and everything that is wrong with it.

    Parameters
    ----------
    text : str
        TOML.
    where : str
        What the file is called in messages.

    Returns
    -------
    study : Study or None
        None if the text is not TOML.
    problems : tuple of Problem
        What the file gets wrong, then what `Study.check` finds.
    """
    study, problems = _read(text, where)
    checked = problems_of(study) if study is not None else ()
    return study, (*problems, *checked)


def _read(text: str, where: str) -> tuple[Study | None, list[Problem]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [syntax_problem(error, text, where)]
    notes = Notes(positions(text, where))
    root = Section(content, (), "the study", notes)
    given = content.get("languages")
    if isinstance(given, list) and all(isinstance(code, str) for code in given):
        notes.languages = tuple(given)
    return read_study_table(root), notes.problems
