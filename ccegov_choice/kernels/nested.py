"""Nested, cross-nested and scaled logit: log-likelihood and score of people, for any tree of nests.

Axis letters are those of `ccegov_choice.kernels.axes`; ``E`` edges, ``L`` nests, the last of which
is the root. In a task with log-scale slopes ``g`` and covariates ``z``, an alternative has the
value ``v = exp(z'g) x'b``. A nest ``n`` with dissimilarity ``l`` (one for the root) and members
``c`` allotted to it by ``a`` (one unless nests share members) has the value and shares::

    v_n     = l log sum_c exp(q_c)        q_c = (v_c + log a_c) / l
    p(c|n)  = exp(q_c - v_n / l)

An alternative is chosen along any path from the root: with ``r_i = 1`` for the chosen one and 0
for other alternatives, ``r_n = sum_c p(c|n) r_c`` is the chance of the choice within a nest, and
``log r_root`` is the log-likelihood. Its slopes follow from one walk back from the root, with
``f_c = f_n p(c|n) r_c / r_n`` the chance that the choice came through an edge.

Members come before their nests in the lists, so that one loop does for any depth. Cost of a task:
``2 K J`` multiply-adds and ``E`` exponentials.

References
----------
McFadden (1978), Modelling the choice of residential location. Wen & Koppelman (2001),
Transportation Research B 35, 627-641. Daly & Bierlaire (2006), Transportation Research B 40,
285-305 (networks of nests).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.compiled import ordered_kernel

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class TreeChoices(NamedTuple):
    """Choice data as the kernel reads them; every array is read-only and C-contiguous.

    Attributes
    ----------
    x : (K, A) float64
        Coded attributes.
    z : (G, T) float64
        What the log of the scale depends on; no rows without a scale.
    leaves : (A,) int64
        Which of the ``J`` alternatives of the tree a row is; each at most once in a task.
    task_offsets : (T + 1,) int64
        First row of each task.
    person_offsets : (N + 1,) int64
        First task of each person.
    chosen : (T,) int64
        Row of the chosen alternative.
    weights : (T,) float64
        Weight of each task.
    """

    x: Floats
    z: Floats
    leaves: Integers
    task_offsets: Integers
    person_offsets: Integers
    chosen: Integers
    weights: Floats


class Tree(NamedTuple):
    """Nests and their members; nest ``n`` is number ``J + n`` among the members.

    Attributes
    ----------
    alternatives : int
        ``J``.
    edge_offsets : (L + 1,) int64
        Edges of nest ``n`` are ``edge_offsets[n]:edge_offsets[n + 1]``; the root comes last.
    members : (E,) int64
        Alternative or nest below each edge; a nest comes after all its members.
    dissimilarity : (L,) int64
        Position of each nest's dissimilarity in the parameters, -1 where it is one.
    allocation : (E,) int64
        Position of each edge's allocation in the parameters, -1 where it is one.
    """

    alternatives: int
    edge_offsets: Integers
    members: Integers
    dissimilarity: Integers
    allocation: Integers


class _Room(NamedTuple):
    """Numbers of one task; a new one for each call."""

    widths: Floats  # (L,) dissimilarities
    offsets: Floats  # (E,) logs of allocations
    value: Floats  # (J + L,) v; minus infinity where there is nothing
    share: Floats  # (E,) p(c|n)
    log_share: Floats  # (E,)
    tilt: Floats  # (L,) slope of the value in the dissimilarity
    reach: Floats  # (J + L,) log r
    flow: Floats  # (J + L,) f
    pull: Floats  # (J + L,) slope of the log-likelihood in v


@ordered_kernel
def _usable(tree: Any, theta: Any) -> bool:
    """Return whether dissimilarities are positive and allocations not negative."""
    for q in tree.dissimilarity:
        if q >= 0 and not (0.0 < theta[q] < np.inf):
            return False
    for q in tree.allocation:  # noqa: SIM110 (Numba knows no generators here)
        if q >= 0 and not (0.0 <= theta[q] < np.inf):
            return False
    return True


@ordered_kernel
def _new_room(tree: Any, theta: Any) -> Any:
    nests, edges = len(tree.dissimilarity), len(tree.members)
    size = tree.alternatives + nests
    widths, offsets = np.ones(nests), np.zeros(edges)
    for n in range(nests):
        if tree.dissimilarity[n] >= 0:
            widths[n] = theta[tree.dissimilarity[n]]
    for e in range(edges):
        if tree.allocation[e] >= 0:
            offsets[e] = np.log(theta[tree.allocation[e]])
    return _Room(
        widths,
        offsets,
        np.empty(size),
        np.zeros(edges),
        np.zeros(edges),
        np.empty(nests),
        np.empty(size),
        np.empty(size),
        np.empty(size),
    )


@ordered_kernel
def _power(exponent: float) -> float:
    """Return the exponential; it is often that of zero, where a nest has one way to the choice."""
    return 1.0 if exponent == 0.0 else float(np.exp(exponent))


@ordered_kernel
def _utilities(data: Any, theta: Any, task: int, u: Any) -> float:
    """Write the scaled utilities of a task; return the scale, or NaN if one is not finite."""
    first, last = data.task_offsets[task], data.task_offsets[task + 1]
    for i in range(last - first):
        u[i] = 0.0
    for k in range(data.x.shape[0]):
        for i in range(last - first):
            u[i] += theta[k] * data.x[k, first + i]
    exponent = 0.0
    for g in range(data.z.shape[0]):
        exponent += theta[data.x.shape[0] + g] * data.z[g, task]
    scale, total = _power(exponent), 0.0
    for i in range(last - first):
        u[i] *= scale
        total += u[i]
    return scale if abs(total) < np.inf else np.nan


@ordered_kernel
def _up(tree: Any, room: Any) -> None:
    """Work out values, shares and tilts of nests from the values of the alternatives."""
    for n in range(len(room.widths)):
        here, top = tree.alternatives + n, -np.inf
        for e in range(tree.edge_offsets[n], tree.edge_offsets[n + 1]):
            q = room.value[tree.members[e]] + room.offsets[e]
            room.log_share[e] = q
            top = max(top, q)
        room.tilt[n] = 0.0
        room.value[here] = top
        if top == -np.inf:
            continue
        room.value[here] += room.widths[n] * _share_out(tree, room, n, top)


@ordered_kernel
def _share_out(tree: Any, room: Any, n: int, top: float) -> float:
    """Turn values of a nest's members into shares; return the log of the sum over the highest."""
    a, b = tree.edge_offsets[n], tree.edge_offsets[n + 1]
    inverse, total = 1.0 / room.widths[n], 0.0
    for e in range(a, b):
        room.log_share[e] = (room.log_share[e] - top) * inverse
        room.share[e] = _power(room.log_share[e])
        total += room.share[e]
    log_total, inverse = np.log(total), 1.0 / total
    for e in range(a, b):
        room.share[e] *= inverse
        room.log_share[e] -= log_total
        if room.share[e] > 0.0:
            room.tilt[n] -= room.share[e] * room.log_share[e]
    return float(log_total)


