"""A search says how it is going where somebody looks, and Ctrl-C anywhere keeps what was found."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.models.fitting import progress
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.logit.fit import logit_problem
from ccegov_choice.models.mixed.distributions import Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol

WAYS = ("web", "phone", "office")
STUDY = cc.Study(
    "renewal",
    "Renewing a permit",
    (
        cc.Attribute.numeric("wait", "Days", [1, 5, 10], "day", "days"),
        cc.Attribute.numeric("price", "Forms", [0, 2, 4], "form", "forms"),
    ),
    tuple(cc.Alternative(name, name) for name in WAYS),
    covariates=(cc.Covariate("age", "Age", "numeric"),),
)
UTILITY = cc.Utility("wait + price + asc", STUDY)
WAIT = {"wait": Normal()}
FAMILIES = {
    "logit": cc.Logit(UTILITY),
    "nested": cc.NestedLogit(UTILITY, {"remote": ["web", "phone"]}),
    "scaled": cc.ScaledLogit(UTILITY, scale="age"),
    "mixed": MixedLogit(UTILITY, random=WAIT, draws=Sobol(512)),
    "classes": cc.LatentClass(UTILITY, classes=2),
    "classes of mixed logits": cc.LatentClass(UTILITY, 2, random=WAIT, draws=Sobol(256)),
}
STAGES = {
    "logit": set(),
    "nested": {"search, start 1 of 2", "search, start 2 of 2", "Hessian", "search"},
    "scaled": {"search", "Hessian"},
    "mixed": {"first search", "Hessian", "search", "certificate: other draws"},
    "classes": {"search, start 1 of 2", "search, start 2 of 2", "Hessian", "search"},
    "classes of mixed logits": {
        "first search, start 1 of 2",
        "first search, start 2 of 2",
        "Hessian",
        "search",
        "certificate: other draws",
    },
}


class Listener:
    """Writes down what it hears, and presses Ctrl-C at one call."""

    def __init__(self, stop: int = 0) -> None:
        self.stop, self.heard = stop, []

    def stage(self, words):
        self._hear(words)

    def advance(self, iteration, value, slope):
        self._hear((iteration, value, slope))

    def _hear(self, what):
        self.heard.append(what)
        if len(self.heard) == self.stop:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def answers():
    """Two kinds of people, who choose in a nest."""
    design = cc.random_design(STUDY, tasks=12, blocks=2, seed=1)
    alike = {"asc[phone]": 0.0, "asc[office]": 0.3, "dissimilarity[remote]": 0.4}
    kinds = {
        "hurried": (0.5, {"wait": -0.5, "price": -0.2, **alike}),
        "calm": (0.5, {"wait": -0.05, "price": -0.6, **alike}),
    }
    ages = {"age": np.random.default_rng(4).uniform(-1, 1, 100)}
    return cc.simulate_choices(
        design, FAMILIES["nested"], cc.ClassTaste(kinds), 100, 2, covariates=ages
    )


def fit(family, answers, listener):
    starts = None if family in ("mixed", "scaled") else 2
    options = FitOptions(progress=listener, starts=starts)
    return FAMILIES[family].fit(answers, options=options)


def likelihood_at(family, answers, results):
    """Return the log-likelihood on all the data and draws, worked out again."""
    if family == "logit":
        problem = logit_problem(FAMILIES[family], answers)
        with problem.likelihood.running():
            return problem.likelihood.evaluate(results.estimates).value
    problem = results.model.problem(answers)
    return float(problem.likelihood.people(results.estimates).value.sum())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_stage_is_told_and_the_last_step_is_where_the_search_ended(family, answers):
    listener = Listener()
    results = fit(family, answers, listener)
    told = [heard for heard in listener.heard if isinstance(heard, str)]
    assert set(told) == STAGES[family]
    steps = [heard for heard in listener.heard if not isinstance(heard, str)]
    assert steps[-1][1] == pytest.approx(results.log_likelihood, abs=1e-3)
    slopes = [slope for _, _, slope in steps]
    assert min(slopes) >= results.optimisation.gradient_norm
    assert np.isfinite(slopes).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_ctrl_c_at_any_moment_gives_the_best_so_far_and_says_so(family, answers):
    whole = Listener()
    best = fit(family, answers, whole)
    reached = []
    stages = [at for at, heard in enumerate(whole.heard) if isinstance(heard, str)]
    later = (1,) if family == "classes of mixed logits" else (1, 2)
    moments = {at + after for at in stages for after in later} | {1, len(whole.heard)}
    for stop in sorted(moments & set(range(1, len(whole.heard) + 1))):
        results = fit(family, answers, Listener(stop))
        if results.converged:
            # the estimates were there: only the last look at other draws is missing
            assert whole.heard[stop - 1] == "certificate: other draws"
            assert results.certificate.verdicts["simulation noise"] == "not checked"
            np.testing.assert_array_equal(results.estimates, best.estimates)
        else:
            assert results.optimisation.status.label == "interrupted"
            assert set(results.absent) == set(results.names)
            assert results.certificate.verdicts["top of the likelihood"] == "failed"
            assert "NOT CONVERGED" in str(results.summary())
        expected = likelihood_at(family, answers, results)
        assert results.log_likelihood == pytest.approx(expected, abs=1e-8)
        reached.append(results.log_likelihood)
    assert max(reached) <= best.log_likelihood + 1e-6
    assert reached[-1] == pytest.approx(best.log_likelihood, abs=1e-3)


def test_ctrl_c_in_the_search_for_a_start_stops_everything(answers, monkeypatch):
    from ccegov_choice.models.fitting import likelihood

    def interrupted(self, theta, chunks=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(likelihood.LogitLikelihood, "evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        FAMILIES["mixed"].fit(answers)


def test_ctrl_c_while_a_start_is_warmed_up_ends_the_search(answers, monkeypatch):
    from ccegov_choice.models.classes.mixture import MixtureLikelihood

    complete, calls = MixtureLikelihood.complete, []

    def interrupted(self, theta):
        calls.append(theta)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return complete(self, theta)

    monkeypatch.setattr(MixtureLikelihood, "complete", interrupted)
    results = FAMILIES["classes"].fit(answers)
    assert results.optimisation.status.label == "interrupted"
    assert len(results.optimisation.starts) < 16


# --- the line ---------------------------------------------------------------------------------------


class Screen:
    """A terminal that keeps what is written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text):
        self.text += text
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return True


