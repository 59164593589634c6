"""`ccegov survey preview`: look at a survey while it is being written; nothing counts."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from ccegov_choice.cli.survey_serve import Parsers, add_options, serve, survey_folder
from ccegov_choice.survey.survey import Survey

_DESCRIPTION = """\
Serve a survey to look at it. Answers stand in the preview ledger of a database that is thrown
away; pages follow changes of the folder's files; problems are listed, and do not stop it.
"""


def register(verbs: Parsers) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "preview", help="look at a survey while writing it", description=_DESCRIPTION
    )
    add_options(verb)
    verb.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Serve until stopped."""
    folder = survey_folder(parsed.folder)
    with tempfile.TemporaryDirectory(prefix="ccegov-preview-") as place:
        variables = {
            "CCEGOV_DATABASE": f"sqlite:///{Path(place) / 'preview.sqlite'}",
            "CCEGOV_KEY_FILE": str(Path(place) / "preview.key"),
            "CCEGOV_LEDGER": "preview",
        }
        return serve(parsed, folder, variables, _list_problems)


def _list_problems(survey: Survey) -> None:
    problems = survey.check()
    if problems:
        print(
            f"Before it can be fielded, {len(problems)} problems are to be solved:", file=sys.stderr
        )
    for number, problem in enumerate(problems, 1):
        print(f"{number}. {problem}", file=sys.stderr)
