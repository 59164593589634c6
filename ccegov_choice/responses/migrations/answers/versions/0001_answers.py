"""The first tables, and triggers that keep events from being changed or taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
FOR_EVER = ("place_event", "retention_log", "admin_log")
PERMITTED = "SELECT 1 FROM erasure_permit WHERE person = OLD.person"


def upgrade() -> None:
    """Make everything."""
    op.create_table(
        "version",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("series", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("blocks", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("registered", sa.BigInteger, nullable=False),
    )

    op.create_table(
        "field",
        sa.Column("survey", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    )

    op.create_table(
        "place_sequence",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("series", sa.String(64), nullable=False),
        sa.Column("ledger", sa.Text, nullable=False),
        sa.Column("stratum", sa.Text, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("blocks", sa.Text, nullable=False),
        sa.UniqueConstraint("series", "ledger", "stratum", name="uq_place_sequence"),
    )

    op.create_table(
        "place",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("block", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("takes", sa.Integer, nullable=False),
        sa.Column("person", sa.String(32)),
        sa.Column("mark", sa.String(16)),
        sa.Column("previous", sa.String(16)),
        sa.Column("free_from", sa.BigInteger),
        sa.Column("touched", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("sequence", "number", name="uq_place"),
        sa.UniqueConstraint("person", name="uq_place_person"),
    )
    for name, columns, where in (
        ("ix_place_fresh", ["sequence", "number"], "state = 'fresh'"),
        ("ix_place_free", ["sequence", "free_from", "number"], "free_from IS NOT NULL"),
    ):
        condition = sa.text(where)
        op.create_index(name, "place", columns, sqlite_where=condition, postgresql_where=condition)

    op.create_table(
        "place_event",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("ledger", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("place", sa.BigInteger),
        sa.Column("block", sa.Text, nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("previous", sa.String(16)),
        sa.Index("ix_place_event_mark", "mark"),
    )

    op.create_table(
        "person",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("ledger", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("block", sa.Text, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("stratum", sa.Text, nullable=False),
        sa.Column("panel", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("interviewer", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text),
        sa.Column("code_hash", sa.Text),
        sa.Column("mark", sa.String(16)),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("finished", sa.BigInteger),
        sa.Column("erased", sa.BigInteger),
        sa.Column("cut", sa.BigInteger),
        sa.UniqueConstraint("nonce", name="uq_person_nonce"),
        sa.UniqueConstraint("code_hash", name="uq_person_code"),
        sa.Index("ix_person_survey", "survey", "ledger", "state"),
    )

    op.create_table(
        "event",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False, server_default=""),
        sa.Column("outcome", sa.Text, nullable=False, server_default=""),
        sa.Column("payload", sa.Text, nullable=False, server_default="{}"),
        sa.Column("shown", sa.Text, nullable=False, server_default="{}"),
        sa.Column("timing", sa.Text, nullable=False, server_default="{}"),
        sa.Column("language", sa.Text, nullable=False, server_default=""),
        sa.Column("mode", sa.Text, nullable=False, server_default=""),
        sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("nonce", sa.Text),
        sa.Column("digest", sa.Text),
        sa.UniqueConstraint("person", "nonce", "digest", name="uq_event_nonce"),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "answer",
        sa.Column("person", sa.String(32), primary_key=True),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "quota_cell",
        sa.Column("survey", sa.Text, primary_key=True),
        sa.Column("ledger", sa.Text, primary_key=True),
        sa.Column("quota", sa.Text, primary_key=True),
        sa.Column("cell", sa.Text, primary_key=True),
        sa.Column("asked", sa.BigInteger, nullable=False),
    )

    op.create_table(
        "quota_claim",
        sa.Column("person", sa.String(32), primary_key=True),
        sa.Column("quota", sa.Text, primary_key=True),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("ledger", sa.Text, nullable=False),
        sa.Column("cell", sa.Text, nullable=False),
        sa.Index("ix_quota_claim", "survey", "ledger", "quota", "cell"),
    )

    op.create_table("erasure_permit", sa.Column("person", sa.String(32), primary_key=True))

    op.create_table(
        "retention_log",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("how_many", sa.Integer, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
    )

    op.create_table(
        "admin_log",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
        sa.Index("ix_admin_log", "survey", "what", "detail"),
    )
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    guard()


def _guard_sqlite() -> None:
    for table in ("event", *FOR_EVER):
        unless = f"WHEN NOT EXISTS ({PERMITTED})" if table == "event" else ""
        for move in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{move.lower()} BEFORE {move} ON {table} {unless} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ccegov_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE FUNCTION ccegov_permitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS ({PERMITTED}) THEN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for table in ("event", *FOR_EVER):
        function = "ccegov_permitted" if table == "event" else "ccegov_append_only"
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ccegov_append_only()"
        )
