"""Reading one TOML file, or one TOML front matter, of a survey into a `Section`."""

from __future__ import annotations

import tomllib

from ccegov_choice.errors import Problem
from ccegov_choice.study.lines import Positions, positions
from ccegov_choice.study.section import Notes, Section
from ccegov_choice.study.syntax import syntax_problem

FENCE = "+++"


def read_section(
    text: str, file: str, name: str, languages: tuple[str, ...] = ("en",)
) -> tuple[Section | None, list[Problem]]:
    """Return the root table of some TOML, or what stops it from being TOML.

    Parameters
    ----------
    text : str
        TOML; blank lines in front keep the numbers of lines right in a front matter.
    file, name : str
        What the file and its root table are called in messages.
    languages : tuple of str
        Order of languages in wordings.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [syntax_problem(error, text, file)]
    notes = Notes(positions(text, file), languages)
    return Section(content, (), name, notes), notes.problems


def split_front_matter(text: str, file: str) -> tuple[str, str, list[Problem]]:
    """Return the TOML between the two fences (a blank line stands for the first) and the rest."""
    lines = text.replace("\r\n", "\n").split("\n")
    fences = [number for number, line in enumerate(lines) if line.strip() == FENCE]
    if len(fences) < 2 or any(line.strip() for line in lines[: fences[0]]):
        problem = Problem(
            "the page does not begin with its settings between two lines of +++",
            'Begin the file with a line +++, then kind = "text" and title = "...", then +++.',
            Positions(file, {(): 1}).where(),
        )
        return "", text, [problem]
    first, second = fences[:2]
    front = "\n" * (first + 1) + "\n".join(lines[first + 1 : second])
    return front, prose("\n".join(lines[second + 1 :])), []


def prose(text: str) -> str:
    """Return Markdown without blank lines around it; empty if there is nothing else."""
    inside = text.replace("\r\n", "\n").strip()
    return f"{inside}\n" if inside else ""
