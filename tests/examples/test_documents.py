"""Every command and every snippet in README.md and docs/ is run, in order, as a reader would."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md"))]
BLOCK = re.compile(r"^```(python|console|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SERVES = re.compile(r"^ccegov survey (serve|preview)\b")
MAKE = re.compile(r"^(make|git clone|cd|python3 -m venv|pip install)\b")


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / page).read_text())


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A folder like a fresh clone, in which a reader tries things."""
    shutil.copytree(ROOT / "designs", tmp_path / "designs")
    shutil.copytree(ROOT / "surveys", tmp_path / "surveys")
    shutil.copytree(
        ROOT / "analysis", tmp_path / "analysis", ignore=shutil.ignore_patterns("*.html", "*.csv")
    )
    monkeypatch.chdir(tmp_path)
    bin_folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", bin_folder + os.pathsep + os.environ["PATH"])
    return tmp_path


def run_commands(text: str) -> None:
    for line in text.replace("\\\n", " ").splitlines():
        command = line.split("  #")[0].strip().removeprefix("$ ")
        if not command.startswith("ccegov "):
            assert not command or command.startswith("#") or MAKE.match(command), (
                f"this test does not know how to run: {command}"
            )
            continue
        if SERVES.match(command):
            assert_it_serves(command)
            continue
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def assert_it_serves(command: str) -> None:
    """Start what runs until it is stopped; it must say where it is."""
    arguments = [*shlex.split(command), "--port", "0"]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as it:
        try:
            assert it.stdout.readline().startswith("http"), f"{command}\n{it.stderr.read()}"
        finally:
            it.terminate()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)])
@pytest.mark.data
def test_everything_on_the_page_runs(page, workshop):
    namespace: dict[str, object] = {"__name__": "__main__"}
    for language, text in blocks(page):
        if language == "python":
            exec(compile(text, page, "exec"), namespace)
        else:
            run_commands(text)


def test_make_targets_named_in_the_papers_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    papers = "".join((ROOT / page).read_text() for page in ["README.md", "CONTRIBUTING.md"])
    named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", papers, re.MULTILINE))
    assert named <= targets
    assert {"demo", "test", "check", "bench", "docs", "clean"} <= targets


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        text = (ROOT / page).read_text()
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
            if "://" not in target:
                path = (ROOT / page).parent / target
                assert path.exists(), f"{page} links to {target}, which does not exist"
