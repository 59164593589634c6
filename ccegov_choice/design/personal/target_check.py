"""Reading what a target distribution was given, and finding everything that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ccegov_choice.design.check import is_empty
from ccegov_choice.design.words import cell_text, constraint_text
from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study

Shares = Mapping[str, Mapping[str, float]]
Given = Mapping[str, Mapping[str | float, float]]

SUM_TOLERANCE = 1e-6


def marginal_problems(study: Study, marginals: Mapping[str, Any]) -> list[Problem]:
    """Return everything that is wrong with shares of levels; see `TargetDistribution.of`."""
    problems = []
    for name, shares in marginals.items():
        if name not in study.attribute_ids:
            problems.append(unknown_name(name, study.attribute_ids, "attribute", where="target"))
        elif not isinstance(shares, Mapping):
            problems.append(
                Problem(
                    f"{shares!r} does not say which level has which share",
                    "Give level -> share.",
                    f"target of '{name}'",
                )
            )
        else:
            problems += _share_problems(study.attribute(name), shares)
    return problems


def read_marginals(study: Study, marginals: Given) -> dict[str, dict[str, float]]:
    """Return checked shares by level id, in the order of the study, scaled to sum to one."""
    found = {}
    for name in study.attribute_ids:
        if name in marginals:
            attribute = study.attribute(name)
            given = {_level_id(attribute, key): share for key, share in marginals[name].items()}
            total = math.fsum(given.values())
            # a sum that is one but for rounding stays, so that reading twice changes nothing
            scale = 1.0 if abs(total - 1.0) < 1e-12 else total
            found[name] = {lv.id: float(given[lv.id]) / scale for lv in attribute.shown_levels}
    return found


def profile_problems(
    study: Study, frame: pd.DataFrame, weight: str | Sequence[float] | None
) -> list[Problem]:
    """Return everything that is wrong with a list of profiles."""
    needed = [*(["alternative"] if study.labelled else []), *study.attribute_ids]
    problems = [
        Problem(f"the column '{name}' is missing", "Add it.", "profiles")
        for name in needed
        if name not in frame.columns
    ]
    if frame.empty:
        problems.append(Problem("there are no profiles", "Give at least one.", "profiles"))
    rows = [] if problems else frame.to_dict("records")
    problems += _weight_problems(frame, weight)
    for number, row in enumerate(rows, 1):
        problems += _row_problems(study, {str(k): v for k, v in row.items()}, f"profile {number}")
    if study.labelled and not problems:
        named = set(frame["alternative"])
        for item in study.alternatives:
            if item.id not in named and varied(study, item.id):
                cure = "Add a profile of it."
                problems.append(Problem(f"alternative '{item.id}' has no profile", cure))
    return problems


def read_profiles(
    study: Study, frame: pd.DataFrame, weight: str | Sequence[float] | None
) -> tuple[tuple[Profile, float], ...]:
    """Return checked profiles with their weights; equal profiles are put together."""
    found: dict[Profile, float] = {}
    for row, value in zip(frame.to_dict("records"), _weights(frame, weight), strict=True):
        alternative = str(row["alternative"]) if study.labelled else None
        names = [item.id for item in varied(study, alternative)]
        profile = Profile({name: row[name] for name in names}, alternative)
        found[profile] = found.get(profile, 0.0) + float(value)
    return tuple(found.items())


def varied(study: Study, alternative: str | None) -> tuple[Attribute, ...]:
    """Return the attributes that an alternative varies: it has them and does not fix them."""
    known = {item.id: item for item in study.alternatives}
    own = known[alternative].levels or {} if alternative in known else {}
    return tuple(item for item in study.attributes_of(alternative) if item.id not in own)


def _share_problems(attribute: Attribute, shares: Mapping[str | float, float]) -> list[Problem]:
    where = f"target of '{attribute.id}'"
    shown = [level.id for level in attribute.shown_levels]
    problems, named = [], []
    for key, share in shares.items():
        level = _level_id(attribute, key)
        if level in attribute.floor:
            told = f"level '{level}' is under the floor, so it is never shown"
            problems.append(Problem(told, "Leave it out.", where))
        elif level is None:
            problems.append(unknown_name(key, shown, "level", where=where))
        elif level in named:
            problems.append(Problem(f"level '{level}' comes twice", "Give it one share.", where))
        named.append(level)
        if not _is_share(share):
            told = f"the share {share!r} of '{key}' is not a number between 0 and 1"
            problems.append(Problem(told, "Give a share such as 0.25.", where))
    missing = [level for level in shown if level not in named]
    if missing:
        told = f"{', '.join(missing)} ha{'ve' if len(missing) > 1 else 's'} no share"
        problems.append(Problem(told, "Give every level a share (0 never shows it).", where))
    if not problems:
        total = math.fsum(shares.values())
        if abs(total - 1.0) > SUM_TOLERANCE:
            told = f"the shares sum to {total:g}, not to 1"
            problems.append(Problem(told, f"Divide each by {total:g}, or correct them.", where))
    return problems


def _is_share(share: object) -> bool:
    return (
        isinstance(share, int | float | np.number)
        and not isinstance(share, bool)
        and bool(0.0 <= float(share) <= 1.0)
    )


def _level_id(attribute: Attribute, key: str | float) -> str | None:
    for level in attribute.levels:
        if key == level.id or (level.value is not None and key == level.value):
            return level.id
    return None


def _weights(frame: pd.DataFrame, weight: str | Sequence[float] | None) -> Sequence[Any]:
    if weight is None:
        return [1.0] * len(frame)
    return list(frame[weight]) if isinstance(weight, str) else list(weight)


def _weight_problems(frame: pd.DataFrame, weight: str | Sequence[float] | None) -> list[Problem]:
    if isinstance(weight, str) and weight not in frame.columns:
        return [unknown_name(weight, frame.columns, "column", where="weight")]
    weights = _weights(frame, weight)
    if len(weights) != len(frame):
        told = f"there are {len(weights)} weights for {len(frame)} profiles"
        return [Problem(told, "Give one weight per profile.", "weight")]
    return [
        Problem(
            f"the weight {value!r} is not a positive number",
            "Give a positive weight, or leave the profile out.",
            f"profile {number}",
        )
        for number, value in enumerate(weights, 1)
        if not isinstance(value, int | float | np.number) or not 0.0 < float(value) < math.inf
    ]


def _row_problems(study: Study, row: Mapping[str, Any], where: str) -> list[Problem]:
    alternative = str(row["alternative"]) if study.labelled else None
    names = [item.id for item in study.alternatives]
    if study.labelled and alternative not in names:
        return [unknown_name(alternative, names, "alternative", where=where)]
    problems: list[Problem] = []
    for attribute in varied(study, alternative):
        problems += _cell_problems(attribute, row[attribute.id], where)
    if problems:
        return problems
    own = study.alternative(alternative).fixed if alternative is not None else {}
    levels = {**own, **{item.id: row[item.id] for item in varied(study, alternative)}}
    levels["alternative"] = alternative or ""
    return [
        Problem(
            f"the combination is not allowed: {constraint_text(constraint)}",
            "Leave the profile out, or relax the constraint.",
            where,
        )
        for constraint in study.constraints
        if not constraint.allows(levels)
    ]


def _cell_problems(attribute: Attribute, cell: object, where: str) -> list[Problem]:
    if is_empty(cell):
        return [Problem(f"{attribute.id} is empty", "Give it a level.", where)]
    shown = [attribute.cell(level) for level in attribute.shown_levels]
    if cell in shown:
        return []
    if any(cell == attribute.cell(level) for level in attribute.levels):
        told = f"{attribute.id} = '{cell_text(cell)}' lies under the floor"
        return [Problem(told, "Leave the profile out.", where)]
    if attribute.is_numeric and isinstance(cell, int | float | np.number):
        nearest = min(shown, key=lambda value: abs(float(value) - float(cell)))
        return [
            Problem(
                f"{attribute.id} = {float(cell):g} is not a level of the study",
                f"Round it to a level that is shown; the nearest is {cell_text(nearest)}.",
                where,
            )
        ]
    texts = [cell_text(value) for value in shown]
    return [unknown_name(cell_text(cell), texts, f"level of {attribute.id}", where=where)]
