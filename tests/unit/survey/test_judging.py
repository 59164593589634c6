"""Steps of one person, and what follows from an answer; pure, without a server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ccegov_choice.survey.judging import Claim, after_answer, claims, step_to_show, uncounted
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import Quota, TaskSettings
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Tasks

WHOLE = Survey.read(Path(__file__).parents[3] / "surveys" / "benefit-claim")
YES_NO = (Option("yes", "Yes"), Option("no", "No"), Option("out", "Out", screen_out=True))
TASKS = Tasks(WHOLE.tasks.of_block("1")[:2], "fingerprint")


def question(id: str, **changes: object) -> Question:
    return replace(Question(id, "single", id, options=YES_NO), **changes)


PAGES = (
    Page("welcome", "welcome", "Welcome"),
    Page("consent", "consent", "Consent"),
    Page("one", "questions", "One", questions=(question("q1"),)),
    Page(
        "two",
        "questions",
        "Two",
        questions=(question("q2", when={"q1": ("yes",)}), question("q3", when={"q2": ("yes",)})),
    ),
    Page("tasks", "tasks", "Tasks"),
    Page("end", "end", "End"),
)
SURVEY = replace(WHOLE, pages=PAGES, tasks=TASKS, quotas=(), lots=())
Q1, Q2 = {"q1": "yes"}, {"q2": "yes", "q3": "no"}


def way(survey: Survey = SURVEY, **answers: dict) -> Way:
    return Way(survey, "1", "seed", answers)


def ids(found: Way) -> list[str]:
    return [step.id for step in found.steps]


def test_a_page_none_of_whose_questions_is_asked_is_left_out():
    assert ids(way(one={"q1": "no"})) == ["one", "task-1", "task-2", "end"]
    assert ids(way(one=Q1)) == ["one", "two", "task-1", "task-2", "end"]


def test_a_condition_on_a_question_not_asked_any_more_does_not_hold():
    found = way(one={"q1": "no"}, two=Q2)
    assert found.reply("q2") is None
    assert found.asked(PAGES[3]) == ()


def test_a_page_is_open_until_every_question_now_asked_has_been_put():
    assert way(one=Q1, two={"q2": "yes"}).current.id == "two"
    assert way(one=Q1, two=Q2).current.id == "task-1"
    assert way(one=Q1, two={"q2": None}).current.id == "task-1"


def test_tasks_stand_in_the_persons_order_under_the_designs_numbers():
    found = way(one={"q1": "no"})
    tasks = [step for step in found.steps if step.kind == "task"]
    assert [step.number for step in tasks] == [1, 2]
    assert [step.item for step in tasks] == [f"task:{id}" for id in found.arrangement.tasks]


def test_a_dual_response_asks_on_unless_undecided():
    survey = replace(SURVEY, task_settings=TaskSettings("dual"))
    first = way(survey).arrangement.tasks[0]
    chosen = way(survey, one={"q1": "no"}, **{f"task:{first}": {"chosen": "A"}})
    assert ids(chosen)[1:4] == ["task-1", "task-1-follow", "task-2"]
    undecided = way(survey, one={"q1": "no"}, **{f"task:{first}": {"dont_know": True}})
    assert ids(undecided)[1:3] == ["task-1", "task-2"]


@pytest.mark.parametrize(
    ("answers", "asked", "shown"),
    [
        ({}, "one", ("one", True)),
        ({}, "task-2", ("one", False)),
        ({}, "welcome", ("one", False)),
        ({}, "nowhere", ("one", False)),
        ({"one": {"q1": "no"}}, "two", ("task-1", False)),
        ({"one": {"q1": "no"}}, "one", ("one", True)),
    ],
)
def test_whoever_is_out_of_step_is_led_to_the_first_step_open(answers, asked, shown):
    step, as_asked = step_to_show(way(**answers), asked)
    assert (step.id, as_asked) == shown


def answered(found: Way, id: str):
    return after_answer(found, found.step(id))


def test_after_an_answer_comes_the_step_behind_it():
    assert answered(way(one=Q1), "one").step.id == "two"
    assert answered(way(one=Q1, two=Q2), "one").step.id == "two"


def test_a_question_opened_further_back_comes_first():
    tasks = {f"task:{id}": {"chosen": "A"} for id in way().arrangement.tasks}
    found = way(one=Q1, **tasks)
    assert answered(found, "task-2").step.id == "two"


def test_the_last_answer_completes():
    tasks = {f"task:{id}": {"chosen": "A"} for id in way().arrangement.tasks}
    onward = answered(way(one={"q1": "no"}, **tasks), "task-2")
    assert (onward.kind, onward.step.id) == ("completed", "end")


def test_an_option_that_screens_out_ends_the_interview_and_says_why():
    onward = answered(way(one={"q1": "out"}), "one")
    assert (onward.kind, onward.step.id, onward.reason) == ("screened_out", "end", "q1=out")


def test_an_option_of_several_screens_out_too():
    pages = (*PAGES[:2], replace(PAGES[2], questions=(question("q1", kind="multiple"),)), PAGES[5])
    onward = answered(way(replace(SURVEY, pages=pages), one={"q1": ["yes", "out"]}), "one")
    assert onward.kind == "screened_out"


def test_quotas_are_claimed_when_their_question_is_answered():
    survey = replace(SURVEY, quotas=(Quota("q1", {"yes": 3}), Quota("q2", {"no": 1})))
    found = way(survey, one=Q1, two={"q2": "no"})
    assert claims(found, found.step("one")) == (Claim("q1", "yes", 3),)
    assert claims(found) == (Claim("q1", "yes", 3), Claim("q2", "no", 1))
    assert claims(way(survey, one={"q1": "no"}, two={"q2": "no"})) == ()


def test_what_no_longer_counts_is_named_with_what_still_does():
    pages = (
        *PAGES[:3],
        replace(PAGES[3], questions=(*PAGES[3].questions, question("q4"))),
        *PAGES[4:],
    )
    survey = replace(SURVEY, pages=pages)
    kept = {"q2": "yes", "q2.other": "words", "q3": "no", "q4": "yes"}
    assert uncounted(way(survey, one={"q1": "no"}, two=kept)) == {"two": {"q4": "yes"}}
    assert uncounted(way(survey, one=Q1, two=kept)) == {}
    assert uncounted(way(one={"q1": "no"}, two=Q2, gone={"x": 1})) == {"two": {}, "gone": {}}


def test_progress_counts_what_is_done_of_what_there_is():
    assert way().progress == (0, 3)
    assert way(one=Q1).progress == (1, 4)
