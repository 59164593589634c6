"""Whatever people do, in whatever order: places, quotas and answers stay what they must be."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from sqlalchemy import text

from ccegov_choice.responses.clock import milliseconds
from ccegov_choice.responses.records import Answer, Start, Version
from ccegov_choice.responses.refusals import NotTakingPart
from ccegov_choice.responses.shuffling import block_at
from ccegov_choice.responses.store import ResponseStore

BLOCKS = ("1", "2", "3")
LEASE = 30
LIMIT = 2


class Field(RuleBasedStateMachine):
    """People come, answer, go, come back late, have themselves erased; time goes on and back."""

    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 5, tzinfo=UTC)
        self.store = ResponseStore.open("sqlite://", clock=lambda: self.now)
        self.store.register(Version("demo", "a" * 64, {}, BLOCKS, 3))
        self.nonces = 0
        self.state: dict[str, str] = {}
        self.kept: dict[str, dict[str, str]] = {}
        self.blocks: dict[str, str] = {}

    def nonce(self) -> str:
        self.nonces += 1
        return f"nonce {self.nonces}"

    @rule(target=people)
    def start(self) -> str:
        nonce = self.nonce()
        person = self.store.start("a" * 64, Start(nonce, "en"), lease_minutes=LEASE)
        again = self.store.start("a" * 64, Start(nonce, "en"), lease_minutes=LEASE)
        assert again.id == person.id
        self.state[person.id] = "started"
        self.kept[person.id] = {}
        self.blocks[person.id] = person.block
        return person.id

    @rule(who=people, item=st.sampled_from("xy"), value=st.sampled_from("ABC"), blind=st.booleans())
    def answer(self, who: str, item: str, value: str, blind: bool) -> None:
        kept = self.kept[who].get(item)
        person = self.store.person(who)
        shown = person.answers[item].revision if person and kept and not blind else 0
        posted = Answer(item, {"v": value}, self.nonce(), shown)
        try:
            outcome = self.store.answer(who, posted, lease_minutes=LEASE)
        except NotTakingPart:
            assert self.state[who] != "started"
            return
        if kept == value:
            assert outcome.status == "repeated"
        elif kept is not None and blind:
            assert outcome.status == "conflict"
        else:
            assert outcome.status == "stored"
            self.kept[who][item] = value
        for (free_from,) in self._query(f"SELECT free_from FROM place WHERE person = '{who}'"):
            assert free_from is None or free_from >= milliseconds(self.now) + LEASE * 60_000
        again = self.store.answer(who, posted, lease_minutes=LEASE)
        assert again.status == ("conflict" if outcome.status == "conflict" else "repeated")
        assert again.kept == outcome.kept

    @rule(who=people, state=st.sampled_from(["completed", "withdrawn", "screened_out"]))
    def finish(self, who: str, state: str) -> None:
        try:
            found = self.store.finish(who, state)  # type: ignore[arg-type]
        except NotTakingPart:
            assert self.state[who] == "erased"
            return
        if self.state[who] == "started":
            self.state[who] = state
        assert found.state == self.state[who]

    @rule(who=people)
    def claim(self, who: str) -> None:
        if self.state[who] != "erased":
            self.store.claim_quota(who, "age", "old", LIMIT)

    @rule(who=consumes(people))
    def erase(self, who: str) -> None:
        assert self.store.erase(who) == (self.state[who] != "erased")
        self.state[who] = "erased"
        self.kept[who] = {}
        assert self.store.person(who) is None

    @rule(minutes=st.integers(-60, 60))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def answers_are_those_acknowledged(self) -> None:
        found = {
            row["person"]: {item: kept["payload"]["v"] for item, kept in row["answers"].items()}
            for row in self.store.rows("demo")
        }
        assert found == {who: k for who, k in self.kept.items() if self.state[who] != "erased"}

    @invariant()
    def the_ledger_adds_up(self) -> None:
        rows = self._query("SELECT number, block, state, person, takes FROM place ORDER BY number")
        for number, block, state, person, takes in rows:
            assert block == block_at(BLOCKS, "3/live/", number)
            assert (takes == 0) == (state == "fresh")
            if state == "taken":
                assert self.state[person] == "started"
            if person is not None:
                assert self.blocks[person] == block
            if state in ("fresh", "released"):
                assert person is None
        # fresh places are used from the first on, without a gap
        states = [state != "fresh" for _, _, state, _, _ in rows]
        assert states == sorted(states, reverse=True)

    @invariant()
    def every_move_is_written_down(self) -> None:
        moves = Counter(move.what for move in self.store.ledger("demo"))
        states = Counter(state for (state,) in self._query("SELECT state FROM place"))
        begun = sum(1 for block in self.blocks.values() if block)
        assert moves["take"] + moves["reclaim"] == begun
        assert moves["take"] == sum(states.values()) - states["fresh"]
        assert states["released"] <= moves["release"]
        assert states["completed"] <= moves["complete"]

    @invariant()
    def counts_agree(self) -> None:
        counts = self.store.counts("demo")
        assert counts.states == Counter(s for s in self.state.values() if s != "erased")
        assert counts.erased == sum(state == "erased" for state in self.state.values())
        started = Counter(self.blocks.values())
        assert {t.block: t.started for t in counts.blocks} == {b: started[b] for b in BLOCKS}

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        return [
            tuple(row) for row in self.store._answers.read(lambda c: c.execute(text(sql)).all())
        ]

    def teardown(self) -> None:
        self.store.close()


TestField = Field.TestCase
TestField.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
