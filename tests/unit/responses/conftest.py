"""Stores to try things on: SQLite in a file, and PostgreSQL; a clock that tests set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ccegov_choice.responses.records import Answer, Person, Start, Version
from ccegov_choice.responses.store import ResponseStore

CONTENT = {
    "tasks": {"tasks": [{"id": "1"}]},
    "pages": [
        {"id": "you", "questions": [{"id": "age", "kind": "single"}, {"id": "say", "kind": "text"}]}
    ],
}


class SetClock:
    """Tells the time that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **by: float) -> None:
        self.now += timedelta(**by)


class Field:
    """A store with a registered survey of four blocks, and short words for what people do."""

    survey = "demo"
    blocks = ("1", "2", "3", "4")

    def __init__(self, url: str, clock: SetClock) -> None:
        self.url, self.clock = url, clock
        self.store = ResponseStore.open(url, clock=clock)
        self.version = Version(self.survey, "a" * 64, CONTENT, self.blocks, 7)
        self.store.register(self.version)
        self._nonces = 0

    def nonce(self) -> str:
        self._nonces += 1
        return f"nonce-{self._nonces}"

    def start(
        self, nonce: str = "", *, target: int = 0, lease: int = 45, **about: object
    ) -> Person:
        start = Start(nonce or self.nonce(), "en", **about)  # type: ignore[arg-type]
        return self.store.start(
            self.version.sha256,
            start,
            lease_minutes=lease,
            target=target,
            code_of=lambda id: f"code of {id}",
        )

    def say(self, person: Person, item: str, value: object, nonce: str = "", revision: int = 0):
        answer = Answer(item, {"chosen": value}, nonce or self.nonce(), revision)
        return self.store.answer(person.id, answer, lease_minutes=45)

    def moves(self, ledger: str = "live") -> list[str]:
        return [move.what for move in self.store.ledger(self.survey, ledger)]

    def again(self) -> ResponseStore:
        """Open the same database a second time, as another process does."""
        return ResponseStore.open(self.url, clock=self.clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def field(request, tmp_path) -> Iterator[Field]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'answers.sqlite'}"
    else:
        url = request.getfixturevalue("new_postgres_url")()
    made = Field(url, SetClock())
    yield made
    made.store.close()


@pytest.fixture
def sqlite_field(tmp_path) -> Iterator[Field]:
    made = Field(f"sqlite:///{tmp_path / 'answers.sqlite'}", SetClock())
    yield made
    made.store.close()


@pytest.fixture
def postgres_field(new_postgres_url) -> Iterator[Field]:
    made = Field(new_postgres_url(), SetClock())
    yield made
    made.store.close()


@pytest.fixture
def frail_field(frail_postgres) -> Iterator[Field]:
    """A field on a server that may be stopped."""
    made = Field(frail_postgres.new_database(), SetClock())
    yield made
    made.store.close()
