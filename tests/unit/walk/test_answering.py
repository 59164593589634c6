"""What citizens fill in follows from what options are worth to them, and is always valid."""

from dataclasses import replace

import pytest

from ccegov_choice.survey.answering import read_form
from ccegov_choice.survey.page import Budget, Page, Project
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.pages.pages import Pages
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.steps import Way
from ccegov_choice.walk.answering import Answering
from ccegov_choice.walk.behaviour import Behaviour, Temper
from ccegov_choice.walk.citizens import draw_citizens
from ccegov_choice.walk.html_form import read_forms

CALM = Temper(Behaviour.smooth(), 1, 1, 10)


def answered(survey, people, number=1, temper=CALM):
    """Fill every page in, as posted; yield step, payload and the citizen."""
    citizen = draw_citizens(survey, people, number, seed=5, keep=(number,))[0]
    answering = Answering(survey, citizen, temper)
    pages, way = Pages(survey), Way(survey, "2", "seed", {})
    while (step := way.current) and step.page.kind != "end":
        page = pages.step(step, way, Frame("en"), Form(f"/page/{step.id}", "nonce"))
        form = next(f for f in read_forms(page) if f.method == "post")
        pairs = form.filled(answering.step(form, step.task.id if step.task else None))
        fields = {name: [v for n, v in pairs if n == name] for name, _ in pairs}
        payload, problems = read_form(step, way, fields)
        assert problems == (), (step.id, pairs)
        yield step, payload, citizen
        way = replace(way, answers={**way.answers, step.item: payload})


def asking(survey, response, **settings):
    return replace(
        survey, task_settings=replace(survey.task_settings, response=response, **settings)
    )


def of_tasks(found, kind="task"):
    return [
        (step.task.id, payload, citizen) for step, payload, citizen in found if step.kind == kind
    ]


def test_the_option_worth_most_is_chosen(survey, people):
    for task, payload, citizen in of_tasks(answered(survey, people)):
        worth = citizen.worth[task]
        assert payload["chosen"] == max(worth, key=worth.get)


def test_every_page_of_the_survey_can_be_filled_in(survey, people):
    steps = [
        step.page.kind for number in range(1, 9) for step, _, _ in answered(survey, people, number)
    ]
    assert {"text", "questions", "warm-up", "tasks", "contact"} <= set(steps)


def test_rankings_ratings_and_best_worst_follow_worth(survey, people):
    for task, payload, citizen in of_tasks(answered(asking(survey, "ranking"), people)):
        worth = citizen.worth[task]
        assert payload["ranking"] == sorted(worth, key=lambda name: -worth[name])
    for task, payload, citizen in of_tasks(answered(asking(survey, "rating"), people)):
        order = sorted(citizen.worth[task], key=citizen.worth[task].get)
        points = [payload["ratings"][name] for name in order]
        assert points == sorted(points)
    for task, payload, citizen in of_tasks(answered(asking(survey, "best-worst"), people)):
        assert payload["best"] == max(citizen.worth[task], key=citizen.worth[task].get)
        rest = [name for name in citizen.spoiled[task] if name != payload["best"]]
        assert payload["worst"] == max(rest, key=citizen.spoiled[task].get)


def test_a_dual_response_ends_with_the_opt_out_where_it_is_worth_more(survey, people):
    opt_out = survey.study.opt_out.id
    dual = asking(
        survey,
        "dual",
        follow_up="Would you really claim?",
        follow_options=(Option("yes", "Yes"), Option(opt_out, "I would not claim")),
    )
    for number in range(1, 7):
        for task, payload, citizen in of_tasks(answered(dual, people, number), "follow"):
            worth = dict(citizen.worth[task])
            without = worth.pop(opt_out)
            assert payload["follow"] == (opt_out if without > max(worth.values()) else "yes")


def test_whoever_cannot_decide_says_so_and_may_say_why(survey, people):
    temper = Temper(Behaviour(dont_know=1.0, protest=1.0), 1, 1, 10)
    found = of_tasks(answered(survey, people, temper=temper))
    assert all(payload["dont_know"] for _, payload, _ in found)
    assert all("chosen" not in payload and payload["reason"] for _, payload, _ in found)


@pytest.mark.parametrize("amount", [0.0, 3.0, 7.0, 100.0])
def test_nobody_spends_more_than_there_is(survey, people, amount):
    projects = tuple(Project(f"p{i}", f"Project {i}", cost=float(i)) for i in range(1, 6))
    page = Page("money", "budget", "Spend it", budget=Budget(amount, projects))
    spending = replace(survey, pages=(*survey.pages[:2], page, survey.pages[-1]))
    payload = next(payload for _, payload, _ in answered(spending, people))
    assert payload["spent"] <= amount
    assert (amount < 1) == (payload["picked"] == [])
    assert (amount >= 15) == (len(payload["picked"]) == 5)


def test_own_words_go_with_the_option_that_asks_for_them(survey, people):
    options = (Option("other", "Something else", write_in=True),)
    page = Page("more", "questions", "More", questions=(
        Question("why", "single", "Why?", options=options),
        Question("when", "date", "When?"),
        Question("note", "text", "Note", max_length=12),
    ))  # fmt: skip
    asked = replace(survey, pages=(*survey.pages[:2], page, survey.pages[-1]))
    payload = next(payload for _, payload, _ in answered(asked, people))
    assert payload["why"] == "other"
    assert payload["why.other"].startswith("Simulated answer")
    assert payload["note"] == "Simulated an"
    assert payload["when"][4] == "-"
