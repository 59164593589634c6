"""The likelihood of people who choose in a tree of nests: the kernel, its data and its threads."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ccegov_choice.kernels.axes import ranges
from ccegov_choice.kernels.nested import Tree, TreeChoices, tree_people, tree_shares
from ccegov_choice.models.fitting.likelihood import ONE_THREAD, frozen
from ccegov_choice.models.fitting.person_likelihood import PersonValues
from ccegov_choice.models.fitting.threads import over_people, pool

# Share of a standard error by which parameters are moved to see the score change.
_STEP = 1e-5
# A smaller share of a parameter would be lost in rounding.
_LEAST_STEP = 1e-9

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TreeLikelihood:
    """The log-likelihood of people as a function of ``P`` parameters.

    Parameters
    ----------
    choices : TreeChoices
        The data, every array read-only.
    tree : Tree
        The nests.
    threads : int
        Threads to use; the result does not depend on it.
    sample : ndarray of int, optional
        Which people of a larger set these are, where it is only some of them.
    """

    choices: TreeChoices
    tree: Tree
    threads: int = 1
    sample: IntArray | None = None

    @property
    def weights(self) -> FloatArray:
        """Weight ``(N,)`` of each person: the mean of the weights of their tasks."""
        offsets = self.choices.person_offsets
        sums = np.add.reduceat(self.choices.weights, offsets[:-1])
        return np.asarray(sums / np.diff(offsets))

    def people(self, theta: FloatArray) -> PersonValues:
        """Return log-likelihoods ``(N,)`` and scores ``(N, P)``."""
        theta = np.ascontiguousarray(theta, dtype=np.float64)
        people = len(self.choices.person_offsets) - 1
        value, score = np.empty(people), np.empty((people, len(theta)))

        def work(first: int, last: int, _: int) -> None:
            tree_people(self.choices, self.tree, theta, first, last, value, score)

        over_people(work, people, self.threads if self.choices.x.size >= ONE_THREAD else 1)
        return PersonValues(value, score)

    @property
    def method(self) -> str:
        """Say how the top is found."""
        return "trust-region Newton, Hessian by differences of the score"

    @property
    def hessian_passes(self) -> int:
        """Passes over the data that second derivatives take."""
        return self.parameters + 1

    @property
    def parameters(self) -> int:
        """Number of parameters, ``P``."""
        pointed = np.concatenate([self.tree.dissimilarity, self.tree.allocation])
        own = len(self.choices.x) + len(self.choices.z)
        return max(own, int(pointed.max(initial=-1)) + 1)

    def hessian(self, theta: FloatArray) -> FloatArray | None:
        """Return second derivatives ``(P, P)`` by differences of the score.

        Products of the scores of people would not do for steps: with several tasks for each
        person they are far from the curvature. Steps are a small share of a standard error, one
        up and the next down, at which the differences are exact to some seven digits.
        """
        here = self.people(theta).score
        size = np.sqrt((here**2).sum(axis=0))
        step = _STEP / np.where(size > 0, size, 1.0)
        step = np.maximum(step, _LEAST_STEP * np.abs(theta))
        step[1::2] *= -1
        step = np.where(theta + step < self._lowest(len(theta)), -step, step)
        alone = replace(self, threads=1)

        def row(p: int) -> FloatArray:
            moved = theta.copy()
            moved[p] += step[p]
            rise = (alone.people(moved).score - here).sum(axis=0)
            return np.asarray(rise / (moved[p] - theta[p]))

        if self.threads == 1 or self.choices.x.size * len(theta) < ONE_THREAD // 10:
            rows = list(map(row, range(len(theta))))
        else:
            rows = list(pool(self.threads, "parameters").map(row, range(len(theta))))
        result = np.array(rows).reshape(len(theta), len(theta))
        return np.asarray((result + result.T) / 2)

    def _lowest(self, size: int) -> FloatArray:
        """Return the least value ``(P,)`` that each parameter may have."""
        low = np.full(size, -np.inf)
        low[self.tree.allocation[self.tree.allocation >= 0]] = 0.0
        low[self.tree.dissimilarity[self.tree.dissimilarity >= 0]] = 1e-9
        return low

    def reweighted(self, times: FloatArray) -> TreeLikelihood:
        """Return the likelihood with each person counted ``(N,)`` times as much."""
        own = times if self.sample is None else times[self.sample]
        each = np.repeat(own, np.diff(self.choices.person_offsets))
        weights = frozen(self.choices.weights * each)
        return replace(self, choices=self.choices._replace(weights=weights))


def some_people(likelihood: TreeLikelihood, people: int, seed: int) -> TreeLikelihood:
    """Return the likelihood of some people drawn by lot, weighted to stand for all of them."""
    data = likelihood.choices
    total = len(data.person_offsets) - 1
    drawn = np.sort(np.random.default_rng(seed).choice(total, people, replace=False))
    first, last = data.person_offsets[drawn], data.person_offsets[drawn + 1]
    tasks = ranges(data.person_offsets, drawn)
    rows = ranges(data.task_offsets, tasks)
    sizes = data.task_offsets[tasks + 1] - data.task_offsets[tasks]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    weights = data.weights[tasks] * (data.weights.sum() / data.weights[tasks].sum())
    part = TreeChoices(
        frozen(data.x[:, rows]),
        frozen(data.z[:, tasks]),
        frozen(data.leaves[rows]),
        frozen(starts),
        frozen(np.concatenate(([0], np.cumsum(last - first)))),
        frozen(starts[:-1] + data.chosen[tasks] - data.task_offsets[tasks]),
        frozen(weights),
    )
    return replace(likelihood, choices=part, sample=drawn)


def places_in_task(task_offsets: IntArray) -> IntArray:
    """Return the place ``(A,)`` of each row in its task, from 0."""
    rows = np.arange(task_offsets[-1])
    return np.asarray(rows - np.repeat(task_offsets[:-1], np.diff(task_offsets)))


def shares(
    x: FloatArray, z: FloatArray, leaves: IntArray, offsets: IntArray, tree: Tree, theta: FloatArray
) -> FloatArray:
    """Return choice probabilities ``(A,)`` of rows."""
    tasks = len(offsets) - 1
    found = np.empty(x.shape[1])
    data = TreeChoices(
        frozen(x),
        frozen(z),
        frozen(leaves),
        frozen(offsets.astype(np.int64)),
        frozen(np.array([0, tasks])),
        frozen(offsets[:-1].astype(np.int64)),
        frozen(np.ones(tasks)),
    )
    tree_shares(data, tree, np.ascontiguousarray(theta, dtype=np.float64), found)
    return found
