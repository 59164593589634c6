"""Kinds of covariance of the estimates, chosen before or after estimation.

All but the bootstrap need only what results keep: the Hessian and the score of each person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import CovarianceError, unknown_name
from ccegov_choice.models.evidence import (
    Computed,
    Evidence,
    invert_information,
    small_sample_factor,
)

FloatArray = npt.NDArray[np.float64]


@runtime_checkable
class Covariance(Protocol):
    """A kind of covariance."""

    @property
    def name(self) -> str:
        """Short name for tables, such as ``clustered by person``."""

    def compute(self, evidence: Evidence) -> Computed:
        """Return the covariance of the free parameters."""

    def to_dict(self) -> dict[str, Any]:
        """Return the kind and its arguments, as JSON can hold them."""


def _sandwich(evidence: Evidence, scores: FloatArray, factor: float) -> FloatArray:
    bread = evidence.bread()
    half = scores @ bread
    return (half.T @ half) * factor


@dataclass(frozen=True)
class Classical:
    """The inverse of the information: right when the model is, and no person answers twice."""

    @property
    def name(self) -> str:
        """Short name for tables."""
        return "classical"

    def compute(self, evidence: Evidence) -> Computed:
        """Return the inverse of the negative Hessian."""
        return Computed(evidence.bread(), "inverse of the negative Hessian, no correction")

    def to_dict(self) -> dict[str, Any]:
        """Return the kind, as JSON can hold it."""
        return {"kind": "classical"}


@dataclass(frozen=True)
class BHHH:
    """The inverse of the sum over people of the outer product of their score.

    References
    ----------
    Berndt, Hall, Hall & Hausman (1974), Annals of Economic and Social Measurement 3, 653-665.
    """

    @property
    def name(self) -> str:
        """Short name for tables."""
        return "BHHH"

    def compute(self, evidence: Evidence) -> Computed:
        """Return the inverse of the outer product of the scores."""
        scores = evidence.person_scores()
        try:
            matrix = invert_information(scores.T @ scores)
        except CovarianceError as error:
            raise CovarianceError(
                f"{len(scores)} people are too few to tell {scores.shape[1]} slopes apart",
                cure="Use the covariance 'classical' or ask more people.",
            ) from error
        return Computed(matrix, "inverse of the outer product of the scores of people")

    def to_dict(self) -> dict[str, Any]:
        """Return the kind, as JSON can hold it."""
        return {"kind": "bhhh"}


@dataclass(frozen=True)
class Robust:
    """The sandwich over people: holds when tastes differ and when a person answers many tasks.

    Times ``N / (N - 1)`` for ``N`` people.

    References
    ----------
    Huber (1967); White (1982), Econometrica 50, 1-25.
    """

    @property
    def name(self) -> str:
        """Short name for tables."""
        return "robust"

    def compute(self, evidence: Evidence) -> Computed:
        """Return the sandwich with the scores of people."""
        scores = evidence.person_scores()
        factor = small_sample_factor(len(scores), "people")
        note = f"sandwich over {len(scores):,} people, times N/(N-1) = {factor:.6g}"
        return Computed(_sandwich(evidence, scores, factor), note)

    def to_dict(self) -> dict[str, Any]:
        """Return the kind, as JSON can hold it."""
        return {"kind": "robust"}


@dataclass(frozen=True)
class Clustered:
    """The sandwich over groups of people, for answers that hang together within a group.

    Times ``G / (G - 1)`` for ``G`` groups.

    Parameters
    ----------
    by : str
        ``"person"``, or a column of the data that does not vary within a person.

    References
    ----------
    Cameron & Miller (2015), Journal of Human Resources 50, 317-372.
    """

    by: str = "person"

    @property
    def name(self) -> str:
        """Short name for tables."""
        return f"clustered by {self.by}"

    def compute(self, evidence: Evidence) -> Computed:
        """Return the sandwich with scores summed over groups.

        Raises
        ------
        CovarianceError
            If the grouping is unknown, or is one group only.
        """
        scores = evidence.person_scores()
        if self.by != "person":
            scores = self._sum_groups(evidence, scores)
        groups = len(scores)
        factor = small_sample_factor(groups, f"groups of {self.by}")
        what = "people" if self.by == "person" else f"groups of {self.by}"
        note = f"sandwich clustered over {groups:,} {what}, times G/(G-1) = {factor:.6g}"
        return Computed(_sandwich(evidence, scores, factor), note)

    def _sum_groups(self, evidence: Evidence, scores: FloatArray) -> FloatArray:
        if self.by not in evidence.clusters:
            problem = unknown_name(self.by, ["person", *evidence.clusters], "grouping of people")
            raise CovarianceError(
                problem.problem,
                cure=f"{problem.cure} A grouping is a column of the data that has one value for "
                "each person and is not an attribute.",
            )
        codes = evidence.clusters[self.by]
        _, groups = np.unique(codes, return_inverse=True)
        sums = np.zeros((int(groups.max()) + 1, scores.shape[1]))
        np.add.at(sums, groups, scores)
        return sums

    def to_dict(self) -> dict[str, Any]:
        """Return the kind and its grouping, as JSON can hold them."""
        return {"kind": "clustered", "by": self.by}


@dataclass(frozen=True)
class Bootstrap:
    """The spread of the estimates over samples of people drawn again with replacement.

    It refits the model, so it needs the data:
    ``results.with_covariance(Bootstrap(500), data=data)``.

    Parameters
    ----------
    replications : int
        Samples drawn.
    seed : int
        Seed of the draws; the same seed gives the same errors.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap.
    """

    replications: int = 200
    seed: int = 1

    @property
    def name(self) -> str:
        """Short name for tables."""
        return "bootstrap by person"

    def compute(self, evidence: Evidence) -> Computed:
        """Say that the data are needed.

        Raises
        ------
        CovarianceError
            Always: scores and Hessian are not enough.
        """
        raise CovarianceError(
            "the bootstrap draws people again, so it needs the data",
            cure="Give them: results.with_covariance(Bootstrap(...), data=data).",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the kind and its arguments, as JSON can hold them."""
        return {"kind": "bootstrap", "replications": self.replications, "seed": self.seed}


_KINDS: dict[str, type[Covariance]] = {
    "classical": Classical,
    "bhhh": BHHH,
    "robust": Robust,
    "clustered": Clustered,
    "bootstrap": Bootstrap,
}


def covariance_kind(kind: Covariance | str) -> Covariance:
    """Return a kind of covariance from its name.

    Parameters
    ----------
    kind : Covariance or str
        A kind, or ``"classical"``, ``"bhhh"``, ``"robust"``, ``"clustered"``, ``"bootstrap"``.

    Raises
    ------
    CovarianceError
        If the name is unknown.
    """
    if isinstance(kind, str):
        if kind.lower() not in _KINDS:
            problem = unknown_name(kind, _KINDS, "covariance")
            raise CovarianceError(problem.problem, cure=problem.cure)
        return _KINDS[kind.lower()]()
    return kind


def covariance_from_dict(content: Mapping[str, Any]) -> Covariance:
    """Return the kind that ``to_dict`` wrote."""
    arguments = {name: value for name, value in content.items() if name != "kind"}
    return _KINDS[content["kind"]](**arguments)
