"""Somebody in front of a real browser: fills in whatever a page offers, by mouse or by keyboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

_FIELDS = """form => [...form.elements].filter(e => e.name && e.type !== 'hidden').map(e => ({
  name: e.name, id: e.id, type: e.type, value: e.value, tag: e.tagName.toLowerCase()}))"""
_FOCUSED = """() => { const e = document.activeElement; const form = e && e.form; return {
  name: e ? e.name || '' : '', id: e ? e.id : '', tag: e ? e.tagName.toLowerCase() : '',
  type: e ? e.type || '' : '', inForm: Boolean(form), value: e ? e.value || '' : '',
  ticked: Boolean(form && e.name && [...form.elements].some(o => o.name === e.name && o.checked))}}"""


@dataclass
class Somebody:
    """A person at a browser; every page they come to is kept by its address."""

    page: Page
    base: str
    by: str = "mouse"
    trail: list[str] = field(default_factory=list)
    looks: Any = None

    @property
    def path(self) -> str:
        """Where they are."""
        return urlsplit(self.page.url).path

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.base + path)
        self._arrive()

    def _arrive(self) -> None:
        self.trail.append(self.path)
        if self.looks is not None:
            self.looks(self)

    def begin(self, start: str = "/") -> None:
        """Read the welcome and agree."""
        self.go(start)
        if self.by == "keyboard":
            self._tab_to(lambda at: at["tag"] == "a" and "govuk-button" in self._class())
            self._enter()
        else:
            self.page.locator("main a.govuk-button").click()
        self._arrived("/consent")
        self.answer()

    def answer(self) -> None:
        """Fill in the page's form and send it."""
        before = self.path
        if self.by == "keyboard":
            self._type_form()
        else:
            self._click_form()
        self.page.wait_for_load_state("load")
        assert self.path != before, f"stuck at {before}: {self._problems()}"
        self._arrive()

    def to_the_end(self, steps: int = 80) -> None:
        """Answer everything that comes."""
        for _ in range(steps):
            if self.path.endswith("/end"):
                return
            self.answer()
        raise AssertionError(f"no end after {self.trail}")

    def until(self, path: str) -> None:
        """Answer everything until a page."""
        for _ in range(80):
            if self.path == path:
                return
            self.answer()
        raise AssertionError(f"never came to {path}: {self.trail}")

    # -- by mouse ---------------------------------------------------------------------------

    @property
    def form(self) -> Locator:
        """The form of the page."""
        return self.page.locator("main form").first

    def _click_form(self) -> None:
        seen: set[str] = set()
        ranks = 0
        for item in self.form.evaluate(_FIELDS):
            name, kind = item["name"], item["type"]
            if name in seen or name == "reason" or name.startswith("contact."):
                continue
            if kind == "submit":
                continue
            seen.add(name)
            if name.startswith("rank."):
                ranks += 1
                self.form.locator(f'[name="{name}"]').select_option(str(ranks))
            elif kind == "radio":
                self._click_choice(self._wanted(name))
            elif kind == "checkbox":
                if item["value"] != "dont_know":
                    self._click_choice(item["id"])
            elif kind in ("text", "number", "tel", "textarea") and self._asks_words(name):
                self.form.locator(f'[name="{name}"]').fill(self._words(name))
        with self.page.expect_navigation():
            self.form.locator("button[type=submit]").first.click()

    def _wanted(self, name: str) -> str:
        """Return the id of the radio to click: the worst is another than the best."""
        radios = self.form.locator(f'input[type=radio][name="{name}"]')
        ids = [radios.nth(i).get_attribute("id") for i in range(radios.count())]
        if name.startswith("buy."):
            return next(id for id in ids if id.endswith("no"))
        return ids[1] if name == "worst" else ids[0]

    def _click_choice(self, id: str) -> None:
        self.page.locator(f'[id="{id}"]').click()

    def _asks_words(self, name: str) -> bool:
        return not name.endswith(".other") and name != "why"

    def _words(self, name: str) -> str:
        return {"day": "3", "month": "5", "year": "2020"}.get(name.rpartition(".")[2], "2")

    # -- by keyboard ------------------------------------------------------------------------

    def _enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _class(self) -> str:
        return self.page.evaluate("document.activeElement.className")

    def _tab_to(self, wanted, limit: int = 80) -> dict[str, Any]:
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(_FOCUSED)
            if wanted(at):
                return at
        raise AssertionError(f"the keyboard does not get there on {self.path}")

    def _arrived(self, path: str) -> None:
        self.page.wait_for_load_state("load")
        assert self.path == path, self.path
        self._arrive()

    def _type_form(self) -> None:
        ranks = 0
        for _ in range(150):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(_FOCUSED)
            name = at["name"]
            if not at["inForm"]:
                continue
            if at["tag"] == "button":
                self._enter()
                return
            if name == "reason" or name.startswith("contact.") or name.endswith(".other"):
                continue
            if at["type"] == "radio" and not at["ticked"]:
                self._radio_keys(name)
            elif at["type"] == "checkbox" and not at["ticked"] and at["value"] != "dont_know":
                self.page.keyboard.press("Space")
            elif name.startswith("rank."):
                ranks += 1
                self.page.keyboard.press(str(ranks))
            elif at["type"] in ("text", "number") and name != "why":
                self.page.keyboard.type(self._words(name))
        raise AssertionError(f"no button reached on {self.path}")

    def _radio_keys(self, name: str) -> None:
        self.page.keyboard.press("Space")
        second = name in ("chosen", "worst") or name.startswith("buy.")
        if second:  # arrows move the choice within the group
            self.page.keyboard.press("ArrowDown")

    def _problems(self) -> str:
        return self.page.locator("main").inner_text()[:600]
