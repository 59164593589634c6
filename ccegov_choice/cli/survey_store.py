"""The survey that a command names, and where its answers are."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice.errors import SurveyError

if TYPE_CHECKING:
    from ccegov_choice.responses.store import ResponseStore
    from ccegov_choice.survey.survey import Survey


def add_survey(one: argparse.ArgumentParser) -> None:
    """Add which survey."""
    one.add_argument("folder", help="the survey's folder, or its name in surveys/")


def add_database(one: argparse.ArgumentParser) -> None:
    """Add where answers are."""
    one.add_argument(
        "--database", metavar="URL", help="sqlite:///FILE or postgresql://... (NAME.sqlite)"
    )


def named_survey(arguments: argparse.Namespace) -> Survey:
    """Read the survey."""
    from ccegov_choice.cli.survey_serve import survey_folder
    from ccegov_choice.survey.survey import Survey

    return Survey.read(survey_folder(arguments.folder))


def named_store(arguments: argparse.Namespace) -> ResponseStore:
    """Open the store; a file that is not there is a mistake here, not a new survey."""
    from ccegov_choice.cli.survey_serve import survey_folder
    from ccegov_choice.responses.store import ResponseStore

    path = Path(f"{survey_folder(arguments.folder).name}.sqlite").resolve()
    url = arguments.database or f"sqlite:///{path}"
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///")).resolve()
    if url.startswith("sqlite:") and not path.is_file():
        raise SurveyError(
            "there are no answers here",
            where=str(path),
            cure="Go to the folder in which the server runs, or name the --database.",
        )
    contacts = getattr(arguments, "contacts_database", None)
    return ResponseStore.open(url, contacts_url=contacts)
