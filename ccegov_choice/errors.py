"""Every error and warning: what is wrong, where, and what to do about it.

A message is written for somebody who knows their study, not this code. Checks read the whole
input first, so that one error lists every problem at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what the user gave.

    Parameters
    ----------
    problem : str
        What is wrong, in the user's own names.
    cure : str
        What the user can do about it.
    where : str or None
        File and line, row numbers, or the name of the object.
    """

    problem: str
    cure: str
    where: str | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.problem}\n    -> {self.cure}"


class ChoiceError(Exception):
    """The root of all errors of this package.

    Parameters
    ----------
    problem : str
        What is wrong.
    where : str, optional
        File and line, rows, or object.
    cure : str
        What to do; always given.
    problems : sequence of Problem, optional
        All problems found, when there is more than one.
    """

    def __init__(
        self,
        problem: str,
        *,
        where: str | None = None,
        cure: str,
        problems: Sequence[Problem] = (),
    ) -> None:
        self.problem = problem
        self.where = where
        self.cure = cure
        self.problems: tuple[Problem, ...] = tuple(problems) or (Problem(problem, cure, where),)
        super().__init__(self._message())

    def _message(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        listed = "\n".join(f"{i}. {problem}" for i, problem in enumerate(self.problems, 1))
        return f"{self.problem}\n{listed}"

    @classmethod
    def of(
        cls, problems: Iterable[Problem], headline: str = "There are {count} problems:"
    ) -> ChoiceError:
        """Make one error out of all the problems that were found."""
        found = tuple(problems)
        first = found[0]
        if len(found) == 1:
            return cls(first.problem, where=first.where, cure=first.cure)
        return cls(headline.format(count=len(found)), cure=first.cure, problems=found)


class StudyError(ChoiceError):
    """A study, attribute, level, constraint or wording is not usable as it stands."""


class DesignError(ChoiceError):
    """A design cannot be made, read or verified."""


class SurveyError(ChoiceError):
    """A survey, its pages, texts or settings cannot be fielded as they stand."""


class ResponseError(ChoiceError):
    """Answers cannot be kept, found or handed out."""


class DataError(ChoiceError):
    """Choice data break a rule that every choice data set must keep."""


class UtilityError(ChoiceError):
    """A utility formula names something unknown or cannot be coded."""


class IdentificationError(ChoiceError):
    """The data cannot tell one or more coefficients apart."""


class ConvergenceError(ChoiceError):
    """The search for the best estimates stopped before it got there.

    Attributes
    ----------
    best : object
        The best results reached, marked as not converged; None where there are none.
    """

    best: object = None


class CovarianceError(ChoiceError):
    """Standard errors of the kind asked for do not exist."""


class TasteError(ChoiceError):
    """Something was asked of everybody's tastes, and the model says that they differ."""


class TradeOffError(ChoiceError):
    """A willingness to trade, or its interval, does not exist as asked."""


class PolicyError(ChoiceError):
    """A scenario or forecast does not make sense for this study."""


class FileFormatError(ChoiceError):
    """A file is not what it should be."""


class ProvenanceError(ChoiceError):
    """An artefact does not match the record of how it was made."""


class MissingExtraError(ChoiceError):
    """An optional package is needed; the cure says which to install."""


class ChoiceWarning(UserWarning):
    """Something that a careful analyst would want to know; the work went on."""


class UtilityMaximisationWarning(ChoiceWarning):
    """Estimates that no people could have who always take what is best for them."""


def unknown_name(
    name: object, allowed: Iterable[object], what: str, *, where: str | None = None
) -> Problem:
    """Say that a name is unknown, which ones are known, and which is nearest.

    Parameters
    ----------
    name : object
        The name that was given.
    allowed : iterable
        The names that exist.
    what : str
        What kind of name it is, such as ``"attribute"``.
    where : str, optional
        File and line, rows, or object.
    """
    known = [str(item) for item in allowed]
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    hint = f"Did you mean '{near[0]}'? " if near else ""
    shown = known if len(known) <= 40 else [*known[:40], f"... {len(known) - 40} more"]
    listing = ", ".join(shown) if known else "none is defined"
    return Problem(f"unknown {what} '{name}'", f"{hint}Known: {listing}.", where)
