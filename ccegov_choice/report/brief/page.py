"""The words of a brief as one HTML page and as one page of PDF/UA-1."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

from ccegov_choice._drawing.typesetting import fonts_here, typeset
from ccegov_choice._version import __version__
from ccegov_choice.report.brief.content import Content, say
from ccegov_choice.report.templating import environment

_FOLDER = Path(__file__).parent / "templates"


@cache
def _style() -> str:
    return (_FOLDER / "brief.css").read_text(encoding="utf-8").strip()


def render_html(content: Content, language: str = "en") -> str:
    """Return a brief as HTML: no script, no request, no date."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        environment(_FOLDER, "brief")
        .get_template("brief.html.j2")
        .render(
            content=content,
            language=language,
            style=_style(),
            policy=policy,
            short=say("simulated_short"),
            version=__version__,
        )
    )


def render_pdf(content: Content, language: str = "en") -> bytes:
    """Return a brief as one page of tagged PDF without a date.

    Raises
    ------
    ChoiceError
        If no installed font has a letter of the text.
    MissingExtraError
        If Typst is not installed.
    """
    said = {**asdict(content), "language": language, "fonts": fonts_here()}
    files: dict[str, str | bytes] = {
        "brief.typ": (_FOLDER / "brief.typ").read_text(encoding="utf-8"),
        "brief.json": json.dumps(said, ensure_ascii=False, sort_keys=True),
    }
    return typeset("brief.typ", files, what="brief")
