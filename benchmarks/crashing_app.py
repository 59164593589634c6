"""The survey server as it is served, made to fail at named points; for `durability.py` only.

Environment variables, beside those of the server itself:

``CCEGOV_CRASH_AT``, ``CCEGOV_CRASH_AFTER``
    Kill this process (SIGKILL) at a point, the so-manieth time it is reached:
    ``after-place`` (a place is taken, nobody has been told), ``before-answer`` (an answer has
    arrived, nothing is written), ``before-commit`` (it is written and not kept), ``after-commit``
    (it is kept, nobody has been told).
``CCEGOV_FULL_WHILE``
    As long as this file exists, SQLite finds the disk full.
``CCEGOV_CLOCK_FILE``
    Seconds by which the clock is wrong stand in this file.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from starlette.types import ASGIApp

from ccegov_choice.responses.records import Answer, Outcome, Person, Start
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.app import create_app
from ccegov_choice.survey.server.asgi import settings_of
from ccegov_choice.survey.survey import Survey

POINTS = ("after-place", "before-answer", "before-commit", "after-commit")
_ENOUGH_PAGES = 2**30


class CrashingStore(ResponseStore):
    """A store that ends its process at one point."""

    point = ""
    countdown = 0

    def reach(self, point: str) -> None:
        """End the process, if this is the point and the time."""
        if point == self.point:
            self.countdown -= 1
            if self.countdown <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def start(self, version_sha256: str, start: Start, **options: Any) -> Person:
        """Let somebody begin."""
        person = super().start(version_sha256, start, **options)
        self.reach("after-place")
        return person

    def answer(self, person_id: str, answer: Answer, *, lease_minutes: int) -> Outcome:
        """Keep an answer."""
        self.reach("before-answer")
        outcome = super().answer(person_id, answer, lease_minutes=lease_minutes)
        self.reach("after-commit")
        return outcome


def application() -> ASGIApp:
    """Return the application."""
    environment = os.environ
    wrong = environment.get("CCEGOV_CLOCK_FILE", "")

    def clock() -> datetime:
        seconds = float(Path(wrong).read_text()) if wrong else 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds)

    store = CrashingStore.open(
        environment["CCEGOV_DATABASE"],
        contacts_url=environment.get("CCEGOV_CONTACTS_DATABASE"),
        clock=clock,
    )
    assert isinstance(store, CrashingStore)
    engine = store._answers.engine
    event.listen(engine, "commit", lambda connection: store.reach("before-commit"))
    if full := environment.get("CCEGOV_FULL_WHILE"):
        event.listen(engine, "checkout", lambda raw, *_: _limit(raw, Path(full)))
    store.point = environment.get("CCEGOV_CRASH_AT", "")
    store.countdown = int(environment.get("CCEGOV_CRASH_AFTER", "1"))
    survey = Survey.read(environment["CCEGOV_SURVEY"])
    return create_app(survey, store, settings_of(environment))


def _limit(raw: Any, full: Path) -> None:
    used = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count = {used if full.exists() else _ENOUGH_PAGES}")
