"""Nested and cross-nested logits against published results and against pylogit.

Source of the Swissmetro numbers: Biogeme's saved results b09 (nested), b11a and b11c (cross-nested).
Biogeme has the scale of a nest, mu, of which our dissimilarity is the inverse. Log-likelihoods agree
within 0.001; its searches stop a little before the top, so that coefficients agree within a
hundredth of a standard error, and errors to the three or four digits that were printed.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.models.logit.scaled_logit import ScaledLogit
from ccegov_choice.models.nests.cross_nested_logit import CrossNestedLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit

pytestmark = pytest.mark.data

EXISTING = {"existing": ["train", "car"]}
CROSSED = {"existing": ["train", "car"], "public": ["train", "sm"]}
# estimate, error from the Hessian, robust error per choice
B09 = {
    "asc[train]": (-0.511953, 0.04518, 0.07911),
    "asc[car]": (-0.167141, 0.03714, 0.05453),
    "time": (-0.898716, 0.05699, 0.1071),
    "cost": (-0.856701, 0.04627, 0.06003),
}
MU = (2.05386, 0.1177, 0.1642)


@cache
def swissmetro():
    data = cc.load_dataset("swissmetro")
    # published errors take each choice as one of its own
    return data.each_task_as_a_person()


@cache
def nested():
    data = swissmetro()
    return NestedLogit(data.utility, EXISTING).fit(data, covariance="classical")


def test_nested_swissmetro():
    results = nested()
    assert results.log_likelihood == pytest.approx(-5236.900, abs=1e-3)
    for name, (estimate, error, _) in B09.items():
        assert results.coefficient(name) == pytest.approx(estimate, abs=0.01 * error)
    mu, error, _ = MU
    assert 1 / results.coefficient("dissimilarity[existing]") == pytest.approx(mu, abs=0.01 * error)


def test_nested_swissmetro_errors():
    results, robust = nested(), nested().with_covariance("robust")
    factor = np.sqrt(results.people / (results.people - 1))
    name, (mu, of_mu, robust_of_mu) = "dissimilarity[existing]", MU
    expected = {**B09, name: (1 / mu, of_mu / mu**2, robust_of_mu / mu**2)}
    for term, (_, classical, sandwich) in expected.items():
        assert results.std_error(term) == pytest.approx(classical, rel=1e-3)
        # Biogeme's score of a choice at a point a little off the top: 1 in 500
        assert robust.std_error(term) / factor == pytest.approx(sandwich, rel=2e-3)


def test_likelihood_ratio_against_the_logit():
    data = swissmetro()
    logit = cc.Logit(data.utility).fit(data, covariance="classical")
    (test,) = cc.compare(logit, nested()).tests
    assert test.kind == "likelihood ratio"
    assert test.degrees == 1
    assert test.statistic == pytest.approx(2 * (5331.2520 - 5236.900), abs=3e-3)


def test_cross_nested_swissmetro():
    """b11c: seven parameters."""
    data = swissmetro()
    results = CrossNestedLogit(data.utility, CROSSED).fit(data, covariance="classical")
    assert results.log_likelihood == pytest.approx(-5214.0492, abs=1e-3)
    assert results.parameters == 7
    published = {
        "asc[train]": 0.0982685,
        "asc[car]": -0.240441,
        "time": -0.776853,
        "cost": -0.818892,
        "dissimilarity[existing]": 1 / 2.51486,
        "dissimilarity[public]": 1 / 4.1135,
        "allocation[train, existing]": 0.495084,
    }
    for name, value in published.items():
        within = 0.01 * results.std_error(name)
        assert results.coefficient(name) == pytest.approx(value, abs=within)
    rest = results.coefficient("allocation[train, public]")
    assert rest == pytest.approx(1 - results.coefficient("allocation[train, existing]"), rel=1e-12)
    assert results.std_error("allocation[train, public]") == pytest.approx(
        results.std_error("allocation[train, existing]"), rel=1e-9
    )


def richer_swissmetro():
    """The data of b11a: headways, the season ticket, and time by alternative as well."""
    table = pd.read_csv(Path(os.environ["CCEGOV_DATA_DIR"]) / "swissmetro.csv.gz")
    table = table[table["PURPOSE"].isin([1, 3]) & (table["CHOICE"] != 0)].reset_index(drop=True)
    pays = table["GA"] == 0
    parts = []
    for number, name, code in ((1, "train", "TRAIN"), (2, "sm", "SM"), (3, "car", "CAR")):
        cost = table[f"{code}_CO"] if name == "car" else table[f"{code}_CO"].where(pays, 0)
        headway = 0.0 if name == "car" else table[f"{code}_HE"] / 100
        shown = table[f"{code}_AV"] == 1
        part = pd.DataFrame({"person": np.arange(len(table)), "task": 1, "alternative": name})
        part["time"], part["cost"] = table[f"{code}_TT"] / 100, cost / 100
        part["headway"], part["ticket"] = headway, table["GA"].astype(float)
        part["chosen"] = table["CHOICE"] == number
        parts.append(part[shown])
    frame = pd.concat(parts)
    alternatives = tuple(cc.Alternative(name, name) for name in ("train", "sm", "car"))
    attributes = tuple(
        cc.Attribute.numeric(name, name, [0, float(frame[name].max())], "unit")
        for name in ("time", "cost", "headway")
    )
    study = cc.Study(
        "swiss",
        "Swissmetro",
        attributes,
        alternatives,
        covariates=(cc.Covariate("ticket", "Season ticket", "numeric"),),
    )
    return cc.ChoiceData.from_long(frame, study=study)


def test_cross_nested_swissmetro_with_thirteen_parameters():
    """b11a, within its bounds of mu: 1 to 5. Beyond them is a corner that is 0.13 higher."""
    data = richer_swissmetro()
    utility = cc.Utility(
        'asc("train", "car") + specific(time) + cost + specific(headway, "train", "sm") '
        '+ specific(ticket, "train", "sm")'
    )
    bounds = {f"dissimilarity[{nest}]": (1 / 5, 1.0) for nest in CROSSED}
    results = CrossNestedLogit(utility, CROSSED, bounds=bounds).fit(data, covariance="classical")
    assert results.parameters == 13
    assert results.log_likelihood == pytest.approx(-4997.8653, abs=1e-3)
    published = {
        "cost": -0.973731,
        "dissimilarity[existing]": 1 / 1.77115,
        "dissimilarity[public]": 1 / 1.83967,
        "allocation[train, existing]": 0.644768,
    }
    for name, value in published.items():
        within = 0.01 * results.std_error(name)
        assert results.coefficient(name) == pytest.approx(value, abs=within)


def test_scale_by_group_is_that_of_biogeme():
    """b03: scales of 0.35735 and 1.49298, cost fixed at minus one."""
    data = cc.load_dataset("swissmetro")
    results = ScaledLogit(data.utility, scale="survey_group").fit(data, covariance="classical")
    assert results.log_likelihood == pytest.approx(-4976.6906, abs=1e-3)
    slope = results.coefficient("log_scale[survey_group: road]")
    assert slope == pytest.approx(np.log(1.49298 / 0.35735), abs=1e-3)
    assert results.coefficient("cost") == pytest.approx(-0.35735, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "nests"),
    [
        ("travel_mode", {"ground": ["train", "bus", "car"], "alone": ["air"]}),
        ("mode_canada", {"land": ["train", "bus"], "own": ["car", "air"]}),
    ],
)
def test_pylogit_agrees(name, nests):
    data = cc.load_dataset(name)
    ours = NestedLogit(data.utility, nests).fit(data, covariance="classical")
    theirs = cc.pylogit.fit(data, data.utility, "Nested Logit", nests=nests, covariance="classical")
    assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, abs=1e-6)
    for term in ours.names:
        error = ours.std_error(term)
        assert ours.coefficient(term) == pytest.approx(theirs.coefficient(term), abs=1e-4 * error)
        assert error == pytest.approx(theirs.std_error(term), rel=1e-4)
