"""Checks of the search: whether it is the top, a sharp one, and whether other starts came to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import format_number
from ccegov_choice.models.certificate.check import (
    FAILED,
    PASSED,
    UNCHECKED,
    WATCH,
    Check,
    graded,
    no_top,
)
from ccegov_choice.models.fitting.unidentified import listing

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

TOP, CURVATURE, STARTS = "top of the likelihood", "curvature", "starts"
# Distance from the top, in standard errors of the direction in which it is furthest.
_NEAR, _FAR = 0.01, 0.1
# Condition numbers of information scaled to a unit diagonal: squares of the condition indices of
# columns, of which 100 says that errors are inflated by the data hardly telling some combination.
_NEARLY_FLAT, _FLAT = 1e4, 1e9
# Members of a direction that are worth naming, as a share of its largest.
_WORTH_NAMING = 0.3
# Ends of the first search that differ by less are the same top: each is near it, not on it.
_SAME_TOP = 0.01


def check_top(results: Results) -> Check:
    """Check that the search ended at a top: how far the quadratic model says it still is."""
    record = results.optimisation
    if not record.converged:
        found, cure = record.status.label, record.status.cure
        return Check(TOP, FAILED, found, record.status.message, cure)
    far = float(np.sqrt(2 * max(record.decrement, 0.0)))
    return Check(
        TOP,
        graded(far, _NEAR, _FAR),
        f"{far:.1g} standard errors away",
        f"No combination of estimates is further than {far:.1g} of its standard errors from the "
        f"top; the largest slope is {record.gradient_norm:.2g}, and {record.decrement:.1g} is left "
        "to gain in log-likelihood.",
        "" if far <= _NEAR else "Search more closely: options=FitOptions(tolerance=1e-7).",
    )


def check_curvature(results: Results) -> Check:
    """Check that the likelihood falls in every direction, and name the flattest one.

    References
    ----------
    Belsley, Kuh & Welsch (1980), Regression Diagnostics, chapter 3.
    """
    if not results.converged:
        return no_top(CURVATURE)
    expansion = results.expansion
    if expansion.shape[1] == 0:
        return Check(CURVATURE, PASSED, "nothing is free", "All parameters are fixed.")
    values, flattest = _spectrum(-expansion.T @ results.hessian @ expansion)
    names = _members(results, flattest)
    if values[0] <= 0:
        return Check(
            CURVATURE,
            FAILED,
            "not a top",
            f"The likelihood does not fall in a combination of {listing(names)}.",
            "Start from other points: options=FitOptions(starts=8); or fix one of them.",
        )
    condition = float(values[-1] / values[0])
    verdict = graded(condition, _NEARLY_FLAT, _FLAT)
    said = (
        "The likelihood falls in every direction from the estimates; condition number of the "
        f"information, scaled: {condition:.3g}."
    )
    if verdict == PASSED:
        return Check(CURVATURE, verdict, f"condition {condition:.3g}", said)
    return Check(
        CURVATURE,
        verdict,
        f"condition {condition:.3g}",
        f"{said} Next to flat: a combination of {listing(names)}.",
        "Their errors are large because the data hardly tell them apart: read them together, or "
        "leave one out or fix it.",
    )


def _spectrum(information: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return eigenvalues of scaled information, rising, and the flattest direction, scaled."""
    diagonal = np.diag(information)
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    return values, vectors[:, 0]


def _members(results: Results, direction: FloatArray) -> tuple[str, ...]:
    """Return the parameters that make most of a direction, the largest first."""
    size = np.abs(direction)
    order = [int(f) for f in np.argsort(-size) if size[f] >= _WORTH_NAMING * size.max()]
    return tuple(
        name
        for f in order
        for name, used in zip(results.names, results.expansion[:, f], strict=True)
        if used
    )


def check_starts(results: Results) -> Check:
    """Check that several starts came to the best top."""
    trust, ends = results.trust, np.array(results.optimisation.starts)
    assert trust is not None  # asked for only then
    if trust.one_top:
        said = "The likelihood of this model has one top, wherever the search starts (McFadden)."
        return Check(STARTS, PASSED, "one top by theory", said)
    if len(ends) < 2:
        said = "The search had one start, and this likelihood may have several tops."
        cure = "Ask for more: options=FitOptions(starts=8)."
        return Check(STARTS, UNCHECKED, "one start", said, cure)
    ends = np.where(np.isfinite(ends), ends, -np.inf)
    best = float(ends.max())
    reached = int((ends >= best - _SAME_TOP).sum())
    said = f"{reached} of {len(ends)} starts came to the best log-likelihood"
    said += f", compared {trust.approach}." if trust.approach else "."
    lower = ends[(ends < best - _SAME_TOP) & np.isfinite(ends)]
    if len(lower):
        gap = format_number(best - float(lower.max()), ".3g")
        said += f" The next top they came to is {gap} lower."
    found = f"{reached} of {len(ends)}"
    if reached > 1:
        return Check(STARTS, PASSED, found, said)
    cure = f"Others may be higher: options=FitOptions(starts={4 * len(ends)})."
    return Check(STARTS, WATCH, found, said, cure)
