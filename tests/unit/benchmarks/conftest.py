"""The scripts of `benchmarks/` as modules: they stand outside the package and import each other."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture(scope="session")
def bench():
    """Give a function that imports a script by its name."""
    own = {path.stem for path in BENCHMARKS.glob("*.py")}
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module
    sys.path.remove(str(BENCHMARKS))
    for name in own:
        sys.modules.pop(name, None)
