"""Importing the package loads nothing heavy; the command line answers before they are loaded."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "pandas", "scipy", "numba", "formulaic", "statsmodels", "matplotlib", "jinja2")


@pytest.mark.parametrize(
    "statement",
    [
        "import ccegov_choice",
        "from ccegov_choice.cli.main import build_parser; build_parser()",
        "import ccegov_choice as cc; cc.Study; cc.Attribute; cc.library.attribute('ac_channel')",
    ],
)
def test_nothing_heavy_is_loaded(statement):
    code = f"import sys; {statement}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
