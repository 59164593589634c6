"""`ccegov survey admin`: passwords, the field's state, counts, erasures, records, deployment."""

from __future__ import annotations

import argparse
from typing import TypeAlias

from ccegov_choice.cli import (
    survey_admin_erase,
    survey_admin_field,
    survey_admin_password,
    survey_admin_record,
)

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def register(verbs: Parsers) -> None:
    """Add the verb and what can be administered."""
    verb = verbs.add_parser(
        "admin",
        help="passwords, opening and closing, counts, erasures, records, deployment files",
        description="What administration pages do, and what they cannot, from a shell.",
    )
    things = verb.add_subparsers(dest="thing", metavar="WHAT", required=True)
    for part in (
        survey_admin_password,
        survey_admin_field,
        survey_admin_erase,
        survey_admin_record,
    ):
        part.register(things)
