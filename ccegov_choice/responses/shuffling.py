"""The order in which blocks are handed out: random permuted blocks, replayable from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def block_at(blocks: Sequence[str], seed: str, number: int) -> str:
    """Return the block at a place of an endless sequence.

    Every run of ``len(blocks)`` places holds each block once, in an order drawn from the seed
    with SHA-256 alone, so that anybody can replay the sequence in any language.

    Parameters
    ----------
    blocks : sequence of str
        The blocks.
    seed : str
        Seed of the sequence.
    number : int
        Place, from 0.
    """
    turn, position = divmod(number, len(blocks))
    return permuted(blocks, f"{seed}/{turn}")[position]


def places_from(blocks: Sequence[str], seed: str, first: int, turns: int) -> list[tuple[int, str]]:
    """Return places with their blocks: whole permuted blocks from a place that begins one."""
    turn = first // len(blocks)
    drawn = [block for t in range(turn, turn + turns) for block in permuted(blocks, f"{seed}/{t}")]
    return list(enumerate(drawn, turn * len(blocks)))


def permuted(items: Sequence[str], seed: str) -> list[str]:
    """Shuffle by Fisher and Yates with numbers from SHA-256 of the seed and a count."""
    shuffled = list(items)
    for last in range(len(shuffled) - 1, 0, -1):
        digest = hashlib.sha256(f"{seed}/{last}".encode()).digest()
        # 256 bits modulo a few thousand: the bias is below 1e-70
        other = int.from_bytes(digest) % (last + 1)
        shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
    return shuffled
