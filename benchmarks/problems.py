"""The benchmark problems: the choices and starting values that every package is given.

P1 to P6 are the project's published problems for comparing packages; their numbers are drawn in
`synthetic`. A size such as ``20000x4x10`` (choices x alternatives x coefficients, a logit) or
``1000x10x3x6`` (people x tasks x alternatives x coefficients, a mixed logit with independent
normals) makes a problem of that size. Needs NumPy only, so that it runs in the environment of every
peer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import synthetic
from electricity import NAMES, electricity
from synthetic import Choices

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Model = Literal["logit", "normals", "correlated", "trade space", "classes"]

SIMULATED: tuple[Model, ...] = ("normals", "correlated", "trade space")
_SPREAD = 0.1


@dataclass(frozen=True, eq=False)
class Problem:
    """Choices of people, the model to fit to them, and where the search starts.

    Parameters
    ----------
    name : str
        What it is called.
    model : str
        ``"logit"``; ``"normals"`` (coefficients that are independent normals over people);
        ``"correlated"`` (the first `random` normal with a full covariance, the others the same for
        all); ``"trade space"`` (all but the last normal and in units of the last, a price, with
        one scale for all); ``"classes"``.
    x : ndarray of shape (n, J, K)
        Attributes.
    y : ndarray of shape (n,)
        Position of the chosen alternative.
    people : ndarray of shape (n,)
        Who chose, ascending.
    names : tuple of str
        Names of the attributes.
    start : ndarray of shape (P,)
        Starting values in the order in which every package's estimates are compared:
        coefficients or means; then standard deviations, or the rows of the lower triangular root of
        the covariance; then in trade space the scale. For classes the coefficients of one class
        after the other, then the log-odds of the second and later classes against the first.
    random : int
        How many coefficients, from the first, vary over people.
    """

    name: str
    model: Model
    x: Floats
    y: Integers
    people: Integers
    names: tuple[str, ...]
    start: Floats
    random: int = 0

    @property
    def classes(self) -> int:
        """How many classes of people there are."""
        return (len(self.start) + 1) // (len(self.names) + 1) if self.model == "classes" else 1

    @property
    def offsets(self) -> Integers:
        """Position ``(N + 1,)`` of each person's first choice, and the number of choices."""
        changes = np.flatnonzero(np.diff(self.people)) + 1
        return np.concatenate([[0], changes, [len(self.people)]])

    def checksum(self) -> str:
        """Return a hash of the choices: attributes, answers and people."""
        digest = hashlib.sha256(np.ascontiguousarray(self.x, "<f8").tobytes())
        digest.update(self.y.astype("<i8").tobytes())
        digest.update(self.people.astype("<i8").tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Recipe:
    """How a problem is made, and what is known about it.

    Parameters
    ----------
    title : str
        One line that says what it is.
    make : callable
        Returns the problem without its name.
    checksum : str
        Hash of its choices.
    best : mapping of int or None to float
        Draws -> the log-likelihood that the quickest peer was published with; None where nothing
        is simulated. The first number of draws is the one that is run when nothing is said.
    targets : mapping of int or None to float
        Draws -> seconds that we aim at, on the machine of the published times.
    """

    title: str
    make: Callable[[], Problem]
    checksum: str
    best: Mapping[int | None, float]
    targets: Mapping[int | None, float]

    @property
    def draws(self) -> int | None:
        """How many draws are made when nothing is said."""
        return next(iter(self.targets))


def _letters(count: int) -> tuple[str, ...]:
    return tuple(f"x{k + 1}" for k in range(count))


def _logit(choices: Choices) -> Problem:
    count = choices.x.shape[2]
    return Problem("", "logit", *choices, _letters(count), np.zeros(count))


def _normals(choices: Choices, names: tuple[str, ...] | None = None) -> Problem:
    count = choices.x.shape[2]
    start = np.concatenate([synthetic.logit_tastes(choices), np.full(count, _SPREAD)])
    return Problem("", "normals", *choices, names or _letters(count), start, count)


def _correlated(choices: Choices, random: int) -> Problem:
    tastes = synthetic.logit_tastes(choices)
    root = (_SPREAD * np.eye(random))[np.tril_indices(random)]
    start = np.concatenate([tastes, root])
    return Problem("", "correlated", *choices, _letters(len(tastes)), start, random)


def _trade_space(choices: Choices) -> Problem:
    tastes = synthetic.logit_tastes(choices)
    scale = -tastes[-1]
    count = len(tastes) - 1
    start = np.concatenate([tastes[:-1] / scale, np.full(count, _SPREAD), [scale]])
    return Problem("", "trade space", *choices, (*_letters(count), "price"), start, count)


def _classes(made: tuple[Choices, Floats]) -> Problem:
    choices, moved = made
    tastes = synthetic.logit_tastes(choices) + moved
    start = np.concatenate([tastes.ravel(), np.zeros(len(moved) - 1)])
    return Problem("", "classes", *choices, _letters(moved.shape[1]), start)


RECIPES: dict[str, Recipe] = {
    "P1": Recipe(
        "multinomial logit, 10,000 choices x 4 alternatives x 10 coefficients",
        lambda: _logit(synthetic.one_taste(10_000, 4, 10, 101)),
        "189f020439437f66b56753d3fda611fe68b2bbca2a0c5f799a4be0d9de3fbb20",
        {None: -9531.487},
        {None: 0.01},
    ),
    "P1b": Recipe(
        "multinomial logit, 500,000 choices x 3 alternatives x 12 coefficients",
        lambda: _logit(synthetic.one_taste(500_000, 3, 12, 102)),
        "a10da8365c1c0df2132f3b3fe7ff784ae680f665e81ea29d213c96691d3623e3",
        {None: -309556.670},
        {None: 0.2},
    ),
    "P2": Recipe(
        "mixed logit, 6 independent normals, electricity: 361 people, 4,308 choices x 4",
        lambda: _normals(electricity(), NAMES),
        "7808b4d8b6f514153e6be5d48e119e278db83650c549d879bbc4c4039c152cff",
        {500: -3891.7, 2000: -3881.2},
        {500: 0.35, 2000: 1.2},
    ),
    "P3": Recipe(
        "mixed logit, 8 independent normals, 1,000 people x 10 choices x 3",
        lambda: _normals(
            synthetic.normal_tastes(1000, 10, 3, synthetic.MEANS, synthetic.SPREADS, 103)
        ),
        "07ce2c98ec9e682a164c2e2aac2b9c090b7569160defe12e3d18297ec59bcab6",
        {1000: -7624.9},
        {1000: 1.2},
    ),
    "P4": Recipe(
        "mixed logit, 5 correlated normals and 3 fixed, 1,000 people x 10 choices x 3",
        lambda: _correlated(synthetic.correlated_tastes(1000, 10, 3, 104), 5),
        "784ae13c863f4ee4784c99f9962e5cedab1918b4ba003cacc972d1617d406a04",
        {500: -7263.6},
        {500: 1.0},
    ),
    "P5": Recipe(
        "willingness-to-pay space, 4 normals and one scale, 500 people x 8 choices x 3",
        lambda: _trade_space(synthetic.traded_tastes(500, 8, 3, 105)),
        "d4c860a7a39faedfaa621fbc6375133178a1d8bd78881f3bf802edb8163ab34e",
        {500: -2453.6},
        {500: 0.4},
    ),
    "P6": Recipe(
        "latent class, 3 classes, 1,000 people x 10 choices x 3 x 6 coefficients",
        lambda: _classes(synthetic.three_classes(1000, 10, 3, 106)),
        "129f64f8e3b402a63dadb6745cf746feae81f6f8050e7a990690426c919ad470",
        {None: -7889.354},
        {None: 0.3},
    ),
}


def problem(name: str) -> Problem:
    """Return a problem by its name, or by its size.

    Raises
    ------
    ValueError
        If there is no such problem, or this NumPy draws other numbers than it was published with.
    DataMissingError
        If its data are not on this machine.
    """
    if name not in RECIPES:
        return _of_size(name)
    made = replace(RECIPES[name].make(), name=name)
    if made.checksum() != RECIPES[name].checksum:
        raise ValueError(f"{name}: these are other numbers than the problem was published with")
    return made


def _of_size(name: str) -> Problem:
    """Make a logit of three sizes, or a mixed logit of four."""
    sizes = [int(part) if part.isdigit() else 0 for part in name.split("x")]
    if min(sizes) < 1 or len(sizes) not in (3, 4):
        raise ValueError(
            f"there is no problem {name!r}: choose {', '.join(RECIPES)}, a logit's size such as "
            "20000x4x10, or a mixed logit's such as 1000x10x3x6"
        )
    if len(sizes) == 3:
        return replace(_logit(synthetic.one_taste(*sizes, seed=7)), name=name)
    means = np.resize(synthetic.MEANS, sizes[3])
    spreads = np.resize(synthetic.SPREADS, sizes[3])
    choices = synthetic.normal_tastes(*sizes[:3], means, spreads, seed=7)
    return replace(_normals(choices), name=name)