def test_a_search_that_takes_long_shows_a_line_and_takes_it_away(answers, monkeypatch):
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(progress, "_DELAY", 0.0)
    FAMILIES["mixed"].fit(answers)
    assert "Mixed logit: first search" in screen.text
    assert "Hessian" in screen.text
    monkeypatch.setattr(progress, "_DELAY", 1000.0)
    before = screen.text
    FAMILIES["mixed"].fit(answers)
    assert screen.text == before


def test_the_line_names_step_likelihood_and_slope(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(progress, "_DELAY", 0.0)
    bar = progress.Bar("Mixed logit")
    bar.began = time.monotonic() - 75
    bar.advance(3, -1234.5678, 0.0123)
    bar.close()
    assert "Mixed logit: search, step 3: log-likelihood −1,234.568, largest slope 0.012" in (
        screen.text
    )
    assert "[01:15]" in screen.text
    assert screen.text.endswith("\r")


@pytest.mark.parametrize("asked", [None, False])
def test_where_nobody_looks_nothing_is_written(asked, answers, monkeypatch, capfd):
    monkeypatch.setattr(progress, "_DELAY", 0.0)
    FAMILIES["nested"].fit(answers, options=FitOptions(progress=asked))
    assert capfd.readouterr() == ("", "")


def test_who_asks_for_a_line_gets_one_without_a_terminal(answers, monkeypatch, capfd):
    monkeypatch.setattr(progress, "_DELAY", 0.0)
    FAMILIES["nested"].fit(answers, options=FitOptions(progress=True))
    assert "Nested logit: search, start 1 of 2" in capfd.readouterr().err


def test_threads_and_workers_show_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Screen())
    seen = []
    assert progress.somebody_looks()
    thread = threading.Thread(target=lambda: seen.append(progress.somebody_looks()))
    thread.start()
    thread.join()
    assert seen == [False]
    monkeypatch.setattr(progress.multiprocessing, "parent_process", lambda: "somebody")
    assert not progress.somebody_looks()


def test_a_notebook_is_looked_at_and_a_plain_shell_is_not(monkeypatch):
    class Shell:
        def __init__(self, name):
            self.get_ipython = type(name, (), {})

    monkeypatch.setitem(sys.modules, "IPython", Shell("ZMQInteractiveShell"))
    assert progress.in_jupyter()
    monkeypatch.setitem(sys.modules, "IPython", Shell("TerminalInteractiveShell"))
    assert not progress.in_jupyter()
