"""Our export for SurveyJS, run in SurveyJS's own engine: whole interviews, and home again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.design import Design
from ccegov_choice.survey.exporting.transfer import Transfer, transfer
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[2]
RUNNER = Path(__file__).parent / "run_surveyjs.js"
ENGINE = Path(os.environ.get("CCEGOV_SURVEYJS", ROOT / ".cache" / "surveyjs"))
# what a person answers who is asked everything; tasks come on top
ANSWERS = {
    "agree": "yes",
    "agree_read": "yes",
    "agree_adult": "yes",
    "agree_take_part": "yes",
    "digital_confidence": "low",
    "low_income": "no",
    "claimed_before": ["housing", "other"],
    "claimed_before_other": "a grant",
    "last_claim_went": "2",
    "warm_up": "A",
    "certainty": "6",
    "consequence": "perhaps",
    "attended": dict.fromkeys(
        ("te_decision_days", "ac_channel", "ac_human", "dr_treatment", "fe_group_gap", "va_appeal"),
        "always",
    ),
}

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def run() -> Run:
    """Answer interviews with a survey in the engine."""
    if shutil.which("node") is None or not (ENGINE / "survey.core.js").is_file():
        pytest.skip(f"there is no node, or no SurveyJS engine in {ENGINE}: run .ci/fetch_surveyjs")

    def answered(
        model: dict[str, Any], *interviews: dict[str, Any], lint: bool = False
    ) -> dict[str, Any]:
        given = {
            "engine": str(ENGINE / "survey.core.js"),
            "linter": str(ENGINE / "linter" / "index.js"),
            "model": model,
            "lint": lint,
            "interviews": interviews,
        }
        done = subprocess.run(
            ["node", str(RUNNER)],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return answered


@pytest.fixture(scope="module")
def claim() -> Survey:
    return Survey.read(ROOT / "surveys" / "benefit-claim")


@pytest.fixture(scope="module")
def made(claim) -> Transfer:
    return transfer(claim, "surveyjs")


@pytest.fixture(scope="module")
def model(made) -> dict[str, Any]:
    return json.loads(made.content)


def choices(claim: Survey) -> dict[str, str]:
    """A choice for every task: A, B, not to claim or undecided, in turn."""
    kinds = ("A", "B", "no_claim", "dont_know")
    return {f"task{t.id}": kinds[int(t.id) % 4] for t in claim.tasks.tasks}


def test_surveyjs_finds_nothing_wrong_with_it(run, model):
    findings = run(model, lint=True)["findings"]
    # the linter does not know languages that are not loaded; and the version is drawn once only
    known = {("property/invalid-value", "locale"), ("cycle/trigger", "triggers[0]")}
    assert {(f["ruleId"], f["path"]) for f in findings} <= known


def test_a_whole_interview(run, model, claim):
    (done,) = run(model, {"answers": {**ANSWERS, **choices(claim)}, "preset": {"version": 2}})[
        "interviews"
    ]
    assert done["refused"] == []
    assert done["state"] == "completed"
    tasks = {name for name in done["data"] if name.startswith("task") and name[4:].isdigit()}
    assert tasks == {f"task{task.id}" for task in claim.tasks.of_block("2")}
    assert all(done["data"][name] == choices(claim)[name] for name in tasks)
    expected = {**ANSWERS, "version": 2}
    assert {name: done["data"][name] for name in expected} == expected


def test_every_language_shows_every_level_of_the_tasks(run, model, claim):
    from ccegov_choice.survey.pages.voice import Voice

    everybody = [
        {"answers": {**ANSWERS, **choices(claim)}, "locale": code, "preset": {"version": 1}}
        for code in claim.languages
    ]
    for code, done in zip(claim.languages, run(model, *everybody)["interviews"], strict=True):
        voice = Voice(claim, code)
        shown = {page["name"]: page for page in done["pages"]}
        for task in claim.tasks.of_block("1"):
            page = shown[f"page_task{task.id}"]
            for offer in task.offers:
                for id, cell in offer.levels.items():
                    assert voice.say(claim.study.attribute(id).level(cell).label) in page["html"]
            values = {choice["value"] for choice in page["choices"][f"task{task.id}"]}
            assert values == {"A", "B", "no_claim", "dont_know"}


def test_conditions_hold(run, model, claim):
    never = {**ANSWERS, **choices(claim), "claimed_before": ["none"]}
    (done,) = run(model, {"answers": never, "preset": {"version": 1}})["interviews"]
    seen = {name for page in done["pages"] for name in page["questions"]}
    assert "last_claim_went" not in seen
    assert "claimed_before_other" not in seen
    asked_why = {name for name in seen if name.endswith("reason")}
    assert asked_why == {
        f"task{task.id}reason" for task in claim.tasks.of_block("1") if int(task.id) % 4 in (2, 3)
    }


def test_whoever_refuses_is_asked_nothing_and_gets_no_version(run, model):
    (done,) = run(model, {"answers": {"agree": "no"}})["interviews"]
    assert done["state"] == "completed"
    assert done["data"] == {"agree": "no"}
    assert [page["name"] for page in done["pages"]] == ["page_welcome", "page_consent"]


def test_the_version_is_drawn_once_by_consent(run, model, claim):
    (done,) = run(model, {"answers": {**ANSWERS, **choices(claim)}})["interviews"]
    assert done["data"]["version"] in range(1, len(claim.tasks.blocks) + 1)
    tasks = [name for name in done["data"] if name.startswith("task") and name[4:].isdigit()]
    block = claim.tasks.blocks[done["data"]["version"] - 1]
    assert len(tasks) == len(claim.tasks.of_block(block))


def test_a_missing_answer_is_asked_for(run, model):
    (done,) = run(model, {"answers": {"agree": "yes"}})["interviews"]
    assert done["state"] == "running"
    assert {problem["name"] for problem in done["refused"]} >= {"agree_read"}


def test_answers_come_home_as_choice_data(run, model, made, claim, tmp_path):
    people = [
        {"answers": {**ANSWERS, **choices(claim)}, "preset": {"version": number}}
        for number in (1, 2, 3, 4)
    ]
    results = tmp_path / "results.json"
    answers = [done["data"] for done in run(model, *people)["interviews"]]
    results.write_text(json.dumps(answers), encoding="utf-8")
    _, key = made.write(tmp_path / "claim.json")
    design = Design.read(ROOT / "designs" / "benefit-claim")
    data = ChoiceData.import_answers(results, "surveyjs", design=design, key=key)
    chosen = data.frame.loc[data.frame["chosen"].astype(bool)]
    found = {(str(row.task), row.alternative) for row in chosen.itertuples()}
    decided = {name: value for name, value in choices(claim).items() if value != "dont_know"}
    assert found == {(name.removeprefix("task"), value) for name, value in decided.items()}


def test_what_was_drawn_by_lot_stands_above_the_tasks(run):
    survey = Survey.read(ROOT / "surveys" / "obligations")
    made = transfer(survey, "surveyjs")
    model = json.loads(made.content)
    (lot,) = survey.lots
    texts = {option.id: str(option.text) for option in lot.options}
    drawn = {
        line.split(",")[3]: line.split(",")[4]
        for line in made.key.splitlines()
        if line.startswith(f"version,version,lot.{lot.id},")
    }
    for outcome, text in texts.items():
        version = next(version for version, id in drawn.items() if id == outcome)
        (done,) = run(model, {"answers": firsts(model), "preset": {"version": int(version)}})[
            "interviews"
        ]
        tasks = [page for page in done["pages"] if re.match(r"page_(v\d+)?task\d", page["name"])]
        assert len(tasks) == len(survey.tasks.of_block(survey.tasks.blocks[0]))
        others = set(texts.values()) - {text}
        for page in tasks:
            assert text in page["html"]
            assert not any(other in page["html"] for other in others)


def firsts(model: dict[str, Any]) -> dict[str, Any]:
    """The first answer to every question of a model."""
    found: dict[str, Any] = {}
    for element in (e for page in model["pages"] for e in page["elements"]):
        first = element["choices"][0]["value"] if "choices" in element else None
        if element["type"] == "matrix":
            column = element["columns"][0]["value"]
            found[element["name"]] = {row["value"]: column for row in element["rows"]}
        elif element["type"] == "checkbox":
            found[element["name"]] = [first]
        elif element.get("inputType") == "number":
            found[element["name"]] = element.get("min", 1)
        elif first is not None:
            found[element["name"]] = first
    return found
