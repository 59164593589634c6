"""What the checks share: where a part stands, doubles, and whether a level exists."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.study import Study


def place(study: Study, path: KeyPath, name: str) -> str:
    """Return file and line of a part, or its name in a study that was made in Python."""
    return name if study.positions is None else study.positions.where(*path)


def duplicates(items: Iterable[Hashable]) -> list[int]:
    """Return the positions of items that have appeared before."""
    seen: set[Hashable] = set()
    found = []
    for position, item in enumerate(items):
        if item in seen:
            found.append(position)
        seen.add(item)
    return found


def cell_problem(
    attribute: Attribute, cell: str | float, where: str, *, exact: bool = True
) -> Iterator[Problem]:
    """Yield why an attribute cannot have a level, if so.

    Parameters
    ----------
    attribute : Attribute
        The attribute.
    cell : str or float
        A level id, or a number.
    where : str
        Place for the message.
    exact : bool
        Whether a number must be one of the levels; else any number will do.
    """
    what = f"level of '{attribute.id}'"
    if attribute.is_numeric and isinstance(cell, str):
        yield Problem(
            f"'{attribute.id}' is numeric, and '{cell}' is text",
            "Write the number without quotes.",
            where,
        )
        return
    if not attribute.is_numeric or exact:
        known = [attribute.cell(level) for level in attribute.levels]
        if cell not in known:
            shown = cell if isinstance(cell, str) else f"{cell:g}"
            yield unknown_name(shown, attribute.level_ids, what, where=where)
            return
    if cell in [attribute.cell(level) for level in attribute.levels if level.id in attribute.floor]:
        yield Problem(
            f"level '{cell}' of '{attribute.id}' is under the floor and may never be shown",
            f"Use a level above the floor, or change the floor of '{attribute.id}'.",
            where,
        )
