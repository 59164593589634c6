"""Choices of a walk: what the real store hands out, with the truth beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# of two walks with the same seed these differ: people's own orders, and the machine's haste
_BY_CHANCE = ("number", "offered", "position", "seconds", "changes")


def with_truth(
    rows: Iterable[Mapping[str, Any]],
    numbers: Mapping[str, int],
    known: Mapping[int, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return rows of choices under citizens' numbers, in their order, with what is known of them.

    Parameters
    ----------
    rows : iterable of mapping
        As a store hands them out.
    numbers : mapping of str to int
        Person in the store -> citizen; others are left out.
    known : mapping of int to mapping
        Citizen -> what is known of their tastes.
    """
    found = []
    for row in rows:
        number = numbers.get(row["person"])
        if number is None:
            continue
        kept = {name: value for name, value in row.items() if name not in _BY_CHANCE}
        found.append({**kept, "person": number, **known[number]})
    return sorted(found, key=lambda row: (row["person"], _natural(str(row["task"]))))


def _natural(task: str) -> tuple[int, str]:
    return (int(task), "") if task.isdecimal() else (0, task)
