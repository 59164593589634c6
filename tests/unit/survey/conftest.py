"""Copies of the shipped surveys, to be broken in one place at a time."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from ccegov_choice.errors import Problem
from ccegov_choice.survey.reading.survey_file import examine
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[3]


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
