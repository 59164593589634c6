"""The yardstick of the benchmarks against quadrature and against plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@pytest.fixture(scope="module")
def yardstick(bench):
    return bench("log_likelihood")


def a_problem(bench, model: str, names: int, start: list[float], random: int):
    """25 people, four tasks each, three alternatives."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((100, 3, names))
    people = np.repeat(np.arange(1, 26), 4)
    labels = tuple(f"x{k}" for k in range(names))
    y = rng.integers(0, 3, 100)
    return bench("problems").Problem("a", model, x, y, people, labels, np.array(start), random)


def shares_chosen(problem, tastes: np.ndarray) -> np.ndarray:
    """Probability of what was chosen in each task, without any trick."""
    weights = np.exp(problem.x @ tastes)
    return weights[np.arange(len(problem.y)), problem.y] / weights.sum(axis=1)


def by_person(problem, tastes: np.ndarray) -> np.ndarray:
    return shares_chosen(problem, tastes).reshape(25, 4).prod(axis=1)


def test_logit(bench, yardstick):
    problem = a_problem(bench, "logit", 2, [0.4, -0.3], 0)
    expected = np.log(shares_chosen(problem, problem.start)).sum()
    assert yardstick.log_likelihood_of(problem, problem.start) == pytest.approx(expected, rel=1e-13)


def test_classes_are_mixed_after_the_product_over_a_persons_choices(bench, yardstick):
    start = [0.4, -0.3, 1.0, 0.2, -0.9, 0.1, 0.5, -0.7]
    problem = a_problem(bench, "classes", 2, start, 0)
    assert problem.classes == 3
    odds = np.exp([0.0, 0.5, -0.7])
    parts = [by_person(problem, np.array(start[2 * c : 2 * c + 2])) for c in range(3)]
    expected = np.log((odds / odds.sum()) @ np.array(parts)).sum()
    assert yardstick.log_likelihood_of(problem, start) == pytest.approx(expected, rel=1e-13)


CASES = {
    "normals": ([0.4, -0.3, 0.8, 0.5], 2, lambda p, z: p[:2] + p[2:] * z),
    "correlated": (
        [0.4, -0.3, 0.2, 0.8, -0.4, 0.5],
        2,
        lambda p, z: np.array([p[0] + p[3] * z[0], p[1] + p[4] * z[0] + p[5] * z[1], p[2]]),
    ),
    "trade space": (
        [0.4, -0.3, 0.8, 0.5, 1.3],
        2,
        lambda p, z: p[4] * np.append(p[:2] + p[2:4] * z, -1.0),
    ),
}


@pytest.mark.parametrize("model", CASES)
def test_simulated_models_agree_with_quadrature(bench, yardstick, monkeypatch, model):
    """Sixteen scrambles: their mean is the truth but for its error, t with 15 degrees of freedom.

    |t| > 6 has probability 2e-5; 60 x 60 points of Gauss and Hermite leave less than 1e-8.
    """
    start, random, tastes = CASES[model]
    names = len(start) - {"normals": 2, "correlated": 3, "trade space": 2}[model]
    problem = a_problem(bench, model, names, start, random)
    expected = np.zeros(25)
    for (a, wa), (b, wb) in itertools.product(zip(NODES, WEIGHTS, strict=True), repeat=2):
        expected += wa * wb * by_person(problem, tastes(problem.start, np.array([a, b])))
    found = []
    for seed in range(16):
        monkeypatch.setattr(yardstick, "_SEED", seed)
        found.append(yardstick.log_likelihood_of(problem, problem.start, 512))
    error = np.std(found, ddof=1) / 4
    assert error < 0.01
    assert abs(np.mean(found) - np.log(expected).sum()) < 6 * error


def test_the_wrong_number_of_estimates_is_refused(bench, yardstick):
    problem = a_problem(bench, "logit", 2, [0.4, -0.3], 0)
    with pytest.raises(ValueError, match="2 parameters, not 3"):
        yardstick.log_likelihood_of(problem, [1.0, 2.0, 3.0])
