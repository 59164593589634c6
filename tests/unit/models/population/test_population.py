"""People as taste points and choice rules: the same shares as each family's own prediction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice._provenance import Provenance
from ccegov_choice.errors import DataError
from ccegov_choice.models.classes.shares import Fitted
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.fitting.estimate import OptimisationRecord, Status
from ccegov_choice.models.mixed.covariates import covariates_of
from ccegov_choice.models.mixed.distributions import (
    CensoredNormal,
    ConstrainedTriangular,
    JohnsonSB,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
)
from ccegov_choice.models.mixed.layout import lay_out
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.scale_heterogeneity import ScaleHeterogeneity
from ccegov_choice.models.mixed.standard_draws import Sobol
from ccegov_choice.models.mixed.tabulated import TruncatedNormal
from ccegov_choice.models.nests.cross_nested_logit import CrossNestedLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit
from ccegov_choice.models.population.population import Population
from ccegov_choice.models.results import Results

FORMULA = "wait + price + asc"
UTILITY = cc.Utility(FORMULA)
WAYS = ("web", "phone", "office", "post")
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
    numeraires=(cc.Numeraire("price"),),
)
COEFFICIENTS = {"wait": -0.2, "price": -0.4, "asc[phone]": -0.3, "asc[office]": 0.2}
PROFILES = [
    cc.Profile({"wait": 5, "price": 0}, "web"),
    cc.Profile({"wait": 1, "price": 2}, "phone"),
    cc.Profile({"wait": 10, "price": 4}, "office"),
    cc.Profile({"wait": 5, "price": 2}, "post"),
]
PEOPLE = pd.DataFrame({"age": [-1.0, 0.5, 2.0], "region": ["n", "s", "s"]})
NESTS = {"remote": ["web", "phone"], "paper": ["office", "post"]}
DEEP = {"served": {"remote": ["web", "phone"], "place": ["office"]}}
CROSS = {"remote": ["web", "phone", "post"], "paper": ["office", "post"]}


def made_up(model, estimates) -> Results:
    """Results of any model at any parameters."""
    utility = model.utility.bind(STUDY)
    names = tuple(estimates)
    size = len(names)
    return Results(
        model=model,
        utility=utility,
        names=names,
        estimates=np.array([*estimates.values()], dtype=float),
        free=np.ones(size, dtype=bool),
        absent={},
        expansion=np.eye(size),
        log_likelihood=-100.0,
        log_likelihood_null=-150.0,
        log_likelihood_constants=None,
        hessian=-np.eye(size),
        scores=None,
        person_ids=np.arange(10),
        clusters={},
        covariance_kind=cc.Classical(),
        covariance=1e-4 * np.eye(size),
        covariance_note="made up",
        optimisation=OptimisationRecord(Status.CONVERGED, 1, 1, 0.0, 0.0),
        provenance=Provenance.record("test"),
        people=10,
        tasks=40,
        rows=120,
        weighted=False,
    )


def mixed(estimates=None, **words) -> Results:
    """A mixed logit at made up parameters."""
    model = MixedLogit(UTILITY, draws=Sobol(256, seed=3), **words)
    utility = UTILITY.bind(STUDY)
    labels = {"age": "age", "region": "region[s]"}
    covariates = {n: {labels[n]: np.zeros(1)} for n in covariates_of(model)}
    names = lay_out(model, utility, covariates).names
    rng = np.random.default_rng(1)
    values = dict(zip(names, rng.uniform(0.1, 0.6, len(names)), strict=True))
    values |= {k: v for k, v in COEFFICIENTS.items() if k in values}
    return made_up(model, values | (estimates or {}))


def tasks_of(people=PEOPLE) -> pd.DataFrame:
    """The same alternatives for each person, as rows of a frame."""
    rows = [
        {**p.levels, "alternative": p.alternative, "person": i, "task": 0, **dict(person)}
        for i, (_, person) in enumerate(people.iterrows())
        for p in PROFILES
    ]
    return pd.DataFrame(rows)


def shares_of(results, people=PEOPLE, draws=None) -> np.ndarray:
    """Shares by pattern, by way of points and the rule."""
    population = Population.of(results, people, by=["age", "region"], draws=draws)
    points = population.points()
    rows = population.encode(PROFILES)
    values = np.einsum(
        "mjq,msq->msj",
        rows,
        np.broadcast_to(points.coefficients, (len(rows), *points.coefficients.shape[1:])),
    )
    shares = population.rule(PROFILES).shares(values, results.estimates)
    chances = np.broadcast_to(points.chances, shares.shape[:2])
    return np.einsum("msj,ms->mj", shares, chances)


MIXED = {
    "every shape": {
        "random": {"wait": Normal(), "price": LogNormal(-1), "asc[phone]": Uniform(),
                "asc[office]": Triangular(), "asc[post]": CensoredNormal(1)}
    },
    "bounded": {"random": {"wait": JohnsonSB(-1, 0), "price": ConstrainedTriangular(),
                            "asc[post]": TruncatedNormal(-2, 1)}},
    "correlated": {"random": {"wait": Normal(), "price": LogNormal(-1)}, "correlated": True},
    "trade space": {"random": {"wait": Normal()}, "pay_in": "price", "scale": LogNormal()},
    "trade space, fixed scale": {"random": {"wait": Normal()}, "pay_in": "price", "scale_by": ["age"]},
    "G-MNL": {"random": {"wait": Normal()}, "scale_heterogeneity": ScaleHeterogeneity("free")},
    "covariates": {"random": {"wait": Normal(), "price": LogNormal(-1)},
                       "mean_by": {"wait": ["age"]}, "spread_by": {"price": ["region"]}},
    "scale by": {"random": {"wait": Normal()}, "scale_by": ["region"]},
    "error components": {"random": {"wait": Normal()},
                             "error_components": {"far": ["web", "phone"], "near": ["office"]}},
    "within": {"random": {"wait": Normal()}, "within": {"wait": Normal(), "price": Uniform()}},
}  # fmt: skip


@pytest.mark.parametrize("kind", MIXED)
def test_draws_of_a_mixed_logit_give_its_own_shares(kind):
    results = mixed(**MIXED[kind])
    expected = cc.predict(results, tasks_of())["probability"].to_numpy().reshape(3, 4)
    np.testing.assert_allclose(shares_of(results), expected, rtol=0, atol=1e-10)


def test_draws_may_be_more_or_fewer():
    results = mixed(random={"wait": Normal()})
    population = Population.of(results, draws=64)
    points = population.points()
    assert points.coefficients.shape == (1, 64, 5)
    assert points.simulated
    finer = Population.of(results, draws=4096).points()
    np.testing.assert_allclose(finer.coefficients[0, :, 0].mean(), -0.2, atol=2e-3)


def test_the_same_draws_at_all_parameters():
    results = mixed(random={"wait": Normal()})
    population = Population.of(results)
    theta = results.estimates.copy()
    theta[0] += 0.5
    moved = population.points(theta).coefficients - population.points().coefficients
    np.testing.assert_allclose(moved[0, :, 0], 0.5, atol=1e-12)
    np.testing.assert_allclose(moved[0, :, 1:], 0.0, atol=1e-12)


def test_a_part_of_the_people_has_the_same_points():
    results = mixed(**MIXED["covariates"])
    population = Population.of(results, PEOPLE)
    part = population.part(slice(1, 3))
    np.testing.assert_array_equal(part.points().coefficients, population.points().coefficients[1:3])


# --- classes --------------------------------------------------------------------------------------


def class_results(model, extra=()) -> Results:
    rng = np.random.default_rng(2)
    names = extra or Fitted.made(model, UTILITY.bind(STUDY), ()).layout.names
    values = dict(zip(names, rng.uniform(-0.8, 0.5, len(names)), strict=True))
    return made_up(model, values)


CLASSES = {
    "plain": cc.LatentClass(UTILITY, classes=["patient", "hurried"]),
    "membership": cc.LatentClass(UTILITY, classes=3, membership="age + region"),
    "scales": cc.LatentClass(UTILITY, classes=2, scale_classes=2, common=["price"]),
    "ignores": cc.LatentClass(UTILITY, classes=["all", cc.ClassSpec("some", ignores=["wait"])]),
}


@pytest.mark.parametrize("kind", CLASSES)
def test_classes_give_their_own_shares(kind):
    results = class_results(CLASSES[kind])
    expected = cc.predict(results, tasks_of())["probability"].to_numpy().reshape(3, 4)
    np.testing.assert_allclose(shares_of(results), expected, rtol=0, atol=1e-10)
    points = Population.of(results, PEOPLE).points()
    assert set(points.labels) == set(results.model.class_names)
    assert not points.simulated
    np.testing.assert_allclose(points.chances.sum(axis=1), 1.0)


def test_mixed_logits_within_classes():
    inside = MixedLogit(UTILITY, random={"wait": Normal()}, mean_by={"wait": ["age"]},
                        draws=Sobol(128, seed=1))  # fmt: skip
    model = cc.LatentClass(UTILITY, classes=["plain", cc.ClassSpec("wide", model=inside)])
    utility = UTILITY.bind(STUDY)
    own = lay_out(inside, utility, {"age": {"age": np.zeros(1)}}).names
    names = [*(f"plain: {n}" for n in utility.names), *(f"wide: {n}" for n in own), "member[wide]"]
    results = class_results(model, names)
    expected = cc.predict(results, tasks_of())["probability"].to_numpy().reshape(3, 4)
    np.testing.assert_allclose(shares_of(results), expected, rtol=0, atol=1e-10)
    points = Population.of(results, PEOPLE).points()
    assert points.labels == ("plain",) + ("wide",) * 128
    assert points.simulated


def test_a_class_that_does_not_choose_by_logit_shares_is_refused():
    inside = NestedLogit(UTILITY, NESTS)
    model = cc.LatentClass(UTILITY, classes=["plain", cc.ClassSpec("nests", model=inside)])
    utility = UTILITY.bind(STUDY)
    own = inside.parameter_names(STUDY)
    names = [*(f"plain: {n}" for n in utility.names), *(f"nests: {n}" for n in own),
             "member[nests]"]  # fmt: skip
    with pytest.raises(DataError, match="class 'nests' holds a Nested logit") as caught:
        Population.of(class_results(model, names)).points()
    assert "predict(results, frame)" in str(caught.value)


# --- nests ----------------------------------------------------------------------------------------


def tree_results(model) -> Results:
    names = model.parameter_names(STUDY)
    rng = np.random.default_rng(5)
    values = dict(zip(names, rng.uniform(0.3, 0.9, len(names)), strict=True)) | COEFFICIENTS
    values |= {"log_scale[age]": 0.3, "log_scale[region: s]": -0.4}
    values |= {"allocation[post,remote]": 0.35, "allocation[post,paper]": 0.65}
    return made_up(model, {name: values[name] for name in names})


TREES = {
    "nested": NestedLogit(UTILITY, NESTS),
    "deep": NestedLogit(UTILITY, DEEP),
    "scaled nests": NestedLogit(UTILITY, NESTS, scale=("age", "region")),
    "cross-nested": CrossNestedLogit(UTILITY, CROSS),
    "scaled": cc.ScaledLogit(UTILITY, scale=("age", "region")),
}


@pytest.mark.parametrize("kind", TREES)
def test_trees_give_their_own_shares(kind):
    results = tree_results(TREES[kind])
    expected = cc.predict(results, tasks_of())["probability"].to_numpy().reshape(3, 4)
    np.testing.assert_allclose(shares_of(results), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", TREES)
def test_the_slope_of_the_logsum_is_the_share(kind):
    """d logsum / d value = share: Williams-Daly-Zachary, by central differences."""
    results = tree_results(TREES[kind])
    rule = Population.of(results, PEOPLE).rule(PROFILES)
    values = np.random.default_rng(0).normal(size=(2, 5, 4))
    values[0, 0, 1] = -np.inf
    shares = rule.shares(values, results.estimates)
    for j in range(4):
        step = np.zeros(4)
        step[j] = 1e-5
        up, down = (rule.logsum(values + s * step, results.estimates) for s in (1, -1))
        np.testing.assert_allclose((up - down) / 2e-5, shares[..., j], atol=1e-9)
    assert shares[0, 0, 1] == 0.0
    np.testing.assert_allclose(shares.sum(axis=-1), 1.0, rtol=1e-13)


@pytest.mark.parametrize("kind", TREES)
def test_what_is_not_on_offer_is_as_if_it_were_not_there(kind):
    results = tree_results(TREES[kind])
    population = Population.of(results, PEOPLE)
    values = np.array([0.1, -0.4, 0.7, -np.inf])
    theta = results.estimates
    whole, some = population.rule(PROFILES), population.rule(PROFILES[:3])
    np.testing.assert_allclose(
        whole.shares(values, theta)[:3], some.shares(values[:3], theta), rtol=1e-13
    )
    np.testing.assert_allclose(
        whole.logsum(values, theta), some.logsum(values[:3], theta), rtol=1e-13
    )
    nothing = np.full((2, 4), -np.inf)
    assert np.isnan(whole.shares(nothing, theta)).all()
    assert (whole.logsum(nothing, theta) == -np.inf).all()


def test_dissimilarities_of_one_are_the_logit():
    results = tree_results(NestedLogit(UTILITY, NESTS))
    theta = results.estimates.copy()
    theta[[i for i, n in enumerate(results.names) if n.startswith("diss")]] = 1.0
    values = np.array([[0.3, -0.2, 1.0, 0.0]])
    rule = Population.of(results).rule(PROFILES)
    np.testing.assert_allclose(rule.logsum(values, theta), np.log(np.exp(values).sum()), rtol=1e-14)


def test_nests_need_the_names_of_alternatives():
    results = tree_results(NestedLogit(UTILITY, NESTS))
    with pytest.raises(DataError, match="which alternative it is"):
        Population.of(results).rule([cc.Profile({"wait": 5, "price": 0})])


def test_whose_tastes_must_be_said_where_they_depend_on_people():
    with pytest.raises(DataError, match="differs between people by age"):
        Population.of(mixed(**MIXED["covariates"]))


# --- draws of the parameters ----------------------------------------------------------------------


def test_parameters_are_drawn_where_tastes_differ():
    results = mixed(random={"wait": Normal()})
    drawn = draw_parameters(results, 4000, 1)
    np.testing.assert_array_equal(drawn, draw_parameters(results, 4000, 1))
    assert drawn.shape == (4000, 6)
    # standard errors of means and variances of 4,000 normal draws, times five
    np.testing.assert_allclose(drawn.mean(axis=0), results.estimates, atol=5 * 0.01 / 63)
    np.testing.assert_allclose(drawn.std(axis=0), 0.01, rtol=5 / 89)


def test_dissimilarities_are_drawn_above_zero():
    results = tree_results(NestedLogit(UTILITY, NESTS))
    wide = replace(results, covariance=0.25 * np.eye(len(results.names)))
    drawn = draw_parameters(wide, 500, 1)
    assert drawn.shape == (500, len(results.names))
    assert (drawn[:, -2:] >= 0).all()
    assert (drawn[:, 0] > 0).any()
