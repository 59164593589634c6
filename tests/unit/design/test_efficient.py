"""Efficient designs: everything that may be asked for, the best so far at Ctrl-C, cures."""

from __future__ import annotations

import signal
import threading

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.design.beliefs.belief import Belief
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.efficient.certificate import Certificate
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.effort import Effort
from ccegov_choice.design.efficient.information import CodedTasks, error_of
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.design.efficient.search_designs import efficient_design, search_designs
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

QUICK = Effort(runs=3, draws=16, holdout=16, certificate=0, threads=1)
ANYTHING = Rules(dominated=True, repeated=True)
NONE = Alternative("none", "Neither", kind="opt_out")


def service(*, opt_out: bool = False) -> Study:
    attributes = (
        Attribute.categorical("help", "Help", ["none", "chat", "visit"]),
        Attribute.numeric("wait", "Days", [7, 14, 30, 60], "day", "days", direction="-"),
        Attribute.numeric("trip", "Trip", [0, 10, 25], "minute", "minutes", direction="-"),
    )
    return Study(
        "service", "S", attributes, opt_out=NONE if opt_out else None, numeraires=(Numeraire("trip"),)
    )  # fmt: skip


def channels() -> Study:
    """Three labels, an attribute of one of them, and a status quo with each person's own wait."""
    attributes = (
        Attribute.numeric("wait", "Days", [5, 10, 20], "day", "days", direction="-"),
        Attribute.categorical("hours", "Hours", ["short", "long"], alternatives=("office",)),
    )
    today = Alternative(
        "today", "As today", kind="status_quo", levels={"wait": FromCovariate("wait_now")}
    )
    labels = tuple(Alternative(n, n) for n in ("web", "phone", "office"))
    covariates = (Covariate("wait_now", "Days now", "numeric", unit="day"),)
    return Study("channels", "C", attributes, labels, opt_out=today, covariates=covariates)


def normal(study, formula=None, sd=0.3, **means) -> Prior:
    utility = Utility.main_effects(study) if formula is None else Utility(formula, study)
    scale = {n: 0.02 if "wait" in n or "trip" in n else 1.0 for n in utility.names}
    made = {n: (means.get(n, -0.5 * s), sd * s) for n, s in scale.items()}
    return Prior.of(utility, made)


def made(study, prior=None, **asked):
    given = {"tasks": 12, "seed": 1, "budget": None, "rules": ANYTHING, "effort": QUICK} | asked
    return efficient_design(study, prior, **given)


def shown(design, attribute):
    """Levels ``(T, V)`` of an attribute, the opt-out left out."""
    frame = design.frame[design.frame["alternative"] != "none"]
    return frame[attribute].to_numpy().reshape(design.tasks, -1)


# --- studies --------------------------------------------------------------------------------------


def test_the_error_is_that_of_the_coded_tasks():
    study = service(opt_out=True)
    prior = normal(study, sd=0.0)
    design = made(study, prior, alternatives=3)
    matrix = CodedTasks.of(design, prior.utility).information(prior.centre)
    assert design.claims["error"] == pytest.approx(error_of(matrix), rel=1e-9)
    assert design.claims["criterion"] == "D-error"
    assert design.alternatives == ("A", "B", "C", "none")
    assert "error_holdout" not in design.claims  # nothing is averaged


def test_labels_availability_and_a_status_quo_pivoted_on_people():
    study = channels()
    prior = normal(study)
    people = [{"wait_now": 5.0, "weight": 1}, {"wait_now": 20.0, "weight": 3}]
    rules = Rules(availability={"phone": 0.5, "office": 0.75}, repeated=True)
    design = made(study, prior, people=people, rules=rules)
    counts = design.frame["alternative"].value_counts()
    assert counts.to_dict() == {"web": 12, "today": 12, "office": 9, "phone": 6}
    assert design.frame.loc[design.frame["alternative"] != "office", "hours"].isna().all()
    each = len(prior.draws(16, rule="gauss-hermite").weights)
    assert design.claims["draws"] == 2 * each  # for each kind of person
    by_frame = made(study, prior, people=pd.DataFrame(people), rules=rules)
    assert by_frame.to_csv() == design.to_csv()
    local = made(study, normal(study, sd=0.0), people=people, rules=rules)
    errors = []
    for person in people:
        coded = CodedTasks.of(local, prior.utility, {"wait_now": person["wait_now"]})
        errors.append(error_of(coded.information(prior.centre)))
    assert local.claims["error"] == pytest.approx((errors[0] + 3 * errors[1]) / 4, rel=1e-9)


