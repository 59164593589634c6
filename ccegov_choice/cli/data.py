"""`ccegov data check|describe|import`: look at choices before fitting anything to them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccegov_choice.cli.foreign import add_foreign, read_foreign
from ccegov_choice.cli.source import add_source, read_source

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData

_Nouns = argparse._SubParsersAction  # the type has no public name


def register(nouns: _Nouns[argparse.ArgumentParser]) -> None:
    """Add the noun and its verbs."""
    noun = nouns.add_parser("data", help="check, describe or convert choices")
    verbs = noun.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser(
        "check",
        help="find every problem of a table of choices",
        description="List every problem with data rows and cure (exit code 1), or say what the "
        "table holds (exit code 0).",
    )
    describe = verbs.add_parser(
        "describe",
        help="people, tasks, shares by alternative and level, gaps",
        description="Say who answered what.",
    )
    describe.add_argument("--html", type=Path, metavar="FILE", help="write a page as well")
    importer = verbs.add_parser(
        "import",
        help="write choices into a folder of our own format, also from other programs",
        description="Check a table, or a file that another program exported (--from), and write "
        "choices.csv, study.toml and choices.json.",
    )
    importer.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where to")
    add_foreign(importer)
    for verb, function in ((check, run_check), (describe, run_describe), (importer, run_import)):
        add_source(verb)
        verb.set_defaults(run=function)
    for verb in (check, describe):
        verb.add_argument("--json", action="store_true", help="print for machines")


def run_check(arguments: argparse.Namespace) -> int:
    """List every problem, or say that there is none."""
    data = read_source(arguments)
    if arguments.json:
        print(json.dumps({"problems": [], **_sizes(data)}, indent=1))
    else:
        print(data.describe().overview)
        print("no problems found")
    return 0


def run_describe(arguments: argparse.Namespace) -> int:
    """Print the tables."""
    from ccegov_choice._files import write_atomic

    description = read_source(arguments).describe()
    if arguments.html:
        write_atomic(arguments.html, description.to_page())
        print(f"wrote {arguments.html}", file=sys.stderr)
    if arguments.json:
        tables = {
            table.title: json.loads(table.to_frame().to_json(orient="records"))
            for table in description.tables
        }
        print(json.dumps(tables, indent=1, ensure_ascii=False))
    else:
        print(description)
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Write the folder."""
    data = read_foreign(arguments) if arguments.tool else read_source(arguments)
    folder = data.save(arguments.out)
    print(f"wrote {folder}: {data.people:,} people, {data.tasks:,} tasks")
    for note in data.provenance.parameters.get("notes", ()) if data.provenance else ():
        print(f"- {note}")
    return 0


def _sizes(data: ChoiceData) -> dict[str, Any]:
    return {
        "people": data.people,
        "tasks": data.tasks,
        "rows": data.rows,
        "response": data.response,
        "weighted": data.weighted,
    }
