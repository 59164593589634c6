"""What people are taken to want: points of taste with shares, from any way of saying so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.beliefs.quadrature import normal_points
from ccegov_choice.errors import DesignError, UtilityError
from ccegov_choice.models.tastes import ClassTaste, RandomTaste, taste_problems

Floats = npt.NDArray[np.float64]
Truth: TypeAlias = Mapping[str, float] | RandomTaste | ClassTaste | Prior
OneTaste: TypeAlias = Mapping[str, float] | RandomTaste

POINTS = 256
PRIOR_DRAWS = 512
BY_LOT = "answers by lot"


@dataclass(frozen=True, eq=False)
class Mixture:
    """People of ``C`` kinds of taste.

    Parameters
    ----------
    shares : ndarray of shape (C,)
        They sum to one.
    coefficients : ndarray of shape (C, K)
        Their tastes.
    """

    shares: Floats
    coefficients: Floats

    @property
    def mean(self) -> Floats:
        """Average taste ``(K,)``."""
        average: Floats = self.shares @ self.coefficients
        return average


@dataclass(frozen=True, eq=False)
class Scenarios:
    """Truths that power is averaged over; one, unless a prior is given.

    Parameters
    ----------
    weights : ndarray of shape (R,)
        They sum to one.
    mixtures : tuple of R Mixture
        The people in each.
    """

    weights: Floats
    mixtures: tuple[Mixture, ...]


def check_truth(truth: Truth, names: Sequence[str], fixed: Mapping[str, float]) -> None:
    """Raise one error that lists everything a truth lacks or does not know.

    Raises
    ------
    DesignError, UtilityError
        The first for a prior, which has to be about the coefficients of the model.
    """
    if isinstance(truth, Prior):
        if tuple(truth.names) != tuple(names):
            missing = [n for n in names if n not in truth.names]
            other = [n for n in truth.names if n not in names]
            told = [f"lacks {', '.join(missing)}"] if missing else []
            told += [f"knows {', '.join(other)} besides"] if other else []
            raise DesignError(
                f"the prior is about other coefficients than the model: it "
                f"{' and '.join(told) or 'has them in another order'}",
                where="truth",
                cure="Plan with the utility of the prior: Logit(prior.utility).",
            )
        return
    problems = taste_problems(truth, names, fixed)
    if problems:
        raise UtilityError.of(problems, "The truth has {count} problems:")


def kinds_of(
    truth: Mapping[str, float] | RandomTaste | ClassTaste,
    names: Sequence[str],
    fixed: Mapping[str, float],
    shift: Mapping[str, float],
    inattentive: float,
) -> list[tuple[float, OneTaste]]:
    """Return the kinds of people with their shares, every coefficient named.

    Parameters
    ----------
    truth : mapping, RandomTaste or ClassTaste
        Checked.
    names : sequence of K str
        Coefficients.
    fixed : mapping of str to float
        Values that the truth may leave out.
    shift : mapping of str to float
        Added to everybody's coefficients: how a group differs.
    inattentive : float
        Share of people who answer by lot: to them all alternatives are worth the same.
    """
    kinds = list(truth.classes.values()) if isinstance(truth, ClassTaste) else [(1.0, truth)]
    found: list[tuple[float, OneTaste]] = []
    for share, taste in kinds:
        mean = taste.mean if isinstance(taste, RandomTaste) else taste
        full = {n: float(mean.get(n, fixed.get(n, 0.0))) + shift.get(n, 0.0) for n in names}
        moved: OneTaste = full
        if isinstance(taste, RandomTaste):
            moved = RandomTaste(full, taste.sd, taste.covariance)
        found.append((share * (1 - inattentive), moved))
    if inattentive > 0:
        found.append((inattentive, dict.fromkeys(names, 0.0)))
    return found


def scenarios(
    truth: Truth,
    names: Sequence[str],
    fixed: Mapping[str, float],
    *,
    shift: Mapping[str, float] | None = None,
    inattentive: float = 0.0,
    seed: int = 1,
) -> Scenarios:
    """Return the truths to average over, each as points of taste.

    A prior becomes 512 scrambled Sobol draws, tastes that vary between people 256 points each.
    """
    moved = dict(shift or {})
    if isinstance(truth, Prior):
        drawn = truth.draws(PRIOR_DRAWS, seed=seed)
        each = [dict(zip(names, map(float, row), strict=True)) for row in drawn.values]
        weights = drawn.weights
    else:
        each = [truth]  # type: ignore[list-item]
        weights = np.ones(1)
    mixtures = [
        _points(kinds_of(one, names, fixed, moved, inattentive), names, seed) for one in each
    ]
    return Scenarios(weights, tuple(mixtures))


def _points(kinds: Sequence[tuple[float, OneTaste]], names: Sequence[str], seed: int) -> Mixture:
    shares, values = [], []
    for share, taste in kinds:
        if not isinstance(taste, RandomTaste) or not taste.random:
            mean = taste.mean if isinstance(taste, RandomTaste) else taste
            shares.append(np.array([share]))
            values.append(np.array([[mean[name] for name in names]]))
            continue
        weights, scores = normal_points(len(taste.random), POINTS, "sobol", seed)
        rows = np.tile([taste.mean[name] for name in names], (len(weights), 1))
        columns = [list(names).index(name) for name in taste.random]
        rows[:, columns] += scores @ taste.root().T
        shares.append(share * weights)
        values.append(rows)
    return Mixture(np.concatenate(shares), np.concatenate(values))
