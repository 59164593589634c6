"""The most informative task: the largest gain of information that a single task can bring.

For a metric ``A_r`` at each of ``R`` draws, a task brings ``sum_r sum_{i<j} p_i p_j d_ij``, where
``p`` are choice probabilities at the draw and ``d_ij`` squared distances of rows in the metric
(the weights of the draws are inside the metric). One function tries every task; the other climbs
from tasks drawn by lot.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ccegov_choice.kernels.compiled import kernel


@kernel
def try_all(
    power: Any, distance: Any, first: Any, last: Any, alike: bool, own: Any, own_distance: Any,
    begin: int, end: int, picks: Any,
) -> float:  # fmt: skip
    """Return the largest gain over all tasks whose first profile is in ``[begin, end)``.

    Parameters
    ----------
    power : (R, P) float64
        Exponentials of the utilities of all profiles, those of all alternatives one after the
        other.
    distance : (R, P, P) float64
        Squared distances of profiles in the metrics.
    first, last : (V,) int64
        Where the profiles of each alternative begin and end.
    alike : bool
        Alternatives have no labels: tasks are sets of different profiles.
    own : (R,) float64
        Exponential of the utility of the opt-out; zero without one.
    own_distance : (R, P) float64
        Squared distances to the opt-out.
    picks : (V,) int64
        Receives the best task.
    """
    R, P = power.shape
    V = first.shape[0]
    best = -1.0
    low, high = first[V - 1], last[V - 1]
    size = high - low
    # sums over the picks above the last one: exponentials, pairs, and pulls on the last one
    total, pairs = np.zeros((V, R)), np.zeros((V, R))
    pull = np.zeros((V, R, size))
    gain = np.empty(size)
    pick = np.zeros(V, np.int64)
    for r in range(R):
        total[0, r] = own[r]
        for c in range(size):
            pull[0, r, c] = own[r] * own_distance[r, low + c]
    depth = 0
    pick[0] = begin if V > 1 else low
    while depth >= 0:
        if depth == V - 1:
            start = low
            if alike and V > 1:
                start = max(low, pick[depth - 1] + 1)
            stop = high
            if V == 1:
                start, stop = max(low, begin), min(high, end)
            for c in range(start - low, stop - low):
                gain[c] = 0.0
            for r in range(R):
                s, n = total[depth, r], pairs[depth, r]
                for c in range(start - low, stop - low):
                    e = power[r, low + c]
                    all_power = s + e
                    gain[c] += (n + e * pull[depth, r, c]) / (all_power * all_power)
            for c in range(start - low, stop - low):
                if gain[c] > best:
                    best = gain[c]
                    for i in range(V - 1):
                        picks[i] = pick[i]
                    picks[V - 1] = low + c
            depth -= 1
            if depth >= 0:
                pick[depth] += 1
            continue
        top = last[depth] if depth > 0 else end
        if pick[depth] >= top:
            depth -= 1
            if depth >= 0:
                pick[depth] += 1
            continue
        a = pick[depth]
        for r in range(R):
            e = power[r, a]
            add = own[r] * own_distance[r, a]
            for i in range(depth):
                add += power[r, pick[i]] * distance[r, a, pick[i]]
            total[depth + 1, r] = total[depth, r] + e
            pairs[depth + 1, r] = pairs[depth, r] + e * add
            for c in range(size):
                pull[depth + 1, r, c] = pull[depth, r, c] + e * distance[r, a, low + c]
        depth += 1
        if depth < V - 1:
            pick[depth] = max(first[depth], a + 1) if alike else first[depth]
    return best


@kernel
def gain_of(x: Any, present: Any, beta: Any, metric: Any) -> float:
    """Return the gain of one task with rows ``(J, K)``, at draws ``(R, K)``, metrics ``(R, K, K)``."""
    J, K = x.shape
    total = 0.0
    p = np.empty(J)
    mean = np.empty(K)
    for r in range(beta.shape[0]):
        top = -1e300
        for j in range(J):
            value = 0.0
            for k in range(K):
                value += x[j, k] * beta[r, k]
            p[j] = value
            if present[j] > 0.0:
                top = max(top, value)
        share = 0.0
        for j in range(J):
            p[j] = np.exp(p[j] - top) * present[j] if present[j] > 0.0 else 0.0
            share += p[j]
        for k in range(K):
            mean[k] = 0.0
        for j in range(J):
            p[j] /= share
            for k in range(K):
                mean[k] += p[j] * x[j, k]
        for j in range(J):
            if p[j] == 0.0:
                continue
            part = 0.0
            for k in range(K):
                d = x[j, k] - mean[k]
                if d != 0.0:
                    inner = 0.0
                    for u in range(K):
                        inner += metric[r, k, u] * (x[j, u] - mean[u])
                    part += d * inner
            total += p[j] * part
    return total
