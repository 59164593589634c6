"""The shipped surveys, one with every kind of question, and copies to be broken in one place."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ccegov_choice.errors import Problem
from ccegov_choice.survey.reading.survey_file import examine
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[3]
GALLERY = Path(__file__).parent / "pages" / "gallery.py"


@dataclass
class Copy:
    """A copy of one shipped survey with its design."""

    folder: Path

    def edit(self, name: str, old: str, new: str) -> Copy:
        """Replace some text of a file, which must be there."""
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self

    def write(self, name: str, text: str) -> Copy:
        """Write a file."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")
        return self

    def problems(self) -> list[Problem]:
        """Return the problems of reading."""
        return examine(self.folder)[1]

    def read(self) -> Survey:
        """Read the survey."""
        return Survey.read(self.folder)


@pytest.fixture
def copy_of(tmp_path):
    """Make a copy of a shipped survey by its name."""

    def make(name: str) -> Copy:
        shutil.copytree(ROOT / "surveys" / name, tmp_path / "surveys" / name)
        shutil.copytree(
            ROOT / "designs", tmp_path / "designs", ignore=shutil.ignore_patterns("*.html")
        )
        return Copy(tmp_path / "surveys" / name)

    return make


@pytest.fixture
def benefit(copy_of):
    """The benefit claim in English only: quick to break."""
    found = copy_of("benefit-claim")
    for path in [*found.folder.glob("translations/*"), *found.folder.glob("pages/*.*.md")]:
        path.unlink()
    text = (found.folder / "survey.toml").read_text(encoding="utf-8")
    lines = [
        'languages = ["en"]' if line.startswith("languages") else line for line in text.split("\n")
    ]
    return found.write("survey.toml", "\n".join(lines))


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
