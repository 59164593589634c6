"""B11 (d): intervals of the aversion to inequality cover the truth at their rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from ccegov_choice.policy.equity.aversion import estimate_inequality_aversion
from ccegov_choice.policy.equity.measures import equally_distributed_equivalent

SEEDS = 120


def _choices(seed, aversion=1.5, people=100, tasks=8):
    rng = np.random.default_rng([seed, 7])
    rows = people * tasks * 2
    amounts = rng.uniform(2, 20, (rows, 3))
    utility = equally_distributed_equivalent(amounts, aversion, [1, 2, 1])
    utility = utility.reshape(-1, 2) + rng.gumbel(size=(rows // 2, 2))
    frame = pd.DataFrame(amounts, columns=["low", "middle", "high"])
    return frame.assign(
        person=np.repeat(np.arange(people), tasks * 2),
        task=np.tile(np.repeat(np.arange(tasks), 2), people),
        chosen=(utility == utility.max(axis=1, keepdims=True)).ravel(),
    )


def test_the_truth_is_covered():
    groups = {"low": 1, "middle": 2, "high": 1}
    found = [estimate_inequality_aversion(_choices(s), groups).aversion for s in range(SEEDS)]
    covered = sum(e.low <= 1.5 <= e.high for e in found)
    # nominal 95 %: fewer than this happens in 1 of 10,000 test runs
    assert covered >= stats.binom.ppf(1e-4, SEEDS, 0.95)
    assert covered / SEEDS >= 0.9
    bias = np.mean([e.value for e in found]) - 1.5
    assert abs(bias) < 0.05