@ordered_kernel
def _reach(tree: Any, room: Any, chosen: int) -> float:
    """Work out the log of the chance of the choice within each nest; return that of the root."""
    for i in range(tree.alternatives):
        room.reach[i] = -np.inf
    room.reach[chosen] = 0.0
    for n in range(len(room.widths)):
        here, top = tree.alternatives + n, -np.inf
        for e in range(tree.edge_offsets[n], tree.edge_offsets[n + 1]):
            if room.reach[tree.members[e]] > -np.inf:
                top = max(top, room.reach[tree.members[e]] + room.log_share[e])
        room.reach[here] = top
        if top == -np.inf:
            continue
        total = 0.0
        for e in range(tree.edge_offsets[n], tree.edge_offsets[n + 1]):
            if room.reach[tree.members[e]] > -np.inf:
                along = room.reach[tree.members[e]] + room.log_share[e]
                total += _power(along - top)
        room.reach[here] = top + np.log(total)
    return float(room.reach[len(room.reach) - 1])


@ordered_kernel
def _down(tree: Any, room: Any, theta: Any, weight: float, score: Any) -> None:
    """Walk back from the root: pulls on values, and slopes in dissimilarities and allocations."""
    for i in range(len(room.pull)):
        room.pull[i] = 0.0
        room.flow[i] = 0.0
    room.flow[len(room.flow) - 1] = 1.0
    for back in range(len(room.widths)):
        n = len(room.widths) - 1 - back
        here, width = tree.alternatives + n, room.widths[n]
        if room.value[here] == -np.inf:
            continue
        flow = room.flow[here]
        inverse = 1.0 / width
        pull = room.pull[here] - flow * inverse
        slope = pull * room.tilt[n]
        for e in range(tree.edge_offsets[n], tree.edge_offsets[n + 1]):
            c = tree.members[e]
            through = 0.0
            if flow > 0.0 and room.reach[c] > -np.inf:
                log_share = room.log_share[e]
                through = flow * _power(log_share + room.reach[c] - room.reach[here])
                slope -= through * log_share * inverse
            pulled = through * inverse + pull * room.share[e]
            room.flow[c] += through
            room.pull[c] += pulled
            q = tree.allocation[e]
            if q >= 0 and theta[q] > 0.0:
                score[q] += weight * pulled / theta[q]
        if tree.dissimilarity[n] >= 0:
            score[tree.dissimilarity[n]] += weight * slope


