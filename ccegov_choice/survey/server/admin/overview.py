"""The overview: how the survey stands."""

from __future__ import annotations

from typing import cast

from starlette.responses import Response

from ccegov_choice.responses.records import Ledger
from ccegov_choice.survey.server.admin import figures
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.admin.gate import Errand
from ccegov_choice.survey.server.admin.hours_chart import hours_chart


def asked_ledger(errand: Errand) -> Ledger:
    """Return the ledger that the address names; the live one otherwise."""
    asked = errand.asked("ledger", "live")
    return cast(Ledger, asked if asked in dict(figures.LEDGERS) else "live")


def show(desk: Desk, errand: Errand) -> Response:
    """Show counts by state, block, quota, language, mode, device and hour."""
    survey, ledger = desk.site.survey, asked_ledger(errand)
    counts = desk.site.store.counts(survey.id, ledger)
    sheets = [figures.by_state(counts), figures.by_block(counts)]
    if survey.quotas:
        sheets.append(figures.by_quota(survey, counts))
    kinds = [
        figures.by_kind("Languages", "language", counts.languages),
        figures.by_kind("Ways of answering", "mode", counts.modes),
        figures.by_kind("Devices", "device", counts.devices),
    ]
    return desk.page(
        "overview.html",
        "Overview",
        errand.session,
        ledger=ledger,
        ledgers=figures.LEDGERS,
        state="closed" if desk.over else desk.site.store.field_state(survey.id),
        closes=survey.retention.closes,
        headline=figures.headline(counts, survey.fieldwork.target),
        sheets=sheets,
        kinds=kinds,
        hours=figures.by_hour(counts),
        chart=hours_chart(counts.hours),
        preview=f"{desk.site.settings.base}/?preview={desk.site.signer.sign('preview')}",
        link=f"{desk.site.settings.base_url.rstrip('/')}/",
    )
