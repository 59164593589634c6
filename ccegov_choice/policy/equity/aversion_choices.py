"""Choices between ways of sharing something out, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError, Problem, unknown_name

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_WHERE = "choices"


@dataclass(frozen=True, eq=False)
class Shares:
    """Letters: ``A`` options in ``T`` tasks, ``G`` groups, ``N`` people.

    Parameters
    ----------
    groups : tuple of str
        Columns of the groups.
    amounts : ndarray of shape (A, G)
        What each group gets.
    weights : ndarray of shape (G,)
        Share of the people in each group.
    own : ndarray of shape (A,) or None
        What the chooser's own group gets.
    starts, sizes, chosen, person : ndarray of shape (T,)
        First row and number of rows of each task; row that was chosen; who chose.
    task : ndarray of shape (A,)
        Task of each row.
    people : int
        ``N``.
    """

    groups: tuple[str, ...]
    amounts: FloatArray
    weights: FloatArray
    own: FloatArray | None
    starts: IntArray
    sizes: IntArray
    chosen: IntArray
    person: IntArray
    task: IntArray
    people: int


def read_shares(
    frame: pd.DataFrame,
    groups: Sequence[str] | Mapping[str, float],
    own: str | None,
    person: str,
    task: str,
    chosen: str,
) -> Shares:
    """Read and check the choices; see `estimate_inequality_aversion`."""
    names = tuple(groups)
    wanted = [*names, *([own] if own else []), person, task, chosen]
    problems = [
        unknown_name(name, frame.columns, "column", where=_WHERE)
        for name in wanted
        if name not in frame
    ]
    if len(names) < 2:
        problems.append(
            Problem("inequality needs two groups or more", "Name their columns.", "groups")
        )
    if problems:
        raise PolicyError.of(problems, "The choices have {count} problems:")
    order = frame.sort_values([person, task], kind="stable")
    amounts = order[list(names)].to_numpy(dtype=np.float64)
    who = order[person].factorize()[0].astype(np.int64)
    which = np.asarray(order.groupby([person, task], sort=False).ngroup(), np.int64)
    taken = order[chosen].to_numpy(dtype=np.float64)
    starts = np.flatnonzero(np.diff(which, prepend=-1)).astype(np.int64)
    counts = np.add.reduceat(taken, starts)
    sizes = np.diff(np.append(starts, len(which))).astype(np.int64)
    problems = _problems(amounts, names, taken, counts, sizes, order, person, task, starts)
    if problems:
        raise PolicyError.of(problems, "The choices have {count} problems:")
    sizes_of = [groups[n] for n in names] if isinstance(groups, Mapping) else [1.0] * len(names)
    return Shares(
        names,
        amounts,
        np.asarray(sizes_of, np.float64) / np.sum(sizes_of),
        order[own].to_numpy(dtype=np.float64) if own else None,
        starts,
        sizes,
        np.flatnonzero(taken == 1.0).astype(np.int64),
        np.asarray(who[starts], np.int64),
        which,
        int(who.max()) + 1,
    )


def _problems(
    amounts: FloatArray,
    names: Sequence[str],
    taken: FloatArray,
    counts: FloatArray,
    sizes: IntArray,
    order: pd.DataFrame,
    person: str,
    task: str,
    starts: IntArray,
) -> list[Problem]:
    found = []
    for name, column in zip(names, amounts.T, strict=True):
        bad = int((~(column > 0) | ~np.isfinite(column)).sum())
        if bad:
            found.append(
                Problem(
                    f"'{name}' is empty, zero or below in {bad:,} rows",
                    "Give amounts above zero: what each group has, not what it gains.",
                    _WHERE,
                )
            )
    wrong = np.flatnonzero((counts != 1) | (sizes < 2) | ~np.isin(taken, (0.0, 1.0))[starts])
    if len(wrong):
        row = order.iloc[int(starts[wrong[0]])]
        found.append(
            Problem(
                f"{len(wrong):,} tasks do not have one choice among two options or more (first: "
                f"person {row[person]} task {row[task]})",
                "Mark one option of each task with true or 1.",
                _WHERE,
            )
        )
    return found
