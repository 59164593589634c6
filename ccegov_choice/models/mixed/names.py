"""Who is random in a mixed logit: coefficients by the names of their attributes, and groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.models.mixed.distributions import Distribution

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.study.utility import Utility


def random_coefficients(model: MixedLogit, utility: Utility) -> dict[str, Distribution]:
    """Return the distribution of each random coefficient: an attribute stands for its levels.

    Raises
    ------
    UtilityError
        Listing every name that is neither a coefficient nor an attribute.
    """
    allowed = [name for name in utility.names if name != model.pay_in]
    return by_coefficient(model.random, allowed, "random")


def by_coefficient(
    given: Mapping[str, Distribution], allowed: Sequence[str], where: str
) -> dict[str, Distribution]:
    """Return the distribution of each coefficient: an attribute stands for its levels.

    Raises
    ------
    UtilityError
        Listing every name that is neither a coefficient nor an attribute.
    """
    found: dict[str, Distribution] = {}
    problems: list[Problem] = []
    for name, distribution in given.items():
        levels = [each for each in allowed if each == name or each.startswith(f"{name}[")]
        if not levels:
            problems.append(unknown_name(name, allowed, "coefficient", where=where))
        found.update(dict.fromkeys(levels, distribution))
    if problems:
        raise UtilityError.of(problems, "The random coefficients have {count} problems:")
    return {name: found[name] for name in allowed if name in found}


def correlated_groups(model: MixedLogit, random: Mapping[str, Distribution]) -> list[list[str]]:
    """Return the groups of coefficients whose draws are correlated.

    Raises
    ------
    UtilityError
        If a group names a coefficient that is not random, or not normal inside, or comes twice.
    """
    if model.correlated is False:
        return []
    if model.correlated is True:
        given: list[Sequence[str]] = [[n for n, d in random.items() if d.normal_inside]]
    else:
        given = [list(group) for group in model.correlated]
    groups = [
        [n for n in random if any(n == name or n.startswith(f"{name}[") for name in group)]
        for group in given
    ]
    problems = [
        unknown_name(name, random, "random coefficient", where="correlated")
        for group in given
        for name in group
        if not any(n == name or n.startswith(f"{name}[") for n in random)
    ]
    members = [name for group in groups for name in group]
    problems += [
        Problem(f"'{name}' stands in two groups", "Name it once.", "correlated")
        for name in dict.fromkeys(members)
        if members.count(name) > 1
    ]
    problems += [
        Problem(
            f"'{name}' is {random[name]}, and only draws that are normal inside can be correlated",
            "Leave it out of the group, or make it Normal, LogNormal, CensoredNormal or JohnsonSB.",
            "correlated",
        )
        for name in dict.fromkeys(members)
        if not random[name].normal_inside
    ]
    if problems:
        raise UtilityError.of(problems, "The correlations have {count} problems:")
    return [group for group in groups if group]
