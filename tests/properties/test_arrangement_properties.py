"""Orders that people see: nothing lost, anchors kept, replayed from version, block and seed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.survey.arrangement import arrange, shuffled
from ccegov_choice.survey.available import LEAST_OPTIONS
from ccegov_choice.survey.content import survey_of
from ccegov_choice.survey.lot import Lot
from ccegov_choice.survey.question import Option
from ccegov_choice.survey.replay import Replay
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[2]
SURVEYS = {
    name: Survey.read(ROOT / "surveys" / name)
    for name in ("benefit-claim", "obligations", "channels")
}
seeds = st.text("0123456789abcdef", min_size=1, max_size=32)
names = st.sampled_from(sorted(SURVEYS))
few = settings(max_examples=40, deadline=None)


@given(st.sets(st.text(max_size=8)), seeds)
def test_shuffling_keeps_every_item_and_can_be_done_again(items, seed):
    order = shuffled(items, seed, "purpose")
    assert set(order) == items
    assert len(order) == len(items)
    assert shuffled(reversed(order), seed, "purpose") == order


@few
@given(st.data())
def test_an_arrangement_has_everything_once_and_keeps_its_anchors(data):
    survey = SURVEYS[data.draw(names)]
    seed, block = data.draw(seeds), data.draw(st.sampled_from(survey.tasks.blocks))
    ids = survey.study.attribute_ids
    anchors = data.draw(st.permutations(ids).map(lambda order: order[:2]))
    task_settings = replace(
        survey.task_settings,
        first_attributes=anchors[:1],
        last_attributes=anchors[1:],
        shuffle_alternatives=data.draw(st.booleans()),
        shuffle_tasks=data.draw(st.booleans()),
    )
    tasks = survey.tasks.of_block(block)
    found = arrange(tasks, ids, task_settings, seed)
    assert sorted(found.tasks) == sorted(task.id for task in tasks)
    assert sorted(found.attributes) == sorted(ids)
    assert (found.attributes[0], found.attributes[-1]) == tuple(anchors)
    for task in tasks:
        order = found.offers[task.id]
        assert sorted(order) == sorted(offer.alternative for offer in task.offers)
        staying = [o.alternative for o in task.offers if o.kind in ("opt_out", "status_quo")]
        assert list(order[len(order) - len(staying) :]) == staying
        if not task_settings.shuffle_alternatives:
            assert list(order) == [offer.alternative for offer in task.offers]
    if not task_settings.shuffle_tasks:
        assert list(found.tasks) == [task.id for task in tasks]


@few
@given(names, seeds, st.data())
def test_what_was_shown_is_made_again_from_the_kept_version(name, seed, data):
    survey = SURVEYS[name]
    block = data.draw(st.sampled_from(survey.tasks.blocks))
    language = data.draw(st.sampled_from(survey.languages))
    answers = {"last-renewal": {"days_last": 7}, "last-times": {"wait_last": 4, "travel_last": 0}}
    kept = json.loads(json.dumps(survey.content))
    replayed = Replay(kept, block, seed, language, answers=answers)
    shown = replayed.tasks()
    way = Way(survey, block, seed, answers)
    assert [task.task for task in shown] == list(way.arrangement.tasks)
    for number, task in enumerate(shown, 1):
        assert task.number == number
        assert tuple(o.alternative for o in task.options) == way.arrangement.offers[task.task]
        designed = survey.tasks.task(task.task)
        for option in task.options:
            offer = designed.offer(option.alternative)
            levels = {
                survey.study.attribute(id).text(language): (
                    survey.study.attribute(id).level(level).text(language)
                )
                for id, level in offer.levels.items()
            }
            assert levels.items() <= dict(option.lines).items()
            assert len(option.lines) == len(offer.levels) + len(offer.personal)


@pytest.mark.parametrize("name", sorted(SURVEYS))
def test_a_version_comes_back_from_its_content_with_the_same_fingerprint(name):
    survey = SURVEYS[name]
    again = survey_of(json.loads(json.dumps(survey.content)))
    assert again.sha256 == survey.sha256
    assert again.pages == survey.pages
    assert again.task_settings == survey.task_settings


def test_a_replayed_page_is_the_page():
    survey = SURVEYS["benefit-claim"]
    pages = [
        Replay(survey.content, "2", "abc", "de", view).page("task-3") for view in ("cards", "table")
    ]
    assert pages[0] != pages[1]
    assert pages[0] == Replay(survey.content, "2", "abc", "de").page("task-3")
    with pytest.raises(KeyError):
        Replay(survey.content, "2", "abc", "de").page("task-9")


@few
@given(seeds, st.sampled_from(["yes", "no", None]), st.sampled_from(["yes", "no", None]))
def test_nobody_is_shown_what_they_do_not_have(seed, internet, near):
    survey = SURVEYS["channels"]
    replies = {"internet": internet, "counter_near": near}
    answers = {"about-you": {key: reply for key, reply in replies.items() if reply}}
    for block in survey.tasks.blocks:
        way = Way(survey, block, seed, answers)
        shown = [step.task for step in way.steps if step.kind == "task"]
        for task in shown:
            offered = {offer.alternative for offer in task.offers}
            assert len(offered) >= LEAST_OPTIONS
            assert "as_last_time" in offered
            if internet == "no":
                assert not offered & {"website", "video"}
            if near == "no":
                assert "counter" not in offered
            if internet != "no" and near != "no":
                assert task == survey.tasks.task(task.id)
        left = [
            task.id for task in survey.tasks.of_block(block) if task.id not in {t.id for t in shown}
        ]
        for id in left:
            wanted = survey.task_settings.available
            had = [
                offer
                for offer in survey.tasks.task(id).offers
                if all(
                    replies[question] in (None, *options)
                    for question, options in wanted.get(offer.alternative, {}).items()
                )
            ]
            assert len(had) < LEAST_OPTIONS


@few
@given(seeds)
def test_a_choice_of_what_is_no_longer_had_is_asked_again(seed):
    survey = SURVEYS["channels"]
    before = Way(survey, "1", seed, {"about-you": {"internet": "yes", "counter_near": "yes"}})
    step = next(s for s in before.steps if s.task and s.task.offer("website"))
    other = next(o.alternative for o in step.task.offers if o.alternative != "website")
    answer = {step.item: {"best": "website", "worst": other}}
    after = {"about-you": {"internet": "no", "counter_near": "yes"}, **answer}
    kept = Way(survey, "1", seed, {**before.answers, **answer})
    changed = Way(survey, "1", seed, after)
    assert kept.answered(step)
    assert kept.counted(step.item) == answer[step.item]
    again = next((s for s in changed.steps if s.item == step.item), None)
    assert again is None or not changed.answered(again)
    assert changed.counted(step.item) == {}


def test_lots_fall_about_evenly_and_apart_from_other_orders():
    lots = [Lot(name, (Option("a", "A"), Option("b", "B"))) for name in ("x", "y")]
    drawn = [tuple(lot.drawn(f"{n:x}").id for lot in lots) for n in range(4000)]
    # four cells of 1,000 each; a cell's standard deviation is 27, so that 150 is beyond 5 of them
    for cell in [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]:
        assert abs(drawn.count(cell) - 1000) < 150


def test_a_lot_can_be_asked_for_like_an_answer():
    survey = SURVEYS["obligations"]
    drawn = {Way(survey, "1", f"{n:x}", {}).reply("allowance_would") for n in range(40)}
    assert drawn == {"rise", "fall"}
