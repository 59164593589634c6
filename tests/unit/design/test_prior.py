"""Priors: correlation, signs of the library's directions, files that come back, cures."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from ccegov_choice.design.beliefs.belief import Belief
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DesignError, FileFormatError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study import library
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


def claim() -> Study:
    attributes = (
        Attribute.numeric("wait", "Days", [7, 14, 30, 60], "day", "days", direction="-"),
        Attribute.numeric("hours", "Hours", [4, 8], "hour", "hours", direction="+"),
        Attribute.categorical("channel", "Channel", ["web", "phone", "office"]),
        Attribute.ordered("care", "Care", ["low", "mid", "high"], direction="+"),
        Attribute.categorical("appeal", "Appeal", ["no", "yes"], direction="+"),
    )
    return Study("claim", "A claim", attributes)


STUDY = claim()
UTILITY = Utility.main_effects(STUDY)
NAMES = ("wait", "hours", "channel[phone]", "channel[office]", "care[mid]", "care[high]", "appeal[yes]")  # fmt: skip
OFFICE = "channel[office]"


def test_the_utility_is_the_one_of_these_tests():
    assert UTILITY.names == NAMES


# --- making ---------------------------------------------------------------------------------------


def test_a_zero_prior_is_one_point():
    prior = Prior.zero(UTILITY)
    assert prior.is_local
    weights, values = prior.draws(100)
    assert weights.tolist() == [1.0]
    np.testing.assert_array_equal(values, np.zeros((1, 7)))


def test_short_forms_of_beliefs_are_read_in_the_order_of_the_utility():
    prior = Prior.of(UTILITY, {"hours": 0.1, "wait": (-0.03, 0.01)}, default=Belief.uniform(0, 1))
    assert tuple(prior.beliefs) == NAMES
    assert prior.beliefs["wait"] == Belief.normal(-0.03, 0.01)
    assert prior.beliefs["hours"] == Belief.known(0.1)
    assert prior.beliefs[OFFICE] == Belief.uniform(0.0, 1.0)
    assert prior.centre == pytest.approx([-0.03, 0.1, 0.5, 0.5, 0.5, 0.5, 0.5])


def test_a_covariance_is_that_of_the_draws():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(7, 7)) * np.array([0.01, 0.02, 0.3, 0.3, 0.2, 0.2, 0.4])[:, None]
    covariance = root @ root.T
    mean = dict(zip(NAMES, rng.normal(size=7), strict=True))
    prior = Prior.normal(UTILITY, mean, covariance=covariance)
    assert list(prior.sd.values()) == pytest.approx(np.sqrt(np.diag(covariance)))
    weights, values = prior.draws(200, rule="spherical-radial", seed=3)  # exact to degree three
    np.testing.assert_allclose(weights @ values, list(mean.values()), atol=1e-12)
    centred = values - weights @ values
    np.testing.assert_allclose((centred.T * weights) @ centred, covariance, atol=1e-12)


def test_correlated_beliefs_keep_what_each_is():
    """Correlation belongs to the scores; every coefficient stays a quantile of its own belief."""
    beliefs = {"wait": Belief.lognormal(0.03, 2.0, sign=-1), "hours": Belief.uniform(0.0, 0.2)}
    prior = Prior.of(UTILITY, beliefs, default=0.0, correlation={("wait", "hours"): -0.6})
    _, values = prior.draws(4096, rule="sobol", seed=1)
    assert (values[:, 0] < 0).all()
    assert values[:, 0].mean() == pytest.approx(beliefs["wait"].mean, rel=5e-3)
    assert values[:, 1].std() == pytest.approx(beliefs["hours"].sd, rel=5e-3)
    scores = np.log(-values[:, 0] / 0.03) / np.log(2.0)
    other = special.ndtri(values[:, 1] / 0.2)
    assert np.corrcoef(-scores, -other)[0, 1] == pytest.approx(-0.6, abs=0.01)


def test_a_known_coefficient_takes_no_part_in_correlation():
    covariance = np.zeros((7, 7))
    covariance[0, 0], covariance[2, 2] = 0.01**2, 0.3**2
    covariance[0, 2] = covariance[2, 0] = 0.5 * 0.01 * 0.3
    prior = Prior.normal(UTILITY, {"wait": -0.03, "hours": 0.2}, covariance=covariance)
    weights, values = prior.draws(100, rule="gauss-hermite")
    assert len(weights) == 100  # ten nodes for each of two
    np.testing.assert_array_equal(values[:, 1], 0.2)
    centred = values - weights @ values
    np.testing.assert_allclose((centred.T * weights) @ centred, covariance, atol=1e-12)


def test_draws_come_again_with_their_seed():
    prior = Prior.normal(UTILITY, {}, sd=0.2)
    for rule in ("sobol", "mlhs", "spherical-radial"):
        one, two = (prior.draws(64, rule=rule, seed=4).values for _ in range(2))
        np.testing.assert_array_equal(one, two)
        assert not np.array_equal(one, prior.draws(64, rule=rule, seed=5).values)


def test_results_become_a_normal_prior():
    rng = np.random.default_rng(1)
    root = rng.normal(size=(7, 7)) / 10
    results = SimpleNamespace(
        utility=UTILITY, utility_estimates=np.arange(7.0), utility_covariance=root @ root.T
    )
    prior = Prior.from_results(results)
    assert prior.centre == pytest.approx(np.arange(7.0))
    assert list(prior.sd.values()) == pytest.approx(np.sqrt(np.diag(root @ root.T)))
    wide = Prior.from_results(results, widen=2.0)
    assert list(wide.sd.values()) == pytest.approx(2 * np.sqrt(np.diag(root @ root.T)))
    np.testing.assert_allclose(wide.correlation, prior.correlation)


def test_a_fitted_pilot_becomes_a_prior_with_its_correlation():
    design = random_design(STUDY, tasks=30, seed=1)
    truth = dict(zip(NAMES, [-0.03, 0.1, 0.3, -0.3, 0.2, 0.5, 0.4], strict=True))
    model = Logit(UTILITY)
    results = model.fit(simulate_choices(design, model, truth, 40, 1), threads=1)
    prior = Prior.from_results(results)
    assert prior.names == NAMES
    assert prior.centre == pytest.approx(results.utility_estimates)
    weights, values = prior.draws(28, rule="spherical-radial")
    centred = values - weights @ values
    np.testing.assert_allclose(
        (centred.T * weights) @ centred, results.utility_covariance, rtol=1e-6, atol=1e-12
    )


# --- signs ----------------------------------------------------------------------------------------


def test_only_signs_that_the_study_declares_are_known():
    beliefs = Prior.signs(UTILITY, size=1.5).beliefs
    assert beliefs["wait"] == Belief.truncated(0.0, 1.5 / 53, high=0.0)  # days range over 53
    assert beliefs["hours"] == Belief.truncated(0.0, 1.5 / 4, low=0.0)
    assert beliefs[OFFICE] == Belief.normal(0.0, 1.5)
    assert beliefs["care[high]"] == Belief.truncated(0.0, 1.5, low=0.0)
    assert beliefs["appeal[yes]"] == Belief.truncated(0.0, 1.5, low=0.0)


def test_signs_turn_round_with_the_base():
    utility = Utility('dummy(care, base="high") + dummy(appeal, base="yes")', STUDY)
    assert all(belief.mean < 0 for belief in Prior.signs(utility).beliefs.values())


def test_with_effects_coding_only_the_ends_are_known():
    beliefs = Prior.signs(Utility("effects(care)", STUDY)).beliefs
    assert [beliefs[name].mean > 0 for name in ("care[high]",)] == [True]
    assert beliefs["care[mid]"].mean == 0.0
    turned = Prior.signs(Utility('effects(care, base="high")', STUDY)).beliefs
    assert turned["care[low]"].mean < 0


def test_nothing_is_known_of_an_interaction():
    utility = Utility("wait + care + wait:care", STUDY)
    beliefs = Prior.signs(utility).beliefs
    for name in utility.names[3:]:
        assert beliefs[name].shape == "normal"
        assert beliefs[name].mean == 0.0


def test_signs_of_the_library_are_those_of_its_directions():
    attributes = [library.attribute(item.id) for item in library.entries()]
    numeric = [a for a in attributes if a.is_numeric and a.direction != "0" and not a.money]
    assert numeric
    for item in numeric:
        study = Study("one", "One", (item,))
        belief = Prior.signs(Utility(item.id, study)).beliefs[item.id]
        assert (belief.mean > 0) == (item.direction == "+"), item.id


def test_a_size_is_above_zero():
    with pytest.raises(DesignError, match="size 0 is not above zero"):
        Prior.signs(UTILITY, size=0)


# --- files ----------------------------------------------------------------------------------------

numbers = st.floats(-3, 3, allow_nan=False).map(lambda x: round(x, 6))
above = st.floats(0.01, 3, allow_nan=False)
BELIEFS = st.one_of(
    st.builds(Belief.known, numbers),
    st.builds(Belief.normal, numbers, above),
    st.builds(lambda low, width: Belief.uniform(low, low + width), numbers, above),
    st.builds(lambda m, s, sign: Belief.lognormal(m, 1 + s, sign), above, above, st.sampled_from([1, -1])),
    st.builds(lambda low, a, b: Belief.triangular(low, low + a, low + a + b), numbers, above, above),
    st.builds(lambda mean, sd: Belief.truncated(mean, sd, low=mean - sd), numbers, above),
)  # fmt: skip


@given(st.lists(BELIEFS, min_size=7, max_size=7), st.floats(-0.9, 0.9), st.booleans())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_priors_come_back_from_toml_and_json(tmp_path_factory, beliefs, correlation, has):
    pairs = {("wait", OFFICE): correlation} if has else None
    prior = Prior.of(UTILITY, dict(zip(NAMES, beliefs, strict=True)), correlation=pairs)
    path = tmp_path_factory.mktemp("prior") / "prior.toml"
    for back in (Prior.read(prior.write(path), STUDY), Prior.from_dict(prior.to_dict(), STUDY)):
        assert back.beliefs == prior.beliefs
        assert back.utility.formula == prior.utility.formula
        assert back.sha256 == prior.sha256
        one, two = (p.draws(32, seed=2).values for p in (prior, back))
        np.testing.assert_array_equal(one, two)


def test_a_file_may_leave_out_what_is_usual(tmp_path):
    path = tmp_path / "prior.toml"
    path.write_text("[default]\nmean = 0\nsd = 1\n[coefficients]\nwait = -0.03\n")
    prior = Prior.read(path, STUDY)
    assert prior.utility.formula == UTILITY.formula
    assert prior.beliefs["wait"] == Belief.known(-0.03)
    assert prior.beliefs["hours"] == Belief.normal(0.0, 1.0)


def test_a_file_with_many_mistakes_gets_one_error(tmp_path):
    path = tmp_path / "prior.toml"
    path.write_text(
        'schem = 1\n[coefficients]\nwait = { mean = 1, sd = -1 }\nhours = { shape = "gamma" }\n'
    )
    with pytest.raises(DesignError) as caught:
        Prior.read(path, STUDY)
    said = str(caught.value)
    for part in ("3 problems", "unknown key 'schem'", "prior.toml, wait", "sd = -1", "'gamma'"):
        assert part in said
    path.write_text("wait = = 3")
    with pytest.raises(FileFormatError, match="not TOML"):
        Prior.read(path, STUDY)


# --- refused --------------------------------------------------------------------------------------


def test_missing_and_unknown_coefficients_are_all_named():
    with pytest.raises(DesignError) as caught:
        Prior.of(UTILITY, {"wate": -0.03, "hours": 0.1})
    said = str(caught.value)
    assert "unknown coefficient 'wate'" in said
    assert "wait" in said  # what was meant
    assert "nothing is believed about 'channel[office]'" in said
    assert len(caught.value.problems) == 7


@pytest.mark.parametrize("given_to", ["mean", "sd"])
def test_normal_priors_name_unknown_coefficients(given_to):
    mean, sd = {"mean": ({"wate": 1.0}, 0.1), "sd": ({}, {"wate": 1.0})}[given_to]
    with pytest.raises(DesignError, match="unknown coefficient 'wate'"):
        Prior.normal(UTILITY, mean, sd=sd)


def test_impossible_correlations_and_covariances_are_refused():
    pairs = {("wait", "hours"): 0.9, ("hours", OFFICE): 0.9, ("wait", OFFICE): -0.9}
    with pytest.raises(DesignError, match="cannot occur together"):
        Prior.of(UTILITY, {}, default=(0.0, 1.0), correlation=pairs)
    with pytest.raises(DesignError, match="unknown coefficient 'wate'"):
        Prior.of(UTILITY, {}, default=0.0, correlation={("wate", "hours"): 0.5})
    with pytest.raises(DesignError, match="not a symmetric 7 x 7 matrix"):
        Prior.normal(UTILITY, {}, covariance=np.eye(3))
    with pytest.raises(DesignError, match="negative variance"):
        Prior.normal(UTILITY, {}, covariance=-np.eye(7))


def test_a_prior_is_told_as_a_table():
    text = str(Prior.of(UTILITY, {"wait": (-0.03, 0.01)}, default=0.0))
    assert "wait" in text
    assert "normal" in text
    assert "0.03" in text
    assert "0.01" in text
