"""Slow NumPy twin of `ccegov_choice.kernels.nested`: probabilities by walking every path."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.nested import Tree, TreeChoices

Values = npt.NDArray[Any]


def shares(data: TreeChoices, tree: Tree, theta: Values) -> Values:
    """Return choice probabilities ``(A,)`` of rows; complex parameters give complex ones."""
    coefficients = data.x.shape[0]
    slopes = theta[coefficients : coefficients + data.z.shape[0]]
    result = np.zeros(data.x.shape[1], dtype=theta.dtype)
    for task, (a, b) in enumerate(zip(data.task_offsets[:-1], data.task_offsets[1:], strict=True)):
        utilities = theta[:coefficients] @ data.x[:, a:b] * np.exp(slopes @ data.z[:, task])
        values = dict(zip(data.leaves[a:b].tolist(), utilities, strict=True))
        chances = _chances(tree, theta, values)
        result[a:b] = [chances[leaf] for leaf in data.leaves[a:b]]
    return result


def people(data: TreeChoices, tree: Tree, theta: Values) -> Values:
    """Return the weighted log-likelihood ``(N,)`` of each person."""
    each = data.weights * np.log(shares(data, tree, theta)[data.chosen])
    first, last = data.person_offsets[:-1], data.person_offsets[1:]
    return np.array([each[a:b].sum() for a, b in zip(first, last, strict=True)])


def scores(data: TreeChoices, tree: Tree, theta: Values) -> Values:
    """Return the slope ``(N, P)`` of each person's log-likelihood, by complex steps."""
    columns = []
    for position in range(len(theta)):
        moved = theta.astype(np.complex128)
        moved[position] += 1e-30j
        columns.append(people(data, tree, moved).imag / 1e-30)
    return np.column_stack(columns)


def _chances(tree: Tree, theta: Values, values: dict[int, Any]) -> dict[int, Any]:
    """Return the chance of each alternative and nest; ``values`` holds the alternatives shown."""
    within: list[dict[int, Any]] = []
    for nest in range(len(tree.dissimilarity)):
        edges = range(tree.edge_offsets[nest], tree.edge_offsets[nest + 1])
        width = theta[tree.dissimilarity[nest]] if tree.dissimilarity[nest] >= 0 else 1.0
        powers = {}
        for e in edges:
            allotted = theta[tree.allocation[e]] if tree.allocation[e] >= 0 else 1.0
            member = int(tree.members[e])
            if member in values:
                powers[member] = (allotted * np.exp(values[member])) ** (1 / width)
        total = sum(powers.values())
        within.append({member: power / total for member, power in powers.items()})
        if powers:
            values[tree.alternatives + nest] = width * np.log(total)
    chances = dict.fromkeys(values, 0.0 * theta[0])
    chances[tree.alternatives + len(within) - 1] = 1.0
    for nest in reversed(range(len(within))):
        for member, share in within[nest].items():
            chances[member] = chances[member] + chances[tree.alternatives + nest] * share
    return chances