@ordered_kernel
def _add_slopes(data: Any, room: Any, scale: float, task: int, u: Any, score: Any) -> None:
    """Add what the pulls on the alternatives mean for coefficients and log-scale slopes."""
    first, last = data.task_offsets[task], data.task_offsets[task + 1]
    weight = data.weights[task]
    along = 0.0
    for i in range(last - first):
        pull = room.pull[data.leaves[first + i]]
        along += pull * u[i]
        u[i] = pull
    for k in range(data.x.shape[0]):
        total = 0.0
        for i in range(last - first):
            total += u[i] * data.x[k, first + i]
        score[k] += weight * scale * total
    for g in range(data.z.shape[0]):
        score[data.x.shape[0] + g] += weight * along * data.z[g, task]


@ordered_kernel
def _place(data: Any, tree: Any, room: Any, task: int, u: Any) -> None:
    """Hand the utilities of a task to the tree; alternatives without a row have none."""
    first = data.task_offsets[task]
    for i in range(tree.alternatives):
        room.value[i] = -np.inf
    for i in range(data.task_offsets[task + 1] - first):
        room.value[data.leaves[first + i]] = u[i]


@ordered_kernel
def tree_people(
    data: Any, tree: Any, theta: Any, first: int, last: int, value: Any, score: Any
) -> None:
    """Fill log-likelihood and score of people ``first`` to ``last - 1``.

    Parameters
    ----------
    data : TreeChoices
        The choices.
    tree : Tree
        The nests.
    theta : (P,) float64
        ``K`` coefficients, ``G`` log-scale slopes, then what the tree points to.
    first, last : int
        Which people.
    value : (N,) float64
        Receives weighted log-likelihoods; NaN where utilities are not finite, a dissimilarity is
        not positive or an allocation is negative.
    score : (N, P) float64
        Receives their slopes. An allocation of exactly zero has none: it is that of
        dissimilarities below one.
    """
    usable = _usable(tree, theta)
    room = _new_room(tree, theta)
    u = np.empty(tree.alternatives)
    for person in range(first, last):
        value[person] = 0.0 if usable else np.nan
        for p in range(len(theta)):
            score[person, p] = 0.0
        if not usable:
            continue
        for task in range(data.person_offsets[person], data.person_offsets[person + 1]):
            scale = _utilities(data, theta, task, u)
            if not scale < np.inf:
                value[person] = np.nan
                break
            _place(data, tree, room, task, u)
            _up(tree, room)
            chosen = data.leaves[data.chosen[task]]
            value[person] += data.weights[task] * _reach(tree, room, chosen)
            _down(tree, room, theta, data.weights[task], score[person])
            _add_slopes(data, room, scale, task, u, score[person])


@ordered_kernel
def tree_shares(data: Any, tree: Any, theta: Any, shares: Any) -> None:
    """Fill the choice probabilities ``(A,)`` of all rows; choices and weights are not read.

    Parameters are those of `tree_people`; shares are NaN where they cannot be computed.
    """
    usable = _usable(tree, theta)
    room = _new_room(tree, theta)
    u = np.empty(tree.alternatives)
    root = len(room.flow) - 1
    for task in range(len(data.task_offsets) - 1):
        first, last = data.task_offsets[task], data.task_offsets[task + 1]
        if not (usable and _utilities(data, theta, task, u) < np.inf):
            for i in range(first, last):
                shares[i] = np.nan
            continue
        _place(data, tree, room, task, u)
        _up(tree, room)
        for i in range(root):
            room.flow[i] = 0.0
        room.flow[root] = 1.0
        for back in range(len(room.widths)):
            n = len(room.widths) - 1 - back
            for e in range(tree.edge_offsets[n], tree.edge_offsets[n + 1]):
                room.flow[tree.members[e]] += room.flow[tree.alternatives + n] * room.share[e]
        for i in range(first, last):
            shares[i] = room.flow[data.leaves[i]]
