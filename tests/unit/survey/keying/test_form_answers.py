"""A keyed form becomes the answers that our own pages would have kept."""

from __future__ import annotations

import pytest

from ccegov_choice.survey.keying.entry import read_entry
from ccegov_choice.survey.keying.form_answers import FormAnswers, read_form_answers
from ccegov_choice.survey.steps import Way


def read(survey, keyed, answers, form: int = 12) -> FormAnswers:
    entry = read_entry(survey, keyed("a.csv", {form: answers}, survey))
    return read_form_answers(survey, entry.forms[form])


def shown(survey, form: int = 12) -> tuple[str, ...]:
    return Way(survey, "1", f"paper:{form}", {}).arrangement.tasks


def test_every_kind_of_question(survey, keyed, answers):
    found = read(survey, keyed, answers)
    assert found.problems == ()
    assert found.agreed
    assert found.answers["about"] == {
        "sex": "f",
        "used": ["web", "else"],
        "used.other": "by post",
        "why": "quick",
        "trust": {"office": "yes", "court": "no"},
        "age": 44,
        "born": "1980-12-31",
        "ease": 0,
    }
    assert found.answers["money"] == {"picked": ["parks"], "spent": 5, "why": "green"}


@pytest.mark.parametrize("form", [1, 2, 3, 12, 400])
def test_the_first_choice_is_the_task_that_stands_first_on_that_form(survey, keyed, answers, form):
    found = read(survey, keyed, answers, form)
    first, second, third = shown(survey, form)
    # printed numbers follow the design, wherever an option stands on the form
    assert found.answers[f"task:{first}"] == {"chosen": "A"}
    assert found.answers[f"task:{second}"] == {"chosen": "none", "reason": "bad"}
    assert found.answers[f"task:{third}"] == {"dont_know": True}


def test_forms_differ_in_their_orders(survey):
    assert len({shown(survey, form) for form in range(1, 40)}) > 1


def test_what_is_empty_or_cannot_be_read_has_no_answer(survey, keyed, answers):
    found = read(survey, keyed, {**answers, "sex": "", "age": "-", "choice_1": "-"})
    assert found.problems == ()
    assert "sex" not in found.answers["about"]
    assert "age" not in found.answers["about"]
    assert f"task:{shown(survey)[0]}" not in found.answers


def test_answers_that_the_form_did_not_ask_for_are_noted(survey, keyed, answers):
    found = read(survey, keyed, {**answers, "used": "2", "used.other": ""})
    assert "why" not in found.answers["about"]
    assert found.notes == ("form 12: answers that were not asked for do not count: why",)


def test_a_form_without_consent_or_without_answers_says_so(survey, keyed, answers):
    assert not read(survey, keyed, {**answers, "agree.take_part": ""}).agreed
    assert read(survey, keyed, {"agree.take_part": "1"}).blank


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sex": "3"}, "form 12, sex: '3' is no code"),
        ({"choice_1": "4"}, "form 12, choice_1: '4' is no code"),
        ({"used": "1 9"}, "form 12, used: '9' is no code"),
        ({"used": "1 4"}, "q.used: exclusive"),
        ({"age": "forty"}, "q.age: number"),
        ({"age": "12"}, "q.age: too low (bound 16)"),
        ({"born": "31.2.1980"}, "form 12, born: '31.2.1980' cannot stand here"),
        ({"money.picked": "1 2"}, "over budget"),
        ({"choice_2.reason": "7"}, "form 12, choice_2.reason: '7' is no code"),
    ],
)
def test_what_cannot_be_an_answer_is_a_problem(survey, keyed, answers, changed, told):
    found = read(survey, keyed, {**answers, **changed})
    assert len(found.problems) == 1
    assert told in found.problems[0].problem
    assert "a.csv:2" in (found.problems[0].where or "")


def test_picking_nothing_is_an_answer(survey, keyed, answers):
    found = read(survey, keyed, {**answers, "money.picked": "0", "money.why": ""})
    assert found.answers["money"] == {"picked": [], "spent": 0}


def test_rankings(answering, keyed, answers):
    survey = answering(response="ranking")
    kept = {k: v for k, v in answers.items() if not k.startswith("choice")}
    ranks = {"choice_1.rank1": "2", "choice_1.rank2": "1", "choice_1.rank3": "3"}
    part = {"choice_2.rank1": "1"}
    undecided = {"choice_3.undecided": "1"}
    found = read(survey, keyed, {**kept, **ranks, **part, **undecided})
    first, second, third = shown(survey)
    assert found.answers[f"task:{first}"] == {"ranking": ["B", "A", "none"]}
    assert f"task:{second}" not in found.answers
    assert found.answers[f"task:{third}"] == {"dont_know": True}
    assert found.notes == (f"form 12: task:{second} is answered in part and does not count",)


def test_ratings_and_best_worst(answering, keyed, answers):
    kept = {k: v for k, v in answers.items() if not k.startswith("choice")}
    rated = answering(response="rating", points=5)
    points = {f"choice_1.rate{i}": str(i + 1) for i in (1, 2, 3)}
    found = read(rated, keyed, {**kept, **points})
    assert found.answers[f"task:{shown(rated)[0]}"] == {"ratings": {"A": 2, "B": 3, "none": 4}}
    best_worst = answering(response="best-worst")
    found = read(best_worst, keyed, {**kept, "choice_1.best": "2", "choice_1.worst": "3"})
    assert found.answers[f"task:{shown(best_worst)[0]}"] == {"best": "B", "worst": "none"}
    same = read(best_worst, keyed, {**kept, "choice_1.best": "2", "choice_1.worst": "2"})
    assert "best is worst" in same.problems[0].problem
