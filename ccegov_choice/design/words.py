"""Writing cells and constraints as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping

from ccegov_choice.study.constraint import Constraint, Forbidden
from ccegov_choice.study.gain import Gain
from ccegov_choice.study.study import Study


def constraint_text(constraint: Constraint) -> str:
    """Write a constraint as a person would say it."""

    def said(levels: Mapping[str, tuple[str | float, ...]]) -> str:
        return " and ".join(
            f"{name} = {' or '.join(cell_text(cell) for cell in cells)}"
            for name, cells in levels.items()
        )

    if isinstance(constraint, Forbidden):
        return f"{said(constraint.levels)} is forbidden"
    return f"{said(constraint.when)} requires {said(constraint.then)}"


def cell_text(cell: object) -> str:
    """Write a cell without needless decimals."""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def coefficient_text(name: str, study: Study) -> str:
    """Write the name of a coefficient in the study's words, where it is that of a plain term."""
    source, _, rest = name.partition("[")
    inside = rest.removesuffix("]")
    if source == "asc":
        labels = {item.id: item.text() for item in study.named_alternatives}
        return f"Constant of '{labels.get(inside, inside)}'"
    if source not in study.attribute_ids:
        return name
    attribute = study.attribute(source)
    if not rest:
        return f"{attribute.text()}, by {attribute.unit_text(1)}"
    if inside not in attribute.level_ids:
        return name
    return f"{attribute.text()}: {attribute.level(inside).text()}"


def gain_text(gain: Gain, study: Study) -> str:
    """Write a gain in the study's words."""
    attribute = study.attribute(gain.attribute)
    if gain.start is None or gain.end is None:
        return f"{attribute.text()}, {attribute.unit_text(1)} better"
    ends = [
        attribute.unit_text(cell) if isinstance(cell, float) else attribute.level(cell).text()
        for cell in (gain.start, gain.end)
    ]
    return f"{attribute.text()}: {ends[0]} → {ends[1]}"
