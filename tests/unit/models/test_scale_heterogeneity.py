"""G-MNL, S-MNL and scale by covariates: the formula by hand, derivatives, special cases."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import DataError, UtilityError
from ccegov_choice.models.mixed.distributions import LogNormal, Normal, Uniform
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.scale_heterogeneity import ScaleHeterogeneity
from ccegov_choice.models.mixed.standard_draws import PseudoRandom, Sobol

FORMULA = "wait + price + info"
NAMES = ["wait", "price", "info"]


def answers(seed=1, people=40, tasks=4, tau=0.8):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (people, tasks, 3, 3))
    age = rng.normal(0, 1, people)
    sigma = np.exp(-(tau**2) / 2 + tau * rng.normal(size=people) + 0.3 * age)
    eta = np.column_stack([0.8 * rng.normal(size=people), np.zeros(people), np.zeros(people)])
    tastes = sigma[:, None] * (np.array([-1.0, -0.7, 0.5]) + eta)
    value = np.einsum("ptjk,pk->ptj", x, tastes) + rng.gumbel(size=x.shape[:3])
    frame = pd.DataFrame(x.reshape(-1, 3), columns=NAMES)
    frame["person"] = np.repeat(np.arange(people), tasks * 3)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), 3), people)
    frame["alternative"] = np.tile(list("ABC"), people * tasks)
    frame["chosen"] = (value == value.max(axis=2, keepdims=True)).ravel()
    frame["age"] = age[frame["person"]]
    frame["region"] = np.where(age > 0.5, "south", np.where(age < -0.5, "north", "middle"))[
        frame["person"]
    ]
    return cc.ChoiceData.from_long(frame, covariates=["age", "region"])


@pytest.fixture(scope="module")
def data():
    return answers()


def test_the_likelihood_is_that_of_fiebig_and_others(data):
    """sigma b + (gamma + (1 - gamma) sigma) eta, drawn and multiplied one person after the other."""
    model = MixedLogit(
        cc.Utility(FORMULA),
        random={"wait": Normal(), "info": Normal()},
        correlated=True,
        scale_heterogeneity=ScaleHeterogeneity(gamma="free"),
        scale_by=["age"],
        draws=Sobol(40, seed=3),
    )
    problem = model.problem(data)
    assert problem.constraints.names == (
        *NAMES,
        "cholesky[wait,wait]",
        "cholesky[info,wait]",
        "cholesky[info,info]",
        "tau",
        "gamma",
        "log_scale|age",
    )
    theta = np.array([-1.0, -0.6, 0.5, 0.7, -0.2, 0.4, 0.6, 0.35, 0.25])
    age = data.frame["age"].to_numpy()[data.person_rows]
    likelihood = problem.likelihood
    matrix = cc.Utility(FORMULA).bind(data.study).matrix(data.frame)
    found = []
    table = Normal().quantile((np.arange(4096) + 0.5) / 4096)
    laid_out = likelihood.laid_out
    for n in range(data.people):
        z = np.array(
            [table[laid_out.base[q, :40] ^ laid_out.shifts[n, q]] for q in range(3)]
        )  # wait, info, scale
        sigma = np.exp(-(0.6**2) / 2 + 0.6 * z[2] + 0.25 * age[n])
        eta = np.array([0.7 * z[0], 0.0 * z[0], -0.2 * z[0] + 0.4 * z[1]])
        beta = sigma * theta[:3, None] + (0.35 + 0.65 * sigma) * eta
        path = np.ones(40)
        for task in range(data.person_offsets[n], data.person_offsets[n + 1]):
            rows = slice(data.task_offsets[task], data.task_offsets[task + 1])
            powers = np.exp(matrix[:, rows].T @ beta)
            path *= powers[data.chosen[task] - data.task_offsets[task]] / powers.sum(axis=0)
        found.append(np.log(path.mean()))
    np.testing.assert_allclose(likelihood.people(theta).value, found, rtol=1e-12)


RANDOM = {"wait": Normal(), "info": Uniform()}
CASES = [
    {"random": RANDOM, "scale_heterogeneity": ScaleHeterogeneity()},
    {"random": RANDOM, "scale_heterogeneity": ScaleHeterogeneity("free")},
    {"random": RANDOM, "scale_heterogeneity": ScaleHeterogeneity(1.0), "scale_by": ["region"]},
    {"random": RANDOM, "scale_heterogeneity": ScaleHeterogeneity(0.3, except_for=["price"])},
    {"scale_heterogeneity": ScaleHeterogeneity()},
    {"random": RANDOM, "scale_by": ["age"]},
    {"random": {"wait": LogNormal(-1)}, "scale_heterogeneity": ScaleHeterogeneity()},
    {"random": RANDOM, "pay_in": "price", "scale_by": ["age"]},
    {"random": RANDOM, "pay_in": "price", "scale": LogNormal(), "scale_by": ["age", "region"]},
    {
        "random": {"wait": Normal(), "info": Normal()},
        "correlated": True,
        "scale_heterogeneity": ScaleHeterogeneity("free"),
        "mean_by": {"wait": ["age"]},
        "spread_by": {"info": ["age"]},
        "error_components": {"ab": ["A", "B"]},
    },
]


@pytest.mark.parametrize("words", CASES)
def test_score_and_hessian_are_derivatives(data, words):
    problem = MixedLogit(cc.Utility(FORMULA), draws=Sobol(70, seed=2), **words).problem(data)
    likelihood = problem.likelihood
    theta = problem.starts[0] + np.linspace(-0.1, 0.1, len(problem.starts[0]))
    at, hessian = likelihood.people(theta), likelihood.hessian(theta)
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = 1e-5
        up, down = likelihood.people(theta + step), likelihood.people(theta - step)
        # central differences: 1e-10 times third derivatives of up to a hundred, and rounding
        np.testing.assert_allclose((up.value - down.value) / 2e-5, at.score[:, p], atol=1e-7)
        second = (up.score - down.score).sum(axis=0) / 2e-5
        np.testing.assert_allclose(second, hessian[p], atol=1e-7 * np.abs(hessian).max())


def test_without_a_spread_the_scale_is_one(data):
    # whose first dimensions are the same with and without one more for the scale
    asked = {"random": RANDOM, "draws": PseudoRandom(64, seed=1)}
    plain = MixedLogit(cc.Utility(FORMULA), **asked).problem(data).likelihood
    wide = MixedLogit(
        cc.Utility(FORMULA), scale_heterogeneity=ScaleHeterogeneity("free"), **asked
    ).problem(data)
    theta = np.array([-1.0, -0.5, 0.4, 0.8, 0.6])
    for gamma in (0.0, 0.4, 1.0):
        value = wide.likelihood.people(np.array([*theta, 0.0, gamma])).value
        np.testing.assert_allclose(value, plain.people(theta).value, rtol=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0])
def test_a_free_gamma_passes_through_the_fixed_ones(data, gamma):
    asked = {"random": RANDOM, "draws": Sobol(64, seed=1)}
    free, held = (
        MixedLogit(cc.Utility(FORMULA), scale_heterogeneity=ScaleHeterogeneity(g), **asked)
        .problem(data)
        .likelihood
        for g in ("free", gamma)
    )
    theta = np.array([-1.0, -0.5, 0.4, 0.8, 0.6, 0.5])
    expected = free.people(np.append(theta, gamma))
    found = held.people(theta)
    np.testing.assert_allclose(found.value, expected.value, rtol=1e-12)
    np.testing.assert_allclose(found.score, expected.score[:, :6], atol=1e-11)


def test_scale_by_covariates_alone_is_the_scaled_logit(data):
    mine = MixedLogit(cc.Utility(FORMULA), scale_by=["age", "region"]).fit(data)
    theirs = cc.ScaledLogit(cc.Utility(FORMULA), scale=["age", "region"]).fit(data)
    assert mine.log_likelihood == pytest.approx(theirs.log_likelihood, abs=1e-7)
    # both are within a millionth of an error of the same top
    np.testing.assert_allclose(mine.estimates, theirs.estimates, atol=1e-4)
    mine_errors = [mine.std_error(name) for name in mine.names]
    their_errors = [theirs.std_error(name) for name in theirs.names]
    np.testing.assert_allclose(mine_errors, their_errors, rtol=1e-3)


def test_smnl_is_an_integral_over_one_number(data):
    """Scaled multinomial logit against Gauss-Hermite quadrature with 60 points.

    4,096 scrambled points of one smooth dimension are within about 1e-3 of each log-likelihood.
    """
    model = MixedLogit(
        cc.Utility(FORMULA), scale_heterogeneity=ScaleHeterogeneity(), draws=Sobol(4096, seed=1)
    )
    theta = np.array([-1.0, -0.6, 0.5, 0.7])
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    sigma = np.exp(-(0.7**2) / 2 + 0.7 * nodes)
    matrix = cc.Utility(FORMULA).bind(data.study).matrix(data.frame)
    levels = (theta[:3] @ matrix)[:, None] * sigma
    highest = np.maximum.reduceat(levels, data.task_offsets[:-1], axis=0)
    levels -= highest.repeat(np.diff(data.task_offsets), axis=0)
    sums = np.add.reduceat(np.exp(levels), data.task_offsets[:-1], axis=0)
    log_p = levels[data.chosen] - np.log(sums)
    paths = np.exp(np.add.reduceat(log_p, data.person_offsets[:-1], axis=0))
    expected = np.log(paths @ weights / weights.sum())
    found = model.problem(data).likelihood.people(theta).value
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_a_fit_with_all_of_it(data, tmp_path):
    model = MixedLogit(
        cc.Utility(FORMULA),
        random={"wait": Normal()},
        scale_heterogeneity=ScaleHeterogeneity(0.5, except_for="info"),
        scale_by="age",
        draws=Sobol(128, seed=1),
    )
    results = model.fit(data)
    assert results.coefficient("tau") > 0
    assert results.model.title == "Generalised multinomial logit"
    again = cc.Results.load(results.save(tmp_path / "wide.json"))
    assert again.model.to_dict() == results.model.to_dict()
    assert pickle.loads(pickle.dumps(model)).scale_heterogeneity == model.scale_heterogeneity
    pd.testing.assert_frame_equal(cc.predict(again, data), cc.predict(results, data))
    people = cc.individual_coefficients(again, data)
    # the scale moves price, which has no spread of its own, and leaves info alone
    assert (people["sd[price]"] > 0).all()
    assert "sd[info]" not in people
    with pytest.raises(DataError, match="the column 'age' is missing"):
        cc.predict(results, data.frame.drop(columns="age"))


def test_coefficients_of_people_add_what_is_scaled_and_what_is_not(data):
    """E[sigma b + (gamma + (1 - gamma) sigma) eta | choices], by the slow way for some people."""
    model = MixedLogit(
        cc.Utility(FORMULA),
        random={"wait": Normal()},
        scale_heterogeneity=ScaleHeterogeneity(0.4),
        draws=Sobol(128, seed=1),
    )
    results = model.fit(data)
    found = cc.individual_coefficients(results, data)
    likelihood = results.model.problem(data).likelihood
    b, sd, tau = (results.coefficient(name) for name in ("wait", "sd[wait]", "tau"))
    others = np.array([results.coefficient(name) for name in ("price", "info")])
    matrix = cc.Utility(FORMULA).bind(data.study).matrix(data.frame)
    table, draws = Normal().quantile((np.arange(4096) + 0.5) / 4096), likelihood.laid_out
    for n in (0, 7, 31):
        z = np.array([table[draws.base[q, :128] ^ draws.shifts[n, q]] for q in range(2)])
        sigma = np.exp(-(tau**2) / 2 + tau * z[1])
        wait = sigma * b + (0.4 + 0.6 * sigma) * sd * z[0]
        beta = np.vstack([wait, others[:, None] * sigma])
        path = np.ones(128)
        for task in range(data.person_offsets[n], data.person_offsets[n + 1]):
            rows = slice(data.task_offsets[task], data.task_offsets[task + 1])
            powers = np.exp(matrix[:, rows].T @ beta)
            path *= powers[data.chosen[task] - data.task_offsets[task]] / powers.sum(axis=0)
        weight = path / path.sum()
        assert found["wait"][n] == pytest.approx(weight @ wait, rel=1e-9)
        variance = weight @ (wait - weight @ wait) ** 2
        assert found["sd[wait]"][n] == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_everything_that_does_not_fit_is_listed(data):
    wrong = MixedLogit(
        cc.Utility(FORMULA),
        random={"wait": LogNormal(-1)},
        pay_in="price",
        scale_heterogeneity=ScaleHeterogeneity("free", except_for=["inof"]),
    )
    with pytest.raises(UtilityError) as caught:
        wrong.fit(data)
    text = str(caught.value)
    for words in (
        "trade space has a scale of its own",
        "Did you mean 'info'?",
        "'wait' is minus lognormal",
    ):
        assert words in text
    with pytest.raises(UtilityError, match="gamma needs random coefficients"):
        MixedLogit(cc.Utility(FORMULA), scale_heterogeneity=ScaleHeterogeneity(1.0)).fit(data)
    with pytest.raises(UtilityError, match="nothing is left to scale"):
        MixedLogit(
            cc.Utility(FORMULA), scale_heterogeneity=ScaleHeterogeneity(except_for=NAMES)
        ).fit(data)
    with pytest.raises(UtilityError, match="a scale that is normal cannot depend on covariates"):
        MixedLogit(cc.Utility(FORMULA), pay_in="price", scale=Normal(), scale_by=["age"]).fit(data)
    with pytest.raises(UtilityError, match="neither a number nor 'free'"):
        ScaleHeterogeneity("open")
