"""Fitting latent classes: starts, order, names, boundaries, and what results refuse."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import (
    ChoiceWarning,
    DataError,
    IdentificationError,
    TasteError,
    UtilityError,
)
from ccegov_choice.models.classes.assemble import mixture
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.classes.problem import INNER_STARTS, STARTS
from ccegov_choice.models.classes.spec import ClassSpec
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.fitting.people_search import PeopleObjective
from ccegov_choice.models.mixed.distributions import Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol
from ccegov_choice.study.utility import Utility

FORMULA = "wait + price"
HURRIED, PATIENT = (-0.25, -0.2), (-0.01, -1.2)
FEW = FitOptions(starts=4)


def two_classes(frame, people=150, tasks=6, share=0.65, seed=3, chosen_by=None):
    """Rows of people of whom a share hates waiting and the others dislike paying."""
    rows = frame(people=people, tasks=tasks, seed=seed)
    rng = np.random.default_rng(seed)
    hurried = rng.random(people) < share
    tastes = np.where(hurried[:, None], HURRIED, PATIENT)[rows["person"]]
    value = (rows[["wait", "price"]].to_numpy() * tastes).sum(axis=1)
    rows["value"] = value + rng.gumbel(size=len(rows))
    best = rows.groupby(["person", "task"])["value"].transform("max")
    rows["chosen"] = rows["value"] == best
    rows["hurried"] = hurried[rows["person"]]
    return rows.drop(columns="value")


@pytest.fixture
def people(data, frame):
    return data(two_classes(frame))


@pytest.fixture
def fitted(people):
    return LatentClass(Utility(FORMULA), 2).fit(people, options=FEW)


# --- names and order ----------------------------------------------------------------------------


def test_parameters_are_named_by_class(fitted):
    assert fitted.names == (
        "class 1: wait", "class 1: price", "class 2: wait", "class 2: price", "member[class 2]",
    )  # fmt: skip


def test_classes_without_names_fall_in_size(people):
    model = LatentClass(Utility(FORMULA), 2)
    names = ["class 1: wait", "class 1: price", "class 2: wait", "class 2: price"]
    both = [dict(zip(names, [*a, *b], strict=True)) for a, b in
            ((HURRIED, PATIENT), (PATIENT, HURRIED))]  # fmt: skip
    one, other = (model.fit(people, start=start) for start in both)
    np.testing.assert_allclose(one.estimates, other.estimates, atol=1e-6)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-4, atol=1e-9)
    assert cc.class_shares(one)["share"].is_monotonic_decreasing


def test_classes_with_names_stay_where_they_start(people):
    model = LatentClass(Utility(FORMULA), ["patient", "hurried"])
    start = {"patient: price": -1.2, "patient: wait": 0.0, "hurried: wait": -0.2}
    results = model.fit(people, start=start)
    assert results.names[0] == "patient: wait"
    assert results.coefficient("patient: wait") > results.coefficient("hurried: wait")
    assert results.coefficient("member[hurried]") > 0


def test_a_constraint_on_a_class_keeps_its_name(people):
    held = LatentClass(Utility(FORMULA), 2, fixed={"class 1: wait": -0.01})
    results = held.fit(people, options=FEW)
    assert not held.ordered
    assert results.coefficient("class 1: wait") == -0.01
    assert results.std_error("class 1: wait").reason == "fixed at -0.01"


def test_common_coefficients_have_one_value_and_one_name(people):
    common = LatentClass(Utility(FORMULA), 2, common=["price"]).fit(people, options=FEW)
    assert common.names == ("price", "class 1: wait", "class 2: wait", "member[class 2]")
    equal = LatentClass(
        Utility(FORMULA), ["a", "b"], equal=[("a: price", "b: price")]
    ).fit(people, options=FEW)  # fmt: skip
    assert equal.log_likelihood == pytest.approx(common.log_likelihood, abs=1e-6)


# --- the search ---------------------------------------------------------------------------------


def test_the_top_is_a_top(fitted, people):
    problem = fitted.model.problem(people)
    at = problem.likelihood.people(fitted.estimates)
    # the last Newton step leaves about its square
    assert np.abs(at.score.sum(axis=0)).max() < 1e-4
    assert at.value.sum() == pytest.approx(fitted.log_likelihood, abs=1e-8)
    assert np.linalg.eigvalsh(problem.likelihood.hessian(fitted.estimates)).max() < 0


def test_all_starts_are_told(people):
    results = LatentClass(Utility(FORMULA), 2).fit(people)
    assert len(results.optimisation.starts) == STARTS
    assert max(results.optimisation.starts) <= results.log_likelihood + 1e-4
    told = str(results.summary())
    reached = sum(e > results.log_likelihood - 0.01 for e in results.optimisation.starts)
    assert f"{reached} of {STARTS} starts came to this top" in told


def test_a_given_start_is_the_only_one_unless_more_are_asked_for(people):
    model, start = LatentClass(Utility(FORMULA), 2), {"class 1: wait": -0.2}
    assert len(model.fit(people, start=start).optimisation.starts) == 1
    more = model.fit(people, start=start, options=FitOptions(starts=3))
    assert len(more.optimisation.starts) == 3


def test_the_same_seed_gives_the_same_bits_and_any_threads(people):
    model = LatentClass(Utility(FORMULA), 2)
    one, other = (model.fit(people, options=FEW, threads=n) for n in (1, 2))
    assert np.array_equal(one.estimates, other.estimates)
    assert one.optimisation.starts == other.optimisation.starts
    third = model.fit(people, options=FitOptions(starts=4, seed=7))
    assert third.optimisation.starts != one.optimisation.starts
    np.testing.assert_allclose(third.estimates, one.estimates, atol=1e-5)


def test_steps_of_the_em_algorithm_climb(people):
    problem = LatentClass(Utility(FORMULA), 3).problem(people)
    objective = PeopleObjective(problem.likelihood, problem.constraints)
    for start in problem.starts[:6]:
        before = objective(problem.constraints.reduce(start)).value
        assert objective(problem.constraints.reduce(problem.warm(start))).value > before


def test_many_people_are_searched_by_a_sample_first(people, fitted, monkeypatch):
    monkeypatch.setattr("ccegov_choice.models.classes.problem._ENOUGH_PEOPLE", 50)
    model = LatentClass(Utility(FORMULA), 2)
    problem = model.problem(people)
    assert len(problem.coarse.weights) == 50
    assert problem.coarse.weights.sum() == pytest.approx(150)
    results = model.fit(people, options=FEW)
    np.testing.assert_allclose(results.estimates, fitted.estimates, atol=1e-5)
    assert results.log_likelihood == pytest.approx(fitted.log_likelihood, abs=1e-8)
    assert "starts came to this top" in str(results.summary())
    twice = problem.reweighted(np.full(150, 2.0))
    assert twice.coarse is None
    assert twice.likelihood.weights.sum() == 300


def test_more_classes_fit_better(people, fitted):
    logit = cc.Logit(Utility(FORMULA)).fit(people)
    assert fitted.log_likelihood > logit.log_likelihood + 20


# --- membership ---------------------------------------------------------------------------------


def test_membership_is_found_with_covariates(people):
    model = LatentClass(Utility(FORMULA), 2, membership="region + I(age / 100)")
    results = model.fit(people, options=FEW)
    assert results.names[-3:] == (
        "member[class 2]", "member[class 2|region[s]]", "member[class 2|age / 100]",
    )  # fmt: skip
    shares = cc.class_shares(results, people)
    assert shares["share"].sum() == pytest.approx(1.0)
    with pytest.raises(DataError, match="region, age"):
        cc.class_shares(results)


def test_membership_by_an_attribute_is_refused(people):
    with pytest.raises(UtilityError, match="describes alternatives") as caught:
        LatentClass(Utility(FORMULA), 2, membership="wait + regio").fit(people)
    assert len(caught.value.problems) == 2


def test_scale_classes_are_found(data, frame):
    rng = np.random.default_rng(8)
    rows = frame(people=300, tasks=8, seed=9)
    sure = np.where(rng.random(300) < 0.4, 4.0, 0.7)[rows["person"]]
    value = sure * (-0.1 * rows["wait"] - 0.6 * rows["price"]) + rng.gumbel(size=len(rows))
    best = value.groupby([rows["person"], rows["task"]]).transform("max")
    rows["chosen"] = value == best
    scaled = LatentClass(Utility(FORMULA), 1, scale_classes=2).fit(data(rows))
    assert scaled.names[-2:] == ("log_scale[scale 2]", "member[scale 2]")
    # the first scale is that of most people; z below 4 fails once in 15,000 seeds
    z = (scaled.coefficient("log_scale[scale 2]") - np.log(4.0 / 0.7)) / scaled.std_error(
        "log_scale[scale 2]"
    )
    assert abs(z) < 4
    assert scaled.coefficient("member[scale 2]") < 0


# --- at the edge --------------------------------------------------------------------------------


def test_a_class_that_chooses_without_exception_is_named(data, frame):
    rows = two_classes(frame, share=1.0)
    cheapest = rows.groupby(["person", "task"])["price"].transform("min") == rows["price"]
    first = cheapest & ~rows[cheapest].duplicated(["person", "task"]).reindex(
        rows.index, fill_value=True
    )
    rows["chosen"] = np.where(rows["person"] % 3 == 0, first, rows["chosen"])
    model = LatentClass(Utility("price"), ["steady", "cheap"])
    with pytest.warns(ChoiceWarning, match=r"'price' in 'cheap' has no finite estimate"):
        model.fit(data(rows), start={"steady: price": -0.3, "cheap: price": -8.0})


def test_a_class_of_nobody_is_named(people):
    held = LatentClass(Utility(FORMULA), 2, fixed={"member[class 2]": -9.0})
    with pytest.warns(ChoiceWarning, match=r"'class 2' holds 0.019 of 150 people"):
        held.fit(people, start={"class 1: wait": -0.1})


def test_a_utility_that_is_not_identified_is_refused_before_the_search(people):
    with pytest.raises(IdentificationError, match="cannot be told apart"):
        LatentClass(Utility("wait + I(wait / 2) + price"), 2).fit(people)


# --- refusals -----------------------------------------------------------------------------------


def test_all_problems_come_at_once():
    with pytest.raises(UtilityError) as caught:
        LatentClass(Utility(FORMULA), ["a", "a", "b", "b"], scale_classes=0)
    assert len(caught.value.problems) == 3
    with pytest.raises(UtilityError, match="1 classes are no classes"):
        LatentClass(Utility(FORMULA), 1)


def test_unknown_names_in_classes_come_at_once(people):
    specs = [ClassSpec("a", ignores=["wat"], only=["price"]), ClassSpec("b", fixed={"cost": 1.0})]
    with pytest.raises(UtilityError) as caught:
        LatentClass(Utility(FORMULA), specs, common=["prise"]).fit(people)
    told = [problem.problem for problem in caught.value.problems]
    assert len(told) == 4
    assert "Did you mean 'wait'?" in str(caught.value)


def test_unknown_parameters_are_named(people):
    with pytest.raises(UtilityError, match="unknown coefficient 'wait'"):
        LatentClass(Utility(FORMULA), 2, fixed={"wait": 0.0}).fit(people)
    with pytest.raises(UtilityError, match="class 3: wait"):
        LatentClass(Utility(FORMULA), 2).fit(people, start={"class 3: wait": 0.0})


def test_nothing_is_made_of_the_first_class_alone(data, frame, study):
    people = data(two_classes(frame), study=study(numeraires=(cc.Numeraire("price"),)))
    fitted = LatentClass(Utility(FORMULA), 2).fit(people, options=FEW)
    for ask in (
        lambda: fitted.utility_estimates,
        lambda: fitted.utility_covariance,
    ):
        with pytest.raises(TasteError, match="class_table"):
            ask()
    trade = cc.willingness_to_trade(fitted, gain="wait", pay_in="price")
    assert trade.measure == "median over people"


# --- what results can do ------------------------------------------------------------------------


def test_results_come_back_from_a_file(fitted, people, tmp_path):
    again = cc.Results.load(fitted.save(tmp_path / "classes.json"))
    assert again.model.to_dict() == fitted.model.to_dict()
    assert np.array_equal(again.estimates, fitted.estimates)
    pd.testing.assert_frame_equal(cc.class_shares(again), cc.class_shares(fitted))
    pd.testing.assert_frame_equal(cc.predict(again, people), cc.predict(fitted, people))


def test_every_part_of_a_specification_survives():
    inner = LatentClass(Utility(FORMULA), 2)
    specs = [
        "plain",
        ClassSpec("a", ignores=["wait"], fixed={"price": -1.0}, traits={"t": 1.0}),
        cc.lexicographic("price"),
        ClassSpec("b", model=inner),
    ]
    model = LatentClass(
        Utility(FORMULA), specs, membership="age", common=["price"], panel=False,
        fixed={"member[t]": 0.0}, bounds={"price": (None, 0.0)}, equal=[["plain: wait", "price"]],
    )  # fmt: skip
    assert LatentClass.from_dict(model.to_dict(), model.utility).to_dict() == model.to_dict()
    assert pickle.loads(pickle.dumps(model)).to_dict() == model.to_dict()


def test_every_covariance_exists(fitted, people):
    kinds = ["classical", "bhhh", "robust", "clustered", cc.Clustered("household")]
    errors = [np.diag(fitted.with_covariance(kind).covariance) for kind in kinds]
    assert all((variance > 0).all() for variance in errors)
    classical = fitted.with_covariance("classical").covariance
    hessian = mixture(fitted.model, people).likelihood.hessian(fitted.estimates)
    np.testing.assert_allclose(classical, np.linalg.inv(-hessian), rtol=1e-5, atol=1e-12)


def test_the_bootstrap_refits_with_people_counted_again(fitted, people):
    kind = cc.Bootstrap(30, seed=2)
    errors = fitted.with_covariance(kind, data=people).tidy()["std_error"]
    other = fitted.with_covariance("clustered").tidy()["std_error"]
    # the ratio of variances is about chi-squared(29) / 29, and chi-squared(29) lies between 8 and
    # 64 but for one in 4,000
    ratio = (errors / other) ** 2
    assert ratio.between(8 / 29 / 1.5, 64 / 29 * 1.5).all()
    drawn = np.random.default_rng(2).integers(people.people, size=people.people)
    sample = people.take_people(drawn)
    model = LatentClass(Utility(FORMULA), 2)
    named = dict(zip(fitted.names, fitted.estimates, strict=True))
    again = model.fit(sample, start=named)
    times = np.bincount(drawn, minlength=people.people).astype(float)
    counted = fitted.model.problem(people).reweighted(times)
    at = counted.likelihood.people(again.estimates)
    assert at.value.sum() == pytest.approx(again.log_likelihood, rel=1e-10)
    assert np.abs(at.score.sum(axis=0)).max() < 1e-4


def test_numbers_of_classes_are_not_tested_by_likelihood_ratio(fitted, people):
    logit = cc.Logit(Utility(FORMULA)).fit(people)
    (test,) = cc.compare(logit, fitted).tests
    assert test.kind == "none"
    assert test.p_value is None
    assert test.statistic == pytest.approx(2 * (fitted.log_likelihood - logit.log_likelihood))
    assert any("BIC" in note for note in cc.compare(logit, fitted).notes)


def test_restrictions_within_the_same_classes_are_tested(people, fitted):
    more = LatentClass(Utility(FORMULA), 2, membership="region").fit(people, options=FEW)
    (test,) = cc.compare(fitted, more).tests
    assert test.kind == "likelihood ratio"
    assert (test.null[0], test.degrees) == ("1", 1)
    held = LatentClass(Utility(FORMULA), 2, fixed={"class 2: wait": 0.0})
    less = held.fit(people, start=dict(zip(fitted.names, fitted.estimates, strict=True)))
    (test,) = cc.compare(fitted, less).tests
    assert (test.kind, test.degrees, test.null[0]) == ("likelihood ratio", 1, "2")
    common = LatentClass(Utility(FORMULA), 2, common=["price"]).fit(people, options=FEW)
    (test,) = cc.compare(common, fitted).tests
    assert test.kind == "none"
    assert "neither" in test.reason


def test_weights_of_people_count_them(data, frame):
    rows = two_classes(frame, people=80)
    rows["weight"] = 1.0 + (rows["person"] < 40)
    twice = pd.concat([rows, rows[rows["person"] < 40].assign(person=lambda f: f["person"] + 1000)])
    model = LatentClass(Utility(FORMULA), 2)
    start = {"class 1: wait": -0.2, "class 2: price": -1.0}
    weighted = model.fit(data(rows), start=start)
    counted = model.fit(data(twice.drop(columns="weight")), start=start)
    np.testing.assert_allclose(weighted.estimates, counted.estimates, atol=1e-6)
    assert weighted.log_likelihood == pytest.approx(counted.log_likelihood, rel=1e-10)


# --- classes with models of their own -----------------------------------------------------------


def test_a_class_may_have_a_model_of_its_own(people, tmp_path):
    """A class of two classes and a class are three classes."""
    inside = ClassSpec("rest", model=LatentClass(Utility(FORMULA), 2))
    nested = LatentClass(Utility(FORMULA), ["one", inside])
    flat = LatentClass(Utility(FORMULA), 3).fit(people)
    results = nested.fit(people, options=FitOptions(starts=8))
    assert results.names[2:7] == (
        "rest: class 1: wait", "rest: class 1: price", "rest: class 2: wait",
        "rest: class 2: price", "rest: member[class 2]",
    )  # fmt: skip
    assert results.log_likelihood == pytest.approx(flat.log_likelihood, abs=1e-5)
    found, expected = (cc.predict(r, people)["probability"] for r in (results, flat))
    # both tops are within about the square of 1e-6 of the top
    np.testing.assert_allclose(found, expected, atol=1e-4)
    again = cc.Results.load(results.save(tmp_path / "nested.json"))
    pd.testing.assert_frame_equal(cc.predict(again, people), cc.predict(results, people))
    with pytest.raises(DataError, match="model of its own"):
        cc.individual_coefficients(results, people)
    with pytest.raises(UtilityError, match="Give them here"):
        LatentClass(Utility(FORMULA), ["a", ClassSpec("b", model=nested)])


def test_a_class_with_a_model_of_its_own_shares_by_equality(people):
    specs = ["one", ClassSpec("rest", model=LatentClass(Utility(FORMULA), 2))]
    with pytest.raises(UtilityError, match="does not reach 'rest'"):
        LatentClass(Utility(FORMULA), specs, common=["price"]).fit(people)
    pairs = [("one: price", "rest: class 1: price", "rest: class 2: price")]
    equal = LatentClass(Utility(FORMULA), specs, equal=pairs)
    flat = LatentClass(Utility(FORMULA), 3, common=["price"]).fit(people)
    results = equal.fit(people, options=FitOptions(starts=8))
    assert results.log_likelihood == pytest.approx(flat.log_likelihood, abs=1e-5)


def test_a_class_may_be_a_mixed_logit(people):
    mixed = MixedLogit(Utility(FORMULA), random={"price": Normal()}, draws=Sobol(64, seed=1))
    model = LatentClass(Utility(FORMULA), ["plain", ClassSpec("mixed", model=mixed)])
    found = mixture(model, people)
    theta = np.array([-0.2, -0.3, -0.05, -1.0, 0.5, 0.3])
    assert found.layout.names[4] == "mixed: sd[price]"
    alone = mixed.problem(people).likelihood.people(theta[2:5]).value
    plain = mixture(LatentClass(Utility(FORMULA), 2), people).likelihood
    first = plain.parts(np.append(theta[:2], [0, 0, 0])).classes[0].value
    share = 1 / (1 + np.exp(-0.3))
    at = found.likelihood.people(theta)
    expected = np.log((1 - share) * np.exp(first) + share * np.exp(alone))
    np.testing.assert_allclose(at.value, expected, rtol=1e-12)
    hessian = found.likelihood.hessian(theta)
    h = 1e-5
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = h
        up, down = (found.likelihood.people(t) for t in (theta + step, theta - step))
        # error of central differences: h^2 / 6 times third derivatives of up to 1e5
        slope = (up.value - down.value).sum() / (2 * h)
        assert slope == pytest.approx(at.score[:, p].sum(), rel=1e-6, abs=1e-4)
        second = (up.score - down.score).sum(axis=0) / (2 * h)
        np.testing.assert_allclose(second, hessian[p], rtol=1e-5, atol=1e-3)


def test_fewer_draws_come_first_where_a_class_is_simulated(people):
    def simulated(count):
        own = MixedLogit(Utility(FORMULA), random={"price": Normal()}, draws=Sobol(count, seed=1))
        return LatentClass(Utility(FORMULA), ["plain", ClassSpec("mixed", model=own)])

    problem = simulated(1024).problem(people)
    theta = problem.starts[0]
    assert problem.coarse is not None
    coarse, fewer = problem.coarse, mixture(simulated(128), people).likelihood
    np.testing.assert_array_equal(coarse.people(theta).value, fewer.people(theta).value)
    assert len(problem.starts) == INNER_STARTS
    assert len({tuple(start) for start in problem.starts}) == INNER_STARTS
    assert LatentClass(Utility(FORMULA), 2).problem(people).coarse is None
