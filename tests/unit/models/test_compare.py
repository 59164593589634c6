"""Comparisons of models: criteria by hand, tests with their known laws."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DataError
from ccegov_choice.models.compare import compare
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.nesting import is_special_case
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

STUDY = Study(
    "claim",
    "A claim",
    (
        Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
        Attribute.numeric("fee", "Fee", [1, 5, 9], "unit", "units", direction="-"),
        Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
    ),
    covariates=(
        Covariate("poor", "Poor", "categorical", (Level("no", "No"), Level("yes", "Yes"))),
    ),
)
FULL = "wait + fee + help"


@pytest.fixture(scope="module")
def data():
    design = random_design(STUDY, tasks=12, alternatives=2, blocks=2, seed=5)
    utility = Utility(FULL, STUDY)
    truth = {"wait": -0.04, "fee": -0.1, "help[chat]": 0.3, "help[person]": 0.6}
    people = pd.DataFrame({"poor": np.where(np.arange(150) % 2, "yes", "no")})
    return simulate_choices(design, Logit(utility), truth, 150, 1, covariates=people)


@pytest.fixture(scope="module")
def fit(data):
    made = {}

    def fitted(formula, **options):
        key = (formula, str(options))
        if key not in made:
            made[key] = Logit(Utility(formula, STUDY), **options).fit(data)
        return made[key]

    return fitted


def test_criteria_by_hand(fit):
    full = fit(FULL)
    row = compare(full, fit("wait")).fits[0]
    assert row.parameters == 4
    assert row.aic == pytest.approx(8 - 2 * full.log_likelihood)
    assert row.bic == pytest.approx(4 * np.log(full.tasks) - 2 * full.log_likelihood)
    null = full.tasks * np.log(0.5)
    assert row.rho_squared_adjusted == pytest.approx(1 - (full.log_likelihood - 4) / null)


@pytest.mark.parametrize("order", [1, -1])
def test_nested_models_get_a_likelihood_ratio_in_any_order(fit, order):
    full, small = fit(FULL), fit("wait + fee")
    pair = (full, small)[::order]
    names = ("full", "small")[::order]
    test = compare(*pair, names=names).tests[0]
    statistic = 2 * (full.log_likelihood - small.log_likelihood)
    assert (test.kind, test.null, test.alternative) == ("likelihood ratio", "small", "full")
    assert test.degrees == 2
    assert test.statistic == pytest.approx(statistic)
    assert test.p_value == pytest.approx(stats.chi2.sf(statistic, 2), rel=1e-10)


def test_the_non_nested_bound_is_that_of_the_paper(fit):
    first, second = fit("wait"), fit("fee + help")
    test = compare(first, second, names=["wait", "rest"]).tests[0]
    null = first.log_likelihood_null
    rho = {
        "wait": 1 - (first.log_likelihood - 1) / null,
        "rest": 1 - (second.log_likelihood - 3) / null,
    }
    worse, better = sorted(rho, key=rho.get)
    counts = {"wait": 1, "rest": 3}
    gap = rho[better] - rho[worse]
    inside = -2 * gap * null + counts[better] - counts[worse]
    assert (test.kind, test.null, test.alternative) == ("Ben-Akiva & Swait", worse, better)
    assert test.degrees is None
    assert test.statistic == pytest.approx(gap)
    assert test.p_value == pytest.approx(stats.norm.cdf(-np.sqrt(inside)), rel=1e-10)


def test_restrictions_of_all_kinds_are_special_cases(fit):
    full = fit(FULL)
    assert is_special_case(fit(FULL, fixed={"fee": 0.0}), full)
    assert is_special_case(fit(FULL, fixed={"fee": -0.2}), full)
    assert is_special_case(fit(FULL, equal=[["help[chat]", "help[person]"]]), full)
    assert is_special_case(full, fit(FULL, scale="poor"))
    assert is_special_case(full, fit(FULL + " + wait:poor"))
    assert is_special_case(fit("wait", fixed={}), fit(FULL, fixed={"fee": 0.0}))


def test_what_only_looks_nested_is_not(fit):
    full = fit(FULL)
    assert not is_special_case(full, full)
    assert not is_special_case(full, fit("wait"))
    assert not is_special_case(fit("wait"), fit(FULL, fixed={"fee": -0.2}))
    assert not is_special_case(fit("log(wait)"), fit("wait + fee"))


def test_another_coding_of_the_same_levels_is_no_obstacle(fit):
    assert is_special_case(fit("fee + dummy(help, base='chat')"), fit(FULL))
    assert is_special_case(fit("effects(help)"), fit("wait + help"))


def test_equal_fit_has_no_bound_and_says_why(fit):
    one, other = fit("wait + dummy(help, base='chat')"), fit("wait + help")
    test = compare(one, other).tests[0]
    assert test.p_value is None or test.p_value > 0.3
    same = compare(fit("wait"), fit("wait"))
    assert same.tests[0].p_value is None
    assert "the two fit equally well" in str(same)


def test_other_choices_are_refused(fit, data):
    part = data.take_people(range(100))
    other = Logit(Utility("wait", STUDY)).fit(part)
    with pytest.raises(DataError, match="150 against 100 people"):
        compare(fit(FULL), other)
    full, small = fit(FULL), fit("wait")

    def altered(**changes):
        return replace(small, **changes)

    hashes = [replace(full.provenance, parents={"data": content}) for content in "ab"]
    with pytest.raises(DataError, match="other choices on the same tasks"):
        compare(replace(full, provenance=hashes[0]), altered(provenance=hashes[1]))
    with pytest.raises(DataError, match="other people"):
        compare(full, altered(person_ids=small.person_ids[::-1]))
    with pytest.raises(DataError, match="other choice sets or weights"):
        compare(full, altered(log_likelihood_null=small.log_likelihood_null - 1))
    with pytest.raises(DataError, match="other shares of the alternatives"):
        compare(
            replace(full, log_likelihood_constants=-500.0), altered(log_likelihood_constants=-501.0)
        )
    with pytest.raises(DataError) as caught:
        compare(full, other, altered(rows=7))
    assert len(caught.value.problems) == 2


def test_requests_are_checked(fit):
    with pytest.raises(DataError, match="one model cannot be compared"):
        compare(fit("wait"))
    with pytest.raises(DataError, match="or one twice"):
        compare(fit("wait"), fit("fee"), names=["a", "a"])


def test_all_pairs_are_tested_and_shown(fit):
    found = compare(fit(FULL), fit("wait"), fit("fee"))
    assert len(found.tests) == 3
    assert len(found.to_frame()) == 3
    assert len(found.tests_frame()) == 3
    shown = found._repr_html_()
    assert shown.count("<caption>") == 2
    assert "take their answers as independent" in str(found)


def test_other_choices_on_the_same_tasks_are_noticed():
    study = Study("s", "S", (Attribute.numeric("wait", "Wait", [1, 5, 9], "day"),))
    design = random_design(study, tasks=8, seed=1)
    model = Logit(Utility("wait", study))
    first, second = (
        model.fit(simulate_choices(design, model, {"wait": -0.2}, 60, seed=seed)) for seed in (1, 2)
    )
    # equal shares and equal people: only the choices differ
    with pytest.raises(DataError, match="other choices on the same tasks"):
        compare(first, second)


@pytest.mark.parametrize(
    ("small", "large", "special"),
    [
        ("wait", "poly(wait, 2)", True),
        ("wait", "piecewise(wait, 10)", True),
        ("wait", "C(wait)", True),
        ("log(wait)", "C(wait)", True),
        ("poly(wait, 2)", "C(wait)", True),
        ("wait", "wait + fee", True),
        ("effects(help)", "C(help) + wait", True),
        ("wait", "wait + wait:poor", True),
        ("wait", "log(wait) + fee", False),
        ("log(wait)", "poly(wait, 3)", True),  # four levels: a cubic goes through all of them
        ("log(wait)", "poly(wait, 2)", False),
        ("asc('B')", "wait + fee", False),
        ("wait:fee", "wait + fee", False),
    ],
)
def test_what_is_a_special_case_of_what(fit, small, large, special):
    assert is_special_case(fit(small), fit(large)) is special
    assert not is_special_case(fit(large), fit(small))
