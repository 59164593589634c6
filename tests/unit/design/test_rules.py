"""Rules: how they are laid out for the search, patterns of offer and ties, and cures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.efficient.rules import FREE, Rules, fewest_ties
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study


@pytest.fixture
def offices() -> Study:
    attributes = (
        Attribute.categorical("care", "Care", ["low", "mid", "high"]),
        Attribute.categorical("hours", "Hours", ["short", "long"], alternatives=("office",)),
    )
    labels = tuple(Alternative(name, name) for name in ("web", "phone", "office"))
    none = Alternative("none", "Neither", kind="opt_out")
    return Study("offices", "O", attributes, labels, opt_out=none)


def rng():
    return np.random.default_rng(1)


def problems(rules, study, tasks=12, alternatives=None):
    return "\n".join(map(str, rules.check(task_space(study, alternatives), tasks)))


@pytest.mark.parametrize(
    ("alternatives", "levels", "ties"),
    [(2, 2, 0), (3, 2, 1), (4, 2, 2), (5, 2, 4), (3, 4, 0), (5, 3, 2), (7, 3, 5), (4, 1, 6)],
)
def test_fewest_ties_by_hand(alternatives, levels, ties):
    assert fewest_ties(alternatives, levels) == ties


def packed(rules, study, tasks=12, alternatives=None, present=None):
    space = task_space(study, alternatives)
    J = len(space.slots) + (study.opt_out is not None)
    return rules.pack(space, np.ones((tasks, J)) if present is None else present)


def test_even_counts_are_exact_or_next_to_it(plain):
    """24 showings of four, three and (above the floor) two levels."""
    rules = packed(Rules(balance="even"), plain)
    for m, even in enumerate((6, 8, 12)):
        row = rules.count_row[0, m]
        levels = (4, 3, 2)[m]
        assert set(rules.count_row[:2, m]) == {row}  # both alternatives together
        assert rules.count_row[2, m] == -1  # the opt-out shows none
        assert rules.least[row, :levels].tolist() == [even] * levels
        assert rules.most[row, :levels].tolist() == [even] * levels
    rules = packed(Rules(balance="even"), plain, tasks=5)  # ten showings
    assert rules.least[rules.count_row[0, 0], :4].tolist() == [2] * 4
    assert rules.most[rules.count_row[0, 0], :4].tolist() == [3] * 4


def test_a_share_leaves_room(plain):
    rules = packed(Rules(balance=0.25, balance_of={"channel": None, "dignity": "even"}), plain)
    wait, channel, dignity = (rules.count_row[0, m] for m in range(3))
    assert (rules.least[wait, 0], rules.most[wait, 0]) == (5, 7)  # 4.5 to 7.5
    assert channel == -1
    assert (rules.least[dignity, 0], rules.most[dignity, 0]) == (12, 12)


def test_labels_are_counted_one_by_one_and_where_on_offer(offices):
    space = task_space(offices)
    present = np.ones((12, 4))
    present[:6, 1] = 0.0
    rules = Rules(balance="even").pack(space, present)
    care = rules.count_row[:3, 0]
    assert len(set(care)) == 3
    assert [int(rules.least[row, 0]) for row in care] == [4, 2, 4]
    assert rules.count_row[:3, 1].tolist()[:2] == [-1, -1]
    assert rules.least[rules.count_row[2, 1], 0] == 6


def test_without_rules_everything_is_free(plain):
    rules = packed(Rules(dominated=True, repeated=True), plain)
    assert (rules.unique, rules.dominated, rules.alike) == (0, 0, 1)
    assert (rules.count_row == -1).all()
    assert (rules.ties >= 3).all()
    assert rules.tied_attributes == 3
    assert (rules.most == FREE).all()
    assert packed(Rules(), plain).unique == 1
    assert packed(Rules(), plain).dominated == 1


def test_directions_are_those_of_the_study(plain):
    assert packed(Rules(), plain).better.tolist() == [-1, 0, 1]


@pytest.mark.parametrize(
    ("overlap", "ties", "attributes"),
    [
        ("minimal", [0, 0, 1], 3),
        ("none", [0, 0, 0], 3),
        (1, None, 1),
        ({"wait": "none", "dignity": "minimal"}, [0, None, 1], 3),
    ],
)
def test_overlap_is_laid_out(plain, overlap, ties, attributes):
    """Three alternatives; dignity shows two levels above its floor."""
    rules = packed(Rules(overlap=overlap), plain, alternatives=3)
    assert rules.tied_attributes == attributes
    for m, most in enumerate(ties or [None] * 3):
        assert rules.ties[m] == most if most is not None else rules.ties[m] >= 3


def test_a_status_quo_is_never_shown_as_an_alternative():
    attributes = (
        Attribute.categorical("a", "A", ["x", "y"]),
        Attribute.categorical("b", "B", ["x", "y"]),
    )
    quo = Alternative("now", "Now", kind="status_quo", levels={"a": "y", "b": "x"})
    study = Study("s", "S", attributes, opt_out=quo)
    assert packed(Rules(), study).status_quo.tolist() == [1, 0]


# --- patterns -------------------------------------------------------------------------------------


def test_shares_of_offer_are_met_and_leave_something_to_choose(offices):
    rules = Rules(availability={"phone": 0.5, "office": 0.75, "web": 1.0})
    present = rules.present(task_space(offices), 12, rng())
    assert present.sum(axis=0).tolist() == [12, 6, 9, 12]
    assert present.sum(axis=1).min() >= 2
    np.testing.assert_array_equal(present, rules.present(task_space(offices), 12, rng()))


def test_offer_may_be_named_task_by_task(offices):
    rules = Rules(availability=[["web"], ["web", "office"], ["phone"]])
    present = rules.present(task_space(offices), 3, rng())
    assert present.tolist() == [[1, 0, 0, 1], [1, 0, 1, 1], [0, 1, 0, 1]]


def test_attributes_vary_equally_often(two_level):
    tied = Rules(varying=2).tied(task_space(two_level), 15, rng())
    assert set(tied.sum(axis=1)) == {3}
    assert set((1 - tied).sum(axis=0)) == {6}
    assert Rules().tied(task_space(two_level), 15, rng()).sum() == 0


# --- refused --------------------------------------------------------------------------------------


def test_everything_wrong_is_told_with_where_and_cure(plain):
    rules = Rules(
        balance="equal", balance_of={"waiting": 0.2, "wait": -1.0},
        overlap={"canal": "minimal", "wait": "little"}, varying=9, availability={"A": 0.5},
    )  # fmt: skip
    said = problems(rules, plain)
    for part in (
        "unknown balance 'equal'", "unknown attribute 'waiting'", "a balance of -1 is not a share",
        "unknown attribute 'canal'", "unknown overlap 'little'", "9 of 3 attributes cannot vary",
        "alternatives without labels are always on offer", "rules, balance_of", "rules, overlap",
    ):  # fmt: skip
        assert part in said


def test_more_alternatives_than_levels_must_share_some(plain):
    said = problems(Rules(overlap="none"), plain, alternatives=3)
    assert "3 alternatives cannot all differ in 'dignity', which shows 2 levels" in said
    assert "'minimal'" in said
    assert problems(Rules(overlap="minimal"), plain, alternatives=3) == ""


def test_more_tasks_than_there_are_name_the_nearest_number():
    study = Study("s", "S", (Attribute.categorical("a", "A", ["x", "y", "z"]),))
    said = problems(Rules(), study, tasks=4)
    assert "4 different tasks are asked for, and the study allows only 3" in said
    assert "at most 3" in said
    assert problems(Rules(repeated=True), study, tasks=4) == ""


def test_wrong_offers_are_refused(offices):
    said = problems(Rules(availability={"fax": 0.5, "web": 0.0}), offices)
    assert "unknown alternative 'fax'" in said
    assert "'web' cannot be on offer in 0 of all tasks" in said
    said = problems(Rules(availability=[["web"], []]), offices, tasks=3)
    assert "availability is given for 2 of 3 tasks" in said
    assert "task 2 offers too little" in said
    assert "partial profiles need alternatives without labels" in problems(
        Rules(varying=1), offices
    )
    with pytest.raises(DesignError, match="leave nothing to choose"):
        Rules(availability={"web": 0.1, "phone": 0.1, "office": 0.1}).present(
            task_space(offices), 12, rng()
        )


@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        Rules(balance=0.25, balance_of={"a": "even"}, overlap={"a": "none"}, dominated=True),
        Rules(overlap=2, varying=3, repeated=True),
        Rules(availability={"web": 0.5}),
        Rules(availability=[["web"], ["web", "phone"]]),
    ],
)
def test_rules_come_back_from_json(rules):
    assert Rules.from_dict(json.loads(json.dumps(rules.to_dict()))) == rules
