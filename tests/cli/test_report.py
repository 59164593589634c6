"""`ccegov report`: files in, one page out."""

from __future__ import annotations

import json
import re

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.design.random import random_design
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

TRUTH = {"wait": -0.06, "staff[polite]": 0.9, "asc[none]": -1.0}
TODAY, REFORM = "today: wait=40, staff=brusque", "reform: wait=10, staff=polite"


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    """A folder with the four files of a study in the field."""
    folder = tmp_path_factory.mktemp("field")
    study = Study(
        "claim",
        "Claiming a benefit",
        (
            Attribute.numeric("wait", "Wait", [5, 10, 20, 40], "day", "days", direction="-"),
            Attribute.ordered("staff", "Staff", ["brusque", "polite"], direction="+"),
        ),
        opt_out=Alternative("none", "I would not claim", kind="opt_out"),
        numeraires=(Numeraire("wait"),),
    )
    study.write(folder / "study.toml")
    design = random_design(study, tasks=8, seed=1)
    design.save(folder / "design")
    model = Logit(Utility.main_effects(study))
    data = simulate_choices(design, model, TRUTH, 120, 2)
    rows = data.frame[data.frame["chosen"]]
    responses = rows[["person", "task", "alternative"]].rename(columns={"alternative": "chosen"})
    responses.to_csv(folder / "responses.csv", index=False)
    data.frame.to_csv(folder / "long.csv", index=False)
    data.save(folder / "saved")
    model.fit(data).save(folder / "results.json")
    return folder


@pytest.fixture
def command(field, tmp_path):
    """The command with its files, and where it writes."""

    def make(*more: str, data: str = "responses.csv", design: bool = True) -> list[str]:
        files = [str(field / "results.json"), "--study", str(field / "study.toml")]
        files += ["--data", str(field / data), "--out", str(tmp_path / "report.html")]
        files += ["--design", str(field / "design")] if design else []
        return ["report", *files, *more]

    return make


def test_it_writes_the_page_and_says_where(command, tmp_path, capsys):
    assert main(command("--title", "What claimants want")) == 0
    captured = capsys.readouterr()
    assert captured.out.strip() == str(tmp_path / "report.html")
    assert "Not finished" in captured.err
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<h1>What claimants want</h1>" in html
    assert "No design file was given" not in html


def test_it_writes_the_pdf_too(command, tmp_path, capsys):
    pdf = tmp_path / "report.pdf"
    assert main(command("--pdf", str(pdf), "--json")) == 0
    assert json.loads(capsys.readouterr().out)["pdf"] == str(pdf)
    assert pdf.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("data", ["responses.csv", "long.csv", "saved"])
def test_all_kinds_of_answers_give_the_same_findings(command, tmp_path, data):
    assert main(command(data=data)) == 0
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    found = re.findall(r'<p class="finding">(.*?)</p>', html)
    assert main(command()) == 0
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert found == re.findall(r'<p class="finding">(.*?)</p>', html)
    assert found


def test_scenarios_are_forecast(command, tmp_path):
    assert main(command("--scenario", TODAY, "--scenario", REFORM)) == 0
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert re.search(r"With “reform”, about \d+ more in 100 people", html)


def test_simulated_answers_are_marked_on_request(command, tmp_path, capsys):
    assert main(command("--simulated")) == 0
    assert "simulated" in capsys.readouterr().err
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "These citizens are simulated." in html


def test_json_is_for_machines(command, tmp_path, capsys):
    assert main(command("--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["report"] == str(tmp_path / "report.html")
    assert found["checklist_complete"] is False
    assert "research_question" in found["open"]


def test_answers_without_their_design_say_what_is_missing(command, capsys):
    assert main(command(design=False)) == 1
    assert "--design FOLDER" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("scenario", "cure"),
    [
        ("wait=10", "--scenario 'reform: wait=5, staff=brusque'"),
        ("reform: wait=ten, staff=polite", "Give numbers without their unit."),
        ("reform: wait=10, staff=kind", "polite"),
        ("reform: wait=10", "Give every attribute a level"),
    ],
)
def test_a_scenario_that_is_none_says_how_to_write_it(command, capsys, scenario, cure):
    assert main(command("--scenario", scenario)) == 1
    assert cure in capsys.readouterr().err


def test_paying_in_what_is_no_numeraire_is_refused(command, capsys):
    assert main(command("--pay-in", "staff")) == 1
    assert "does not let people pay in 'staff'" in capsys.readouterr().err


def test_brief_and_simulator_beside_the_report(command, tmp_path, capsys):
    brief, page = tmp_path / "brief.html", tmp_path / "what-if.html"
    files = ["--brief", str(brief), "--simulator", str(page)]
    assert main(command("--scenario", TODAY, "--scenario", REFORM, *files)) == 0
    assert capsys.readouterr().out.split()[1:] == [str(brief), str(page)]
    assert "Who loses" in brief.read_text("utf-8")
    assert "What would happen" in page.read_text("utf-8")


def test_a_simulator_needs_two_scenarios_and_an_area_a_brief(command, capsys):
    assert main(command("--simulator", "page.html")) == 1
    assert main(command("--constituency", "region=north")) == 1
    assert "Name it: --brief" in capsys.readouterr().err
