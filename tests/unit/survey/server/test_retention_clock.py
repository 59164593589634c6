"""The retention clock: once a day, by one worker, and a failure does not stop it."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.operations.retention_clock import (
    BY,
    apply_once_a_day,
    retention_clock,
)
from ccegov_choice.survey.settings import Retention

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Survey:
    id = "brief"
    retention = Retention()


@pytest.fixture
def store(tmp_path):
    with ResponseStore.open(f"sqlite:///{tmp_path / 'answers.sqlite'}") as opened:
        yield opened


def test_it_runs_once_a_day_and_logs(store):
    assert apply_once_a_day(Survey, store, NOW)
    assert not apply_once_a_day(Survey, store, NOW + timedelta(hours=10))
    assert apply_once_a_day(Survey, store, NOW + timedelta(days=1))
    assert {done.what for done in store.retention_log("brief")} >= {"contacts"}
    days = [action.detail for action in store.actions("brief") if action.by == BY]
    assert days == ["2026-03-03", "2026-03-02"]


def test_of_many_workers_one_runs_it(store, tmp_path):
    others = [ResponseStore.open(f"sqlite:///{tmp_path / 'answers.sqlite'}") for _ in range(4)]
    together = threading.Barrier(len(others))
    done = []

    def work(other):
        together.wait()
        done.append(apply_once_a_day(Survey, other, NOW))

    threads = [threading.Thread(target=work, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    assert sorted(done) == [False, False, False, True]


def test_it_runs_as_long_as_the_server_and_ends_with_it(store):
    days = iter(NOW + timedelta(days=day) for day in range(1000))

    async def serve():
        async with retention_clock(Survey, store, lambda: next(days), look_every=0.01):
            while len(store.actions("brief")) < 3:
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(serve(), 30))
    count = len(store.actions("brief"))
    assert count >= 3
    assert next(days) > NOW


@pytest.mark.parametrize("error", [ResponseError("locked", cure="Wait."), RuntimeError("ours")])
def test_what_fails_today_is_tried_tomorrow(store, error):
    days = iter(NOW + timedelta(days=day) for day in range(1000))
    ran = []

    class Failing:
        def claim_action(self, *args, **options):
            return store.claim_action(*args, **options)

        def apply_retention(self, survey, rules):
            ran.append(survey)
            if len(ran) == 1:
                raise error
            return ()

    async def serve():
        async with retention_clock(Survey, Failing(), lambda: next(days), look_every=0.01):
            while len(ran) < 2:
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(serve(), 30))
    assert len(ran) >= 2
