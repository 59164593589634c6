"""What a database's complaint means, and what to do about it."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from ccegov_choice.errors import ResponseError

_KEPT = "Every answer that was acknowledged is kept."
# part of the complaint -> what is wrong, cure
_KNOWN = (
    (
        ("disk is full", "No space left", "DiskFull", "could not extend file"),
        "the disk is full",
        f"Free some space; answers are taken again at once. {_KEPT}",
    ),
    (
        ("database is locked", "database table is locked", "lock timeout"),
        "another program holds the database locked",
        f"Close what has it open (a backup or a database browser). {_KEPT}",
    ),
    (
        ("readonly database", "read-only transaction", "permission denied"),
        "the database may not be written",
        "Give the account that runs the survey the right to write the file and its folder, "
        "or the tables.",
    ),
    (
        ("unable to open database file",),
        "the database file cannot be opened",
        "Check that the folder exists and that the account may write to it.",
    ),
    (
        ("malformed", "not a database"),
        "the file is damaged, or is no database",
        "Restore the last backup, and keep the damaged file for a closer look.",
    ),
    (
        ("disk I/O error",),
        "the disk failed to read or write",
        f"Look at the system's log and the disk. {_KEPT}",
    ),
    (
        ("password authentication", "no password supplied"),
        "the database does not accept the user or password",
        "Check user and password in the database's address.",
    ),
    (
        ("does not exist",),
        "the database or role does not exist",
        "Create it (createdb), or check the database's address.",
    ),
    (
        ("connection", "terminating", "starting up", "shutting down"),
        "the database does not answer",
        f"Check that the server runs; answers are taken again as soon as it does. {_KEPT}",
    ),
)


def refusal(error: DBAPIError, where: str) -> ResponseError:
    """Make our error of the database's."""
    said = f"{type(error.orig).__name__}: {error.orig}"
    for signs, problem, cure in _KNOWN:
        if any(sign.lower() in said.lower() for sign in signs):
            return ResponseError(problem, where=where, cure=cure)
    first = said.partition("\n")[0]
    return ResponseError(
        f"the database refused ({first})", where=where, cure=f"Look at its log. {_KEPT}"
    )
