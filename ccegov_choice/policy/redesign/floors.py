"""Floors: levels that a service may not fall under, by the direction the study declares."""

from __future__ import annotations

from ccegov_choice.policy.redesign.lever import Cell
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.study.attribute import Attribute


def keeps_floor(redesign: Redesign, attribute: Attribute, cell: Cell) -> bool:
    """Return whether a level is as good as the floor of its attribute, of the study and here."""
    if cell in [attribute.cell(level) for level in attribute.levels if level.id in attribute.floor]:
        return False
    floor = redesign.floors.get(attribute.id)
    if floor is None or attribute.direction == "0":
        return True
    place, least = _place(attribute, cell), _place(attribute, floor)
    return place >= least if attribute.direction == "+" else place <= least


def _place(attribute: Attribute, cell: Cell) -> float:
    """Return where a level stands: its number, or its position among the levels."""
    if attribute.is_numeric:
        return float(cell)
    return float(attribute.level_ids.index(str(cell)))
