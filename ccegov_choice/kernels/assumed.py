"""Information of tasks under a nested logit and under a panel mixed logit.

Letters: ``C`` tasks to weigh (or the moves of one task), ``J`` alternatives, ``K`` coefficients of
the utility, ``L`` nests, ``N`` simulated people, ``R`` draws that a likelihood is averaged over,
``M`` random coefficients, ``P`` parameters: the coefficients and what the model adds to them.

References
----------
McFadden (1978), Modelling the choice of residential location (nested logit). Bliemer, Rose and
Hensher (2009), Transportation Research B 43 (designs for nested logit). Bliemer and Rose (2010),
Transportation Research B 44 (designs for panel mixed logit).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ccegov_choice.kernels.compiled import kernel

LOWEST = 1e-250
# a pivot below this share of its diagonal counts as singular; it is kept above zero so that the
# search can find its way out
SINGULAR = 1e-12


@kernel
def nested_tasks(
    x: Any, present: Any, nest: Any, dissimilarity: Any, column: Any, beta: Any, out: Any
) -> None:
    """Write the information of tasks under a nested logit.

    The slope of the logarithm of the probability of alternative j of nest m is
    ``(x_j - x_m) / d_m + x_m - xbar`` in the coefficients and
    ``[l = m] (H_m - (v_j - v_m) / d_m**2) - P_l H_l`` in dissimilarity l, where ``x_m`` and ``v_m``
    are means of rows and utilities inside the nest, ``H_m`` is the entropy inside it and ``P_l``
    the probability of a nest. The information is the mean of its square.

    Parameters
    ----------
    x : (C, J, K) float64
        Coded alternatives.
    present : (C, J) float64
        One where an alternative is on offer.
    nest : (J,) int64
        Nest of each alternative; one that stands alone has a nest of its own.
    dissimilarity : (L,) float64
        One where alternatives of a nest are no nearer than others.
    column : (L,) int64
        Parameter that each dissimilarity is, or -1 where it is taken as known.
    beta : (K,) float64
        Coefficients.
    out : (C, P, P) float64
        Receives the information of each task answered once.
    """
    C, J, K = x.shape
    L, P = dissimilarity.shape[0], out.shape[1]
    v, inside = np.empty(J), np.empty(J)
    top, total, value, share = np.empty(L), np.empty(L), np.empty(L), np.empty(L)
    mean_v, means, centre, row = np.empty(L), np.empty((L, K)), np.empty(K), np.empty(P)
    for c in range(C):
        out[c] = 0.0
        means[:] = 0.0
        for m in range(L):
            top[m], total[m], mean_v[m] = -1e300, 0.0, 0.0
        for j in range(J):
            v[j] = 0.0
            for k in range(K):
                v[j] += x[c, j, k] * beta[k]
            if present[c, j] > 0.0:
                top[nest[j]] = max(top[nest[j]], v[j])
        for j in range(J):
            m = nest[j]
            inside[j] = np.exp((v[j] - top[m]) / dissimilarity[m]) if present[c, j] > 0.0 else 0.0
            total[m] += inside[j]
        highest = -1e300
        for m in range(L):
            value[m] = -1e300
            if total[m] > 0.0:
                value[m] = top[m] + dissimilarity[m] * np.log(total[m])
                highest = max(highest, value[m])
        whole = 0.0
        for m in range(L):
            share[m] = np.exp(value[m] - highest) if total[m] > 0.0 else 0.0
            whole += share[m]
        for m in range(L):
            share[m] /= whole
        for j in range(J):
            m = nest[j]
            if inside[j] > 0.0:
                inside[j] /= total[m]
                mean_v[m] += inside[j] * v[j]
                for k in range(K):
                    means[m, k] += inside[j] * x[c, j, k]
        for k in range(K):
            centre[k] = 0.0
            for m in range(L):
                centre[k] += share[m] * means[m, k]
        for j in range(J):
            m = nest[j]
            p = share[m] * inside[j]
            if p <= 0.0:
                continue
            d = dissimilarity[m]
            for k in range(K):
                row[k] = (x[c, j, k] - means[m, k]) / d + means[m, k] - centre[k]
            for n in range(L):
                if column[n] >= 0:
                    entropy = 0.0
                    if total[n] > 0.0:
                        entropy = (value[n] - mean_v[n]) / dissimilarity[n]
                    row[column[n]] = -share[n] * entropy
                    if n == m:
                        row[column[n]] += entropy - (v[j] - mean_v[m]) / (d * d)
            for a in range(P):
                scaled = p * row[a]
                for b in range(a + 1):
                    out[c, a, b] += scaled * row[b]
        for a in range(P):
            for b in range(a):
                out[c, b, a] = out[c, a, b]


@kernel
def fill_shares(x: Any, present: Any, beta: Any, share: Any) -> None:
    """Write the logit probabilities ``(J, R)`` of a task at several coefficients ``(R, K)``.

    They are kept above 1e-250, so that a likelihood never vanishes at all draws.
    """
    J, K = x.shape
    for r in range(beta.shape[0]):
        top = -1e300
        for j in range(J):
            if present[j] > 0.0:
                v = 0.0
                for k in range(K):
                    v += x[j, k] * beta[r, k]
                share[j, r] = v
                top = max(top, v)
        total = 0.0
        for j in range(J):
            share[j, r] = np.exp(share[j, r] - top) if present[j] > 0.0 else 0.0
            total += share[j, r]
        for j in range(J):
            share[j, r] = max(share[j, r] / total, LOWEST)


@kernel
def panel_task(
    x: Any, present: Any, uniform: Any, kind: Any, draws: Any, chosen: Any, share: Any, mean: Any
) -> None:
    """Let people choose in a task, and describe it at the draws.

    Parameters
    ----------
    x : (J, K) float64
        Coded alternatives.
    present : (J,) float64
        One where an alternative is on offer.
    uniform : (N,) float64
        Number between zero and one by which each person chooses.
    kind : (N,) int64
        The draw whose tastes a person has.
    draws : (R, K) float64
        Coefficients that the likelihood is averaged over.
    chosen : (N,) int64
        Receives the choices.
    share : (J, R) float64
        Receives the probabilities at each draw.
    mean : (R, K) float64
        Receives the mean of ``x`` at each draw.
    """
    J, K = x.shape
    fill_shares(x, present, draws, share)
    for n in range(kind.shape[0]):
        reached, pick = 0.0, -1
        for j in range(J):
            if present[j] > 0.0 and (pick < 0 or reached < uniform[n]):
                reached += share[j, kind[n]]
                pick = j
        chosen[n] = pick
    for r in range(draws.shape[0]):
        for k in range(K):
            mean[r, k] = 0.0
        for j in range(J):
            if present[j] > 0.0:
                for k in range(K):
                    mean[r, k] += share[j, r] * x[j, k]


@kernel
def add_known_tastes(
    x: Any, present: Any, share: Any, mean: Any, deviates: Any, random: Any, out: Any
) -> None:
    """Add to the lower triangle what a task would tell if the tastes of people were known.

    It is the mean over draws of the information of a logit, with ``u_rm`` times the column of a
    random coefficient in the place of its standard deviation.
    """
    J, K = x.shape
    R, M = deviates.shape
    row = np.empty(K + M)
    for r in range(R):
        for j in range(J):
            if present[j] > 0.0:
                for k in range(K):
                    row[k] = x[j, k] - mean[r, k]
                for m in range(M):
                    row[K + m] = deviates[r, m] * row[random[m]]
                for a in range(K + M):
                    scaled = share[j, r] / R * row[a]
                    for b in range(a + 1):
                        out[a, b] += scaled * row[b]


@kernel
def panel_moves(
    x: Any, present: Any, uniform: Any, kind: Any, draws: Any, deviates: Any, random: Any,
    likelihood: Any, shown: Any, expected: Any, known: Any, out: Any,
) -> None:  # fmt: skip
    """Write the information of a person who answers one of several tasks besides known others.

    With ``g_r`` the slope of the logarithm of a person's likelihood at draw r (``shown -
    expected_r`` in the means, ``u_rm`` times its element in standard deviation m) and ``w_r`` the
    share of the draw in the likelihood, the score of a person is ``s = sum_r w_r g_r``. Its
    variance is that of ``g``, which is known without simulating choices, less the mean of the
    variance of ``g`` under ``w``: only the latter is simulated. The mean of ``s s'`` has the same
    expectation and far more noise, which a search would take for information.

    Parameters
    ----------
    x : (C, J, K) float64
        Coded alternatives of each task that might be asked; differences inside a task count.
    present, uniform, kind, draws
        See `panel_task`.
    deviates : (R, M) float64
        Standard normal deviates of the random coefficients at each draw.
    random : (M,) int64
        Which coefficients are random.
    likelihood : (N, R) float64
        Likelihood of each person's answers to the other tasks, the largest scaled to one.
    shown : (N, K) float64
        Sum of the rows chosen in the other tasks.
    expected : (R, K) float64
        Sum of the mean rows of the other tasks.
    known : (P, P) float64
        Sum of `add_known_tastes` of the other tasks.
    out : (C, P, P) float64
        Receives the information; parameters are the means, then the standard deviations.
    """
    C, J, K = x.shape
    N, R = likelihood.shape
    M, P = random.shape[0], out.shape[1]
    squares = K + 2 * M
    Q = squares + M * (M + 1) // 2
    chosen, share, mean = np.empty(N, np.int64), np.empty((J, R)), np.empty((R, K))
    parts, sums, w = np.empty((R, Q)), np.empty(Q), np.empty(R)
    weight, tilt = np.empty(R), np.empty((R, M))
    mine, slope = np.empty(M), np.empty(M)
    for c in range(C):
        panel_task(x[c], present, uniform, kind, draws, chosen, share, mean)
        out[c] = 0.0
        weight[:] = 0.0
        tilt[:] = 0.0
        for r in range(R):
            for k in range(K):
                parts[r, k] = expected[r, k] + mean[r, k]
            q = squares
            for m in range(M):
                parts[r, K + m] = deviates[r, m]
                parts[r, K + M + m] = deviates[r, m] * parts[r, random[m]]
                for i in range(m + 1):
                    parts[r, q] = deviates[r, m] * deviates[r, i]
                    q += 1
        for n in range(N):
            pick = chosen[n]
            total = 0.0
            for r in range(R):
                w[r] = likelihood[n, r] * share[pick, r]
                total += w[r]
            for a in range(Q):
                sums[a] = 0.0
            for m in range(M):
                mine[m] = shown[n, random[m]] + x[c, pick, random[m]]
            for r in range(R):
                part = w[r] / total
                weight[r] += part
                for m in range(M):
                    tilt[r, m] += part * mine[m]
                for a in range(Q):
                    sums[a] += part * parts[r, a]
            # what the mean of s s' and that of g g' under w do not have in common
            for m in range(M):
                slope[m] = mine[m] * sums[K + m] - sums[K + M + m]
            for k in range(K):
                for a in range(k + 1):
                    out[c, k, a] += sums[k] * sums[a]
            q = squares
            for m in range(M):
                for k in range(K):
                    out[c, K + m, k] -= slope[m] * sums[k]
                for i in range(m + 1):
                    out[c, K + m, K + i] += slope[m] * slope[i] - mine[m] * mine[i] * sums[q]
                    q += 1
        for r in range(R):
            for k in range(K):
                scaled = weight[r] * parts[r, k]
                for a in range(k + 1):
                    out[c, k, a] -= scaled * parts[r, a]
            for m in range(M):
                u, b = deviates[r, m], parts[r, random[m]]
                scaled = u * (tilt[r, m] - weight[r] * b)
                for k in range(K):
                    out[c, K + m, k] += scaled * parts[r, k]
                for i in range(m + 1):
                    d = parts[r, random[i]]
                    cross = tilt[r, m] * d + b * tilt[r, i] - weight[r] * b * d
                    out[c, K + m, K + i] += u * deviates[r, i] * cross
        for a in range(P):
            for b in range(a + 1):
                out[c, a, b] = out[c, a, b] / N + known[a, b]
        add_known_tastes(x[c], present, share, mean, deviates, random, out[c])
        for a in range(P):
            for b in range(a):
                out[c, b, a] = out[c, a, b]


@kernel
def log_errors(
    matrices: Any, rest: Any, order: Any, nuisance: int, loads: Any, largest: int, out: Any
) -> None:
    """Write the logarithm of the error of ``rest`` and each of several matrices together.

    Parameters
    ----------
    matrices : (C, P, P) float64
        Information of the task that may be asked.
    rest : (P, P) float64
        Information of everything else.
    order : (P,) int64
        Parameters, those whose precision does not matter first.
    nuisance : int
        How many of them.
    loads : (F, P) float64
        Combinations whose variances count, in the order of ``order``; ``F`` is 0 for determinants.
    largest : int
        One for the largest of these variances, zero for their sum.
    out : (C,) float64
        Receives the logarithms. A singular matrix has a very large, finite one.
    """
    C, P = matrices.shape[0], matrices.shape[1]
    F = loads.shape[0]
    low, y = np.empty((P, P)), np.empty(P)
    for c in range(C):
        log_det = 0.0
        for a in range(P):
            for b in range(a + 1):
                i, j = order[a], order[b]
                value = rest[i, j] + matrices[c, i, j]
                least = SINGULAR * value
                for k in range(b):
                    value -= low[a, k] * low[b, k]
                if a == b:
                    value = max(value, least, LOWEST)
                    low[a, a] = np.sqrt(value)
                    log_det += np.log(value) if a >= nuisance else 0.0
                else:
                    low[a, b] = value / low[b, b]
        if F == 0:
            out[c] = -log_det / (P - nuisance)
            continue
        reached = 0.0
        for f in range(F):
            variance = 0.0
            for a in range(P):
                y[a] = loads[f, a]
                for k in range(a):
                    y[a] -= low[a, k] * y[k]
                y[a] /= low[a, a]
                variance += y[a] * y[a]
            reached = max(reached, variance) if largest == 1 else reached + variance
        out[c] = np.log(reached)
