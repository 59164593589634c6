"""Opening, pausing and closing the field; each needs a confirmation and is logged."""

from __future__ import annotations

from starlette.responses import Response

from ccegov_choice.responses.records import FieldState
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.admin.gate import Errand

STATES: dict[FieldState, tuple[str, str]] = {
    "open": ("Open", "Anybody with the address can begin."),
    "paused": (
        "Paused",
        "Nobody can begin; a page asks people to come back later. Those under way may finish.",
    ),
    "closed": (
        "Closed",
        "Nobody can begin; a page says that the survey has ended. Those under way may finish.",
    ),
}


def show(desk: Desk, errand: Errand) -> Response:
    """Show the state and what it can become."""
    return _page(desk, errand)


def take(desk: Desk, errand: Errand) -> Response:
    """Change the state once it is confirmed."""
    wanted = errand.posted("state")
    if wanted not in STATES:
        return _page(desk, errand, "Choose what the survey should be.", status=422)
    if errand.posted("confirm") != "yes":
        problem = f"Tick the box to confirm: {STATES[wanted][0].lower()}."
        return _page(desk, errand, problem, chosen=wanted, status=422)
    desk.site.store.set_field_state(desk.site.survey.id, wanted, by=errand.session.name)
    return desk.go("/field?done=yes")


def _page(
    desk: Desk, errand: Errand, problem: str = "", chosen: str = "", status: int = 200
) -> Response:
    survey = desk.site.survey
    actions = desk.site.store.actions(survey.id, most=1000)
    return desk.page(
        "field.html",
        "Open and close",
        errand.session,
        status,
        states=STATES,
        state=desk.site.store.field_state(survey.id),
        chosen=chosen,
        problem=problem,
        done=errand.asked("done") == "yes",
        closes=survey.retention.closes,
        over=desk.over,
        changes=[action for action in actions if action.what == "state"],
    )
