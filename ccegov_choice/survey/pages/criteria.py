"""The success criteria of WCAG 2.2 at levels A and AA, and how survey pages were held to each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "criteria.csv"
EVIDENCE = ("by_machine", "by_eye", "owner", "none", "open")
"""Tested in a browser with every release; looked at by the makers; up to whoever owns the survey;
nothing on the pages that it speaks of; not looked at."""


@dataclass(frozen=True)
class Criterion:
    """One success criterion, and how survey pages were held to it."""

    number: str
    name: str
    level: str
    evidence: str


@cache
def criteria() -> tuple[Criterion, ...]:
    """Return all criteria of levels A and AA, in the order of the guidelines."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Criterion(**row) for row in csv.DictReader(file))
