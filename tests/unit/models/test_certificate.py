"""The certificate says what was checked, with the number, and never more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import ChoiceWarning, ConvergenceError
from ccegov_choice.models.certificate.simulation_noise import redrawn, simulation_noise, together
from ccegov_choice.models.certificate.trust import SimulationNoise, Trust
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.fitting.person_likelihood import PersonValues
from ccegov_choice.models.mixed.distributions import LogNormal, Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import PseudoRandom, Sobol
from ccegov_choice.models.results import Results

WAYS = ("web", "phone", "office")
STUDY = cc.Study(
    "renewal",
    "Renewing a permit",
    (
        cc.Attribute.numeric("wait", "Days", [1, 5, 10], "day", "days", direction="-"),
        cc.Attribute.numeric("price", "Forms", [0, 2, 4], "form", "forms", direction="-"),
    ),
    tuple(cc.Alternative(name, name) for name in WAYS),
    numeraires=(cc.Numeraire("wait"),),
)
UTILITY = cc.Utility("wait + price + asc", STUDY)
DESIGN = cc.random_design(STUDY, tasks=24, blocks=3, seed=1)
ALIKE = {"price": -0.4, "asc[phone]": 0.1, "asc[office]": 0.3}
NAMES = (
    "top of the likelihood",
    "curvature",
    "starts",
    "simulation noise",
    "twice the draws",
    "numeraire",
    "edges",
)


@pytest.fixture(scope="module")
def answers():
    """People of two kinds, so that tastes differ."""
    kinds = {"hurried": (0.5, {"wait": -0.7, **ALIKE}), "calm": (0.5, {"wait": -0.2, **ALIKE})}
    return cc.simulate_choices(DESIGN, cc.Logit(UTILITY), cc.ClassTaste(kinds), 150, 2)


@pytest.fixture(scope="module")
def logit(answers):
    return cc.Logit(UTILITY).fit(answers)


@pytest.fixture(scope="module")
def mixed(answers):
    return MixedLogit(UTILITY, random={"wait": Normal()}, draws=Sobol(512)).fit(answers)


@pytest.fixture(scope="module")
def nested(answers):
    model = cc.NestedLogit(
        UTILITY, {"remote": ["web", "phone"]}, fixed={"dissimilarity[remote]": 1}
    )
    return model.fit(answers)


def check(results, name):
    return next(one for one in results.certificate.checks if one.name == name)


def changed(results, **values):
    """Return results with other estimates."""
    estimates = results.estimates.copy()
    for name, value in values.items():
        estimates[results.names.index(name)] = value
    return replace(results, estimates=estimates)


# --- as a whole ---------------------------------------------------------------------------------


def test_a_logit_passes_everything_and_is_not_simulated(logit):
    certificate = logit.certificate
    assert certificate.line == "passed all 5 checks"
    assert certificate.passed
    assert tuple(certificate.verdicts) == tuple(
        n for n in NAMES if "dra" not in n and n != NAMES[3]
    )
    assert "Trust: passed all 5 checks; see results.certificate." in str(logit.summary())
    with pytest.raises(LookupError, match="draws"):
        certificate.noise()


def test_a_mixed_logit_has_all_checks(mixed):
    assert tuple(mixed.certificate.verdicts) == NAMES
    assert mixed.certificate.verdicts["starts"] == "not checked"
    assert not mixed.certificate.passed
    assert "not checked: starts" in mixed.certificate.line


def test_the_certificate_is_shown_like_other_tables(mixed):
    text = str(mixed.certificate)
    assert text.startswith("Trust: Mixed logit")
    for name in NAMES:
        assert f"{name}: " in text
    assert "<caption>Trust: Mixed logit</caption>" in mixed.certificate._repr_html_()
    assert r"\toprule" in mixed.certificate.to_latex()
    assert mixed.certificate.to_markdown().startswith("**Trust: Mixed logit**")


def test_what_is_not_passed_says_what_to_do(mixed, logit):
    weak = replace(logit, covariance=logit.covariance * 1e4)
    for one in (*mixed.certificate.checks, *weak.certificate.checks):
        assert one.said.endswith(".")
        if one.verdict != "passed":
            assert one.cure.endswith((".", "."))
            assert one.cure in one.sentence


def test_it_comes_back_from_a_file(mixed, tmp_path):
    back = Results.load(mixed.save(tmp_path / "mixed.json"))
    assert back.certificate == mixed.certificate
    assert str(back.certificate.noise()) == str(mixed.certificate.noise())


def test_results_of_other_packages_have_none(logit):
    other = replace(logit, trust=None)
    assert other.certificate is None
    assert "Trust" not in str(other.summary())


def test_without_a_top_nothing_else_is_checked(answers):
    with pytest.raises(ConvergenceError) as caught:
        cc.Logit(UTILITY).fit(answers, options=FitOptions(max_iterations=1, warm_start=False))
    certificate = caught.value.best.certificate
    assert certificate.verdicts["top of the likelihood"] == "failed"
    assert "max_iterations" in certificate.checks[0].cure
    rest = [v for name, v in certificate.verdicts.items() if name not in (NAMES[0], NAMES[2])]
    assert set(rest) == {"not checked"}


# --- the search ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decrement", "verdict"), [(4e-5, "passed"), (4e-3, "watch"), (0.02, "failed")]
)
def test_the_distance_from_the_top_is_in_standard_errors(logit, decrement, verdict):
    record = replace(logit.optimisation, decrement=decrement)
    found = check(replace(logit, optimisation=record), "top of the likelihood")
    assert found.verdict == verdict
    assert found.found.startswith(f"{np.sqrt(2 * decrement):.1g} ")


@pytest.mark.parametrize(
    ("last", "verdict"), [(1e-2, "passed"), (1e-6, "watch"), (1e-11, "failed")]
)
def test_a_flat_direction_is_named(logit, last, verdict):
    """Two coefficients that the data hardly tell apart."""
    information = np.eye(4)
    information[0, 1] = information[1, 0] = 1 - last
    found = check(replace(logit, hessian=-information), "curvature")
    assert found.verdict == verdict
    assert f"condition {(2 - last) / last:.3g}" == found.found
    assert ("'wait'" in found.said and "'price'" in found.said) == (verdict != "passed")
    assert "asc" not in found.said


def test_a_likelihood_that_rises_somewhere_has_no_top(logit):
    hessian = -np.diag([1.0, 1.0, 1.0, -1e-3])
    found = check(replace(logit, hessian=hessian), "curvature")
    assert (found.verdict, found.found) == ("failed", "not a top")
    assert "'asc[office]'" in found.said


@pytest.mark.parametrize(
    ("ends", "verdict", "words"),
    [
        ((-100.0,), "not checked", "one start"),
        ((-100.0, -100.001, -107.5), "passed", "7.5 lower"),
        ((-100.0, -100.02), "watch", "FitOptions(starts=8)"),
        ((-100.0, -np.inf, np.nan, -100.0), "passed", "2 of 4"),
    ],
)
def test_starts_are_counted(logit, ends, verdict, words):
    record = replace(logit.optimisation, starts=ends)
    trust = Trust(approach="with 128 of 1,000 draws")
    found = check(replace(logit, optimisation=record, trust=trust), "starts")
    assert found.verdict == verdict
    assert words in found.sentence
    assert ("compared with 128 of 1,000 draws" in found.said) == (len(ends) > 1)


def test_starts_of_a_cheaper_search_say_so(answers):
    model = MixedLogit(UTILITY, random={"wait": Normal()}, draws=Sobol(512))
    results = model.fit(answers, options=FitOptions(starts=3))
    found = check(results, "starts")
    assert found.verdict == "passed"
    assert "3 of 3 starts came to the best log-likelihood, compared with 128 of 512 draws" in (
        found.said
    )


# --- draws --------------------------------------------------------------------------------------


def test_two_sets_together_average_the_likelihoods_of_people():
    rng = np.random.default_rng(1)
    weights = np.array([1.0, 2.0, 0.0, 0.5])
    centres, turn = rng.normal(size=(2, 4)), rng.normal(size=(2, 4, 3))

    def at(which, theta):
        eta = centres[which] + turn[which] @ theta
        value = -np.logaddexp(0, -eta)
        slope = (1 / (1 + np.exp(eta)))[:, None] * turn[which]
        return PersonValues(weights * value, weights[:, None] * slope)

    theta = np.array([0.3, -0.2, 0.1])
    merged = together(at(0, theta), at(1, theta), weights)
    likelihoods = [1 / (1 + np.exp(-centres[w] - turn[w] @ theta)) for w in (0, 1)]
    np.testing.assert_allclose(merged.value, weights * np.log(np.mean(likelihoods, axis=0)))
    for p in range(3):
        step = 1e-5 * np.eye(3)[p]
        up, down = (together(at(0, x), at(1, x), weights) for x in (theta + step, theta - step))
        np.testing.assert_allclose(
            merged.score[:, p], (up.value - down.value) / 2e-5, rtol=1e-7, atol=1e-9
        )


def test_one_step_comes_to_where_a_fit_with_other_draws_ends(answers):
    """The noise told is that of fits: their spread over the same sets of draws.

    A Newton step of ``d`` standard errors misses by about ``d`` squared times the skewness of the
    likelihood, which is below one here.
    """
    random = {"wait": Normal(), "price": Normal()}
    results = MixedLogit(UTILITY, random=random, draws=PseudoRandom(200)).fit(answers)
    problem = results.model.problem(answers)
    ends = [results.estimates]
    for times in range(1, 4):
        draws = redrawn(problem.likelihood, times).draws
        end = replace(results.model, draws=draws).fit(answers).estimates
        ends.append(np.where(results.estimates > 0, np.abs(end), end))
    error = np.sqrt(np.diag(results.covariance))
    spread = np.std(ends, axis=0, ddof=1) / error
    told = np.array(results.trust.noise.sd) / error
    assert spread.max() > 0.02
    np.testing.assert_allclose(told, spread, atol=float(spread.max()) ** 2)


def test_more_draws_mean_less_noise(answers):
    """With 8 times the draws noise falls about 8 times (Sobol); the bound is 2."""
    shares = []
    for count in (64, 512):
        model = MixedLogit(UTILITY, random={"wait": Normal()}, draws=Sobol(count))
        results = model.fit(answers)
        shares.append(np.square(results.trust.noise.sd).sum() ** 0.5)
    assert shares[1] < shares[0] / 2


def test_shares_of_a_standard_error_follow_the_kind_of_errors(mixed):
    def shares(results):
        return np.array([row[4] for row in results.certificate.noise().rows])

    wider = replace(mixed, covariance=4 * mixed.covariance)
    np.testing.assert_allclose(shares(wider), shares(mixed) / 2)


@pytest.mark.parametrize(("size", "verdict"), [(0.05, "passed"), (0.2, "watch"), (0.4, "failed")])
def test_noise_is_graded_by_the_largest_share(mixed, size, verdict):
    error = np.sqrt(np.diag(mixed.covariance))
    shares = np.full(len(error), 0.01)
    shares[1] = size
    told = tuple(map(float, shares * error))
    noise = SimulationNoise("64 draws", 4, told, tuple(-t for t in told), 0.5, -0.25)
    noisy = replace(mixed, trust=replace(mixed.trust, noise=noise))
    for name in ("simulation noise", "twice the draws"):
        found = check(noisy, name)
        assert found.verdict == verdict
        assert found.found == f"{size:.1%} of the error of price"


def test_the_look_at_other_draws_can_be_left_out(answers, mixed):
    results = mixed.model.fit(answers, options=FitOptions(certificate=False))
    assert results.trust.noise is None
    for name in ("simulation noise", "twice the draws"):
        assert "certificate=False" in check(results, name).said
    np.testing.assert_array_equal(results.estimates, mixed.estimates)


def test_classes_of_mixed_logits_are_drawn_again_too(answers):
    model = cc.LatentClass(UTILITY, 2, random={"price": Normal()}, draws=Sobol(64))
    problem = model.problem(answers)
    theta = problem.starts[0]
    first = problem.likelihood.people(theta).value.sum()
    other = redrawn(problem.likelihood, 1).people(theta).value.sum()
    again = redrawn(problem.likelihood, 1).people(theta).value.sum()
    assert first != other
    assert other == again
    plain = cc.LatentClass(UTILITY, 2).problem(answers).likelihood
    assert redrawn(plain, 1).people(theta[: plain.parameters]).value.sum() == pytest.approx(
        plain.people(theta[: plain.parameters]).value.sum(), abs=0
    )


def test_weights_and_constraints_are_kept(answers):
    """Doubled weights: the same noise in estimates, the double in log-likelihood."""
    model = MixedLogit(
        UTILITY,
        random={"wait": Normal()},
        draws=Sobol(128),
        fixed={"asc[phone]": 0.0},
        equal=[["price", "wait"]],
    )
    results = model.fit(answers)
    problem = model.problem(answers)
    twice = problem.likelihood.reweighted(np.full(answers.people, 2.0))

    class At:
        values = twice.people(results.estimates).value
        scores = twice.people(results.estimates).score

    noise = simulation_noise(replace(results, hessian=2 * results.hessian), twice, At)
    told = results.trust.noise
    np.testing.assert_allclose(noise.sd, told.sd, rtol=1e-6, atol=1e-12)
    assert noise.log_likelihood_sd == pytest.approx(2 * told.log_likelihood_sd, rel=1e-6)
    by_name = dict(zip(results.names, told.sd, strict=True))
    assert by_name["asc[phone]"] == 0
    assert by_name["price"] == by_name["wait"] > 0


# --- the numeraire ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("z", "verdict"),
    [(-10.0, "passed"), (-2.61, "passed"), (-2.3, "watch"), (-1.9, "failed"), (9.0, "failed")],
)
def test_a_weak_numeraire_is_told(logit, z, verdict):
    error = logit.std_error("wait")
    found = check(changed(logit, wait=z * error), "numeraire")
    assert found.verdict == verdict
    assert f"wait: z = {z:.1f}".replace("-", "−") == found.found
    assert ("wrong sign" in found.said) == (z > 0)


def test_a_study_without_a_numeraire_has_no_such_check(answers, logit):
    plain = replace(STUDY, numeraires=())
    other = replace(logit, utility=cc.Utility("wait + price + asc", plain))
    assert "numeraire" not in other.certificate.verdicts


def test_a_numeraire_without_a_direction_has_no_wrong_sign(answers, logit):
    wait = cc.Attribute.numeric("wait", "Days", [1, 5, 10], "day", "days")
    open_study = replace(STUDY, attributes=(wait, STUDY.attributes[1]))
    utility = cc.Utility("wait + price + asc", open_study)
    assert "numeraire" not in replace(logit, utility=utility).certificate.verdicts


def test_the_table_shows_two_numeraires_and_the_sentences_all(answers, logit):
    study = replace(STUDY, numeraires=(cc.Numeraire("wait"), cc.Numeraire("price")))
    utility = cc.Utility("wait + price + asc", study)
    found = check(replace(logit, utility=utility), "numeraire")
    assert found.found.count("z = ") == 2
    classes = cc.LatentClass(UTILITY, 2).fit(answers)
    four = check(replace(classes, utility=utility), "numeraire")
    assert four.verdict == "passed"
    assert four.found.endswith("; and 2 more")
    assert four.said.count("well told from zero") == 4


@pytest.mark.parametrize(
    ("mean", "sd", "verdict"),
    [(-1.0, 0.2, "passed"), (-1.0, 0.5, "watch"), (-1.0, 1.0, "failed"), (1.0, 0.2, "failed")],
)
def test_a_normal_numeraire_may_not_reach_zero(mixed, mean, sd, verdict):
    found = check(changed(mixed, **{"wait": mean, "sd[wait]": sd}), "numeraire")
    assert found.verdict == verdict
    assert "normal" in found.found
    assert ("LogNormal(sign=-1)" in found.cure) == (verdict != "passed")


def test_one_sign_for_everybody_passes(answers):
    by_shape = MixedLogit(UTILITY, random={"wait": LogNormal(sign=-1)}, draws=Sobol(64)).fit(
        answers
    )
    assert check(by_shape, "numeraire").verdict == "passed"
    traded = MixedLogit(
        UTILITY, random={"price": Normal()}, pay_in="wait", scale=LogNormal(), draws=Sobol(64)
    )
    found = check(traded.fit(answers), "numeraire")
    assert found.verdict == "passed"
    assert found.found.startswith("scale (lognormal)")


def test_a_numeraire_in_classes_is_looked_at_in_each(answers):
    results = cc.LatentClass(UTILITY, 2).fit(answers)
    found = check(results, "numeraire")
    assert "class 1: wait" in found.found
    assert "class 2: wait" in found.found
    error = results.std_error("class 2: wait")
    weak = check(changed(results, **{"class 2: wait": -error}), "numeraire")
    assert weak.verdict == "failed"
    assert "class 1" not in weak.found


def test_a_numeraire_without_one_coefficient_is_not_checked(answers):
    results = cc.Logit(cc.Utility("C(wait) + price + asc", STUDY)).fit(answers)
    assert check(results, "numeraire").verdict == "not checked"


# --- edges --------------------------------------------------------------------------------------


def test_a_spread_of_nothing_is_no_heterogeneity(mixed):
    assert check(mixed, "edges").verdict == "passed"
    error = mixed.std_error("sd[wait]")
    found = check(changed(mixed, **{"sd[wait]": 1.6 * error}), "edges")
    assert found.verdict == "watch"
    assert "No heterogeneity found in 'wait'" in found.said
    assert check(changed(mixed, **{"sd[wait]": 1.7 * error}), "edges").verdict == "passed"


def test_a_row_of_a_cholesky_factor_is_one_spread(answers):
    model = MixedLogit(
        UTILITY, random={"wait": Normal(), "price": Normal()}, correlated=True, draws=Sobol(64)
    )
    results = model.fit(answers)
    nothing = {"cholesky[price,wait]": 0.0, "cholesky[price,price]": 0.0}
    found = check(changed(results, **nothing), "edges")
    assert "No heterogeneity found in 'price'" in found.said
    one = changed(results, **{**nothing, "cholesky[price,wait]": 1.0})
    assert "'price'" not in check(one, "edges").said


@pytest.mark.parametrize(("value", "verdict"), [(0.5, "passed"), (1.1, "watch"), (1.3, "failed")])
def test_dissimilarities_above_one_maximise_no_utility(nested, value, verdict):
    position = nested.names.index("dissimilarity[remote]")
    covariance = nested.covariance.copy()
    covariance[position, position] = 0.1**2
    free = replace(
        changed(nested, **{"dissimilarity[remote]": value}), absent={}, covariance=covariance
    )
    found = check(free, "edges")
    assert found.verdict == verdict
    assert ("above 1" in found.said) == (value > 1)


def test_a_bound_that_holds_an_estimate_is_told(answers):
    results = cc.Logit(UTILITY, bounds={"price": (-0.1, None)}).fit(answers)
    found = check(results, "edges")
    assert found.verdict == "watch"
    assert "'price' is held by a bound" in found.said


def test_classes_of_nobody_are_told(answers):
    held = cc.LatentClass(UTILITY, 2, fixed={"member[class 2]": -9.0})
    with pytest.warns(ChoiceWarning, match="holds"):
        results = held.fit(answers, start={"class 1: wait": -0.1})
    found = check(results, "edges")
    assert found.verdict == "watch"
    assert "'class 2' holds" in found.said
