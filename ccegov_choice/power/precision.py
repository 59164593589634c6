"""How well a design tells coefficients when everybody answers one block: a sandwich."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.efficient.information import CodedTasks, typical_person
from ccegov_choice.errors import DesignError
from ccegov_choice.models.fitting.constraints import Constraints
from ccegov_choice.power.truth import Mixture
from ccegov_choice.study.people import gather_people
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.design.design import Design

Floats = npt.NDArray[np.float64]

_STEPS = 60
_LARGEST_STEP = 2.0


@dataclass(frozen=True, eq=False)
class Answering:
    """A design coded for the people who answer it.

    Parameters
    ----------
    patterns : tuple of (float, CodedTasks)
        Share of people who see the tasks so, and the tasks.
    blocks : ndarray of shape (T,)
        Block of each task, from 0.
    names : tuple of str
        The ``K`` coefficients.
    """

    patterns: tuple[tuple[float, CodedTasks], ...]
    blocks: npt.NDArray[np.int64]
    names: tuple[str, ...]

    @classmethod
    def of(
        cls, design: Design, utility: Utility, population: pd.DataFrame | None = None
    ) -> Answering:
        """Code a design.

        Raises
        ------
        DesignError
            If the utility depends on a covariate and no population says who has it.
        DataError
            If the population lacks a covariate that is read.
        """
        study = design.study
        read = [n for n in utility.bind(study).reads if n in study.covariate_ids]
        needed = list(dict.fromkeys([*typical_person(design), *read]))
        if population is None or not needed:
            if read:
                raise DesignError(
                    f"the utility depends on {', '.join(read)}, so who is asked matters",
                    where="field",
                    cure="Give FieldConditions(population=...): a data frame with a row per kind "
                    f"of person, the column {read[0]} and perhaps weight.",
                )
            patterns: tuple[tuple[float, CodedTasks], ...] = (
                (1.0, CodedTasks.of(design, utility)),
            )
        else:
            people = gather_people(population, needed, study)
            patterns = tuple(
                (
                    float(people.weights[m]),
                    CodedTasks.of(
                        design, utility, {name: people.covariates[name][m] for name in needed}
                    ),
                )
                for m in range(people.size)
            )
        tasks = design.frame[["task", "block"]].drop_duplicates().sort_values("task")
        _, blocks = np.unique(tasks["block"].to_numpy(), return_inverse=True)
        return cls(patterns, blocks, patterns[0][1].names)

    @property
    def tasks_per_person(self) -> int:
        """Most tasks that one person answers."""
        return int(np.bincount(self.blocks).max())

    def information(self, coefficients: Floats) -> Floats:
        """Return the information ``(K, K)`` from one person, who answers one block."""
        whole = sum(share * coded.information(coefficients) for share, coded in self.patterns)
        one: Floats = np.asarray(whole) / (int(self.blocks.max()) + 1)
        return one


@dataclass(frozen=True, eq=False)
class Precision:
    """What a logit settles at, and how it varies.

    Parameters
    ----------
    estimates : ndarray of shape (K,)
        The coefficients that the estimates approach as people grow many.
    covariance : ndarray of shape (K, K)
        Their covariance times the number of people.
    """

    estimates: Floats
    covariance: Floats


def precision_of(answering: Answering, mixture: Mixture, constraints: Constraints) -> Precision:
    """Return what a logit finds when people have these tastes.

    Parameters
    ----------
    answering : Answering
        The tasks.
    mixture : Mixture
        The tastes.
    constraints : Constraints
        Coefficients that the model fixes or holds equal.

    Raises
    ------
    DesignError
        If the design cannot tell all coefficients apart; it names them.

    Notes
    -----
    With one kind of taste that is the truth itself and the inverse information. With several (or
    people who answer by lot) a logit is wrong about the people: it settles at the coefficients
    that maximise the expected log-likelihood, and its variance, clustered by person, is
    ``A^-1 B A^-1`` with the information ``A`` and the variance ``B`` of one person's score.

    References
    ----------
    White (1982), Econometrica 50, 1-25.
    """
    expansion = constraints.expansion
    mean = mixture.mean
    whole = answering.information(mean)
    _check_identified(answering, mean, whole, constraints)
    if len(mixture.shares) == 1 and np.array_equal(
        constraints.full(constraints.reduce(mean)), mean
    ):
        covariance = expansion @ np.linalg.inv(expansion.T @ whole @ expansion) @ expansion.T
        return Precision(mean, (covariance + covariance.T) / 2)
    at = _settles_at(answering, mixture, constraints)
    bread = np.linalg.inv(expansion.T @ answering.information(at) @ expansion)
    scores = expansion.T @ _score_variance(answering, mixture, at) @ expansion
    covariance = expansion @ (bread @ scores @ bread) @ expansion.T
    return Precision(at, (covariance + covariance.T) / 2)


def _check_identified(
    answering: Answering, at: Floats, whole: Floats, constraints: Constraints
) -> None:
    expansion = constraints.expansion
    if not len(_flat_directions(expansion.T @ whole @ expansion)):
        return
    # shares far from equal may hide information, so only equal shares decide
    even = answering.information(np.zeros_like(at))
    flat = _flat_directions(expansion.T @ even @ expansion)
    if not len(flat):
        return
    size = np.abs(constraints.expansion @ flat.T).max(axis=1)
    names = [name for name, part in zip(answering.names, size, strict=True) if part > 0.05]
    raise DesignError(
        f"the design cannot tell these coefficients apart: {', '.join(names)}",
        where=f"{len(answering.blocks)} tasks",
        cure="Make a design with more tasks, or take terms out of the utility; no number of people "
        "mends this.",
    )


def _flat_directions(matrix: Floats) -> Floats:
    scale = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    flat: Floats = vectors[:, values < 1e-10 * max(values[-1], 1e-300)].T
    return flat


def _settles_at(answering: Answering, mixture: Mixture, constraints: Constraints) -> Floats:
    """Maximise the expected log-likelihood by Newton's method; it is concave."""
    expansion = constraints.expansion
    free = constraints.reduce(mixture.mean)
    shares = _average_shares(answering, mixture)
    for _ in range(_STEPS):
        at = constraints.full(free)
        slope = expansion.T @ _slope(answering, shares, at)
        matrix = expansion.T @ answering.information(at) @ expansion
        if not len(free) or np.abs(slope).max() <= 1e-13 * max(float(np.diag(matrix).max()), 1e-12):
            return at
        step = np.linalg.solve(matrix, slope)
        moved = max(
            float(np.abs(coded.rows @ (expansion @ step)).max()) for _, coded in answering.patterns
        )
        free = free + step * min(1.0, _LARGEST_STEP / max(moved, 1e-300))
        if moved < 1e-12:
            return constraints.full(free)
    raise DesignError(
        "the coefficients that a logit would settle at were not found",
        where="truth",
        cure="Bring the tastes nearer to each other, or plan by simulation: simulate=Simulation().",
    )


