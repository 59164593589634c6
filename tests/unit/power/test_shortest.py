"""The shortest survey that suffices is that of trying everything."""

import itertools
import json

import pandas as pd
import pytest

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.errors import DesignError, TradeOffError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.power.grid import Grid, TimeBudget
from ccegov_choice.power.narrow import attribute_choices, narrow_prior, narrow_study
from ccegov_choice.power.plan import plan_sample
from ccegov_choice.power.settings import FieldConditions, Goal
from ccegov_choice.power.shortest import blocked_random_design, shortest_sufficient_survey
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

TRADES = [("help: none -> person", "wait")]
GRID = Grid([3, 4, 6], [40, 60, 90, 140, 200, 300])


@pytest.fixture(scope="module")
def prior(model, truth):
    return Prior.normal(model.utility, truth)


def brute_force(study, prior, budget, grid, goal, field, seed):
    """Plan every combination, with nothing of the search but its designs."""
    fits = []
    for (position, shown), tasks in itertools.product(enumerate(grid.attribute_sets), grid.tasks):
        per_task = budget.seconds + budget.seconds_per_attribute * len(shown)
        minutes = tasks * per_task / 60
        if minutes > budget.minutes:
            continue
        narrow, _ = narrow_study(study, shown)
        belief = narrow_prior(prior, narrow)
        plan = plan_sample(
            blocked_random_design(narrow, tasks, seed),
            Logit(belief.utility),
            belief,
            people=grid.people,
            trades=TRADES,
            goal=goal,
            field=field,
            seed=seed,
        )
        for place, people in enumerate(grid.people):
            powers = [a.at[place].power for a in plan.answers if a.kind == "trade"]
            total = round(people * minutes, 6)
            if min(powers) >= goal.power and total <= 60 * (budget.total_hours or 1e9):
                fits.append((total, people, position, tasks))
    return min(fits)


@pytest.mark.parametrize(
    ("sd", "seed", "budget", "goal", "field"),
    [
        (0.0, 1, TimeBudget(5), Goal(0.8), FieldConditions()),
        (0.0, 2, TimeBudget(5), Goal(0.8), FieldConditions()),
        (0.0, 3, TimeBudget(2.0, total_hours=6), Goal(0.7, 0.9), FieldConditions(dropout=0.1)),
        (0.0, 4, TimeBudget(2.0, total_hours=6), Goal(0.7, 0.9), FieldConditions()),
        # every task takes the same time, so that many totals tie
        (0.0, 5, TimeBudget(9, seconds=60, seconds_per_attribute=0), Goal(0.9), FieldConditions()),
        (0.0, 6, TimeBudget(9, seconds=60, seconds_per_attribute=0), Goal(0.6), FieldConditions()),
        (0.0, 7, TimeBudget(9, seconds_per_attribute=30), Goal(), FieldConditions(inattentive=0.1)),
        (0.02, 8, TimeBudget(9, seconds_per_attribute=30), Goal(0.75), FieldConditions()),
    ],
)
def test_it_is_that_of_trying_everything(
    study, model, truth, sd, seed, budget, goal, field, monkeypatch
):
    monkeypatch.setattr("ccegov_choice.power.truth.PRIOR_DRAWS", 32)
    prior = Prior.normal(model.utility, truth, sd=sd)
    sets = attribute_choices(study, ["channel"])
    grid = Grid(GRID.tasks, [40, 60, 80, 90, 120, 160, 240, 400, 800], sets)
    best = brute_force(study, prior, budget, grid, goal, field, seed)
    found = shortest_sufficient_survey(
        study, prior, trades=TRADES, budget=budget, grid=grid, goal=goal, field=field, seed=seed
    )
    total = round(found.total_minutes, 6)
    assert (total, found.people, sets.index(found.attributes), found.tasks) == best
    assert found.evaluated < found.combinations == 54
    assert min(found.powers.values()) >= goal.power


def test_the_answer_can_be_read(study, prior):
    found = shortest_sufficient_survey(
        study, prior, trades=TRADES, budget=TimeBudget(2), grid=GRID, seed=1
    )
    assert f"{found.tasks} tasks to {found.people:,} people" in found.sentence()
    assert "replace this by what a pilot measures" in found.notes[-1]
    verdicts = [c.verdict for c in found.candidates]
    assert verdicts.count("suffices and is the shortest") == 1
    assert "takes longer than 2 minutes" in verdicts
    assert f"{found.evaluated} of 18 combinations were computed" in found.table().notes[0]
    assert "<caption>" in found._repr_html_()
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["people"] == found.people
    assert found.design.tasks / found.design.blocks == found.tasks


