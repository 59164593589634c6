"""The check of estimates at an edge, where a normal law of the estimates does not hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import stats

from ccegov_choice.models.certificate.check import FAILED, PASSED, WATCH, Check, no_top
from ccegov_choice.models.fitting.unidentified import listing
from ccegov_choice.models.mixed.scale_heterogeneity import TAU
from ccegov_choice.models.nests.model import contradictions

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

EDGES = "edges"
_SPREAD = re.compile(r"^(.*: )?(?:sd|spread)\[([^|]*)\]$")
_CHOLESKY = re.compile(r"^(.*: )?cholesky\[(.*),([^,]*)\]$")
# A spread of zero is at the edge of what spreads can be: half the chi-squared law of one degree.
_ONE_SIDED = float(stats.chi2.ppf(0.90, 1))
_LEAST_SHARE = 1e-3
_SURE = 1.96


def check_edges(results: Results) -> Check:
    """Check for spreads of nothing, dissimilarities above one, empty classes and active bounds.

    References
    ----------
    Self & Liang (1987), Journal of the American Statistical Association 82, 605-610.
    """
    if not results.converged:
        return no_top(EDGES)
    trust = results.trust
    impossible = _above_one(results)
    said = [*impossible, *(trust.edges if trust is not None else ())]
    told = [*_at_bounds(results), *_no_spread(results), *_no_share(results)]
    if not said and not told:
        return Check(EDGES, PASSED, "none", "No estimate lies at an edge of what it can be.")
    sure = any(_surely_above_one(results, name) for name in results.names)
    count = len(said) + len(told)
    return Check(
        EDGES,
        FAILED if sure else WATCH,
        f"{count} estimate{'s' if count > 1 else ''}",
        " ".join([*said, *told]),
        "At an edge, standard errors and z do not hold: compare with the model without it.",
    )


def _at_bounds(results: Results) -> list[str]:
    names = [name for name, why in results.absent.items() if why == "at its bound"]
    return [f"{listing(names)} {_is(names)} held by a bound, not by the data."] if names else []


def _no_share(results: Results) -> list[str]:
    names = [
        name
        for name, value in zip(results.names, results.estimates, strict=True)
        if name.startswith("allocation[") and value < _LEAST_SHARE and name not in results.absent
    ]
    return [f"{listing(names)} {_is(names)} next to nothing."] if names else []


def _above_one(results: Results) -> tuple[str, ...]:
    """Return what says that choices in nests maximise no utility."""
    tree = getattr(results.model, "tree", ())
    return contradictions(tree, results.names, results.estimates) if tree else ()


def _surely_above_one(results: Results, name: str) -> bool:
    if not name.startswith("dissimilarity["):
        return False
    position = results.names.index(name)
    error = float(np.sqrt(results.covariance[position, position]))
    return error > 0 and (float(results.estimates[position]) - 1.0) / error > _SURE


def _no_spread(results: Results) -> list[str]:
    """Return the coefficients whose spread over people is not told from zero (Wald)."""
    names = []
    for label, positions in _spreads(results).items():
        part = results.covariance[np.ix_(positions, positions)]
        values = results.estimates[positions]
        if not (np.diag(part) > 0).all():
            continue  # fixed, or at a bound that is told already
        wald = float(values @ np.linalg.pinv(part, hermitian=True) @ values)
        few = len(positions)
        if wald < (_ONE_SIDED if few == 1 else float(stats.chi2.ppf(0.95, few))):
            names.append(label)
    if not names:
        return []
    return [f"No heterogeneity found in {listing(names)}: the spread is not told from zero."]


def _spreads(results: Results) -> dict[str, list[int]]:
    """Return each coefficient with a spread -> the positions of the parameters that make it."""
    found: dict[str, list[int]] = {}
    for position, name in enumerate(results.names):
        match = _SPREAD.match(name) or _CHOLESKY.match(name)
        if match is not None:
            label = (match.group(1) or "") + match.group(2)
            found.setdefault(label, []).append(position)
        elif name == TAU:
            found["the scale"] = [position]
    return found


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
