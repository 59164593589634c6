"""People who do not attend to some attributes: inferred from choices, or said by themselves."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.classes.spec import ClassSpec, known_names
from ccegov_choice.study.formula import parse_terms
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    from ccegov_choice.study.study import Study

_MOST_CLASSES = 64
EVERYTHING = "attends all"


def AttributeNonAttendance(  # noqa: N802 - it makes a model and is called like one
    utility: Utility,
    attributes: Sequence[str],
    *,
    patterns: Literal["all"] | Sequence[Sequence[str]] = "all",
    shares: Literal["free", "independent"] = "free",
    **arguments: Any,
) -> LatentClass:
    """Return classes of people who ignore some attributes and otherwise have the same tastes.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    attributes : sequence of str
        ``K`` attributes (or coefficients) that some may ignore.
    patterns : "all" or sequence of sequences of str
        What a class ignores: all ``2^K`` combinations, or those listed. That of people who ignore
        nothing is always the first.
    shares : {"free", "independent"}
        A share for each pattern; or one chance of being ignored for each attribute, independent of
        the others, ``member[ignores wait]`` (a log-odds).
    **arguments
        Passed to `LatentClass`: ``membership``, ``fixed``, ``bounds``, ...

    Returns
    -------
    LatentClass
        Coefficients have the names of the utility; those that a class ignores are zero.

    Raises
    ------
    UtilityError
        If names are unknown, patterns come twice, or there are more than 64 classes.

    References
    ----------
    Scarpa et al. (2009), European Review of Agricultural Economics 36, 151-174. Hole (2011),
    Economics Letters 110, 203-205 (independent shares).

    Examples
    --------
    >>> model = AttributeNonAttendance(Utility("wait + price"), ["wait", "price"])
    >>> model.class_names
    ('attends all', 'ignores wait', 'ignores price', 'ignores wait, price')
    """
    ignored = _patterns(list(attributes), patterns)
    _check(utility, list(attributes), ignored, shares)
    specs = [
        ClassSpec(
            f"ignores {', '.join(pattern)}" if pattern else EVERYTHING,
            ignores=pattern,
            traits=_traits(pattern) if shares == "independent" else None,
        )
        for pattern in ignored
    ]
    return LatentClass(utility, specs, **{"common": ("*",), **arguments})


def _traits(pattern: Sequence[str]) -> dict[str, float]:
    return {f"ignores {name}": 1.0 for name in pattern}


def _patterns(attributes: list[str], patterns: object) -> list[tuple[str, ...]]:
    if patterns == "all":
        subsets = (itertools.combinations(attributes, size) for size in range(len(attributes) + 1))
        return [subset for group in subsets for subset in group]
    listed = [tuple(pattern) for pattern in patterns]  # type: ignore[attr-defined]
    return [(), *(pattern for pattern in listed if pattern)]


def _check(
    utility: Utility, attributes: list[str], ignored: list[tuple[str, ...]], shares: str
) -> None:
    where = "AttributeNonAttendance"
    problems = []
    if shares not in ("free", "independent"):
        problems.append(
            Problem(f"shares={shares!r} is unknown", "Give 'free' or 'independent'.", where)
        )
    stray = dict.fromkeys(n for pattern in ignored for n in pattern if n not in attributes)
    problems += [unknown_name(name, attributes, "attribute", where="patterns") for name in stray]
    if utility.study is not None:
        known = known_names(utility)
        problems += [
            unknown_name(name, known, "attribute or coefficient", where="attributes")
            for name in attributes
            if name not in known
        ]
    if len({frozenset(pattern) for pattern in ignored}) < len(ignored):
        problems.append(Problem("a pattern comes twice", "Give each once.", "patterns"))
    if len(ignored) > _MOST_CLASSES:
        cure = "List the patterns that are likely: patterns=[['wait'], ['wait', 'price']]."
        problems.append(Problem(f"{len(ignored)} classes are too many to tell", cure, where))
    if problems:
        raise UtilityError.of(problems, "The patterns have {count} problems:")


def stated_non_attendance(
    utility: Utility,
    stated: Mapping[str, str],
    *,
    ignored: Literal["zero", "own"] = "zero",
    study: Study | None = None,
) -> Utility:
    """Return a utility in which attributes count only for those who say that they attend to them.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    stated : mapping of str to str
        Attribute -> covariate that says who ignored it: numeric 0 and 1, or two levels of which
        the base (the first) is to attend.
    ignored : {"zero", "own"}
        The coefficient of those who ignored it: zero, or one of their own. People who say that
        they ignored an attribute often only care less, so "own" is the check of "zero".
    study : Study, optional
        The study, where the utility does not know it yet.

    Returns
    -------
    Utility
        With terms such as ``wait:I(1 - ignored_wait)``.

    Raises
    ------
    UtilityError
        If a name is unknown, or a covariate is neither 0 and 1 nor two levels.

    References
    ----------
    Hess & Hensher (2010), Transportation Research B 44, 781-790.
    """
    if study is not None:
        utility = utility.bind(study)
    bound = utility.study
    if bound is None:
        raise UtilityError(
            "this utility does not know its study yet",
            where="stated_non_attendance",
            cure="Give it: stated_non_attendance(utility, stated, study=data.study).",
        )
    _check_stated(utility, bound, stated)
    parts = []
    for parsed, term in zip(parse_terms(utility.formula), utility.terms, strict=True):
        text = ":".join(factor.expr for factor in parsed)
        said = [stated[name] for name in term.reads if name in stated]
        attends = [_indicator(bound, name, attending=True) for name in said]
        parts.append(":".join([text, *attends]))
        if said and ignored == "own":
            parts.append(":".join([text, *(_indicator(bound, n, attending=False) for n in said)]))
    return Utility(" + ".join(parts), bound)


def _check_stated(utility: Utility, study: Study, stated: Mapping[str, str]) -> None:
    where, known = "stated", [c.id for c in study.covariates]
    problems = [
        unknown_name(name, utility.reads, "attribute of the utility", where=where)
        for name in stated
        if name not in utility.reads
    ]
    for name in dict.fromkeys(stated.values()):
        if name not in known:
            problems.append(unknown_name(name, known, "covariate", where=where))
            continue
        covariate = study.covariate(name)
        if not covariate.is_numeric and len(covariate.level_ids) != 2:
            problems.append(
                Problem(
                    f"'{name}' has {len(covariate.level_ids)} levels",
                    "Give a covariate that is 0 or 1, or has two levels: attended and ignored.",
                    where,
                )
            )
    if problems:
        raise UtilityError.of(problems, "What people say has {count} problems:")


def _indicator(study: Study, name: str, *, attending: bool) -> str:
    """Write a factor that is one for those who attend (or ignore), and zero for others."""
    covariate = study.covariate(name)
    if covariate.is_numeric:
        return f"I(1 - {name})" if attending else name
    attends = covariate.base_id
    (ignores,) = (level for level in covariate.level_ids if level != attends)
    return f'dummy({name}, base="{ignores if attending else attends}")'
