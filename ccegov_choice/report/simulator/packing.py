"""Arrays as text inside a page: exact to the last bit."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.report.simulator.tastes import TasteSet

FloatArray = npt.NDArray[np.float64]


def packed(values: FloatArray) -> str:
    """Return doubles, low byte first, in base 64: exact, and half as long as digits."""
    return base64.b64encode(np.ascontiguousarray(values).astype("<f8").tobytes()).decode("ascii")


def packed_rows(rows: FloatArray) -> list[list[Any]]:
    """Return rows ``(M, Q)`` as columns that are not zero: one number, or one for each pattern."""
    found: list[list[Any]] = []
    for q in np.flatnonzero((rows != 0).any(axis=0)):
        column = rows[:, q]
        same = bool((column == column[0]).all())
        found.append([int(q), float(column[0]) if same else [float(v) for v in column]])
    return found


def packed_tastes(tastes: TasteSet) -> dict[str, Any]:
    """Return coefficients, those that are the same for everybody only once, and chances."""
    number, patterns, points, columns = tastes.coefficients.shape
    varying = tastes.varying
    return {
        "size": [number, patterns, points, columns],
        "common": packed(tastes.coefficients[:, 0, 0]),
        "varying": [int(q) for q in varying],
        "own": packed(tastes.coefficients[..., varying]),
        "patterns": tastes.chances.shape[1],
        "chances": packed(tastes.chances),
    }
