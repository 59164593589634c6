"""Groups, subsets and other views of the same choices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import DataError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study


@pytest.fixture
def data() -> ChoiceData:
    """Return three people: 10, 20 and 30 with 1, 2 and 3 tasks of two alternatives."""
    tasks = [(10, 1), (20, 1), (20, 2), (30, 1), (30, 2), (30, 3)]
    table = pd.DataFrame(
        [(p, t, a) for p, t in tasks for a in "AB"], columns=["person", "task", "alternative"]
    )
    table["wait"] = np.tile([5.0, 30.0], 6)
    table["chosen"] = [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0]
    table["age"] = table["person"].map({10: "old", 20: "young", 30: "old"})
    table["region"] = table["person"].map({10: 2.0, 20: 1.0, 30: 2.0})
    table["w"] = table["person"] / 10
    age = Covariate("age", "Age", "ordered", (Level("young", "young"), Level("old", "old")))
    study = Study("s", "S", (Attribute.numeric("wait", "Wait", (5, 30)),), covariates=(age,))
    return ChoiceData.from_long(table, study=study, weight="w")


def test_groups_in_the_studys_order(data) -> None:
    codes, labels = data.codes("age")
    assert labels == ("young", "old")
    np.testing.assert_array_equal(codes, [1, 0, 1])


def test_groups_of_other_columns_and_of_people(data) -> None:
    codes, labels = data.codes("region")
    assert labels == ("1", "2")
    np.testing.assert_array_equal(codes, [1, 0, 1])
    codes, labels = data.codes("person")
    assert labels == ("10", "20", "30")
    np.testing.assert_array_equal(codes, [0, 1, 2])


def test_groups_must_not_vary_within_a_person(data) -> None:
    with pytest.raises(DataError, match=r"'task' is not the same in all rows of 2 of 3 people"):
        data.codes("task")
    with pytest.raises(DataError, match="unknown column 'agee'"):
        data.codes("agee")


def test_groups_must_not_be_empty() -> None:
    table = pd.DataFrame(
        {
            "person": [1, 1, 2, 2],
            "task": 1,
            "alternative": ["A", "B"] * 2,
            "wait": [1.0, 2] * 2,
            "chosen": [1, 0] * 2,
            "region": [1, 1, np.nan, np.nan],
        }
    )
    data = ChoiceData.from_long(table)
    with pytest.raises(DataError, match=r"'region' is empty for 1 of 2 people \(first: 2\)"):
        data.codes("region")


def test_weights_per_task(data) -> None:
    np.testing.assert_array_equal(data.weights, [1, 2, 2, 3, 3, 3])
    assert data.weighted
    unweighted = data.with_weight(None)
    np.testing.assert_array_equal(unweighted.weights, np.ones(6))
    np.testing.assert_array_equal(unweighted.with_weight("region").weights, [2, 1, 1, 2, 2, 2])
    with pytest.raises(DataError, match="unknown column 'ww'"):
        data.with_weight("ww")


@pytest.mark.parametrize("keep", ["rows", "tasks", "people", "ids", "text ids"])
def test_select_people(data, keep) -> None:
    frame = data.frame
    conditions = {
        "rows": frame["age"] == "old",
        "tasks": np.array([True, False, False, True, True, True]),
        "people": np.array([True, False, True]),
        "ids": [30, 10],
        "text ids": ["10", "30"],
    }
    part = data.select(conditions[keep])
    assert list(part.person_ids) == [10, 30]
    np.testing.assert_array_equal(part.task_offsets, [0, 2, 4, 6, 8])
    np.testing.assert_array_equal(part.person_offsets, [0, 1, 4])
    np.testing.assert_array_equal(part.chosen, [0, 3, 4, 6])
    np.testing.assert_array_equal(part.weights, [1, 3, 3, 3])


def test_select_tasks_within_people(data) -> None:
    first = data.select(data.frame["task"] == 1)
    assert (first.people, first.tasks) == (3, 3)
    later = data.select(data.frame["task"] > 1)
    assert list(later.person_ids) == [20, 30]
    np.testing.assert_array_equal(later.person_offsets, [0, 1, 3])


def test_select_says_what_is_wrong(data) -> None:
    with pytest.raises(DataError, match="some alternatives but not others in 6 tasks"):
        data.select(data.frame["alternative"] == "A")
    with pytest.raises(DataError, match="unknown person '31'"):
        data.select([10, 31])
    with pytest.raises(DataError, match="nobody is left"):
        data.select(np.zeros(3, dtype=bool))
    with pytest.raises(DataError, match="the condition has 5 values"):
        data.select(np.ones(5, dtype=bool))


def test_take_people_with_repeats_makes_new_people(data) -> None:
    again = data.take_people([2, 0, 2])
    assert list(again.person_ids) == [1, 2, 3]
    np.testing.assert_array_equal(again.person_offsets, [0, 3, 4, 7])
    assert list(again.frame["original_person"].iloc[again.person_rows]) == [30, 10, 30]
    np.testing.assert_array_equal(again.weights, [3, 3, 3, 1, 3, 3, 3])


def test_take_people_without_repeats_keeps_names(data) -> None:
    part = data.take_people([2, 1])
    assert list(part.person_ids) == [30, 20]
    assert "original_person" not in part.frame


def test_each_task_as_a_person(data) -> None:
    single = data.each_task_as_a_person()
    assert (single.people, single.tasks) == (6, 6)
    np.testing.assert_array_equal(single.chosen, data.chosen)
    codes, labels = single.codes("original_person")
    assert labels == ("10", "20", "30")
    np.testing.assert_array_equal(codes, [0, 1, 1, 2, 2, 2])
    np.testing.assert_array_equal(single.weights, data.weights)


def test_another_study_checks_again(data) -> None:
    wider = Study("t", "T", (Attribute.numeric("wait", "Wait", (0, 50)),))
    assert data.with_study(wider).study is wider
    narrow = Study("t", "T", (Attribute.numeric("wait", "Wait", (0, 20)),))
    with pytest.raises(DataError, match="wait = 30 is not in the study's range"):
        data.with_study(narrow)


def test_description(data) -> None:
    told = data.describe()
    assert ("People", 3) in told.overview.rows
    shares = {row[0]: row[1:] for row in told.levels.rows}
    # 'wait: 5' is chosen by 10 (weight 1), once by 20 (2) and twice by 30 (3): 9 of 14
    assert shares["Wait: 5"][:2] == (6, 4)
    assert shares["Wait: 5"][2] == pytest.approx(9 / 14)
    page = told._repr_html_()
    assert page.count("<caption>") == 4
    assert 'scope="col"' in page
    assert data._repr_html_() == page
    assert told.to_page().startswith("<!doctype html>")


def test_opt_out_behaviour_is_described() -> None:
    table = pd.DataFrame(
        {
            "person": np.repeat([1, 2, 3], 4),
            "task": [1, 1, 2, 2] * 3,
            "alternative": ["A", "none"] * 6,
            "wait": [5, np.nan] * 6,
            "chosen": [1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1],
        }
    )
    data = ChoiceData.from_long(table)
    assert data.study.opt_out is not None
    overview = dict(data.describe().overview.rows)
    assert overview["People who never chose 'none'"] == "1 (33.3%)"
    assert overview["People who always chose 'none'"] == "1 (33.3%)"
