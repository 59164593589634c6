"""A real Chromium, and the report of the demonstration study saved as a file."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from full_report import full_report
from playwright.sync_api import sync_playwright

from ccegov_choice.design.random import random_design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import ClassTaste, simulate_choices
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.report.document import Report
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import trade_offs

FOLDER = Path(__file__).parents[2] / "designs" / "benefit-claim"
CHROMIUM = os.environ.get("CCEGOV_CHROMIUM", "/usr/bin/chromium")
NO_CHROMIUM = (
    f"there is no Chromium at {CHROMIUM}: install Debian's package chromium, or set "
    "CCEGOV_CHROMIUM to the path of yours"
)
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def report_file(tmp_path_factory) -> Path:
    """The report of designs/benefit-claim with 200 simulated people and two groups."""
    study = Study.read(FOLDER / "study.toml")
    design = random_design(study, tasks=24, alternatives=2, blocks=2, seed=1)
    model = Logit(Utility.main_effects(study))
    data = simulate_choices(design, model, ClassTaste.read(FOLDER / "citizens.toml"), 200, 1)
    results = model.fit(data)
    offers = trade_offs(results, study.numeraires[0].attribute)
    base = {a.id: a.cell(a.shown_levels[0]) for a in study.attributes}
    best = {a.id: a.cell(a.shown_levels[-1]) for a in study.attributes}
    shares = uptake(results, {"today": study.profile(**base), "reform": study.profile(**best)})
    groups = {"People with children": offers, "People without": offers}
    report = Report(study, design, data, [results], offers, uptake=shares, groups=groups)
    return report.save(tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="session")
def full_report_file(tmp_path_factory) -> Path:
    """A report with every kind of answer."""
    return full_report().save(tmp_path_factory.mktemp("report") / "full.html")


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, with nothing that calls home."""
    if not Path(CHROMIUM).is_file():
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


SURVEYS = Path(__file__).parents[2] / "surveys"


@dataclass(frozen=True)
class Server:
    """The real server of a survey, in a process of its own."""

    link: str
    database: Path


def _wait_for(link: str) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), urlopen(f"{link}/health"):
            return
        time.sleep(0.05)
    raise AssertionError(f"no server at {link}")


@pytest.fixture(scope="session")
def survey_server(tmp_path_factory):
    """Return a function that serves one of the surveys we ship, once for all tests."""
    running: dict[str, tuple[Server, subprocess.Popen[str]]] = {}
    stack = contextlib.ExitStack()

    def serve(name: str) -> Server:
        if name not in running:
            database = tmp_path_factory.mktemp(name) / "answers.sqlite"
            command = [sys.executable, "-m", "ccegov_choice.cli.main", "survey", "serve"]
            options = ["--port", "0", "--print-link", "--no-limits"]
            options += ["--database", f"sqlite:///{database}", "--key-file", f"{database}.key"]
            log = stack.enter_context(Path(f"{database}.log").open("w"))  # noqa: SIM115
            process = subprocess.Popen(
                [*command, str(SURVEYS / name), *options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            link = process.stdout.readline().strip().rstrip("/")
            assert link.startswith("http"), Path(f"{database}.log").read_text()
            _wait_for(link)
            running[name] = Server(link, database), process
        return running[name][0]

    yield serve
    for _, process in running.values():
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()
    stack.close()


@pytest.fixture
def visit(browser):
    """Open a page in a context of its own; note its requests and complaints."""
    contexts = []

    def open_page(**context):
        contexts.append(browser.new_context(**context))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.requests, page.errors = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.errors.append(message.text))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
