"""Run one package in an environment of its own and read what it measured."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packages import OURS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# packages that need another Python than ours
PYTHONS = {"choicedesign": "3.12", "biogeme": "3.12"}
LIMIT_SECONDS = 900.0
_MEMORY_GB = 20
_WORDS = 160  # letters of an error that fit in a table


class RunError(Exception):
    """A package could not be installed or did not finish; the message says why."""


def python_of(package: str) -> str:
    """Return the Python that has a package, making its environment when it is not there.

    Raises
    ------
    RunError
        If the package cannot be installed.
    """
    if package == OURS:
        return sys.executable
    folder = ROOT / ".venv-peers" / package
    python, ready = folder / "bin" / "python", folder / "installed.txt"
    wanted = (HERE / "requirements" / f"{package}.txt").read_text(encoding="utf-8")
    if ready.exists() and ready.read_text(encoding="utf-8") == wanted:
        return str(python)
    print(f"== installing {package} into {folder.relative_to(ROOT)}", file=sys.stderr)
    steps = [
        [_base_python(package), "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "-r", str(HERE / "requirements" / f"{package}.txt")],
    ]  # fmt: skip
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RunError(f"cannot be installed: {_reason(done.stderr)}")
    ready.write_text(wanted, encoding="utf-8")
    return str(python)


def _base_python(package: str) -> str:
    """Return the Python that a package's environment is made with."""
    wanted = PYTHONS.get(package)
    if wanted is None or sys.version_info >= tuple(map(int, wanted.split("."))):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [*sorted(pyenv.glob(f"{wanted}.*/bin/python3")), shutil.which(f"python{wanted}")]
    usable = [str(path) for path in found if path]
    if not usable:
        raise RunError(f"needs Python {wanted}, which is not here")
    return usable[0]


def run(
    package: str,
    problem: str,
    *,
    draws: int | None = None,
    repeats: int = 5,
    budget: float = 60.0,
    limit: float = LIMIT_SECONDS,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Measure a package on a problem in a fresh process.

    Parameters
    ----------
    package, problem : str
        See `packages.ABLE` and `problems.problem`.
    draws : int, optional
        Draws for each person, where the problem is simulated.
    repeats : int
        Calls to take the best of.
    budget : float
        Seconds after which no further call begins.
    limit : float
        Seconds after which the process is ended.
    environment : mapping of str to str, optional
        Further environment variables.

    Raises
    ------
    RunError
        If it cannot be installed, fails, needs more than 20 GB or more time than the limit.
    """
    command = [
        python_of(package), str(HERE / "measure.py"), package, problem,
        "--repeats", str(repeats), "--budget", str(budget),
        *([] if draws is None else ["--draws", str(draws)]),
    ]  # fmt: skip

    return _run(command, limit, environment)


def run_script(script: str, *arguments: str, limit: float = LIMIT_SECONDS) -> dict[str, Any]:
    """Run one of our own scripts in a fresh process and return the JSON object it ends with.

    Raises
    ------
    RunError
        If it fails, or needs more than 20 GB or more time than the limit.
    """
    return _run([sys.executable, str(HERE / script), *arguments], limit, None)


def _run(command: list[str], limit: float, environment: Mapping[str, str] | None) -> dict[str, Any]:
    """Run a command within limits; its last line is JSON."""

    def limit_memory() -> None:
        size = _MEMORY_GB * 1024**3
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))

    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                cwd=folder,  # some packages write files where they are run
                env={**os.environ, **(environment or {})},
                timeout=limit,
                preexec_fn=limit_memory,
            )
        except subprocess.TimeoutExpired as error:
            raise RunError(f"not done after {limit:.0f} s") from error
    if done.returncode < 0:
        likely = ", most likely out of memory" if done.returncode != -signal.SIGTERM else ""
        raise RunError(f"ended by signal {-done.returncode}{likely}")
    if done.returncode:
        raise RunError(_reason(done.stderr))
    measured: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def run_cold(package: str, problem: str, draws: int | None = None) -> float:
    """Return the seconds of the first call in a fresh process with nothing compiled yet."""
    with tempfile.TemporaryDirectory() as cache:
        empty = {"NUMBA_CACHE_DIR": cache}
        measured = run(package, problem, draws=draws, repeats=1, environment=empty)
    return float(measured["first"])


def _reason(text: str) -> str:
    """Return the line that names the error, or the last one; tracebacks may go on below it."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
    said = (named or lines or ["it failed without a word"])[-1]
    return said if len(said) <= _WORDS else f"{said[: _WORDS // 2]} ... {said[-_WORDS // 2 :]}"
