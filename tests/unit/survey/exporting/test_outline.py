"""What all survey tools share: every question, task, level and language of a survey."""

from __future__ import annotations

import pytest

from ccegov_choice.survey.exporting.outlining import outline
from ccegov_choice.survey.exporting.tongues import column
from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.pages.voice import Voice


def test_every_question_of_the_survey_is_there_once(claim):
    plan = outline(claim)
    columns = [item.column for item in plan.items]
    assert len(columns) == len(set(columns))
    assert {column(id) for id in claim.questions} <= set(columns)


def test_every_task_is_there_with_all_its_options_and_levels(claim):
    plan = outline(claim)
    for task in claim.tasks.tasks:
        item = plan.item(f"task{task.id}")
        assert item.kept == (f"task:{task.id}", "chosen")
        names = {offer.alternative for offer in task.offers}
        assert {choice.value for choice in item.choices} == names | {"dont_know"}
        for language in claim.languages:
            view = plan.item(f"task{task.id}show").task[language].view
            for offer in task.offers:
                card = view.card(offer.alternative)
                told = {id: level.text for id, level in card.levels.items()}
                voice = Voice(claim, language)
                assert told == {
                    id: voice.say(claim.study.attribute(id).level(cell).label)
                    for id, cell in offer.levels.items()
                }


def test_each_version_has_the_tasks_of_one_block(claim):
    plan = outline(claim)
    for version in plan.versions:
        screens = [screen for screen in plan.screens if screen.version == version.name]
        tasks = {task.id for task in claim.tasks.of_block(version.block)}
        assert {screen.id for screen in screens} == {f"task{id}" for id in tasks}


def test_more_orders_give_more_versions_with_names_of_their_own(claim):
    plan = outline(claim, orders=2)
    blocks = len(claim.tasks.blocks)
    assert len(plan.versions) == 2 * blocks
    assert len({version.seed for version in plan.versions}) == 2 * blocks
    second = f"v{blocks + 1}task"
    assert any(item.column.startswith(second) for item in plan.items)
    shown = [
        tuple(line.attribute for line in item.task["en"].view.lines)
        for item in plan.items
        if item.kind == "note" and item.task
    ]
    assert len(set(shown)) > blocks, "attributes stand in different orders in different versions"


def test_the_seed_of_a_version_replays_its_orders(claim):
    from ccegov_choice.survey.steps import Way

    plan = outline(claim)
    for version in plan.versions:
        way = Way(claim, version.block, version.seed, {})
        screens = [screen.id for screen in plan.screens if screen.version == version.name]
        assert screens == [f"task{id}" for id in way.arrangement.tasks]


def test_every_outcome_of_a_lot_meets_every_block_and_follows_from_the_seed(obligations):
    plan = outline(obligations)
    outcomes = {(v.block, *v.lots.values()) for v in plan.versions}
    (lot,) = obligations.lots
    assert len(outcomes) == len(obligations.tasks.blocks) * len(lot.options)
    for version in plan.versions:
        drawn = lots_drawn(obligations.lots, version.seed)
        assert {id: option.id for id, option in drawn.items()} == version.lots
        text = next(option.text for option in lot.options if option.id == version.lots[lot.id])
        first = next(screen for screen in plan.screens if screen.version == version.name)
        assert first.items[0].words["en"] == text


def test_whoever_refuses_sees_nothing_further(claim):
    plan = outline(claim)
    names = [screen.id for screen in plan.screens]
    for screen in plan.screens[names.index("consent") + 1 :]:
        stops = {(stop.column, stop.values) for stop in screen.unless}
        assert (("agree", ("no",)) in stops) == (screen.kind != "end")


def test_a_dual_response_asks_the_second_question_of_those_who_chose(obligations):
    plan = outline(obligations)
    item = plan.item("task1follow")
    assert item.kept == ("follow:1", "follow")
    (condition,) = item.when
    assert condition.column == "task1"
    assert "dont_know" not in condition.values


@pytest.mark.parametrize(
    ("response", "columns"),
    [
        ("choice", {"task1", "task1reason"}),
        ("dual", {"task1", "task1reason", "task1follow"}),
        ("best-worst", {"task1best", "task1worst"}),
        ("ranking", {"task1rank"}),
        ("rating", {"task1rate"}),
    ],
)
def test_tasks_are_asked_as_the_survey_asks_them(everything, response, columns):
    plan = outline(everything(response))
    asked = {i.column for i in plan.answered if i.kept[0] in ("task:1", "follow:1")}
    assert asked == columns


def test_levels_that_people_bring_along_are_those_they_answered(everything):
    plan = outline(everything(status_quo=True))
    shown = plan.item("task1show").task["en"]
    assert shown.personal == {("today", "wait"): ("wait", "working days")}


def test_what_no_tool_can_hold_is_said(claim, everything):
    losses = " ".join(outline(claim).losses)
    for word in ("one order", "cards and table", "contact page", "digital_confidence", "code"):
        assert word in losses
    assert "one order for each" not in " ".join(outline(claim, orders=2).losses)
    assert "Quotas" not in " ".join(outline(everything()).losses)
