"""`ccegov survey admin record|deploy-files`: what a survey must have on paper and on a server."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ccegov_choice.cli.survey_store import add_survey, named_survey
from ccegov_choice.errors import SurveyError

if TYPE_CHECKING:
    from ccegov_choice.survey.records.record import Record


Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def register(things: Parsers) -> None:
    """Add it."""
    one = things.add_parser(
        "record",
        help="record of processing (GDPR, Article 30) and draft of an impact assessment",
        description="Make both from the survey's own files; what a person must still write is "
        "listed first.",
    )
    add_survey(one)
    one.add_argument("--impact", action="store_true", help="the impact assessment only")
    one.add_argument("--out", type=Path, metavar="FOLDER", help="write both as Markdown files")
    one.add_argument("--json", action="store_true", help="print for machines")
    one.set_defaults(run=write_record)

    files = things.add_parser(
        "deploy-files",
        help="container file, systemd unit, reverse proxy, backup and restore",
        description="Write the folder deploy/ into the survey's folder.",
    )
    add_survey(files)
    files.add_argument("--out", type=Path, metavar="FOLDER", help="another folder to write to")
    files.add_argument("--force", action="store_true", help="replace files that exist")
    files.set_defaults(run=write_deployment)


def write_record(arguments: argparse.Namespace) -> int:
    """Print or write the records."""
    from ccegov_choice._files import write_atomic
    from ccegov_choice.survey.records.impact import impact_assessment
    from ccegov_choice.survey.records.processing import processing_record

    survey = named_survey(arguments)
    records = {"processing": processing_record(survey), "impact": impact_assessment(survey)}
    if arguments.out:
        for name, record in records.items():
            print(f"wrote {write_atomic(arguments.out / f'{name}.md', record.to_markdown())}")
        return 0
    record = records["impact" if arguments.impact else "processing"]
    print(json.dumps(_told(record), ensure_ascii=False) if arguments.json else record.to_markdown())
    return 0


def _told(record: Record) -> dict[str, object]:
    return {
        "title": record.title,
        "open": [f"{entry.name}: {text}" for entry, text in record.open],
        "entries": [
            {"name": e.name, "rule": e.source, "found": list(e.found), "open": list(e.open)}
            for e in record.entries
        ],
    }


def write_deployment(arguments: argparse.Namespace) -> int:
    """Write the files; those that exist are somebody's work and stay, unless forced."""
    from ccegov_choice.survey.deploying.deployment import deployment_files, write_deployment_files

    survey = named_survey(arguments)
    folder = arguments.out or survey.folder or Path()
    there = [path for path in deployment_files(survey) if (folder / path).exists()]
    if there and not arguments.force:
        raise SurveyError(
            f"files exist already: {', '.join(there)}",
            where=str(folder),
            cure="Write to another folder with --out, or replace them with --force.",
        )
    for path in write_deployment_files(survey, folder):
        print(f"wrote {folder / path}")
    return 0
