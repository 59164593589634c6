"""The comparison with the store tells what is missing, changed or there twice."""

import pytest

from ccegov_choice.survey.answering import read_form
from ccegov_choice.survey.steps import Way
from ccegov_choice.walk.audit import audit
from ccegov_choice.walk.diary import Diary
from ccegov_choice.walk.load_report import Waiting, load_report

FORM = {"chosen": ["A"]}


def row(survey, **answers):
    payloads = {"task:1": {"chosen": "A"}, **answers}
    return {
        "person": "f00",
        "block": "1",
        "seed": "s",
        "state": "completed",
        "language": "en",
        "answers": {item: {"payload": payload} for item, payload in payloads.items() if payload},
    }


@pytest.fixture
def step(survey):
    return next(s.id for s in Way(survey, "1", "s", {}).steps if s.item == "task:1")


def diary(step, number=1, code="CODE"):
    told = Diary(number, consented=True, code=code, ended="completed", posts=1)
    told.acknowledged[step] = FORM
    return told


def test_the_test_answers_as_the_survey_reads_them(survey, step):
    way = Way(survey, "1", "s", {})
    assert read_form(way.step(step), way, FORM)[0] == {"chosen": "A"}


def test_what_is_there_as_given_is_stored(survey, step):
    found = audit(survey, [diary(step)], {"CODE": row(survey)})
    assert (found.stored, found.lost, found.duplicated) == (1, (), ())
    assert found.blocks == {"1": 1, "2": 0, "3": 0, "4": 0}
    assert found.block_spread == 1


@pytest.mark.parametrize("kept", [None, {"chosen": "B"}, {"dont_know": True}])
def test_what_is_missing_or_changed_is_lost(survey, step, kept):
    found = audit(survey, [diary(step)], {"CODE": row(survey, **{"task:1": kept})})
    assert found.stored == 0
    assert found.lost == (f"citizen 1: {step}",)


def test_whoever_is_not_there_has_lost_everything(survey, step):
    found = audit(survey, [diary(step)], {})
    assert found.lost == (f"citizen 1: {step}",)


def test_people_and_answers_that_are_there_twice_are_told(survey, step):
    rows = {"CODE": row(survey), "MORE": {**row(survey), "person": "f01"}}
    event = {"person": "f00", "item": "task:1", "outcome": "stored", "payload": {"chosen": "A"}}
    other = {**event, "payload": {"chosen": "B"}}
    assert audit(survey, [diary(step)], rows).duplicated == ("MORE started, and nobody was told",)
    one = {"CODE": rows["CODE"]}
    assert audit(survey, [diary(step)], one, [event, other, event]).duplicated == ()
    assert len(audit(survey, [diary(step)], one, [event, event]).duplicated) == 1
    conflict = {**event, "outcome": "conflict"}
    assert audit(survey, [diary(step)], one, [event, conflict]).duplicated == ()


def test_whoever_left_before_seeing_a_code_is_no_stranger(survey, step):
    early = Diary(2, consented=True, ended="gave_up")
    rows = {"CODE": row(survey), "MORE": {**row(survey), "person": "f01", "state": "started"}}
    assert audit(survey, [diary(step), early], rows).duplicated == ()


def test_the_report_adds_up(survey, step):
    first, second = diary(step), Diary(2, consented=True, ended="gave_up")
    first.began, first.answering, first.finished = 10.0, 11.0, 15.0
    second.began, second.answering, second.finished = 10.5, 12.0, 13.0
    for seconds in range(1, 101):
        first.took("turn", seconds / 1000)
    third = Diary(3, ended="failed", trouble=["page: broken"])
    report = load_report([first, second, third], audit(survey, [first, second, third], {}))
    assert (report.started, report.completed, report.gave_up, report.failed) == (2, 1, 1, 1)
    assert (report.acknowledged, report.stored, report.lost) == (1, 0, 1)
    assert (report.p50_ms, report.p95_ms, report.p99_ms) == (50.0, 95.0, 99.0)
    assert report.seconds == 5.0
    assert report.answers_per_second == 0.25
    assert report.peak_concurrent == 2
    assert report.errors == 1
    assert not report.clean
    assert "citizen 3: page: broken" in report.table().to_text()
    assert report.to_dict()["waiting"]["turn"]["longest_ms"] == 100.0
    assert "press" in report.waiting_table().to_text()


def test_nothing_is_claimed_of_a_store_that_was_not_looked_at(step):
    report = load_report([diary(step)])
    assert report.stored is report.lost is report.duplicated is report.block_spread is None
    assert report.clean


def test_waiting_times_are_real_ones():
    assert Waiting.of([0.003, 0.001, 0.002]) == Waiting(3, 2.0, 3.0, 3.0, 3.0)
    assert Waiting.of([]).count == 0