def test_interactions_and_many_levels():
    many = Attribute.numeric("wait", "Days", list(range(1, 41)), "day", "days")
    study = Study("many", "M", (many, Attribute.categorical("help", "Help", ["no", "yes"])))
    prior = normal(study, "poly(wait, 2) + help + linear(wait):help", sd=0.0)
    design = made(study, prior, tasks=10)
    assert 0 < design.claims["error"] < np.inf
    assert set(shown(design, "wait").ravel()) <= set(range(1, 41))


def test_floors_and_constraints(constrained):
    design = made(constrained, normal(constrained), alternatives=3, rules=Rules())
    rows = design.frame[design.frame["alternative"] != "none"]
    assert all(constrained.allows(row) for row in rows.to_dict("records"))
    assert "brusque" not in set(rows["dignity"])


def test_several_priors_with_different_utilities_are_served_at_once():
    study = service()
    simple, rich = normal(study, sd=0.0), normal(study, "help + wait + trip + wait:help", sd=0.0)
    design = made(study, [(1.0, simple), (3.0, rich)], tasks=14)
    errors = [
        error_of(CodedTasks.of(design, p.utility).information(p.centre)) for p in (simple, rich)
    ]
    assert design.claims["error"] == pytest.approx((errors[0] + 3 * errors[1]) / 4, rel=1e-9)
    alone = made(study, simple, tasks=14)
    assert alone.claims["error"] <= errors[0] * (1 + 1e-9)


# --- rules ----------------------------------------------------------------------------------------


def test_balance_even_and_by_a_share():
    study = service()
    one = QUICK.with_(runs=1)
    even = made(study, normal(study), rules=Rules(balance="even", dominated=True), effort=one)
    for name, each in (("help", 8), ("wait", 6), ("trip", 8)):
        assert set(pd.Series(shown(even, name).ravel()).value_counts()) == {each}
    loose = made(study, normal(study), rules=Rules(balance=0.2, dominated=True), effort=one)
    for name, low, high in (("help", 7, 9), ("wait", 5, 7), ("trip", 7, 9)):
        counts = pd.Series(shown(loose, name).ravel()).value_counts()
        assert counts.min() >= low
        assert counts.max() <= high
    free = made(study, normal(study))
    assert free.claims["error"] <= even.claims["error"] * (1 + 1e-6)


@pytest.mark.parametrize(
    ("overlap", "most"),
    [("minimal", [0, 0, 0]), ({"wait": "none"}, [12, 0, 12]), (1, None), ("any", [12, 12, 12])],
)
def test_overlap(overlap, most):
    study = service()
    rules = Rules(overlap=overlap, dominated=True, repeated=True)
    design = made(study, normal(study), rules=rules)
    ties = np.array([[a == b for a, b in shown(design, n)] for n in study.attribute_ids])
    if most is None:
        assert ties.sum(axis=0).max() <= 1
    else:
        assert (ties.sum(axis=1) <= most).all()


def test_partial_profiles_vary_equally_often():
    study = service()
    design = made(study, tasks=18, rules=Rules(varying=2, dominated=True, repeated=True))
    differ = np.array([[a != b for a, b in shown(design, n)] for n in study.attribute_ids])
    assert differ.sum(axis=0).max() == 2
    assert differ.sum(axis=1).max() <= 12


def test_no_alternative_is_dominated_unless_allowed():
    attributes = (
        Attribute.numeric("wait", "Days", [7, 14, 30], "day", "days", direction="-"),
        Attribute.numeric("trip", "Trip", [0, 10, 25], "minute", "minutes", direction="-"),
    )
    study = Study("s", "S", attributes)
    design = made(study, tasks=6, rules=Rules())
    for wait, trip in zip(shown(design, "wait"), shown(design, "trip"), strict=True):
        assert (wait[0] - wait[1]) * (trip[0] - trip[1]) < 0


def test_fixed_tasks_come_first_and_stay():
    study = service(opt_out=True)
    pilot = made(study, tasks=4)
    design = made(study, normal(study), tasks=8, fixed=pilot)
    assert design.tasks == 12
    columns = ["alternative", *study.attribute_ids]
    first = design.frame[design.frame["task"] <= 4]
    pd.testing.assert_frame_equal(
        first[columns].reset_index(drop=True), pilot.frame[columns].reset_index(drop=True)
    )
    assert design.purposes == dict.fromkeys(range(1, 5), "fixed")


