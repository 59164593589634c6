"""The vault of contacts: a database of its own, with nothing that leads to answers."""

from __future__ import annotations

from ccegov_choice.responses.database import Database
from ccegov_choice.responses.schema import bring_up_to_date

_SCHEMA = "ccegov_contacts"


def open_vault(answers: Database, url: str | None) -> Database:
    """Open the vault: at its own address, in a file beside the answers, or in another schema."""
    if url is not None:
        vault = Database(url)
    elif not answers.sqlite:
        vault = Database(answers.url.render_as_string(hide_password=False), schema=_SCHEMA)
    elif answers.memory:
        vault = Database("sqlite://")
    else:
        file = str(answers.url.database)
        stem = file.removesuffix(".sqlite").removesuffix(".db")
        vault = Database(answers.url.set(database=f"{stem}-contacts.sqlite").render_as_string())
    bring_up_to_date(vault, "contacts")
    return vault
