"""Addresses of the administration, all below ``/admin``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ccegov_choice.survey.server.admin import (
    downloads,
    field_control,
    log_in,
    metrics_page,
    overview,
    page_progress,
    places,
    records_page,
)
from ccegov_choice.survey.server.admin.desk import STYLE, Desk
from ccegov_choice.survey.server.admin.gate import Endpoint, guarded
from ccegov_choice.survey.server.site import Site


def admin_routes(site: Site) -> list[BaseRoute]:
    """Return the routes of the administration; none where nobody may administer.

    Parameters
    ----------
    site : Site
        The survey being served.
    """
    if not site.settings.administrators:
        return []
    desk = Desk(site)
    both = ["GET", "POST"]
    out = guarded(desk, lambda desk, errand: desk.go(""), log_in.log_out)
    download = guarded(desk, lambda desk, errand: desk.go("/downloads"), downloads.download)
    return [
        Route("/admin", guarded(desk, overview.show)),
        Route("/admin/", _without_slash(desk)),
        Route("/admin/log-in", log_in.log_in(desk), methods=both),
        Route("/admin/log-out", out, methods=both),
        Route("/admin/pages", guarded(desk, page_progress.show)),
        Route("/admin/places", guarded(desk, places.show)),
        Route("/admin/downloads", guarded(desk, downloads.show)),
        Route("/admin/downloads/file", download, methods=both),
        Route("/admin/field", guarded(desk, field_control.show, field_control.take), methods=both),
        Route("/admin/records", guarded(desk, records_page.show)),
        Route("/admin/metrics", metrics_page.metrics(desk)),
        Route("/admin/admin.css", _style),
    ]


def _without_slash(desk: Desk) -> Endpoint:
    async def led(request: Request) -> Response:
        return desk.go("")

    return led


async def _style(request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(STYLE, headers=headers, media_type="text/css")
