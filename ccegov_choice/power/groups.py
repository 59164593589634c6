"""Groups of people whose tastes differ, and the questions about how they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.power.question import Question
from ccegov_choice.study.study import Study


@dataclass(frozen=True)
class Group:
    """A group of people whose tastes differ.

    Parameters
    ----------
    share : float
        Share of the people.
    shift : mapping of str to float
        What is added to the coefficients of the truth; those not named do not differ.
    """

    share: float
    shift: Mapping[str, float] = field(default_factory=dict)


Groups = Mapping[str, Mapping[str, Group]]


def check_groups(groups: Groups, study: Study, names: Sequence[str]) -> list[Problem]:
    """Return everything that is wrong with groups."""
    problems: list[Problem] = []
    for covariate, members in groups.items():
        where = f"groups['{covariate}']"
        if covariate not in study.covariate_ids:
            problems.append(unknown_name(covariate, study.covariate_ids, "covariate", where=where))
        elif levels := study.covariate(covariate).level_ids:
            problems += [
                unknown_name(member, levels, f"level of {covariate}", where=where)
                for member in members
                if str(member) not in levels
            ]
        shares = [group.share for group in members.values()]
        if len(shares) < 2 or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
            told = ", ".join(f"{share:g}" for share in shares)
            cure = "Give two groups or more, such as {'no': Group(0.7), 'yes': Group(0.3, {...})}."
            problems.append(
                Problem(f"the shares ({told}) are not two or more that sum to one", cure, where)
            )
        if all(not group.shift for group in members.values()):
            cure = "Say by how much a taste differs: Group(0.3, {'wait': -0.02})."
            problems.append(Problem("no group differs in anything", cure, where))
        for member, group in members.items():
            problems += _shift_problems(group.shift, names, f"{where}['{member}']")
    return problems


def difference_questions(
    questions: Sequence[Question], groups: Groups, names: Sequence[str]
) -> list[Question]:
    """Return the differences between each group and the first, in what they differ in.

    A coefficient is asked about if one of the two has a shift in it, a trade if a shifted
    coefficient is part of it.
    """
    found: list[Question] = []
    for covariate, members in groups.items():
        reference, *others = members
        for other in others:
            shifted = {*members[reference].shift, *members[other].shift}
            found += [
                question.compared(covariate, other, reference)
                for question in questions
                if _touches(question, names, shifted)
            ]
    return found


def _touches(question: Question, names: Sequence[str], shifted: set[str]) -> bool:
    used = question.gain != 0
    if question.payment is not None:
        used = used | (question.payment != 0)
    return any(name in shifted for name, is_used in zip(names, used, strict=True) if is_used)


def _shift_problems(shift: Mapping[str, float], names: Sequence[str], where: str) -> list[Problem]:
    """Return what is wrong with how a group differs."""
    problems = [unknown_name(n, names, "coefficient", where=where) for n in shift if n not in names]
    problems += [
        Problem(f"'{n}' differs by {value!r}", "Give a finite number.", where)
        for n, value in shift.items()
        if n in names and not np.isfinite(float(value))
    ]
    return problems
