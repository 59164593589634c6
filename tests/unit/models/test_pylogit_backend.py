"""The pylogit backend: repair without traces, honest refusals, families in order."""

from __future__ import annotations

import collections
import sys
import warnings

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import ConvergenceError, DataError, MissingExtraError, UtilityError
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.pylogit import backend as pylogit_backend
from ccegov_choice.models.pylogit import fit as pylogit_fit
from ccegov_choice.models.pylogit import repair as pylogit_repair
from ccegov_choice.models.results import Results

TRUTH = {"wait": -0.05, "help[chat]": 0.6, "asc[phone]": 0.3, "asc[none]": -1.0}


@pytest.fixture(scope="module")
def data():
    wait = cc.Attribute.numeric("wait", "Days", [10, 20, 40], "day", "days")
    aid = cc.Attribute.categorical("help", "Help", {"none": "None", "chat": "Chat"})
    study = cc.Study(
        "channels",
        "Channels",
        (wait, aid),
        alternatives=(cc.Alternative("web", "Web"), cc.Alternative("phone", "Phone")),
        opt_out=cc.Alternative("none", "Neither", kind="opt_out"),
    )
    design = cc.random_design(study, tasks=12, blocks=3, seed=1)
    model = cc.Logit(cc.Utility.main_effects(study))
    return cc.simulate_choices(design, model, TRUTH, 150, 1)


@pytest.fixture(scope="module")
def utility(data):
    return cc.Utility.main_effects(data.study)


@pytest.fixture(scope="module")
def logit(data, utility):
    return cc.Logit(utility).fit(data)


def test_the_repair_leaves_no_trace():
    state = vars(np.random)["get_state"]
    before = vars(np).get("in1d"), state()[1].copy()
    with pylogit_repair.running() as pylogit:
        assert pylogit.__name__ == "pylogit"
        assert issubclass(list, collections.Iterable)
        assert vars(np)["in1d"]([[1, 2]], [2]).tolist() == [False, True]
        vars(np.random)["seed"](5)
    assert vars(np).get("in1d") is before[0]
    assert not hasattr(collections, "Iterable")
    assert (state()[1] == before[1]).all()


def test_the_repair_is_undone_after_an_error():
    with pytest.raises(ZeroDivisionError), pylogit_repair.running():
        raise ZeroDivisionError
    assert not hasattr(collections, "Iterable")


def test_other_warnings_still_come_through():
    with pylogit_repair.running(), pytest.warns(UserWarning, match="mine"):
        warnings.warn("mine", UserWarning, stacklevel=1)


