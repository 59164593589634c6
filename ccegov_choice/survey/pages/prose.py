"""Authors' Markdown into safe HTML: no raw HTML, nothing from elsewhere, no first heading."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ccegov_choice.errors import MissingExtraError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markupsafe import Markup

_CLASSES = {
    "h2": "govuk-heading-m",
    "h3": "govuk-heading-s",
    "h4": "govuk-heading-s",
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "a": "govuk-link",
    "table": "govuk-table",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
    "blockquote": "govuk-inset-text",
}
_TAGS = {*_CLASSES, "li", "strong", "em", "br", "hr", "thead", "tbody", "tr", "code", "img"}
_ATTRIBUTES = {tag: {"class"} for tag in _CLASSES} | {
    "a": {"class", "href"},
    "img": {"src", "alt"},
    "th": {"class", "scope"},
    "ol": {"class", "start"},
}


@cache
def _markdown() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise MissingExtraError(
            "a survey needs the package markdown-it-py, which is not installed",
            where="Pages",
            cure="Install it with: pip install 'ccegov_choice[survey]'",
        ) from error
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


@lru_cache(maxsize=2000)
def prose(text: str, media: str) -> Markup:
    """Return Markdown as HTML that may stand in a page.

    Parameters
    ----------
    text : str
        Markdown. Headings start at the second level, whatever the author wrote.
    media : str
        Address below which pictures of the survey's folder are found.
    """
    import nh3
    from markupsafe import Markup

    if not text.strip():
        return Markup()
    parser = _markdown()
    tokens = parser.parse(text)
    _prepare(tokens, media, _heading_shift(tokens))
    html = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return Markup(clean)


def _heading_shift(tokens: list[Token]) -> int:
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    return 2 - min(levels, default=2)


def _prepare(tokens: list[Token], media: str, shift: int) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]) + shift, 2), 4)}"
        if token.nesting == 1 and token.tag in _CLASSES:
            token.attrSet("class", _CLASSES[token.tag])
        if token.tag == "th" and token.nesting == 1:
            token.attrSet("scope", "col")
        if token.children:
            token.children = [child for child in token.children if not _remote(child)]
            for child in token.children:
                if child.type == "image":
                    child.attrSet("src", f"{media}/{child.attrGet('src')}")
            _prepare(token.children, media, shift)


def _remote(token: Token) -> bool:
    source = str(token.attrGet("src") or "")
    return token.type == "image" and (":" in source or source.startswith("/") or ".." in source)
