"""What a user says about a file from elsewhere: ``THEIRS=OURS``, ``ATTRIBUTE:CELL=LEVEL``."""

from __future__ import annotations

from collections.abc import Sequence

from ccegov_choice.errors import ChoiceError, DesignError, Problem


def pairs(
    given: Sequence[str], option: str, error: type[ChoiceError] = DesignError
) -> dict[str, str]:
    """Read ``THEIRS=OURS``; their name may hold a ``=`` itself."""
    problems = [
        Problem(f"'{entry}' does not say what is what", f"Write {option} 'THEIRS=OURS'.", option)
        for entry in given
        if not all(entry.rpartition("="))
    ]
    if problems:
        raise error.of(problems)
    parts = [entry.rpartition("=") for entry in given]
    return {theirs.strip(): ours.strip() for theirs, _, ours in parts}


def levels(
    given: Sequence[str], error: type[ChoiceError] = DesignError
) -> dict[str, dict[str, str]]:
    """Read ``ATTRIBUTE:CELL=LEVEL``; ids of attributes hold no colon."""
    read: dict[str, dict[str, str]] = {}
    problems = []
    for entry in given:
        attribute, _, rest = entry.partition(":")
        cell, _, level = rest.rpartition("=")
        if not (attribute and cell and level):
            cure = "Write --level 'ATTRIBUTE:CELL=LEVEL', such as --level 'channel:1=web'."
            problems.append(Problem(f"'{entry}' does not say what is what", cure, "--level"))
        read.setdefault(attribute.strip(), {})[cell.strip()] = level.strip()
    if problems:
        raise error.of(problems)
    return read
