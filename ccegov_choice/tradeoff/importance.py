"""Attribute importance: how much of what moves choices each attribute holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from ccegov_choice.errors import TradeOffError, unknown_name
from ccegov_choice.models.results import Results
from ccegov_choice.study.contrast import Standpoint, Vector
from ccegov_choice.tradeoff.attribute_importance import RANGES, AttributeImportance, Importance
from ccegov_choice.tradeoff.importance_kinds import Kind, sizes_of
from ccegov_choice.tradeoff.importance_tastes import Tastes
from ccegov_choice.tradeoff.profile_mix import ProfileMix, profile_mix

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.design.personal.target import TargetDistribution

__all__ = ["AttributeImportance", "Importance", "importance"]

_UPWARD = (
    "A part cannot be below zero, so an attribute without any effect still shows a small share."
)
_PAIRS, _PAIRS_POINTS = 1000, 200


def importance(
    results: Results,
    *,
    kind: Kind = "range",
    profiles: pd.DataFrame | TargetDistribution | None = None,
    level: float = 0.95,
    draws: int | None = None,
    seed: int = 1,
    at: Mapping[str, Any] | None = None,
    data: ChoiceData | pd.DataFrame | None = None,
    language: str | None = None,
) -> Importance:
    """Return each attribute's share of what moves choices.

    Intervals are made by draws of the parameters. Where tastes differ between people, shares are
    made for each taste, and averaged over people.

    Parameters
    ----------
    results : Results
        A fitted model of any family.
    kind : {"range", "variance", "elasticity"}
        What is shared out: the *range* of utility over the levels that occur; the *variance* of
        utility between services (with Shapley effects where levels go together); or how much the
        choice between two services changes when an attribute of one of them alone takes another
        level (``"elasticity"``: it is measured in chances, and so knows that an attribute cannot
        sway those who have decided).
    profiles : DataFrame or TargetDistribution, optional
        The services it is about: one row per service, a column per attribute, ``weight`` if they
        do not count the same. Without it, every level that may be shown is as frequent.
    level : float
        Confidence level.
    draws : int, optional
        Draws of the parameters: 10,000, or 1,000 of effects, or 200 where tastes differ.
    seed : int
        Of the draws.
    at : mapping, optional
        Covariates of a person, the ``"alternative"``, or levels of attributes that interact;
        others are held at their base level, which the notes say.
    data : ChoiceData or DataFrame, optional
        For the average over people, where tastes depend on covariates.
    language : str, optional
        Of the labels.

    Returns
    -------
    Importance

    Raises
    ------
    TradeOffError
        If tastes depend on covariates and neither `at` nor `data` says whose, or differ between
        alternatives and none is named; or the profiles hold what nobody was asked about.

    Notes
    -----
    The share depends on the levels: it compares ranges, or services as they differ, not attributes
    as such. A willingness to trade does not.
    """
    _check(kind, level)
    stand = Standpoint(results.utility, dict(at or {}), data)
    read = [a for a in results.study.attributes if a.id in results.utility.reads]
    attributes = [a for a in read if stand.has(a)]
    if not attributes:
        raise TradeOffError(
            "the utility contains no attribute",
            where=f"utility '{results.utility.formula}'",
            cure="Put attributes into it.",
        )
    mix = profile_mix(stand, attributes, profiles)
    tastes = Tastes.of(results, kind, data)
    sizes = sizes_of(kind, mix, pairs=_PAIRS_POINTS if tastes.many else _PAIRS, seed=seed)
    shares, mean = tastes.shares(sizes, results.estimates)
    many = draws or (200 if tastes.many else 1_000 if kind == "elasticity" else 10_000)
    limits = [0.5 - level / 2, 0.5 + level / 2]
    low, high = np.quantile(tastes.sampled(sizes, many, seed), limits, axis=0)
    items = [
        _item(mix, j, mean, (float(shares[j]), float(low[j]), float(high[j])), language)
        for j in range(len(attributes))
    ]
    items.sort(key=lambda item: -item.share)
    notes = [RANGES, _UPWARD, *mix.notes, *tastes.notes, *stand.missing()]
    notes += [note for a in attributes for note in stand.notes(a)]
    sample = f"{results.people:,} people, {results.tasks:,} choices."
    told = tuple(dict.fromkeys(notes))
    return Importance(tuple(items), level, many, seed, told, kind, mix.words, sample)


def _check(kind: str, level: float) -> None:
    if kind not in get_args(Kind):
        raise TradeOffError.of([unknown_name(kind, get_args(Kind), "kind", where="kind")])
    if not 0 < level < 1:
        raise TradeOffError(
            f"a confidence level lies between 0 and 1, not at {level:g}",
            where="level",
            cure="Give 0.95 for 95 %.",
        )


def _item(
    mix: ProfileMix,
    j: int,
    mean: Vector,
    share: tuple[float, float, float],
    language: str | None,
) -> AttributeImportance:
    worth, ids, attribute = mix.worth[j] @ mean, mix.levels[j], mix.attributes[j]
    return AttributeImportance(
        attribute.id,
        attribute.text(language),
        *share,
        float(np.ptp(worth)),
        ids[int(worth.argmin())],
        ids[int(worth.argmax())],
    )
