"""`ccegov survey retention`: delete what is kept no longer, and log it."""

from __future__ import annotations

import argparse
import json
from typing import TypeAlias

from ccegov_choice.cli.survey_store import add_database, add_survey, named_store, named_survey

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_DESCRIPTION = """\
Delete contacts, answers of people who did not finish, and codes, panel ids and free text, each
after the days that survey.toml promises, and log what and how many. The server does the same once
a day; run this where no server runs any more.
"""


def register(verbs: Parsers) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "retention", help="delete what is kept no longer", description=_DESCRIPTION
    )
    add_survey(verb)
    add_database(verb)
    verb.add_argument("--contacts-database", metavar="URL", help="where contacts are kept")
    verb.add_argument("--log", action="store_true", help="only show what was deleted so far")
    verb.add_argument("--json", action="store_true", help="print for machines")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Apply the rules, or show the log."""
    survey = named_survey(arguments)
    with named_store(arguments) as store:
        if arguments.log:
            done = store.retention_log(survey.id)
        else:
            done = store.apply_retention(survey.id, survey.retention)
    if arguments.json:
        rows = [
            {
                "what": deletion.what,
                "how_many": deletion.how_many,
                "rule": deletion.rule,
                "at": None if deletion.at is None else deletion.at.isoformat(),
            }
            for deletion in done
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    for deletion in done:
        when = "" if deletion.at is None else f"{deletion.at:%Y-%m-%d %H:%M} UTC  "
        print(f"{when}{deletion.how_many:>6,} {deletion.what} ({deletion.rule})")
    if not done:
        print("nothing has been deleted yet" if arguments.log else "survey.toml keeps everything")
    return 0
