"""Cross-nested logit: allocations that sum to one, their constraints, and forecasts."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import UtilityError, UtilityMaximisationWarning
from ccegov_choice.models.nests.cross_nested_logit import CrossNestedLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit

STUDY = cc.Study(
    "trip",
    "A trip",
    (
        cc.Attribute.numeric("time", "Minutes", [10, 20, 40], "minute", "minutes"),
        cc.Attribute.numeric("changes", "Changes", [0, 1, 2], "change", "changes"),
    ),
    tuple(cc.Alternative(name, name) for name in ("car", "train", "bus", "bike")),
)
UTILITY = cc.Utility("time + changes + asc")
NESTS = {"fast": ["car", "train"], "public": ["train", "bus"], "open": ["bike", "bus", "train"]}
TWO = {"fast": ["car", "train"], "public": ["train", "bus"]}
TRUTH = {
    "time": -0.05,
    "changes": -0.4,
    "asc[train]": 0.3,
    "asc[bus]": 0.1,
    "asc[bike]": 0.2,
    "dissimilarity[fast]": 0.35,
    "dissimilarity[public]": 0.35,
    "allocation[train, fast]": 0.4,
    "allocation[train, public]": 0.6,
}


@pytest.fixture(scope="module")
def people():
    design = cc.random_design(STUDY, tasks=24, blocks=3, seed=2)
    return cc.simulate_choices(design, CrossNestedLogit(UTILITY, TWO), TRUTH, 350, 1)


@pytest.fixture(scope="module")
def fitted(people):
    return CrossNestedLogit(UTILITY, TWO).fit(people)


def constraints_of(people, **changes):
    return CrossNestedLogit(UTILITY, NESTS, **changes).problem(people).constraints


def test_a_specification_survives_files_and_pickles():
    model = CrossNestedLogit(UTILITY, TWO, fixed={"allocation[train, fast]": 0.5}, scale=["task"])
    content = json.loads(json.dumps(model.to_dict()))
    content.pop("kind")
    for again in (CrossNestedLogit.from_dict(content, UTILITY), pickle.loads(pickle.dumps(model))):
        assert again.to_dict() == model.to_dict()


def test_only_alternatives_can_be_allotted():
    with pytest.raises(UtilityError, match="hold nests inside"):
        CrossNestedLogit(UTILITY, {"a": {"b": ["car"]}})


def test_shares_sum_to_one_wherever_the_free_parameters_are(people):
    constraints = constraints_of(people)
    rng = np.random.default_rng(0)
    free = rng.uniform(0.1, 0.4, constraints.expansion.shape[1])
    full = dict(zip(constraints.names, constraints.full(free), strict=True))
    for name, nests in {"train": ("fast", "public", "open"), "bus": ("public", "open")}.items():
        assert sum(full[f"allocation[{name}, {nest}]"] for nest in nests) == pytest.approx(1.0)
    np.testing.assert_allclose(constraints.reduce(constraints.full(free)), free, rtol=1e-12)


def test_a_share_may_be_fixed(people):
    constraints = constraints_of(people, fixed={"allocation[bus, open]": 0.2})
    full = dict(
        zip(
            constraints.names,
            constraints.full(np.full(constraints.expansion.shape[1], 0.3)),
            strict=True,
        )
    )
    assert full["allocation[bus, open]"] == 0.2
    assert full["allocation[bus, public]"] == pytest.approx(0.8)
    assert constraints.absent["allocation[bus, public]"] == "the others leave no choice"
    all_of = {
        "allocation[bus, open]": 0.2,
        "allocation[bus, public]": 0.8,
    }
    constraints = constraints_of(people, fixed=all_of)
    assert "allocation[bus, public]" in constraints.absent


BUS = ["allocation[bus, open]", "allocation[bus, public]"]


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"fixed": {"allocation[bus, open]": 1.4}}, "sum of 1.4"),
        (
            {"fixed": {"allocation[bus, open]": 0.5, "allocation[bus, public]": 0.4}},
            "must sum to one|sum of 0.9",
        ),
        (
            {"bounds": dict.fromkeys(BUS, (0.1, 0.9))},
            "leave of one",
        ),
        ({"equal": [BUS]}, "leave of one"),
    ],
)
def test_shares_that_cannot_be(people, changes, match):
    with pytest.raises(UtilityError, match=match):
        constraints_of(people, **changes)


def test_bounds_and_equalities_of_free_shares_hold(people):
    tied = [["allocation[bus, public]", "allocation[train, public]"]]
    constraints = constraints_of(people, equal=tied)
    free = np.linspace(0.1, 0.3, constraints.expansion.shape[1])
    full = dict(zip(constraints.names, constraints.full(free), strict=True))
    assert full["allocation[bus, public]"] == full["allocation[train, public]"]
    assert full["allocation[bus, open]"] == pytest.approx(1 - full["allocation[bus, public]"])


def test_the_fit_is_at_a_top_of_the_constrained_likelihood(people, fitted):
    problem = CrossNestedLogit(UTILITY, TWO).problem(people)
    score = problem.likelihood.people(np.array(fitted.estimates)).score.sum(axis=0)
    slopes = score @ problem.constraints.expansion
    errors = np.sqrt(np.diag(fitted.covariance))[:8]
    assert np.abs(slopes * errors).max() < 1e-4
    assert fitted.parameters == 8
    assert fitted.coefficient("allocation[train, fast]") + fitted.coefficient(
        "allocation[train, public]"
    ) == pytest.approx(1.0, abs=1e-12)


def test_everybody_in_one_nest_is_the_nested_logit(people):
    inside = {"allocation[train, fast]": 1.0, "dissimilarity[public]": 1.0}
    crossed = CrossNestedLogit(UTILITY, TWO, fixed=inside).fit(people)
    nested = NestedLogit(UTILITY, {"fast": ["car", "train"]}).fit(people)
    assert crossed.log_likelihood == pytest.approx(nested.log_likelihood, abs=1e-7)
    np.testing.assert_allclose(crossed.estimates[:6], nested.estimates[:6], atol=1e-5)


def test_a_share_may_end_at_the_edge(people):
    """A nest that the data do not know gets nothing, and the summary says so."""
    strange = {"fast": ["car", "train"], "odd": ["car", "bike"]}
    results = CrossNestedLogit(UTILITY, strange, fixed={"dissimilarity[odd]": 0.7}).fit(people)
    assert results.coefficient("allocation[car, odd]") == pytest.approx(1e-4)
    for nest in strange:
        assert results.absent[f"allocation[car, {nest}]"] == "at its bound"
    without = NestedLogit(UTILITY, {"fast": ["car", "train"]}).fit(people)
    assert results.log_likelihood == pytest.approx(without.log_likelihood, abs=1e-3)
    told = " ".join(str(results.table()).split())
    assert "allocation[car, odd] is at the edge" in told


def test_results_come_back_from_a_file(fitted, people, tmp_path):
    again = cc.Results.load(fitted.save(tmp_path / "crossed.json"))
    assert np.array_equal(again.estimates, fitted.estimates)
    before, after = cc.predict(fitted, people), cc.predict(again, people)
    np.testing.assert_array_equal(after["probability"], before["probability"])


def test_the_bootstrap_refits(fitted, people):
    again = fitted.with_covariance(cc.Bootstrap(20, seed=1), data=people)
    ratio = (again.tidy()["std_error"] / fitted.tidy()["std_error"]).to_numpy()
    # a standard deviation of 20 draws is off by 16 % (one sigma); four sigma and the asymptotics
    assert ((ratio > 0.35) & (ratio < 2.0)).all()
    assert ratio[-1] == pytest.approx(ratio[-2], rel=1e-6)


def test_no_likelihood_ratio_against_the_logit(fitted, people):
    (test,) = cc.compare(cc.Logit(UTILITY).fit(people), fitted).tests
    assert test.kind == "Ben-Akiva & Swait"


def test_dissimilarities_above_one_are_told(people):
    wide = {"dissimilarity[fast]": (0.01, None)}
    model = CrossNestedLogit(UTILITY, TWO, fixed={"dissimilarity[fast]": 1.3}, bounds=wide)
    with pytest.warns(UtilityMaximisationWarning, match="above 1"):
        model.fit(people)
