"""Nested logit: specification, checks, fit, and what can be done with the results."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import (
    DataError,
    IdentificationError,
    UtilityError,
    UtilityMaximisationWarning,
)
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.nests.nested_logit import NestedLogit

WAYS = ("web", "phone", "office", "post")
NESTS = {"remote": ["web", "phone"], "paper": ["office", "post"]}
DEEP = {"served": {"remote": ["web", "phone"], "place": ["office"]}}
FORMULA = "wait + price + asc"
UTILITY = cc.Utility(FORMULA)
STUDY = cc.Study(
    "renewal",
    "Renewing a permit",
    (
        cc.Attribute.numeric("wait", "Days", [1, 5, 10], "day", "days"),
        cc.Attribute.numeric("price", "Forms", [0, 2, 4], "form", "forms"),
    ),
    tuple(cc.Alternative(name, name) for name in WAYS),
    covariates=(
        cc.Covariate("age", "Age", "numeric"),
        cc.Covariate(
            "region", "Region", "categorical", (cc.Level("n", "North"), cc.Level("s", "South"))
        ),
    ),
)
TRUTH = {
    "wait": -0.2,
    "price": -0.4,
    "asc[phone]": -0.3,
    "asc[office]": 0.2,
    "asc[post]": -0.5,
    "dissimilarity[remote]": 0.4,
    "dissimilarity[paper]": 0.7,
}


def simulated(model, truth, people=250, seed=3):
    design = cc.random_design(STUDY, tasks=24, blocks=4, seed=1)
    rng = np.random.default_rng(seed)
    covariates = {
        "age": rng.uniform(-2, 2, people),
        "region": rng.choice(["n", "s"], people),
    }
    return cc.simulate_choices(design, model, truth, people, seed, covariates=covariates)


@pytest.fixture(scope="module")
def people():
    return simulated(NestedLogit(UTILITY, NESTS), TRUTH)


@pytest.fixture(scope="module")
def fitted(people):
    return NestedLogit(UTILITY, NESTS).fit(people)


# --- specification --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        NestedLogit(UTILITY, NESTS, dissimilarity="common"),
        NestedLogit(UTILITY, DEEP, scale="age", fixed={"price": -1.0}),
        NestedLogit(UTILITY, {"a": ["web", {"b": ["phone", "post"]}]}, bounds={"wait": (None, 0)}),
        NestedLogit(UTILITY, NESTS, equal=[["wait", "price"]]),
    ],
)
def test_a_specification_survives_files_and_pickles(model):
    content = json.loads(json.dumps(model.to_dict()))
    content.pop("kind")
    for again in (NestedLogit.from_dict(content, UTILITY), pickle.loads(pickle.dumps(model))):
        assert again.to_dict() == model.to_dict()
        assert again.tree == model.tree


def test_a_specification_cannot_be_changed():
    given = {"remote": ["web", "phone"]}
    model = NestedLogit(UTILITY, given)
    given["remote"].append("post")
    assert model.nests["remote"] == ("web", "phone")
    with pytest.raises(TypeError):
        model.nests["more"] = ["post"]


def test_members_may_be_alternatives_and_nests():
    mixed = NestedLogit(UTILITY, {"all": ["web", {"inner": ["phone", "office"]}]})
    (outer,) = mixed.tree
    assert outer.alternatives == ("web",)
    assert outer.nests[0].name == "inner"


def test_what_cannot_be_specified():
    with pytest.raises(UtilityError, match="nests must name"):
        NestedLogit(UTILITY, ["web", "phone"])
    with pytest.raises(UtilityError, match="neither 'separate' nor 'common'"):
        NestedLogit(UTILITY, NESTS, dissimilarity="same")
    with pytest.raises(UtilityError, match="would be no nests"):
        NestedLogit(UTILITY, DEEP, dissimilarity="common")
    with pytest.raises(UtilityError, match="twice"):
        NestedLogit(UTILITY, NESTS, scale=["age", "age"])


# --- checks against the data ----------------------------------------------------------------------


def test_all_problems_of_nests_are_listed(people):
    nests = {"remote": ["web", "fone", "office"], "paper": ["office", "post"], "none": []}
    with pytest.raises(UtilityError) as caught:
        NestedLogit(UTILITY, nests).fit(people)
    told = str(caught.value)
    assert "3 problems" in told
    assert "unknown alternative 'fone'" in told
    assert "Did you mean 'phone'?" in told
    assert "'office' stands in 'remote' and 'paper'" in told
    assert "the nest 'none' is empty" in told


@pytest.mark.parametrize(
    ("nests", "match"),
    [
        ({"all": list(WAYS)}, "holds every alternative"),
        ({"a": {"b": ["web", "phone"]}, "b": ["post"]}, "two nests are called 'b'"),
        ({"a": ["web", "web"]}, "twice in one nest"),
    ],
)
def test_nests_that_cannot_be(people, nests, match):
    with pytest.raises(UtilityError, match=match):
        NestedLogit(UTILITY, nests).fit(people)


def test_unnamed_alternatives_have_no_nests(data):
    with pytest.raises(UtilityError, match="no names of their own"):
        NestedLogit(cc.Utility("wait"), {"x": ["A", "B"]}).fit(data())


def test_an_opt_out_may_stand_against_a_nest(study, frame, opt_out):
    rows = frame(people=60)
    rows["alternative"] = rows["alternative"].replace({"C": "none"})
    out = rows["alternative"] == "none"
    rows.loc[out, ["wait", "price", "help"]] = np.nan
    data = cc.ChoiceData.from_long(rows, study=study(opt_out=opt_out))
    utility = cc.Utility("wait + price + asc")
    # opting out was not drawn from any model: the nest need not make sense
    with pytest.warns(UtilityMaximisationWarning, match=r"dissimilarity\[change\]"):
        results = NestedLogit(utility, {"change": ["A", "B"]}).fit(data)
    assert results.names[-1] == "dissimilarity[change]"
    assert cc.predict(results, data)["probability"].sum() == pytest.approx(data.tasks)


def test_constraints_name_the_parameters(people):
    with pytest.raises(UtilityError, match=r"dissimilarity\[remot\]"):
        NestedLogit(UTILITY, NESTS, fixed={"dissimilarity[remot]": 0.5}).fit(people)


def test_a_dissimilarity_is_positive(people):
    with pytest.raises(UtilityError, match="is fixed at 0"):
        NestedLogit(UTILITY, NESTS, fixed={"dissimilarity[remote]": 0.0}).fit(people)


def test_a_nest_whose_alternatives_never_meet_is_not_identified(people):
    frame = people.frame
    # web and phone never in the same task
    task = frame.groupby(["person", "task"], observed=True).ngroup() % 2
    hidden = frame["alternative"] == np.where(task == 0, "web", "phone")
    kept = frame[~hidden]
    kept = kept[kept.groupby(["person", "task"])["chosen"].transform("any")]
    data = cc.ChoiceData.from_long(kept, study=STUDY)
    with pytest.raises(IdentificationError, match=r"dissimilarity\[remote\]"):
        NestedLogit(UTILITY, {"remote": ["web", "phone"]}).fit(data)


# --- fit ------------------------------------------------------------------------------------------


def test_the_fit_is_at_a_top(people, fitted):
    assert fitted.converged
    assert fitted.names == tuple(TRUTH)
    likelihood = NestedLogit(UTILITY, NESTS).problem(people).likelihood
    at = likelihood.people(np.array(fitted.estimates))
    assert at.value.sum() == pytest.approx(fitted.log_likelihood, abs=1e-8)
    errors = np.sqrt(np.diag(fitted.covariance))
    assert np.abs(at.score.sum(axis=0) * errors).max() < 1e-4
    np.testing.assert_allclose(fitted.scores, at.score)


def test_all_starts_reach_the_same_top(people, fitted):
    many = NestedLogit(UTILITY, NESTS).fit(people, options=FitOptions(starts=4, seed=5))
    assert len(many.optimisation.starts) == 4
    assert np.ptp(many.optimisation.starts) < 1e-2
    errors = np.sqrt(np.diag(fitted.covariance))
    np.testing.assert_allclose((many.estimates - fitted.estimates) / errors, 0, atol=1e-4)
    given = NestedLogit(UTILITY, NESTS).fit(people, start={"dissimilarity[paper]": 0.9})
    np.testing.assert_allclose((given.estimates - fitted.estimates) / errors, 0, atol=1e-4)


def test_any_number_of_threads_gives_the_same_bits(people, fitted):
    again = NestedLogit(UTILITY, NESTS).fit(people, threads=1)
    assert np.array_equal(again.estimates, fitted.estimates)
    assert np.array_equal(again.covariance, fitted.covariance)


def test_a_common_dissimilarity(people, fitted):
    common = NestedLogit(UTILITY, NESTS, dissimilarity="common").fit(people)
    one, other = (common.coefficient(f"dissimilarity[{nest}]") for nest in NESTS)
    assert one == other
    assert common.parameters == fitted.parameters - 1
    assert common.log_likelihood < fitted.log_likelihood


def test_dissimilarities_fixed_at_one_give_the_logit(people):
    fixed = {"dissimilarity[remote]": 1.0, "dissimilarity[paper]": 1.0}
    nested = NestedLogit(UTILITY, NESTS, fixed=fixed).fit(people)
    logit = cc.Logit(UTILITY).fit(people)
    assert nested.log_likelihood == pytest.approx(logit.log_likelihood, abs=1e-7)
    np.testing.assert_allclose(nested.estimates[:5], logit.estimates, atol=1e-6)
    np.testing.assert_allclose(nested.covariance[:5, :5], logit.covariance, rtol=1e-4, atol=1e-9)


def test_nests_of_one_alternative_change_nothing(people):
    alone = {"remote": ["web", "phone"], "post": ["post"], "place": {"office": ["office"]}}
    one = NestedLogit(UTILITY, {"remote": ["web", "phone"]}).fit(people)
    other = NestedLogit(UTILITY, alone).fit(people)
    assert other.names == one.names
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-8)


def test_deeper_nests_of_equal_dissimilarity_are_one_nest(people):
    deep = {"served": ["office", {"remote": ["web", "phone"]}]}
    tied = [["dissimilarity[served]", "dissimilarity[remote]"]]
    one = NestedLogit(UTILITY, deep, equal=tied).fit(people)
    flat = NestedLogit(UTILITY, {"served": ["office", "web", "phone"]}).fit(people)
    assert one.log_likelihood == pytest.approx(flat.log_likelihood, abs=1e-7)
    assert one.coefficient("dissimilarity[remote]") == pytest.approx(
        flat.coefficient("dissimilarity[served]"), abs=1e-5
    )


def test_weights_count_people(people):
    frame = people.frame.assign(weight=1.0)
    first = frame["person"].isin(frame["person"].unique()[:40])
    twice = frame.assign(weight=np.where(first, 2.0, 1.0))
    doubled = frame[first].assign(person=frame["person"].astype(int) + 100_000)
    drop = [name for name in frame.columns if name.startswith("true")]
    read = {"study": STUDY, "weight": "weight"}
    weighted = cc.ChoiceData.from_long(twice.drop(columns=drop), **read)
    longer = cc.ChoiceData.from_long(pd.concat([frame, doubled]).drop(columns=drop), **read)
    one = NestedLogit(UTILITY, NESTS).fit(weighted)
    other = NestedLogit(UTILITY, NESTS).fit(longer)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(one.estimates, other.estimates, rtol=1e-6)


def test_tasks_may_lack_alternatives(people):
    frame = people.frame
    rng = np.random.default_rng(1)
    kept = frame[frame["chosen"] | (rng.uniform(size=len(frame)) < 0.7)]
    kept = kept[kept.groupby(["person", "task"])["wait"].transform("size") > 1]
    data = cc.ChoiceData.from_long(kept, study=STUDY)
    assert set(np.diff(data.task_offsets)) == {2, 3, 4}
    assert NestedLogit(UTILITY, NESTS).fit(data).converged


# --- what it means --------------------------------------------------------------------------------


def test_dissimilarities_above_one_are_told():
    model = NestedLogit(UTILITY, {"remote": ["web", "phone"]})
    truth = {name: value for name, value in TRUTH.items() if "paper" not in name}
    data = simulated(model, {**truth, "dissimilarity[remote]": 1.8}, people=300)
    with pytest.warns(UtilityMaximisationWarning, match=r"dissimilarity\[remote\] is .* above 1"):
        results = model.fit(data)
    assert "above 1" in str(results.summary())


def test_nests_inside_are_compared_with_the_nest_around():
    model = NestedLogit(UTILITY, {"served": ["office", {"remote": ["web", "phone"]}]})
    truth = {name: value for name, value in TRUTH.items() if "diss" not in name}
    truth |= {"dissimilarity[served]": 0.4, "dissimilarity[remote]": 0.9}
    data = simulated(model, truth, people=300)
    with pytest.warns(UtilityMaximisationWarning, match=r"that of dissimilarity\[served\]"):
        model.fit(data)


def test_the_summary_tests_against_one(fitted):
    position = fitted.names.index("dissimilarity[remote]")
    error = np.sqrt(fitted.covariance[position, position])
    z = (fitted.estimates[position] - 1) / error
    told = " ".join(str(fitted.table()).split())
    assert f"dissimilarity[remote] z = {z:.2f}" in told


def test_likelihood_ratios(people, fitted):
    logit = cc.Logit(UTILITY).fit(people)
    common = NestedLogit(UTILITY, NESTS, dissimilarity="common").fit(people)
    tests = {(t.null, t.alternative): t for t in cc.compare(logit, common, fitted).tests}
    assert [t.kind for t in tests.values()] == ["likelihood ratio"] * 3
    assert [t.degrees for t in tests.values()] == [1, 2, 1]
    other = NestedLogit(UTILITY, {"mine": ["web", "post"]}).fit(people)
    (test,) = cc.compare(other, fitted).tests
    assert test.kind == "Ben-Akiva & Swait"


def test_predict_is_the_formula(fitted, people):
    frame = people.frame.iloc[:8].drop(columns="chosen")
    found = cc.predict(fitted, frame)["probability"].to_numpy().reshape(2, 4)
    value = fitted.utility.matrix(people.frame.iloc[:8]).T @ fitted.estimates[:5]
    v = value.reshape(2, 4)
    remote, paper = fitted.estimates[5:]
    column = [list(frame["alternative"][:4]).index(name) for name in WAYS]
    v = v[:, column]
    powers = np.exp(v / np.array([remote, remote, paper, paper]))
    sums = np.column_stack([powers[:, :2].sum(axis=1), powers[:, 2:].sum(axis=1)])
    of_nest = sums ** np.array([remote, paper])
    of_nest /= of_nest.sum(axis=1, keepdims=True)
    expected = powers / np.repeat(sums, 2, axis=1) * np.repeat(of_nest, 2, axis=1)
    np.testing.assert_allclose(found[:, column], expected, rtol=1e-12)


def test_frames_may_come_in_any_order_and_without_some_alternatives(fitted, people):
    frame = people.frame.iloc[:400].drop(columns="chosen")
    shuffled = frame.sample(frac=1, random_state=1)
    one = cc.predict(fitted, frame)["probability"]
    other = cc.predict(fitted, shuffled)["probability"]
    np.testing.assert_allclose(other.loc[frame.index], one, rtol=1e-12)
    fewer = cc.predict(fitted, frame[frame["alternative"] != "web"])
    sums = fewer.groupby(["person", "task"], observed=True)["probability"].sum()
    np.testing.assert_allclose(sums, 1.0)
    with pytest.raises(DataError, match="which alternative they are"):
        cc.predict(fitted, frame.drop(columns="alternative"))


def test_results_come_back_from_a_file(fitted, people, tmp_path):
    again = cc.Results.load(fitted.save(tmp_path / "nested.json"))
    assert again.model.to_dict() == fitted.model.to_dict()
    assert np.array_equal(again.estimates, fitted.estimates)
    pd.testing.assert_frame_equal(cc.predict(again, people), cc.predict(fitted, people))


@pytest.mark.parametrize("kind", ["classical", "bhhh", "robust", cc.Clustered("region")])
def test_every_covariance(fitted, kind):
    errors = fitted.with_covariance(kind).tidy()["std_error"]
    assert np.isfinite(errors).all()
    assert (errors > 0).all()


def test_the_bootstrap_refits(fitted, people):
    again = fitted.with_covariance(cc.Bootstrap(30, seed=2), data=people)
    ratio = again.tidy()["std_error"] / fitted.tidy()["std_error"]
    # a standard deviation of 30 draws is off by 13 % (one sigma); four sigma and the asymptotics
    assert ratio.between(0.45, 1.8).all()


def test_forecasts_are_those_of_the_tree(fitted):
    offers = [STUDY.profile(name, wait=5, price=2) for name in WAYS]
    found = cc.uptake(fitted, [cc.Scenario(p.alternative, p) for p in offers], draws=100)
    frame = pd.DataFrame([{"task": 1, "alternative": p.alternative, **p.levels} for p in offers])
    np.testing.assert_allclose(found.shares, cc.predict(fitted, frame)["probability"], rtol=1e-10)


def test_designs_are_not_planned_for_it(people):
    design = cc.random_design(STUDY, tasks=24, blocks=4, seed=1)
    with pytest.raises(cc.errors.DesignError, match="cannot be planned for"):
        cc.plan_sample(design, NestedLogit(UTILITY.bind(STUDY), NESTS), TRUTH, people=[100])


# --- large data -----------------------------------------------------------------------------------


def test_large_data_are_approached_on_some_people(people, fitted, monkeypatch):
    monkeypatch.setattr("ccegov_choice.models.nests.problem._ENOUGH", 300)
    problem = NestedLogit(UTILITY, NESTS).problem(people)
    some, every = problem.coarse, problem.likelihood
    assert len(some.weights) == 50
    assert some.choices.weights.sum() == pytest.approx(every.choices.weights.sum())
    # those people have the likelihoods that they have among all, but for the weight
    theta = np.array(fitted.estimates)
    times = some.weights[0] / every.weights[0]
    own, whole = some.people(theta), every.people(theta)
    np.testing.assert_allclose(own.value, times * whole.value[some.sample], rtol=1e-12)
    np.testing.assert_allclose(own.score, times * whole.score[some.sample], rtol=1e-10)
    twice = some.reweighted(np.arange(people.people, dtype=float))
    np.testing.assert_allclose(twice.weights, some.weights * some.sample)
    again = NestedLogit(UTILITY, NESTS).fit(people)
    errors = np.sqrt(np.diag(fitted.covariance))
    np.testing.assert_allclose((again.estimates - fitted.estimates) / errors, 0, atol=1e-4)
    cold = NestedLogit(UTILITY, NESTS).fit(people, options=FitOptions(warm_start=False))
    assert np.array_equal(cold.estimates, fitted.estimates)
