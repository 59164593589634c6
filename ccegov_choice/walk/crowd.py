"""Many citizens at once: when each one comes, and how many are there at the same time."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.answering import Answering
from ccegov_choice.walk.behaviour import Temper, arrivals
from ccegov_choice.walk.browser import Browser
from ccegov_choice.walk.citizens import Citizen, draw_citizens
from ccegov_choice.walk.diary import Diary
from ccegov_choice.walk.people import People
from ccegov_choice.walk.task_on_page import TaskReader
from ccegov_choice.walk.visit import Pace, Visit

# uvicorn closes a connection after 5 idle seconds; ours goes first, so that no request meets a
# connection that is just being closed
_KEEP_SECONDS = 4.0
_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True)
class Plan:
    """How a crowd comes.

    Parameters
    ----------
    people : int
        How many citizens.
    seed : int
        Of everything that chance decides.
    rate : float, optional
        Citizens who arrive each second; without it all are there from the start and agree one
        after the other, so that blocks do not depend on the machine.
    concurrent : int
        Most citizens at once.
    think : float
        Mean seconds spent on a page.
    seconds : float, optional
        How long the walk lasts at most; whoever is not through by then stays where they are.
    share : (int, int)
        Which of how many client processes this is: it takes every so-manieth citizen.
    """

    people: int
    seed: int = 1
    rate: float | None = None
    concurrent: int = 64
    think: float = 0.0
    seconds: float | None = None
    share: tuple[int, int] = (0, 1)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of this process's citizens."""
        first, step = self.share
        return tuple(range(first + 1, self.people + 1, step))


@dataclass(frozen=True)
class Walked:
    """What one client process brings home.

    Parameters
    ----------
    diaries : tuple of Diary
        One for each citizen who came.
    cpu_seconds : float
        Processor seconds that the client used while walking.
    """

    diaries: tuple[Diary, ...]
    cpu_seconds: float


@dataclass
class _Scene:
    """What all visits share."""

    base: str
    survey: Survey
    people: People
    plan: Plan
    progress: Callable[[int], None]
    diaries: list[Diary] = field(default_factory=list)
    ended: int = 0

    def __post_init__(self) -> None:
        self.reader = cache(lambda language: TaskReader(self.survey, language))
        counted = [
            page for page in self.survey.pages if page.kind not in ("welcome", "consent", "end")
        ]
        blocks = self.survey.tasks.blocks
        tasks = max(len(self.survey.tasks.of_block(block)) for block in blocks)
        self.pages = len(counted) - 1 + tasks
        self.pace = Pace(self.plan.think)

    def count(self) -> None:
        """Tell that one more is through."""
        self.ended += 1
        self.progress(self.ended)

    def visit(self, http: object, citizen: Citizen) -> Visit:
        """Return a visit that is about to begin."""
        language = citizen.language or self.survey.language
        diary = Diary(citizen.number, citizen.known)
        self.diaries.append(diary)
        temper = Temper(self.people.behaviour, self.plan.seed, citizen.number, self.pages)
        answering = Answering(self.survey, citizen, temper)
        browser = Browser(http, diary, language)  # type: ignore[arg-type]
        return Visit(self.base, browser, citizen, temper, answering, self.reader(language), diary)


def walk_crowd(
    base: str,
    survey: Survey,
    people: People,
    plan: Plan,
    progress: Callable[[int], None] = lambda ended: None,
) -> Walked:
    """Let a crowd answer a survey over HTTP.

    Parameters
    ----------
    base : str
        Address of the survey, on this machine.
    survey : Survey
        What is served there.
    people : People
        Who comes.
    plan : Plan
        When, and how many at once.
    progress : callable, optional
        Called with the number of citizens who are through, whenever one is.
    """
    citizens = draw_citizens(survey, people, plan.people, plan.seed, keep=plan.numbers)
    _raise_file_limit()
    scene = _Scene(base, survey, people, plan, progress)
    # nothing here makes cycles that matter, and a full collection over thousands of visits would
    # be measured as the server's delay
    gc.collect()
    gc.freeze()
    began = time.process_time()
    try:
        _walked(scene, citizens)
    except BaseExceptionGroup as several:
        raise _first(several) from several
    finally:
        cpu = time.process_time() - began
        gc.unfreeze()
    return Walked(tuple(scene.diaries), cpu)


def _walked(scene: _Scene, citizens: Sequence[Citizen]) -> None:
    """Walk here, or in another thread where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(_crowd(scene, citizens))
        return
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_crowd(scene, citizens))).result()


def walk_share(base: str, folder: Path, people: People, plan: Plan) -> Walked:
    """Let one process's share of a crowd walk."""
    return walk_crowd(base, Survey.read(folder), people, plan)


async def _crowd(scene: _Scene, citizens: Sequence[Citizen]) -> None:
    import aiohttp

    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_SECONDS)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS),
        headers={"User-Agent": "ccegov survey walk (nobody)"},
    ) as http:
        plan = scene.plan
        visits = (scene.visit(http, citizen) for citizen in citizens)
        if plan.rate is None:
            await _one_after_the_other(scene, list(visits))
        else:
            moments = islice(arrivals(plan.rate, plan.seed), plan.share[0], None, plan.share[1])
            await _as_they_come(scene, list(zip(moments, citizens, strict=False)), http)


async def _one_after_the_other(scene: _Scene, visits: list[Visit]) -> None:
    """Let all look, agree in order, then answer side by side."""
    room = asyncio.Semaphore(scene.plan.concurrent)

    async def look(visit: Visit) -> None:
        async with room:
            await visit.look()

    async with asyncio.TaskGroup() as group:
        for visit in visits:
            group.create_task(look(visit))
    for visit in visits:
        await visit.agree()
    pace = Pace(scene.plan.think, _limit(scene.plan))

    async def answer(visit: Visit) -> None:
        async with room:
            await visit.answer(pace)
        scene.count()

    async with asyncio.TaskGroup() as group:
        for visit in visits:
            group.create_task(answer(visit))


async def _as_they_come(scene: _Scene, coming: list[tuple[float, Citizen]], http: object) -> None:
    """Let everybody come at a moment of their own."""
    began, until = time.monotonic(), _limit(scene.plan)
    pace = Pace(scene.plan.think, until)
    room = asyncio.Semaphore(scene.plan.concurrent)

    async def come(moment: float, citizen: Citizen) -> None:
        await asyncio.sleep(max(began + moment - time.monotonic(), 0))
        async with room:
            if until is not None and time.monotonic() >= until:
                return
            visit = scene.visit(http, citizen)
            await visit.look()
            await visit.agree()
            await visit.answer(pace)
        scene.count()

    async with asyncio.TaskGroup() as group:
        for moment, citizen in coming:
            group.create_task(come(moment, citizen))


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error itself: when the server is gone, it is gone for all in the same way."""
    error = several.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def _limit(plan: Plan) -> float | None:
    return None if plan.seconds is None else time.monotonic() + plan.seconds


def _raise_file_limit() -> None:
    """Allow as many connections as the system lets us have."""
    if os.name == "posix":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
