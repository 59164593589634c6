"""The benchmark problems are the published ones, and we solve them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def problems():
    spec = importlib.util.spec_from_file_location("problems", BENCHMARKS / "problems.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["problems"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["problems"]


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


def test_both_problems_have_their_checksum(problems):
    for name in ("P1", "P1b"):
        found = problems.problem(name)
        digest = hashlib.sha256(found.x.tobytes() + found.y.astype("<i8").tobytes()).hexdigest()
        assert digest == problems.RECIPES[name].checksum


def test_other_numbers_are_refused(problems):
    wrong = problems.Recipe(100, 3, 2, 1, checksum="0" * 64)
    with pytest.raises(ValueError, match="other numbers"):
        problems.make(wrong, "tiny")


def test_measuring_ours_ends_with_one_json_object():
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "measure.py"), "ccegov_choice", "P1", "--repeats", "2"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["log_likelihood"] == pytest.approx(-9531.487, abs=1e-3)
    assert found["repeats"] == 2
    assert 0 < found["best"] <= found["first"]
    assert found["peak_mb"] > 0
    assert found["evaluations"] >= 2