def test_when_nothing_suffices_it_says_what_would(study, prior):
    with pytest.raises(DesignError) as raised:
        shortest_sufficient_survey(
            study, prior, trades=TRADES, budget=TimeBudget(9), grid=Grid([4], [20, 30]), seed=1
        )
    text = str(raised.value)
    assert "no survey of the grid shows every trade with a power of 80%" in text
    assert "3 attributes, 4 tasks and 30 people" in text
    needed = int(text.partition("Ask ")[2].partition(" people")[0])
    enough = shortest_sufficient_survey(
        study, prior, trades=TRADES, budget=TimeBudget(9), grid=Grid([4], [needed]), seed=1
    )
    assert enough.people == needed
    with pytest.raises(DesignError):
        shortest_sufficient_survey(
            study, prior, trades=TRADES, budget=TimeBudget(9), grid=Grid([4], [needed - 1]), seed=1
        )


def test_when_nobody_has_the_time_it_says_so(study, prior):
    with pytest.raises(DesignError, match=r"takes longer than 0\.5 minutes") as raised:
        shortest_sufficient_survey(study, prior, trades=TRADES, budget=TimeBudget(0.5), grid=GRID)
    assert "The shortest takes a person 1.1 minutes" in str(raised.value)
    with pytest.raises(DesignError, match=r"even 40 people take more than 0\.1 hours"):
        shortest_sufficient_survey(
            study, prior, trades=TRADES, budget=TimeBudget(9, 0.1), grid=GRID
        )


def test_a_maker_that_fails_is_named(study, prior):
    def never(narrow, tasks, seed):
        raise DesignError("no such tasks", cure="None.")

    with pytest.raises(DesignError, match="no design: no such tasks") as raised:
        shortest_sufficient_survey(
            study, prior, trades=TRADES, budget=TimeBudget(9), grid=GRID, make=never
        )
    assert "another maker" in str(raised.value)

    def short(narrow, tasks, seed):
        return blocked_random_design(narrow, tasks - 1, seed)

    with pytest.raises(DesignError, match="would answer 3 tasks instead of 4"):
        shortest_sufficient_survey(
            study, prior, trades=TRADES, budget=TimeBudget(9), grid=Grid([4], [50]), make=short
        )


def test_errors_list_everything(study, prior, model):
    grid = Grid([0], [], [("wait", "hlp"), ("help", "help", "wait")])
    with pytest.raises(DesignError) as raised:
        shortest_sufficient_survey(study, prior, trades=TRADES, budget=TimeBudget(5), grid=grid)
    words = ["5 problems", "tasks 0", "people (none)", "'hlp'", "a trade needs it", "comes twice"]
    assert all(word in str(raised.value) for word in words), str(raised.value)
    with pytest.raises(TradeOffError, match="'persn'"):
        shortest_sufficient_survey(
            study, prior, trades=[("help: persn", "wait")], budget=TimeBudget(5), grid=GRID
        )
    with pytest.raises(DesignError, match="no trade is asked for"):
        shortest_sufficient_survey(study, prior, trades=[], budget=TimeBudget(5), grid=GRID)
    other = Study("other", "Other", study.attributes, numeraires=study.numeraires)
    with pytest.raises(DesignError, match="another study"):
        shortest_sufficient_survey(other, prior, trades=TRADES, budget=TimeBudget(5), grid=GRID)
    with pytest.raises(DesignError) as raised:
        TimeBudget(0, -1, 0, -2)
    assert "4 problems" in str(raised.value)
    with pytest.raises(DesignError, match="unknown attribute 'chanel'"):
        attribute_choices(study, ["chanel"])


def test_a_narrower_study_keeps_what_is_left():
    wait = Attribute.numeric("wait", "Wait", [5, 10], "day", "days", direction="-")
    help_ = Attribute.ordered("help", "Help", ["none", "person"], direction="+")
    channel = Attribute.categorical("channel", "Channel", ["web", "phone"])
    study = Study(
        "claim",
        "A claim",
        (wait, help_, channel),
        opt_out=Alternative("today", "As today", kind="status_quo",
                            levels={"wait": 10, "help": "none", "channel": "web"}),
        constraints=(Forbidden({"channel": "web", "help": "person"}), Forbidden({"wait": 5, "help": "person"})),
        numeraires=(Numeraire("wait"), ),
    )  # fmt: skip
    narrow, notes = narrow_study(study, ["wait", "help"])
    assert narrow.attribute_ids == ("wait", "help")
    assert narrow.opt_out.levels == {"wait": 10.0, "help": "none"}
    assert len(narrow.constraints) == 1
    assert notes == (
        "left out: channel",
        "a constraint names what is left out, and no longer holds",
    )
    assert narrow.check() == ()
    utility = Utility("wait*channel + help + asc", study)
    covariance = 0.01 * (
        0.5 + 0.5 * pd.DataFrame(index=range(5), columns=range(5)).isna().to_numpy()
    )
    prior = Prior.normal(utility, {"wait": -0.1, "help[person]": 0.5}, covariance=covariance + 0.01)
    left = narrow_prior(prior, narrow)
    assert left.names == ("wait", "help[person]", "asc[today]")
    assert left.mean["help[person]"] == 0.5
    assert left.correlation.shape == (3, 3)


def test_attribute_choices_leave_out_every_subset(study):
    assert attribute_choices(study, ["channel", "help"]) == (
        ("wait", "help", "channel"),
        ("wait", "channel"),
        ("wait", "help"),
        ("wait",),
    )
