"""What each level adds to the rows of a utility: so that a browser adds numbers, not formulas."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError
from ccegov_choice.models.population.population import Population
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.level import Level
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
Cell = str | float

MOST_COMBINATIONS = 5_000
"""Combinations of levels that a page may hold; more would make it too large to send."""

_ROWS = 20_000  # encoded at once
_TRIED = 100  # whole profiles on which the sums are checked
_AGREE = 1e-10


@dataclass(frozen=True, eq=False)
class Block:
    """Attributes whose levels must be looked up together, because they interact.

    Parameters
    ----------
    attributes : tuple of str
        Their ids; mostly one.
    cells : tuple of tuple
        Every combination of their levels, the last attribute fastest.
    steps : ndarray of shape (C, M, Q)
        What each combination adds to the rows of ``M`` patterns of people.
    """

    attributes: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    steps: FloatArray


@dataclass(frozen=True, eq=False)
class Offer:
    """One service that can be on offer, and what its levels add to its rows.

    Parameters
    ----------
    alternative : str or None
        Its id in a labelled study.
    attributes : tuple of Attribute
        Those that can be chosen.
    start : ndarray of shape (M, Q)
        The rows at the base levels.
    blocks : tuple of Block
        What to add.
    """

    alternative: str | None
    attributes: tuple[Attribute, ...]
    start: FloatArray
    blocks: tuple[Block, ...]

    def rows(self, levels: Mapping[str, Cell]) -> FloatArray:
        """Return the rows ``(M, Q)`` of some levels, as the page adds them up."""
        found = self.start.copy()
        for block in self.blocks:
            cell = tuple(levels[name] for name in block.attributes)
            found += block.steps[block.cells.index(cell)]
        return found


def encode_offer(population: Population, alternative: str | None) -> Offer:
    """Encode one service for every pattern of people, level by level.

    Parameters
    ----------
    population : Population
        The people.
    alternative : str or None
        The service, in a labelled study.

    Raises
    ------
    PolicyError
        If too many attributes interact, or rows are no sum of what levels add.
    """
    study, utility = population.results.study, population.results.utility
    attributes = selectable(study, utility, alternative)
    base = fixed_levels(study, alternative) | {a.id: a.cell(_base(a)) for a in attributes}
    start = _encode(population, [Profile(base, alternative)])[:, 0]
    groups = [
        tuple(study.attribute(name) for name in names)
        for names in connected(utility, [a.id for a in attributes])
    ]
    _check_size(groups)
    blocks = []
    for group in groups:
        levels = [[a.cell(level) for level in a.shown_levels] for a in group]
        cells = tuple(itertools.product(*levels))
        names = tuple(a.id for a in group)
        profiles = [
            Profile(base | dict(zip(names, cell, strict=True)), alternative) for cell in cells
        ]
        steps = _encode(population, profiles) - start[:, None]
        blocks.append(Block(names, cells, np.ascontiguousarray(steps.transpose(1, 0, 2))))
    offer = Offer(alternative, attributes, start, tuple(blocks))
    _check_sums(population, offer)
    return offer


def selectable(study: Study, utility: Utility, alternative: str | None) -> tuple[Attribute, ...]:
    """Return the attributes of a service that the utility reads and that can differ."""
    fixed = fixed_levels(study, alternative)
    having = study.attributes_of(alternative)
    return tuple(a for a in having if a.id in utility.reads and a.id not in fixed)


def fixed_levels(study: Study, alternative: str | None) -> dict[str, Cell]:
    """Return the levels that a labelled service always has."""
    return {} if alternative is None else dict(study.alternative(alternative).fixed)


def connected(utility: Utility, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Split attributes into those that share a term, directly or through others."""
    groups = [{name} for name in names]
    for term in utility.terms:
        met = [group for group in groups if group & set(term.reads)]
        if len(met) > 1:
            groups = [group for group in groups if group not in met] + [set().union(*met)]
    order = {name: n for n, name in enumerate(names)}
    found = [tuple(sorted(group, key=order.__getitem__)) for group in groups]
    return sorted(found, key=lambda group: order[group[0]])


def _base(attribute: Attribute) -> Level:
    shown = attribute.shown_levels
    return next((level for level in shown if level.id == attribute.base_id), shown[0])


def _check_size(groups: Sequence[tuple[Attribute, ...]]) -> None:
    sizes = [math.prod(len(a.shown_levels) for a in group) for group in groups]
    if sum(sizes) > MOST_COMBINATIONS:
        most = groups[int(np.argmax(sizes))]
        names = ", ".join(a.id for a in most)
        raise PolicyError(
            f"{max(sizes):,} combinations of levels would have to be looked up, because {names} "
            "interact",
            where="Simulator",
            cure="Fit a utility with fewer interactions, so that no more than "
            f"{MOST_COMBINATIONS:,} combinations hang together.",
        )


def _encode(population: Population, profiles: Sequence[Profile]) -> FloatArray:
    """Encode profiles for all patterns, ``(M, J, Q)``, some at a time."""
    each = max(1, _ROWS // population.size)
    parts = [
        population.encode(profiles[first : first + each]) for first in range(0, len(profiles), each)
    ]
    return np.concatenate(parts, axis=1)


def _check_sums(population: Population, offer: Offer) -> None:
    """Compare sums with whole profiles: an encoder that grows a new term must not go unseen."""
    chance = np.random.default_rng(1)
    tried = []
    for _ in range(_TRIED):
        levels = {}
        for a in offer.attributes:
            shown = a.shown_levels
            levels[a.id] = a.cell(shown[int(chance.integers(len(shown)))])
        tried.append(levels)
    fixed = fixed_levels(population.results.study, offer.alternative)
    whole = _encode(population, [Profile(fixed | levels, offer.alternative) for levels in tried])
    sums = np.stack([offer.rows(levels) for levels in tried], axis=1)
    scale = 1.0 + np.abs(whole).max(axis=(0, 1))
    if (np.abs(whole - sums) > _AGREE * scale).any():
        raise PolicyError(
            "the utility is no sum over the attributes that stand apart in its formula",
            where=f"utility '{population.results.utility.formula}'",
            cure="Report this as a bug of ours, with the formula.",
        )
