"""Lists of candidate profiles that versions are filled from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ccegov_choice.design.candidates import ABSENT, Codes
from ccegov_choice.design.personal.chances import Chances
from ccegov_choice.design.personal.numbering import profile_numbers

# so many profiles are listed whole; of more, each version gets a sample of its own
MOST_CANDIDATES = 5_000
SAMPLE = 2_000
# of a longer list of combinations, neighbours are a sample
MOST_NEIGHBOURS = 200


@dataclass(frozen=True)
class Listed:
    """Candidate profiles of all alternatives.

    Parameters
    ----------
    codes : ndarray of shape (C, M)
        Level codes.
    levels : ndarray of shape (C, M)
        Levels numbered through all attributes, -1 where a profile does not have the attribute.
    first, last : ndarray of shape (J,)
        Alternative j may show the rows ``first[j]:last[j]``.
    """

    codes: Codes
    levels: Codes
    first: Codes
    last: Codes


def sample(chances: Chances, rng: np.random.Generator) -> Listed:
    """List all profiles, or a sample that follows the target where there are too many."""
    return _listed(chances, [_profiles(chances, j, rng) for j in _lists(chances)])


def neighbours(chances: Chances, version: Codes, rng: np.random.Generator) -> tuple[Listed, Codes]:
    """List the profiles of a version and those that differ from one in one group of attributes.

    Parameters
    ----------
    chances : Chances
        The profiles that have a chance.
    version : ndarray of shape (T, J, M)
        Level codes.
    rng : numpy.random.Generator
        Source of the sample where there are many.

    Returns
    -------
    listed : Listed
    picks : ndarray of shape (T, J)
        Where the profiles of the version are in the list.
    """
    tasks, slots, attributes = version.shape
    parts, picks, start = [], np.empty((tasks, slots), dtype=np.int64), 0
    for j in _lists(chances):
        mine = slice(None) if chances.space.exchangeable else slice(j, j + 1)
        base = version[:, mine].reshape(-1, attributes)
        around = [base]
        for group in chances.space.slots[j].groups:
            combinations = group.combinations
            if len(combinations) > MOST_NEIGHBOURS:
                pick = rng.choice(len(combinations), MOST_NEIGHBOURS, replace=False)
                combinations = combinations[pick]
            near = np.repeat(base, len(combinations), axis=0)
            near[:, list(group.attributes)] = np.tile(combinations, (len(base), 1))
            around.append(near)
        unique, place = _distinct(chances, _without_quo(chances, np.concatenate(around)))
        # the profiles of the version came first, and none of them is the status quo
        picks[:, mine] = place[: len(base)].reshape(tasks, -1) + start
        start += len(unique)
        parts.append(unique)
    return _listed(chances, parts), picks


def offsets_of(chances: Chances) -> Codes:
    """Return the number of each attribute's first level, and of all levels: ``(M + 1,)``."""
    offsets: Codes = np.cumsum([0, *chances.space.level_counts], dtype=np.int64)
    return offsets


def _lists(chances: Chances) -> range:
    """Return the alternatives that need a list of their own; unlabelled ones share one."""
    return range(1 if chances.space.exchangeable else len(chances.space.slots))


def _listed(chances: Chances, parts: Sequence[Codes]) -> Listed:
    slots = len(chances.space.slots)
    ends = np.cumsum([0, *(len(part) for part in parts)])
    first, last = ends[:-1], ends[1:]
    if chances.space.exchangeable:
        first, last = np.repeat(first, slots), np.repeat(last, slots)
    codes = np.concatenate(parts)
    levels = np.where(codes == ABSENT, -1, codes + offsets_of(chances)[:-1])
    return Listed(codes, np.ascontiguousarray(levels), first, last)


def _profiles(chances: Chances, j: int, rng: np.random.Generator) -> Codes:
    if chances.available[j] <= MOST_CANDIDATES:
        return chances.profiles(j)[0]
    drawn = _without_quo(chances, chances.draw_profiles(j, SAMPLE, rng))
    return _distinct(chances, drawn)[0]


def _distinct(chances: Chances, profiles: Codes) -> tuple[Codes, Codes]:
    """Return the different profiles, and where among them each profile is."""
    numbers = profile_numbers(chances.space.level_counts, profiles)
    _, first, place = np.unique(numbers, return_index=True, return_inverse=True)
    return profiles[first], place


def _without_quo(chances: Chances, codes: Codes) -> Codes:
    if chances.quo_chance == 0:
        return codes
    kept: Codes = codes[(codes != chances.space.status_quo).any(axis=1)]
    return kept
