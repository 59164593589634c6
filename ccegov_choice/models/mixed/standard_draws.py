"""Standard draws for simulated likelihoods: which points, how many, and whose.

All people share one base of ``R`` points in the unit cube, on a grid of `CELLS` cells in each
dimension. Each person's points are the base with some bits of the cells turned over, others in each
dimension: a digital shift, after which every point is uniform and a Sobol net still is one. The
shift follows from the seed and the person alone, so that other people, threads or machines do not
change it, and nothing is stored by person and draw.

References
----------
L'Ecuyer & Lemieux (2002), Recent advances in randomized quasi-Monte Carlo methods. Bhat (2003),
Transportation Research B 37, 837-855. Hess, Train & Polak (2006), Transportation Research B 40,
147-163 (MLHS).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import qmc

from ccegov_choice.errors import UtilityError

FloatArray = npt.NDArray[np.float64]
Cells = npt.NDArray[np.uint32]

# A table of this many values stays in the innermost caches.
CELLS = 4096


@dataclass(frozen=True)
class StandardDraws(ABC):
    """Points of a sequence.

    Parameters
    ----------
    count : int
        Draws for each person, ``R``.
    seed : int
        The same seed gives the same draws.
    mirrored : tuple of int
        Dimensions whose draws are turned round, see `ccegov_choice.models.mixed.mirror`.
    """

    count: int = 1000
    seed: int = 1
    mirrored: tuple[int, ...] = ()
    word: ClassVar[str] = ""

    def __post_init__(self) -> None:
        count: object = self.count
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
            raise UtilityError(
                f"{self.count!r} is not a number of draws",
                where=f"{type(self).__name__}(...)",
                cure="Give a whole number, such as 1000.",
            )

    @abstractmethod
    def points(self, dimensions: int) -> FloatArray:
        """Return the base points ``(Q, R)`` between 0 and 1."""

    @property
    def cells(self) -> int:
        """Cells of the grid: at least as many as there are draws, and a power of two."""
        return max(CELLS, 1 << (self.count - 1).bit_length())

    def base(self, dimensions: int) -> Cells:
        """Return the cell ``(Q, R)`` of each base point."""
        cells = np.minimum(np.floor(self.points(dimensions) * self.cells), self.cells - 1)
        for dimension in self.mirrored:
            if dimension < dimensions:
                cells[dimension] = self.cells - 1 - cells[dimension]
        return np.asarray(cells, dtype=np.uint32)

    def shifts(self, people: npt.NDArray[Any], dimensions: int) -> Cells:
        """Return which bits to turn over ``(N, Q)`` for each person, by identifier and seed."""
        keys = pd.util.hash_array(np.asarray(people).astype(str).astype(object))
        steps = np.arange(1, dimensions + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        seed = _scramble(np.array([self.seed], dtype=np.uint64))
        mixed = _scramble(keys + seed)[:, None] + steps
        return np.asarray(_scramble(mixed) % np.uint64(self.cells), dtype=np.uint32)

    def with_count(self, count: int) -> StandardDraws:
        """Return the same sequence with another number of draws."""
        return replace(self, count=count)

    def with_seed(self, seed: int) -> StandardDraws:
        """Return draws that have nothing to do with these."""
        return replace(self, seed=seed)

    def __str__(self) -> str:
        return f"{self.count:,} {self.word} draws, seed {self.seed}"

    def to_dict(self) -> dict[str, Any]:
        """Return the kind, number and seed, as JSON can hold them."""
        return {
            "kind": type(self).__name__,
            "count": self.count,
            "seed": self.seed,
            "mirrored": list(self.mirrored),
        }


@dataclass(frozen=True)
class Sobol(StandardDraws):
    """Scrambled Sobol points: the most even spread, best where their number is a power of two.

    Parameters
    ----------
    count : int
        Draws for each person, ``R``.
    seed : int
        Seed of the scrambling and of the shifts.

    References
    ----------
    Owen (1998), Journal of Complexity 14, 466-489.
    """

    word: ClassVar[str] = "scrambled Sobol"

    def points(self, dimensions: int) -> FloatArray:
        """Return the base points ``(Q, R)`` between 0 and 1."""
        power = (self.count - 1).bit_length()
        sampler = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(self.seed))
        return np.asarray(sampler.random_base2(power)[: self.count].T)


@dataclass(frozen=True)
class Halton(StandardDraws):
    """Scrambled Halton points, for any number of draws.

    Parameters
    ----------
    count : int
        Draws for each person, ``R``.
    seed : int
        Seed of the scrambling and of the shifts.

    References
    ----------
    Owen (2017), A randomized Halton algorithm in R, arXiv:1706.02808.
    """

    word: ClassVar[str] = "scrambled Halton"

    def points(self, dimensions: int) -> FloatArray:
        """Return the base points ``(Q, R)`` between 0 and 1."""
        sampler = qmc.Halton(dimensions, scramble=True, rng=np.random.default_rng(self.seed))
        return np.asarray(sampler.random(self.count).T)


@dataclass(frozen=True)
class MLHS(StandardDraws):
    """Modified Latin hypercube samples: evenly spaced in each dimension, shuffled between them.

    Parameters
    ----------
    count : int
        Draws for each person, ``R``.
    seed : int
        Seed of the shuffling and of the shifts.

    References
    ----------
    Hess, Train & Polak (2006), Transportation Research B 40, 147-163.
    """

    word: ClassVar[str] = "MLHS"

    def points(self, dimensions: int) -> FloatArray:
        """Return the base points ``(Q, R)`` between 0 and 1."""
        rng = np.random.default_rng(self.seed)
        order = np.array([rng.permutation(self.count) for _ in range(dimensions)])
        return np.asarray((order + rng.random((dimensions, 1))) / self.count)


@dataclass(frozen=True)
class PseudoRandom(StandardDraws):
    """Pseudo-random points: the least even spread, for comparisons.

    Parameters
    ----------
    count : int
        Draws for each person, ``R``.
    seed : int
        Seed of the points and of the shifts.
    """

    word: ClassVar[str] = "pseudo-random"

    def points(self, dimensions: int) -> FloatArray:
        """Return the base points ``(Q, R)`` between 0 and 1."""
        return np.random.default_rng(self.seed).random((dimensions, self.count))


KINDS = {kind.__name__: kind for kind in (Sobol, Halton, MLHS, PseudoRandom)}


def draws_from_dict(content: dict[str, Any]) -> StandardDraws:
    """Return what ``to_dict`` wrote."""
    return KINDS[content["kind"]](content["count"], content["seed"], tuple(content["mirrored"]))


def _scramble(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Mix the bits of integers (splitmix64, Steele, Lea & Flood 2014)."""
    z = np.asarray(keys, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
