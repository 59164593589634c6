"""Planted careless answers are found, all of them and nobody else; nobody is dropped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice._table import Absent
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.quality.both_ways import with_and_without
from ccegov_choice.data.quality.flags import quality_flags
from ccegov_choice.data.quality.rules import by_chance
from ccegov_choice.design.extra_tasks import with_repeat
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DataError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

PEOPLE = 200
PLANTED = {
    "too_fast": range(0, 20),
    "straight_lining": range(15, 45),
    "dominated": range(50, 66),
    "repeat_disagrees": range(80, 105),
    "always_opts_out": range(110, 122),
    "protest": range(118, 136),
}


@pytest.fixture(scope="module")
def study():
    return Study(
        "claim",
        "A claim",
        (
            Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
            Attribute.ordered(
                "help",
                "Help",
                {"none": "None", "chat": "A chat", "person": "A person"},
                direction="+",
            ),
        ),
        opt_out=Alternative("none", "I would not claim", kind="opt_out"),
    )


def _tasks(kind):
    """Eight tasks of two options: (wait, help) each; the last two repeat the first two, swapped."""
    rng = np.random.default_rng(kind)
    tasks = []
    for _ in range(5):
        waits = rng.permutation([2, 10, 20, 40])[:2]
        quick, slow = int(waits.min()), int(waits.max())
        pair = [(quick, "chat"), (slow, "person")]
        tasks.append(pair if rng.random() < 0.5 else pair[::-1])
    tasks.append([(10, "person"), (20, "none")])  # the second is beaten
    return [*tasks, tasks[0][::-1], tasks[1][::-1]]


@pytest.fixture(scope="module")
def frame():
    """Everybody prefers the quicker option, except where something is planted."""
    rows = []
    for person in range(PEOPLE):
        tasks = _tasks(0)
        for t, options in enumerate(tasks):
            best = 0 if options[0][0] < options[1][0] else 1
            pick, seconds, reason = best, 20.0 + person % 7, ""
            if person in PLANTED["straight_lining"]:
                pick = 1
            if person in PLANTED["dominated"] and t == 5:
                pick = 1 - best
            if person in PLANTED["repeat_disagrees"] and t == 6:
                pick = 1 - best
            if person in PLANTED["too_fast"]:
                seconds = 2.0
            if person in PLANTED["always_opts_out"] or (person in PLANTED["protest"] and t == 2):
                pick = 2
            if person in PLANTED["protest"] and t == 2:
                reason = "no_sharing"
            names = ["A", "B", "none"]
            for j, option in enumerate([*options, (None, None)]):
                rows.append((person, t, names[j], option[0], option[1], j == pick, seconds, reason))
    columns = ["person", "task", "alternative", "wait", "help", "chosen", "seconds", "reason"]
    made = pd.DataFrame(rows, columns=columns)
    return made.assign(mode=np.where(made["person"] % 4 == 0, "phone", "web"))


@pytest.fixture(scope="module")
def data(frame, study):
    return ChoiceData.from_long(frame, study=study, covariates=["mode"])


@pytest.fixture(scope="module")
def flags(data):
    return quality_flags(data, protest=["no_sharing"])


@pytest.mark.parametrize("flag", ["too_fast", "always_opts_out", "protest"])
def test_all_that_was_planted_and_nothing_else_is_flagged(flags, flag):
    found = np.flatnonzero(flags.flags[flag].fillna(False))
    assert list(found) == list(PLANTED[flag])


def test_straight_lining_is_found_among_those_who_chose_often_enough(flags, data):
    found = flags.flags["straight_lining"]
    assert list(np.flatnonzero(found.fillna(False))) == list(PLANTED["straight_lining"])
    # who always opts out has no place, so that nothing can be said
    assert found.isna().sum() == len(PLANTED["always_opts_out"])
    # everybody else chose eight (once seven) times among two
    opted_once = len(set(PLANTED["protest"]) - set(PLANTED["always_opts_out"]))
    judged = PEOPLE - len(PLANTED["always_opts_out"])
    expected = ((judged - opted_once) * 2**-7 + opted_once * 2**-6) / judged
    assert by_chance(data, 6) == pytest.approx(expected)


def test_dominated_choices_are_found_where_they_were_made(flags):
    # straight-liners take the second option in the task where the first beats it, too
    planted = {*PLANTED["dominated"], *PLANTED["straight_lining"]}
    assert set(np.flatnonzero(flags.flags["dominated"].fillna(False))) == planted


def test_disagreement_with_oneself_is_found(flags):
    found = set(np.flatnonzero(flags.flags["repeat_disagrees"].fillna(False)))
    # a straight-liner disagrees with themself as the repetition is swapped
    assert found == {*PLANTED["repeat_disagrees"], *PLANTED["straight_lining"]}


def test_rates_are_those_planted(flags):
    rates = flags.rates().set_index("flag")
    assert rates.loc["too_fast", "share"] == 20 / 200
    assert rates.loc["protest", "flagged"] == 18
    everybody = set().union(*PLANTED.values())
    assert rates.loc["any", "flagged"] == len(everybody)
    by_mode = flags.rates("mode").set_index(["flag", "group"])
    assert by_mode.loc[("too_fast", "phone"), "flagged"] == 5
    assert by_mode.loc[("too_fast", "web"), "judged"] == 150


def test_nobody_is_dropped(flags, data):
    assert len(flags.to_frame()) == data.people == PEOPLE
    assert list(flags.to_frame()["person"]) == list(data.person_ids)


def test_a_reason_for_one_task_is_no_protest_by_itself(data):
    """Everybody who takes the opt-out is asked why; only who always takes it may protest."""
    found = np.flatnonzero(quality_flags(data).flags["protest"])
    assert set(found) == set(PLANTED["protest"]) & set(PLANTED["always_opts_out"])
    assert "in all tasks" in quality_flags(data).rules["protest"]


def test_people_judged_are_the_true_number(frame, study):
    some = frame[frame["person"] < 193]
    flags = quality_flags(ChoiceData.from_long(some, study=study))
    judged = {row[0]: row[2] for row in flags.table().rows}
    assert judged["protest"] == judged["any"] == 193
    assert judged["straight_lining"] == 193 - len(PLANTED["always_opts_out"])
    # of nine people no seconds are known: the difference to all people would tell of them
    unknown = some.assign(seconds=some["seconds"].where(some["person"] >= 9))
    flags = quality_flags(ChoiceData.from_long(unknown, study=study))
    judged = {row[0]: row[2] for row in flags.table().rows}
    assert judged["too_fast"] == "all but fewer than 10 people"


def test_only_some_reasons_may_be_a_protest(data):
    found = quality_flags(data, protest=["too_hard"])
    assert not found.flags["protest"].any()
    undecided = pd.DataFrame({"person": [3, 4], "reason": ["too_hard", "no_sharing"]})
    found = quality_flags(data, protest=["no_sharing"], undecided=undecided)
    assert set(np.flatnonzero(found.flags["protest"])) == {4, *PLANTED["protest"]}


def test_a_limit_in_seconds(data):
    found = quality_flags(data, fastest=22.0).flags["too_fast"]
    expected = [p for p in range(PEOPLE) if p < 20 or 20 + p % 7 < 22]
    assert list(np.flatnonzero(found)) == expected


def test_rules_of_ones_own(data):
    found = quality_flags(data, own={"phoned": lambda people: people["mode"] == "phone"})
    assert found.flags["phoned"].sum() == 50
    with pytest.raises(DataError, match="2 problems"):
        quality_flags(data, own={"odd": [True], "protest": [False] * PEOPLE})


def test_few_people_are_not_told(frame, study):
    few = frame.assign(
        seconds=np.where(frame["person"] < 4, 1.0, 30.0),
        reason=np.where(frame["person"] == 1, "x", ""),
    )
    flags = quality_flags(ChoiceData.from_long(few, study=study, covariates=["mode"]))
    cells = {row[0]: row[3] for row in flags.table().rows}
    assert cells["too_fast"] == "fewer than 10 people"
    # 30 of 188, in steps of five: flags overlap, and exact shares could tell of a few
    assert cells["straight_lining"] == 30 / 188
    table = flags.table("mode")
    position = table.columns.index("too_fast")
    assert all(isinstance(row[position], Absent) for row in table.rows[:-1])
    assert isinstance(table.rows[0][table.columns.index("any")], float)


def test_what_cannot_be_judged_is_named(frame, study):
    plain = frame.drop(columns=["seconds", "reason"])
    plain = plain[plain["task"] < 1]
    flags = quality_flags(ChoiceData.from_long(plain, study=study))
    assert set(flags.not_judged) == {"too_fast", "dominated", "repeat_disagrees", "protest"}
    assert flags.flags["straight_lining"].isna().all()
    assert "no column 'seconds'" in flags.sentence()
    assert "no task was asked twice" in repr(flags)
    with pytest.raises(DataError, match="unknown flag"):
        flags.flagged(["too_fast"])
    with pytest.raises(DataError, match="no choices"):
        quality_flags(ChoiceData.from_long(plain, study=study, chosen=None))


def test_labelled_options_may_make_up_for_anything():
    rows = pd.DataFrame(
        {
            "person": np.repeat([1, 2], 4),
            "task": [1, 1, 2, 2] * 2,
            "alternative": ["bus", "train"] * 4,
            "wait": [5, 9, 6, 7] * 2,
            "chosen": [1, 0] * 4,
        }
    )
    flags = quality_flags(ChoiceData.from_long(rows), least_tasks=2)
    assert "options have names" in flags.not_judged["dominated"]
    assert "no column 'position'" in flags.not_judged["straight_lining"]


def test_a_repeated_task_of_a_design_is_recognised(study):
    design = with_repeat(random_design(study, tasks=8, alternatives=2, blocks=1, seed=3))
    model = Logit(Utility("wait + help + asc", study))
    sure = {"wait": -60.0, "help[chat]": 300.0, "help[person]": 900.0, "asc[none]": -90_000.0}
    data = simulate_choices(design, model, sure, people=30, seed=4)
    found = quality_flags(data).flags["repeat_disagrees"]
    assert found.notna().all()
    assert not found.any()
    coin = simulate_choices(design, model, dict.fromkeys(sure, 0.0), people=300, seed=4)
    # three options drawn by lot agree in 1/3; five standard errors are 0.136
    assert quality_flags(coin).flags["repeat_disagrees"].mean() == pytest.approx(2 / 3, abs=0.136)


@pytest.fixture(scope="module")
def careless(study):
    design = random_design(study, tasks=16, alternatives=2, blocks=2, seed=5)
    model = Logit(Utility("wait + help + asc", study))
    truth = {"wait": -0.06, "help[chat]": 0.3, "help[person]": 0.9, "asc[none]": -1.0}
    good = simulate_choices(design, model, truth, people=240, seed=1).frame
    bad = simulate_choices(design, model, dict.fromkeys(truth, 0.0), people=60, seed=2).frame
    bad["person"] = bad["person"] + 1000
    frame = pd.concat([good.assign(seconds=30.0), bad.assign(seconds=1.0)])
    return ChoiceData.from_long(
        frame.assign(alternative=frame["alternative"].astype(str)), study=study
    )


def test_with_and_without_flagged_people(careless, study):
    model = Logit(Utility("wait + help + asc", study))
    flags = quality_flags(careless)
    found = with_and_without(model, careless, flags, only=["too_fast"])
    assert found.left_out == 60
    rows = {row.name: row for row in found.rows}
    alone = model.fit(careless.select(careless.person_ids < 1000))
    assert rows["wait"].without.value == alone.coefficient("wait")
    assert rows["wait"].everybody.value == model.fit(careless).coefficient("wait")
    # careless answers pull it towards zero
    assert rows["wait"].without.value < rows["wait"].everybody.value < 0
    assert rows["wait"].differs
    assert "leave their 95% interval" in found.sentence()
    assert "60 people" in found.notes[0]
    again = with_and_without(model.fit(careless), careless, flags, only=["too_fast"])
    assert again.table().to_csv() == found.table().to_csv()
    assert len(found.to_frame()) == 4


def test_other_numbers_than_parameters_may_be_compared(careless, study):
    from ccegov_choice._estimate import Estimate

    def days(results):
        return {
            "days for a person": Estimate(
                -results.coefficient("help[person]") / results.coefficient("wait")
            )
        }

    model = Logit(Utility("wait + help + asc", study))
    found = with_and_without(
        model, careless, quality_flags(careless), only=["too_fast"], measures=days
    )
    assert found.rows[0].name == "days for a person"
    assert not found.rows[0].differs
    assert "moves no number" in found.sentence()


def test_there_must_be_something_to_compare(careless, study, data):
    model = Logit(Utility("wait + help + asc", study))
    flags = quality_flags(careless, own={"all": [True] * 300, "nobody": [False] * 300})
    with pytest.raises(DataError, match="nobody is flagged"):
        with_and_without(model, careless, flags, only=["nobody"])
    with pytest.raises(DataError, match="everybody is flagged"):
        with_and_without(model, careless, flags, only=["all"])
    with pytest.raises(DataError, match="other people"):
        with_and_without(model, data, flags)
