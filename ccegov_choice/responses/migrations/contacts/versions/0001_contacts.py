"""The vault of contacts: a random id, a day, and nothing that leads to answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the vault."""
    op.create_table(
        "contact",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("survey", sa.Text, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("wish", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_day", "contact", ["survey", "day"])
