"""The same study with fewer attributes, and what a prior says about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.formula import parse_terms
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

_MOST_OPTIONAL = 8


def attribute_choices(study: Study, optional: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return every set of attributes that leaves out some, or none, of those that may be.

    Parameters
    ----------
    study : Study
        The whole study.
    optional : sequence of str
        Attributes that may be left out, at most eight.

    Returns
    -------
    tuple of tuple of str
        The whole study first, then with one attribute less, and so on.

    Raises
    ------
    DesignError
        If an attribute is unknown, or there are more than eight.
    """
    known = study.attribute_ids
    problems = [unknown_name(n, known, "attribute", where="optional") for n in optional]
    problems = [p for p, n in zip(problems, optional, strict=True) if n not in known]
    if len(set(optional)) > _MOST_OPTIONAL:
        problem = f"{len(set(optional))} optional attributes make {2 ** len(set(optional)):,} sets"
        problems.append(Problem(problem, "Name the sets themselves.", "optional"))
    if problems:
        raise DesignError.of(problems)
    chosen = [name for name in known if name in optional]
    return tuple(
        tuple(name for name in known if name not in left_out)
        for size in range(len(chosen) + 1)
        for left_out in combinations(chosen, size)
    )


def narrow_study(study: Study, keep: Iterable[str]) -> tuple[Study, tuple[str, ...]]:
    """Return the study without some attributes, and what else went with them.

    Constraints that name an attribute that is left out go too, since people no longer see it.
    """
    kept = set(keep)
    left_out = [name for name in study.attribute_ids if name not in kept]
    constraints = tuple(c for c in study.constraints if not set(c.attributes) & set(left_out))
    narrow = replace(
        study,
        attributes=tuple(a for a in study.attributes if a.id in kept),
        alternatives=tuple(_narrow_alternative(a, kept) for a in study.alternatives),
        opt_out=None if study.opt_out is None else _narrow_alternative(study.opt_out, kept),
        constraints=constraints,
        numeraires=tuple(n for n in study.numeraires if n.attribute in kept),
    )
    notes = [f"left out: {', '.join(left_out)}"] if left_out else []
    gone = len(study.constraints) - len(constraints)
    if gone:
        words = "a constraint names" if gone == 1 else f"{gone} constraints name"
        notes.append(f"{words} what is left out, and no longer hold{'s' if gone == 1 else ''}")
    return narrow, tuple(notes)


def narrow_prior(prior: Prior, narrow: Study) -> Prior:
    """Return what a prior says about the coefficients that are left.

    Terms that read an attribute that is left out go, interactions too. What is left out is taken
    to stay at its base, so that the other beliefs hold as they are.
    """
    gone = set(prior.study.attribute_ids) - set(narrow.attribute_ids)
    terms = zip(parse_terms(prior.utility.formula), prior.utility.terms, strict=True)
    left = [
        ":".join(factor.expr for factor in parsed)
        for parsed, term in terms
        if not gone & set(term.reads)
    ]
    utility = Utility(" + ".join(left), narrow)
    beliefs = {name: prior.beliefs[name] for name in utility.names}
    correlation = prior.correlation
    if correlation is not None:
        places = [prior.names.index(name) for name in utility.names]
        correlation = correlation[np.ix_(places, places)]
    return Prior(utility, beliefs, correlation)


def _narrow_alternative(alternative: Alternative, kept: set[str]) -> Alternative:
    levels = {k: v for k, v in (alternative.levels or {}).items() if k in kept}
    return replace(alternative, levels=levels or None)
