"""Points for averaging over a prior: standard normal scores with weights."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from ccegov_choice.errors import DesignError, unknown_name

Rule = Literal["sobol", "mlhs", "gauss-hermite", "spherical-radial"]
RULES: tuple[str, ...] = get_args(Rule)
MOST_POINTS = 20_000

Floats = npt.NDArray[np.float64]


def normal_points(dimensions: int, count: int, rule: str, seed: int) -> tuple[Floats, Floats]:
    """Return points for an average over independent standard normal scores.

    Parameters
    ----------
    dimensions : int
        How many scores, ``d``.
    count : int
        How many points to aim at; quadratures take the nearest number that they can.
    rule : {"sobol", "mlhs", "gauss-hermite", "spherical-radial"}
        Scrambled Sobol points; modified Latin hypercube sampling; the product of Gauss-Hermite
        nodes (few dimensions only); antipodal points on randomly turned spheres with radial nodes.
    seed : int
        Seed of the scrambling, shuffling or turning.

    Returns
    -------
    weights : ndarray of shape (R,)
        They sum to one.
    points : ndarray of shape (R, d)

    Raises
    ------
    DesignError
        If the rule is unknown, or a product of nodes would have too many points.

    References
    ----------
    Owen (1995), Randomly permuted (t,m,s)-nets. Hess, Train and Polak (2006), Transportation
    Research B 40 (MLHS). Monahan and Genz (1997), Journal of the American Statistical Association
    92 (spherical-radial).
    """
    if rule not in RULES:
        raise DesignError.of([unknown_name(rule, RULES, "rule for averaging over a prior")])
    if dimensions == 0:
        return np.ones(1), np.zeros((1, 0))
    if count < 1:
        raise DesignError(
            f"{count} draws cannot stand for a prior", where="draws", cure="Give 1 or more."
        )
    if rule == "gauss-hermite":
        return _gauss_hermite(dimensions, count)
    if rule == "spherical-radial":
        return _spherical_radial(dimensions, count, np.random.default_rng(seed))
    shares = _sobol(dimensions, count, seed) if rule == "sobol" else _mlhs(dimensions, count, seed)
    return np.full(count, 1 / count), special.ndtri(shares)


def _sobol(dimensions: int, count: int, seed: int) -> Floats:
    engine = stats.qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    points: Floats = engine.random_base2(max(0, math.ceil(math.log2(count))))[:count]
    # scrambled points may touch zero, whose score is infinite
    return np.asarray(np.clip(points, 2.0**-54, 1 - 2.0**-53))


def _mlhs(dimensions: int, count: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    steps = np.arange(count) / count
    columns = [rng.permutation(steps + rng.random() / count) for _ in range(dimensions)]
    return np.asarray(np.clip(np.stack(columns, axis=1), 2.0**-54, 1 - 2.0**-53))


def _gauss_hermite(dimensions: int, count: int) -> tuple[Floats, Floats]:
    nodes = max(2, round(count ** (1 / dimensions)))
    if nodes**dimensions > MOST_POINTS:
        raise DesignError(
            f"a product of Gauss-Hermite nodes over {dimensions} uncertain coefficients has "
            f"{nodes**dimensions:,} points",
            where="draws",
            cure="Use rule='spherical-radial' or rule='sobol', or take more coefficients as known.",
        )
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    grid = np.meshgrid(*[points] * dimensions, indexing="ij")
    mass = np.meshgrid(*[weights / weights.sum()] * dimensions, indexing="ij")
    return np.prod([m.ravel() for m in mass], axis=0), np.stack([g.ravel() for g in grid], axis=1)


def _spherical_radial(
    dimensions: int, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Exact for polynomials of degree 3 by one turn; more turns average the rest."""
    halves, masses = special.roots_genlaguerre(2, dimensions / 2 - 1)
    radii, masses = np.sqrt(2 * halves), masses / masses.sum()
    turns = max(1, round(count / (4 * dimensions)))
    points, weights = [], []
    for _ in range(turns):
        axes, upper = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))
        axes = axes * np.sign(np.diag(upper))
        for radius, mass in zip(radii, masses, strict=True):
            points += [radius * axes.T, -radius * axes.T]
            weights.append(np.full(2 * dimensions, mass / (2 * dimensions * turns)))
    return np.concatenate(weights), np.concatenate(points)
