"""Temporary."""

from __future__ import annotations

from ccegov_choice.errors import Problem
from ccegov_choice.study.study import Study


def problems_of(study: Study) -> tuple[Problem, ...]:
    return ()
