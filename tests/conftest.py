"""What every test may rely on: public data where they are, PostgreSQL, no skipping in CI."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_SHARED = Path(__file__).parents[2] / "shared" / "data"

if "CCEGOV_DATA_DIR" not in os.environ and _SHARED.is_dir():
    os.environ["CCEGOV_DATA_DIR"] = str(_SHARED)


# simulation, browsers and everything that documents tell a reader to run
_THOROUGH = ("tests/recovery", "tests/e2e", "tests/examples", "analysis")


def pytest_collection_modifyitems(config, items):
    """Mark what takes minutes: `make test` runs it, plain `pytest` leaves it out."""
    root = Path(__file__).parents[1]
    folders = tuple(root / folder for folder in _THOROUGH)
    for item in items:
        if any(folder in item.path.parents for folder in folders):
            item.add_marker(pytest.mark.thorough)
    asked = config.args_source.name == "ARGS" and _named(config.args, folders)
    if config.option.markexpr or asked:
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    items[:] = [item for item in items if not item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left_out)


def _named(arguments, folders) -> bool:
    """Say whether somebody asks for a thorough test by its path."""
    paths = [Path(argument.partition("::")[0]).resolve() for argument in arguments]
    return any(folder == path or folder in path.parents for path in paths for folder in folders)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skipped test into a failure where everything must run (CI)."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CCEGOV_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI skips nothing: {report.longrepr}"


@contextmanager
def _cluster() -> Iterator[Any]:
    path = Path(__file__).parents[1] / "benchmarks" / "throwaway_postgres.py"
    spec = importlib.util.spec_from_file_location("throwaway_postgres", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if module.binaries() is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with module.Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Any]:
    """A throw-away PostgreSQL server that all tests share: `new_database()`."""
    with _cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def frail_postgres() -> Iterator[Any]:
    """A server of a module's own, to be stopped and started: `restart()`, `stop()`, `start()`."""
    with _cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: Any) -> str:
    """Address of a database that all tests of a session share."""
    return str(postgres_cluster.new_database())


@pytest.fixture
def new_postgres_url(postgres_cluster: Any) -> Callable[[], str]:
    """Make an empty database for one test alone."""
    make: Callable[[], str] = postgres_cluster.new_database
    return make
