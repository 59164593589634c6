"""Ragged choice data made of random numbers, for kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from ccegov_choice.kernels.logit import Choices


def frozen(array):
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


def make_choices(
    sizes: Sequence[int],
    *,
    tasks: int = 400,
    coefficients: int = 5,
    groups: int = 1,
    weighted: bool = True,
    seed: int = 0,
) -> Choices:
    """People with one to three tasks each, tasks with one of the sizes."""
    rng = np.random.default_rng(seed)
    widths = rng.choice(sizes, tasks)
    offsets = np.concatenate(([0], np.cumsum(widths)))
    ends = np.cumsum(rng.integers(1, 4, tasks))
    people = np.concatenate(([0], ends[ends < tasks], [tasks]))
    weights = rng.uniform(0.5, 2.0, tasks) if weighted else np.ones(tasks)
    person_groups = rng.integers(0, groups, len(people) - 1)
    return Choices(
        frozen(rng.standard_normal((coefficients, offsets[-1]))),
        frozen(offsets),
        frozen(people),
        frozen(offsets[:-1] + rng.integers(0, widths)),
        frozen(weights),
        frozen(np.repeat(person_groups, np.diff(people))),
    )


@pytest.fixture
def choices() -> Callable[..., Choices]:
    return make_choices
