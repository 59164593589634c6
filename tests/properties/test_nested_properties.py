"""What holds for any tree of nests, any allocation and any ragged set of tasks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.kernels import nested_reference
from ccegov_choice.kernels.nested import TreeChoices, tree_shares
from ccegov_choice.models.nests.likelihood import TreeLikelihood
from ccegov_choice.models.nests.tree import (
    Nest,
    allocation_names,
    dissimilarity_names,
    freeze,
    pack,
    read_nests,
    thaw,
)

NAMES = tuple("abcdefg")


def frozen(array):
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


@st.composite
def trees(draw):
    """Nests of alternatives and nests to a depth of three; a third of them share alternatives."""
    count = 0

    def nest(rest, depth):
        nonlocal count
        count += 1
        name = f"n{count}"
        size = draw(st.integers(1, len(rest)))
        mine, inside = rest[:size], ()
        if depth < 3 and size > 1 and draw(st.booleans()):
            inside = (nest(mine[1:], depth + 1),)
            mine = tuple(a for a in mine if a not in {x for n in inside for x in held(n)})
        return Nest(name, tuple(mine), inside)

    def held(item):
        return [*item.alternatives, *(name for inner in item.nests for name in held(inner))]

    rest, found = tuple(draw(st.permutations(NAMES))), []
    while rest and len(found) < draw(st.integers(0, 3)):
        found.append(nest(rest, 1))
        used = set(held(found[-1]))
        rest = tuple(name for name in rest if name not in used)
    crossed = draw(st.integers(0, 2)) == 0
    if crossed:
        members = tuple(draw(st.permutations(NAMES))[: draw(st.integers(1, 4))])
        found.append(Nest("across", members))
    return tuple(found)


@st.composite
def cases(draw):
    """People with some tasks, tasks with some alternatives, in a tree."""
    nests = draw(trees())
    tasks_of = draw(st.lists(st.integers(1, 3), min_size=1, max_size=8))
    tasks = sum(tasks_of)
    widths = np.array(draw(st.lists(st.integers(1, 7), min_size=tasks, max_size=tasks)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    offsets = np.concatenate(([0], np.cumsum(widths)))
    coefficients, slopes = draw(st.integers(1, 4)), draw(st.integers(0, 2))
    data = TreeChoices(
        frozen(rng.normal(0, 1, (coefficients, offsets[-1]))),
        frozen(rng.normal(0, 1, (slopes, tasks))),
        frozen(np.concatenate([rng.permutation(len(NAMES))[:width] for width in widths])),
        frozen(offsets),
        frozen(np.concatenate(([0], np.cumsum(tasks_of)))),
        frozen(offsets[:-1] + rng.integers(0, widths)),
        frozen(rng.uniform(0, 3, tasks)),
    )
    own = dissimilarity_names(nests)
    shares = [share for names in allocation_names(nests).values() for share in names]
    names = [f"p{p}" for p in range(coefficients + slopes)]
    theta = np.concatenate(
        [
            rng.normal(0, 1, coefficients),
            rng.normal(0, 0.3, slopes),
            rng.uniform(0.2, 1.4, len(own)),
            rng.uniform(0.05, 1, len(shares)),
        ]
    )
    return TreeLikelihood(data, pack(nests, NAMES, (*names, *own, *shares))), theta, rng


@given(cases())
@settings(max_examples=80, deadline=None)
def test_equals_the_twin(case):
    likelihood, theta, _ = case
    at = likelihood.people(theta)
    data, tree = likelihood.choices, likelihood.tree
    # powers of up to 1/0.2 of utilities: the plain formula loses some digits, the kernel does not
    slow = nested_reference.people(data, tree, theta)
    np.testing.assert_allclose(at.value, slow, rtol=1e-9, atol=1e-9)
    slopes = nested_reference.scores(data, tree, theta)
    np.testing.assert_allclose(at.score, slopes, rtol=1e-7, atol=1e-7)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_shares_are_probabilities_whatever_all_alternatives_share(case):
    likelihood, theta, rng = case
    data, tree = likelihood.choices, likelihood.tree
    found, moved = np.empty(data.x.shape[1]), np.empty(data.x.shape[1])
    tree_shares(data, tree, theta, found)
    assert (found >= 0).all()
    sums = np.add.reduceat(found, data.task_offsets[:-1])
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)
    shift = np.repeat(rng.normal(0, 3, len(data.chosen)), np.diff(data.task_offsets))
    tree_shares(data._replace(x=frozen(data.x + shift)), tree, theta, moved)
    np.testing.assert_allclose(moved, found, rtol=1e-9, atol=1e-12)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_better_alternatives_are_chosen_more(case):
    """With dissimilarities of at most one, falling inwards, own effects are positive."""
    likelihood, theta, _ = case
    data, tree = likelihood.choices, likelihood.tree
    inside = tree.dissimilarity[tree.dissimilarity >= 0]
    theta[inside] = 0.6  # the same for all nests keeps the order of depth
    before, after = np.empty(data.x.shape[1]), np.empty(data.x.shape[1])
    tree_shares(data, tree, theta, before)
    first = data.task_offsets[:-1]
    better = data.x.copy()
    better[0, first] += 0.5 * np.sign(theta[0])
    tree_shares(data._replace(x=frozen(better)), tree, theta, after)
    assert (after[first] >= before[first] - 1e-12).all()


@given(trees())
@settings(max_examples=60, deadline=None)
def test_nests_survive_being_written_down(nests):
    def written(nest):
        return [*nest.alternatives, *({inner.name: written(inner)} for inner in nest.nests)]

    content = {nest.name: written(nest) for nest in nests}
    if content:
        assert read_nests(freeze(content)) == nests
        assert read_nests(freeze(thaw(freeze(content)))) == nests
