"""A mixed logit as it is specified, fitted, saved; what changes nothing; what is wrong with words."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import ConvergenceError, DataError, TradeOffError, UtilityError
from ccegov_choice.models.mixed.distributions import (
    CensoredNormal,
    ConstrainedTriangular,
    JohnsonSB,
    LogNormal,
    Normal,
    Triangular,
    Uniform,
)
from ccegov_choice.models.mixed.fit import mixed_problem
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.scale_heterogeneity import ScaleHeterogeneity
from ccegov_choice.models.mixed.standard_draws import MLHS, Halton, PseudoRandom, Sobol
from ccegov_choice.models.mixed.tabulated import TruncatedNormal
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

FORMULA = "wait + price + help"
DRAWS = Sobol(96, seed=1)
UTILITY = Utility(FORMULA)
MODELS = {
    "normal": MixedLogit(UTILITY, random={"wait": Normal(), "help": Normal()}, draws=DRAWS),
    "shapes": MixedLogit(
        UTILITY,
        random={"wait": LogNormal(-1), "price": Uniform(), "help": Triangular()},
        draws=Halton(96, seed=2),
    ),
    "bounded": MixedLogit(
        UTILITY,
        random={"wait": CensoredNormal(-1), "price": TruncatedNormal(-5.0, 0.0)},
        draws=MLHS(96, seed=2),
    ),
    "between": MixedLogit(
        UTILITY,
        random={"wait": JohnsonSB(-2.0, 1.0), "price": ConstrainedTriangular()},
        fixed={"sd[wait]": 1.0},
        draws=PseudoRandom(96, seed=2),
    ),
    "correlated": MixedLogit(
        UTILITY,
        random={"wait": Normal(), "price": Normal(), "help": Uniform()},
        correlated=[["wait", "price"]],
        draws=DRAWS,
    ),
    "covariates": MixedLogit(
        UTILITY,
        random={"wait": Normal()},
        mean_by={"wait": ["age", "region"]},
        spread_by={"wait": ["region"]},
        draws=DRAWS,
    ),
    "components": MixedLogit(
        UTILITY, error_components={"ab": ["A", "B"], "c": ["C"]}, panel=False, draws=DRAWS
    ),
    "trade space": MixedLogit(
        UTILITY,
        random={"wait": Normal()},
        pay_in="price",
        scale=LogNormal(),
        equal=[["help[chat]", "help[visit]"]],
        bounds={"sd[wait]": (0.0, None)},
        draws=DRAWS,
    ),
    "scaled": MixedLogit(
        UTILITY, scale_heterogeneity=ScaleHeterogeneity(gamma="free"), random={"wait": Normal()}
    ),
    "within": MixedLogit(
        UTILITY, random={"wait": Normal()}, within={"wait": Normal()}, within_draws=32
    ),
}


def free_study(**changes):
    """A study in which wait and price may be any number."""
    numbers = [Attribute.numeric(name, name, [-500.0, 500.0], "u") for name in ("wait", "price")]
    levels = Attribute.categorical("help", "Help", ["none", "chat", "visit"])
    return Study("free", "Free", (*numbers, levels), **changes)


@pytest.fixture
def people(data, frame, study):
    return data(frame(people=60, tasks=4), study=study(numeraires=(Numeraire("price"),)))


def at(model, data, theta):
    """Log-likelihoods of people at some parameters."""
    return mixed_problem(model, data).likelihood.people(theta).value


def some(model, data, seed=1):
    """Parameters near the start of a search."""
    start = mixed_problem(model, data).starts[0]
    return start + 0.05 * np.random.default_rng(seed).normal(size=len(start))


# --- the specification -----------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_a_specification_comes_back_from_a_dictionary_and_a_pickle(name):
    model = MODELS[name]
    content = model.to_dict()
    back = MixedLogit.from_dict(content, UTILITY)
    assert back.to_dict() == content
    assert back.title == model.title
    again = pickle.loads(pickle.dumps(model))
    assert again.to_dict() == content
    assert again.draws == model.draws == back.draws
    assert dict(back.random) == dict(model.random) == dict(again.random)


def test_single_names_and_numbers_will_do():
    model = MixedLogit(
        UTILITY,
        random={"wait": Normal()},
        mean_by={"wait": "age"},
        error_components={"a": "A"},
        draws=500,
    )
    assert model.mean_by == {"wait": ("age",)}
    assert model.error_components == {"a": ("A",)}
    assert model.draws == Sobol(500, seed=1)
    with pytest.raises(TypeError):
        model.random["price"] = Normal()


def test_arguments_of_the_wrong_kind_are_all_named():
    with pytest.raises(UtilityError) as error:
        MixedLogit(
            UTILITY,
            random={"wait": "normal", "help": Normal, "price": Normal()},
            pay_in="price",
            scale="lognormal",
            correlated="wait",
            draws="many",
        )
    told = str(error.value)
    assert "6 problems" in told
    assert "'normal' is no distribution" in told
    assert "with brackets: Normal()" in told
    assert "what people pay in" in told
    assert "no list of groups" in told
    with pytest.raises(UtilityError, match="random=\\{'wait': Normal\\(\\)\\}"):
        MixedLogit(UTILITY, random=["wait"])
    with pytest.raises(UtilityError, match="neither 1 nor -1"):
        LogNormal(2)
    with pytest.raises(UtilityError, match="no room: 1 to 0"):
        JohnsonSB(1.0, 0.0)


def test_what_does_not_fit_the_data_is_all_named(people):
    model = MixedLogit(
        UTILITY,
        random={"wait": Normal()},
        spread_by={"help": ["age"]},
        error_components={"ab": ["A", "Z"]},
        scale=LogNormal(),
    )
    with pytest.raises(UtilityError) as error:
        model.fit(people)
    told = str(error.value)
    assert "3 problems" in told
    assert "unknown random coefficient 'help'" in told
    assert "unknown alternative 'Z'" in told
    assert "a random scale belongs to trade space" in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"random": {"wat": Normal()}}, "Did you mean 'wait'"),
        ({}, "no coefficient differs between people"),
        ({"random": {"wait": Uniform()}, "correlated": [["wait"]]}, "normal inside"),
        ({"random": {"wait": Normal()}, "correlated": [["price"]]}, "random coefficient 'price'"),
        ({"random": {"wait": Normal()}, "fixed": {"sd[wat]": 1.0}}, "Did you mean 'sd\\[wait\\]'"),
    ],
)
def test_errors_read_aloud(people, given, told):
    with pytest.raises(UtilityError, match=told):
        MixedLogit(UTILITY, **given).fit(people)


def test_covariates_must_be_those_of_people(people, data, frame):
    model = MixedLogit(UTILITY, random={"wait": Normal()}, mean_by={"wait": ["agee"]})
    with pytest.raises(DataError, match="Did you mean 'age'"):
        model.fit(people)
    rows = frame(people=20)
    rows["age"] = rows["age"] + rows["task"]
    with pytest.raises(DataError, match="'age' is not the same in all rows"):
        replace(model, mean_by={"wait": ["age"]}).fit(data(rows))
    south = people.select(people.frame["region"] == "s")
    with pytest.raises(DataError, match="everybody has the same 'region'"):
        replace(model, mean_by={"wait": ["region"]}).fit(south)


def test_people_pay_in_what_the_study_lets_them(data, frame):
    model = MixedLogit(UTILITY, random={"wait": Normal()}, pay_in="price")
    with pytest.raises(TradeOffError, match=r"add Numeraire\('price'\)"):
        model.fit(data(frame(people=20)))


# --- the likelihood at the level of data ------------------------------------------------------


def test_a_person_has_one_weight_unless_tasks_are_apart(data, frame):
    rows = frame(people=10)
    rows["weight"] = 1.0 + rows["task"]
    model = MODELS["normal"]
    with pytest.raises(DataError, match="different weights"):
        mixed_problem(model, data(rows))
    apart = mixed_problem(replace(model, panel=False), data(rows))
    assert len(apart.likelihood.weights) == 40


def test_tasks_apart_are_people_with_one_task_each(people):
    """Draws of a task follow from its person and number; so only those need to be the same."""
    model = MODELS["normal"]
    theta = some(model, people)
    apart = mixed_problem(replace(model, panel=False), people).likelihood
    each = mixed_problem(model, people.each_task_as_a_person()).likelihood
    named = replace(each, people_ids=apart.people_ids)
    assert np.array_equal(named.people(theta).value, apart.people(theta).value)
    assert np.array_equal(named.people(theta).score, apart.people(theta).score)
    # and a person with several tasks is not that
    together = mixed_problem(model, people).likelihood.people(theta).value
    by_person = apart.people(theta).value.reshape(people.people, -1).sum(axis=1)
    assert np.abs(together - by_person).max() > 1e-3


@pytest.mark.parametrize("name", ["normal", "shapes", "correlated", "components", "covariates"])
def test_order_does_not_matter(data, frame, name):
    model, rows = MODELS[name], frame(people=25)
    theta = some(model, data(rows))
    plain = at(model, data(rows), theta)
    rng = np.random.default_rng(2)
    # alternatives in another order within tasks
    key = rows.assign(lot=rng.random(len(rows))).sort_values(["person", "task", "lot"])
    found = at(model, data(key.drop(columns="lot").reset_index(drop=True)), theta)
    np.testing.assert_allclose(found, plain, rtol=1e-11)
    if name == "components":
        return  # tasks have draws by their number
    turned = rows.assign(task=3 - rows["task"])
    np.testing.assert_allclose(at(model, data(turned), theta), plain, rtol=1e-11)
    # people under the same names, some of them only
    few = [3, 8, 11, 17, 20]
    found = at(model, data(rows[rows["person"].isin(few)]), theta)
    np.testing.assert_allclose(found, plain[few], rtol=1e-12)


def test_what_is_added_to_all_alternatives_of_a_task_changes_nothing(data, frame):
    rows = frame(people=25)
    moved = rows.assign(wait=rows["wait"] + 7.0 * rows["task"] - 40.0)
    for name in ("normal", "shapes", "correlated"):
        theta = some(MODELS[name], data(rows, study=free_study()))
        one, other = (at(MODELS[name], data(r, study=free_study()), theta) for r in (rows, moved))
        np.testing.assert_allclose(one, other, rtol=1e-10)


def test_trade_space_without_spreads_is_preference_space(data, frame):
    """Equal likelihoods where trade-offs are ratios of coefficients, for any fixed scale."""
    rows, study = frame(people=25), free_study(numeraires=(Numeraire("price"),))
    traded = MixedLogit(UTILITY, random={"wait": Normal()}, pay_in="price", draws=DRAWS)
    plain = MixedLogit(UTILITY, random={"wait": Normal()}, draws=DRAWS)
    people = data(rows, study=study)
    assert mixed_problem(traded, people).constraints.names[1] == "scale"
    wait, price, chat, visit, sd = -0.1, -0.6, 0.5, 0.9, 0.08
    at_plain = at(plain, people, np.array([wait, price, chat, visit, sd]))
    theta = np.array([wait, 0.6, chat, visit, sd])
    theta[[0, 2, 3, 4]] /= 0.6
    np.testing.assert_allclose(at(traded, people, theta), at_plain, rtol=1e-12)


# --- fits ------------------------------------------------------------------------------------


@pytest.fixture
def varied(data, frame):
    """People whose tastes differ, so that spreads are not at zero."""
    rows = frame(people=120, tasks=6, seed=4)
    rng = np.random.default_rng(4)
    person = rows["person"].to_numpy()
    wait = (-0.12 + 0.1 * rng.standard_normal(120))[person]
    visit = (0.9 + 0.8 * rng.standard_normal(120))[person]
    value = wait * rows["wait"] - 0.6 * rows["price"] + visit * (rows["help"] == "visit")
    value += rng.gumbel(size=len(rows))
    best = value.groupby([rows["person"], rows["task"]]).transform("max")
    return rows.assign(chosen=value == best)


TWO = MixedLogit(UTILITY, random={"wait": Normal(), "help[visit]": Normal()}, draws=DRAWS)


def test_doubled_weights_double_the_likelihood_and_keep_the_estimates(data, varied):
    one, two = TWO.fit(data(varied)), TWO.fit(data(varied.assign(weight=2.0)))
    assert two.log_likelihood == pytest.approx(2 * one.log_likelihood, rel=1e-10)
    gap = np.abs(two.estimates - one.estimates) / np.sqrt(np.diag(one.covariance))
    assert gap.max() < 1e-3  # a search ends when a thousandth of an error is left
    ratio = (
        two.with_covariance("classical").covariance / one.with_covariance("classical").covariance
    )
    np.testing.assert_allclose(ratio, 0.5, rtol=1e-2)


def test_threads_give_the_same_estimates_to_the_bit(data, varied):
    one, many = (TWO.fit(data(varied), threads=threads) for threads in (1, 3))
    assert np.array_equal(one.estimates, many.estimates)
    assert np.array_equal(one.covariance, many.covariance)


def test_a_start_at_the_other_sign_of_a_spread_ends_at_the_same_words(data, varied):
    """Spreads are positive in words; a negative one is the same draws mirrored."""
    start = {"wait": -0.12, "price": -0.6, "sd[wait]": -0.1, "sd[help[visit]]": -0.8}
    results = TWO.fit(data(varied), start=start)
    assert results.coefficient("sd[wait]") > 0
    assert results.coefficient("sd[help[visit]]") > 0
    assert results.model.draws.mirrored == (0, 1)
    # the model that results keep gives the same likelihood and shares
    found = at(results.model, data(varied), results.estimates).sum()
    assert found == pytest.approx(results.log_likelihood, rel=1e-12)
    again = results.model.fit(data(varied))
    assert again.log_likelihood == pytest.approx(results.log_likelihood, abs=1e-6)


def test_constraints_hold(data, varied):
    model = replace(TWO, fixed={"sd[wait]": 0.1}, bounds={"price": (-0.3, None)})
    results = model.fit(data(varied))
    assert results.coefficient("sd[wait]") == 0.1
    assert results.coefficient("price") == -0.3
    assert results.absent["price"] == "at its bound"
    equal = replace(TWO, equal=[["help[chat]", "help[visit]"]]).fit(data(varied))
    assert equal.coefficient("help[chat]") == equal.coefficient("help[visit]")


def test_a_spread_of_zero_is_the_logit(data, varied):
    """The likelihood at zero spreads is the logit's, and the fit cannot be worse."""
    people = data(varied)
    logit = cc.Logit(UTILITY).fit(people)
    theta = np.append(logit.estimates, [0.0, 0.0])
    assert at(TWO, people, theta).sum() == pytest.approx(logit.log_likelihood, rel=1e-12)
    assert TWO.fit(people).log_likelihood > logit.log_likelihood + 10


