"""The slow NumPy twin of `redesign`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def package_gains(
    masks: Ints,
    first_bit: Ints,
    offset: Ints,
    tables: Floats,
    gap: Floats,
    weight: Floats,
    group: Ints,
    curved: bool,
    groups: int,
) -> Floats:
    """Return gains ``(G, P)``; parameters as those of the kernel."""
    found = np.zeros((groups, len(masks)))
    for position, mask in enumerate(masks):
        for c in range(len(gap)):
            total = sum(
                tables[c, offset[run] + ((mask >> low) & (offset[run + 1] - offset[run] - 1))]
                for run, low in enumerate(first_bit)
            )
            gain = total
            if curved:
                gain = np.logaddexp(0.0, gap[c] + total) - np.logaddexp(0.0, gap[c])
            found[group[c], position] += weight[c] * gain
    return found


def undominated(criteria: Floats) -> npt.NDArray[np.bool_]:
    """Return the marks of the kernel, for rows in any order."""
    keep = np.ones(len(criteria), dtype=bool)
    for i, row in enumerate(criteria):
        as_good = (criteria >= row).all(axis=1)
        better = as_good & (criteria > row).any(axis=1)
        same_before = as_good[:i] & (criteria[:i] == row).all(axis=1)
        keep[i] = not (better.any() or same_before.any())
    return keep
