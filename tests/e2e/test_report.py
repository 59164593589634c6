"""The report in a real browser: WCAG 2.2 AA, phones, paper, no network, no script."""

from __future__ import annotations

import csv

import pytest
from axe import violations

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}


@pytest.fixture
def visit(browser, report_file, request):
    """Open the report in a context of its own and note every request it makes."""
    contexts = []

    def go(viewport, *, media="screen", script=True, full=False, **options):
        file = request.getfixturevalue("full_report_file") if full else report_file
        context = browser.new_context(viewport=viewport, java_script_enabled=script, **options)
        contexts.append(context)
        page = context.new_page()
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.errors = []
        page.on("console", lambda message: page.errors.append(message.text))
        page.emulate_media(media=media)
        page.goto(file.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()


def open_all(page):
    """Unfold every table, so that what is inside is looked at too."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


@pytest.mark.parametrize(
    ("viewport", "media", "unfolded"),
    [
        (PHONE, "screen", True),
        (DESK, "screen", True),
        (DESK, "screen", False),
        (DESK, "print", False),
    ],
    ids=["phone", "desk", "desk-folded", "print"],
)
@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
def test_axe_finds_nothing(visit, viewport, media, unfolded, full):
    page = visit(viewport, media=media, full=full)
    if unfolded:
        open_all(page)
    assert violations(page) == []


def test_axe_would_find_something(visit):
    page = visit(DESK)
    page.evaluate("document.querySelector('svg.wide').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('.lead').style.color = '#aaa'")
    found = " ".join(violations(page))
    assert "svg-img-alt" in found
    assert "color-contrast" in found


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_scrolls_sideways(visit, width, full):
    page = visit({"width": width, "height": 700}, full=full)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_twice_as_large_does_not_scroll_sideways(visit):
    page = visit({"width": 640, "height": 700})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize(("viewport", "shown"), [(PHONE, "narrow"), (DESK, "wide")])
def test_one_drawing_of_each_chart_is_shown_and_its_words_are_legible(visit, viewport, shown):
    page = visit(viewport)
    charts = page.locator("figure")
    assert charts.count() >= 4
    for i in range(charts.count()):
        visible = charts.nth(i).locator("svg:visible")
        assert visible.count() == 1
        assert shown in visible.get_attribute("class")
    heights = page.evaluate(
        "[...document.querySelectorAll('svg text')].filter(t => t.getClientRects().length)"
        ".map(t => parseFloat(getComputedStyle(t).fontSize)"
        " * t.ownerSVGElement.getBoundingClientRect().width"
        " / t.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(heights) >= 12


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_words_in_drawings_do_not_touch_or_leave(visit, viewport, full):
    page = visit(viewport, full=full)
    crossings = page.evaluate(
        """() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
          const frame = svg.getBoundingClientRect();
          if (!frame.width) return [];
          const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
          const out = boxes.filter(([w, b]) => b.left < frame.left - 1 || b.right > frame.right + 1);
          const hit = boxes.flatMap(([w, a], i) => boxes.slice(i + 1).filter(([v, b]) =>
            Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3).map(([v]) => [w, v]));
          return [...out.map(([w]) => w), ...hit.map(pair => pair.join(' | '))];
        })"""
    )
    assert crossings == []


def test_every_drawing_is_an_image_with_a_name(visit):
    page = visit(DESK)
    names = page.evaluate(
        "[...document.querySelectorAll('svg')]"
        ".map(s => [s.getAttribute('role'), s.getAttribute('aria-label')])"
    )
    assert names
    assert all(role == "img" and len(name) > 40 for role, name in names)


def test_it_asks_the_network_for_nothing(visit, report_file):
    page = visit(DESK)
    open_all(page)
    page.wait_for_load_state("networkidle")
    assert page.requests == [report_file.as_uri()]
    assert page.errors == []


def test_it_can_be_read_without_script(visit):
    page = visit(DESK, script=False)
    assert page.locator("section.section").count() == 10
    assert page.locator(".findings li").count() == 3
    table = page.locator("figure details").first
    assert not table.locator("table").is_visible()
    table.locator("summary").click()
    assert table.locator("table").is_visible()
    page.locator("nav a").nth(3).click()
    assert page.url.endswith("#trade")


def test_a_number_leads_to_its_origin_and_back_by_keyboard_without_script(visit):
    page = visit(DESK, script=False)
    number = page.locator(".findings a.origin").first
    number.focus()
    page.keyboard.press("Enter")
    entry = page.locator("#n-headline-1")
    assert page.url.endswith("#n-headline-1")
    assert entry.is_visible()
    assert "trade_offs" in entry.inner_text()
    assert "SHA-256" in entry.inner_text()
    entry.locator("a").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#use-n-headline-1")


def test_the_numbers_can_be_downloaded(visit, tmp_path):
    page = visit(DESK, accept_downloads=True)
    with page.expect_download() as waiting:
        page.locator("a[download]").first.click()
    assert waiting.value.suggested_filename == "importance.csv"
    path = tmp_path / "importance.csv"
    waiting.value.save_as(path)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) > 3
    assert sum(float(row[1]) for row in rows[1:]) == pytest.approx(100)


def test_the_keyboard_reaches_the_report_first(visit):
    page = visit(DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    box = page.locator(".skip").bounding_box()
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_simulated_people_are_announced_before_anything_else(visit):
    for viewport in (PHONE, DESK):
        page = visit(viewport)
        banner = page.get_by_role("note")
        assert "These citizens are simulated." in banner.inner_text()
        assert banner.bounding_box()["y"] == 0


def test_paper_has_dark_words_and_every_table(visit):
    page = visit(DESK, media="print")
    colours = page.evaluate(
        "[...new Set([...document.querySelectorAll('main *')]"
        ".filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))"
        ".filter(e => !e.closest('svg'))"
        ".map(e => getComputedStyle(e).color))]"
    )
    for colour in colours:
        channels = [int(part) for part in colour.strip("rgb()").split(",")]
        assert max(channels) <= 110, colour
    tables = page.locator("table")
    assert tables.count() > 5
    assert all(tables.nth(i).is_visible() for i in range(tables.count()))
    assert not page.locator(".download").first.is_visible()


def test_it_prints_to_a_pdf_of_pages(visit):
    page = visit(DESK)
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") >= 5
