"""Bounds on the error of the best design: never above a design there is, sharp at optima."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.efficient import oracle
from ccegov_choice.design.efficient.cases import make_cases
from ccegov_choice.design.efficient.certificate import Certificate
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.effort import Effort
from ccegov_choice.design.efficient.evaluate import evaluate
from ccegov_choice.design.efficient.oracle import every_task
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.design.efficient.search_designs import efficient_design
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

HOUR = 3600.0  # the certificate ends by itself
ANYTHING = Rules(dominated=True, repeated=True)


def small(*, opt_out: bool = True) -> Study:
    """Six profiles."""
    attributes = (
        Attribute.categorical("help", "Help", ["none", "chat", "visit"]),
        Attribute.numeric("wait", "Days", [7, 30], "day", "days"),
    )
    none = Alternative("none", "Neither", kind="opt_out") if opt_out else None
    return Study("small", "S", attributes, opt_out=none)


def prior_of(study, sd=0.0):
    utility = Utility.main_effects(study)
    means = np.resize([0.6, -0.4, -0.05, 0.5], utility.size)
    scale = [0.05 if name == "wait" else 1.0 for name in utility.names]
    return Prior.of(
        utility,
        {n: (float(m), sd * s) for n, m, s in zip(utility.names, means, scale, strict=True)},
    )


def searched(study, prior, criterion="D", *, tasks=6, certificate=HOUR, runs=4, draws=32, **asked):
    return efficient_design(
        study, prior, tasks=tasks, seed=1, budget=None, criterion=criterion, rules=ANYTHING,
        effort=Effort(runs=runs, draws=draws, certificate=certificate, holdout=32), **asked,
    )  # fmt: skip


def found(design) -> Certificate:
    return Certificate.from_dict(design.claims["certificate"])


PROFILES = [
    Profile({"help": h, "wait": w}, "A") for h, w in (("none", 7.0), ("chat", 30.0), ("visit", 7.0))
]
CRITERIA = {
    "D": Criterion("D"),
    "Ds": Criterion("D", nuisance=("asc[none]", "wait")),
    "A": Criterion("A"),
    "A without the constant": Criterion("A", nuisance=("asc[none]",)),
    "S": Criterion("S"),
    "G": Criterion("G", profiles=PROFILES),
    "I": Criterion("I", profiles=PROFILES),
    "log-mean": Criterion("D", average="log-mean"),
    "A, log-mean": Criterion("A", average="log-mean"),
}


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("sd", [0.0, 0.4])
def test_the_bound_is_not_above_the_best_of_all_designs(name, sd):
    """All designs of four of the 15 tasks, with repetition: 3,060."""
    study, criterion = small(), CRITERIA[name]
    prior = prior_of(study, sd)
    design = searched(study, prior, criterion, tasks=4, draws=16, runs=24)
    certificate = found(design)
    assert certificate.kind == "proof"
    assert "every one of 15 tasks" in certificate.reason
    space = task_space(study, 2)
    cases = make_cases(
        space, [(1.0, prior)], [(1.0, {})], criterion, draws=16, rule="gauss-hermite", seed=1
    )
    pool = list(every_task(space, np.ones(3)))
    picks = np.random.default_rng(1).permutation(list(combinations_with_replacement(range(15), 4)))
    best = min(
        evaluate(cases, criterion, np.array([pool[i] for i in pick]), np.ones((4, 3))).value
        for pick in picks[: 3060 if sd == 0 else 150]
    )
    assert certificate.bound <= best * (1 + 1e-9)
    assert certificate.bound <= certificate.error * (1 + 1e-12)
    assert certificate.error == pytest.approx(design.claims["error"])
    if sd == 0:
        assert design.claims["error"] == pytest.approx(
            best, rel=1e-3
        )  # four runs found it, or nearly


@pytest.mark.parametrize(
    ("levels", "alternatives", "tasks"), [((2, 2, 2), 2, 4), ((3, 3, 3), 3, 9)]
)
def test_optima_in_closed_form_are_proved(levels, alternatives, tasks):
    attributes = tuple(
        Attribute.categorical(f"a{i}", f"A{i}", [f"l{j}" for j in range(n)])
        for i, n in enumerate(levels)
    )
    design = searched(Study("s", "S", attributes), None, tasks=tasks, alternatives=alternatives)
    certificate = found(design)
    assert certificate.kind == "proof"
    assert certificate.efficiency == pytest.approx(1.0, abs=1e-7)
    assert certificate.gap == pytest.approx(0.0, abs=1e-7)
    assert "No design can be better: this is proved" in design.notes[0]


def test_the_bound_grows_with_the_tasks_as_information_does():
    """It is a bound per task: half of it for twice the tasks."""
    study = small()
    one, two = (found(searched(study, prior_of(study), tasks=t)).bound for t in (5, 10))
    assert one == pytest.approx(2 * two, rel=2e-3)


def test_fixed_tasks_count_in_the_bound():
    study = small()
    prior = prior_of(study)
    pilot = searched(study, prior, tasks=3, certificate=0, runs=1)
    free = searched(study, prior, tasks=8)
    extended = searched(study, prior, tasks=5, fixed=pilot)
    assert found(free).bound <= found(extended).bound * (1 + 1e-6)
    assert found(extended).bound <= extended.claims["error"]
    assert found(extended).kind == "proof"


def test_too_many_tasks_to_try_give_an_estimate_and_no_proof(monkeypatch):
    study = small()
    proved = found(searched(study, prior_of(study)))
    monkeypatch.setattr(oracle, "MOST_PROFILES", 5)  # as if six were too many
    monkeypatch.setattr(oracle, "MOST_PAIRED", 5)
    design = searched(study, prior_of(study))
    certificate = found(design)
    assert certificate.kind == "estimate"
    assert "an estimate and no proof" in certificate.said
    assert "proved" not in certificate.said
    assert certificate.bound <= certificate.error
    # climbing finds the most informative of 15 tasks
    assert certificate.bound == pytest.approx(proved.bound, rel=2e-3)


def test_quantiles_have_no_bound_and_say_why():
    study = small()
    for average in ("median", "quantile"):
        criterion = Criterion("D", average=average)
        certificate = found(searched(study, prior_of(study, 0.4), criterion))
        assert certificate.kind == "none"
        assert np.isnan(certificate.bound)
        assert "not a convex function" in certificate.said
        assert "is not known" in certificate.said


def test_without_time_there_is_no_bound():
    study = small()
    certificate = found(searched(study, prior_of(study), certificate=0))
    assert certificate.kind == "none"
    assert "no time was given" in certificate.said


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        (Certificate("proof", 1.0, 1.0, "all tried"), "No design can be better"),
        (Certificate("proof", 1.018, 1.0, "all tried"), "At most 1.80% from the best possible D-error"),
        (Certificate("proof", 1.5, 1.0, "all tried", "A-error"), "At most 50% from the best possible A-error"),
        (Certificate("estimate", 1.018, 1.0, "looked"), "Probably within 1.80%"),
        (Certificate("estimate", 1.0, 1.0, "looked"), "no proof"),
        (Certificate("none", 1.0, float("nan"), "why"), "is not known: why."),
    ],
)  # fmt: skip
def test_proof_and_estimate_are_different_words(certificate, said):
    assert said in str(certificate)
    back = Certificate.from_dict(certificate.to_dict())
    assert str(back) == str(certificate)
