"""`ccegov survey walk`: a rehearsal with simulated citizens before anybody real is asked."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ccegov_choice.walk.walk import Walk

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_DESCRIPTION = """\
Let simulated citizens answer the real server over HTTP, on this machine. Their tastes are known
(people.toml); some give up, load a page again, go back, press twice or lose their cookie. At the
end every answer that the server said it had is looked for in the database. Robots stand in a
ledger of their own: no real place is used up. Exit code 1 if anything was lost or went wrong.
"""


def register(verbs: Parsers) -> None:
    """Add the verb and its options."""
    verb = verbs.add_parser(
        "walk",
        help="rehearse a survey with simulated citizens",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("folder", help="the survey's folder, or its name in surveys/")
    verb.add_argument("--people", type=int, default=500, help="citizens (%(default)s)")
    verb.add_argument("--seed", type=int, default=1, help="of everything drawn (%(default)s)")
    verb.add_argument(
        "--citizens", type=Path, metavar="FILE", help="their tastes (people.toml of the survey)"
    )
    verb.add_argument("--rate", type=float, help="arrivals a second (all are there at once)")
    verb.add_argument("--concurrent", type=int, default=64, help="most at once (%(default)s)")
    verb.add_argument(
        "--think", type=float, default=0.0, help="mean seconds on a page (%(default)g)"
    )
    verb.add_argument("--seconds", type=float, help="stop after so long (when all are through)")
    verb.add_argument(
        "--database", metavar="URL", help="sqlite:///FILE or postgresql://... (thrown away)"
    )
    verb.add_argument("--url", help="a server that runs on this machine (one is started)")
    verb.add_argument("--key-file", type=Path, metavar="FILE", help="the key of that server")
    verb.add_argument("--workers", type=int, default=1, help="server processes (%(default)s)")
    verb.add_argument("--clients", type=int, default=1, help="citizens' processes (%(default)s)")
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write choices.csv (with the truth), walk.json"
    )
    verb.add_argument("--json", action="store_true", help="print for machines")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Walk, and print what it showed."""
    from ccegov_choice.cli.survey_serve import survey_folder
    from ccegov_choice.survey.survey import Survey
    from ccegov_choice.walk.people import People
    from ccegov_choice.walk.walk import walk_survey

    survey = Survey.read(survey_folder(arguments.folder))
    citizens = People.read(arguments.citizens, survey) if arguments.citizens else None
    walk = walk_survey(
        survey,
        arguments.people,
        arguments.seed,
        citizens=citizens,
        rate=arguments.rate,
        concurrent=arguments.concurrent,
        think=arguments.think,
        seconds=arguments.seconds,
        database=arguments.database,
        url=arguments.url,
        key_file=arguments.key_file,
        workers=arguments.workers,
        clients=arguments.clients,
        progress=counter(arguments.people),
    )
    if arguments.out:
        for path in walk.save(arguments.out):
            print(f"wrote {path}", file=sys.stderr)
    _tell(walk, as_json=arguments.json)
    return 0 if walk.report.clean else 1


def counter(people: int) -> Callable[[int], None]:
    """Return what counts citizens on a terminal, and is silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda ended: None

    def count(ended: int) -> None:
        end = "\n" if ended == people else ""
        print(f"\r{ended:,} of {people:,} citizens are through", end=end, file=sys.stderr)

    return count


def _tell(walk: Walk, *, as_json: bool) -> None:
    report = walk.report
    if as_json:
        print(json.dumps(report.to_dict(), indent=1, ensure_ascii=False))
        return
    print(report.table())
    print(report.waiting_table())
    if report.lost is None:
        print("The database was not looked at: name --database and --key-file of that server.")
    elif report.clean:
        print("Every answer that was acknowledged is there, once. These citizens are simulated.")
