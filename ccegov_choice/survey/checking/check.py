"""Everything that keeps a survey from being fielded, each with its place and its cure."""

from __future__ import annotations

from ccegov_choice.errors import Problem
from ccegov_choice.survey.survey import Survey


def problems_of(survey: Survey) -> tuple[Problem, ...]:
    """Return every problem of a survey; none if it can be fielded."""
    return ()
