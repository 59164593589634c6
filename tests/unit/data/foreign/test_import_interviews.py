"""Files of survey tools: one row per person, a column per task of the design."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import DataError, FileFormatError
from ccegov_choice.study.covariate import Covariate

QUALTRICS = """StartDate,EndDate,Status,IPAddress,ResponseId,block,task_1,task_2,task_3,task_4,place
Start Date,End Date,Response Type,IP Address,Response ID,block,Which?,Which?,Which?,Which?,Where?
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}",\
"{""ImportId"":""ipAddress""}","{""ImportId"":""_recordId""}","{""ImportId"":""block""}",\
"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3""}",\
"{""ImportId"":""QID4""}","{""ImportId"":""QID5""}"
2026-01-01,2026-01-01,IP Address,10.0.0.1,R_1,1,Option A,I would not claim,,,In a town
2026-01-01,2026-01-01,Survey Preview,10.0.0.1,R_2,1,Option A,Option A,,,In a town
2026-01-02,2026-01-02,IP Address,10.0.0.2,R_3,2,,,Option B,I cannot decide,In a village
"""


def chosen(data: ChoiceData) -> dict[tuple[str, int], str]:
    frame = data.frame
    rows = frame[frame["chosen"]]
    triples = zip(rows["person"], rows["task"], rows["alternative"], strict=True)
    return {(str(person), int(task)): str(name) for person, task, name in triples}


def problems(source, tool, **said) -> list[str]:
    with pytest.raises(DataError) as caught:
        ChoiceData.import_answers(source, tool, **said)
    return [str(problem) for problem in caught.value.problems]


def notes(data: ChoiceData) -> list[str]:
    return list(data.provenance.parameters["notes"])


def test_qualtrics_with_three_header_rows_and_choice_text(design, written):
    data = ChoiceData.import_answers(written("q.csv", QUALTRICS), "qualtrics", design=design)
    assert chosen(data) == {("R_1", 1): "A", ("R_1", 2): "none", ("R_3", 3): "B"}
    assert data.codes("place") == pytest.approx([0, 1]) or list(data.codes("place")[0]) == [0, 1]
    said = notes(data)
    assert any("1 preview or test response was left out" in note for note in said)
    assert any("Cannot decide" in note and "1 task" in note for note in said)


def test_levels_come_from_the_design(design, written):
    data = ChoiceData.import_answers(written("q.csv", QUALTRICS), "qualtrics", design=design)
    first = data.frame[data.frame["task"] == 1]
    assert list(first["wait"].dropna()) == [5.0, 30.0]
    assert data.provenance.parents["design"] == design.sha256


def test_nothing_that_identifies_people_is_taken(design, written):
    path = written("q.csv", QUALTRICS)
    data = ChoiceData.import_answers(path, "qualtrics", design=design)
    assert "IPAddress" not in data.frame
    assert "StartDate" not in data.frame
    told = problems(path, "qualtrics", design=design, covariates=["IPAddress"])
    assert len(told) == 1
    assert "'IPAddress' identifies people" in told[0]


def test_qualtrics_numbers_of_the_older_layout(design, written):
    content = "ResponseID,Status,task_1,task_2\nResponseID,Status,Which?,Which?\nR_9,0,2,3\n"
    data = ChoiceData.import_answers(written("q.csv", content), "qualtrics", design=design)
    assert chosen(data) == {("R_9", 1): "B", ("R_9", 2): "none"}


def test_limesurvey_separated_by_semicolons_with_codes_and_texts(design, written):
    content = (
        '"id. Response ID";"submitdate. Date submitted";"block";"task1. Which?";"task2. Which?";'
        '"place. Where?"\n"7";"2026-01-01";"1";"A";"none";"1"\n'
    )
    path = written("results.csv", content)
    levels = {"place": {"1": "town", "2": "village"}}
    data = ChoiceData.import_answers(path, "limesurvey", design=design, levels=levels)
    assert chosen(data) == {("7", 1): "A", ("7", 2): "none"}
    assert data.frame["place"].unique().tolist() == ["town"]


def test_headings_of_question_texts_are_refused(design, written):
    path = written("r.csv", '"Response ID","Which of the two?"\n1,A\n')
    told = problems(path, "limesurvey", design=design)
    assert "Export again with Headings: Question code" in told[0]


@pytest.mark.parametrize("between", ["-", "/"])
def test_xlsform_groups_are_taken_off(design, written, between):
    header = f"SubmissionDate,tasks{between}task_3,about{between}place,KEY,ReviewState\n"
    rows = "2026-01-01,B,village,uuid:1,approved\n2026-01-01,A,town,uuid:2,rejected\n"
    data = ChoiceData.import_answers(written("odk.csv", header + rows), "xlsform", design=design)
    assert chosen(data) == {("uuid:1", 3): "B"}
    assert "1 submission that reviewers rejected was left out." in notes(data)


@pytest.mark.parametrize("lines", [False, True])
def test_surveyjs_as_a_list_or_line_by_line(design, written, lines):
    people = [
        {"id": "a", "block": 1, "task_1": "B", "task_2": "dont_know", "place": "town"},
        {"id": "b", "block": 2, "task_3": "none", "task_4": "A", "place": "village"},
    ]
    text = "\n".join(map(json.dumps, people)) if lines else json.dumps({"Data": people})
    data = ChoiceData.import_answers(written("r.json", text), "surveyjs", design=design)
    assert chosen(data) == {("a", 1): "B", ("b", 3): "none", ("b", 4): "A"}


def test_surveyjs_rankings_and_a_made_up_identifier(design, written):
    text = json.dumps([{"rank_1": ["B", "none", "A"], "rank_2": ["A", "B", "none"]}])
    data = ChoiceData.import_answers(written("r.json", text), "surveyjs", design=design)
    assert data.response == "ranking"
    assert data.frame["rank"].tolist() == [3, 1, 2, 1, 2, 3]
    assert data.frame["person"].astype(str).unique().tolist() == ["1"]


def test_no_json_is_named_with_its_line(design, written):
    with pytest.raises(FileFormatError, match="not JSON"):
        ChoiceData.import_answers(written("r.json", "[1, 2\nx"), "surveyjs", design=design)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("rank_1", "B > A > none"),
        ("rank_1_A,rank_1_B,rank_1_none", "2,1,3"),
        ("rank1[1],rank1[2],rank1[3]", "B,A,none"),
    ],
)
def test_three_layouts_of_a_ranking(design, written, header, cells):
    path = written("r.csv", f"id,{header}\n5,{cells}\n")
    data = ChoiceData.import_answers(path, "limesurvey", design=design)
    assert data.frame["rank"].tolist() == [2, 1, 3]


def test_best_and_worst(design, written):
    path = written("r.csv", "id,best_1,worst_1\n5,A,none\n")
    data = ChoiceData.import_answers(path, "limesurvey", design=design)
    assert data.response == "best-worst"
    assert data.frame["best"].tolist() == [True, False, False]
    assert data.frame["worst"].tolist() == [False, False, True]


def test_a_dual_response_keeps_both_answers(design, written):
    path = written("r.csv", "id,task_1,task_1_follow,task_2,task_2_follow\n5,A,none,B,yes\n")
    data = ChoiceData.import_answers(path, "limesurvey", design=design)
    assert chosen(data) == {("5", 1): "none", ("5", 2): "B"}
    assert data.frame["forced"].tolist() == ["A"] * 3 + ["B"] * 3


def test_every_problem_is_told_at_once_with_its_line_and_cure(design, written):
    path = written(
        "r.csv",
        "id,task_1,task_2,task_3,task_9,place\n1,A,Bee,,,town\n1,B,A,,,suburb\n3,A,,B,,town\n",
    )
    told = problems(path, "limesurvey", design=design)
    assert len(told) == 5
    assert any("'task_9' is about an unknown task" in one for one in told)
    assert any("r.csv:2" in one and "'Bee'" in one and "--alternative" in one for one in told)
    assert any("the same in several rows" in one and "r.csv:2 and 3" in one for one in told)
    assert any("'suburb' is no level" in one and "r.csv:3" in one for one in told)
    assert any("blocks 1 and 2" in one and "r.csv:4" in one for one in told)


def test_other_names_are_said_by_the_user(design, written):
    path = written("r.csv", "resp,Q7,Home\n5,left,0\n")
    data = ChoiceData.import_answers(
        path,
        "limesurvey",
        design=design,
        person="resp",
        columns={"Q7": "task_1", "Home": "place"},
        alternatives={"left": "A"},
        levels={"place": {0: "village"}},
    )
    assert chosen(data) == {("5", 1): "A"}
    assert data.frame["place"].unique().tolist() == ["village"]


def test_a_numeric_covariate_takes_numbers_or_what_the_user_says(design, written):
    poor = Covariate("poor", "Low income (1 yes, 0 no)", "numeric")
    study = replace(design.study, covariates=(*design.study.covariates, poor))
    path = written("r.csv", "id,task_1,poor\n1,A,yes\n2,B,rather not say\n3,B,0\n")
    told = problems(path, "limesurvey", design=design, study=study)
    assert len(told) == 2
    assert "r.csv:2: 'yes' in 'poor' is no number" in told[0]
    said = {"poor": {"yes": 1, "rather not say": None}}
    data = ChoiceData.import_answers(path, "limesurvey", design=design, study=study, levels=said)
    assert data.frame.drop_duplicates("person")["poor"].tolist()[::2] == [1.0, 0.0]
    assert data.frame["poor"].isna().sum() == 3


def test_what_is_missing_is_named(design, written):
    path = written("r.csv", "id,Q7\n5,A\n")
    assert "--design FOLDER" in problems(path, "limesurvey")[0]
    assert "columns={'Q7': 'task_1'}" in problems(path, "limesurvey", design=design)[0]
    assert "Did you mean 'qualtrics'" in problems(path, "qualtric", design=design)[0]
    told = problems(path, "limesurvey", design=design, person="ID")
    assert "unknown column 'ID'" in told[0]


def test_ratings_are_not_turned_into_choices(design, written):
    path = written("r.csv", "id,rating_1_A,rating_1_B\n5,3,3\n")
    assert "choice data hold no ratings" in problems(path, "limesurvey", design=design)[0]


def test_a_data_frame_is_taken_too(design):
    frame = pd.DataFrame({"id": [5.0], "task_1": ["A"], "task_2": [None]})
    data = ChoiceData.import_answers(frame, "limesurvey", design=design)
    assert chosen(data) == {("5", 1): "A"}
    assert any("1 task of a person's block had no answer" in note for note in notes(data))


def test_people_without_any_answer_are_named(design, written):
    path = written("r.csv", "id,task_1\n5,A\n6,\n")
    data = ChoiceData.import_answers(path, "limesurvey", design=design)
    assert data.people == 1
    assert any(
        "1 person has no answered task and are left out" in note for note in notes(data)
    ) or any("no answered task" in note and "6" in note for note in notes(data))
