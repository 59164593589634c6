"""What every test may rely on: public data where they are, and no skipping in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_SHARED = Path(__file__).parents[2] / "shared" / "data"

if "CCEGOV_DATA_DIR" not in os.environ and _SHARED.is_dir():
    os.environ["CCEGOV_DATA_DIR"] = str(_SHARED)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skipped test into a failure where everything must run (CI)."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CCEGOV_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI skips nothing: {report.longrepr}"
