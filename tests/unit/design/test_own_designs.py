"""Every design in designs/ is what its record says: the work is done again, the errors too."""

import json
from pathlib import Path

import pytest

from ccegov_choice.design.design import Design
from ccegov_choice.design.efficient.certificate import Certificate
from ccegov_choice.design.efficient.plan import DesignPlan
from ccegov_choice.design.verify import verify

FOLDERS = sorted((Path(__file__).parents[3] / "designs").glob("*/design.toml"))


@pytest.fixture(params=FOLDERS, ids=lambda path: path.parent.name)
def folder(request):
    return request.param.parent


def test_there_are_at_least_four():
    assert len(FOLDERS) >= 4


def test_the_recorded_work_gives_the_saved_tasks_and_errors(folder):
    checks = dict(verify(folder).checks)
    assert "the recorded errors, rules and constraints hold" in checks
    assert any("recorded work was done again" in c or "done again gives" in c for c in checks)


def test_the_plan_asks_for_what_was_made(folder):
    said = DesignPlan.read(folder / "design.toml").content
    design = Design.read(folder)
    assert design.tasks == said["tasks"]
    assert design.blocks == said.get("blocks", 1)
    assert design.provenance.seed == said["seed"]
    recorded = design.provenance.parameters
    assert {k: v for k, v in recorded["rules"].items() if k in said.get("rules", {})} == said.get(
        "rules", {}
    )


def test_the_page_of_the_diagnosis_is_the_one_that_is_made_now(folder):
    page = (folder / "diagnosis.html").read_text(encoding="utf-8")
    assert Design.read(folder).diagnose().page() == page


def test_the_smallest_one_is_proved_to_be_the_best():
    lock = json.loads((FOLDERS[0].parents[1] / "two-by-four" / "design.lock").read_text())
    certificate = Certificate.from_dict(lock["claims"]["certificate"])
    assert certificate.kind == "proof"
    assert certificate.efficiency == pytest.approx(1, abs=1e-9)
    assert lock["claims"]["error"] == pytest.approx(0.25, abs=1e-12)
