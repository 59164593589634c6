"""Diagnosis: numbers checked by hand, and verdicts that see planted flaws."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.design import measures
from ccegov_choice.design.design import Design
from ccegov_choice.design.orthogonal import orthogonal_design
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


def finding(diagnosis, about):
    return next(f for f in diagnosis.findings if f.about == about)


def tasks(study, *pairs):
    rows = [
        {"block": 1, "task": t, "alternative": name, **levels}
        for t, pair in enumerate(pairs, 1)
        for name, levels in zip("AB", pair, strict=True)
    ]
    return Design(pd.DataFrame(rows), study)


@pytest.fixture
def pair() -> Study:
    x = Attribute.numeric("x", "X", [0, 1], direction="+")
    y = Attribute.numeric("y", "Y", [0, 1], direction="-")
    return Study("pair", "Pair", (x, y))


def test_d_error_by_hand(pair):
    # differences (1,1), (1,-1): M = sum d d'/4 = diag(2,2)/4, D-error = 1/(1/2) = 2
    design = tasks(pair, ({"x": 1, "y": 1}, {"x": 0, "y": 0}), ({"x": 1, "y": 0}, {"x": 0, "y": 1}))
    diagnosis = design.diagnose()
    assert diagnosis.d_error == pytest.approx(2.0, abs=1e-12)
    assert diagnosis.coefficients == ("x", "y")
    assert "constants included" in diagnosis.convention


def test_information_matches_the_definition():
    rng = np.random.default_rng(1)
    columns, task = rng.normal(size=(3, 14)), np.repeat([1, 2, 3, 4], [3, 4, 5, 2])
    expected = np.zeros((3, 3))
    for t in range(1, 5):
        x = columns[:, task == t].T
        shares = np.full(len(x), 1 / len(x))
        expected += x.T @ (np.diag(shares) - np.outer(shares, shares)) @ x
    np.testing.assert_allclose(measures.information(columns, task), expected, atol=1e-12)


def test_dominated_tasks_are_named(pair):
    design = tasks(pair, ({"x": 1, "y": 0}, {"x": 0, "y": 1}), ({"x": 1, "y": 1}, {"x": 0, "y": 0}))
    assert design.diagnose().dominated == (1,)
    quiet = replace(pair, attributes=tuple(replace(a, direction="0") for a in pair.attributes))
    diagnosis = Design(design.frame, quiet).diagnose()
    assert diagnosis.dominated == ()
    assert "no attribute has a direction" in finding(diagnosis, "Dominated alternatives").text


def test_attributes_without_direction_must_tie_for_dominance(plain):
    study = replace(plain, opt_out=None)
    same = {"channel": "web", "dignity": "routine"}
    other = {"channel": "phone", "dignity": "routine"}
    design = tasks(
        study,
        ({"wait": 7, **same}, {"wait": 30, **same}),
        ({"wait": 7, **same}, {"wait": 30, **other}),
    )
    assert design.diagnose().dominated == (1,)


def test_unidentified_coefficients_are_named(pair):
    # x and y always change together
    design = tasks(pair, ({"x": 1, "y": 1}, {"x": 0, "y": 0}), ({"x": 0, "y": 0}, {"x": 1, "y": 1}))
    diagnosis = design.diagnose()
    assert diagnosis.unidentified == ("x", "y")
    assert np.isinf(diagnosis.d_error)
    assert not diagnosis.ok
    assert diagnosis.repeated == ((1, 2),)
    assert diagnosis.to_dict()["d_error"] is None


def test_too_few_tasks_say_how_many_coefficients_they_carry(plain):
    diagnosis = random_design(plain, tasks=1, seed=1).diagnose()
    assert "at most 2 of" in finding(diagnosis, "What it can estimate").cure
    assert finding(diagnosis, "Level balance").verdict == "problem"


def test_association_is_the_correlation_for_two_levels():
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 2, 50), rng.integers(0, 2, 50)
    assert measures.association(a, b) == pytest.approx(abs(np.corrcoef(a, b)[0, 1]), abs=1e-12)
    assert measures.association(a, 1 - a) == pytest.approx(1.0)
    assert np.isnan(measures.association(a, np.zeros(50, dtype=np.int64)))


def test_orthogonal_designs_are_found_orthogonal(two_level):
    diagnosis = orthogonal_design(two_level).diagnose()
    assert diagnosis.ok
    assert "no two attributes" in finding(diagnosis, "Attributes varying together").text
    assert "0% of attributes (at least 0%" in finding(diagnosis, "Overlap").text


def test_blocks_are_judged(plain):
    diagnosis = random_design(plain, tasks=24, blocks=2, seed=1).diagnose()
    assert finding(diagnosis, "Blocks").verdict == "good"
    uneven = random_design(plain, tasks=9, blocks=2, seed=1).diagnose()
    assert "4 to 5 tasks" in finding(uneven, "Blocks").text


def test_labelled_designs_and_person_levels_are_judged(labelled):
    diagnosis = random_design(labelled, tasks=12, seed=1).diagnose()
    assert not diagnosis.unidentified
    assert "not applicable" in finding(diagnosis, "Dominated alternatives").text
    overlap = next(t for t in diagnosis.details if "Ties" in t.title)
    assert "fewer than two alternatives vary it" in overlap.to_text()


def test_a_utility_of_the_author_is_used(plain):
    design = random_design(plain, tasks=24, seed=1)
    diagnosis = design.diagnose(Utility("log(wait) + channel"))
    assert diagnosis.coefficients == ("log(wait)", "channel[phone]", "channel[office]")


def test_a_utility_that_depends_on_people_is_refused(plain):
    study = replace(plain, covariates=(Covariate("age", "Age", "numeric", unit="year"),))
    design = random_design(study, tasks=12, seed=1)
    with pytest.raises(DesignError, match="depends on who answers \\(age\\)"):
        design.diagnose(Utility("wait + wait:age"))


def test_only_attribute_has_nothing_to_be_associated_with(pair):
    study = replace(
        pair, attributes=pair.attributes[:1], opt_out=Alternative("no", "No", kind="opt_out")
    )
    diagnosis = random_design(study, tasks=2, alternatives=1, seed=1).diagnose()
    assert "no two attributes in one" in finding(diagnosis, "Attributes varying together").text


def test_text_html_and_json(plain):
    diagnosis = random_design(plain, tasks=12, blocks=2, seed=1).diagnose()
    text, html = str(diagnosis), diagnosis._repr_html_()
    assert "[good] What it can estimate" in text
    assert "How often each block shows each level" in text
    # verdicts; errors, precision, correlations; balance, overlap, association, blocks
    assert html.count("<caption>") == 8
    assert html.count("<table") == 8
    assert "scope=" in html
    assert json.loads(json.dumps(diagnosis.to_dict()))["ok"] is True
