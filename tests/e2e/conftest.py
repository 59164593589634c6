"""A real Chromium, and the report of the demonstration study saved as a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
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
def browser():
    """Debian's Chromium, with nothing that calls home."""
    if not Path(CHROMIUM).is_file():
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()
