"""Weights have the declared margins, and say whom they cannot speak for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice._table import Absent
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.weighting.rake import rake
from ccegov_choice.errors import DataError, FileFormatError

AGE = {"young": 0.3, "middle": 0.4, "old": 0.3}
SEX = {"f": 0.5, "m": 0.5}


def people(seed=1, size=300):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "person": np.arange(1, size + 1),
            "age": rng.choice(["young", "middle", "old"], size, p=[0.5, 0.35, 0.15]),
            "sex": rng.choice(["f", "m"], size, p=[0.65, 0.35]),
        }
    )


def _share(found, frame, column, value):
    weights = found.weights["weight"].to_numpy()
    return weights[(frame[column] == value).to_numpy()].sum() / weights.sum()


def test_weighted_shares_are_those_of_the_population():
    frame = people()
    found = rake(frame, {"age": AGE, "sex": SEX})
    assert found.converged
    for column, margin in (("age", AGE), ("sex", SEX)):
        for value, share in margin.items():
            assert _share(found, frame, column, value) == pytest.approx(share, abs=2e-6)
    assert found.values.mean() == pytest.approx(1)


def test_raking_multiplies_a_factor_for_each_category():
    """The fixed point of iterative proportional fitting: log-weights are additive in the margins."""
    frame = people()
    weights = rake(frame, {"age": AGE, "sex": SEX}, tolerance=1e-12).values
    design = pd.get_dummies(frame[["age", "sex"]]).to_numpy(float)
    fitted = design @ np.linalg.lstsq(design, np.log(weights), rcond=None)[0]
    np.testing.assert_allclose(fitted, np.log(weights), atol=1e-9)


def test_one_margin_by_hand_and_kish():
    frame = pd.DataFrame({"sex": ["f"] * 60 + ["m"] * 20})
    found = rake(frame, {"sex": {"f": 500, "m": 500}})
    np.testing.assert_allclose(found.values[[0, -1]], [2 / 3, 2.0])
    # (60 * 2/3 + 20 * 2)^2 / (60 * 4/9 + 20 * 4) = 6400 / 106.67
    assert found.effective_size == pytest.approx(60)
    assert found.design_effect == pytest.approx(80 / 60)
    assert "80 people tell as much as 60" in found.sentence()


def test_weights_of_a_design_are_where_it_starts():
    frame = pd.DataFrame({"sex": ["f"] * 40 + ["m"] * 40, "weight": [1.0, 3.0] * 40})
    found = rake(frame, {"sex": {"f": 0.25, "m": 0.75}})
    np.testing.assert_allclose(found.values[1] / found.values[0], 3)
    np.testing.assert_allclose(found.values[-1] / found.values[1], 3)


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.floats(1.2, 6))
def test_no_weight_passes_the_limit(seed, most):
    found = rake(people(seed, 60), {"age": AGE, "sex": SEX}, most=most)
    assert found.values.max() <= most + 1e-9
    assert (found.values > 0).all()
    assert found.effective_size <= found.people + 1e-9


def test_a_limit_that_binds_is_told():
    frame = pd.DataFrame({"sex": ["f"] * 95 + ["m"] * 5})
    found = rake(frame, {"sex": SEX}, most=3.0)
    assert not found.converged
    assert found.trimmed == 5
    assert "no weight may be more than 3 times the mean" in found.notes[0]


def test_who_was_not_heard_is_named():
    frame = people()
    found = rake(frame, {"age": {**AGE, "middle": 0.3, "very old": 0.1}, "sex": SEX})
    assert [row.category for row in found.not_heard] == ["very old"]
    assert "Nobody was heard from 'very old' (age), 10% of the population." in found.sentence()
    assert _share(found, frame, "age", "young") == pytest.approx(0.3 / 0.9, abs=2e-6)
    assert "nobody was heard" in found.table().to_text()


def test_small_categories_of_the_sample_are_withheld():
    frame = pd.DataFrame({"age": ["young"] * 80 + ["middle"] * 15 + ["old"] * 5})
    found = rake(frame, {"age": AGE})
    shown = {row[0]: row[2] for row in found.table().rows}
    assert isinstance(shown["age: old"], Absent)
    assert isinstance(shown["age: middle"], Absent)
    assert shown["age: young"] == 0.8


def test_choices_are_weighted():
    frame = people(size=40)
    rows = frame.loc[frame.index.repeat(4)].reset_index(drop=True)
    rows = rows.assign(
        task=np.tile([1, 1, 2, 2], 40),
        alternative=np.tile(["A", "B"], 80),
        wait=np.tile([5, 30, 14, 5], 40),
        chosen=np.tile([1, 0, 0, 1], 40),
    )
    data = ChoiceData.from_long(rows, covariates=["age", "sex"])
    found = rake(data, {"sex": SEX})
    weighted = found.apply(data)
    assert weighted.weighted
    np.testing.assert_allclose(weighted.weights, np.repeat(found.values, 2))
    assert found.apply(weighted).weights[0] == found.values[0]
    with pytest.raises(DataError, match="not their weight"):
        found.apply(data, column="wait")
    with pytest.raises(DataError, match="39 of 40 people have no weight"):
        rake(data.take_people([0]), {"sex": {frame["sex"][0]: 1.0}}).apply(data)


def test_margins_may_stand_in_a_file(tmp_path):
    path = tmp_path / "margins.toml"
    path.write_text("[age]\nyoung = 0.3\nmiddle = 0.4\nold = 0.3\n", encoding="utf-8")
    found = rake(people(), path)
    np.testing.assert_array_equal(found.values, rake(people(), {"age": AGE}).values)
    path.write_text("age = ", encoding="utf-8")
    with pytest.raises(FileFormatError, match="not TOML"):
        rake(people(), path)


def test_every_problem_is_told_at_once():
    frame = people()
    frame.loc[0, "sex"] = None
    bad = {"age": {"young": 0.5, "middle": 0.3}, "sex": SEX, "region": {"n": 1.0}}
    with pytest.raises(DataError, match="4 problems") as caught:
        rake(frame, bad)
    for words in ("sum to 0.8", "unknown category 'old'", "empty for 1 people", "'region'"):
        assert words in str(caught.value)
    with pytest.raises(DataError, match="no share of the population, but"):
        rake(people(), {"age": {"young": 0.6, "middle": 0.4, "old": 0.0}})
    with pytest.raises(DataError, match="no margin is given"):
        rake(people(), {})
    with pytest.raises(DataError, match="3 problems"):
        rake(people(), {"age": AGE}, most=1, tolerance=0, rounds=0)
