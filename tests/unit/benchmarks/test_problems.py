"""The benchmark problems are the published ones; their starts are what they are said to be."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import pytest


@pytest.fixture(scope="module")
def problems(bench):
    return bench("problems")


def logit_slope(x: np.ndarray, y: np.ndarray, tastes: np.ndarray) -> np.ndarray:
    shares = np.exp(x @ tastes)
    shares /= shares.sum(axis=1, keepdims=True)
    return x[np.arange(len(y)), y].sum(axis=0) - np.einsum("nj,njk->k", shares, x)


def test_p1_has_the_published_numbers(problems):
    """Derived again here as the peers' generator does it, and by its first values."""
    found = problems.problem("P1")
    rng = np.random.default_rng(101)
    x = np.empty((10_000, 4, 10))
    for k in range(10):
        even = k % 2 == 0
        x[:, :, k] = rng.standard_normal((10_000, 4)) if even else rng.integers(-1, 2, (10_000, 4))
    truth = np.round(rng.uniform(-1, 1, 10), 2)
    y = (x @ truth + rng.gumbel(size=(10_000, 4))).argmax(1)
    assert np.array_equal(found.x, x)
    assert np.array_equal(found.y, y)
    assert found.x[0, 0, :3] == pytest.approx([-0.7901525, 0.0, -2.4569326], abs=1e-7)
    assert found.y[:8].tolist() == [0, 2, 0, 3, 2, 3, 0, 0]


@pytest.mark.parametrize("name", ["P1", "P1b", "P3", "P4", "P5", "P6"])
def test_problems_have_their_checksum(problems, name):
    found = problems.problem(name)
    numbers = (found.x.tobytes(), found.y.astype("<i8").tobytes(), found.people.tobytes())
    assert hashlib.sha256(b"".join(numbers)).hexdigest() == problems.RECIPES[name].checksum


@pytest.mark.data
def test_electricity_is_the_published_data(problems):
    found = problems.problem("P2")
    assert found.x.shape == (4308, 4, 6)
    assert len(found.offsets) - 1 == 361
    assert found.checksum() == problems.RECIPES["P2"].checksum
    # the logit that mixed models start from: largest slope beside a log-likelihood of thousands
    assert np.abs(logit_slope(found.x, found.y, found.start[:6])).max() < 1e-6


def test_missing_data_say_what_to_do(problems, bench, monkeypatch, tmp_path):
    monkeypatch.setenv("CCEGOV_DATA_DIR", str(tmp_path))
    with pytest.raises(bench("electricity").DataMissingError, match="set CCEGOV_DATA_DIR"):
        problems.problem("P2")


def test_other_numbers_are_refused(problems, monkeypatch):
    wrong = dataclasses.replace(problems.RECIPES["P5"], checksum="0" * 64)
    monkeypatch.setitem(problems.RECIPES, "P5", wrong)
    with pytest.raises(ValueError, match="other numbers"):
        problems.problem("P5")


def test_mixed_models_start_from_the_logit(problems):
    for name in ("P3", "P4"):
        found = problems.problem(name)
        assert np.abs(logit_slope(found.x, found.y, found.start[:8])).max() < 1e-8
    spreads = problems.problem("P3").start[8:]
    assert spreads.tolist() == [0.1] * 8
    root = np.zeros((5, 5))
    root[np.tril_indices(5)] = problems.problem("P4").start[8:]
    assert np.array_equal(root, 0.1 * np.eye(5))


def test_trade_space_starts_from_ratios_of_the_logit(problems):
    found = problems.problem("P5")
    worth, spreads, scale = found.start[:4], found.start[4:8], found.start[8]
    assert spreads.tolist() == [0.1] * 4
    tastes = scale * np.append(worth, -1.0)
    assert np.abs(logit_slope(found.x, found.y, tastes)).max() < 1e-8


def test_classes_start_apart_from_the_logit(problems):
    found = problems.problem("P6")
    assert found.classes == 3
    tastes = found.start[:18].reshape(3, 6)
    assert found.start[18:].tolist() == [0.0, 0.0]
    # classes differ by thousandths, so that they share one logit
    apart = (tastes - tastes[0]) * 1000
    assert np.allclose(apart, np.round(apart), atol=1e-6)
    assert len(np.unique(tastes, axis=0)) == 3


def test_sizes_make_problems(problems):
    logit, mixed = problems.problem("30x3x4"), problems.problem("7x5x3x9")
    assert (logit.model, logit.x.shape, len(logit.start)) == ("logit", (30, 3, 4), 4)
    assert (mixed.model, mixed.x.shape, mixed.random) == ("normals", (35, 3, 9), 9)
    assert mixed.offsets.tolist() == [0, 5, 10, 15, 20, 25, 30, 35]


@pytest.mark.parametrize("name", ["P9", "20x4", "20x0x4", "axbxc"])
def test_unknown_problems_list_the_known_ones(problems, name):
    with pytest.raises(ValueError, match="P1, P1b, P2"):
        problems.problem(name)
