"""Wide tables: one row per task."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import DataError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study

ALTERNATIVES = {"train": 1, "bus": 2, "car": 3}
STUDY = Study(
    "travel",
    "Travel",
    (
        Attribute.numeric("time", "Time", (10, 90), "minute", "minutes"),
        Attribute.categorical("seat", "Seat", ["hard", "soft"], alternatives=("train", "bus")),
    ),
    alternatives=tuple(Alternative(name, name) for name in ALTERNATIVES),
)


def rows(**changes: list[object]) -> pd.DataFrame:
    table = {
        "ID": [1, 1, 2],
        "time_train": [30, 40, 50],
        "time_bus": [60, 70, 80],
        "time_car": [20, 30, 0],
        "SEAT_T": ["soft", "hard", "soft"],
        "SEAT_B": ["hard", "hard", "soft"],
        "car_av": [1, 1, 0],
        "CHOICE": [1, 3, 2],
    }
    return pd.DataFrame({**table, **changes})


def read(table: pd.DataFrame, **changes: object) -> ChoiceData:
    options = {
        "study": STUDY,
        "alternatives": ALTERNATIVES,
        "attributes": {
            "time": {name: f"time_{name}" for name in ALTERNATIVES},
            "seat": {"train": "SEAT_T", "bus": "SEAT_B"},
        },
        "choice": "CHOICE",
        "available": {"car": "car_av"},
        "person": "ID",
        "task": None,
    }
    return ChoiceData.from_wide(table, **{**options, **changes})


def problems(table: pd.DataFrame, **changes: object) -> list[str]:
    with pytest.raises(DataError) as caught:
        read(table, **changes)
    return [str(problem) for problem in caught.value.problems]


def test_rows_of_unavailable_alternatives_are_left_out() -> None:
    data = read(rows())
    assert (data.people, data.tasks, data.rows) == (2, 3, 8)
    frame = data.frame
    assert list(frame["alternative"]) == ["train", "bus", "car"] * 2 + ["train", "bus"]
    np.testing.assert_array_equal(frame["time"], [30, 60, 20, 40, 70, 30, 50, 80])
    assert list(frame["task"]) == [1] * 3 + [2] * 3 + [1] * 2
    assert frame["seat"].isna().tolist() == [False, False, True] * 2 + [False, False]
    np.testing.assert_array_equal(data.chosen, [0, 5, 7])


def test_column_names_from_a_separator_and_guessed_study() -> None:
    table = rows(CHOICE=["train", "car", "bus"]).drop(columns=["SEAT_T", "SEAT_B"])
    data = read(table, study=None, alternatives=list(ALTERNATIVES), attributes=["time"])
    assert data.study.alternative_ids == ("bus", "car", "train")
    assert data.study.attribute_ids == ("time",)
    np.testing.assert_array_equal(data.frame["time"], [30, 60, 20, 40, 70, 30, 50, 80])


def test_same_as_long() -> None:
    data = read(rows())
    again = ChoiceData.from_long(data.frame, study=STUDY)
    pd.testing.assert_frame_equal(again.frame, data.frame)


def test_without_person_each_row_is_one() -> None:
    assert read(rows(), person=None).people == 3


def test_nobody_has_chosen_yet() -> None:
    data = read(rows().drop(columns="CHOICE"), choice=None)
    assert data.response == "none"


def test_problems_are_listed_together_in_rows_of_the_wide_table() -> None:
    table = rows(CHOICE=[1, 4, 3], time_bus=[60, 700, 80], SEAT_T=["soft", "hard", "sotf"])
    found = problems(table)
    assert [text.partition("\n")[0] for text in found] == [
        "data row 2: unknown alternative in 'CHOICE' '4'",
        "data row 3: 'CHOICE' names an alternative that was not available",
        "data row 2: time (time_train, time_bus, time_car) = 700 minutes is not in the study's "
        "range (10 minutes to 90 minutes)",
        "data row 3: unknown level of seat (SEAT_T, SEAT_B) 'sotf'",
    ]


def test_empty_choices_and_odd_flags() -> None:
    found = problems(rows(CHOICE=[1, np.nan, 2], car_av=[1, 2, 0]))
    assert found[0].startswith("data row 2: 'car_av' is not true or false")
    assert found[1].startswith("data row 2: 'CHOICE' is empty")


def test_unknown_columns_and_alternatives() -> None:
    found = problems(
        rows(),
        person="IDD",
        attributes={"time": {"train": "tt", "tram": "time_bus"}},
        available={"cart": "car_av"},
    )
    assert len(found) == 4
    assert "unknown alternative (of time) 'tram'" in found[0]
    assert "unknown alternative (of available) 'cart'" in found[1]
    assert "unknown column 'IDD'" in found[2]
    assert "unknown column 'tt'" in found[3]
