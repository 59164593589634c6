import numpy as np
import pytest

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.value.budget import Project, budget_portfolio
from ccegov_choice.policy.value.zero_one import Limits, _by_branching, _by_looking


def test_both_ways_find_the_same_value():
    rng = np.random.default_rng(3)
    for _ in range(10):
        values, costs = rng.normal(2, 3, 14), rng.uniform(1, 9, 14)
        limits = Limits(costs[None], np.array([-np.inf]), np.array([25.0]))
        looked, branched = _by_looking(values, limits, costs), _by_branching(values, limits)
        assert values @ looked == pytest.approx(values @ branched, rel=1e-9)


def test_many_projects_are_branched_over():
    rng = np.random.default_rng(4)
    projects = [
        Project(f"p{i}", float(v), float(c)) for i, (v, c) in enumerate(rng.uniform(1, 9, (60, 2)))
    ]
    found = budget_portfolio(projects, budget=60)
    assert found.cost <= 60 + 1e-6
    # no worse than taking by value per cost, and no better than its relaxation
    ratio = sorted(projects, key=lambda p: -p.value / p.cost)
    greedy, relaxed, left = 0.0, 0.0, 60.0
    room = 60.0
    for p in ratio:
        relaxed += p.value * min(1.0, left / p.cost)
        left = max(left - p.cost, 0.0)
        if p.cost <= room:
            greedy, room = greedy + p.value, room - p.cost
    assert greedy - 1e-9 <= found.value <= relaxed + 1e-9
    assert "branch and bound" in " ".join(found.notes)


def test_rounding_of_costs_does_not_refuse_what_fits():
    projects = [Project("a", 1, 0.1), Project("b", 1, 0.2)]
    assert budget_portfolio(projects, budget=0.3).chosen == ("a", "b")


def test_of_equal_values_the_cheapest():
    projects = [Project("dear", 5, 9), Project("cheap", 5, 3, excludes=("dear",))]
    assert budget_portfolio(projects, budget=10).chosen == ("cheap",)


def test_groups_and_what_cannot_be():
    projects = [Project("a", 5, 5, group="east"), Project("b", 1, 4, group="west")]
    found = budget_portfolio(projects, budget=8, groups={"west": (1, None)})
    assert found.chosen == ("b",)
    with pytest.raises(PolicyError, match="no portfolio keeps all rules"):
        budget_portfolio(projects, budget=3, groups={"west": (1, 1)})
    many = [*projects, *(Project(f"m{i}", 1, 5) for i in range(25))]
    with pytest.raises(PolicyError, match="no portfolio keeps all rules"):
        budget_portfolio(many, budget=3, groups={"west": (1, 1)})


def test_a_portfolio_shows_itself():
    found = budget_portfolio([Project("a", 5, 5, label="A"), Project("b", 9, 40)], budget=10)
    assert found.sentence() == (
        "Pay for 'A': together worth 5 units of worth, for 5 of 10 units of the budget."
    )
    assert "<table" in found._repr_html_()
    assert found.to_frame()["chosen"].tolist() == [True, False]
    assert "Projects under the budget" in repr(found)
    assert "No project" in budget_portfolio([Project("a", -1, 1)], budget=5).sentence()


def test_all_problems_are_told_at_once():
    with pytest.raises(PolicyError) as told:
        budget_portfolio(
            [
                Project("a", float("inf"), -1, requires=("c",)),
                Project("a", 1, 1, excludes=("a",), group="east"),
            ],
            budget=-1,
            groups={"eest": (0, 1), "east": (2, 1)},
        )
    assert len(told.value.problems) == 8
    with pytest.raises(PolicyError, match="no project"):
        budget_portfolio([], budget=1)
