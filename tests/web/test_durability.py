"""The real server is killed three times while citizens answer; the long version is a benchmark."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def durability(monkeypatch):
    """The benchmark as a module; what it sets elsewhere is set back."""
    from ccegov_choice.walk import browser, crowd

    monkeypatch.setattr(crowd, "Browser", crowd.Browser)
    for name in ("_UNREACHABLE_SECONDS", "_LONGEST_PAUSE"):
        monkeypatch.setattr(browser, name, getattr(browser, name))
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    own = {path.stem for path in BENCHMARKS.glob("*.py")}
    yield importlib.import_module("durability")
    for name in own:
        sys.modules.pop(name, None)


def test_nothing_is_lost_when_the_server_is_killed(durability, tmp_path) -> None:
    database = f"sqlite:///{tmp_path / 'answers.sqlite'}"
    outcome = durability.measure("sqlite", "kills", database, tmp_path, 3, people=12)
    assert outcome.faults == 3
    assert outcome.acknowledged > 50
    assert outcome.stored == outcome.acknowledged
    assert (outcome.lost, outcome.duplicated, outcome.leaked_places) == (0, 0, 0), outcome.details
