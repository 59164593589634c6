"""What is told of a fitted mixed logit: shares, coefficients of people, distributions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import special

import ccegov_choice as cc
from ccegov_choice.errors import DataError, UtilityError
from ccegov_choice.kernels import mixed_reference as twin
from ccegov_choice.models.mixed.coefficient_moments import moments, tabulated_moments
from ccegov_choice.models.mixed.distributions import (
    CensoredNormal,
    ConstrainedTriangular,
    Distribution,
    JohnsonSB,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
)
from ccegov_choice.models.mixed.fit import mixed_problem
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.scale_heterogeneity import ScaleHeterogeneity
from ccegov_choice.models.mixed.standard_draws import Sobol
from ccegov_choice.models.mixed.tabulated import TruncatedNormal
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.utility import Utility

FORMULA = "wait + price"
DRAWS = Sobol(128, seed=1)
RANDOM = {"wait": Normal(), "price": LogNormal(-1)}


def rows_of(frame, people=150, tasks=6, seed=3, spread=1.0):
    """Choices by people who differ in what waiting and paying mean to them."""
    rows = frame(people=people, tasks=tasks, seed=seed)
    rng = np.random.default_rng(seed)
    wait = -0.15 + 0.12 * spread * rng.standard_normal(people)
    price = -np.exp(-0.5 + 0.6 * spread * rng.standard_normal(people))
    person = rows["person"].to_numpy()
    value = wait[person] * rows["wait"] + price[person] * rows["price"]
    value += rng.gumbel(size=len(rows))
    best = value.groupby([rows["person"], rows["task"]]).transform("max")
    return rows.assign(chosen=value == best)


@pytest.fixture
def people(data, frame):
    return data(rows_of(frame))


@pytest.fixture
def fitted(people):
    return MixedLogit(Utility(FORMULA), random=RANDOM, draws=DRAWS).fit(people)


def everybody(results, count):
    """Coefficients of the people whom shares are averaged over, ``(R, 2)``."""
    draws = results.model.draws.with_count(count)
    shift = draws.shifts(np.array(["everybody"]), 2)[0]
    cells = draws.base(2) ^ shift[:, None]
    z = special.ndtri((cells + 0.5) / draws.cells)
    b = results.estimates
    return np.column_stack([b[0] + b[2] * z[0], -np.exp(b[1] + b[3] * z[1])])


def test_shares_are_means_over_the_draws_of_the_model(fitted, people):
    """By hand: the same people for every task, softmax, mean."""
    values = people.frame[["wait", "price"]].to_numpy() @ everybody(fitted, 128).T
    keys = [people.frame["person"], people.frame["task"]]
    powers = pd.DataFrame(np.exp(values - values.max(axis=0)))
    by_hand = (powers / powers.groupby(keys).transform("sum")).mean(axis=1)
    found = cc.predict(fitted, people)["probability"].to_numpy()
    np.testing.assert_allclose(found, by_hand, rtol=1e-12)


def test_shares_do_not_depend_on_the_rest_of_the_frame(fitted, people):
    frame = people.frame
    whole = cc.predict(fitted, people)["probability"].to_numpy()
    some = frame[frame["person"] % 7 == 3]
    part = cc.predict(fitted, some)
    np.testing.assert_array_equal(part["probability"], whole[some.index])
    shuffled = frame.sample(frac=1.0, random_state=1)
    again = cc.predict(fitted, shuffled)["probability"]
    np.testing.assert_allclose(again.sort_index(), whole, rtol=1e-13)


@pytest.mark.parametrize("count", [1, 65, 128])
def test_shares_sum_to_one_for_any_number_of_draws_and_alternatives(fitted, people, count):
    model = MixedLogit(Utility(FORMULA), random=RANDOM, draws=DRAWS.with_count(count))
    rng = np.random.default_rng(0)
    sizes = np.array([1, 2, 3, 5, 30])
    tasks = np.repeat(np.arange(5), sizes)
    frame = pd.DataFrame({
        "task": tasks,
        "wait": rng.uniform(0, 20, len(tasks)),
        "price": rng.uniform(0, 3, len(tasks)),
    })  # fmt: skip
    found = cc.predict(replace(fitted, model=model), frame)
    np.testing.assert_allclose(found.groupby("task")["probability"].sum(), 1.0, rtol=1e-12)
    assert found["probability"][0] == pytest.approx(1.0, abs=1e-15)


def test_what_all_alternatives_gain_changes_no_share(fitted, people):
    frame = people.frame.assign(wait=people.frame["wait"] + 3.0)
    np.testing.assert_allclose(
        cc.predict(fitted, frame)["probability"],
        cc.predict(fitted, people)["probability"],
        rtol=1e-10,
    )


def test_many_alternatives_far_apart(fitted):
    """Utilities of thousands: shares are zero and one, not NaN."""
    frame = pd.DataFrame({"task": 1, "wait": [0.0, 1e6, 2e6], "price": [0.0, 1e6, 2e6]})
    found = cc.predict(fitted, frame)["probability"].to_numpy()
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1.0)
    assert found[0] > 0.5


def test_population_shares_are_close_to_choices(fitted, people):
    """Choices are drawn with these probabilities: each group's count is off by its deviation.

    Tastes are shared over six tasks, so a deviation is computed over people; false alarm 1e-4.
    """
    found = cc.predict(fitted, people)
    found["apart"] = found["chosen"].astype(float) - found["probability"]
    for name in ("wait", "price"):
        gap = (found["apart"] * found[name]).groupby(found["person"]).sum()
        assert abs(gap.sum()) < 3.9 * np.sqrt((gap**2).sum())


def test_coefficients_of_people_are_those_of_the_twin(fitted, people):
    problem = mixed_problem(fitted.model, people)
    likelihood, theta = problem.likelihood, fitted.estimates
    places = likelihood.tastes.places(theta)
    mean, variance = twin.posteriors(
        likelihood.data, likelihood.laid_out, likelihood.tastes.structure, twin.Tastes(*places)
    )
    found = cc.individual_coefficients(fitted, people)
    assert list(found) == ["person", "wait", "price", "sd[wait]", "sd[price]"]
    np.testing.assert_allclose(found[["wait", "price"]], mean, rtol=1e-10)
    np.testing.assert_allclose(found[["sd[wait]", "sd[price]"]], np.sqrt(variance), rtol=1e-8)
    again = cc.individual_coefficients(fitted, people, threads=3)
    pd.testing.assert_frame_equal(found, again, check_exact=True)


def test_means_of_people_are_those_of_the_population(people):
    """At the top, means over people are those of the model, by Fisher's identity.

    The slope of the log-likelihood in the mean of a normal is the sum of (E[x | choices] - mean) /
    sd^2, and that in its sd the sum of E[(x - mean)^2 | choices] / sd^3 - 1 / sd: both are zero.
    Draws that stand for the normal leave a gap: each person's mean is off by less than what random
    draws would cost, sd / sqrt(R / 20), if one draw in twenty has any weight.
    """
    model = MixedLogit(Utility(FORMULA), random=RANDOM, draws=Sobol(2048, seed=1))
    results = model.fit(people)
    found = cc.individual_coefficients(results, people)
    mean, sd = results.coefficient("wait"), results.coefficient("sd[wait]")
    gap = found["sd[wait]"].mean() / np.sqrt(len(found) * 2048 / 20)
    assert abs(found["wait"].mean() - mean) < 4 * gap
    square = ((found["wait"] - mean) ** 2 + found["sd[wait]"] ** 2).mean()
    assert abs(square - sd**2) < 4 * gap * 2 * sd
    # so means of people differ less than people do
    assert found["wait"].var() < sd**2


def test_more_answers_say_more(data, frame, fitted):
    """People of the same kind who answer 30 tasks instead of 2 are known better."""
    few = cc.individual_coefficients(fitted, data(rows_of(frame, people=60, tasks=2, seed=8)))
    many = cc.individual_coefficients(fitted, data(rows_of(frame, people=60, tasks=30, seed=8)))
    assert many["sd[wait]"].mean() < 0.6 * few["sd[wait]"].mean()
    assert many["wait"].std() > few["wait"].std()


def test_cross_sections_tell_of_tasks(people):
    model = MixedLogit(Utility(FORMULA), random={"wait": Normal()}, draws=DRAWS, panel=False)
    start = {"wait": -0.15, "price": -0.6, "sd[wait]": 0.1}
    results = model.fit(people, start=start)
    found = cc.individual_coefficients(results, people)
    assert list(found) == ["person", "task", "wait", "price", "sd[wait]"]
    assert len(found) == people.tasks
    assert (found["price"] == results.coefficient("price")).all()


def test_covariates_move_shares_and_coefficients(data, frame, people):
    rows = rows_of(frame)
    south = (rows["region"] == "s").to_numpy()
    rng = np.random.default_rng(1)
    value = (-0.1 - 0.15 * south) * rows["wait"] - 0.6 * rows["price"] + rng.gumbel(size=len(rows))
    best = value.groupby([rows["person"], rows["task"]]).transform("max")
    choices = data(rows.assign(chosen=value == best))
    model = MixedLogit(
        Utility(FORMULA),
        random={"wait": Normal()},
        mean_by={"wait": ["region", "age"]},
        spread_by={"wait": ["region"]},
        draws=DRAWS,
    )
    results = model.fit(choices)
    assert results.names[-3:] == ("wait|region[s]", "wait|age", "spread[wait]|region[s]")
    found = cc.individual_coefficients(results, choices)
    region = choices.frame["region"].iloc[choices.person_rows].to_numpy()
    means = found["wait"].groupby(region)
    apart = means.mean()["s"] - means.mean()["n"]
    # by Fisher's identity this is the coefficient, but for age and for 128 draws: within four
    # standard errors of the difference of two means of people
    error = np.sqrt((means.var() / means.count()).sum())
    assert abs(apart - results.coefficient("wait|region[s]")) < 4 * error
    # people of one region only, who are not all of the levels of the fit
    some = choices.select(choices.frame["region"] == "s")
    again = cc.individual_coefficients(results, some)
    np.testing.assert_allclose(again["wait"], found["wait"][region == "s"], rtol=1e-12)
    task = pd.DataFrame({"task": [1, 1], "wait": [5.0, 20.0], "price": [2.0, 0.0], "age": 40.0})
    shares = [
        cc.predict(results, task.assign(region=where))["probability"][0] for where in ("n", "s")
    ]
    assert shares[1] > shares[0]  # the south waits less
    with pytest.raises(DataError) as error:
        cc.predict(results, task.drop(columns="age").assign(region="west"))
    assert "2 problems" in str(error.value)
    assert "the column 'age' is missing" in str(error.value)
    assert "west" in str(error.value)
    table = cc.random_coefficients(results).to_frame()
    south = cc.random_coefficients(results, at={"region": "s"}).to_frame()
    assert south["mean"][0] - table["mean"][0] == pytest.approx(
        results.coefficient("wait|region[s]"), rel=1e-9
    )
    wider = math.exp(results.coefficient("spread[wait]|region[s]"))
    assert south["sd"][0] / table["sd"][0] == pytest.approx(wider, rel=1e-9)
    with pytest.raises(DataError, match="rain"):
        cc.random_coefficients(results, at={"rain": 1})


def test_error_components_move_shares_towards_each_other(data, frame):
    """With a large shared error, A and B lose to each other before they lose to C."""
    choices = data(rows_of(frame))
    model = MixedLogit(
        Utility(FORMULA),
        error_components={"ab": ["A", "B"]},
        fixed={"sd[ab]": 4.0, "wait": -0.1, "price": -0.5},
        draws=DRAWS,
    )
    free = MixedLogit(Utility(FORMULA), error_components={"ab": ["A", "B"]}, draws=DRAWS)
    results = free.fit(choices)
    wide = replace(results, model=model, estimates=np.array([-0.1, -0.5, 4.0]))
    task = pd.DataFrame({
        "task": 1, "alternative": list("ABC"), "wait": [10.0, 10.0, 10.0], "price": [1.0, 1.0, 1.0]
    })  # fmt: skip
    shares = cc.predict(wide, task)["probability"].to_numpy()
    assert shares[0] == pytest.approx(shares[1], rel=1e-12)
    assert shares[2] > 0.4  # against a third without the component
    without_b = cc.predict(wide, task[task["alternative"] != "B"])["probability"].to_numpy()
    assert without_b[0] - shares[0] > 2 * (without_b[1] - shares[2])
    with pytest.raises(DataError, match="the column 'alternative' is missing"):
        cc.predict(wide, task.drop(columns="alternative"))


def test_trade_space_tells_trade_offs(data, frame, study):
    people = data(rows_of(frame), study=study(numeraires=(Numeraire("price"),)))
    model = MixedLogit(
        Utility(FORMULA), random={"wait": Normal()}, pay_in="price", scale=LogNormal(), draws=DRAWS
    )
    results = model.fit(people)
    found = cc.individual_coefficients(results, people)
    assert list(found) == ["person", "wait", "scale", "sd[wait]", "sd[scale]"]
    assert (found["scale"] > 0).all()
    # Fisher's identity for the trade-off, which is normal: see above
    gap = found["sd[wait]"].mean() / np.sqrt(len(found) * 128 / 20)
    assert abs(found["wait"].mean() - results.coefficient("wait")) < 4 * gap
    table = cc.random_coefficients(results)
    assert [row[0] for row in table.rows] == ["wait", "scale"]
    assert "In units of price" in str(table)
    # the same shares as in preference space, at equal parameters and without spreads
    order = [results.names.index(n) for n in ("wait", "scale", "sd[wait]", "sd[scale]")]
    theta = np.empty(4)
    theta[order] = [-0.25, math.log(0.6), 0.0, 0.0]
    same = replace(results, estimates=theta)
    logit = cc.Logit(Utility(FORMULA), fixed={"wait": -0.15}).fit(people)
    plain = replace(logit, estimates=np.array([-0.15, -0.6]))
    np.testing.assert_allclose(
        cc.predict(same, people)["probability"],
        cc.predict(plain, people)["probability"],
        rtol=1e-12,
    )


def test_elasticities_and_marginal_effects_of_a_mixed_logit(fitted, people):
    some = people.select(people.frame["person"] < 20)
    effects = cc.elasticities(fitted, some, "price").to_frame()
    own = effects[effects.iloc[:, 1] == effects.iloc[:, 2]]
    assert (own["estimate"] < 0).all()
    assert (own["std_error"] > 0).all()


@pytest.mark.parametrize(
    ("shape", "location", "size"),
    [
        (Normal(), -0.4, 0.7),
        (LogNormal(), -0.4, 0.7),
        (LogNormal(-1), -0.4, 0.7),
        (CensoredNormal(), 0.3, 0.7),
        (CensoredNormal(-1), -0.3, 0.7),
        (JohnsonSB(-1.0, 3.0), 0.3, 0.7),
        (Uniform(), 0.2, 0.7),
        (Triangular(), 0.2, -0.7),
        (ConstrainedTriangular(), -0.4, -0.4),
        (Distribution(quantile=special.logit), 0.2, 0.7),
    ],
    ids=str,
)
def test_moments_are_those_of_a_fine_grid(shape, location, size):
    """A million equally likely people: the tails of a lognormal are known to four digits."""
    u = (np.arange(1_000_000) + 0.5) / 1_000_000
    values = np.sort(shape.value(location + size * shape.quantile(u)))
    found = moments(shape, location, size)
    assert found.mean == pytest.approx(values.mean(), rel=1e-4, abs=1e-9)
    assert found.sd == pytest.approx(values.std(), rel=1e-3)
    quantiles = np.quantile(values, [0.05, 0.5, 0.95])
    np.testing.assert_allclose([found.low, found.median, found.high], quantiles, atol=1e-5)
    assert found.below == pytest.approx((values < 0).mean(), abs=2e-5)
    assert found.zero == pytest.approx((values == 0).mean(), abs=2e-6)


def test_moments_of_a_table():
    shape = TruncatedNormal(0.0, np.inf)
    found = tabulated_moments(shape, np.array([0.5, 1.0]))
    # mean and variance of a normal cut at zero
    ratio = math.exp(-0.125) / math.sqrt(2 * math.pi) / special.ndtr(0.5)
    assert found.mean == pytest.approx(0.5 + ratio, rel=1e-4)
    assert found.sd**2 == pytest.approx(1 - 0.5 * ratio - ratio**2, rel=1e-3)
    assert found.below == 0.0


def test_lognormal_of_no_spread_and_of_too_much():
    assert moments(LogNormal(), 0.3, 0.0)[:2] == (math.exp(0.3), 0.0)
    assert moments(LogNormal(), 0.0, 60.0).mean == np.inf


def test_the_table_of_random_coefficients(fitted):
    table = cc.random_coefficients(fitted)
    frame = table.to_frame().set_index("")
    b = dict(zip(fitted.names, fitted.estimates, strict=True))
    assert frame.loc["wait", "mean"] == pytest.approx(b["wait"], rel=1e-12)
    assert frame.loc["wait", "mean s.e."] == pytest.approx(fitted.std_error("wait"), rel=1e-6)
    assert frame.loc["wait", "sd s.e."] == pytest.approx(fitted.std_error("sd[wait]"), rel=1e-6)
    share = special.ndtr(b["wait"] / b["sd[wait]"])
    assert frame.loc["wait", "other sign"] == pytest.approx(share, rel=1e-9)
    mean = -math.exp(b["price"] + b["sd[price]"] ** 2 / 2)
    assert frame.loc["price", "mean"] == pytest.approx(mean, rel=1e-12)
    # delta method by hand: d mean / d location = mean, d mean / d sd = mean sd
    places = [fitted.names.index(name) for name in ("price", "sd[price]")]
    slope = mean * np.array([1.0, b["sd[price]"]])
    variance = slope @ fitted.covariance[np.ix_(places, places)] @ slope
    assert frame.loc["price", "mean s.e."] == pytest.approx(math.sqrt(variance), rel=1e-5)
    assert frame.loc["price", "other sign"] == 0.0
    assert frame.loc["price", "distribution"] == "minus lognormal"
    assert "<table" in table._repr_html_()


def test_fixed_spreads_have_no_errors(people):
    model = MixedLogit(
        Utility(FORMULA), random={"wait": Normal()}, fixed={"sd[wait]": 0.1}, draws=DRAWS
    )
    table = cc.random_coefficients(model.fit(people))
    assert "nothing in it was estimated" in str(table)
    assert table.to_frame()["sd"][0] == 0.1


def test_correlations(people):
    model = MixedLogit(Utility(FORMULA), random=RANDOM, correlated=True, draws=DRAWS)
    results = model.fit(people)
    frame = cc.random_correlations(results).to_frame()
    b = dict(zip(results.names, results.estimates, strict=True))
    low, high = b["cholesky[price,wait]"], b["cholesky[price,price]"]
    # price is minus a lognormal: it falls where its draw rises
    expected = -low / math.hypot(low, high)
    assert frame["correlation"][0] == pytest.approx(expected, rel=1e-9)
    assert frame["2.5 %"][0] < expected < frame["97.5 %"][0]
    places = [results.names.index(f"cholesky[price,{n}]") for n in ("wait", "price")]
    slope = -np.array([high**2, -low * high]) / math.hypot(low, high) ** 3
    error = math.sqrt(slope @ results.covariance[np.ix_(places, places)] @ slope)
    assert frame["s.e."][0] == pytest.approx(error, rel=1e-5)
    assert "the normal draws inside" in str(cc.random_correlations(results))
    spread = cc.random_coefficients(results).to_frame()["sd"][0]
    assert spread == pytest.approx(abs(b["cholesky[wait,wait]"]), rel=1e-9)


def test_models_without_random_coefficients_say_so(people, fitted):
    logit = cc.Logit(Utility(FORMULA)).fit(people)
    for ask in (cc.random_coefficients, cc.random_correlations):
        with pytest.raises(DataError, match="has no random coefficients"):
            ask(logit)
    with pytest.raises(DataError, match="same tastes for everybody"):
        cc.individual_coefficients(logit, people)
    with pytest.raises(DataError, match="no coefficients are correlated"):
        cc.random_correlations(fitted)


def test_an_unknown_level_in_new_data_is_named(fitted, people):
    frame = people.frame.drop(columns="price")
    with pytest.raises(UtilityError, match="price"):
        cc.predict(fitted, frame)


def test_coefficients_under_a_scale_are_products(people):
    """S-MNL: a coefficient times a lognormal of mean one; 16,384 even people know it to a per mil."""
    model = MixedLogit(Utility(FORMULA), scale_heterogeneity=ScaleHeterogeneity(), draws=DRAWS)
    results = model.fit(people)
    table = cc.random_coefficients(results)
    frame = table.to_frame().set_index("")
    tau = results.coefficient("tau")
    for name in ("wait", "price"):
        size = results.coefficient(name)
        assert frame.loc[name, "distribution"] == "scaled"
        assert frame.loc[name, "mean"] == pytest.approx(size, rel=1e-3)
        spread = abs(size) * math.sqrt(math.expm1(tau**2))
        assert frame.loc[name, "sd"] == pytest.approx(spread, rel=1e-2)
        middle = size * math.exp(-(tau**2) / 2)
        assert frame.loc[name, "median"] == pytest.approx(middle, rel=1e-3)
    assert "counted among simulated people" in str(table)


def test_tastes_that_vary_within_people_are_told_between_them(people):
    model = MixedLogit(
        Utility(FORMULA),
        random={"wait": Normal()},
        within={"wait": Normal()},
        within_draws=16,
        draws=64,
        fixed={"sd within[wait]": 0.05},
    )
    table = cc.random_coefficients(model.fit(people))
    assert "wait varies from task to task as well" in str(table)
    with pytest.raises(DataError, match="without within"):
        cc.individual_coefficients(model.fit(people), people)
