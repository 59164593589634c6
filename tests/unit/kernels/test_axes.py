"""Chunks of people depend on the data only, cover everybody and are about equally large."""

from __future__ import annotations

import numpy as np

from ccegov_choice.kernels.axes import MOST_CHUNKS, cut_people


def _offsets(sizes):
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)


def test_few_rows_are_one_chunk():
    assert cut_people(_offsets([1, 2]), _offsets([2, 3, 4])).tolist() == [0, 2]


def test_chunks_cover_all_people_without_gaps():
    rng = np.random.default_rng(1)
    people = _offsets(rng.integers(1, 9, 3000))
    tasks = _offsets(rng.integers(1, 6, people[-1]))
    bounds = cut_people(people, tasks, rows=500)
    assert bounds[0] == 0
    assert bounds[-1] == 3000
    assert (np.diff(bounds) > 0).all()
    rows = np.diff(tasks[people[bounds]])
    # a chunk ends with the person in which the target falls: at most 8 tasks of 5 rows off
    assert (np.abs(rows - tasks[-1] / (len(bounds) - 1)) <= 2 * 40).all()


def test_one_person_with_everything_is_one_chunk():
    assert cut_people(_offsets([5000]), _offsets([3] * 5000), rows=100).tolist() == [0, 1]


def test_there_are_never_too_many_chunks():
    people = np.arange(5001)
    assert len(cut_people(people, people, rows=1)) - 1 <= MOST_CHUNKS
