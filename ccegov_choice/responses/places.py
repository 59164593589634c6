"""The ledger of places: who has which block, for how long, and every move of it.

Places stand in random permuted blocks, filled in ahead. Whoever starts takes the place that has
been free again for longest, or else the next fresh one. A place is kept by answering; it is final
when its person has completed, so that blocks are balanced on completed interviews. Nothing is
counted to decide who gets what.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    ScalarSelect,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from ccegov_choice.responses.database import inserting
from ccegov_choice.responses.shuffling import places_from
from ccegov_choice.responses.tables import place, place_event, place_sequence

_AHEAD = 256
"""Places filled in at once, at least."""


@dataclass(frozen=True)
class Series:
    """Where places are counted: one sequence for each series of versions, ledger and stratum."""

    survey: str
    series: str
    seed: int
    blocks: tuple[str, ...]
    ledger: str
    stratum: str

    @property
    def shuffle_seed(self) -> str:
        """What the order of blocks is drawn from."""
        return f"{self.seed}/{self.ledger}/{self.stratum}"


@dataclass(frozen=True)
class Taken:
    """A place that somebody has just taken."""

    place: int
    block: str


def _first(condition: object, *order: object) -> ScalarSelect[int]:
    chosen = select(place.c.id).where(place.c.sequence == bindparam("which"), condition)  # type: ignore[arg-type]
    return (
        chosen.order_by(*order).limit(1).with_for_update(skip_locked=True).scalar_subquery()  # type: ignore[arg-type]
    )


_TAKE = (
    update(place)
    .where(
        place.c.id
        == func.coalesce(
            _first(place.c.free_from <= bindparam("now"), place.c.free_from, place.c.number),
            # spelt out, or the index of fresh places is not used
            _first(place.c.state == literal_column("'fresh'"), place.c.number),
        )
    )
    .values(
        state="taken",
        person=bindparam("who"),
        previous=place.c.mark,
        mark=bindparam("as_mark"),
        takes=place.c.takes + 1,
        free_from=bindparam("until"),
        touched=bindparam("now"),
    )
    .returning(place.c.id, place.c.block, place.c.takes, place.c.previous)
)
_RENEW = (
    update(place)
    .where(place.c.person == bindparam("who"), place.c.state == "taken")
    .values(free_from=bindparam("until"), touched=bindparam("now"))
)
_RELEASE = (
    update(place)
    .where(place.c.person == bindparam("who"), place.c.state == "taken")
    .values(
        state="released",
        person=None,
        mark=None,
        free_from=bindparam("now"),
        touched=bindparam("now"),
    )
    .returning(place.c.id)
)
_COMPLETE = (
    update(place)
    .where(place.c.person == bindparam("who"), place.c.state == "taken")
    .values(state="completed", free_from=None, touched=bindparam("now"))
    .returning(place.c.id)
)
_FIND_SEQUENCE = select(place_sequence.c.id).where(
    place_sequence.c.series == bindparam("series"),
    place_sequence.c.ledger == bindparam("ledger"),
    place_sequence.c.stratum == bindparam("stratum"),
)


@dataclass(frozen=True)
class Move:
    """Whose place moves, and when: `at` by the clock, `now` by the steady clock.

    `mark` stands for the person in the ledger, so that the ledger can be kept for ever and
    published when nothing ties it to people any more.
    """

    survey: str
    ledger: str
    person: str
    mark: str
    block: str
    at: int
    now: int


def take(connection: Connection, series: Series, move: Move, until: int) -> Taken:
    """Take the place that has been free for longest, else the next fresh one."""
    which = _sequence(connection, series)
    values = {
        "which": which,
        "now": move.now,
        "who": move.person,
        "as_mark": move.mark,
        "until": until,
    }
    row = connection.execute(_TAKE, values).first()
    while row is None:
        _fill(connection, which, series, move.now)
        row = connection.execute(_TAKE, values).first()
    what = "take" if row.takes == 1 else "reclaim"
    record(connection, move, what, place=row.id, block=row.block, previous=row.previous)
    return Taken(row.id, row.block)


def renew(connection: Connection, move: Move, until: int) -> bool:
    """Keep a place for longer; False if the person has none (any more)."""
    values = {"who": move.person, "until": until, "now": move.now}
    return bool(connection.execute(_RENEW, values).rowcount)


def release(connection: Connection, move: Move) -> None:
    """Give a place back, if the person has one."""
    row = connection.execute(_RELEASE, {"who": move.person, "now": move.now}).first()
    if row is not None:
        record(connection, move, "release", place=row.id)


def complete(connection: Connection, move: Move) -> None:
    """Make a place final; without one it is recorded as an extra interview of its block."""
    row = connection.execute(_COMPLETE, {"who": move.person, "now": move.now}).first()
    record(connection, move, "complete", place=None if row is None else row.id)


def record(
    connection: Connection,
    move: Move,
    what: str,
    *,
    place: int | None = None,
    block: str = "",
    previous: str | None = None,
) -> None:
    """Write a move down."""
    connection.execute(
        insert(place_event),
        {
            "at": move.at,
            "survey": move.survey,
            "ledger": move.ledger,
            "what": what,
            "place": place,
            "block": block or move.block,
            "mark": move.mark,
            "previous": previous,
        },
    )


def _sequence(connection: Connection, series: Series) -> int:
    key = {"series": series.series, "ledger": series.ledger, "stratum": series.stratum}
    found = connection.execute(_FIND_SEQUENCE, key).scalar()
    if found is None:
        row = key | {
            "survey": series.survey,
            "seed": series.shuffle_seed,
            "blocks": json.dumps(series.blocks, ensure_ascii=False),
        }
        make = (
            inserting(connection.dialect.name, place_sequence).values(row).on_conflict_do_nothing()
        )
        connection.execute(make)
        found = connection.execute(_FIND_SEQUENCE, key).scalar_one()
    return int(found)


def _fill(connection: Connection, which: int, series: Series, now: int) -> None:
    count = select(func.coalesce(func.max(place.c.number) + 1, 0)).where(place.c.sequence == which)
    turns = -(-_AHEAD // len(series.blocks))
    first = connection.execute(count).scalar_one()
    rows = [
        {
            "sequence": which,
            "number": number,
            "block": block,
            "state": "fresh",
            "takes": 0,
            "touched": now,
        }
        for number, block in places_from(series.blocks, series.shuffle_seed, first, turns)
    ]
    # two workers may fill the same places in: they are the same places
    connection.execute(inserting(connection.dialect.name, place).on_conflict_do_nothing(), rows)
