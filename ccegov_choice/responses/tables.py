"""Tables of the store, the same on SQLite and PostgreSQL; times are milliseconds since 1970.

There is no column for an address or a browser, and no table joins answers to contacts.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()
_Id = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts up by itself in SQLite

version = Table(
    "version",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("survey", Text, nullable=False),
    Column("series", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("blocks", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("registered", BigInteger, nullable=False),
)
"""What people were shown. Versions with the same tasks, blocks and seed are one series."""

field = Table(
    "field",
    metadata,
    Column("survey", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
)

place_sequence = Table(
    "place_sequence",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("survey", Text, nullable=False),
    Column("series", String(64), nullable=False),
    Column("ledger", Text, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("blocks", Text, nullable=False),
    UniqueConstraint("series", "ledger", "stratum", name="uq_place_sequence"),
)

place = Table(
    "place",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("sequence", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("block", Text, nullable=False),
    Column("state", Text, nullable=False),  # fresh, taken, released, completed
    Column("takes", Integer, nullable=False),
    Column("person", String(32)),
    Column("mark", String(16)),
    Column("previous", String(16)),  # mark of who had it before
    Column("free_from", BigInteger),  # when it may be taken (again); empty: fresh or completed
    Column("touched", BigInteger, nullable=False),
    UniqueConstraint("sequence", "number", name="uq_place"),
    UniqueConstraint("person", name="uq_place_person"),
)
Index(
    "ix_place_fresh",
    place.c.sequence,
    place.c.number,
    sqlite_where=text("state = 'fresh'"),
    postgresql_where=text("state = 'fresh'"),
)
Index(
    "ix_place_free",
    place.c.sequence,
    place.c.free_from,
    place.c.number,
    sqlite_where=text("free_from IS NOT NULL"),
    postgresql_where=text("free_from IS NOT NULL"),
)

place_event = Table(
    "place_event",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("survey", Text, nullable=False),
    Column("ledger", Text, nullable=False),
    Column("what", Text, nullable=False),  # take, reclaim, extra, release, complete, outside
    Column("place", BigInteger),
    Column("block", Text, nullable=False),
    Column("mark", String(16), nullable=False),  # of the person, apart from the id
    Column("previous", String(16)),
    Index("ix_place_event_mark", "mark"),
)
"""Every move of the ledger; rows are never changed or deleted."""

person = Table(
    "person",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("survey", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("ledger", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("block", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("panel", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("interviewer", Text, nullable=False),
    Column("nonce", Text),
    Column("code_hash", Text),
    Column("mark", String(16)),  # in the ledger's moves; emptied when the tie to the person is cut
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("erased", BigInteger),
    Column("cut", BigInteger),  # when code, panel ids and free text were deleted
    UniqueConstraint("nonce", name="uq_person_nonce"),
    UniqueConstraint("code_hash", name="uq_person_code"),
    Index("ix_person_survey", "survey", "ledger", "state"),
)

event = Table(
    "event",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("person", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item", Text, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),  # stored, conflict
    Column("payload", Text, nullable=False, server_default="{}"),
    Column("shown", Text, nullable=False, server_default="{}"),
    Column("timing", Text, nullable=False, server_default="{}"),
    Column("language", Text, nullable=False, server_default=""),
    Column("mode", Text, nullable=False, server_default=""),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("nonce", Text),
    Column("digest", Text),
    UniqueConstraint("person", "nonce", "digest", name="uq_event_nonce"),
    sqlite_autoincrement=True,  # numbers are never used again, also after an erasure
)
"""What happened, in order of `id`; only erasure and retention may take anything away."""

answer = Table(
    "answer",
    metadata,
    Column("person", String(32), primary_key=True),
    Column("item", Text, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The answer that counts, one for each person and item."""

quota_cell = Table(
    "quota_cell",
    metadata,
    Column("survey", Text, primary_key=True),
    Column("ledger", Text, primary_key=True),
    Column("quota", Text, primary_key=True),
    Column("cell", Text, primary_key=True),
    Column("asked", BigInteger, nullable=False),  # writing it makes claims queue up
)

quota_claim = Table(
    "quota_claim",
    metadata,
    Column("person", String(32), primary_key=True),
    Column("quota", Text, primary_key=True),
    Column("survey", Text, nullable=False),
    Column("ledger", Text, nullable=False),
    Column("cell", Text, nullable=False),
    Index("ix_quota_claim", "survey", "ledger", "quota", "cell"),
)

erasure_permit = Table("erasure_permit", metadata, Column("person", String(32), primary_key=True))
"""Whose events may be taken away, for the length of one transaction."""

retention_log = Table(
    "retention_log",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("survey", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("how_many", Integer, nullable=False),
    Column("rule", Text, nullable=False),
)

admin_log = Table(
    "admin_log",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("survey", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", Text, nullable=False),  # log-in, log-out, state, download, erase, ...
    Column("detail", Text, nullable=False, server_default=""),
    Index("ix_admin_log", "survey", "what", "detail"),
)
"""What administrators did; rows are only added."""

vault = MetaData()
contact = Table(
    "contact",
    vault,
    Column("id", String(32), primary_key=True),
    Column("survey", Text, nullable=False),
    Column("day", String(10), nullable=False),
    Column("fields", Text, nullable=False),
    Column("wish", Text, nullable=False),
    Index("ix_contact_day", "survey", "day"),
    sqlite_with_rowid=False,
)
"""Contacts, in a database of their own: a random id and a day, nothing that leads to answers."""
