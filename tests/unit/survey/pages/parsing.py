"""A page as tests need it: elements with attributes, and what a browser would post."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "meta", "link", "img", "br", "hr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parents: tuple[str, ...]
    text: str = ""


@dataclass
class Parsed(HTMLParser):
    html: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.html)
        self.close()
        assert self._open == [], [e.tag for e in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Element(tag, {k: v or "" for k, v in attrs}, tuple(e.tag for e in self._open))
        self.elements.append(found)
        if tag not in VOID:
            self._open.append(found)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        return [
            e
            for e in self.elements
            if e.tag == tag and all(e.attributes.get(k) == v for k, v in attributes.items())
        ]

    @property
    def ids(self) -> list[str]:
        return [e.attributes["id"] for e in self.elements if "id" in e.attributes]

    def posted(self) -> dict[str, list[str]]:
        """What a browser would post if nobody touched the form."""
        found: dict[str, list[str]] = {}
        select = ""
        for e in self.elements:
            name, kind = e.attributes.get("name", ""), e.attributes.get("type", "")
            if e.tag == "select":
                select = name
            elif e.tag == "option" and "selected" in e.attributes:
                found.setdefault(select, []).append(e.attributes["value"])
            elif e.tag == "textarea":
                found.setdefault(name, []).append(e.text.removeprefix("\n"))
            elif e.tag == "input" and (
                kind not in ("radio", "checkbox") or "checked" in e.attributes
            ):
                found.setdefault(name, []).append(e.attributes.get("value", ""))
        return found