def _average_shares(answering: Answering, mixture: Mixture) -> list[Floats]:
    """Return how often each alternative is chosen ``(T, J)``, in each pattern of people."""
    return [
        np.asarray(
            sum(
                share * coded.probabilities(row)
                for share, row in zip(mixture.shares, mixture.coefficients, strict=True)
            )
        )
        for _, coded in answering.patterns
    ]


def _slope(answering: Answering, shares: Sequence[Floats], at: Floats) -> Floats:
    parts = [
        share * np.einsum("tj,tjk->k", chosen - coded.probabilities(at), coded.rows)
        for (share, coded), chosen in zip(answering.patterns, shares, strict=True)
    ]
    slope: Floats = np.sum(parts, axis=0) / (int(answering.blocks.max()) + 1)
    return slope


def _score_variance(answering: Answering, mixture: Mixture, at: Floats) -> Floats:
    """Return the mean square ``(K, K)`` of one person's score, summed over the tasks of a block."""
    count = int(answering.blocks.max()) + 1
    member = np.eye(count)[answering.blocks]  # (T, blocks)
    total = np.zeros((len(at), len(at)))
    for share, coded in answering.patterns:
        expected = coded.probabilities(at)
        centred = coded.rows - np.einsum("tj,tjk->tk", expected, coded.rows)[:, None, :]
        for weight, row in zip(mixture.shares, mixture.coefficients, strict=True):
            chosen = coded.probabilities(row)
            mean = np.einsum("tj,tjk->tk", chosen, centred)
            flat = (centred * np.sqrt(chosen)[:, :, None]).reshape(-1, len(at))
            within = flat.T @ flat - mean.T @ mean
            summed = member.T @ mean  # an answer by lot in one task goes with such in the others
            total += share * weight * (within + summed.T @ summed)
    variance: Floats = total / count
    return variance


def fixed_of(constraints: Constraints) -> Mapping[str, float]:
    """Return the coefficients that are fixed, with their values."""
    return {
        name: float(constraints.offset[k])
        for k, name in enumerate(constraints.names)
        if not constraints.expansion[k].any()
    }
