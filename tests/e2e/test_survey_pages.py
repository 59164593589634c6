"""Every kind of survey page in a real browser, under the server's own policy: WCAG 2.2 AA, phones,
right to left, keyboard, no JavaScript, forced colours, paper.

The pages come from the gallery that the unit tests use.
"""

from __future__ import annotations

import importlib.util
import mimetypes
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe import violations

from ccegov_choice.survey.pages.pages import Pages
from ccegov_choice.survey.pages.style import STATIC

pytestmark = pytest.mark.browser

GALLERY = Path(__file__).parents[1] / "unit" / "survey" / "pages" / "gallery.py"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"/>'
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
TASKS = ["task-1", "status-quo-task-1", "trial"]
RESPONSES = ["dual-task-1-follow", "best-worst-task-1", "ranking-task-1", "rating-task-1"]
LOOKED_AT = ["welcome", "about-wrong", "task-filled", "money-over", "notice-accessibility", "mine"]
OTHERS = [
    "consent-wrong",
    "explain",
    "contact-wrong",
    "conflict",
    "resume",
    "end",
    "notice-privacy",
]
ONE_OF_EACH = [*TASKS, *RESPONSES, *LOOKED_AT, *OTHERS]


class Shelf(ThreadingHTTPServer):
    """Serves the gallery on this machine, with the policy of the real server; keeps what is posted."""

    daemon_threads = True

    def __init__(self, pages: dict[str, str], theme: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages, self.theme = pages, theme
        self.posted: list[dict[str, list[str]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Shelf
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            name = path.removeprefix("/static/")
            css = self.server.theme.encode()
            body = css if name == "theme.css" else (STATIC / name).read_bytes()
            self._send(200, body, mimetypes.guess_type(name)[0], ("Cache-Control", "max-age=999"))
        elif path.startswith("/media/"):
            self._send(200, PICTURE, "image/svg+xml")
        elif path in self.server.pages:
            policy = ("Content-Security-Policy", POLICY)
            self._send(200, self.server.pages[path].encode(), "text/html; charset=utf-8", policy)
        else:
            self._send(204, b"", "text/plain")

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posted.append(parse_qs(form))
        self._send(204, b"", "text/plain")

    def _send(self, status: int, body: bytes, kind: str | None, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        lengths = (("Content-Length", str(len(body))), ("Content-Type", kind or "text/plain"))
        for name, value in (*lengths, *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def shelf():
    """The gallery in five languages and both views, being served."""
    spec = importlib.util.spec_from_file_location("survey_gallery_e2e", GALLERY)
    rooms = importlib.util.module_from_spec(spec)
    sys.modules["survey_gallery_e2e"] = rooms
    spec.loader.exec_module(rooms)
    pages = {
        f"/{language}/{view}/{shown.name}": shown.html
        for language in rooms.LANGUAGES
        for view in ("cards", "table")
        for shown in rooms.gallery(language, view)
    }
    with Shelf(pages, Pages(rooms.make_survey()).theme_css()) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def tour(visit, shelf):
    """Return a function that yields one tab, open at each of several pages in turn."""

    def walk(names, *, language="en", view="cards", viewport=DESK, media="screen", **context):
        page = visit(viewport=viewport, **context)
        page.emulate_media(media=media)
        shelf.posted.clear()
        page.posted = shelf.posted
        for name in names:
            page.errors.clear()
            page.requests.clear()
            page.goto(f"{shelf.address}/{language}/{view}/{name}")
            yield name, page

    return walk


@pytest.fixture
def show(tour):
    """Return a function that opens one page; `page.posted` holds what its forms sent."""
    return lambda name, **options: next(tour([name], **options))[1]


OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true })"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


# -- accessibility rules ------------------------------------------------------------------------


def look_at(tour, shelf, names, **options):
    """Return what axe finds, what scrolls sideways and what breaks the policy on some pages."""
    found = []
    for name, page in tour(names, **options):
        page.evaluate(OPEN_ALL)
        found += [f"{name}: {told}" for told in [*violations(page), *page.errors]]
        found += [f"{name} scrolls sideways"] * (page.evaluate(SIDEWAYS) > 0)
        found += [f"{name}: {one}" for one in page.requests if not one.startswith(shelf.address)]
    return found


def test_every_page_keeps_all_rules_on_a_phone(tour, shelf):
    names = [path.rpartition("/")[2] for path in shelf.pages if path.startswith("/en/cards/")]
    assert len(names) > 35
    assert set(names) >= set(ONE_OF_EACH)
    assert look_at(tour, shelf, names, viewport=PHONE) == []


@pytest.mark.parametrize("language", ["de", "fr", "pl", "ar"])
def test_a_page_of_each_kind_keeps_all_rules_on_a_phone_in_every_language(tour, shelf, language):
    options = {"language": language, "viewport": PHONE}
    assert look_at(tour, shelf, ONE_OF_EACH, **options) == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_tables_keep_all_rules(tour, shelf, language, viewport):
    options = {"language": language, "viewport": viewport, "view": "table"}
    assert look_at(tour, shelf, [*TASKS, *RESPONSES[1:]], **options) == []


def test_a_desk_and_paper_keep_all_rules(tour, shelf):
    names = [*TASKS[:2], *RESPONSES, *LOOKED_AT]
    assert look_at(tour, shelf, names) == []
    assert look_at(tour, shelf, ["task-1", "about"], media="print") == []


def test_axe_would_find_something(show):
    page = show("task-1")
    page.evaluate("document.querySelector('.level-image').removeAttribute('alt')")
    page.evaluate("document.querySelector('legend').remove()")
    page.evaluate("document.querySelector('.govuk-radios__label').removeAttribute('for')")
    found = " ".join(violations(page))
    assert "image-alt" in found
    assert "label" in found


# -- what axe cannot see ------------------------------------------------------------------------


def test_text_of_twice_the_size_and_wider_spacing_fits(tour):
    # WCAG 1.4.4 and 1.4.12; a style sheet that a reader brings along is not under our policy
    spaced = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
    cut_off = """[...document.querySelectorAll('main *')].filter(e => {
        const style = getComputedStyle(e);
        return style.overflow !== 'visible' && style.clipPath === 'none' && e.clientHeight
            && !e.matches('select, progress, textarea, input, .govuk-visually-hidden')
            && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2)
    }).map(e => e.className)"""
    names = [*TASKS, *RESPONSES, *LOOKED_AT]
    for name, page in tour(names, viewport={"width": 640, "height": 800}, bypass_csp=True):
        page.add_style_tag(content=f"html {{ font-size: 200% }} {spaced}")
        page.evaluate(OPEN_ALL)
        assert page.evaluate(SIDEWAYS) <= 0, name
        assert page.evaluate(cut_off) == [], name


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", TASKS)
def test_on_a_phone_every_level_has_its_line_and_its_option_in_sight(show, name, language):
    page = show(name, language=language, viewport=PHONE)
    cards = page.locator(".options .option")
    assert cards.count() >= 2
    for card in cards.all():
        assert card.locator(".option-title").is_visible()
        assert card.locator("dd").count() == 3
        for part in card.locator("dt, dd").all():
            assert part.is_visible()
            assert part.inner_text().strip()
    page = show(name, language=language, view="table", viewport=PHONE)
    for row in page.locator("tbody tr:not(.picks)").all():
        assert row.locator("th").is_visible()
        for cell in row.locator("td").all():
            assert cell.locator(".cell-name").is_visible()
            assert cell.locator(".cell-text").is_visible()


def test_lines_of_cards_stand_at_the_same_height(show):
    page = show("status-quo-task-1")
    tops = [
        [round(line.bounding_box()["y"]) for line in card.locator(".line").all()]
        for card in page.locator(".options .option").all()
    ]
    assert len(tops) == 3
    assert tops[0] == tops[1] == tops[2]
    assert tops[0] == sorted(set(tops[0]))


def test_right_to_left_is_a_mirror(show):
    left = show("task-1").locator(".option").first.bounding_box()
    right = show("task-1", language="ar").locator(".option").first.bounding_box()
    assert abs(left["x"] - (DESK["width"] - right["x"] - right["width"])) <= 1
    radio = show("task-1", language="ar").locator(".pick").first
    label, circle = radio.locator("label").bounding_box(), radio.locator("input").bounding_box()
    assert circle["x"] > label["x"]


def test_reasons_are_asked_of_those_who_cannot_decide(show):
    page = show("task-1", java_script_enabled=False)
    reasons = page.locator(".reasons")
    assert not reasons.is_visible()
    for id, asked in (("chosen-no_claim", True), ("chosen", False), ("chosen-dont_know", True)):
        page.locator(f"[id='{id}']").check()
        assert reasons.is_visible() == asked, id


def test_the_chosen_card_is_seen_without_colours(show):
    page = show("task-1", forced_colors="active")
    page.locator("#chosen").check()
    outline = "e => getComputedStyle(e).outlineStyle"
    assert page.locator(".option").first.evaluate(outline) == "solid"
    assert page.locator(".option").nth(1).evaluate(outline) == "none"


def test_on_paper_all_explanations_and_reasons_are_printed(show):
    page = show("task-1", media="print")
    assert page.locator(".reasons").is_visible()
    assert page.locator(".level-meanings dd").first.is_visible()
    assert not page.locator("button").first.is_visible()


# -- keyboard -----------------------------------------------------------------------------------


def _focused(page) -> str:
    return page.evaluate("(e => e.id || e.textContent.trim())(document.activeElement)")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_choice_is_made_with_the_keyboard_alone(show, language):
    page = show("task-1", language=language)
    stops = []
    for _ in range(30):
        page.keyboard.press("Tab")
        stops.append(_focused(page))
        shown = page.evaluate(
            "(e => { const on = e.matches('input') ? getComputedStyle(e.nextElementSibling, '::before') : getComputedStyle(e);"
            "return on.outlineStyle !== 'none' || on.boxShadow !== 'none' })(document.activeElement)"
        )
        assert shown, stops[-1]
        if page.locator("button[type=submit]").first.evaluate("e => e === document.activeElement"):
            break
    assert page.locator("button[type=submit]").first.evaluate("e => e === document.activeElement")
    assert stops.count("chosen") == 1  # the group is one stop
    page.locator("#chosen").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    [posted] = page.posted
    assert posted["chosen"] == ["B"]


def test_the_skip_link_comes_first_and_leads_to_the_page(show):
    page = show("task-1")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("href") == "#main"
    assert link.is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_problems_get_the_focus_and_lead_to_their_field(show, java_script_enabled):
    page = show("about-wrong", java_script_enabled=java_script_enabled)
    assert page.locator("#problems").evaluate("e => e === document.activeElement")
    page.locator("#problems a[href='#q.wait']").click()
    assert page.locator("[id='q.wait']").evaluate("e => e === document.activeElement")


def test_the_total_never_hides_what_has_the_focus(show):
    page = show("money", viewport={"width": 600, "height": 640})
    for _ in range(25):
        page.keyboard.press("Tab")
        if not page.locator("form :focus").count():
            continue
        purse = page.locator(".purse").bounding_box()
        focus = page.locator("form :focus").bounding_box()
        assert focus["y"] + focus["height"] > purse["y"] + purse["height"]


# -- with and without JavaScript ------------------------------------------------------------------


def test_without_javascript_everything_is_posted(show):
    page = show("about", java_script_enabled=False)
    page.get_by_label("Something else").check()
    page.locator("[id='q.age.other']").fill("forty")
    page.get_by_label("By phone").check()
    page.locator("[id='q.trust.fair-fully']").check(force=True)
    page.locator("[id='q.wait']").fill("12")
    page.locator("[id='q.sure-7']").check()
    page.get_by_label("Day").fill("27")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_timeout(200)
    [posted] = page.posted
    assert posted["q.age"] == ["other"]
    assert posted["q.age.other"] == ["forty"]
    assert posted["q.ways"] == ["phone"]
    assert posted["q.trust.fair"] == ["fully"]
    assert posted["q.wait"] == ["12"]
    assert posted["q.sure"] == ["7"]
    assert posted["q.born.day"] == ["27"]
    assert "seen_ms" not in posted


def test_a_click_anywhere_on_a_card_chooses_it(show):
    page = show("task-1")
    page.locator(".option").nth(1).locator("dd").first.click()
    assert page.locator("input[name=chosen]:checked").get_attribute("value") == "B"


def test_what_happened_on_a_page_goes_along_and_a_form_is_sent_once(show):
    page = show("task-1")
    page.locator("summary", has_text="What do the lines mean?").click()
    page.locator("summary", has_text="How staff treat you").click()
    page.locator("#chosen").check()
    page.locator("#chosen-no_claim").check()
    page.evaluate(
        "document.querySelector('button').click(); document.querySelector('button').click()"
    )
    page.wait_for_timeout(200)
    [posted] = page.posted
    assert set(posted["opened"][0].split(",")) == {"glossary", "treatment"}
    assert posted["changes"] == ["2"]
    assert int(posted["seen_ms"][0]) >= int(posted["first_ms"][0]) >= 0
    assert page.locator("button").first.is_disabled()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.locator("button").first.is_enabled()


@pytest.mark.parametrize(("language", "some", "rest"), [("en", "55.5 million", "44.5 million"), ("de", "55,5 million", "44,5 million")])  # fmt: skip
def test_the_total_of_a_budget_follows_and_is_announced(show, language, some, rest):
    page = show("money", language=language)
    assert page.locator("#purse").get_attribute("role") == "status"
    spent, left = page.locator("[data-show=spent]"), page.locator("[data-show=left]")
    page.locator("[id='buy.library']").check()
    page.locator("[id='buy.trees']").check()
    assert (spent.inner_text(), left.inner_text()) == (some, rest)
    page.locator("[id='buy.buses']").check()
    assert page.locator(".remainder.over").count() == 1
    page.locator("[id='buy.library-no']").check()
    assert page.locator(".remainder.over").count() == 0


def test_typed_words_are_not_lost_without_asking(show):
    page = show("about")
    leaves = "() => !dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    page.locator("[id='q.age']").check()
    assert page.evaluate(leaves) is False
    page.locator("[id='q.story']").fill("I waited.")
    assert page.evaluate(leaves) is True
