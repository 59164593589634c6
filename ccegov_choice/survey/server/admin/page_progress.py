"""How far people come, page by page."""

from __future__ import annotations

from starlette.responses import Response

from ccegov_choice.survey.server.admin import figures
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.admin.gate import Errand
from ccegov_choice.survey.server.admin.overview import asked_ledger


def show(desk: Desk, errand: Errand) -> Response:
    """Show who answered, who stopped, and the median time, by page."""
    survey, ledger = desk.site.survey, asked_ledger(errand)
    progress = desk.site.store.progress(survey.id, ledger)
    return desk.page(
        "pages.html",
        "Pages",
        errand.session,
        ledger=ledger,
        ledgers=figures.LEDGERS,
        sheet=figures.by_page(survey, progress),
    )
