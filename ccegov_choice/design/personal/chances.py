"""Chances: how likely each allowed profile is, kept group by group so that it stays exact.

Attributes that share constraints form a group (see `candidates`). Under a product of marginals,
conditioned on the constraints, groups are independent of each other, and inside a group the chance
of a combination is its product of marginals over the sum of these. A target that is a list of
profiles is one group of all attributes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.candidates import ABSENT, Codes, Group, Slot, TaskSpace
from ccegov_choice.errors import DesignError
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chances:
    """The profiles that have a chance, and how large it is.

    Parameters
    ----------
    space : TaskSpace
        Its groups hold the combinations that have a chance.
    weights : tuple of tuple of ndarray
        For each alternative and each of its groups, the chance of each combination; sums to one.
    """

    space: TaskSpace
    weights: tuple[tuple[Floats, ...], ...]

    def draw(self, count: int, rng: np.random.Generator) -> Codes:
        """Draw tasks whose profiles are independent of each other: ``(count, J, M)`` codes.

        The status quo, and profiles that are equal to each other, are not yet taken out.
        """
        slots = range(len(self.space.slots))
        return np.stack([self.draw_profiles(j, count, rng) for j in slots], axis=1)

    def draw_profiles(self, j: int, count: int, rng: np.random.Generator) -> Codes:
        """Draw profiles of alternative j, independent of each other: ``(count, M)`` codes."""
        codes = np.full((count, len(self.space.cells)), ABSENT, dtype=np.int64)
        for group, weights in zip(self.space.slots[j].groups, self.weights[j], strict=True):
            pick = rng.choice(len(weights), size=count, p=weights)
            codes[:, list(group.attributes)] = group.combinations[pick]
        return codes

    def profiles(self, j: int) -> tuple[Codes, Floats]:
        """Return all profiles of alternative j, ``(P, M)``, and their chances, ``(P,)``.

        The status quo is left out. For small spaces only: there are `Slot.size` of them.
        """
        slot = self.space.slots[j]
        sizes = [len(group.combinations) for group in slot.groups]
        index = np.indices(sizes).reshape(len(sizes), math.prod(sizes))
        codes = np.full((index.shape[1], len(self.space.cells)), ABSENT, dtype=np.int64)
        chance = np.ones(index.shape[1])
        for row, group, weights in zip(index, slot.groups, self.weights[j], strict=True):
            codes[:, list(group.attributes)] = group.combinations[row]
            chance *= weights[row]
        if self.quo_chance > 0:
            keep = (codes != self.space.status_quo).any(axis=1)
            codes, chance = codes[keep], chance[keep]
        return codes, chance / chance.sum()

    @cached_property
    def quo_chance(self) -> float:
        """Chance that a draw gives the status quo, which is then drawn again."""
        quo = self.space.status_quo
        if quo is None or not self.space.exchangeable:
            return 0.0
        chance = 1.0
        for group, weights in zip(self.space.slots[0].groups, self.weights[0], strict=True):
            same = (group.combinations == quo[list(group.attributes)]).all(axis=1)
            chance *= float(weights[same].sum())
        return chance

    @cached_property
    def available(self) -> tuple[int, ...]:
        """How many profiles each alternative may show, the status quo left out."""
        return tuple(slot.size - (self.quo_chance > 0) for slot in self.space.slots)

    @cached_property
    def different_tasks(self) -> int:
        """How many different tasks have a chance; order counts only with labels."""
        if self.space.exchangeable:
            return math.comb(self.available[0], len(self.space.slots))
        return math.prod(self.available)

    def level_shares(self, j: int) -> dict[int, Floats]:
        """Return the exact share of each level: position of the attribute -> ``(levels,)``."""
        shares: dict[int, Floats] = {}
        for group, weights in zip(self.space.slots[j].groups, self.weights[j], strict=True):
            for column, m in enumerate(group.attributes):
                count = self.space.level_counts[m]
                shares[m] = _sums(group.combinations[:, column], weights, count)
        quo, chance = self.space.status_quo, self.quo_chance
        if quo is not None and chance > 0:
            for m, share in shares.items():
                share[quo[m]] -= chance
                shares[m] = np.maximum(share, 0.0) / (1.0 - chance)
        return shares

    def pair_shares(self, j: int, a: int, b: int) -> Floats:
        """Return the exact share of each pair of levels of two attributes: ``(L_a, L_b)``."""
        joint = self._drawn_pairs(j, a, b)
        quo, chance = self.space.status_quo, self.quo_chance
        if quo is not None and chance > 0:
            joint[quo[a], quo[b]] -= chance
            joint = np.maximum(joint, 0.0) / (1.0 - chance)
        return joint

    def _drawn_pairs(self, j: int, a: int, b: int) -> Floats:
        counts = self.space.level_counts
        single: dict[int, Floats] = {}
        for group, weights in zip(self.space.slots[j].groups, self.weights[j], strict=True):
            codes = {m: group.combinations[:, c] for c, m in enumerate(group.attributes)}
            if a in codes and b in codes:
                cell = codes[a] * counts[b] + codes[b]
                flat = _sums(cell, weights, counts[a] * counts[b])
                return flat.reshape(counts[a], counts[b])
            for m in (a, b):
                if m in codes:
                    single[m] = _sums(codes[m], weights, counts[m])
        return np.outer(single[a], single[b])

    def ties(self, m: int) -> tuple[float, float]:
        """Return the ties per task in an attribute: of independent draws, and the fewest possible.

        The fewest possible are those of a design that reaches the shares of the levels: a level
        that is shown ``c`` times per task on average ties least when it is spread evenly.
        """
        shares = [
            self.level_shares(j)[m]
            for j, slot in enumerate(self.space.slots)
            if m in slot.attributes
        ]
        if len(shares) < 2:
            return 0.0, 0.0
        drawn = sum(float(shares[i] @ shares[j]) for i in range(len(shares)) for j in range(i))
        often = np.sum(shares, axis=0)
        each = np.floor(often + 1e-12)
        rest = np.maximum(often - each, 0.0)
        fewest = float((each * (each - 1) / 2 + rest * each).sum())
        return drawn, fewest


def chances_of(
    space: TaskSpace,
    marginals: Mapping[str, Mapping[str, float]],
    profiles: Sequence[tuple[Profile, float]],
) -> Chances:
    """Work out the chance of every profile of a study under a target distribution.

    Parameters
    ----------
    space : TaskSpace
        What is allowed.
    marginals, profiles
        See `TargetDistribution`.

    Raises
    ------
    DesignError
        If no allowed profile has a chance, or too few for a task of different alternatives.
    """
    slots, weights = [], []
    for slot in space.slots:
        if profiles and slot.groups:
            new, chance = _joint(space, slot, profiles)
        else:
            new, chance = _product(space, slot, marginals)
        slots.append(new)
        weights.append(chance)
    chances = Chances(replace(space, slots=tuple(slots)), tuple(weights))
    _check_enough(chances)
    return chances


def _sums(codes: Codes, weights: Floats, count: int) -> Floats:
    sums: Floats = np.bincount(codes, weights, count).astype(np.float64)
    return sums


def _product(
    space: TaskSpace, slot: Slot, marginals: Mapping[str, Mapping[str, float]]
) -> tuple[Slot, tuple[Floats, ...]]:
    groups, weights = [], []
    for group in slot.groups:
        chance = np.ones(len(group.combinations))
        for column, m in enumerate(group.attributes):
            shares = _shares(space.study, m, marginals)
            chance *= shares[group.combinations[:, column]]
        alive = chance > 0
        if not alive.any():
            names = ", ".join(space.study.attribute_ids[m] for m in group.attributes)
            raise DesignError(
                f"no combination of {names} that the constraints allow has a share above zero",
                where="target",
                cure="Give more levels a share, or relax a constraint.",
            )
        groups.append(Group(group.attributes, group.combinations[alive]))
        weights.append(chance[alive] / chance[alive].sum())
    return replace(slot, groups=tuple(groups)), tuple(weights)


def _shares(study: Study, m: int, marginals: Mapping[str, Mapping[str, float]]) -> Floats:
    attribute = study.attributes[m]
    levels = [level.id for level in attribute.shown_levels]
    if attribute.id not in marginals:
        return np.full(len(levels), 1.0 / len(levels))
    return np.array([marginals[attribute.id][level] for level in levels])


def _joint(
    space: TaskSpace, slot: Slot, profiles: Sequence[tuple[Profile, float]]
) -> tuple[Slot, tuple[Floats, ...]]:
    label = slot.alternative if space.study.labelled else None
    mine = [(item.levels, weight) for item, weight in profiles if item.alternative == label]
    members = slot.attributes
    codes = np.array(
        [
            [space.cells[m].index(levels[space.study.attribute_ids[m]]) for m in members]
            for levels, _ in mine
        ],
        dtype=np.int64,
    )
    weights = np.array([weight for _, weight in mine])
    new = replace(slot, groups=(Group(members, codes),))
    return new, (weights / weights.sum(),)


def _check_enough(chances: Chances) -> None:
    needed = len(chances.space.slots)
    if not chances.space.exchangeable or chances.available[0] >= needed:
        return
    available = chances.available[0]
    raise DesignError(
        f"{needed} different alternatives are needed in a task, but the target gives only "
        f"{available} profile{'s' if available != 1 else ''} a chance",
        where="target",
        cure="Give more levels a share, add profiles, or ask for fewer alternatives.",
    )
