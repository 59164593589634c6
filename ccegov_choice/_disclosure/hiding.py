"""Which further cells must be withheld, so that nobody can work out those below the minimum.

Cells are numbers ``a`` (n,) that obey relations ``A a = 0``: a total is the sum of its parts. Who
reads what is printed knows these relations and that no count is negative. So a withheld cell is
known to lie between the least and the greatest value that any table of such numbers gives it. It is
safe if these are at least ``width`` apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_NOISE = 1e-6  # of a linear programme whose numbers are counts
_TOTAL = 100.0  # a total is worth more to its reader than a cell


def hide(
    values: FloatArray,
    relations: FloatArray,
    small: BoolArray,
    unpublished: BoolArray,
    totals: BoolArray,
    width: float,
) -> BoolArray:
    """Return which cells to withhold: the small ones and those that keep them safe.

    For each withheld cell in turn a linear programme finds the cheapest change of the table that
    moves it by ``width`` and keeps all relations; the cells that change are withheld too. Cells
    once safe stay safe, since withholding more only widens what is possible. Withholding
    everything is always a solution, so there is one.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The counts.
    relations : ndarray of shape (m, n)
        1 for the parts of a total, -1 for the total.
    small, unpublished, totals : ndarray of shape (n,)
        Cells below the minimum; cells that are not printed anyway, which need no protection of
        their own; cells that are totals, withheld only where nothing else helps.
    width : float
        How far apart the least and the greatest possible value must be.

    References
    ----------
    Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear
    constraints; the heuristic follows Kelly, Golden and Assad (1992).
    """
    withheld = small | unpublished
    price = (1.0 + np.log1p(values)) * np.where(totals, _TOTAL, 1.0)
    queue = [int(i) for i in np.flatnonzero(small & ~unpublished)]
    queue.sort(key=lambda i: values[i])
    both = sparse.csc_array(np.hstack([relations, -relations]))
    while queue:
        cell = queue.pop(0)
        moved = _cheapest(cell, values, both, np.where(withheld, 0.0, price), width)
        fresh = np.flatnonzero(moved & ~withheld)
        withheld[fresh] = True
        queue += [int(i) for i in fresh]
    return np.asarray(withheld & ~unpublished)


def _cheapest(
    cell: int, values: FloatArray, both: sparse.csc_array, price: FloatArray, width: float
) -> BoolArray:
    """Return the cells of the cheapest two changes between which a cell differs by ``width``.

    Unknown are what each cell rises and falls by in a first change and in a second.
    """
    size = len(values)
    gap = np.zeros(4 * size)
    gap[[cell, 3 * size + cell]], gap[[size + cell, 2 * size + cell]] = -1.0, 1.0
    most = np.concatenate([np.full(size, np.inf), values])
    found: Any = optimize.linprog(  # type: ignore[call-overload]
        np.tile(price, 4),
        A_ub=sparse.csc_array(gap[None]),
        b_ub=[-width],
        A_eq=sparse.block_diag([both, both], format="csc"),
        b_eq=np.zeros(2 * both.shape[0]),
        bounds=np.column_stack([np.zeros(4 * size), np.tile(most, 2)]),
        method="highs",
    )
    if found.x is None:  # no total can be withheld: nothing but everything is safe
        return np.ones(size, dtype=bool)
    return np.asarray((found.x.reshape(4, size) > _NOISE).any(axis=0))


def possible(
    values: FloatArray, relations: FloatArray, withheld: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Return the least and greatest value that each withheld cell may have, for who reads the rest.

    Returns
    -------
    low, high : ndarray of shape (withheld,)
    """
    known = relations[:, ~withheld] @ values[~withheld]
    free = relations[:, withheld]
    ends = []
    for cell in range(int(withheld.sum())):
        goal = np.zeros(free.shape[1])
        goal[cell] = 1.0
        low = optimize.linprog(goal, A_eq=free, b_eq=-known, method="highs")
        high = optimize.linprog(-goal, A_eq=free, b_eq=-known, method="highs")
        ends.append((low.fun, np.inf if high.fun is None else -high.fun))
    pairs = np.array(ends, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
