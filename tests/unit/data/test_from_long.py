"""Long tables: what is accepted, and every problem at once with rows and cures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import DataError
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.matrix import float_block
from ccegov_choice.study.study import Study

WAIT = Attribute.numeric("wait", "Days", (5, 14, 30), "day", "days", direction="-")
CHANNEL = Attribute.categorical("channel", "Channel", {"web": "Web site", "phone": "Telephone"})
INCOME = Covariate("income", "Income", "categorical", (Level("low", "low"), Level("high", "high")))
STUDY = Study("claim", "A claim", (WAIT, CHANNEL), covariates=(INCOME,))


def rows(**changes: list[object]) -> pd.DataFrame:
    """Two people, two tasks each, two alternatives."""
    table = {
        "person": [1, 1, 1, 1, 2, 2, 2, 2],
        "task": [1, 1, 2, 2, 1, 1, 2, 2],
        "alternative": list("ABABABAB"),
        "wait": [5, 30, 14, 5, 5, 30, 14, 5],
        "channel": ["web", "phone"] * 4,
        "chosen": [1, 0, 0, 1, 0, 1, 1, 0],
        "income": ["low"] * 4 + ["high"] * 4,
    }
    return pd.DataFrame({**table, **changes})


def problems(table: pd.DataFrame, study: Study | None = STUDY, **columns: object) -> list[str]:
    with pytest.raises(DataError) as caught:
        ChoiceData.from_long(table, study=study, **columns)
    return [str(problem) for problem in caught.value.problems]


# ------------------------------------------------------------------------------ what is accepted


def test_offsets_choices_and_columns() -> None:
    data = ChoiceData.from_long(rows(), study=STUDY)
    assert (data.people, data.tasks, data.rows) == (2, 4, 8)
    np.testing.assert_array_equal(data.task_offsets, [0, 2, 4, 6, 8])
    np.testing.assert_array_equal(data.person_offsets, [0, 2, 4])
    np.testing.assert_array_equal(data.chosen, [0, 3, 5, 6])
    np.testing.assert_array_equal(data.weights, np.ones(4))
    assert data.frame["wait"].dtype == np.float64
    assert list(data.frame["channel"].astype(object)) == ["web", "phone"] * 4
    assert data.frame["chosen"].dtype == bool
    assert repr(data) == ("<ChoiceData: 2 people, 4 tasks, 8 alternatives shown; study 'claim'>")


@pytest.mark.parametrize(
    "convert",
    [
        pl.from_pandas,
        lambda frame: pl.from_pandas(frame).lazy(),
        pa.Table.from_pandas,
        lambda frame: frame.convert_dtypes(),
        lambda frame: frame.astype({"channel": "category", "alternative": "category"}),
    ],
    ids=["polars", "polars-lazy", "pyarrow", "pandas-nullable", "pandas-categorical"],
)
def test_any_data_frame(convert) -> None:
    expected = ChoiceData.from_long(rows(), study=STUDY)
    data = ChoiceData.from_long(convert(rows()), study=STUDY)
    pd.testing.assert_frame_equal(data.frame, expected.frame, check_dtype=False)
    np.testing.assert_array_equal(data.chosen, expected.chosen)


def test_not_a_data_frame() -> None:
    with pytest.raises(DataError, match="dict is not a data frame"):
        ChoiceData.from_long({"a": [1]})


@pytest.mark.parametrize(
    "flags",
    [
        [True, False, False, True, False, True, True, False],
        ["TRUE", "FALSE", "FALSE", "TRUE", "FALSE", "TRUE", "TRUE", "FALSE"],
        ["yes", "no", "no", "Yes", "no", " yes", "y", "n"],
        [1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0],
        ["1", "0", "0", "1", "0", "1", "1", "0"],
    ],
)
def test_ways_to_mark_a_choice(flags) -> None:
    data = ChoiceData.from_long(rows(chosen=flags), study=STUDY)
    np.testing.assert_array_equal(data.chosen, [0, 3, 5, 6])


def test_own_column_names_and_labels_of_levels() -> None:
    table = rows(channel=["Web site", "Telephone"] * 4).rename(
        columns={"person": "ID", "task": "Q", "alternative": "opt", "chosen": "pick", "wait": "D"}
    )
    data = ChoiceData.from_long(
        table,
        study=STUDY,
        person="ID",
        task="Q",
        alternative="opt",
        chosen="pick",
        rename={"D": "wait"},
    )
    expected = ChoiceData.from_long(rows(), study=STUDY)
    pd.testing.assert_frame_equal(data.frame, expected.frame)


def test_one_column_may_be_person_and_task() -> None:
    table = rows(case=[1, 1, 2, 2, 3, 3, 4, 4]).drop(columns=["person", "task", "income"])
    data = ChoiceData.from_long(table, study=STUDY, person="case", task="case")
    assert (data.people, data.tasks) == (4, 4)


def test_rows_in_any_order_give_the_same_data() -> None:
    shuffled = rows().iloc[[7, 2, 0, 5, 3, 6, 1, 4]]
    data = ChoiceData.from_long(shuffled, study=STUDY)
    assert list(data.frame["person"]) == [1, 1, 1, 1, 2, 2, 2, 2]
    assert list(data.frame["task"]) == [1, 1, 2, 2, 1, 1, 2, 2]
    chosen = data.frame.loc[data.chosen, ["person", "task", "alternative"]].values.tolist()
    assert chosen == [[1, 1, "A"], [1, 2, "B"], [2, 1, "B"], [2, 2, "A"]]


def test_tasks_may_differ_in_size_and_be_reused_by_people() -> None:
    extra = pd.DataFrame(
        {
            "person": [2],
            "task": [2],
            "alternative": ["C"],
            "wait": [14],
            "channel": ["web"],
            "chosen": [0],
            "income": ["high"],
        }
    )
    data = ChoiceData.from_long(pd.concat([rows(), extra]), study=STUDY)
    np.testing.assert_array_equal(np.diff(data.task_offsets), [2, 2, 2, 3])


def test_alternatives_without_names_are_lettered() -> None:
    table = rows().drop(columns="alternative")
    data = ChoiceData.from_long(table, study=STUDY, alternative=None)
    assert list(data.frame["alternative"]) == list("ABABABAB")


def test_extra_columns_stay() -> None:
    data = ChoiceData.from_long(rows(seconds=np.arange(8)), study=STUDY)
    np.testing.assert_array_equal(data.frame["seconds"], np.arange(8))


def test_without_a_choice_column_there_is_only_prediction() -> None:
    data = ChoiceData.from_long(rows().drop(columns="chosen"), study=STUDY, chosen=None)
    assert data.response == "none"
    with pytest.raises(DataError, match="hold no choices"):
        _ = data.chosen
    assert "nothing yet" in str(data.describe())


def test_changing_either_frame_does_not_change_the_data() -> None:
    block = pd.DataFrame(np.arange(16.0).reshape(2, 8).T, columns=["x", "y"])
    table = pd.concat([rows()[["person", "task", "alternative", "chosen"]], block], axis=1)
    study = Study(
        "s", "S", (Attribute.numeric("x", "x", (0, 99)), Attribute.numeric("y", "y", (0, 99)))
    )
    data = ChoiceData.from_long(table, study=study)
    table.loc[0, "x"] = -50.0
    frame = data.frame
    frame.loc[1, "y"] = -50.0
    np.testing.assert_array_equal(data.frame["x"], np.arange(8.0))
    np.testing.assert_array_equal(data.frame["y"], np.arange(8.0, 16.0))


def test_sorted_float_blocks_are_not_copied() -> None:
    values = np.arange(16.0).reshape(2, 8)
    block = pd.DataFrame(values.T, columns=["x", "y"], copy=False)
    table = pd.concat([rows()[["person", "task", "alternative", "chosen"]], block], axis=1)
    study = Study(
        "s", "S", (Attribute.numeric("x", "x", (0, 99)), Attribute.numeric("y", "y", (0, 99)))
    )
    found = float_block(ChoiceData.from_long(table, study=study).frame, ["x", "y"])
    assert found is not None
    assert np.shares_memory(found, values)
    np.testing.assert_array_equal(found, values)


def test_opt_out_rows_take_what_the_study_fixes() -> None:
    now = Alternative(
        "now", "As now", kind="status_quo", levels={"wait": FromCovariate("w0"), "channel": "phone"}
    )
    own = Covariate("w0", "Days now", "numeric")
    study = Study("claim", "A claim", (WAIT, CHANNEL), opt_out=now, covariates=(own,))
    table = pd.DataFrame(
        {
            "person": [1, 1, 2, 2],
            "task": 1,
            "alternative": ["A", "now", "A", "now"],
            "wait": [5, np.nan, 5, np.nan],
            "channel": ["web", None, "web", None],
            "chosen": [1, 0, 0, 1],
            "w0": [44, 44, 60, 60],
        }
    )
    data = ChoiceData.from_long(table, study=study)
    np.testing.assert_array_equal(data.frame["wait"], [5, 44, 5, 60])
    assert list(data.frame["channel"].astype(object)) == ["web", "phone", "web", "phone"]


def test_an_opt_out_may_have_zeros_but_no_values() -> None:
    none = Alternative("none", "Neither", kind="opt_out")
    study = Study("claim", "A claim", (WAIT,), opt_out=none)
    table = pd.DataFrame(
        {
            "person": 1,
            "task": [1, 1, 2, 2],
            "alternative": ["A", "none"] * 2,
            "wait": [5, 0, 30, 0],
            "chosen": [1, 0, 0, 1],
        }
    )
    data = ChoiceData.from_long(table, study=study)
    np.testing.assert_array_equal(data.frame["wait"], [5, np.nan, 30, np.nan])
    table.loc[3, "wait"] = 14
    [problem] = problems(table, study)
    assert problem.startswith("data row 4: 'wait' has a value on alternatives")


# ------------------------------------------------------------------------------ what is refused


def test_all_problems_come_together_with_rows_and_cures() -> None:
    table = rows(
        chosen=[1, 1, 0, 0, 0, 1, 1, 0],
        wait=[5, 30, np.nan, 5, 5, 130, 14, 5],
        channel=["web", "phone", "webb", "phone"] + ["web", "phone"] * 2,
        income=["low", "low", "low", "low", "high", "high", "low", "high"],
        w=[1, 1, 1, 1, -1, -1, np.inf, np.inf],
    )
    found = problems(table, weight="w")
    assert len(found) == 8
    expected = [
        "data rows 3, 4: no alternative is chosen in 1 task: person 1 task 2",
        "data rows 1, 2: two or more alternatives are chosen in 1 task: person 1 task 1",
        "data row 3: 'wait' is empty in 1 row",
        "data row 6: wait = 130 days is not in the study's range (5 days to 30 days)",
        "data row 3: unknown level of channel 'webb'",
        "data row 7: 'income' is not the same in all rows of 1 person: 2",
        "data rows 7, 8: 'w' is empty or not a finite number in 2 rows",
        "data rows 5, 6: 'w' is negative",
    ]
    for start, problem in zip(expected, found, strict=True):
        assert problem.startswith(start)
        assert "\n    -> " in problem
    assert "Did you mean 'web'?" in found[4]
    assert "The nearest level is 30 days" in found[3]


def test_problems_use_the_users_names() -> None:
    table = rows(chosen=[1, 1, 0, 1, 0, 1, 1, 0]).rename(columns={"person": "ID", "chosen": "pick"})
    [problem] = problems(table, person="ID", chosen="pick")
    assert "'pick'" in problem


def test_rows_are_those_of_the_users_file_even_when_shuffled() -> None:
    table = rows(wait=[5, 30, 14, 5, 5, 30, 14, np.nan]).iloc[::-1]
    [problem] = problems(table)
    assert problem.startswith("data row 1: 'wait' is empty")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"alternative": ["A", "A", "A", "B", "A", "B", "A", "B"]}, "stands twice in 1 task"),
        ({"task": [1, 1, 2, 3, 1, 1, 2, 2]}, "only one alternative in 2 tasks"),
        ({"person": [1, 1, None, None, 2, 2, 2, 2]}, "'person' is empty"),
        ({"alternative": ["A", None, "A", "B", "A", "B", "A", "B"]}, "'alternative' is empty"),
        ({"chosen": [1, 0, 0, 1, 0, 1, 2, 0]}, "'chosen' is not true or false in 1 row"),
        ({"chosen": list("AABBBBAA")}, "seems to hold the name of the chosen alternative"),
        ({"wait": [5, "about 30", 14, 5, 5, 30, 14, 5]}, "'wait' is no number: 'about 30'"),
        ({"wait": [5, np.inf, 14, 5, 5, 30, 14, 5]}, "'wait' is infinite"),
        ({"income": ["low"] * 4 + ["hihg"] * 4}, "unknown level of income 'hihg'"),
        ({"income": ["low"] * 3 + [None] + ["high"] * 4}, "'income' is not the same"),
    ],
)
def test_each_defect_has_its_own_words(changes, says) -> None:
    assert any(says in problem for problem in problems(rows(**changes)))


def test_unknown_columns_are_named_together_with_the_nearest() -> None:
    found = problems(rows(), person="persn", weight="w", covariates=["incme"])
    assert ["persn" in found[0], "'w'" in found[1], "incme" in found[2]] == [True] * 3
    assert "Did you mean 'person'?" in found[0]


def test_a_missing_attribute_is_a_missing_column() -> None:
    [problem] = problems(rows().drop(columns="wait"))
    assert "unknown column (an attribute of the study) 'wait'" in problem


def test_two_columns_cannot_both_be_the_task() -> None:
    [problem] = problems(rows(q=[1, 1, 2, 2] * 2), task="q")
    assert "there is another column 'task'" in problem


def test_weights_of_a_task_must_agree_and_not_all_be_zero() -> None:
    [problem] = problems(rows(w=[1, 2, 1, 1, 1, 1, 1, 1]), weight="w")
    assert "differs between the alternatives of 1 task" in problem
    [problem] = problems(rows(w=[0.0] * 8), weight="w")
    assert "0 in every row" in problem


def test_survey_columns_are_per_person() -> None:
    [problem] = problems(rows(psu=[1, 1, 1, 2, 3, 3, 3, 3]), cluster="psu")
    assert "'psu' is not the same in all rows of 1 person: 1" in problem


def test_levels_under_the_floor_are_refused() -> None:
    kept = Attribute.ordered(
        "kept", "Right", {"no": "No", "yes": "Yes", "full": "Full"}, floor=("no",),
        tradeable="above-floor",
    )  # fmt: skip
    table = rows(kept=["yes", "no"] + ["full", "yes"] * 3)
    [problem] = problems(table, Study("s", "S", (kept,)))
    assert "under the floor" in problem


def test_labelled_alternatives_must_be_the_studys() -> None:
    named = (Alternative("train", "Train"), Alternative("car", "Car"))
    study = Study("s", "S", (WAIT,), alternatives=named)
    [problem] = problems(rows(alternative=["train", "car"] * 3 + ["train", "carr"]), study)
    assert problem.startswith("data row 8: unknown alternative 'carr'")
    assert "Did you mean 'car'?" in problem
