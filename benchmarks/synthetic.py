"""Seeded choices of the benchmark problems, number for number those of the published generator.

Half of the attributes are continuous, half have three levels, as in a conjoint design. The order of
the calls to the random generator is part of a problem: its checksum breaks when it changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Generator = np.random.Generator

# means and standard deviations of the eight coefficients of P3 and P4
MEANS = np.array([1.0, -0.8, 0.6, -0.4, 0.5, 0.9, -0.7, 0.3])
SPREADS = np.array([0.8, 0.6, 0.9, 0.5, 0.7, 1.0, 0.4, 0.6])


class Choices(NamedTuple):
    """Attributes ``(n, J, K)``, position of the chosen alternative ``(n,)``, people ``(n,)``."""

    x: Floats
    y: Integers
    people: Integers


def attributes(rng: Generator, n: int, alternatives: int, coefficients: int) -> Floats:
    """Draw attributes in turn: a continuous one, then one with the levels -1, 0 and 1."""
    x = np.empty((n, alternatives, coefficients))
    for k in range(coefficients):
        if k % 2 == 0:
            x[:, :, k] = rng.standard_normal((n, alternatives))
        else:
            x[:, :, k] = rng.integers(-1, 2, (n, alternatives))
    return x


def choose(rng: Generator, utilities: Floats) -> Integers:
    """Return the best alternative of each task once the unobserved part is added."""
    return (utilities + rng.gumbel(size=utilities.shape)).argmax(1)


def numbered(people: int, tasks: int) -> Integers:
    """Return who answers each task: 1, 1, ..., 2, 2, ..."""
    return np.repeat(np.arange(1, people + 1), tasks)


def with_tastes(x: Floats, tastes: Floats, people: Integers) -> Floats:
    """Return utilities ``(n, J)`` where each person has tastes of their own ``(N, K)``."""
    return np.einsum("njk,nk->nj", x, tastes[people - 1])


def one_taste(n: int, alternatives: int, coefficients: int, seed: int) -> Choices:
    """Make single choices of people with the same tastes."""
    rng = np.random.default_rng(seed)
    x = attributes(rng, n, alternatives, coefficients)
    tastes = np.round(rng.uniform(-1, 1, coefficients), 2)
    return Choices(x, choose(rng, x @ tastes), np.arange(1, n + 1))


def normal_tastes(
    people: int, tasks: int, alternatives: int, means: Floats, spreads: Floats, seed: int
) -> Choices:
    """Make panels of people whose tastes are independent normals."""
    rng = np.random.default_rng(seed)
    x = attributes(rng, people * tasks, alternatives, len(means))
    tastes = means + spreads * rng.standard_normal((people, len(means)))
    who = numbered(people, tasks)
    return Choices(x, choose(rng, with_tastes(x, tastes, who)), who)


def correlated_tastes(people: int, tasks: int, alternatives: int, seed: int) -> Choices:
    """Make panels whose first five tastes are correlated normals, the other three the same."""
    rng = np.random.default_rng(seed)
    x = attributes(rng, people * tasks, alternatives, len(MEANS))
    root = np.tril(rng.uniform(-0.5, 0.5, (5, 5)), -1) + np.diag([0.8, 0.7, 0.9, 0.6, 0.8])
    tastes = np.tile(MEANS, (people, 1))
    tastes[:, :5] += rng.standard_normal((people, 5)) @ root.T
    who = numbered(people, tasks)
    return Choices(x, choose(rng, with_tastes(x, tastes, who)), who)


def traded_tastes(people: int, tasks: int, alternatives: int, seed: int) -> Choices:
    """Make panels with normal willingness to pay for four attributes; the fifth is the price."""
    rng = np.random.default_rng(seed)
    x = attributes(rng, people * tasks, alternatives, 5)
    x[:, :, 4] = rng.integers(1, 6, (people * tasks, alternatives)).astype(float)
    worth = np.array([1.5, -1.0, 0.8, 2.0])
    worth = worth + np.array([1.0, 0.8, 1.2, 0.7]) * rng.standard_normal((people, 4))
    who = numbered(people, tasks)
    utilities = 0.9 * (with_tastes(x[:, :, :4], worth, who) - x[:, :, 4])
    return Choices(x, choose(rng, utilities), who)


def three_classes(people: int, tasks: int, alternatives: int, seed: int) -> tuple[Choices, Floats]:
    """Make panels of three classes of people, and what to add to the logit's tastes to start."""
    rng = np.random.default_rng(seed)
    x = attributes(rng, people * tasks, alternatives, 6)
    tastes = np.round(rng.uniform(-1.5, 1.5, (3, 6)), 2)
    member = rng.choice(3, people, p=[0.5, 0.3, 0.2])
    who = numbered(people, tasks)
    y = choose(rng, with_tastes(x, tastes[member], who))
    return Choices(x, y, who), np.round(rng.uniform(-0.5, 0.5, (3, 6)), 3)


def logit_tastes(choices: Choices, steps: int = 30) -> Floats:
    """Return the coefficients of a plain logit by Newton's method: where mixed models start."""
    x, y, _ = choices
    tastes = np.zeros(x.shape[2])
    for _ in range(steps):
        utilities = x @ tastes
        shares = np.exp(utilities - utilities.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        means = np.einsum("nj,njk->nk", shares, x)
        slope = x[np.arange(len(y)), y].sum(0) - means.sum(0)
        weighted = (shares[:, :, None] * x).reshape(-1, x.shape[2])
        curve = weighted.T @ x.reshape(-1, x.shape[2]) - means.T @ means
        step = np.linalg.solve(curve, slope)
        tastes = tastes + step
        if np.abs(step).max() < 1e-10:
            break
    return tastes