def test_blocks_part_the_tasks_evenly():
    design = made(service(), tasks=14, blocks=4)
    assert sorted(design.frame.groupby("block")["task"].nunique()) == [3, 3, 4, 4]


# --- algorithms and criteria ----------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["coordinate", "fedorov", "rsc", "auto"])
def test_every_algorithm_is_near_the_best(algorithm):
    """3^3/3/9 with coefficients of zero: the optimum, or for swaps alone within three per cent."""
    attributes = tuple(Attribute.categorical(f"a{i}", f"A{i}", ["x", "y", "z"]) for i in range(3))
    design = made(
        Study("s", "S", attributes), tasks=9, alternatives=3,
        effort=QUICK.with_(algorithm=algorithm, runs=4 if algorithm == "rsc" else 16),
    )  # fmt: skip
    assert design.claims["error"] <= 0.577350 * 1.03
    assert design.provenance.parameters["work"]["algorithm"] == algorithm


def test_swaps_keep_level_counts_of_their_start():
    study = service()
    design = made(study, normal(study), effort=QUICK.with_(algorithm="rsc", runs=2),
                  rules=Rules(balance="even", dominated=True))  # fmt: skip
    for name in study.attribute_ids:
        assert len(set(pd.Series(shown(design, name).ravel()).value_counts())) == 1


PROFILES = [
    Profile({"help": h, "wait": w, "trip": 10.0}, "A")
    for h, w in (("none", 7.0), ("chat", 30.0), ("visit", 60.0))
]
CRITERIA = {
    "D-error": Criterion("D"),
    "Ds-error": Criterion("D", nuisance=("trip",)),
    "A-error": Criterion("A"),
    "C-error": Criterion("C", trades=[("wait", "trip")]),
    "S-error": Criterion("S"),
    "G-error": Criterion("G", profiles=PROFILES),
    "I-error": Criterion("I", profiles=PROFILES),
}


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("sd", [0.0, 0.05])
def test_each_criterion_is_smallest_in_the_design_made_for_it(name, sd):
    """And every coefficient is identified, also those that the criterion does not ask for."""
    study = service()
    prior = normal(study, sd=sd)
    effort = QUICK.with_(runs=12)
    design = made(study, prior, criterion=CRITERIA[name], effort=effort, tasks=9)
    assert design.claims["criterion"] == name
    assert design.claims["singular_draws"] == 0
    other = made(study, prior, criterion="A" if name == "D-error" else "D", effort=effort, tasks=9)
    setting = {"criterion": CRITERIA[name], "tasks": 1, "fixed": other, "effort": effort}
    judged = made(study, prior, **setting).claims["error"]  # a task more than the other
    assert design.claims["error"] <= 1.15 * judged * 10 / 9


@pytest.mark.parametrize(
    ("average", "quantile"), [("median", 0.9), ("quantile", 0.8), ("log-mean", 0.9)]
)
def test_other_averages_are_reported(average, quantile):
    study = service()
    criterion = Criterion("D", average=average, quantile=quantile)
    design = made(study, normal(study), criterion=criterion)
    mean = made(study, normal(study))
    assert 0 < design.claims["error"] < 1.2 * mean.claims["error"] or average == "quantile"
    assert design.claims["draws"] == mean.claims["draws"]
    assert design.claims["error_holdout"] > 0


def test_a_belief_of_one_sign_makes_trades_possible():
    study = service()
    criterion = Criterion("C", trades=[("wait", "trip")])
    with pytest.raises(DesignError, match="worth nothing"):
        made(study, Prior.zero(Utility.main_effects(study)), criterion=criterion)
    utility = Utility.main_effects(study)
    prior = Prior.of(utility, {"trip": Belief.lognormal(0.03, 1.5, sign=-1)}, default=(0.0, 0.02))
    assert made(study, prior, criterion=criterion).claims["error"] > 0


# --- the search -----------------------------------------------------------------------------------


def endless():
    return QUICK.with_(runs=5_000, threads=2)


def test_ctrl_c_returns_the_best_so_far():
    """As at a terminal: the signal reaches the main thread while the others search."""
    lines, sent = [], []

    def watch(progress):
        lines.append(progress)
        if progress.runs >= 2 and not sent:
            sent.append(True)  # once: a second one would reach whoever runs the tests
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    study = service()
    # a process that was started in the background ignores the signal
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        design = made(study, normal(study), effort=endless(), progress=watch)
    finally:
        signal.signal(signal.SIGINT, before)
    assert design.provenance.parameters["work"]["runs"] >= 2
    assert design.claims["error"] <= min(line.error for line in lines) * (1 + 1e-5)


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_from_the_progress_line_does_the_same(threads):
    def watch(progress):
        if progress.sweeps > 40:
            raise KeyboardInterrupt

    study = service()
    design = made(study, normal(study), effort=endless().with_(threads=threads), progress=watch)
    assert design.claims["error"] > 0


