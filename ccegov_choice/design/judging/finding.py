"""A finding: one point of a diagnosis, with its verdict and its cure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["good", "note", "problem"]


@dataclass(frozen=True)
class Finding:
    """One point of a diagnosis.

    Parameters
    ----------
    about : str
        What was looked at.
    verdict : {"good", "note", "problem"}
        Whether something has to be done.
    text : str
        What was found.
    cure : str
        What to do; empty when nothing needs doing.
    """

    about: str
    verdict: Verdict
    text: str
    cure: str = ""


def listed(items: Sequence[object], most: int = 10) -> str:
    """Name the first few, and say that there are more."""
    named = ", ".join(str(item) for item in items[:most])
    return f"{named} and more" if len(items) > most else named
