"""The gallery of every kind of page, and a reader of pages: modules that stand beside this file."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _beside(name: str) -> ModuleType:
    known = f"survey_pages_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, Path(__file__).parent / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[known] = module
        spec.loader.exec_module(module)
    return sys.modules[known]


@pytest.fixture(scope="session")
def rooms() -> ModuleType:
    """The module `gallery`."""
    return _beside("gallery")


@pytest.fixture(scope="session")
def parse():
    """What makes a `Parsed` page of HTML."""
    return _beside("parsing").Parsed
