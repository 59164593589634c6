"""Blocks show every level about equally often."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.design.blocks import assign_blocks
from ccegov_choice.design.orthogonal import orthogonal_design
from ccegov_choice.errors import DesignError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study


def test_a_perfect_partition_is_found():
    # a full factorial 2^4 splits into two half fractions with equal level counts
    codes = np.array(list(np.ndindex(2, 2, 2, 2)))[:, None, :]
    block = assign_blocks(codes, 2, np.random.default_rng(1))
    for b in (1, 2):
        assert (codes[block == b].sum(axis=0) == 4).all()


def test_levels_are_balanced_in_the_blocks_of_a_design():
    attributes = tuple(Attribute.categorical(f"a{i}", f"A{i}", ["x", "y", "z"]) for i in range(4))
    design = orthogonal_design(Study("s", "S", attributes), blocks=3)
    counts = design.frame.groupby("block")["a0"].value_counts()
    assert counts.min() >= 1
    assert list(design.frame.groupby("block")["task"].nunique()) == [3, 3, 3]


def test_sizes_differ_by_at_most_one():
    codes = np.random.default_rng(1).integers(0, 3, size=(11, 2, 4))
    block = assign_blocks(codes, 3, np.random.default_rng(1))
    assert sorted(np.bincount(block)[1:]) == [3, 4, 4]


def test_exchange_beats_chance():
    codes = np.random.default_rng(5).integers(0, 3, size=(24, 2, 5))
    rng = np.random.default_rng(5)

    def spread(block):
        return sum(
            ((codes[block == b] == level).sum(axis=0).var())
            for b in range(1, 5)
            for level in range(3)
        ) + np.var([(codes[block == b] == 0).sum() for b in range(1, 5)])

    def loss(block):
        total = 0.0
        for level in range(3):
            per_block = np.stack([(codes[block == b] == level).sum(axis=0) for b in range(1, 5)])
            total += per_block.var(axis=0).sum()
        return total

    chance = min(loss(rng.permutation(np.arange(24) % 4 + 1)) for _ in range(20))
    assert loss(assign_blocks(codes, 4, np.random.default_rng(5))) < chance


@pytest.mark.parametrize("blocks", [0, 12])
def test_blocks_that_tasks_cannot_fill(blocks):
    codes = np.zeros((11, 2, 1), dtype=np.int64)
    with pytest.raises(DesignError, match=f"11 tasks cannot be parted into {blocks} blocks"):
        assign_blocks(codes, blocks, np.random.default_rng(1))
