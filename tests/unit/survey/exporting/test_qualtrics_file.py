"""A reader of QSF files of our own, which follows every reference in what we write."""

from __future__ import annotations

import json
import re

import pytest

from ccegov_choice.survey.exporting.outlining import outline
from ccegov_choice.survey.exporting.qualtrics import qualtrics_losses, qualtrics_text
from ccegov_choice.survey.exporting.qualtrics_key import qualtrics_key

ID = {"SV": r"SV_[a-zA-Z0-9]{15}", "BL": r"BL_[a-zA-Z0-9]{15}", "RS": r"RS_[a-zA-Z0-9]{15}"}


class Qsf:
    """A survey file, read independently of the writer."""

    def __init__(self, text: str) -> None:
        content = json.loads(text)
        self.entry = content["SurveyEntry"]
        self.elements = content["SurveyElements"]
        self.questions = {e["PrimaryAttribute"]: e["Payload"] for e in self._of("SQ")}
        self.blocks = {block["ID"]: block for block in self._one("BL")["Payload"]}
        self.flow = self._one("FL")["Payload"]

    def _of(self, kind: str) -> list[dict]:
        return [element for element in self.elements if element["Element"] == kind]

    def _one(self, kind: str) -> dict:
        (element,) = self._of(kind)
        return element

    def nodes(self, node: dict | None = None) -> list[dict]:
        """All nodes of the flow, the root first."""
        node = node or self.flow
        return [node, *(n for inner in node.get("Flow", []) for n in self.nodes(inner))]

    def shown(self, node: dict) -> list[str]:
        """Export tags of the questions that a node of the flow shows."""
        found = []
        for inner in self.nodes(node):
            elements = self.blocks.get(inner.get("ID"), {}).get("BlockElements", ())
            found.extend(self.questions[e["QuestionID"]]["DataExportTag"] for e in elements)
        return found

    def tag(self, name: str) -> dict:
        return next(q for q in self.questions.values() if q["DataExportTag"] == name)

    def conditions(self, logic: object) -> list[tuple[str, str]]:
        """Pairs (export tag, variable name of the choice) that any logic speaks of."""
        found = []
        if isinstance(logic, dict):
            if logic.get("Type") == "Expression":
                question = self.questions[logic["QuestionID"]]
                number = logic["ChoiceLocator"].rsplit("/", 1)[1]
                assert logic["LeftOperand"] == logic["ChoiceLocator"]
                assert number in question["Choices"]
                found.append((question["DataExportTag"], question["VariableNaming"][number]))
            for inner in logic.values():
                found.extend(self.conditions(inner))
        return found


@pytest.fixture(scope="module")
def qsf(claim) -> Qsf:
    return Qsf(qualtrics_text(outline(claim)))


def test_ids_have_the_form_that_qualtrics_gives_them(qsf):
    assert re.fullmatch(ID["SV"], qsf.entry["SurveyID"])
    assert {element["SurveyID"] for element in qsf.elements} == {qsf.entry["SurveyID"]}
    assert re.fullmatch(ID["RS"], qsf.entry["SurveyActiveResponseSet"])
    assert all(re.fullmatch(ID["BL"], id) for id in qsf.blocks)
    assert all(re.fullmatch(r"QID\d+", id) for id in qsf.questions)
    flow = [node["FlowID"] for node in qsf.nodes()]
    assert len(flow) == len(set(flow))
    assert all(re.fullmatch(r"FL_\d+", id) for id in flow)


def test_the_elements_that_the_importer_wants_are_there_once(qsf):
    kinds = [element["Element"] for element in qsf.elements]
    for kind in ("BL", "FL", "SO", "SCO", "PROJ", "STAT", "QC", "RS"):
        assert kinds.count(kind) == 1
    count = next(e for e in qsf.elements if e["Element"] == "QC")["SecondaryAttribute"]
    assert count == str(len(qsf.questions))


def test_no_reference_dangles_and_nothing_is_left_out_of_the_flow(qsf):
    placed = [element["QuestionID"] for b in qsf.blocks.values() for element in b["BlockElements"]]
    assert sorted(placed) == sorted(qsf.questions)
    used = [node["ID"] for node in qsf.nodes() if "ID" in node]
    trash = {id for id, block in qsf.blocks.items() if block["Type"] == "Trash"}
    assert sorted(used) == sorted(set(qsf.blocks) - trash)