def test_robust_errors_are_those_of_people(data, varied):
    """The sandwich is made of scores of people; one of tasks would be another number."""
    people = data(varied)
    results = TWO.fit(people, covariance="robust")
    scores = mixed_problem(results.model, people).likelihood.people(results.estimates).score
    assert scores.shape == (120, 6)
    inverse = np.linalg.inv(-results.hessian)
    n = people.people
    sandwich = inverse @ (scores.T @ scores) @ inverse
    ratio = np.diag(results.covariance) / np.diag(sandwich)
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-6)
    assert ratio[0] == pytest.approx(1.0, abs=2 / n)


def test_results_come_back_from_a_file(tmp_path, data, varied):
    people = data(varied)
    for name, model in {"two": TWO, "covariates": MODELS["covariates"]}.items():
        results = model.fit(people)
        path = results.save(tmp_path / f"{name}.json")
        back = cc.Results.load(path)
        assert np.array_equal(back.estimates, results.estimates)
        assert back.model.to_dict() == results.model.to_dict()
        assert back.log_likelihood == results.log_likelihood
        pd.testing.assert_frame_equal(
            cc.individual_coefficients(back, people), cc.individual_coefficients(results, people)
        )
        pd.testing.assert_frame_equal(cc.predict(back, people), cc.predict(results, people))
        again = pickle.loads(pickle.dumps(results))
        assert np.array_equal(again.covariance, results.covariance)
        assert str(cc.random_coefficients(back)) == str(cc.random_coefficients(results))


