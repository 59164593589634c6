"""The retention clock: once a day, by one worker, what is kept no longer is deleted and logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.survey import Survey

LOGGER = logging.getLogger("ccegov_choice.survey.retention")
BY = "retention clock"
_LOOK_EVERY = 3600.0


def apply_once_a_day(survey: Survey, store: ResponseStore, now: datetime) -> bool:
    """Delete what is due, unless it was done today; return whether it was done now.

    The day is claimed before the work, in one transaction: of several workers one does it. Where
    the work fails, the next day does what was left, because it looks at all that is due.
    """
    if not store.claim_action(survey.id, by=BY, what="retention", detail=now.date().isoformat()):
        return False
    for done in store.apply_retention(survey.id, survey.retention):
        fields = {"event": "retention", "what": done.what, "how_many": done.how_many}
        LOGGER.info("retention", extra={"fields": fields})
    return True


@asynccontextmanager
async def retention_clock(
    survey: Survey,
    store: ResponseStore,
    clock: Callable[[], datetime],
    look_every: float = _LOOK_EVERY,
) -> AsyncIterator[None]:
    """Run the clock as long as the server; on leaving, work under way is finished.

    Parameters
    ----------
    survey : Survey
        The survey, with its days.
    store : ResponseStore
        Where answers are kept.
    clock : callable
        Gives the time now, in UTC.
    look_every : float
        Seconds between looks at whether a new day has begun.
    """
    stop = asyncio.Event()
    task = asyncio.create_task(_run(survey, store, clock, look_every, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _run(
    survey: Survey,
    store: ResponseStore,
    clock: Callable[[], datetime],
    look_every: float,
    stop: asyncio.Event,
) -> None:
    while not stop.is_set():
        try:
            await run_in_threadpool(apply_once_a_day, survey, store, clock())
        except ResponseError as error:
            fields = {"event": "retention failed", "problem": error.problem}
            LOGGER.error("retention failed", extra={"fields": fields})
        except Exception:  # the clock goes on tomorrow, whatever was wrong today
            LOGGER.exception("retention failed")
        try:
            await asyncio.wait_for(stop.wait(), look_every)
        except TimeoutError:
            continue
