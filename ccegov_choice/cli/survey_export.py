"""`ccegov survey export`: write what was answered into a folder, with codebook and manifest."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TypeAlias

from ccegov_choice.cli.survey_store import add_database, add_survey, named_store, named_survey

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_DESCRIPTION = """\
Write a folder with people, choices, answers, free text, what was shown, events and the ledger of
places, each a file of its own, with a codebook and a manifest of hashes. Contacts are never
exported. An earlier export in the same folder is replaced, whole or not at all.
"""


def register(verbs: Parsers) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "export", help="write what was answered into files", description=_DESCRIPTION
    )
    add_survey(verb)
    add_database(verb)
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to")
    verb.add_argument("--format", choices=("csv", "parquet"), default="csv", help="(%(default)s)")
    verb.add_argument(
        "--ledger",
        choices=("live", "preview", "robot"),
        default="live",
        help="whose answers (default: %(default)s)",
    )
    verb.add_argument("--json", action="store_true", help="print for machines")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the bundle and say what is in it."""
    from ccegov_choice.responses.export.bundle import write_bundle

    survey = named_survey(arguments).id
    with named_store(arguments) as store:
        bundle = write_bundle(
            store, survey, arguments.out, format=arguments.format, ledger=arguments.ledger
        )
    if arguments.json:
        files = {file.name: {"rows": file.rows, "sha256": file.sha256} for file in bundle.files}
        told = {"survey": survey, "folder": str(bundle.folder), "files": files}
        print(json.dumps(told, indent=1, ensure_ascii=False))
        return 0
    print(f"wrote {bundle.folder}")
    for file in bundle.files:
        if file.rows:
            print(f"  {file.name:<20} {file.rows:>9,} rows")
    return 0
