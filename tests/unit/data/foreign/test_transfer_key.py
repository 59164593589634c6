"""Answers to a survey that was transferred: the key says which code means what."""

from __future__ import annotations

import json

import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import DataError

HEAD = "column,item,field,code,value\n"
KEY = (
    HEAD
    + "version,version,block,1,1\nversion,version,seed,1,transfer:1\n"
    + "version,version,block,2,2\nversion,version,seed,2,transfer:2\n"
    + "task1,task:1,chosen,1,B\ntask1,task:1,chosen,2,A\ntask1,task:1,chosen,3,none\n"
    + "task1,task:1,chosen,4,dont_know\n"
    + "task1v2,task:1,chosen,1,A\ntask1v2,task:1,chosen,2,B\n"
    + "task2,task:2,chosen,1,A\ntask2,task:2,chosen,2,B\n"
    + "task1then,follow:1,follow,1,yes\ntask1then,follow:1,follow,2,none\n"
    + "place,about,place,1,town\nplace,about,place,2,village\n"
)


def rows(data: ChoiceData) -> list[tuple[str, int, str]]:
    frame = data.frame
    chosen = frame[frame["chosen"]]
    triples = zip(chosen["person"], chosen["task"], chosen["alternative"], strict=True)
    return [(str(person), int(task), str(name)) for person, task, name in triples]


def test_codes_mean_what_the_key_says(design, written):
    answers = (
        "id,version,task1,task1v2,task2,task1then,place\n1,1,1,,2,1,2\n2,1,,1,1,2,1\n3,1,4,,2,,1\n"
    )
    data = ChoiceData.import_answers(
        written("a.csv", answers), "limesurvey", design=design, key=written("k.csv", KEY)
    )
    assert rows(data) == [
        ("1", 1, "B"),
        ("1", 2, "B"),
        ("2", 1, "none"),
        ("2", 2, "A"),
        ("3", 2, "B"),
    ]
    assert data.frame.drop_duplicates("person")["place"].tolist() == ["village", "town", "town"]


RANKED = HEAD + "".join(
    f"task1rank_{number},task:1,ranking.{name},,\n"
    for number, name in enumerate(["B", "A", "none"], 1)
)
PLACES = HEAD + "".join(
    f"task1rank[{place}],task:1,ranking.{place},AO{code},{name}\n"
    for place in (1, 2, 3)
    for code, name in enumerate(["B", "A", "none"], 1)
)
LISTED = HEAD + "".join(f"task1rank,task:1,ranking,{name},{name}\n" for name in ("B", "A", "none"))


@pytest.mark.parametrize(
    ("tool", "key", "answers"),
    [
        ("qualtrics", RANKED, "ResponseId,task1rank_1,task1rank_2,task1rank_3\nR_1,2,1,3\n"),
        ("limesurvey", PLACES, "id,task1rank[1],task1rank[2],task1rank[3]\n1,AO2,AO1,AO3\n"),
        ("xlsform", LISTED, "KEY,task1-task1rank\n1,A B none\n"),
        ("surveyjs", LISTED, json.dumps([{"task1rank": ["A", "B", "none"]}])),
    ],
)
def test_rankings_of_all_tools(design, written, tool, key, answers):
    data = ChoiceData.import_answers(
        written("a.csv", answers), tool, design=design, key=written("k.csv", key)
    )
    assert data.frame["rank"].tolist() == [1, 2, 3]


def test_a_key_of_another_survey_is_refused(design, written):
    key = written("k.csv", HEAD + "other,about,other,1,x\n")
    with pytest.raises(DataError, match="none of the columns of the key"):
        ChoiceData.import_answers(
            written("a.csv", "id,task1\n1,A\n"), "limesurvey", design=design, key=key
        )


def test_something_else_is_no_key(design, written):
    with pytest.raises(DataError, match="a key has the columns"):
        ChoiceData.import_answers(
            written("a.csv", "id,task1\n1,A\n"),
            "limesurvey",
            design=design,
            key=written("k.csv", "a,b\n1,2\n"),
        )


def test_an_unknown_code_is_named(design, written):
    with pytest.raises(DataError, match=r"unknown alternative in 'task1' '9'"):
        ChoiceData.import_answers(
            written("a.csv", "id,version,task1\n1,1,9\n"),
            "limesurvey",
            design=design,
            key=written("k.csv", KEY),
        )
