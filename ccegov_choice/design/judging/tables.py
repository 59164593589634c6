"""The numbers behind a diagnosis, as tables."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.design import measures
from ccegov_choice.design.candidates import Codes, TaskSpace
from ccegov_choice.design.words import cell_text

Floats = npt.NDArray[np.float64]

MOST_BLOCKS = 12


def balance_table(space: TaskSpace, codes: Codes) -> Table:
    """Return how often each alternative shows each level."""
    rows: list[tuple[Cell, ...]] = []
    for m, counts in enumerate(measures.level_counts(space, codes)):
        attribute = space.study.attributes[m]
        for level, cell in enumerate(space.cells[m]):
            shown: list[Cell] = [
                int(counts[j, level]) if m in slot.attributes else None
                for j, slot in enumerate(space.slots)
            ]
            total = int(counts[:, level].sum())
            rows.append((attribute.id, cell_text(cell), *shown, total))
    names = (slot.alternative for slot in space.slots)
    return Table(
        "How often each level is shown", ("Attribute", "Level", *names, "Total"), tuple(rows)
    )


def overlap_table(space: TaskSpace, codes: Codes) -> Table:
    """Return how often alternatives of a task tie, per attribute."""
    alone = Absent("fewer than two alternatives vary it")
    rows: list[tuple[Cell, ...]] = []
    for name, (share, least) in zip(
        space.study.attribute_ids, measures.overlap(space, codes), strict=True
    ):
        rows.append((name, alone, alone) if math.isnan(share) else (name, share, least))
    columns = ("Attribute", "Pairs that tie", "Least possible")
    formats = dict.fromkeys(columns[1:], ".0%")
    return Table("Ties between alternatives of a task", columns, tuple(rows), formats=formats)


def association_table(space: TaskSpace, table: Floats) -> Table:
    """Return the association of every two attributes within an alternative.

    Parameters
    ----------
    space : TaskSpace
        What the study allows.
    table : ndarray of shape (M, M)
        See `measures.associations`.
    """
    ids = space.study.attribute_ids
    rows: list[tuple[Cell, ...]] = [
        (name, *(None if np.isnan(v) else float(v) for v in table[m])) for m, name in enumerate(ids)
    ]
    notes = ("Largest Cramér's V over the alternatives; empty where two never vary together.",)
    title = "Attributes varying together within an alternative"
    return Table(title, ("Attribute", *ids), tuple(rows), notes, dict.fromkeys(ids, ".2f"))


def block_table(space: TaskSpace, codes: Codes, block: Codes) -> Table:
    """Return how often each block shows each level; only the range where there are many blocks."""
    numbers = np.unique(block)
    values = measures.block_association(space, codes, block)
    many = len(numbers) > MOST_BLOCKS
    rows: list[tuple[Cell, ...]] = []
    for m, name in enumerate(space.study.attribute_ids):
        for level, cell in enumerate(space.cells[m]):
            each = (codes[:, :, m] == level).sum(axis=1)
            shown = np.bincount(block, weights=each).astype(int)[numbers]
            counts = [int(shown.min()), int(shown.max())] if many else [int(n) for n in shown]
            rows.append((name, cell_text(cell), *counts, None if many else float(values[m])))
    last = "Association with block"
    title = "How often each block shows each level"
    if many:
        few = ("Attribute", "Level", "Fewest in a block", "Most in a block")
        return Table(title, few, tuple(row[:4] for row in rows))
    columns = ("Attribute", "Level", *(f"Block {b + 1}" for b in numbers), last)
    return Table(title, columns, tuple(rows), formats={last: ".2f"})
