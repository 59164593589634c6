"""The people of a rehearsal: tastes, answers to questions and behaviour, from ``people.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeAlias

from ccegov_choice._files import read_text
from ccegov_choice.errors import SurveyError
from ccegov_choice.models.tastes import ClassTaste, Taste, taste_problems
from ccegov_choice.study.lines import positions
from ccegov_choice.study.section import Notes, Section
from ccegov_choice.study.utility import Utility
from ccegov_choice.survey.question import Question
from ccegov_choice.survey.settings import VIEWS
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.behaviour import Behaviour

Shares: TypeAlias = Mapping[str, float]
_KEYS = ("class", "formula", "covariates", "behaviour", "languages", "views")
_CHOSEN = ("single", "multiple", "scale", "matrix")


@dataclass(frozen=True)
class People:
    """Simulated people whose tastes are known.

    Parameters
    ----------
    truth : ClassTaste, RandomTaste or mapping
        Their tastes.
    formula : str
        What the coefficients multiply; main effects of the study when empty.
    answers : mapping of str to mapping
        Question -> option -> share of the people (for a multiple choice, of ticks; for a number,
        ``low`` and ``high``). Options without one share what is left; whoever leads out of the
        survey must be named.
    languages, views : mapping of str to float
        Shares of languages, and of cards and table; main language and the survey's view if empty.
    behaviour : Behaviour
        What happens to them.
    """

    truth: Taste
    formula: str = ""
    answers: Mapping[str, Shares] = field(default_factory=dict)
    languages: Shares = field(default_factory=dict)
    views: Shares = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)

    def utility(self, survey: Survey) -> Utility:
        """Return what the coefficients multiply."""
        study = survey.study
        return Utility(self.formula, study) if self.formula else Utility.main_effects(study)

    def require_fitting(self, survey: Survey, where: str = "people.toml") -> None:
        """Raise `SurveyError` listing every coefficient that the utility lacks or misses."""
        problems = taste_problems(self.truth, self.utility(survey).names, {})
        if problems:
            raise SurveyError.of(problems, f"The citizens of {where} have {{count}} problems:")

    @classmethod
    def read(cls, path: str | Path, survey: Survey) -> People:
        """Read ``people.toml``.

        Parameters
        ----------
        path : str or Path
            A file with ``[[class]]`` tables as `ClassTaste.read` takes them, and optionally
            ``formula``, ``[covariates]`` (shares of answers by question), ``[languages]``,
            ``[views]`` and ``[behaviour]``. Coefficients left out are zero.
        survey : Survey
            What they will answer.

        Raises
        ------
        FileFormatError
            If the file is missing, is not TOML, or a class is not whole.
        SurveyError
            Listing every unknown question, option, language or coefficient.
        """
        truth = ClassTaste.read(path)
        text = read_text(path)
        notes = Notes(positions(text, str(path)))
        top = Section(tomllib.loads(text), (), "the file", notes)
        top.only(_KEYS)
        people = cls(
            truth,
            top.words("formula"),
            _answers(top, survey),
            _shares(top, "languages", survey.languages),
            _shares(top, "views", VIEWS),
            _behaviour(top),
        )
        if notes.problems:
            raise SurveyError.of(notes.problems, f"{path} has {{count}} problems:")
        names = people.utility(survey).names
        people = replace(people, truth=_with_zeros(truth, names))
        people.require_fitting(survey, str(path))
        return people


def _with_zeros(truth: ClassTaste, names: tuple[str, ...]) -> ClassTaste:
    """Return the classes with zero for every coefficient that no class names."""
    zeros = dict.fromkeys(names, 0.0)
    return ClassTaste(
        {
            name: (share, {**zeros, **(taste if isinstance(taste, Mapping) else taste.mean)})
            for name, (share, taste) in truth.classes.items()
        }
    )


def _answers(top: Section, survey: Survey) -> dict[str, Shares]:
    section = top.table("covariates", "the covariates")
    if section is None:
        return {}
    section.only(survey.questions)
    known = [id for id in section.content if id in survey.questions]
    return {id: _shares(section, id, _allowed(survey.questions[id])) for id in known}


def _allowed(question: Question) -> tuple[str, ...]:
    return question.option_ids if question.kind in _CHOSEN else ("low", "high")


def _shares(section: Section, key: str, allowed: tuple[str, ...]) -> dict[str, float]:
    table = section.table(key, f"'{key}'")
    if table is None:
        return {}
    table.only(allowed)
    return {name: table.number(name) or 0.0 for name in table.content if name in allowed}


def _behaviour(top: Section) -> Behaviour:
    table = top.table("behaviour", "the behaviour")
    if table is None:
        return Behaviour()
    names = tuple(part.name for part in fields(Behaviour))
    table.only(names)
    given: dict[str, Any] = {}
    for name in names:
        value = table.number(name)
        if value is None:
            continue
        if not 0 <= value <= 1:
            table.wrong(name, "a share from 0 to 1", f"Write for instance {name} = 0.05.")
        else:
            given[name] = float(value)
    return Behaviour(**given)
