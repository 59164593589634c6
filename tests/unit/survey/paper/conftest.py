"""Surveys to print: those we ship, and one with every kind of question."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[4]
GALLERY = Path(__file__).parents[1] / "pages" / "gallery.py"


@pytest.fixture(scope="session")
def claim() -> Survey:
    """Five languages, an opt-out, reasons, write-ins, conditions."""
    return Survey.read(ROOT / "surveys" / "benefit-claim")


@pytest.fixture(scope="session")
def obligations() -> Survey:
    """A duty: labelled options, dual response, something drawn by lot."""
    return Survey.read(ROOT / "surveys" / "obligations")


@pytest.fixture(scope="session")
def everything() -> Callable[..., Survey]:
    """Make a survey with every kind of page and question: response, status_quo, languages."""
    spec = importlib.util.spec_from_file_location("gallery_of_pages", GALLERY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)

    def make(response: str = "choice", **more: object) -> Survey:
        survey = module.make_survey(response, **more)
        # no survey may ask a question twice, though a gallery may show it twice
        return replace(survey, pages=tuple(page for page in survey.pages if page.id != "alone"))

    return make
