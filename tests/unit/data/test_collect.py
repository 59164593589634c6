"""Responses joined to a design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.design import Design
from ccegov_choice.errors import DataError
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.study import Study

NOW = Alternative("now", "As now", kind="status_quo", levels={"wait": FromCovariate("wait_now")})
STUDY = Study(
    "claim",
    "A claim",
    (
        Attribute.numeric("wait", "Days", (5, 14, 30), "day", "days"),
        Attribute.categorical("channel", "Channel", ["web", "phone"]),
    ),
    opt_out=NOW,
    covariates=(Covariate("wait_now", "Days now", "numeric"),),
)
DESIGN = Design(
    pd.DataFrame(
        {
            "block": [1, 1, 1, 1, 1, 1, 2, 2, 2],
            "task": [1, 1, 1, 2, 2, 2, 3, 3, 3],
            "alternative": ["A", "B", "now"] * 3,
            "wait": [5, 30, None, 14, 5, None, 30, 14, None],
            "channel": ["web", "phone", None, "phone", "web", None, "web", "phone", None],
        }
    ),
    STUDY,
)


def responses(**changes: list[object]) -> pd.DataFrame:
    table = {
        "who": ["ann", "ann", "bob"],
        "block": [1, 1, 2],
        "task": [2, 1, 3],
        "chosen": ["A", "now", "B"],
        "wait_now": [40, 40, 60],
        "seconds": [9.5, 30.0, 12.0],
    }
    return pd.DataFrame({**table, **changes})


def problems(table: pd.DataFrame, **columns: object) -> list[str]:
    with pytest.raises(DataError) as caught:
        ChoiceData.collect(DESIGN, table, person="who", **columns)
    return [str(problem).partition("\n")[0] for problem in caught.value.problems]


def test_levels_come_from_the_design_and_the_person() -> None:
    data = ChoiceData.collect(DESIGN, responses(), person="who")
    frame = data.frame
    assert (data.people, data.tasks, data.rows) == (2, 3, 9)
    assert list(frame["task"]) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    np.testing.assert_array_equal(frame["wait"], [5, 30, 40, 14, 5, 40, 30, 14, 60])
    np.testing.assert_array_equal(data.chosen, [2, 3, 7])
    np.testing.assert_array_equal(frame["seconds"], [30.0] * 3 + [9.5] * 3 + [12.0] * 3)
    assert data.provenance is not None
    assert data.provenance.parents == {"design": DESIGN.sha256}


def test_ranking_and_best_worst() -> None:
    table = responses(
        order=["A > now > B", "now", "B>A"], best=["A", "now", "B"], worst=list("BAA")
    )
    ranked = ChoiceData.collect(DESIGN, table, person="who", ranking="order")
    np.testing.assert_array_equal(ranked.frame["rank"], [np.nan, np.nan, 1, 1, 3, 2, 2, 1, np.nan])
    named = ChoiceData.collect(DESIGN, table, person="who", best="best", worst="worst")
    assert named.response == "best-worst"
    np.testing.assert_array_equal(named.first_choices().chosen, [2, 3, 7])


def test_nobody_has_answered_yet() -> None:
    data = ChoiceData.collect(DESIGN, responses().drop(columns="chosen"), person="who", chosen=None)
    assert data.response == "none"


def test_every_problem_at_once() -> None:
    table = responses(
        task=[2, 9, 3], chosen=["A", "now", "C"], wait_now=[40, 40, 60], block=[2, 1, 2]
    )
    assert problems(table) == [
        "data row 2: 'task' holds 9, and the design has no such task",
        "data row 1: the task is not in the block that the response names",
        "data row 3: unknown alternative in 'chosen' 'C'",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"task": [2, 2, 3]},
            "data rows 1, 2: a task is answered more than once: person ann task 2",
        ),
        ({"chosen": ["A", None, "B"]}, "data row 2: 'chosen' is empty"),
        ({"wait_now": [40, 41, 60]}, "data row 1: 'wait_now' is not the same in all rows"),
        ({"wait_now": [40, 40, np.nan]}, "data row 3: 'wait' is empty in 1 row"),
        ({"task": [2, None, 3]}, "data row 2: 'task' is empty, and the design has no such task"),
    ],
)
def test_each_defect_has_its_own_words(changes, says) -> None:
    assert any(problem.startswith(says) for problem in problems(responses(**changes)))


def test_rankings_of_what_was_not_shown() -> None:
    found = problems(responses(order=["A > C", "now", "B > B"]), ranking="order")
    assert found == [
        "data rows 1, 3: 'order' ranks nothing, an alternative twice, or one that was not shown"
    ]


def test_unknown_columns() -> None:
    found = problems(responses(), task="taks", weight="w")
    assert found == [
        "unknown column of the responses 'taks'",
        "unknown column of the responses 'w'",
    ]
