"""Scales that depend on covariates or on the task, alone and with nests."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import DataError, UtilityError
from ccegov_choice.models.logit.scaled_logit import ScaledLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit

UTILITY = cc.Utility("wait + price + C(help)")
PLAIN = cc.Utility("wait + price + help")


@pytest.fixture
def people(data, frame):
    rows = frame(people=300, scale={"n": 1.0, "s": 2.0})
    return data(rows)


def test_a_specification_survives_files_and_pickles():
    model = ScaledLogit(PLAIN, scale="age", bounds={"price": (None, 0.0)})
    assert model.scale == ("age",)
    content = json.loads(json.dumps(model.to_dict()))
    content.pop("kind")
    for again in (ScaledLogit.from_dict(content, PLAIN), pickle.loads(pickle.dumps(model))):
        assert again.to_dict() == model.to_dict()


def test_a_scale_by_nothing_is_a_logit():
    with pytest.raises(UtilityError, match="depends on nothing"):
        ScaledLogit(PLAIN, scale=[])


def test_a_group_has_the_logarithm_of_the_scale_of_the_logit(people):
    ours = ScaledLogit(PLAIN, scale="region").fit(people)
    logit = cc.Logit(PLAIN, scale="region").fit(people)
    assert ours.names == (*logit.names[:-1], "log_scale[region: s]")
    assert ours.log_likelihood == pytest.approx(logit.log_likelihood, abs=1e-7)
    assert ours.estimates[-1] == pytest.approx(np.log(logit.estimates[-1]), abs=1e-6)
    # errors of a logarithm, by the delta method
    expected = logit.std_error("scale[s]") / logit.coefficient("scale[s]")
    assert ours.std_error("log_scale[region: s]") == pytest.approx(expected, rel=1e-5)


def test_numbers_levels_and_tasks_together(people):
    results = ScaledLogit(PLAIN, scale=["age", "region", "task"]).fit(people)
    assert results.names[-3:] == ("log_scale[age]", "log_scale[region: s]", "log_scale[task]")
    table = results.tidy().set_index("term")
    assert abs(table.loc["log_scale[region: s]", "statistic"]) > 3
    # nothing depends on age and task: |z| > 4 happens once in 16,000 seeds
    assert table.loc[["log_scale[age]", "log_scale[task]"], "statistic"].abs().max() < 4


def test_shares_are_those_of_the_scaled_utilities(people):
    results = ScaledLogit(PLAIN, scale=["region", "age"]).fit(people)
    frame = people.frame
    value = results.utility_estimates @ results.utility.matrix(frame)
    slope = results.coefficient("log_scale[age]") * frame["age"].to_numpy(float)
    south = (frame["region"] == "s").to_numpy(float)
    value *= np.exp(slope + results.coefficient("log_scale[region: s]") * south)
    powers = np.exp(value)
    sums = np.add.reduceat(powers, people.task_offsets[:-1])
    expected = powers / np.repeat(sums, np.diff(people.task_offsets))
    np.testing.assert_allclose(cc.predict(results, people)["probability"], expected, rtol=1e-11)
    chosen = expected[people.chosen]
    assert np.log(chosen).sum() == pytest.approx(results.log_likelihood, rel=1e-12)


def test_what_the_scale_cannot_depend_on(people):
    with pytest.raises(DataError) as caught:
        ScaledLogit(PLAIN, scale=["help", "wait", "agee"]).fit(people)
    told = str(caught.value)
    assert "3 problems" in told
    assert "'help' holds words" in told
    assert "'wait' differs between alternatives of a task" in told
    assert "Did you mean 'age'?" in told


def test_empty_cells_are_refused(frame, data):
    rows = frame(people=40)
    rows.loc[rows["person"] == 3, "age"] = np.nan
    with pytest.raises(DataError, match="'age' is empty"):
        ScaledLogit(PLAIN, scale="age").fit(data(rows))


def test_a_column_that_is_always_zero_is_named(people):
    idle = cc.ChoiceData.from_long(
        people.frame.assign(nothing=0.0), study=people.study, chosen="chosen"
    )
    with pytest.raises(cc.errors.IdentificationError, match=r"log_scale\[nothing\]"):
        ScaledLogit(PLAIN, scale="nothing").fit(idle)


def test_likelihood_ratios(people):
    logit = cc.Logit(PLAIN).fit(people)
    one = ScaledLogit(PLAIN, scale="region").fit(people)
    two = ScaledLogit(PLAIN, scale=["age", "region"]).fit(people)
    tests = cc.compare(logit, one, two).tests
    assert [test.kind for test in tests] == ["likelihood ratio"] * 3
    assert [test.degrees for test in tests] == [1, 2, 1]


def test_results_come_back_from_a_file(people, tmp_path):
    results = ScaledLogit(PLAIN, scale=["age", "region"]).fit(people)
    again = cc.Results.load(results.save(tmp_path / "scaled.json"))
    assert np.array_equal(again.estimates, results.estimates)
    assert again.model.to_dict() == results.model.to_dict()


def test_nests_and_scales_together():
    study = cc.Study(
        "s",
        "S",
        (cc.Attribute.numeric("wait", "Days", [1, 5, 10], "day", "days"),),
        tuple(cc.Alternative(name, name) for name in "abc"),
        covariates=(cc.Covariate("age", "Age", "numeric"),),
    )
    model = NestedLogit(cc.Utility("wait + asc"), {"near": ["a", "b"]}, scale="age")
    truth = {
        "wait": -0.3,
        "asc[b]": 0.2,
        "asc[c]": -0.2,
        "log_scale[age]": 0.5,
        "dissimilarity[near]": 0.5,
    }
    design = cc.random_design(study, tasks=12, blocks=2, seed=1)
    ages = np.random.default_rng(0).uniform(-1, 1, 500)
    data = cc.simulate_choices(design, model, truth, 500, 3, covariates={"age": ages})
    results = model.fit(data)
    assert results.names == tuple(truth)
    error = results.estimates - np.array(list(truth.values()))
    wald = error @ np.linalg.solve(results.covariance, error)
    assert wald < 25.7  # chi-squared with 5 degrees: false alarm 1 in 10,000
