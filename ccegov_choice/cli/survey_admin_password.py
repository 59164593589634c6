"""`ccegov survey admin set-password`: who may administer."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TypeAlias

from ccegov_choice.errors import SurveyError

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def register(things: Parsers) -> None:
    """Add it."""
    one = things.add_parser(
        "set-password",
        help="let somebody administer, or no longer",
        description="Write a name and the scrypt hash of a password into a file (mode 600). Give "
        "the file to: ccegov survey serve --admin-password-file FILE, or its lines in the "
        "variable CCEGOV_ADMIN_HASH.",
    )
    one.add_argument("file", type=Path, help="the password file; made if missing")
    one.add_argument("--name", required=True, help="stands in the log of what is done")
    one.add_argument("--remove", action="store_true", help="take the name out")
    one.add_argument(
        "--stdin", action="store_true", help="read the password from standard input, one line"
    )
    one.set_defaults(run=set_password)


def set_password(arguments: argparse.Namespace) -> int:
    """Write the file."""
    from ccegov_choice._files import read_text, write_atomic
    from ccegov_choice.survey.server.admin.passwords import Administrators

    path = arguments.file
    known = Administrators.parse(read_text(path) if path.exists() else "", str(path))
    if arguments.remove:
        if arguments.name not in known.hashes:
            raise SurveyError(
                f"'{arguments.name}' is not among the administrators",
                where=str(path),
                cure=f"Known: {', '.join(known.hashes) or 'nobody'}.",
            )
        changed, done = known.without(arguments.name), "removed"
    else:
        changed = known.with_password(arguments.name, _password(from_stdin=arguments.stdin))
        done = "replaced" if arguments.name in known.hashes else "added"
    write_atomic(path, changed.to_text())
    path.chmod(0o600)
    print(f"{done} {arguments.name} in {path}")
    print("next: start the server again, so that it reads the file", file=sys.stderr)
    return 0


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    from getpass import getpass

    first = getpass("Password: ")
    if getpass("Once more: ") != first:
        raise SurveyError("the two passwords differ", cure="Type the same one twice.")
    return first
