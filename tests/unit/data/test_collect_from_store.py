"""Choices are taken from a store of answers as they stand there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.design import Design
from ccegov_choice.errors import DataError
from ccegov_choice.responses.records import Answer, Start, Version
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.study import Study

STUDY = Study(
    "claim",
    "A claim",
    (
        Attribute.numeric("wait", "Days", (5, 14, 30), "day", "days"),
        Attribute.categorical("channel", "Channel", ["web", "phone"]),
    ),
    opt_out=Alternative("none", "No claim", kind="opt_out"),
    covariates=(Covariate("income", "Low income", "numeric"),),
)
DESIGN = Design(
    pd.DataFrame(
        {
            "block": [1] * 6,
            "task": [1, 1, 1, 2, 2, 2],
            "alternative": ["A", "B", "none"] * 2,
            "wait": [5, 30, None, 14, 5, None],
            "channel": ["web", "phone", None, "phone", "web", None],
        }
    ),
    STUDY,
)


def content(response: str) -> dict[str, object]:
    options = [{"id": "yes", "value": 1.0}, {"id": "no", "value": 0.0}, {"id": "?", "value": None}]
    tasks = [
        {
            "id": task,
            "block": "1",
            "offers": [{"alternative": name} for name in ("A", "B", "none")],
        }
        for task in ("1", "2")
    ]
    question = {"id": "income", "kind": "single", "options": options}
    return {
        "study": STUDY.to_toml(),
        "tasks": {"tasks": tasks},
        "pages": [{"id": "you", "questions": [question]}],
        "task_settings": {"response": response},
    }


def filled(
    response: str, answers: dict[str, dict[str, object]], offers: list[str]
) -> ResponseStore:
    store = ResponseStore.open("sqlite://")
    store.register(Version("claim", "a" * 64, content(response), ("1",), 1))
    person = store.start("a" * 64, Start("n", "en"), lease_minutes=9)
    shown = {"number": 1, "offers": offers, "view": "cards"}
    for number, (item, payload) in enumerate(answers.items()):
        answer = Answer(item, payload, f"n{number}", shown=shown, timing={"seconds": 3.5})
        store.answer(person.id, answer, lease_minutes=9)
    return store


def test_choices_with_covariates_and_what_was_seen() -> None:
    answers = {"you": {"income": "yes"}, "task:1": {"chosen": "B"}, "task:2": {"chosen": "none"}}
    with filled("choice", answers, ["B", "A", "none"]) as store:
        data = ChoiceData.collect(DESIGN, store)
    assert (data.people, data.tasks, data.rows) == (1, 2, 6)
    np.testing.assert_array_equal(data.chosen, [1, 5])
    assert set(data.frame["income"]) == {1.0}
    assert set(data.frame["seconds"]) == {3.5}


def test_undecided_tasks_are_no_choices_and_no_opt_outs() -> None:
    answers = {"task:1": {"dont_know": True}, "task:2": {"chosen": "A"}}
    with filled("choice", {"you": {"income": "no"}, **answers}, ["A", "B", "none"]) as store:
        data = ChoiceData.collect(DESIGN, store)
    assert (data.tasks, list(data.frame["task"].unique())) == (1, ["2"])


def test_the_final_choice_of_a_dual_response() -> None:
    answers = {
        "you": {"income": "no"},
        "task:1": {"chosen": "A"},
        "follow:1": {"follow": "none"},
        "task:2": {"chosen": "A"},
        "follow:2": {"follow": "yes"},
    }
    with filled("dual", answers, ["A", "B", "none"]) as store:
        data = ChoiceData.collect(DESIGN, store)
        forced = ChoiceData.collect(DESIGN, pd.DataFrame(store.choice_rows()), chosen="forced")
    np.testing.assert_array_equal(data.chosen, [2, 3])
    np.testing.assert_array_equal(forced.chosen, [0, 3])


@pytest.mark.parametrize(
    ("response", "payload", "made"),
    [
        ("ranking", {"ranking": ["B", "A", "none"]}, "ranking"),
        ("best-worst", {"best": "A", "worst": "none"}, "best-worst"),
    ],
)
def test_rankings_and_best_worst_need_not_be_named(response, payload, made) -> None:
    answers = {"you": {"income": "no"}, "task:1": payload}
    with filled(response, answers, ["A", "B", "none"]) as store:
        assert ChoiceData.collect(DESIGN, store).response == made


def test_what_was_not_offered_is_no_alternative() -> None:
    answers = {"you": {"income": "no"}, "task:1": {"chosen": "A"}}
    with filled("choice", answers, ["none", "A"]) as store:
        data = ChoiceData.collect(DESIGN, store)
    assert list(data.frame["alternative"]) == ["A", "none"]


def test_choosing_what_was_not_offered_is_a_problem() -> None:
    table = pd.DataFrame(
        {"person": [1], "task": [1], "chosen": ["B"], "seen": ["A > none"], "income": [0]}
    )
    with pytest.raises(DataError, match="unknown alternative in 'chosen' 'B'"):
        ChoiceData.collect(DESIGN, table, offered="seen")
    with pytest.raises(DataError, match="lists alternatives that the task does not have"):
        ChoiceData.collect(DESIGN, table.assign(seen="A > B > C"), offered="seen")


def test_a_store_without_answers() -> None:
    with filled("choice", {}, []) as store, pytest.raises(DataError, match="there are no rows"):
        ChoiceData.collect(DESIGN, store)