def test_without_pylogit_the_cure_names_the_extra(monkeypatch, data, utility):
    for name in [n for n in sys.modules if n.startswith("pylogit.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pylogit", None)  # Python then says that there is none
    with pytest.raises(MissingExtraError, match=r"ccegov_choice\[pylogit\]"):
        cc.pylogit.fit(data, utility)


def test_families_that_contain_the_logit_fit_no_worse(data, utility, logit):
    # each starts at the logit, and the search never ends lower than it starts
    more = {
        "Nested Logit": {"nests": {"service": ["web", "phone"]}},
        "Mixed Logit": {"random": ["wait"], "draws": 50},
        "Asym": {},
        "Scobit": {},
        "Uneven": {},
    }
    for family, arguments in more.items():
        results = cc.pylogit.fit(data, utility, family, **arguments)
        assert results.converged
        assert results.log_likelihood >= logit.log_likelihood - 1e-6
        # three shape or two other parameters: twice the gain is about chi-squared with 3 degrees
        # of freedom, whose 0.9999 quantile is 21.1
        assert results.log_likelihood <= logit.log_likelihood + 21.1 / 2
        assert results.model.logit_shares is False


def test_clog_log_is_another_curve_of_the_same_size(data, utility, logit):
    results = cc.pylogit.fit(data, utility, "Cloglog")
    assert results.names == utility.names
    # it need not contain the logit, but it is fitted to logit data: Vuong-like closeness, and
    # far better than equal shares
    assert abs(results.log_likelihood - logit.log_likelihood) < 20
    assert results.log_likelihood > results.log_likelihood_null + 50


@pytest.mark.parametrize(
    ("family", "arguments"),
    [
        ("Nested Logit", {"nests": {"service": ["web", "phone"]}}),
        ("Mixed Logit", {"random": ["wait"], "draws": 50}),
        ("Scobit", {}),
        ("Asym", {}),
        ("Cloglog", {}),
    ],
)
def test_scores_add_up_to_the_gradient_and_give_robust_errors(data, utility, family, arguments):
    results = cc.pylogit.fit(data, utility, family, covariance="robust", **arguments)
    free = results.scores @ results.expansion
    # at the top the slopes of people cancel; scores are central differences of about 1e-8
    size = np.abs(free).sum(axis=0)
    assert (np.abs(free.sum(axis=0)) < 1e-6 * size).all()
    errors = results.tidy()["std_error"].to_numpy()[results.free]
    assert (errors > 0).all()


def test_classical_errors_follow_from_the_likelihood_itself(data, utility):
    results = cc.pylogit.fit(
        data, utility, "Nested Logit", nests={"s": ["web", "phone"]}, covariance="classical"
    )
    # information equality: outer product of scores and Hessian estimate the same matrix; with 150
    # people every ratio of standard errors is well within a factor of 1.5
    ratio = results.tidy()["std_error"] / results.with_covariance("bhhh").tidy()["std_error"]
    assert ratio[results.free].between(1 / 1.5, 1.5).all()


def test_nests_of_one_are_held_with_a_reason(data, utility):
    results = cc.pylogit.fit(data, utility, "Nested Logit", nests={"s": ["web", "phone"]})
    assert results.names[-2:] == ("dissimilarity[s]", "dissimilarity[none]")
    assert results.coefficient("dissimilarity[none]") == 1.0
    assert "alone is a logit" in results.std_error("dissimilarity[none]").reason


def test_nests_that_are_none_end_at_the_logit(data, utility, logit):
    # the data come from a logit, and this sample asks for a dissimilarity above one
    results = cc.pylogit.fit(data, utility, "Nested Logit", nests={"s": ["web", "phone"]})
    assert results.coefficient("dissimilarity[s]") == 1.0
    assert "at its bound of 1" in results.absent["dissimilarity[s]"]
    assert results.log_likelihood == pytest.approx(logit.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(results.estimates[:4], logit.estimates, atol=1e-5)


def test_sparse_maps_do_what_dense_ones_would():
    rng = np.random.default_rng(1)
    dense = np.eye(4)[rng.integers(0, 4, 12)]
    rows, weights = pylogit_repair.RowMap(dense), rng.random(12)
    found = np.max(rows.toarray() * weights[:, None], axis=0)
    np.testing.assert_array_equal(found, np.max(dense * weights[:, None], axis=0))
    np.testing.assert_array_equal((rows.T * rows).A, dense.T @ dense)


def test_shapes_of_constant_alternatives_are_held_with_a_reason(data, utility):
    results = cc.pylogit.fit(data, utility, "Scobit")
    assert results.coefficient("log_shape[none]") == 0.0
    assert "the same in every task" in results.absent["log_shape[none]"]


def test_mixed_logit_depends_on_its_seed_only(data, utility):
    one, two, other = (
        cc.pylogit.fit(data, utility, "Mixed Logit", random=["wait"], draws=20, seed=s)
        for s in (1, 1, 2)
    )
    assert one.log_likelihood == two.log_likelihood != other.log_likelihood
    assert one.names[-1] == "sd[wait]"
    assert one.provenance.seed == 1


def test_weights_count_as_people(data, utility):
    people = np.arange(data.people)
    twice = data.take_people(np.repeat(people, 2))
    frame = data.frame.assign(weight=2.0)
    weighted = cc.ChoiceData.from_long(frame, study=data.study, weight="weight")
    small = {"random": ["wait"], "draws": 20}
    for family, arguments in (("MNL", {}), ("Nested Logit", {"nests": {"s": ["web", "phone"]}})):
        a = cc.pylogit.fit(twice, utility, family, covariance="classical", **arguments)
        b = cc.pylogit.fit(weighted, utility, family, covariance="classical", **arguments)
        assert a.log_likelihood == pytest.approx(b.log_likelihood, abs=1e-6)
        np.testing.assert_allclose(a.estimates, b.estimates, atol=1e-6)
        np.testing.assert_allclose(a.covariance, b.covariance, rtol=1e-4, atol=1e-9)
    once = cc.pylogit.fit(data, utility, "Mixed Logit", **small)
    double = cc.pylogit.fit(weighted, utility, "Mixed Logit", **small)
    assert double.log_likelihood == pytest.approx(2 * once.log_likelihood, abs=1e-6)


def test_weights_that_differ_within_a_person_are_refused_for_mixing(data, utility):
    frame = data.frame.assign(weight=1.0 + (data.frame["task"] % 2))
    weighted = cc.ChoiceData.from_long(frame, study=data.study, weight="weight")
    with pytest.raises(DataError, match="the tasks of a person have different weights"):
        cc.pylogit.fit(weighted, utility, "Mixed Logit", random=["wait"])


def test_results_are_saved_and_loaded(tmp_path, data, utility):
    results = cc.pylogit.fit(data, utility, "Nested Logit", nests={"s": ["web", "phone"]})
    again = Results.load(results.save(tmp_path / "nested.json"))
    assert again.model.to_dict() == results.model.to_dict()
    np.testing.assert_array_equal(again.estimates, results.estimates)
    assert again.model.title == "pylogit: nested logit"
    assert "pylogit" in again.provenance.versions
    assert "dissimilarity[s]" in str(again.summary())


@pytest.mark.parametrize(
    ("family", "arguments", "told"),
    [
        ("Probit", {}, "unknown model type 'Probit'"),
        ("Nested Logit", {}, "Nested Logit needs `nests`"),
        ("Mixed Logit", {}, "Mixed Logit needs `random`"),
        ("MNL", {"nests": {"a": ["web"]}}, "`nests` has no meaning for MNL"),
        ("MNL", {"random": ["wait"]}, "`random` has no meaning for MNL"),
        ("Mixed Logit", {"random": ["wiat"]}, "unknown coefficient 'wiat'"),
        ("Mixed Logit", {"random": ["wait"], "seed": 0}, "draws and seed start at 1"),
        ("Nested Logit", {"nests": {"a": ["wbe", "phone"]}}, "unknown alternative 'wbe'"),
        ("Nested Logit", {"nests": {"a": ["web"], "b": ["web"]}}, "in the nests 'a' and 'b'"),
    ],
)
def test_arguments_that_do_not_fit(data, utility, family, arguments, told):
    with pytest.raises(UtilityError, match=told):
        cc.pylogit.fit(data, utility, family, **arguments)


def test_no_bootstrap(data, utility):
    with pytest.raises(UtilityError, match="not fitted again for a bootstrap"):
        cc.pylogit.fit(data, utility, covariance="bootstrap")


def test_data_that_would_fill_the_memory_are_refused(monkeypatch, data, utility):
    monkeypatch.setattr(pylogit_fit, "_MOST_BYTES", 1e3)
    with pytest.raises(DataError, match="pylogit would need about"):
        cc.pylogit.fit(data, utility, "Mixed Logit", random=["wait"])


def test_a_search_that_stops_early_says_so(monkeypatch, data, utility):
    monkeypatch.setattr(
        pylogit_fit, "FitOptions", lambda **_: FitOptions(max_iterations=0, tolerance=1e-300)
    )
    with pytest.raises(ConvergenceError) as caught:
        cc.pylogit.fit(data, utility)
    best = caught.value.best
    assert not best.converged
    assert set(best.absent) == set(best.names)


@pytest.mark.parametrize("family", ["Asym", "Scobit", "Uneven"])
def test_shapes_that_grow_without_end_are_named(family):
    travel = cc.load_dataset("travel_mode")
    with pytest.raises(ConvergenceError, match=r"log_shape\[.*grow without end") as caught:
        cc.pylogit.fit(travel, travel.utility, family)
    assert caught.value.best.log_likelihood > -199.1284


def test_the_backend_is_public():
    assert cc.pylogit is pylogit_backend
    assert set(cc.pylogit.FAMILIES) >= {"MNL", "Nested Logit", "Mixed Logit"}
