"""Specifications of the model a design is made for, and the error of a design under it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.draw import draw_tasks
from ccegov_choice.design.efficient.assumed import (
    Multinomial,
    Nested,
    PanelMixed,
    assumed_from_dict,
    require_fit,
    utility_part,
)
from ccegov_choice.design.efficient.assumed_error import assumed_error, assumed_information
from ccegov_choice.design.efficient.cases import make_cases
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.encoding import rows_of
from ccegov_choice.design.efficient.evaluate import evaluate
from ccegov_choice.design.efficient.information import CodedTasks
from ccegov_choice.errors import DesignError
from ccegov_choice.study.utility import Utility

ANY = {"any": "alternatives"}


def problems_of(call):
    with pytest.raises(DesignError) as caught:
        call()
    return [problem.problem for problem in caught.value.problems]


@pytest.fixture
def problem(plain):
    """Twelve tasks for an unlabelled study in two blocks."""
    utility = Utility.main_effects(plain)
    space = task_space(plain, 2)
    prior = Prior.normal(utility, {"wait": -0.03, "channel[phone]": 0.4}, sd={"wait": 0.01})
    codes = draw_tasks(space, 12, np.random.default_rng(3), minimal_overlap=True, balanced=True)
    return space, prior, codes, np.repeat([1, 2], 6)


def cases_of(space, prior, criterion="D", draws=16, person=None):
    read = Criterion.read(criterion)
    return make_cases(
        space, [(1.0, prior)], [(1.0, person or {})], read,
        draws=draws, rule="spherical-radial", seed=1,
    )  # fmt: skip


# --- specifications -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "assumed",
    [
        Multinomial(),
        Nested({"digital": ["web", "app"], "human": ("phone", "office")}, 0.5),
        Nested(ANY, {"any": 0.7}, estimate_dissimilarity=False),
        PanelMixed({"wait": 0.02}),
        PanelMixed({"a": 1, "b": 2}, 32, 96, 7, {("a", "b"): -0.5}),
    ],
)
def test_specifications_come_back_from_json(assumed):
    back = assumed_from_dict(json.loads(json.dumps(assumed.to_dict())))
    assert back.to_dict() == assumed.to_dict()
    assert type(back) is type(assumed)


def test_nothing_recorded_is_the_multinomial_logit():
    assert assumed_from_dict(None) == Multinomial()
    assert problems_of(lambda: assumed_from_dict({"model": "nestd"})) == [
        "unknown model that a design is made for 'nestd'"
    ]


def test_names_of_what_a_model_adds():
    nested = Nested({"digital": ["web", "app"]}, 0.5)
    assert nested.added == ("dissimilarity[digital]",)
    assert Nested({"digital": ["web", "app"]}, estimate_dissimilarity=False).added == ()
    assert PanelMixed({"wait": 0.02, "cost": 1}).added == ("sd[wait]", "sd[cost]")
    assert Multinomial().added == ()
    assert "digital 0.5" in nested.said


def test_all_problems_of_a_nested_logit_are_listed():
    found = problems_of(
        lambda: Nested({"a": ["web", "app"], "b": ["web"], "c": "web"}, {"a": 1.5, "d": 0.5})
    )
    assert found == [
        "nest 'c' is 'web'",
        "unknown nest 'd'",
        "nest 'b' has none",
        "nest 'c' has none",
        "1.5 for a is not between 0 and 1",
        "'web' is in a nest more than once",
    ]
    assert problems_of(lambda: Nested({})) == ["no nest is named"]


def test_all_problems_of_a_panel_mixed_logit_are_listed():
    found = problems_of(
        lambda: PanelMixed(
            {"a": 0.0, "b": -1}, draws=2, people=100, seed=-1, correlation={("a", "c"): 0.5}
        )
    )
    assert found == [
        "the sd of 'a' is 0",
        "the sd of 'b' is -1",
        "draws = 2 is below 8",
        "seed = -1 is below 0",
        "unknown random coefficient 'c'",
    ]
    assert problems_of(lambda: PanelMixed({}, draws=64, people=100)) == [
        "no coefficient differs between people",
        "people = 100 is not a multiple of draws = 64",
    ]
    triple = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}
    found = problems_of(lambda: PanelMixed({"a": 1, "b": 1, "c": 1}, correlation=triple))
    assert found == ["these correlations cannot occur together"]
    found = problems_of(lambda: PanelMixed({"a": 1}, correlation={("a", "a"): 0.5}))
    assert found == ["'a' is correlated with itself"]


def test_holdout_has_other_and_more_draws():
    holdout = PanelMixed({"a": 1.0}, draws=64, people=128, seed=3).holdout
    assert (holdout.draws, holdout.people, holdout.seed) == (512, 1024, 4)


def test_the_root_of_the_correlation():
    root = PanelMixed({"a": 1, "b": 2}, correlation={("a", "b"): 0.6}).root
    np.testing.assert_allclose(root @ root.T, [[1, 0.6], [0.6, 1]], atol=1e-14)


# --- against a study ------------------------------------------------------------------------------


def test_nests_of_labelled_alternatives(labelled):
    space, utility = task_space(labelled), Utility.main_effects(labelled)
    nested = Nested({"now": ["phone", "today"]}, 0.3)
    require_fit(nested, space, utility)
    nest, dissimilarity, column = nested.places(space, 4)
    assert nest.tolist() == [1, 0, 0]
    assert dissimilarity.tolist() == [0.3, 1.0]
    assert column.tolist() == [4, -1]
    wrong = Nested({"x": ["web", "fone"], "y": ["today"]})
    assert problems_of(lambda: require_fit(wrong, space, utility)) == ["unknown alternative 'fone'"]
    wrong = Nested({"y": ["today"]})
    found = problems_of(lambda: require_fit(wrong, space, utility))
    assert found == ["a nest of 1 has no dissimilarity"]
    wrong = Nested({"x": ["web", "phone", "today"]})
    found = problems_of(lambda: require_fit(wrong, space, utility))
    assert found == ["a nest of all alternatives only changes the scale of the utility"]
    wrong = Nested({"x": "alternatives", "y": ["web", "today"]})
    found = problems_of(lambda: require_fit(wrong, space, utility))
    assert found == ["'web' is in a nest more than once"]


def test_alternatives_without_labels_form_one_nest(plain, two_level):
    space, utility = task_space(plain, 3), Utility.main_effects(plain)
    require_fit(Nested(ANY), space, utility)
    assert Nested(ANY).places(space, 5)[0].tolist() == [0, 0, 0, 1]
    wrong = Nested({"x": ["A", "B"]})
    found = problems_of(lambda: require_fit(wrong, space, utility))
    assert found == ["alternatives without labels cannot be parted between nests"]
    space, utility = task_space(two_level, 2), Utility.main_effects(two_level)
    found = problems_of(lambda: require_fit(Nested(ANY), space, utility))
    assert found == ["a nest of all alternatives only changes the scale of the utility"]


def test_random_coefficients_have_to_exist(plain):
    space, utility = task_space(plain, 2), Utility.main_effects(plain)
    found = problems_of(lambda: require_fit(PanelMixed({"wait": 1, "wiat": 1}), space, utility))
    assert found == ["unknown coefficient 'wiat'"]


def test_the_part_of_a_criterion_that_a_utility_knows():
    criterion = Criterion("D", nuisance=("wait", "sd[wait]"))
    assert utility_part(criterion, PanelMixed({"wait": 1})).nuisance == ("wait",)
    assert utility_part(criterion, Multinomial()).nuisance == ("wait", "sd[wait]")


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["D", "A"])
@pytest.mark.parametrize("average", ["mean", "log-mean", "median"])
def test_the_multinomial_logit_has_its_usual_error(problem, kind, average):
    space, prior, codes, block = problem
    criterion = Criterion(kind, average)
    cases = cases_of(space, prior, criterion)
    present = np.ones((12, 3))
    found = assumed_error(space, cases, Multinomial(), criterion, codes, block=block)
    usual = evaluate(cases, criterion, codes, present)
    assert found.value == pytest.approx(usual.value, rel=1e-10)
    np.testing.assert_allclose(found.errors, usual.errors, rtol=1e-10)


def test_what_is_added_counts_unless_it_is_a_nuisance(problem):
    space, prior, codes, block = problem
    nested = Nested(ANY, 0.5)
    cases = cases_of(space, prior, draws=1)
    matrix = assumed_information(space, cases[0], nested, codes, block=block)[0]
    covariance, K = np.linalg.inv(matrix), prior.utility.size
    assert matrix.shape == (K + 1, K + 1)
    found = assumed_error(space, cases, nested, Criterion("D"), codes, block=block).errors[0]
    assert found == pytest.approx(np.linalg.det(covariance) ** (1 / (K + 1)), rel=1e-9)
    without = Criterion("D", nuisance=nested.added)
    found = assumed_error(space, cases, nested, without, codes, block=block).errors[0]
    assert found == pytest.approx(np.linalg.det(covariance[:K, :K]) ** (1 / K), rel=1e-9)
    cases = cases_of(space, prior, "A", draws=1)
    found = assumed_error(space, cases, nested, Criterion("A"), codes, block=block).errors[0]
    assert found == pytest.approx(np.trace(covariance[:K, :K]) / K, rel=1e-9)


def test_tastes_that_hardly_differ_are_the_multinomial_logit(problem):
    """What is lost to simulation is of second order in the sd: 1e-4 of a utility, squared."""
    space, prior, codes, block = problem
    case = cases_of(space, prior, draws=1)[0]
    K = prior.utility.size
    ranges = case.coding.ranges
    # a deviation of at most four sd, over six tasks, of a utility difference of 1e-4 at most
    panel = PanelMixed({"wait": 1e-4 / ranges[0], "channel[phone]": 1e-4}, 16, 32)
    assert prior.names[0] == "wait"
    found = assumed_information(space, case, panel, codes, block=block)[0][:K, :K]
    tasks = CodedTasks(rows_of(case.coding, codes), np.ones((12, 3)), prior.names)
    expected = tasks.information(case.values[0])
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert (np.abs(found - expected) / size).max() < 1e-2 * 1e-4
    # tastes that differ tell less about their mean
    panel = PanelMixed({"wait": 0.05, "channel[phone]": 1.0}, 64, 256)
    wide = np.diag(assumed_information(space, case, panel, codes, block=block)[0])[:2]
    assert (wide < 0.9 * np.diag(expected)[:2]).all()


def test_blocks_are_answered_by_different_people(problem):
    """What a block tells does not depend on the other; and answers of one person overlap."""
    space, prior, codes, block = problem
    case = cases_of(space, prior, draws=1)[0]
    panel = PanelMixed({"wait": 0.05}, 16, 32)

    def told(first, second, block=block):
        shown = np.concatenate((first, second))
        return assumed_information(space, case, panel, shown, block=block)[0]

    a, b, c, d = codes[:6], codes[6:], codes[5::-1], codes[:5:-1]
    np.testing.assert_allclose(told(a, b) + told(c, d), told(a, d) + told(c, b), rtol=1e-12)
    # answers of different people tell more about means than those of one
    mixed, joined = told(a, b, np.arange(12)), told(a, b, np.ones(12))
    assert mixed[0, 0] > told(a, b)[0, 0] > joined[0, 0]


def test_a_design_that_cannot_tell_is_infinitely_bad(problem):
    space, prior, codes, block = problem
    cases = cases_of(space, prior)
    same = np.repeat(codes[:1], 12, axis=0)
    found = assumed_error(space, cases, Nested(ANY), Criterion("D"), same, block=block)
    assert np.isinf(found.value)
    assert found.singular == len(cases[0].weights)


def test_people_with_levels_of_their_own(labelled):
    space, utility = task_space(labelled), Utility.main_effects(labelled)
    prior = Prior.normal(utility, {"wait": -0.1})
    codes = draw_tasks(space, 8, np.random.default_rng(1), minimal_overlap=False, balanced=True)
    cases = cases_of(space, prior, person={"wait_now": 10.0})
    nested = Nested({"now": ["web", "phone"]}, 0.999999999)
    block = np.ones(8, dtype=np.int64)
    fixed = Nested({"now": ["web", "phone"]}, 1.0, estimate_dissimilarity=False)
    one = assumed_error(space, cases, fixed, Criterion("D"), codes, block=block)
    usual = evaluate(cases, Criterion("D"), codes, np.ones((8, 3)))
    assert one.value == pytest.approx(usual.value, rel=1e-10)
    near = assumed_information(space, cases[0], nested, codes, block=block)[0]
    far = assumed_information(space, cases[0], fixed, codes, block=block)[0]
    np.testing.assert_allclose(near[:-1, :-1], far, rtol=1e-6, atol=1e-8)
