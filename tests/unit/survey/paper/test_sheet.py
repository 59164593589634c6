"""What stands on a form: everything the survey has, numbered, in orders that can be replayed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ccegov_choice.survey.orders import options_shown
from ccegov_choice.survey.paper.code import form_code
from ccegov_choice.survey.paper.codes import numbered, task_codes
from ccegov_choice.survey.paper.sheet import sheet
from ccegov_choice.survey.question import Question
from ccegov_choice.survey.steps import Way


def parts(survey, form=1, language="en", kind="task", block=None):
    content = sheet(survey, form_code(survey, form, language, block))
    return [part for page in content["pages"] for part in page["parts"] if part["kind"] == kind]


def test_a_sheet_is_plain_data(claim):
    content = sheet(claim, form_code(claim, 3, "ar"))
    assert json.loads(json.dumps(content)) == content


def test_questions_are_numbered_without_gaps(claim):
    found = [p["number"] for kind in ("question", "task") for p in parts(claim, kind=kind)]
    asked = [number for number in found if number]  # the example has none
    assert sorted(asked) == list(
        range(1, len(claim.questions) + len(claim.tasks.of_block("1")) + 1)
    )


def test_orders_follow_from_the_number_of_the_form(claim):
    for form in (1, 2, 40):
        code = form_code(claim, form, "en")
        way = Way(claim, code.block, f"paper:{form}", {})
        tasks = [part for part in parts(claim, form) if not part["example"]]
        assert [part["item"] for part in tasks] == [f"task:{id}" for id in way.arrangement.tasks]
        for part in tasks:
            lines = [line["id"] for line in part["lines"]]
            assert lines == [id for id in way.arrangement.attributes if id in lines]
            shown = [option["id"] for option in part["options"]]
            assert tuple(shown) == way.arrangement.offers[part["item"].removeprefix("task:")]
        question = claim.questions["claimed_before"]
        (part,) = [p for p in parts(claim, form, kind="question") if p["field"] == question.id]
        assert [o["id"] for o in part["options"]] == [
            o.id for o in options_shown(question, way.seed)
        ]


def test_printed_numbers_follow_the_files_and_not_the_form(claim):
    for form in (1, 5, 9):
        for part in parts(claim, form):
            if not part["example"]:
                task = claim.tasks.task(part["item"].removeprefix("task:"))
                codes = task_codes(task, claim.task_settings)
                assert {o["id"]: o["code"] for o in part["options"]} == {
                    id: code for id, code in codes.items() if id != "dont_know"
                }
                assert part["undecided"]["code"] == codes["dont_know"] == "0"
    (question,) = [p for p in parts(claim, kind="question") if p["field"] == "claimed_before"]
    codes = {option["id"]: option["code"] for option in question["options"]}
    assert codes == numbered(claim.questions["claimed_before"].option_ids)


def test_the_number_of_a_point_is_the_point(claim):
    ease = Question("ease", "scale", "How easy?", low=0, high=10)
    about = next(page for page in claim.pages if page.questions)
    pages = [replace(p, questions=(ease,)) if p is about else p for p in claim.pages]
    part = parts(replace(claim, pages=tuple(pages), quotas=()), kind="question")[0]
    assert [(p["code"], p["text"]) for p in part["points"]] == [(str(n),) * 2 for n in range(11)]


def test_people_are_sent_to_the_question_that_a_condition_speaks_of(claim):
    found = {part["field"]: part for part in parts(claim, kind="question")}
    (condition,) = found["last_claim_went"]["conditions"]
    assert condition["number"] == found["claimed_before"]["number"]
    assert "Help with the rent" in condition["options"]


def test_levels_that_people_bring_along_point_to_their_answer(everything):
    survey = everything(status_quo=True)
    task = parts(survey)[-1]
    (today,) = [option for option in task["options"] if option["id"] == "today"]
    asked = {part["field"]: part["number"] for part in parts(survey, kind="question")}
    assert today["levels"]["wait"]["own"] == asked["wait"]
    assert today["levels"]["wait"]["text"] == f"your answer to question {asked['wait']} (working days)"  # fmt: skip


def test_a_form_tells_what_was_drawn_by_lot(obligations):
    (lot,) = obligations.lots
    told = {parts(obligations, form)[-1]["lots"][0] for form in range(1, 20)}
    assert told == {option.text for option in lot.options}


def test_an_example_has_no_number_and_no_reasons(claim):
    first = parts(claim)[0]
    assert first["example"]
    assert (first["number"], first["reasons"]) == (0, [])


def test_reasons_are_offered_where_nothing_may_be_chosen(claim):
    reasons = parts(claim)[-1]["reasons"]
    assert [reason["id"] for reason in reasons] == [o.id for o in claim.task_settings.protest]


@pytest.mark.parametrize("response", ["choice", "dual", "best-worst", "ranking", "rating"])
def test_every_way_of_asking_has_what_it_needs(everything, response):
    task = parts(everything(response))[-1]
    assert task["response"] == response
    assert (task["follow"] is not None) == (response == "dual")
    # the first question of a dual response is about the real options only
    expected = ["A", "B"] if response == "dual" else ["A", "B", "no_claim"]
    assert sorted(option["id"] for option in task["options"]) == expected