def test_an_error_in_the_progress_line_ends_the_search():
    def watch(progress):
        raise ZeroDivisionError("a bug of the caller")

    with pytest.raises(ZeroDivisionError, match="a bug of the caller"):
        made(service(), effort=endless(), progress=watch)


def test_progress_is_told_and_never_rises():
    lines = []
    study = service()
    design = made(study, normal(study), progress=lines.append)
    errors = [line.error for line in lines]
    assert errors == sorted(errors, reverse=True)
    assert lines[-1].name == "D-error"
    assert errors[-1] == pytest.approx(design.claims["error"], rel=1e-5)
    assert [line.runs for line in lines] == sorted(line.runs for line in lines)


def test_the_best_few_are_different_and_in_order():
    study = service()
    found = search_designs(
        study, normal(study), tasks=12, seed=1, budget=None, rules=ANYTHING,
        effort=QUICK.with_(runs=12, keep=5),
    )  # fmt: skip
    errors = [design.claims["error"] for design in found.designs]
    assert errors == sorted(errors)
    assert 1 < len(errors) <= 5
    assert len({design.to_csv() for design in found.designs}) == len(errors)
    assert found.best in found.pareto()
    text = str(found)
    assert "D-error" in text
    assert "the whole design answered once" in text


def test_a_design_that_identifies_nothing_is_told_in_a_table_too():
    study = service()
    prior = Prior.normal(Utility.main_effects(study), {}, sd=1_000.0)
    found = search_designs(
        study, prior, tasks=12, seed=1, budget=None, rules=ANYTHING, effort=QUICK.with_(keep=2)
    )
    assert found.best.claims["error"] is None
    assert "best designs" in str(found)
    assert found.certificate.kind == "none"


# --- refused --------------------------------------------------------------------------------------


def test_everything_that_cannot_be_is_told_at_once():
    rules = Rules(balance="equal", overlap={"waiting": "none"})
    with pytest.raises(DesignError, match="The design cannot be made \\(3 problems\\)") as caught:
        made(service(), tasks=3, rules=rules)
    said = str(caught.value)
    assert "3 tasks with 2 alternatives tell at most 3 coefficients" in said
    assert "Ask for at least 4 tasks" in said
    assert "unknown balance 'equal'" in said
    assert "unknown attribute 'waiting'" in said


def test_other_refusals_have_a_cure():
    study, other = service(), service(opt_out=True)
    with pytest.raises(DesignError, match="neither a time nor a number of runs") as caught:
        made(study, effort=Effort())
    assert "budget='30s', or effort=Effort(runs=50)" in str(caught.value)
    with pytest.raises(DesignError, match="the prior belongs to another study"):
        made(study, normal(other))
    with pytest.raises(DesignError, match="prior 2 has the weight 0"):
        made(study, [(1.0, normal(study)), (0.0, normal(study))])
    with pytest.raises(DesignError, match="depends on who answers: wait_now"):
        made(channels(), normal(channels()))
    with pytest.raises(DesignError, match="weights of people 2 are not above zero"):
        made(channels(), normal(channels()), people=[{"wait_now": 5}, {"wait_now": 5, "weight": 0}])
    with pytest.raises(DesignError, match="cannot have 0 new tasks"):
        made(study, tasks=0)


def test_rules_that_no_design_keeps_name_the_culprit():
    attributes = (
        Attribute.numeric("wait", "Days", [7, 30], "day", "days", direction="-"),
        Attribute.numeric("trip", "Trip", [0, 25], "minute", "minutes", direction="-"),
    )
    with pytest.raises(DesignError) as caught:
        made(Study("s", "S", attributes), tasks=3, rules=Rules())
    said = str(caught.value)
    assert "No design keeps all the rules" in said
    assert "have to come twice" in said or "dominated" in said
    assert "Rules(repeated=True)" in said or "Rules(dominated=True)" in said


def test_the_certificate_stands_in_notes_and_claims():
    design = made(service(), effort=QUICK.with_(certificate=60.0))
    certificate = Certificate.from_dict(design.claims["certificate"])
    assert certificate.said in design.notes
    assert certificate.kind == "proof"
    assert certificate.bound <= design.claims["error"]
