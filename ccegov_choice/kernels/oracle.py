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
from ccegov_choice.kernels.information import fill_rows


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
    R = power.shape[0]
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
def add_pair_gains(power: Any, distance: Any, own: float, own_distance: Any, total: Any) -> None:
    """Add the gains of all tasks of two alternatives at one draw.

    Parameters
    ----------
    power : (P + Q,) float64
        Exponentials of the utilities of the profiles of the first and of the second alternative.
    distance : (P, Q) float64
        Squared distances between them.
    own, own_distance : float, (P + Q,) float64
        The opt-out: exponential of its utility, and squared distances to it.
    total : (P, Q) float64
        Receives the sum.
    """
    P, Q = distance.shape
    for a in range(P):
        e, pull = power[a], own * own_distance[a]
        for b in range(Q):
            f = power[P + b]
            top = e * pull + f * (own * own_distance[P + b] + e * distance[a, b])
            all_power = own + e + f
            total[a, b] += top / (all_power * all_power)


@kernel
def gain_of(x: Any, present: Any, beta: Any, metric: Any) -> float:
    """Return the gain of a task: rows ``(J, K)``, draws ``(R, K)``, metrics ``(R, K, K)``."""
    J, K = x.shape
    total = 0.0
    p, mean = np.empty(J), np.empty(K)
    filled = np.zeros((J, K), np.int64)
    count = np.zeros(J, np.int64)
    for j in range(J):
        for k in range(K):
            if x[j, k] != 0.0:
                filled[j, count[j]] = k
                count[j] += 1
    for r in range(beta.shape[0]):
        top = -1e300
        for j in range(J):
            value = 0.0
            for a in range(count[j]):
                value += x[j, filled[j, a]] * beta[r, filled[j, a]]
            p[j] = value
            if present[j] > 0.0:
                top = max(top, value)
        share = 0.0
        for j in range(J):
            p[j] = np.exp(p[j] - top) if present[j] > 0.0 else 0.0
            share += p[j]
        for k in range(K):
            mean[k] = 0.0
        gain = 0.0
        for j in range(J):
            p[j] /= share
            part = 0.0
            for a in range(count[j]):
                k = filled[j, a]
                mean[k] += p[j] * x[j, k]
                inner = 0.0
                for b in range(count[j]):
                    u = filled[j, b]
                    inner += metric[r, k, u] * x[j, u]
                part += x[j, k] * inner
            gain += p[j] * part
        for k in range(K):
            if mean[k] != 0.0:
                inner = 0.0
                for u in range(K):
                    inner += metric[r, k, u] * mean[u]
                gain -= mean[k] * inner
        total += gain
    return total


@kernel
def climb(
    tables: Any, places: Any, present: Any, varied: int, alike: bool, beta: Any, metric: Any,
    case: Any, codes: Any, place: Any, moves: int,
) -> float:  # fmt: skip
    """Make the best exchange of one group until none adds to the gain; return the gain.

    Parameters
    ----------
    beta : (S, R, K) float64
    metric : (S, R, K, K) float64
        Draws and metrics of all cases, padded with zero.
    case : (S,) int64
        How many draws each case has.
    codes, place : (J, M), (G,) int64
        The task to begin with; receives the better one.
    moves : int
        The most exchanges to make.
    """
    J, M = codes.shape
    K = beta.shape[2]
    x = np.empty((J, K))
    best = _gain(tables, present, beta, metric, case, codes, x)
    for _ in range(moves):
        found, at_j, at_g, at_combo = best, -1, -1, -1
        for j in range(varied):
            if present[j] == 0.0:
                continue
            for g in range(places.group_offsets[j], places.group_offsets[j + 1]):
                begin, end = places.member_offsets[g], places.member_offsets[g + 1]
                now = place[g]
                for i in range(places.near_offsets[now], places.near_offsets[now + 1]):
                    combo = places.near[i]
                    for a in range(begin, end):
                        codes[j, places.members[a]] = places.combos[combo, a - begin]
                    twice = False
                    if alike:
                        for other in range(varied):
                            if other != j and present[other] > 0.0:
                                same = True
                                for m in range(M):
                                    same = same and codes[j, m] == codes[other, m]
                                twice = twice or same
                    if not twice:
                        value = _gain(tables, present, beta, metric, case, codes, x)
                        if value > found * (1.0 + 1e-12):
                            found, at_j, at_g, at_combo = value, j, g, combo
                for a in range(begin, end):
                    codes[j, places.members[a]] = places.combos[now, a - begin]
        if at_j < 0:
            break
        best = found
        place[at_g] = at_combo
        begin = places.member_offsets[at_g]
        for a in range(begin, places.member_offsets[at_g + 1]):
            codes[at_j, places.members[a]] = places.combos[at_combo, a - begin]
    return best


@kernel
def _gain(
    tables: Any, present: Any, beta: Any, metric: Any, case: Any, codes: Any, x: Any
) -> float:
    total = 0.0
    for s in range(beta.shape[0]):
        fill_rows(tables, s, codes, x)
        total += gain_of(x, present, beta[s, : case[s]], metric[s, : case[s]])
    return total
