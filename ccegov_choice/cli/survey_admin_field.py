"""`ccegov survey admin state|counts`: how a survey stands, open or closed."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, TypeAlias, get_args

from ccegov_choice.cli.survey_store import add_database, add_survey, named_store, named_survey
from ccegov_choice.responses.records import FieldState

if TYPE_CHECKING:
    from ccegov_choice.responses.tallies import Counts


Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def register(things: Parsers) -> None:
    """Add what shows and changes how the survey stands."""
    _register_state(things)
    _register_counts(things)


def _register_state(things: Parsers) -> None:
    one = things.add_parser("state", help="show, open, pause or close the field")
    add_survey(one)
    one.add_argument("state", nargs="?", choices=get_args(FieldState), help="what it shall be")
    one.add_argument("--by", default="shell", help="who does it, for the log (%(default)s)")
    add_database(one)
    one.set_defaults(run=set_state)


def set_state(arguments: argparse.Namespace) -> int:
    """Show or change the state."""
    survey = named_survey(arguments)
    with named_store(arguments) as store:
        if arguments.state:
            store.set_field_state(survey.id, arguments.state, by=arguments.by)
        print(store.field_state(survey.id))
    return 0


def _register_counts(things: Parsers) -> None:
    one = things.add_parser("counts", help="how the survey stands")
    add_survey(one)
    one.add_argument("--ledger", choices=("live", "preview", "robot"), default="live")
    one.add_argument("--json", action="store_true", help="print for machines")
    add_database(one)
    one.set_defaults(run=show_counts)


def show_counts(arguments: argparse.Namespace) -> int:
    """Print counts by state, block and quota."""
    from ccegov_choice._table import Table
    from ccegov_choice.survey.server.admin import figures

    survey = named_survey(arguments)
    with named_store(arguments) as store:
        counts = store.counts(survey.id, arguments.ledger)
    if arguments.json:
        print(json.dumps(_plain(counts), ensure_ascii=False))
        return 0
    sheets = [figures.by_state(counts), figures.by_block(counts)]
    if survey.quotas:
        sheets.append(figures.by_quota(survey, counts))
    tables = [Table(sheet.title, sheet.columns, sheet.rows, sheet.notes) for sheet in sheets]
    print("\n\n".join(table.to_text() for table in tables))
    return 0


def _plain(counts: Counts) -> dict[str, object]:
    return {
        "survey": counts.survey,
        "ledger": counts.ledger,
        "states": dict(counts.states),
        "erased": counts.erased,
        "block_spread": counts.spread,
        "blocks": {
            tally.block: {
                "completed": tally.completed,
                "in_progress": tally.in_progress,
                "expired": tally.expired,
                "started": tally.started,
            }
            for tally in counts.blocks
        },
        "quotas": [
            {
                "quota": tally.quota,
                "cell": tally.cell,
                "completed": tally.completed,
                "in_progress": tally.in_progress,
            }
            for tally in counts.quotas
        ],
        "languages": {name: dict(states) for name, states in counts.languages.items()},
        "modes": {name: dict(states) for name, states in counts.modes.items()},
        "devices": {name: dict(states) for name, states in counts.devices.items()},
    }
