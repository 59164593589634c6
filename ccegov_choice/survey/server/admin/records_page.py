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
    deletions = tuple(
        (f"{done.at:%Y-%m-%d %H:%M}" if done.at else "", done.what, done.how_many, done.rule)
        for done in store.retention_log(survey.id)[:ACTIONS]
    )
    return desk.page(
        "records.html",
        "Records",
        errand.session,
        records=(processing_record(survey), impact_assessment(survey)),
        deletions=Sheet(
            "What the retention clock deleted",
            ("time (UTC)", "what", "people", "rule"),
            deletions,
        ),
        actions=Sheet(
            f"What administrators did (the latest {ACTIONS})",
            ("time (UTC)", "who", "what", "which"),
            actions,
        ),
    )
