"""A study guessed from data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import DataError


def rows(alternatives: list[str], **columns: list[object]) -> pd.DataFrame:
    """Two people, one task each."""
    n = len(alternatives)
    table = {
        "person": np.repeat([1, 2], n),
        "task": 1,
        "alternative": alternatives * 2,
        "chosen": ([1] + [0] * (n - 1)) * 2,
    }
    return pd.DataFrame({**table, **columns})


def test_numbers_and_words() -> None:
    table = rows(["A", "B"], wait=[5, 30, 14, 5], web=["yes", "no", "no", "yes"], age=[3, 3, 4, 4])
    study = ChoiceData.from_long(table, covariates=["age"]).study
    assert study.attribute_ids == ("wait", "web")
    assert study.attribute("wait").values == (5, 14, 30)
    assert study.attribute("web").level_ids == ("no", "yes")
    assert study.covariate("age").is_numeric
    assert not study.labelled
    # what data cannot tell: whether more of an amount is better or worse
    assert [problem.where for problem in study.check()] == ["numeraire 'wait'"]


def test_what_never_differs_between_alternatives_is_no_attribute() -> None:
    table = rows(["A", "B"], wait=[5, 30, 14, 5], region=["n", "n", "s", "s"], same=1)
    assert ChoiceData.from_long(table).study.attribute_ids == ("wait",)


def test_measured_numbers_have_quartiles_for_levels() -> None:
    values = np.arange(100.0)
    table = pd.DataFrame(
        {
            "person": np.repeat(np.arange(50), 2),
            "task": 1,
            "alternative": ["A", "B"] * 50,
            "chosen": [1, 0] * 50,
            "cost": values,
        }
    )
    levels = ChoiceData.from_long(table).study.attribute("cost").values
    assert len(levels) == 5
    assert (levels[0], levels[-1]) == (0, 99)


def test_names_of_their_own_are_labels() -> None:
    study = ChoiceData.from_long(rows(["train", "car"], wait=[5, 30, 14, 5])).study
    assert study.alternative_ids == ("car", "train")


@pytest.mark.parametrize("names", [["A", "B"], ["1", "2"], ["Option 1", "Option 2"], ["a", "b"]])
def test_numbered_alternatives_are_no_labels(names) -> None:
    assert not ChoiceData.from_long(rows(names, wait=[5, 30, 14, 5])).study.labelled


def test_an_alternative_without_values_is_the_opt_out() -> None:
    study = ChoiceData.from_long(rows(["A", "B", "none"], wait=[5, 30, np.nan] * 2)).study
    assert study.opt_out is not None
    assert study.opt_out.id == "none"
    assert not study.labelled


def test_attributes_of_some_alternatives() -> None:
    table = rows(["train", "bus", "car"], wait=[5, 30, np.nan] * 2, time=[1, 2, 3] * 2)
    study = ChoiceData.from_long(table).study
    assert study.attribute("wait").alternatives == ("bus", "train")
    assert study.attribute("time").alternatives is None


def test_without_any_attribute() -> None:
    with pytest.raises(DataError, match="no column differs"):
        ChoiceData.from_long(rows(["A", "B"], wait=[5, 5, 5, 5]))


def test_amounts_may_be_paid_in_and_marks_may_not() -> None:
    frame = rows(
        ["A", "B"],
        price=[1.0, 2.0, 3.0, 1.0],
        green=[0.0, 1.0, 0.0, 1.0],
        kind=["a", "b", "b", "a"],
    )
    study = ChoiceData.from_long(frame).study
    assert [item.attribute for item in study.numeraires] == ["price"]
    assert study.numeraires[0].currency is None
