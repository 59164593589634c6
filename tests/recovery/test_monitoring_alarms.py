"""False alarms of a monitor that is looked at twenty times, and ranks that hold together.

2,000 runs in which nothing is wrong. With a true rate of at most 5 %, more than 6.7 % of 2,000 runs
are seen with a probability below 0.001 (binomial); the anytime monitor stays far below.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from ccegov_choice.policy.failure.evidence import log_evidence, rate_limits, spending_bounds
from ccegov_choice.policy.failure.monitor import sequential_monitor
from ccegov_choice.policy.index.ranks import rank_limits, ranks

RUNS, LOOKS, STEP, ALPHA = 2_000, 20, 25, 0.05
CASES = STEP * np.arange(1, LOOKS + 1)
BOUND = binom.isf(0.001, RUNS, ALPHA) / RUNS


def runs(rate, seed):
    """Failures ``(RUNS, LOOKS)`` so far at each look."""
    return np.random.default_rng(seed).binomial(STEP, rate, (RUNS, LOOKS)).cumsum(axis=1)


@pytest.mark.parametrize("line", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("side", ["above", "below"])
def test_looking_twenty_times_alarms_in_no_more_than_five_in_100(line, side):
    evidence = log_evidence(runs(line, 11), CASES, line, side)
    alarmed = (evidence >= -np.log(ALPHA)).any(axis=1).mean()
    assert alarmed <= ALPHA


@pytest.mark.parametrize("line", [0.05, 0.2])
def test_planned_looks_alarm_in_no_more_than_five_in_100(line):
    bounds = spending_bounds(CASES, line, ALPHA)
    alarmed = (runs(line, 12) >= bounds).any(axis=1).mean()
    assert 0.02 < alarmed <= BOUND


def test_a_test_that_ignores_the_looks_would_not_pass():
    alarmed = (binom.sf(runs(0.2, 13) - 1, CASES, 0.2) <= ALPHA).any(axis=1).mean()
    assert alarmed > 0.12


def test_harm_is_found():
    evidence = log_evidence(runs(0.2, 14), CASES, 0.1, "above")
    found = (evidence >= -np.log(ALPHA)).any(axis=1).mean()
    planned = (runs(0.2, 14) >= spending_bounds(CASES, 0.1, ALPHA)).any(axis=1).mean()
    assert found > 0.95
    assert planned > 0.95


def test_limits_hold_at_all_looks_together():
    rate, missed = 0.15, 0
    for failed in runs(rate, 15)[:300]:
        limits = [rate_limits(int(f), int(c), ALPHA) for f, c in zip(failed, CASES, strict=True)]
        missed += any(not low <= rate <= high for low, high in limits)
    assert missed <= binom.isf(0.001, 300, ALPHA)


def test_the_noun_says_what_the_evidence_says():
    for failed in runs(0.1, 16)[:40]:
        looks = [(int(c), int(f)) for c, f in zip(CASES, failed, strict=True)]
        evidence = log_evidence(failed, CASES, 0.1, "above")
        stopped = sequential_monitor(looks, line=0.1).stopped
        assert (stopped is not None) == bool((evidence >= -np.log(ALPHA)).any())


def test_rank_limits_hold_all_true_ranks_together():
    """400 tables of eight units, two pairs nearly equal; 95 % must hold all eight ranks."""
    truth = np.array([0.0, 0.02, 0.3, 0.32, 0.5, 0.8, 0.9, 1.0])
    spread = np.array([0.05, 0.05, 0.1, 0.1, 0.2, 0.05, 0.1, 0.05])
    held, place, rng = 0, ranks(truth), np.random.default_rng(17)
    for _ in range(400):
        seen = truth + spread * rng.standard_normal(8)
        best, worst = rank_limits(seen, seen + spread * rng.standard_normal((500, 8)), 0.95)
        held += bool(((best <= place) & (place <= worst)).all())
    assert held >= binom.ppf(0.001, 400, 0.95)
