"""Refining: better for its own model, within the rules, the same again, never worse."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.design import measures
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.draw import draw_tasks
from ccegov_choice.design.efficient.assumed import Multinomial, Nested, PanelMixed, utility_part
from ccegov_choice.design.efficient.assumed_error import assumed_error
from ccegov_choice.design.efficient.cases import make_cases
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.evaluate import average
from ccegov_choice.design.efficient.refine import average_logs, refine
from ccegov_choice.design.efficient.rules import Rules
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

D = Criterion("D")
DIGITAL = Nested({"digital": ["web", "app"]}, 0.4)
PANEL = PanelMixed({"wait": 0.03}, draws=16, people=32)
BLOCK = np.repeat([1, 2], 6)


def channels() -> Study:
    """Two digital channels and a phone."""
    wait = Attribute.numeric("wait", "Days", [7, 14, 30, 60], "day", "days", direction="-")
    care = Attribute.categorical("care", "Care", {"low": "Low", "mid": "Mid", "high": "High"})
    names = ("web", "app", "phone")
    labels = tuple(Alternative(name, name) for name in names)
    return Study("channels", "Channels", (wait, care), alternatives=labels)


def setting(study, criterion=D, assumed=DIGITAL, tasks=12, seed=3, **prior):
    utility = Utility.main_effects(study)
    space = task_space(study)
    belief = Prior.normal(utility, {"wait": -0.03}, sd={"wait": 0.01}, **prior)
    own = utility_part(criterion, assumed)
    cases = make_cases(
        space, [(1.0, belief)], [(1.0, {})], own, draws=16, rule="spherical-radial", seed=1
    )
    rng = np.random.default_rng(seed)
    return space, cases, draw_tasks(space, tasks, rng, minimal_overlap=False, balanced=True)


@pytest.fixture(scope="module")
def start():
    """A design that no exchange improves for the multinomial logit: the best of four starts."""
    study = channels()
    found = []
    for seed in range(4):
        space, cases, codes = setting(study, seed=seed)
        found.append(refine(space, cases, Multinomial(), D, codes, block=BLOCK))
    assert all(item.rest for item in found)
    best = min(found, key=lambda item: item.error)
    return space, cases, best.codes


@pytest.mark.parametrize("assumed", [DIGITAL, PANEL])
def test_a_design_is_better_for_the_model_it_is_made_for(start, assumed):
    space, cases, codes = start
    refined = refine(space, cases, assumed, D, codes, block=BLOCK)
    assert refined.rest
    assert refined.moves > 0
    assert refined.error < 0.995 * refined.start
    for shown, told in ((codes, refined.start), (refined.codes, refined.error)):
        again = assumed_error(space, cases, assumed, D, shown, block=BLOCK).value
        assert again == pytest.approx(told, rel=1e-12)
    # and worse for the model of the start, which was at rest
    back = assumed_error(space, cases, Multinomial(), D, refined.codes, block=BLOCK).value
    assert back > assumed_error(space, cases, Multinomial(), D, codes, block=BLOCK).value


def test_what_simulation_finds_holds_with_other_people(start):
    space, cases, codes = start
    panel = PanelMixed({"wait": 0.05, "asc[app]": 1.5}, draws=32, people=64)
    refined = refine(space, cases, panel, D, codes, block=BLOCK)
    before, after = (
        assumed_error(space, cases, panel.holdout, D, shown, block=BLOCK).value
        for shown in (codes, refined.codes)
    )
    assert after < before


@pytest.mark.parametrize("assumed", [DIGITAL, PANEL])
def test_the_same_again_and_in_parts(start, assumed):
    space, cases, codes = start
    whole = refine(space, cases, assumed, D, codes, block=BLOCK, sweeps=2, seed=9)
    twice = refine(space, cases, assumed, D, codes, block=BLOCK, visits=whole.visits, seed=9)
    threads = refine(space, cases, assumed, D, codes, block=BLOCK, sweeps=2, seed=9, threads=2)
    for other in (twice, threads):
        np.testing.assert_array_equal(other.codes, whole.codes)
        assert other.error == whole.error
        assert other.work == whole.work
    timed = refine(space, cases, assumed, D, codes, block=BLOCK, seconds=0.02, seed=9)
    replayed = refine(
        space, cases, assumed, D, codes, block=BLOCK, visits=timed.work["visits"], seed=9
    )
    np.testing.assert_array_equal(timed.codes, replayed.codes)


def test_more_work_never_makes_it_worse(start):
    space, cases, codes = start
    found = [
        refine(space, cases, DIGITAL, D, codes, block=BLOCK, visits=visits)
        for visits in (0, 1, 4, 12, 40)
    ]
    np.testing.assert_array_equal(found[0].codes, codes)
    assert found[0].error == found[0].start
    assert all(b.error <= a.error for a, b in pairwise(found))


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 1000),
    kind=st.sampled_from(["D", "A", "S"]),
    how=st.sampled_from(["mean", "log-mean", "median", "quantile"]),
    assumed=st.sampled_from([DIGITAL, PANEL]),
)
def test_it_never_ends_worse_than_it_starts(seed, kind, how, assumed):
    criterion = Criterion(kind, how)
    space, cases, codes = setting(channels(), criterion, assumed, seed=seed)
    refined = refine(space, cases, assumed, criterion, codes, block=BLOCK, visits=8, seed=seed)
    assert refined.error <= refined.start


def test_constraints_and_rules_are_kept(constrained):
    rules = Rules(balance=0.5, overlap={"channel": "none"})
    utility = Utility.main_effects(constrained)
    space = task_space(constrained, 2)
    prior = Prior.normal(utility, {"wait": -0.03, "channel[phone]": 0.4})
    cases = make_cases(space, [(1.0, prior)], [(1.0, {})], D, draws=1, rule="sobol", seed=1)
    # of some starts, one that keeps the rules
    for seed in range(50):
        rng = np.random.default_rng(seed)
        codes = draw_tasks(space, 12, rng, minimal_overlap=True, balanced=True)
        if not measures.dominated(space, codes):
            break
    packed = rules.pack(space, np.ones((12, 3)))
    nested = Nested({"any": "alternatives"}, 0.4)
    refined = refine(space, cases, nested, D, codes, block=BLOCK, rules=packed)
    assert refined.error < refined.start
    assert refined.moves > 0
    for j, slot in enumerate(space.slots):
        assert slot.allows(refined.codes[:, j]).all()
    assert not measures.dominated(space, refined.codes)
    assert not measures.repeated_tasks(space, refined.codes)
    channel = refined.codes[:, :, 1]
    assert (channel[:, 0] != channel[:, 1]).all()
    for m, count in enumerate(space.level_counts):
        shown = np.bincount(refined.codes[:, :, m].ravel(), minlength=count)
        assert shown.min() >= 0.5 * 24 / count
        assert shown.max() <= 1.5 * 24 / count


def test_fixed_tasks_and_tied_attributes_stay(two_level):
    with_none = Study(
        "two", "Two", two_level.attributes, opt_out=Alternative("none", "None", kind="opt_out")
    )
    space = task_space(with_none, 2)
    prior = Prior.normal(Utility.main_effects(with_none), {"a0[yes]": 0.5})
    cases = make_cases(space, [(1.0, prior)], [(1.0, {})], D, draws=1, rule="sobol", seed=1)
    codes = draw_tasks(space, 12, np.random.default_rng(4), minimal_overlap=False, balanced=True)
    codes[:, 1, 0] = codes[:, 0, 0]
    codes[:, 1, 1] = 1 - codes[:, 0, 1]
    tied = np.zeros((12, 5), np.int64)
    tied[:, 0] = 1
    nested = Nested({"any": "alternatives"}, 0.4)
    refined = refine(space, cases, nested, D, codes, block=BLOCK, tied=tied, fixed=3)
    assert refined.moves > 0
    np.testing.assert_array_equal(refined.codes[:3], codes[:3])
    np.testing.assert_array_equal(refined.codes[:, :, 0], codes[:, :, 0])
    still = refine(space, cases, nested, D, codes, block=BLOCK, fixed=12)
    assert (still.moves, still.visits) == (0, 0)


def test_alternatives_that_are_not_on_offer(start):
    space, cases, codes = start
    present = np.ones((12, 3))
    present[:4, 1] = 0.0
    refined = refine(space, cases, DIGITAL, D, codes, block=BLOCK, present=present, sweeps=2)
    assert refined.error < refined.start
    np.testing.assert_array_equal(refined.codes[:4, 1], codes[:4, 1])


def test_added_parameters_may_be_a_nuisance(start):
    space, _, codes = start
    criterion = Criterion("D", nuisance=("dissimilarity[digital]", "asc[app]"))
    _, cases, _ = setting(space.study, criterion)
    refined = refine(space, cases, DIGITAL, criterion, codes, block=BLOCK, sweeps=2)
    all_matter = refine(space, cases, DIGITAL, D, codes, block=BLOCK, sweeps=2)
    assert refined.error < refined.start
    other = assumed_error(space, cases, DIGITAL, criterion, all_matter.codes, block=BLOCK).value
    assert refined.error <= other


@pytest.mark.parametrize("how", ["mean", "log-mean", "median", "quantile"])
def test_averages_of_logarithms_are_those_of_errors(how):
    rng = np.random.default_rng(8)
    logs, weights = rng.normal(size=(9, 3)), rng.dirichlet(np.ones(9))
    criterion = Criterion("D", how)
    found = np.exp(average_logs(logs, weights, criterion))
    expected = [average(np.exp(column), weights, criterion).value for column in logs.T]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_progress_is_told(start, monkeypatch):
    monkeypatch.setattr("ccegov_choice.design.efficient.refine.GLANCE", 0.0)
    space, cases, codes = start
    lines = []
    refine(space, cases, DIGITAL, D, codes, block=BLOCK, visits=5, watch=lines.append)
    assert len(lines) == 5
    assert "D-error" in str(lines[-1])
    assert all(b.error <= a.error for a, b in pairwise(lines))


def test_an_interrupt_keeps_what_was_found(start):
    space, cases, codes = start

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ccegov_choice.design.efficient.refine.GLANCE", 0.0)
        cut = refine(space, cases, DIGITAL, D, codes, block=BLOCK, watch=stop)
    assert cut.visits == 1
    one = refine(space, cases, DIGITAL, D, codes, block=BLOCK, visits=1)
    np.testing.assert_array_equal(cut.codes, one.codes)


def test_bad_input_is_one_error(start):
    space, cases, codes = start

    def problems_of(assumed=DIGITAL, criterion=D, block=BLOCK, **more):
        with pytest.raises(DesignError) as caught:
            refine(space, cases, assumed, criterion, codes, block=block, **more)
        return [problem.problem for problem in caught.value.problems]

    assert problems_of(PanelMixed({"wiat": 1.0})) == ["unknown coefficient 'wiat'"]
    assert problems_of(block=np.ones(3), present=np.ones((2, 3))) == [
        "blocks are given for 3 of 12 tasks",
        "what is on offer is given for 2 of 12 tasks",
    ]
    assert problems_of(sweeps=-1, seconds=-2.5) == [
        "sweeps = -1 is below 0",
        "seconds = -2.5 is below 0",
    ]
    every = (*cases[0].coding.utility.names, "dissimilarity[digital]")
    assert problems_of(criterion=Criterion("D", nuisance=every)) == [
        "every parameter is called a nuisance"
    ]
    wrong = Criterion("D", nuisance=("dissimilarity[web]",))
    assert problems_of(criterion=wrong) == ["unknown coefficient 'dissimilarity[web]'"]