def test_more_starts_are_kept(data, varied):
    results = TWO.fit(data(varied), options=cc.FitOptions(starts=3, seed=2))
    ends = results.optimisation.starts
    assert len(ends) == 3
    assert max(ends) <= results.log_likelihood + 5.0  # ends are those of fewer draws


def test_coefficients_of_everybody_do_not_exist(data, varied):
    results = TWO.fit(data(varied))
    with pytest.raises(cc.errors.TasteError, match="differ"):
        _ = results.utility_estimates


@pytest.mark.parametrize(
    ("price", "told"), [(0.0, "hardly weighs anything"), (0.6, "has the wrong sign")]
)
def test_a_numeraire_without_weight_is_named(data, frame, study, price, told):
    rows = frame(people=60, tasks=6, seed=5)
    rng = np.random.default_rng(5)
    wait = (-0.12 + 0.1 * rng.standard_normal(60))[rows["person"]]
    value = wait * rows["wait"] + price * rows["price"] + rng.gumbel(size=len(rows))
    best = value.groupby([rows["person"], rows["task"]]).transform("max")
    people = data(rows.assign(chosen=value == best), study=study(numeraires=(Numeraire("price"),)))
    model = MixedLogit(
        Utility("wait + price"), random={"wait": Normal()}, pay_in="price", draws=DRAWS
    )
    with pytest.raises(ConvergenceError, match=told) as error:
        model.fit(people)
    assert "Pay in another numeraire" in str(error.value)
    assert error.value.best is not None


def test_a_search_ends_at_a_corner(data, varied):
    """Half of the people do not care about waiting: draws cross zero, and slopes jump there."""
    model = MixedLogit(
        UTILITY, random={"wait": CensoredNormal(-1), "help[visit]": Normal()}, draws=DRAWS
    )
    results = model.fit(data(varied))
    assert results.converged
    # no point a tenth of an error away, in any direction, is better than what may be left
    people, error = data(varied), np.sqrt(np.diag(results.covariance))
    for p in range(len(error)):
        for sign in (-1, 1):
            moved = results.estimates.copy()
            moved[p] += sign * 0.1 * error[p]
            assert at(results.model, people, moved).sum() < results.log_likelihood + 2e-3
