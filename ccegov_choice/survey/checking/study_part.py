"""The study of a survey, checked in the main language as its own file would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ccegov_choice.errors import Problem
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.wording import Text
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.wordings import reworded


def study_problems(survey: Survey) -> Iterator[Problem]:
    """Yield what `Study.check` finds; translations are checked with those of the survey."""
    main = survey.language if survey.languages else "en"

    def only(path: KeyPath, text: Text) -> Text:
        return text if isinstance(text, str) else text.get(main, "")

    plain = reworded(survey, only).study
    alone = replace(plain, languages=(main,))
    if survey.study.positions is not None:
        alone = alone.standing_at(survey.study.positions)
    yield from alone.check()
