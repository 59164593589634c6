"""What a fit gives back, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from ccegov_choice.errors import DataError, UtilityError
from ccegov_choice.kernels import reference
from ccegov_choice.models.covariance import Classical, Clustered
from ccegov_choice.models.fitting.assemble import logit_likelihood
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.study.utility import Utility

MAIN = "wait + price + help"


@pytest.fixture
def answers(data):
    return data()


def _choices(answers, utility=MAIN):
    return logit_likelihood(Utility(utility).bind(answers.study), answers, threads=1).choices


def test_the_estimates_are_those_of_scipy(answers):
    results = Logit(Utility(MAIN)).fit(answers)
    choices = _choices(answers)
    found = optimize.minimize(
        lambda b: -reference.logit(choices, b).value,
        np.zeros(4),
        jac=lambda b: -reference.logit(choices, b).gradient,
        method="BFGS",
        options={"gtol": 1e-7},
    )
    assert results.log_likelihood == pytest.approx(-found.fun, abs=1e-8)
    # BFGS stops at a slope of 1e-7, with a curvature of tens
    np.testing.assert_allclose(results.estimates, found.x, atol=1e-6)


def test_the_kept_hessian_and_scores_are_those_of_the_twin(answers):
    results = Logit(Utility(MAIN)).fit(answers)
    slow = reference.logit(_choices(answers), results.estimates)
    assert results.log_likelihood == pytest.approx(slow.value, rel=1e-13)
    np.testing.assert_allclose(results.hessian, slow.hessian, rtol=1e-5)
    np.testing.assert_allclose(results.scores, slow.scores, atol=1e-9)
    assert np.abs(results.scores.sum(axis=0)).max() < 1e-8


def test_the_start_does_not_change_the_result(answers):
    first = Logit(Utility(MAIN)).fit(answers)
    for start in ({"wait": 0.5, "price": -3.0}, [1.0, 1.0, -2.0, 3.0], first.estimates):
        again = Logit(Utility(MAIN)).fit(answers, start=start)
        np.testing.assert_allclose(again.estimates, first.estimates, atol=1e-9)


def test_large_data_are_started_on_a_share_of_the_people(data, frame):
    answers = data(frame(people=4000, tasks=4))
    warm = Logit(Utility(MAIN)).fit(answers)
    cold = Logit(Utility(MAIN)).fit(answers, options=FitOptions(warm_start=False))
    assert warm.optimisation.evaluations < cold.optimisation.evaluations
    np.testing.assert_allclose(warm.estimates, cold.estimates, atol=1e-9)


def test_threads_do_not_change_a_bit(data, frame, monkeypatch):
    monkeypatch.setattr("ccegov_choice.models.fitting.likelihood.ONE_THREAD", 0)
    answers = data(frame(people=4500, tasks=4))
    one, two = (Logit(Utility(MAIN)).fit(answers, threads=n) for n in (1, 2))
    assert np.array_equal(one.estimates, two.estimates)
    assert np.array_equal(one.covariance, two.covariance)
    assert one.log_likelihood == two.log_likelihood


def test_fixed_equal_and_bounded_parameters(answers):
    free = Logit(Utility(MAIN)).fit(answers)
    model = Logit(
        Utility(MAIN),
        fixed={"wait": -0.2},
        equal=[("help[chat]", "help[visit]")],
        bounds={"price": (-0.1, None)},
    )
    results = model.fit(answers)
    assert results.coefficient("wait") == -0.2
    assert results.coefficient("help[chat]") == results.coefficient("help[visit]")
    assert results.coefficient("price") == -0.1
    assert results.parameters == 1
    assert results.free.tolist() == [False, False, True, True]
    assert results.absent == {"wait": "fixed at -0.2", "price": "at its bound"}
    assert results.log_likelihood < free.log_likelihood
    choices = _choices(answers)

    def one(h):
        return -reference.logit(choices, np.array([-0.2, -0.1, h, h])).value

    found = optimize.minimize_scalar(one, options={"xtol": 1e-10})
    assert results.log_likelihood == pytest.approx(-found.fun, abs=1e-9)
    # one parameter with two names: their errors are the same, and that of the sum
    h = 1e-4
    curvature = (one(found.x + h) - 2 * one(found.x) + one(found.x - h)) / h**2
    by_hand = results.with_covariance("classical").std_error("help[chat]")
    assert by_hand == pytest.approx(curvature**-0.5, rel=1e-5)


def test_bounds_that_do_not_bind_change_nothing(answers):
    free = Logit(Utility(MAIN)).fit(answers)
    bounded = Logit(Utility(MAIN), bounds={"price": (-9, 0), "wait": (None, 5)}).fit(answers)
    np.testing.assert_allclose(bounded.estimates, free.estimates, atol=1e-9)
    assert bounded.absent == {}


def test_everything_fixed_is_only_evaluated(answers):
    values = dict.fromkeys(("wait", "price", "help[chat]", "help[visit]"), 0.0)
    results = Logit(Utility(MAIN), fixed=values).fit(answers)
    assert results.log_likelihood == pytest.approx(results.log_likelihood_null, rel=1e-13)
    assert results.parameters == 0


def test_weights_count_people_as_often_as_they_say(data, frame):
    rows = frame(people=60)
    times = np.random.default_rng(2).integers(1, 4, 60)
    weighted = Logit(Utility(MAIN)).fit(data(rows.assign(weight=times[rows["person"]])))
    plain = data(rows)
    repeated = Logit(Utility(MAIN)).fit(plain.take_people(np.repeat(np.arange(60), times)))
    assert weighted.weighted
    np.testing.assert_allclose(weighted.estimates, repeated.estimates, atol=1e-9)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-12)
    assert weighted.log_likelihood_null == pytest.approx(repeated.log_likelihood_null, rel=1e-12)
    np.testing.assert_allclose(weighted.hessian, repeated.hessian, rtol=1e-6)


def test_scale_by_group_is_two_models_with_proportional_coefficients(data, frame):
    answers = data(frame(people=150, scale={"n": 1.0, "s": 2.0}))
    results = Logit(Utility(MAIN), scale="region").fit(answers)
    assert results.names[-1] == "scale[s]"
    assert results.model.title == "Multinomial logit, scale by region"
    choices = _choices(answers)
    groups = np.repeat(answers.codes("region")[0], np.diff(answers.person_offsets))
    choices = choices._replace(groups=groups)
    found = optimize.minimize(
        lambda b: -reference.logit(choices, b).value,
        np.concatenate((results.estimates[:4] * 0.9, [1.0])),
        jac=lambda b: -reference.logit(choices, b).gradient,
        method="BFGS",
        options={"gtol": 1e-7},
    )
    assert results.log_likelihood == pytest.approx(-found.fun, abs=1e-8)
    np.testing.assert_allclose(results.estimates, found.x, atol=1e-6)
    north, south = (
        Logit(Utility(MAIN)).fit(answers.select(answers.frame["region"].eq(name).to_numpy()))
        for name in ("n", "s")
    )
    assert results.log_likelihood <= north.log_likelihood + south.log_likelihood
    fixed = Logit(Utility(MAIN), scale="region", fixed={"scale[s]": 1.0}).fit(answers)
    pooled = Logit(Utility(MAIN)).fit(answers)
    assert fixed.log_likelihood == pytest.approx(pooled.log_likelihood, rel=1e-13)


def test_one_group_has_no_scale(data, frame):
    with pytest.raises(DataError, match="everybody has the same 'region'"):
        Logit(Utility(MAIN), scale="region").fit(data(frame().assign(region="n")))


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ({"wiat": 1.0}, "Did you mean 'wait'"),
        ([1.0, 2.0], "2 values for 4 parameters"),
        ({"wait": np.nan}, "'?wait'? are not finite"),
    ],
)
def test_a_start_that_does_not_fit_is_refused(answers, start, words):
    with pytest.raises(UtilityError, match=words):
        Logit(Utility(MAIN)).fit(answers, start=start)


@pytest.mark.parametrize("threads", [0, -1, 1.5, True])
def test_threads_are_counted_from_one(answers, threads):
    with pytest.raises(UtilityError, match="number of threads"):
        Logit(Utility(MAIN)).fit(answers, threads=threads)


def test_utilities_that_overflow_are_said(data, frame):
    from ccegov_choice.errors import ConvergenceError

    with pytest.raises(ConvergenceError, match="overflows"):
        Logit(Utility(MAIN)).fit(data(frame()), start={"wait": 1e308})


def test_ctrl_c_gives_results_that_say_so(answers, monkeypatch):
    from ccegov_choice.models.fitting import likelihood

    evaluate = likelihood.LogitLikelihood.evaluate
    calls = []

    def interrupted(self, theta, chunks=None):
        calls.append(theta)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return evaluate(self, theta, chunks)

    monkeypatch.setattr(likelihood.LogitLikelihood, "evaluate", interrupted)
    results = Logit(Utility(MAIN)).fit(answers)
    assert not results.converged
    assert results.optimisation.status.label == "interrupted"
    assert results.log_likelihood > results.log_likelihood_null
    assert set(results.absent) == set(results.names)


def test_a_ranking_is_not_a_choice(frame, study):
    from ccegov_choice.data.choice_data import ChoiceData

    rows = frame().drop(columns="chosen")
    rows["rank"] = rows.groupby(["person", "task"]).cumcount() + 1
    ranked = ChoiceData.from_long(rows, study=study(), rank="rank")
    with pytest.raises(DataError, match="first_choices"):
        Logit(Utility(MAIN)).fit(ranked)


def test_null_and_constants(frame, study, data):
    from ccegov_choice.study.alternative import Alternative

    rows = frame()
    assert Logit(Utility(MAIN)).fit(data(rows)).log_likelihood_constants is None
    labelled = data(rows, study(alternatives=tuple(Alternative(n, n) for n in "ABC")))
    results = Logit(Utility(MAIN)).fit(labelled)
    shares = rows.loc[rows["chosen"], "alternative"].value_counts()
    by_hand = float((shares * np.log(shares / shares.sum())).sum())
    assert results.log_likelihood_constants == pytest.approx(by_hand, abs=1e-9)
    assert results.log_likelihood_null == pytest.approx(-480 * np.log(3), rel=1e-13)


def test_constants_where_alternatives_are_not_always_there(frame, study, data):
    from ccegov_choice.study.alternative import Alternative

    rows = frame()
    gone = (rows["alternative"] == "C") & ~rows["chosen"] & (rows["person"] % 2 == 0)
    rows = rows[~gone]
    labelled = data(rows, study(alternatives=tuple(Alternative(n, n) for n in "ABC")))
    constants = Logit(Utility("asc")).fit(labelled)
    assert constants.log_likelihood_constants == pytest.approx(constants.log_likelihood, abs=1e-8)


def test_constants_of_an_opt_out(frame, study, data, opt_out):
    rows = frame()
    rows["alternative"] = rows["alternative"].replace("C", "none")
    rows.loc[rows["alternative"] == "none", ["wait", "price", "help"]] = [np.nan, np.nan, None]
    answers = data(rows, study(opt_out=opt_out))
    results = Logit(Utility(f"{MAIN} + asc")).fit(answers)
    constant = Logit(Utility("asc")).fit(answers)
    assert constant.names == ("asc[none]",)
    assert results.log_likelihood_constants == pytest.approx(constant.log_likelihood, abs=1e-8)


def test_the_specification_survives_a_round_trip():
    utility = Utility("wait")
    model = Logit(
        utility, scale="g", fixed={"a": 1.0}, bounds={"b": (None, 0.0)}, equal=[("c", "d")]
    )
    again = Logit.from_dict(model.to_dict(), utility)
    assert again.to_dict() == model.to_dict()
    assert again.bounds == {"b": (None, 0.0)}


def test_a_model_cannot_be_changed():
    model = Logit(Utility("wait"), fixed={"wait": 1.0})
    with pytest.raises(TypeError):
        model.fixed["wait"] = 2.0


def test_provenance_names_the_study_and_the_formula(answers):
    results = Logit(Utility(MAIN)).fit(answers)
    assert results.provenance.parents["study"] == answers.study.sha256
    assert results.provenance.parameters["utility"] == MAIN
    assert results.provenance.made_by == "Logit.fit"


def test_groupings_of_people_are_kept(answers):
    results = Logit(Utility(MAIN)).fit(answers)
    assert set(results.clusters) == {"region", "age", "household"}
    assert len(results.clusters["region"]) == results.people


def test_rows_of_a_frame_need_not_be_sorted(data, frame):
    rows = frame()
    mixed = rows.sample(frac=1.0, random_state=1)
    first, second = (Logit(Utility(MAIN)).fit(data(pd.DataFrame(r))) for r in (rows, mixed))
    np.testing.assert_allclose(first.estimates, second.estimates, atol=1e-10)


def test_the_default_errors_allow_for_repeats_and_weights(data, frame):
    rows = frame()
    one_each = data(rows).each_task_as_a_person()
    assert Logit(Utility(MAIN)).fit(data(rows)).covariance_kind == Clustered("person")
    assert Logit(Utility(MAIN)).fit(one_each).covariance_kind == Classical()
    weighted = data(rows.assign(weight=1.0 + rows["person"] % 3)).each_task_as_a_person()
    assert Logit(Utility(MAIN)).fit(weighted).covariance_kind == Clustered("person")
