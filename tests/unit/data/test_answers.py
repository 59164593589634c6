"""Rankings and best-worst answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import DataError


def rows(**answers: list[object]) -> pd.DataFrame:
    """One person, two tasks of three alternatives."""
    return pd.DataFrame(
        {
            "person": 1,
            "task": [1, 1, 1, 2, 2, 2],
            "alternative": list("ABCABC"),
            "wait": [5.0, 14, 30, 30, 14, 5],
            **answers,
        }
    )


def problem(table: pd.DataFrame, **columns: str) -> str:
    with pytest.raises(DataError) as caught:
        ChoiceData.from_long(table, **columns)
    return str(caught.value)


def test_ranking_and_its_first_choices() -> None:
    data = ChoiceData.from_long(rows(order=[1, 2, 3, np.nan, 2, 1]), rank="order")
    assert data.response == "ranking"
    with pytest.raises(DataError, match="first_choices"):
        _ = data.chosen
    first = data.first_choices()
    np.testing.assert_array_equal(first.chosen, [0, 5])
    assert "rank" not in first.frame
    assert first.first_choices() is first


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ([1, 1, 2, 1, 2, 3], "same rank in 1 task"),
        ([1, 2, 4, 1, 2, 3], "gap in 1 task"),
        ([np.nan, np.nan, np.nan, 1, 2, 3], "nothing is ranked in 1 task"),
        ([0, 1, 2, 1, 2, 3], "not a rank in 1 row"),
        ([1.5, 1, 2, 1, 2, 3], "not a rank in 1 row"),
        (["first", 1, 2, 1, 2, 3], "not a rank in 1 row"),
    ],
)
def test_ranks_are_checked(order, says) -> None:
    message = problem(rows(order=order), rank="order")
    assert says in message
    assert "'order'" in message


def test_best_and_worst() -> None:
    data = ChoiceData.from_long(
        rows(b=[1, 0, 0, 0, 0, 1], w=[0, 0, 1, 1, 0, 0]), best="b", worst="w"
    )
    assert data.response == "best-worst"
    np.testing.assert_array_equal(data.first_choices().chosen, [0, 5])


@pytest.mark.parametrize(
    ("best", "worst", "says"),
    [
        ([1, 0, 0, 0, 0, 1], [1, 0, 0, 1, 0, 0], "marked as the best and as the worst"),
        ([1, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], "no alternative is the best in 1 task"),
        ([1, 0, 0, 0, 0, 1], [0, 1, 1, 1, 0, 0], "two or more alternatives are the worst"),
    ],
)
def test_best_and_worst_are_checked(best, worst, says) -> None:
    assert says in problem(rows(b=best, w=worst), best="b", worst="w")


def test_best_without_worst() -> None:
    assert "only one of best and worst" in problem(rows(b=[1, 0, 0, 0, 0, 1]), best="b")
