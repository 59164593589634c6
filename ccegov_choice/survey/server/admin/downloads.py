"""Downloads of answers: a bundle as one ZIP file, sent as it is packed, and logged."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.responses import Response, StreamingResponse

from ccegov_choice.survey.server.admin import figures
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.admin.gate import Errand
from ccegov_choice.survey.server.admin.zipping import zipped

FORMATS = {
    "csv": (
        "CSV",
        "Tables as text, with a codebook: for spreadsheets and every statistics program.",
    ),
    "parquet": ("Parquet", "The same tables packed, for large surveys and data frames."),
}


def show(desk: Desk, errand: Errand) -> Response:
    """Show what can be downloaded, and who has done so."""
    return _page(desk, errand)


def download(desk: Desk, errand: Errand) -> Response:
    """Write the bundle and send it."""
    kind, ledger = errand.posted("format"), errand.posted("ledger")
    if kind not in _offered() or ledger not in dict(figures.LEDGERS):
        return _page(desk, errand, "Choose one of the formats and one of the ledgers.", 422)
    from ccegov_choice.responses.export.bundle import write_bundle

    survey = desk.site.survey.id
    folder = TemporaryDirectory(prefix="ccegov-")
    try:
        write_bundle(desk.site.store, survey, _bundle(folder), format=kind, ledger=ledger)
        desk.log(errand.session, "download", f"{kind}, {ledger}")
    except BaseException:
        folder.cleanup()
        raise
    at = desk.site.clock().strftime("%Y%m%dT%H%M%SZ")
    name = f"{survey}-{ledger}-{kind}-{at}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return StreamingResponse(_sent(folder, name), headers=headers, media_type="application/zip")


def _sent(folder: TemporaryDirectory[str], name: str) -> Iterator[bytes]:
    """Yield the packed bundle, and leave nothing of it on the disk."""
    with folder:
        yield from zipped(_bundle(folder), name)


def _bundle(folder: TemporaryDirectory[str]) -> Path:
    return Path(folder.name) / "bundle"


def _offered() -> dict[str, tuple[str, str]]:
    there = find_spec("pyarrow") is not None
    return {kind: text for kind, text in FORMATS.items() if there or kind != "parquet"}


def _page(desk: Desk, errand: Errand, problem: str = "", status: int = 200) -> Response:
    actions = desk.site.store.actions(desk.site.survey.id, most=1000)
    return desk.page(
        "downloads.html",
        "Downloads",
        errand.session,
        status,
        formats=_offered(),
        ledgers=figures.LEDGERS,
        problem=problem,
        downloads=[action for action in actions if action.what == "download"],
    )
