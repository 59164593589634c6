"""Surveys in the field, in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from citizen import KEY, SURVEYS, Clock, Field, brief_survey

from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.app import create_app
from ccegov_choice.survey.server.settings import Limits, ServerSettings
from ccegov_choice.survey.survey import Survey


@pytest.fixture
def fielded(tmp_path: Path) -> Iterator[Callable[..., Field]]:
    """Return a function that puts a survey into the field."""
    opened: list[ResponseStore] = []

    def field_it(survey: Survey, **settings: object) -> Field:
        clock = Clock()
        store = ResponseStore.open(f"sqlite:///{tmp_path / 'answers.sqlite'}", clock=clock)
        opened.append(store)
        served = ServerSettings(**{"key": KEY, "limits": Limits(0, 0, 0)} | settings)
        return Field(survey, store, clock, create_app(survey, store, served, clock=clock))

    yield field_it
    for store in opened:
        store.close()


@pytest.fixture
def brief(benefit_claim: Survey) -> Callable[..., Survey]:
    """Return a function that makes a short survey."""
    return partial(brief_survey, benefit_claim)


@pytest.fixture(scope="session")
def benefit_claim() -> Survey:
    """Return the survey that the package ships."""
    return Survey.read(SURVEYS / "benefit-claim")
