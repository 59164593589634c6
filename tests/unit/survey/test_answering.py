"""Forms become answers, and answers fill forms again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.survey.answering import fields_of, read_form
from ccegov_choice.survey.page import Budget, Page, Project
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import TaskSettings
from ccegov_choice.survey.steps import Step, Way
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Offer, Task

WHOLE = Survey.read(Path(__file__).parents[3] / "surveys" / "benefit-claim")
OPTIONS = (
    Option("a", "A"),
    Option("b", "B"),
    Option("none", "None", exclusive=True),
    Option("else", "Something else", write_in=True),
)
QUESTIONS = {
    "single": Question("it", "single", "?", options=OPTIONS),
    "multiple": Question("it", "multiple", "?", options=OPTIONS),
    "matrix": Question(
        "it", "matrix", "?", options=OPTIONS[:2], rows=(Option("r", "R"), Option("s", "S"))
    ),
    "number": Question("it", "number", "?", low=0, high=100),
    "text": Question("it", "text", "?", max_length=20),
    "scale": Question("it", "scale", "?", low=1, high=7),
    "date": Question("it", "date", "?"),
}


def page_with(*questions: Question, **changes: object) -> tuple[Step, Way]:
    page = Page("about", "questions", "About", questions=questions)
    page = replace(page, **changes)
    survey = replace(WHOLE, pages=(page,), lots=())
    return Step("about", "about", "page", page), Way(survey, "1", "seed", {})


def read(question: Question, language: str = "en", **fields: str | list[str]):
    """Read one question; `q` is its field, `q_row` one of a matrix or a date."""
    step, way = page_with(question)
    posted = {
        name.replace("q", f"q.{question.id}", 1).replace("_", "."): (
            value if isinstance(value, list) else [value]
        )
        for name, value in fields.items()
    }
    return read_form(step, way, posted, language=language)


def keys(problems) -> list[tuple[str, str]]:
    return [(problem.field, problem.key) for problem in problems]


# -- questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fields", "reply"),
    [
        ("single", {"q": "a"}, "a"),
        ("multiple", {"q": ["b", "a"]}, ["a", "b"]),
        ("multiple", {"q": "none"}, ["none"]),
        ("matrix", {"q_r": "a", "q_s": "b"}, {"r": "a", "s": "b"}),
        ("number", {"q": "12.5"}, 12.5),
        ("text", {"q": "  own\r\nwords "}, "own\nwords"),
        ("scale", {"q": "7"}, 7),
        ("date", {"q_day": "3", "q_month": "02", "q_year": "1980"}, "1980-02-03"),
    ],
)
def test_each_kind_is_read(kind, fields, reply):
    payload, problems = read(QUESTIONS[kind], **fields)
    assert problems == ()
    assert payload == {"it": reply}


@pytest.mark.parametrize(
    ("kind", "field", "key"),
    [
        ("single", "q.it", "error.required"),
        ("multiple", "q.it", "error.required"),
        ("number", "q.it", "error.required"),
        ("text", "q.it", "error.required"),
        ("scale", "q.it", "error.required"),
        ("date", "q.it.day", "error.required"),
    ],
)
def test_a_required_question_is_asked_for_at_its_first_field(kind, field, key):
    payload, problems = read(QUESTIONS[kind])
    assert payload is None
    assert keys(problems) == [(field, key)]


def test_each_missing_row_of_a_matrix_is_named():
    _, problems = read(QUESTIONS["matrix"], q_r="a")
    assert keys(problems) == [("q.it.s", "error.required_row")]


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_question_passed_over_is_kept_as_such(kind):
    payload, problems = read(replace(QUESTIONS[kind], required=False))
    assert problems == ()
    assert payload == {"it": None}


@pytest.mark.parametrize(
    ("kind", "fields", "field", "key"),
    [
        ("single", {"q": "c"}, "q.it", "error.option"),
        ("multiple", {"q": ["a", "c"]}, "q.it", "error.option"),
        ("multiple", {"q": ["a", "none"]}, "q.it", "error.exclusive"),
        ("matrix", {"q_r": "a", "q_s": "c"}, "q.it.s", "error.option"),
        ("number", {"q": "many"}, "q.it", "error.number"),
        ("number", {"q": "-1"}, "q.it", "error.too_low"),
        ("number", {"q": "101"}, "q.it", "error.too_high"),
        ("number", {"q": "1e5"}, "q.it", "error.number"),
        ("number", {"q": "9" * 400}, "q.it", "error.number"),
        ("text", {"q": "x" * 21}, "q.it", "error.too_long"),
        ("scale", {"q": "8"}, "q.it", "error.option"),
        ("date", {"q_day": "30", "q_month": "2", "q_year": "1980"}, "q.it.day", "error.date"),
        ("date", {"q_day": "3", "q_year": "1980"}, "q.it.month", "error.date_month"),
        ("date", {"q_day": "3", "q_month": "x", "q_year": "1980"}, "q.it.day", "error.date"),
        ("date", {"q_day": "3", "q_month": "3", "q_year": "99999"}, "q.it.day", "error.date"),
    ],
)
def test_what_cannot_be_is_said_where_it_stands(kind, fields, field, key):
    payload, problems = read(QUESTIONS[kind], **fields)
    assert payload is None
    assert (field, key) in keys(problems)


def test_a_message_about_a_bound_is_written_as_the_language_does():
    question = replace(QUESTIONS["number"], low=0.5)
    for language, bound in (("en", "0.5"), ("de", "0,5")):
        _, (problem,) = read(question, language, q="0")
        assert problem.values == {"bound": bound}


def test_own_words_belong_to_the_option_that_asks_for_them():
    assert read(QUESTIONS["single"], q="else", q_other="mine")[0] == {
        "it": "else",
        "it.other": "mine",
    }
    assert read(QUESTIONS["single"], q="a", q_other="mine")[0] == {"it": "a"}
    assert read(QUESTIONS["single"], q="else")[0] == {"it": "else"}
    _, problems = read(QUESTIONS["single"], q="else", q_other="x" * 501)
    assert keys(problems) == [("q.it.other", "error.too_long")]


def test_all_problems_of_a_page_are_told_in_its_order():
    second = replace(QUESTIONS["number"], id="second")
    step, way = page_with(QUESTIONS["single"], second)
    _, problems = read_form(step, way, {"q.second": ["x"]})
    assert keys(problems) == [("q.it", "error.required"), ("q.second", "error.number")]


def test_what_the_database_would_refuse_is_left_out():
    assert read(QUESTIONS["text"], q="a\x00b\x07c\td")[0] == {"it": "abc\td"}


# -- reading and showing again -------------------------------------------------------------------

replies = {
    "single": st.sampled_from([o.id for o in OPTIONS]),
    "multiple": st.one_of(
        st.just(["none"]),
        st.lists(st.sampled_from(["a", "b", "else"]), min_size=1, unique=True).map(
            lambda ids: [o.id for o in OPTIONS if o.id in ids]
        ),
    ),
    "matrix": st.fixed_dictionaries(dict.fromkeys(("r", "s"), st.sampled_from("ab"))),
    "number": st.one_of(st.integers(0, 100), st.decimals(0, 100, places=3).map(float)),
    "text": st.text("ab \n€é", min_size=1, max_size=20).map(str.strip).filter(bool),
    "scale": st.integers(1, 7),
    "date": st.dates().map(lambda day: day.isoformat()),
}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(QUESTIONS)).flatmap(lambda k: st.tuples(st.just(k), replies[k])))
def test_an_answer_shown_again_is_read_as_the_same(drawn):
    kind, reply = drawn
    step, way = page_with(QUESTIONS[kind])
    fields = fields_of(step, {"it": reply})
    assert read_form(step, way, fields) == ({"it": reply}, ())


# -- tasks ---------------------------------------------------------------------------------------

TASK = Task(
    "7",
    "1",
    (
        Offer("A", "unlabelled", {"x": "1"}),
        Offer("B", "unlabelled", {"x": "2"}),
        Offer("stay", "opt_out", {}),
    ),
)
PROTEST = (Option("both_bad", "Both are bad"),)


def asked(response: str, **changes: object) -> tuple[Step, Way]:
    task_settings = TaskSettings(response, protest=PROTEST, **changes)
    page = Page("tasks", "tasks", "Tasks")
    survey = replace(WHOLE, pages=(page,), task_settings=task_settings, lots=())
    return Step("task-1", "task:7", "task", page, TASK, 1), Way(survey, "1", "seed", {})


@pytest.mark.parametrize(
    ("response", "fields", "payload"),
    [
        ("choice", {"chosen": "A"}, {"chosen": "A"}),
        ("choice", {"chosen": "A", "reason": "both_bad"}, {"chosen": "A"}),
        (
            "choice",
            {"chosen": "stay", "reason": "both_bad"},
            {"chosen": "stay", "reason": "both_bad"},
        ),
        ("choice", {"chosen": "stay", "reason": "made up"}, {"chosen": "stay"}),
        ("choice", {"chosen": "dont_know"}, {"dont_know": True}),
        (
            "choice",
            {"chosen": "dont_know", "reason": "both_bad"},
            {"dont_know": True, "reason": "both_bad"},
        ),
        ("dual", {"chosen": "B"}, {"chosen": "B"}),
        ("best-worst", {"best": "A", "worst": "stay"}, {"best": "A", "worst": "stay"}),
        ("best-worst", {"best": "dont_know"}, {"dont_know": True}),
        (
            "ranking",
            {"rank.A": "2", "rank.B": "1", "rank.stay": "3"},
            {"ranking": ["B", "A", "stay"]},
        ),
        (
            "rating",
            {"rating.A": "2", "rating.B": "7", "rating.stay": "1"},
            {"ratings": {"A": 2, "B": 7, "stay": 1}},
        ),
    ],
)
def test_each_way_of_asking_is_read_and_shown_again(response, fields, payload):
    step, way = asked(response)
    posted = {name: [value] for name, value in fields.items()}
    assert read_form(step, way, posted) == (payload, ())
    assert read_form(step, way, fields_of(step, payload)) == (payload, ())


@pytest.mark.parametrize(
    ("response", "fields", "expected"),
    [
        ("choice", {}, [("chosen", "error.required_choice")]),
        ("choice", {"chosen": "C"}, [("chosen", "error.option")]),
        ("dual", {"chosen": "stay"}, [("chosen", "error.option")]),
        (
            "best-worst",
            {},
            [("best", "error.required_best"), ("worst", "error.required_worst")],
        ),
        ("best-worst", {"best": "A", "worst": "A"}, [("worst", "error.best_is_worst")]),
        (
            "ranking",
            {"rank.A": "1", "rank.B": "1"},
            [("rank.B", "error.rank_twice"), ("rank.stay", "error.required_rank")],
        ),
        (
            "ranking",
            {"rank.A": "1", "rank.B": "2", "rank.stay": "9"},
            [("rank.stay", "error.option")],
        ),
        (
            "rating",
            {"rating.A": "0", "rating.B": "3"},
            [("rating.A", "error.option"), ("rating.stay", "error.required_rating")],
        ),
    ],
)
def test_what_cannot_be_chosen_is_said(response, fields, expected):
    step, way = asked(response)
    payload, problems = read_form(step, way, {name: [value] for name, value in fields.items()})
    assert payload is None
    assert keys(problems) == expected


def test_undecided_is_no_choice_where_it_is_not_offered():
    step, way = asked("choice", dont_know=False)
    assert keys(read_form(step, way, {"chosen": ["dont_know"]})[1]) == [("chosen", "error.option")]


def test_the_second_question_of_a_dual_response():
    step, way = asked("dual", follow_options=(Option("yes", "Yes"), Option("late", "Late")))
    follow = replace(step, id="task-1-follow", item="follow:7", kind="follow")
    assert read_form(follow, way, {"follow": ["late"]}) == ({"follow": "late"}, ())
    assert fields_of(follow, {"follow": "late"}) == {"follow": ["late"]}
    assert keys(read_form(follow, way, {})[1]) == [("follow", "error.required")]
    assert keys(read_form(follow, way, {"follow": ["never"]})[1]) == [("follow", "error.option")]


# -- budget --------------------------------------------------------------------------------------

BUDGET = Budget(
    0.3, tuple(Project(id, id, cost) for id, cost in (("p", 0.1), ("q", 0.2), ("r", 1)))
)


def spending(**fields: str):
    step, way = page_with(kind="budget", budget=BUDGET)
    posted = {name.replace("_", "."): [value] for name, value in fields.items()}
    return step, way, read_form(step, way, posted)


def test_what_is_bought_is_kept_with_what_it_costs():
    step, way, (payload, problems) = spending(buy_p="yes", buy_q="yes", buy_r="no", why="because")
    assert problems == ()  # 0.1 + 0.2 is 0.3 here, which it is not in binary
    assert payload == {"picked": ["p", "q"], "spent": 0.3, "why": "because"}
    assert read_form(step, way, fields_of(step, payload)) == (payload, ())


def test_nobody_spends_more_than_there_is():
    _, _, (payload, (problem,)) = spending(buy_p="yes", buy_r="yes")
    assert payload is None
    assert problem.key == "error.over_budget"
    assert problem.values == {"spent": "1.1", "amount": "0.3", "over": "0.8"}


def test_buying_nothing_must_be_said():
    assert keys(spending()[2][1]) == [("buy.p", "error.required_budget")]
    assert spending(buy_p="no")[2] == ({"picked": [], "spent": 0}, ())


def test_a_made_up_word_is_no_purchase():
    assert keys(spending(buy_p="perhaps", buy_q="yes")[2][1]) == [("buy.p", "error.option")]


# -- others --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "left", "wrong"),
    [
        ({}, False, []),
        ({"contact.email": "a@b.example"}, True, []),
        ({"contact.phone": "+44 (0)1632 960-001"}, True, []),
        ({"contact.email": "a at b"}, None, [("contact.email", "error.email")]),
        ({"contact.phone": "call me"}, None, [("contact.phone", "error.phone")]),
    ],
)
def test_of_a_contact_the_answers_hold_only_that_it_was_left(fields, left, wrong):
    step, way = page_with(kind="contact")
    posted = {name: [value] for name, value in fields.items()}
    payload, problems = read_form(step, way, posted)
    assert keys(problems) == wrong
    assert payload == (None if wrong else {"left": left})


def test_a_page_to_read_is_seen():
    step, way = page_with(kind="text")
    assert read_form(step, way, {"anything": ["x"]}) == ({"seen": True}, ())
