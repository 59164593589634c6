"""Records that must be kept: processing, retention, what administrators did."""

from __future__ import annotations

from starlette.responses import Response

from ccegov_choice.survey.records.impact import impact_assessment
from ccegov_choice.survey.records.processing import processing_record
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.admin.figures import Sheet
from ccegov_choice.survey.server.admin.gate import Errand

ACTIONS = 200
_SECRET = ("log-in", "log-out")


def show(desk: Desk, errand: Errand) -> Response:
    """Show the record of processing, the draft of an impact assessment, and both logs."""
    survey, store = desk.site.survey, desk.site.store
    actions = tuple(
        (
            f"{action.at:%Y-%m-%d %H:%M:%S}",
            action.by,
            action.what,
            "" if action.what in _SECRET else action.detail,
        )
        for action in store.actions(survey.id, most=ACTIONS)
    )
    runs = store.retention_log(survey.id)
    last = f"The last run was at {runs[0].at:%Y-%m-%d %H:%M}. " if runs and runs[0].at else ""
    deletions = tuple(
        (f"{done.at:%Y-%m-%d %H:%M}" if done.at else "", done.what, done.how_many, done.rule)
        for done in runs
        if done.how_many
    )
    return desk.page(
        "records.html",
        "Records",
        errand.session,
        records=(processing_record(survey), impact_assessment(survey)),
        deletions=Sheet(
            "What the retention clock deleted",
            ("time (UTC)", "what", "people", "rule"),
            deletions[:ACTIONS],
            (f"{last}Runs that found nothing to delete are not shown.",),
        ),
        actions=Sheet(
            f"What administrators did (the latest {ACTIONS})",
            ("time (UTC)", "who", "what", "which"),
            actions,
        ),
    )
