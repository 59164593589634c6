"""Authors' Markdown as plain data, for print: paragraphs, headings and lists of styled runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import MissingExtraError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

Blocks = list[dict[str, Any]]


def prose_blocks(markdown: str) -> Blocks:
    """Return Markdown as blocks.

    A block has a ``kind``: ``paragraph`` and ``heading`` have ``runs`` (text, bold, italic),
    ``list`` has ``ordered`` and ``items``, each of them blocks. Pictures are left out; a link is
    its text and its address.
    """
    from markdown_it.tree import SyntaxTreeNode

    return _blocks(SyntaxTreeNode(_parser().parse(markdown)))


@cache
def _parser() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise MissingExtraError(
            "printing a survey needs the package markdown-it-py, which is not installed",
            where="survey paper",
            cure="Install it with: pip install 'ccegov_choice[survey]'",
        ) from error
    return MarkdownIt("commonmark", {"html": False})


def _blocks(parent: SyntaxTreeNode) -> Blocks:
    found: Blocks = []
    for node in parent.children:
        if node.type in ("paragraph", "heading"):
            runs = [run for inline in node.children for run in _runs(inline, False, False)]
            found.append({"kind": node.type, "runs": runs})
        elif node.type in ("bullet_list", "ordered_list"):
            items = [_blocks(item) for item in node.children]
            ordered = node.type == "ordered_list"
            found.append({"kind": "list", "ordered": ordered, "items": items})
        elif node.children:
            found.extend(_blocks(node))
        elif node.content:
            found.append({"kind": "paragraph", "runs": [_run(node.content, False, False)]})
    return found


def _runs(parent: SyntaxTreeNode, bold: bool, italic: bool) -> Iterator[dict[str, Any]]:
    for node in parent.children:
        if node.type in ("softbreak", "hardbreak"):
            yield _run(" " if node.type == "softbreak" else "\n", bold, italic)
        elif node.type == "image":
            continue
        elif node.children:
            inner = bold or node.type == "strong", italic or node.type == "em"
            yield from _runs(node, *inner)
            if node.type == "link":
                address = str(node.attrGet("href") or "").removeprefix("mailto:")
                if address and address != _text(node):
                    yield _run(f" ({address})", bold, italic)
        elif node.content:
            yield _run(node.content, bold, italic)


def _text(node: SyntaxTreeNode) -> str:
    return "".join(child.content for child in node.children)


def _run(text: str, bold: bool, italic: bool) -> dict[str, Any]:
    return {"text": text, "bold": bold, "italic": italic}
