"""Tastes of simulated people: the same for everybody, normally distributed, or by class."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ccegov_choice._files import read_text
from ccegov_choice.errors import FileFormatError, Problem, UtilityError, unknown_name

FloatArray: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RandomTaste:
    """Coefficients that are normally distributed over people.

    Parameters
    ----------
    mean : mapping of str to float
        Mean of each coefficient.
    sd : mapping of str to float
        Standard deviations; coefficients left out are the same for everybody.
    covariance : mapping of str to mapping, or data frame
        Instead of `sd`: rows and columns by coefficient, symmetric and positive semi-definite.
    """

    mean: Mapping[str, float]
    sd: Mapping[str, float] = field(default_factory=dict)
    covariance: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", dict(self.mean))
        object.__setattr__(self, "sd", dict(self.sd))
        if self.covariance is None:
            return
        table = self.covariance
        rows = table.to_dict() if hasattr(table, "to_dict") else table
        covariance = {row: dict(cells) for row, cells in rows.items()}
        object.__setattr__(self, "covariance", covariance)
        self._check_covariance(covariance)

    def _check_covariance(self, covariance: Mapping[str, Mapping[str, float]]) -> None:
        names = list(covariance)
        cure = "Give a square table, such as {'wait': {'wait': 0.04}}, without sd."
        if self.sd:
            problem = "both sd and covariance are given"
        elif any(list(cells) != names for cells in covariance.values()):
            problem = "the covariance does not have the same rows and columns"
        else:
            matrix = self._matrix(names)
            lowest = float(np.linalg.eigvalsh((matrix + matrix.T) / 2).min(initial=0.0))
            scale = float(np.abs(matrix).max(initial=1e-300))
            if np.abs(matrix - matrix.T).max(initial=0.0) > 1e-9 * scale:
                problem = "the covariance is not symmetric"
            elif lowest < -1e-9 * scale:
                problem = "the covariance is not positive semi-definite"
            else:
                return
        raise UtilityError(problem, where="RandomTaste", cure=cure)

    @property
    def random(self) -> tuple[str, ...]:
        """Names of the coefficients that differ between people."""
        if self.covariance is not None:
            return tuple(self.covariance)
        return tuple(name for name, sd in self.sd.items() if sd != 0)

    def _matrix(self, names: Sequence[str]) -> FloatArray:
        if self.covariance is None:
            return np.diag([float(self.sd[name]) ** 2 for name in names])
        rows = [[float(self.covariance[a][b]) for b in names] for a in names]
        return np.array(rows, dtype=np.float64).reshape(len(names), len(names))

    def root(self) -> FloatArray:
        """Return a matrix ``R`` over `random` with ``R @ R.T`` the covariance."""
        values, vectors = np.linalg.eigh(self._matrix(self.random))
        signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(values))])
        root: FloatArray = vectors * signs * np.sqrt(np.maximum(values, 0.0))
        return root


@dataclass(frozen=True)
class ClassTaste:
    """Groups of people with tastes of their own.

    Parameters
    ----------
    classes : mapping of str to (float, mapping or RandomTaste)
        Name of the class -> (share of the people, tastes). Shares are positive and sum to one.
    """

    classes: Mapping[str, tuple[float, Mapping[str, float] | RandomTaste]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", dict(self.classes))
        shares = [float(share) for share, _ in self.classes.values()]
        if not shares or min(shares) <= 0 or not math.isclose(sum(shares), 1.0, abs_tol=1e-9):
            told = ", ".join(f"{share:g}" for share in shares)
            raise UtilityError(
                f"the shares of the classes ({told}) are not positive numbers that sum to one",
                where="ClassTaste",
                cure="Give for instance {'patient': (0.4, {...}), 'hurried': (0.6, {...})}.",
            )

    @classmethod
    def read(cls, path: str | Path) -> ClassTaste:
        """Read classes from a TOML file.

        Parameters
        ----------
        path : str or Path
            A file with a table ``[[class]]`` per class: ``name``, ``share`` and the table
            ``class.coefficients``; coefficients that are left out are zero.

        Raises
        ------
        FileFormatError
            If the file is missing, is not TOML, or a class lacks its name, share or coefficients.
        UtilityError
            If the shares do not sum to one.
        """
        try:
            content = tomllib.loads(read_text(path))
            tables = content["class"]
            coefficients = [item["coefficients"] for item in tables]
            names = sorted({name for table in coefficients for name in table})
            classes = {
                str(item["name"]): (
                    float(item["share"]),
                    {name: float(table.get(name, 0.0)) for name in names},
                )
                for item, table in zip(tables, coefficients, strict=True)
            }
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
            missing = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise FileFormatError(
                f"the classes cannot be read: {missing}",
                where=str(path),
                cure="Give each class a table [[class]] with name, share and [class.coefficients].",
            ) from error
        return cls(classes)


Taste: TypeAlias = Mapping[str, float] | RandomTaste | ClassTaste


@dataclass(frozen=True, eq=False)
class Tastes:
    """Tastes of single people.

    Parameters
    ----------
    coefficients : ndarray of shape (N, P)
        The coefficients of each person.
    known : mapping of str to ndarray of shape (N,)
        What the data should say of each person's tastes.
    """

    coefficients: FloatArray
    known: Mapping[str, npt.NDArray[Any]]


def taste_problems(
    truth: Taste, names: Sequence[str], fixed: Mapping[str, float]
) -> tuple[Problem, ...]:
    """Return every coefficient that a truth lacks, does not know, or gives no number."""
    if isinstance(truth, ClassTaste):
        return tuple(
            Problem(found.problem, found.cure, f"class '{name}'")
            for name, (_, tastes) in truth.classes.items()
            for found in taste_problems(tastes, names, fixed)
        )
    mean = truth.mean if isinstance(truth, RandomTaste) else truth
    given = [*mean, *(truth.sd if isinstance(truth, RandomTaste) else ())]
    given += truth.random if isinstance(truth, RandomTaste) else ()
    problems = [
        unknown_name(name, names, "coefficient", where="truth")
        for name in dict.fromkeys(given)
        if name not in names
    ]
    problems += [
        Problem(f"the coefficient '{name}' is missing", "Give it a value.", "truth")
        for name in names
        if name not in mean and name not in fixed
    ]
    problems += [
        Problem(f"'{name}' is fixed at {fixed[name]:g}", "Leave it out of the truth.", "truth")
        for name, value in mean.items()
        if name in fixed and value != fixed[name]
    ]
    numbers = {**mean, **(truth.sd if isinstance(truth, RandomTaste) else {})}
    problems += [
        Problem(f"'{name}' has the value {value!r}", "Give a finite number.", "truth")
        for name, value in numbers.items()
        if not math.isfinite(value)
    ]
    return tuple(problems)


def draw_tastes(
    truth: Taste,
    names: Sequence[str],
    fixed: Mapping[str, float],
    people: int,
    rng: np.random.Generator,
) -> Tastes:
    """Draw the tastes of people.

    Parameters
    ----------
    truth : mapping, RandomTaste or ClassTaste
        Checked by `taste_problems`.
    names : sequence of P str
        The coefficients.
    fixed : mapping of str to float
        Values of coefficients that the truth may leave out.
    people : int
        How many.
    rng : numpy.random.Generator
        Source of the draws.
    """
    if isinstance(truth, ClassTaste):
        return _by_class(truth, names, fixed, people, rng)
    if not isinstance(truth, RandomTaste):
        values = np.array([float(truth.get(name, fixed.get(name, 0.0))) for name in names])
        return Tastes(np.tile(values, (people, 1)), {})
    coefficients = draw_tastes(truth.mean, names, fixed, people, rng).coefficients
    if not truth.random:
        return Tastes(coefficients, {})
    columns = [list(names).index(name) for name in truth.random]
    normal = rng.standard_normal((people, len(columns)))
    coefficients[:, columns] += normal @ truth.root().T
    known = {
        f"true[{name}]": coefficients[:, c] for name, c in zip(truth.random, columns, strict=True)
    }
    return Tastes(coefficients, known)


def _by_class(
    truth: ClassTaste,
    names: Sequence[str],
    fixed: Mapping[str, float],
    people: int,
    rng: np.random.Generator,
) -> Tastes:
    labels = list(truth.classes)
    shares = np.array([share for share, _ in truth.classes.values()], dtype=np.float64)
    member = rng.choice(len(labels), size=people, p=shares / shares.sum())
    coefficients = np.zeros((people, len(names)))
    differing: dict[str, None] = {}
    for c, (_, tastes) in enumerate(truth.classes.values()):
        drawn = draw_tastes(tastes, names, fixed, people, rng)
        coefficients[member == c] = drawn.coefficients[member == c]
        differing.update(dict.fromkeys(drawn.known))
    known: dict[str, npt.NDArray[Any]] = {"true_class": np.array(labels, dtype=object)[member]}
    for column in differing:
        known[column] = coefficients[:, list(names).index(column[5:-1])]
    return Tastes(coefficients, known)
