"""What can be read by everybody: privacy notice, accessibility statement, files, pictures."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ccegov_choice.survey.server.compression import mark_compressed, wanted
from ccegov_choice.survey.server.reply import Reply
from ccegov_choice.survey.server.shelf import File
from ccegov_choice.survey.server.site import Site
from ccegov_choice.survey.server.visit import Visit

_MARKED, _UNMARKED = "public, max-age=31536000, immutable", "public, max-age=3600"
# a picture opened by itself must not run anything
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def privacy(site: Site, visit: Visit) -> Reply:
    """Say what is kept, why, and for how long."""
    return Reply(site.pages.notice("privacy", site.frame(visit)))


def accessibility(site: Site, visit: Visit) -> Reply:
    """Say how accessible the survey is, and whom to tell if it is not."""
    return Reply(site.pages.notice("accessibility", site.frame(visit)))


def file_response(request: Request, files: Mapping[str, File]) -> Response | None:
    """Return a file by its path; None if there is none."""
    file = files.get(request.path_params["path"])
    if file is None:
        return None
    headers = {
        "ETag": file.etag,
        "Cache-Control": _kept(request),
        "Content-Security-Policy": _ALONE,
    }
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    if not wanted(request.headers) or file.gzipped is file.body:
        return Response(file.body, headers=headers, media_type=file.media_type)
    response = Response(file.gzipped, headers=headers, media_type=file.media_type)
    mark_compressed(response.headers, len(file.gzipped))
    return response


def _kept(request: Request) -> str:
    # an address with a mark of the content never holds another content
    return _MARKED if request.query_params.get("v") else _UNMARKED
