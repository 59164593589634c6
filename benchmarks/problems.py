"""The benchmark problems: seeded choices that every package is given, and their checksums.

The numbers are those of the project's generator of peers' problems (P1 and P1b): half of the
attributes continuous, half with three levels, as in a conjoint design. Needs NumPy only, so that it
runs in the environment of every peer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Problem:
    """Choices of ``n`` people, one task each.

    Parameters
    ----------
    name : str
        What it is called.
    x : ndarray of shape (n, J, K)
        Attributes.
    y : ndarray of shape (n,)
        Position of the chosen alternative.
    truth : ndarray of shape (K,)
        Coefficients of the people.
    """

    name: str
    x: Floats
    y: npt.NDArray[np.int64]
    truth: Floats

    @property
    def names(self) -> list[str]:
        """Names of the attributes."""
        return [f"x{k + 1}" for k in range(self.x.shape[2])]

    def checksum(self) -> str:
        """Return a hash of all numbers."""
        digest = hashlib.sha256(np.ascontiguousarray(self.x).tobytes())
        digest.update(self.y.astype("<i8").tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Recipe:
    """How a problem is made, and what must come of it."""

    choices: int
    alternatives: int
    coefficients: int
    seed: int
    log_likelihood: float | None = None
    checksum: str | None = None


RECIPES = {
    "P1": Recipe(
        10_000,
        4,
        10,
        101,
        -9531.487,
        "877b6e60a65298ef134102fc69d17342b585c83376c77a03e5e05127141bc5fd",
    ),
    "P1b": Recipe(
        500_000,
        3,
        12,
        102,
        -309556.670,
        "d4d5c0837ceab2fdc9cd71906696efd2820ed45ce97acf17526aa899930eebef",
    ),
}


def make(recipe: Recipe, name: str = "") -> Problem:
    """Make a problem from its recipe.

    Raises
    ------
    ValueError
        If the numbers are not those the recipe was published with.
    """
    n, alternatives, coefficients = recipe.choices, recipe.alternatives, recipe.coefficients
    rng = np.random.default_rng(recipe.seed)
    x = np.empty((n, alternatives, coefficients))
    for k in range(coefficients):
        if k % 2 == 0:
            x[:, :, k] = rng.standard_normal((n, alternatives))
        else:
            x[:, :, k] = rng.integers(-1, 2, (n, alternatives))
    truth = np.round(rng.uniform(-1, 1, coefficients), 2)
    utility = x @ truth
    y = (utility + rng.gumbel(size=utility.shape)).argmax(axis=1)
    problem = Problem(name, x, y, truth)
    if recipe.checksum is not None and problem.checksum() != recipe.checksum:
        raise ValueError(
            f"{name}: this NumPy makes other numbers than the problem was published with"
        )
    return problem


def problem(name: str) -> Problem:
    """Return a problem by name.

    Raises
    ------
    KeyError
        If there is no such problem.
    """
    return make(RECIPES[name], name)
