"""Files that show themselves what people saw: Sawtooth, cregg, projoint, Conjointly."""

from __future__ import annotations

import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.foreign.exporting import design_text
from ccegov_choice.design.foreign.importing import import_design
from ccegov_choice.errors import DataError

CHO = """8960 2 2 2 1
6 1
2 1
1 1
3 2
1 32
2 1
2 2
1 1
3 9
8961 0 2 2 1
2 1
3 1
2 2
2 12
2 1
1 1
3 2
0 9
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


def test_cho_counts_levels_and_concepts_from_one(study, written):
    data = ChoiceData.import_answers(written("hotel.cho", CHO), "sawtooth", study=study)
    assert chosen(data) == {("8960", 1): "A", ("8960", 2): "none", ("8961", 1): "B"}
    first = data.frame[(data.frame["person"].astype(str) == "8960") & (data.frame["task"] == 1)]
    assert first["wait"].tolist()[:2] == [5.0, 30.0]
    assert first["channel"].astype(str).tolist()[:2] == ["web", "phone"]
    assert "Tasks without an answer were left out: 1." in data.provenance.parameters["notes"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (CHO[: CHO.index("8961")] + "8961 0 2 2 1\n2 1\n3 1\n", "the file ends where"),
        (CHO.replace("8960 2 2 2 1", "8960 2 2 2 2"), "dual response"),
        (CHO.replace("8960 2 2 2 1", "8960 2 5 2 1"), "has 5 attributes"),
        (CHO.replace("3 9", "7 9", 1), "chose concept 7 of 3"),
        (CHO.replace("3 9", "x 9", 1), "no number"),
    ],
)
def test_a_broken_cho_is_named_with_its_line(study, written, content, told):
    found = problems(written("hotel.cho", content), "sawtooth", study=study)
    assert told in found[0]
    assert "hotel.cho:" in found[0]


def test_cho_needs_a_study(written):
    assert "--study FILE" in problems(written("hotel.cho", CHO), "sawtooth")[0]


def test_sawtooth_answers_by_version_with_its_design(design, study, written):
    theirs = written("design.csv", design_text(design, "sawtooth"))
    made = import_design(theirs, study)
    answers = "sys_RespNum,sys_CBCVersion_CBC,CBC_Random1,CBC_Random2\n1,1,1,3\n2,2,2,\n"
    data = ChoiceData.import_answers(written("a.csv", answers), "sawtooth", design=made)
    assert chosen(data) == {("1", 1): "A", ("1", 2): "none", ("2", 3): "B"}


def test_sawtooth_dual_response_none(design, written):
    answers = "Respondent#,Version#,CBC1,CBC1_none,CBC2,CBC2_none\n1,1,1,2,2,1\n"
    data = ChoiceData.import_answers(written("a.csv", answers), "sawtooth", design=design)
    assert chosen(data) == {("1", 1): "none", ("1", 2): "B"}
    assert data.frame["forced"].tolist() == ["A"] * 3 + ["B"] * 3


def test_answers_of_another_design_are_refused(design, written):
    answers = "Respondent#,Version#,CBC1,CBC2,CBC3\n1,7,1,2,3\n"
    told = problems(written("a.csv", answers), "sawtooth", design=design)
    assert len(told) == 2
    assert "is no version of the design" in told[0]
    assert "2 tasks in a version and 3 columns" in told[1]


@pytest.mark.parametrize(
    ("answer", "cells"),
    [("flags", ["1", "0", "0", "0", "1", "0"]), ("numbers", ["1", "", "", "2", "", ""])],
)
def test_sawtooth_with_a_row_per_concept(study, written, answer, cells):
    lines = ["Respondent,Task,Concept,Att 1 - Days,Att 2 - Channel,Response"]
    shown = [(1, 1, 1, 1), (1, 2, 3, 2), (1, 3, 0, 0), (2, 1, 2, 2), (2, 2, 1, 1), (2, 3, 0, 0)]
    lines += [f"7,{t},{c},{w},{h},{y}" for (t, c, w, h), y in zip(shown, cells, strict=True)]
    path = written(f"{answer}.csv", "\n".join(lines) + "\n")
    data = ChoiceData.import_answers(path, "sawtooth", study=study)
    assert chosen(data) == {("7", 1): "A", ("7", 2): "B"}
    assert data.frame["wait"].tolist()[:2] == [5.0, 30.0]


CREGG = """CaseID,contest_no,profile,ChosenImmigrant,Education,wait,Weeks
4,1,1,0,web,5,x
4,1,2,1,phone,14,x
4,2,1,1,phone,30,y
4,2,2,0,web,5,y
"""


def test_cregg_in_words_of_its_own(written):
    data = ChoiceData.import_answers(
        written("immigration.csv", CREGG),
        "conjoint",
        columns={"ChosenImmigrant": "chosen", "Education": "channel", "wait": "wait"},
    )
    assert chosen(data) == {("4", 1): "B", ("4", 2): "A"}
    assert data.study.attribute_ids == ("channel", "wait")


def test_conjointly_marks_best_and_worst(written):
    rows = "PARTICIPANT,QES,ALT,CHOICE,A1,A2\np,1,1,1,1,x\np,1,2,-1,2,y\np,1,3,0,3,x\n"
    data = ChoiceData.import_answers(written("c.csv", rows), "conjoint")
    assert data.response == "best-worst"
    assert data.frame["best"].tolist() == [True, False, False]
    assert data.frame["worst"].tolist() == [False, True, False]
    assert data.study.attribute_ids == ("A1", "A2")


PROJOINT = """StartDate,ResponseId,K-1-1,K-1-2,K-1-1-1,K-1-1-2,K-1-2-1,K-1-2-2,\
K-2-1,K-2-2,K-2-1-1,K-2-1-2,K-2-2-1,K-2-2-2,Q4.1,Q4.2
Start Date,Response ID,K-1-1,K-1-2,K-1-1-1,K-1-1-2,K-1-2-1,K-1-2-2,\
K-2-1,K-2-2,K-2-1-1,K-2-1-2,K-2-2-1,K-2-2-2,Which?,Which?
"{""ImportId"":""startDate""}","{""ImportId"":""_recordId""}",,,,,,,,,,,,,,
2026-01-01,R_1,Days,Channel,5,Website,30,By phone,Days,Channel,14,By phone,5,Website,\
Candidate A,Candidate B
2026-01-01,R_2,Channel,Days,By phone,14,Website,5,Channel,Days,Website,5,By phone,30,Candidate B,
"""


def test_projoint_with_attributes_in_an_order_of_each_person(study, written):
    data = ChoiceData.import_answers(
        written("p.csv", PROJOINT),
        "conjoint",
        study=study,
        columns={"Q4.1": "task_1", "Q4.2": "task_2"},
    )
    assert chosen(data) == {("R_1", 1): "A", ("R_1", 2): "B", ("R_2", 1): "B"}
    second = data.frame[data.frame["person"] == "R_2"]
    assert second["wait"].tolist() == [14.0, 5.0]
    assert second["channel"].astype(str).tolist() == ["phone", "web"]


def test_projoint_without_a_study_infers_one(written):
    data = ChoiceData.import_answers(
        written("p.csv", PROJOINT), "conjoint", columns={"Q4.1": "task_1", "Q4.2": "task_2"}
    )
    assert data.study.attribute_ids == ("days", "channel")
    assert data.tasks == 3


def test_projoint_says_which_outcome_is_missing(study, written):
    told = problems(written("p.csv", PROJOINT), "conjoint", study=study)
    assert "no column holds the choice in task 1 and 2" in told[0]


def test_the_wide_layout_of_cregg(study, written):
    rows = (
        "respondent,waita1,waitb1,channela1,channelb1,waita2,waitb2,channela2,channelb2,"
        "choice_a,choice_b\n1,5,14,web,phone,30,5,phone,web,1,2\n"
    )
    data = ChoiceData.import_answers(written("w.csv", rows), "conjoint", study=study)
    frame = data.frame
    assert frame["wait"].tolist() == [5.0, 30.0, 14.0, 5.0]
    assert frame["chosen"].tolist() == [True, False, False, True]


def test_all_problems_of_a_long_table_at_once(study, written):
    rows = (
        "id,task,alt,chosen,wait,channel\n"
        "1,1,1,1,5,web\n1,1,2,1,7,phone\n2,1,1,0,14,fax\n2,1,2,0,30,web\n"
    )
    told = problems(written("l.csv", rows), "conjoint", study=study)
    assert any("'7' is no level of 'wait'" in one and "l.csv:3" in one for one in told)
    assert any("'fax' is no level of 'channel'" in one and "l.csv:4" in one for one in told)


def test_what_choice_data_check_is_said_in_lines_of_the_file(study, written):
    rows = "\n\nid,task,alt,picked,wait,channel\n1,1,1,1,5,web\n1,1,2,1,14,phone\n"
    told = problems(written("l.csv", rows), "conjoint", study=study, columns={"picked": "chosen"})
    assert len(told) == 1
    assert "'picked'" in told[0]
    assert "l.csv:4 and 5" in told[0]


def test_a_column_that_is_missing_is_named(study, written):
    told = problems(
        written("l.csv", "id,task,alt,chosen,wait\n1,1,1,1,5\n"), "conjoint", study=study
    )
    assert "no column holds the attribute 'channel'" in told[0]
    told = problems(
        written("m.csv", "who,alt,picked,wait,channel\n1,1,1,5,web\n"), "conjoint", study=study
    )
    assert len(told) == 3


def test_a_frame_of_polars_or_pandas(study):
    frame = pd.DataFrame(
        {
            "id": [1, 1],
            "task": [1, 1],
            "alt": [1, 2],
            "chosen": [True, False],
            "wait": [5, 14],
            "channel": ["web", "phone"],
        }
    )
    data = ChoiceData.import_answers(frame, "conjoint", study=study)
    assert chosen(data) == {("1", 1): "A"}
