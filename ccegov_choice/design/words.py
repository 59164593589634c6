"""Writing cells and constraints as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping

from ccegov_choice.study.constraint import Constraint, Forbidden


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