def test_one_version_is_drawn_and_its_tasks_shuffled(qsf, claim):
    (draw,) = [n for n in qsf.nodes() if n.get("SubSet") == 1]
    assert draw["EvenPresentation"] is True
    assert len(draw["Flow"]) == len(claim.tasks.blocks)
    for number, (group, block) in enumerate(zip(draw["Flow"], claim.tasks.blocks, strict=True), 1):
        data, shuffle = group["Flow"]
        assert data["EmbeddedData"][0]["Field"] == "version"
        assert data["EmbeddedData"][0]["Value"] == str(number)
        assert shuffle["Type"] == "BlockRandomizer"
        assert shuffle["SubSet"] == len(shuffle["Flow"])
        tasks = {tag for tag in qsf.shown(group) if re.fullmatch(r"task\d+", tag)}
        assert tasks == {f"task{task.id}" for task in claim.tasks.of_block(block)}


def test_every_language_says_everything(qsf, claim):
    others = {code.upper() for code in claim.languages[1:]}
    for question in qsf.questions.values():
        assert set(question["Language"]) == others
        for said in question["Language"].values():
            assert said["QuestionText"].strip()
            assert set(said.get("Choices", ())) == set(question.get("Choices", ()))
            assert set(said.get("Answers", ())) == set(question.get("Answers", ()))


def test_every_level_of_every_task_is_told_in_every_language(qsf, claim):
    from ccegov_choice.survey.pages.voice import Voice

    for code in claim.languages:
        voice = Voice(claim, code)
        for task in claim.tasks.tasks:
            note = qsf.tag(f"task{task.id}show")
            text = note["QuestionText"] if code == "en" else note["Language"][code.upper()]["QuestionText"]  # fmt: skip
            for offer in task.offers:
                for id, cell in offer.levels.items():
                    assert voice.say(claim.study.attribute(id).level(cell).label) in text


def test_choices_are_named_by_our_ids(qsf, claim):
    task = qsf.tag("task1")
    assert set(task["VariableNaming"].values()) == {"A", "B", "no_claim", "dont_know"}
    assert task["Choices"][task["ChoiceOrder"][0]]["Display"] == "Option\xa0A"
    assert set(task["RecodeValues"]) == set(task["Choices"])
    assert qsf.tag("claimed_before")["Selector"] == "MAVR"
    fixed = qsf.tag("claimed_before")["Randomization"]["Advanced"]["FixedOrder"]
    assert [entry for entry in fixed if entry != "{~Randomized~}"] == ["5", "6"]


def test_conditions_speak_of_the_choices_meant(qsf):
    assert set(qsf.conditions(qsf.tag("last_claim_went")["DisplayLogic"])) == {
        ("claimed_before", id) for id in ("unemployment", "housing", "family", "illness", "other")
    }
    assert qsf.conditions(qsf.tag("agree_read")["DisplayLogic"]) == [("agree", "yes")]
    assert set(qsf.conditions(qsf.tag("task1reason")["DisplayLogic"])) == {
        ("task1", "no_claim"),
        ("task1", "dont_know"),
    }


def test_whoever_refuses_comes_to_the_end(qsf):
    (stop,) = [node for node in qsf.nodes() if node["Type"] == "Branch"]
    assert qsf.conditions(stop["BranchLogic"]) == [("agree", "no")]
    assert stop["Flow"][0]["Type"] == "EndSurvey"
    order = [node.get("FlowID") for node in qsf.flow["Flow"]]
    consent = next(n for n in qsf.flow["Flow"] if "agree" in qsf.shown(n))
    assert order.index(stop["FlowID"]) == order.index(consent["FlowID"]) + 1


def test_the_key_names_every_column_that_a_response_file_has(qsf, claim):
    keyed = {row.column for row in qualtrics_key(outline(claim))}
    expected = {"version"}
    for question in qsf.questions.values():
        tag = question["DataExportTag"]
        if question["Selector"] == "MAVR" or question["QuestionType"] in ("Matrix", "RO"):
            expected |= {f"{tag}_{number}" for number in question["Choices"]}
        elif question["QuestionType"] != "DB":
            expected.add(tag)
    assert keyed == expected


def test_answers_of_people_fill_their_own_levels_in(everything):
    qsf = Qsf(qualtrics_text(outline(everything(status_quo=True))))
    id = qsf.tag("wait")["QuestionID"]
    assert f"${{q://{id}/ChoiceTextEntryValue}}" in qsf.tag("task1show")["QuestionText"]


@pytest.mark.parametrize("response", ["choice", "dual", "best-worst", "ranking", "rating"])
def test_all_ways_of_asking_keep_their_references(everything, response):
    plan = outline(everything(response, languages=("en", "ar")))
    qsf = Qsf(qualtrics_text(plan))
    for question in qsf.questions.values():
        qsf.conditions(question.get("DisplayLogic"))
    tags = {q["DataExportTag"] for q in qsf.questions.values()}
    assert tags == {item.column for item in plan.items}
    losses = " ".join(qualtrics_losses(plan))
    assert "within the budget" in losses
    assert ("the worst option" in losses) == (response == "best-worst")
