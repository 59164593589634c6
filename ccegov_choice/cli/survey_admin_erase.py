"""`ccegov survey admin erase|erased`: by code, and again after a restore."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ccegov_choice.cli.survey_store import add_database, add_survey, named_store, named_survey
from ccegov_choice.errors import SurveyError

if TYPE_CHECKING:
    from ccegov_choice.responses.store import ResponseStore


Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def register(things: Parsers) -> None:
    """Add it."""
    one = things.add_parser(
        "erase",
        help="delete somebody's answers by their code",
        description="Delete everything kept of a person who gives their code, or of those that "
        "were erased before a backup was brought back. Asks for nothing more: it cannot be undone.",
    )
    add_survey(one)
    who = one.add_mutually_exclusive_group(required=True)
    who.add_argument("--code", help="the code that the person was shown, ABCD-EFGH-JKMN")
    who.add_argument("--ids-from", type=Path, metavar="FILE", help="written by: admin erased")
    one.add_argument("--key-file", metavar="FILE", help="the server's key (NAME.key)")
    one.add_argument("--by", default="shell", help="who does it, for the log (%(default)s)")
    add_database(one)
    one.set_defaults(run=erase)

    listing = things.add_parser(
        "erased",
        help="list who was erased, to erase them again from a backup",
        description="Print random ids of those of whom nothing is kept; keep the list beside "
        "backups (deploy/backup.sh does).",
    )
    add_survey(listing)
    add_database(listing)
    listing.set_defaults(run=list_erased)


def erase(arguments: argparse.Namespace) -> int:
    """Erase one by code, or several by id."""
    survey = named_survey(arguments)
    with named_store(arguments) as store:
        ids = [_id_of(arguments, store)] if arguments.code else _ids(arguments.ids_from)
        done = sum(store.erase(id) for id in ids)
        if done:
            store.log_action(survey.id, by=arguments.by, what="erase", detail=f"{done} people")
    print(f"erased {done} of {len(ids)}")
    return 0


def _id_of(arguments: argparse.Namespace, store: ResponseStore) -> str:
    from ccegov_choice.cli.survey_serve import survey_folder
    from ccegov_choice.survey.server.key_file import read_key
    from ccegov_choice.survey.server.person_code import code_hash, plain_code
    from ccegov_choice.survey.server.signing import Signer

    if not plain_code(arguments.code):
        raise SurveyError(
            "this is no code",
            where="--code",
            cure="Codes have twelve letters and digits, such as ABCD-EFGH-JKMN.",
        )
    key = arguments.key_file or f"{survey_folder(arguments.folder).name}.key"
    person = store.person_by_code(code_hash(Signer(read_key(key)), arguments.code))
    if person is None:
        raise SurveyError(
            "nobody has this code",
            where="--code",
            cure="Ask for it again; it may have been erased before, or its time may be over.",
        )
    return person.id


def _ids(path: Path) -> list[str]:
    from ccegov_choice._files import read_text

    return [line.strip() for line in read_text(path).splitlines() if line.strip()]


def list_erased(arguments: argparse.Namespace) -> int:
    """Print the ids."""
    survey = named_survey(arguments)
    with named_store(arguments) as store:
        for id in store.erased(survey.id):
            print(id)
    return 0
