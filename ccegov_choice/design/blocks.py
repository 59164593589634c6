"""Blocks: parting tasks so that every block shows every level about equally often."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import ABSENT, Codes
from ccegov_choice.errors import DesignError

STARTS = 20


def assign_blocks(codes: Codes, blocks: int, rng: np.random.Generator) -> Codes:
    """Part tasks into blocks that are as alike as possible.

    Block sizes differ by at most one. Among random partitions, pairs of tasks are exchanged as
    long as that brings the level counts of the blocks closer to each other; the best of several
    starts is kept. Equal counts mean that no attribute is correlated with the block.

    Parameters
    ----------
    codes : ndarray of shape (T, J, M)
        Level codes of the tasks.
    blocks : int
        How many blocks.
    rng : numpy.random.Generator
        Source of the random starts.

    Returns
    -------
    ndarray of shape (T,)
        Block of each task, from 1.

    Notes
    -----
    Each exchange is the best of all ``T**2`` pairs; a sweep costs ``O(T**2 F)`` for ``F`` level
    indicators.
    """
    tasks = len(codes)
    check_blocks(tasks, blocks)
    if blocks == 1:
        return np.ones(tasks, dtype=np.int64)
    features = _features(codes)
    gram = features @ features.T
    best, best_loss = np.zeros(tasks, dtype=np.int64), np.inf
    for _ in range(STARTS):
        block = rng.permutation(np.arange(tasks) % blocks)
        block, loss = _exchange(block, features, gram, blocks)
        if loss < best_loss - 1e-9:
            best, best_loss = block, loss
    return best + 1


def check_blocks(tasks: int, blocks: int) -> None:
    """Refuse a number of blocks that the tasks cannot fill.

    Raises
    ------
    DesignError
        If there are fewer than one task per block.
    """
    if not 1 <= blocks <= tasks:
        raise DesignError(
            f"{tasks} tasks cannot be parted into {blocks} blocks",
            where="design",
            cure=f"Give `blocks` between 1 and {tasks}.",
        )


def _features(codes: Codes) -> npt.NDArray[np.float64]:
    """Return indicators of levels and of what is on offer, centred: ``(T, F)``."""
    columns = []
    for m in range(codes.shape[2]):
        for level in range(int(codes[:, :, m].max(initial=ABSENT)) + 1):
            shown = (codes[:, :, m] == level).astype(np.float64)
            columns.append(shown)
            if codes.shape[1] > 1:
                columns.append(shown.sum(axis=1, keepdims=True))
    # where alternatives are not always on offer, blocks offer them equally often
    columns.append((codes >= 0).any(axis=2).astype(np.float64))
    features = np.hstack(columns)
    centred: npt.NDArray[np.float64] = features - features.mean(axis=0)
    return centred


def _exchange(
    block: Codes,
    features: npt.NDArray[np.float64],
    gram: npt.NDArray[np.float64],
    blocks: int,
) -> tuple[Codes, float]:
    """Exchange the best pair of tasks until no exchange helps."""
    block = block.copy()
    square = np.diag(gram)[:, None] + np.diag(gram)[None, :] - 2 * gram
    while True:
        member = np.eye(blocks)[:, block]
        sums = member @ features
        # pull[t] = (sum of own block - sum of block b) . features[t]
        product = sums @ features.T
        own = product[block, np.arange(len(block))]
        # moving j into the block of i and i into the block of j, see Notes of assign_blocks
        a_i = product[block]
        gain = 2 * (a_i - own[:, None])
        change = gain + gain.T + 2 * square
        change[block[:, None] == block[None, :]] = 0.0
        best = int(np.argmin(change))
        i, j = divmod(best, len(block))
        if change[i, j] >= -1e-9:
            return block, float((sums**2).sum())
        block[i], block[j] = block[j], block[i]
