"""Whole interviews in a real browser on the real server: mouse, keyboard, no script, phone, zoom."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from axe import violations
from interview import Somebody

from ccegov_choice.survey.pages.words import shell_words

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
ZOOMED = {"width": 320, "height": 256}  # 1280 x 1024 at 400 %
LANGUAGES = ("en", "de", "fr", "pl", "ar")
SURVEYS = ("obligations", "channels")


def completed(server) -> int:
    """Return how many people are completed, as the database has it."""
    with closing(sqlite3.connect(server.database)) as connection:
        return connection.execute("select count(*) from person where state='completed'").fetchone()[
            0
        ]


def whole_interview(server, visit, *, by="mouse", start="/", **context):
    before = completed(server)
    person = Somebody(visit(**context), server.link, by)
    person.looks = look_closely
    person.begin(start)
    person.to_the_end()
    assert completed(server) == before + 1
    assert not person.page.errors, person.page.errors
    foreign = [url for url in person.page.requests if not url.startswith(server.link)]
    assert not foreign, foreign
    return person


def look_closely(person: Somebody) -> None:
    """What axe cannot see: headings, names, pictures, no sideways scrolling."""
    page = person.page
    found = page.evaluate(
        """() => {
          const shown = e => e && e.checkVisibility() && e.getBoundingClientRect().width > 0;
          const told = [];
          const h1 = [...document.querySelectorAll('h1')].filter(shown);
          if (h1.length !== 1) told.push(`${h1.length} headings of the first level`);
          if (!document.title.trim()) told.push('no title');
          const html = document.documentElement;
          if (html.scrollWidth > html.clientWidth) told.push(
            `sideways scrolling: ${html.scrollWidth} > ${html.clientWidth}`);
          if (!html.lang || !html.dir) told.push('no language or direction');
          for (const image of document.images)
            if (!image.hasAttribute('alt')) told.push(`no alternative: ${image.src}`);
          for (const input of document.querySelectorAll('main input, main select, main textarea')) {
            if (input.type === 'hidden' || !input.checkVisibility()) continue;
            const columns = input.closest('.matrix')?.querySelector('.matrix-head');
            if (!shown(columns) && ![...(input.labels || [])].some(shown))
              told.push(`no visible label: ${input.name}`);
          }
          for (const e of document.querySelectorAll('[tabindex]'))
            if (e.tabIndex > 0) told.push(`own focus order: ${e.outerHTML.slice(0, 80)}`);
          for (const card of document.querySelectorAll('.options .option')) {
            if (!shown(card.querySelector('.option-title'))) told.push('a nameless option');
            for (const level of card.querySelectorAll('dd')) {
              const name = level.parentElement.querySelector('dt');
              if (!shown(name) || !name.innerText.trim()) told.push(
                `a level without its attribute: ${level.innerText}`);
            }
          }
          for (const cell of document.querySelectorAll('.options-table tbody td')) {
            const head = cell.querySelector('.cell-name');
            const column = document.querySelector('.options-table thead');
            const stacked = getComputedStyle(column).position === 'absolute' || !shown(column);
            if (stacked && !shown(head) && !cell.closest('.picks'))
              told.push(`a cell without its option: ${cell.innerText}`);
          }
          return told;
        }"""
    )
    assert not found, (person.path, found)


def test_by_mouse(survey_server, visit):
    person = whole_interview(survey_server("benefit-claim"), visit, viewport=DESK)
    tasks = [path for path in person.trail if path.startswith("/page/task-")]
    assert len(tasks) == 8
    assert len(set(person.trail)) == len(person.trail)


def test_by_keyboard_only(survey_server, visit):
    whole_interview(survey_server("benefit-claim"), visit, by="keyboard", viewport=DESK)


def test_without_javascript(survey_server, visit):
    person = whole_interview(
        survey_server("benefit-claim"), visit, viewport=DESK, java_script_enabled=False
    )
    assert person.path.endswith("/end")


def test_by_keyboard_without_javascript_on_a_phone(survey_server, visit):
    server = survey_server("benefit-claim")
    whole_interview(server, visit, by="keyboard", viewport=PHONE, java_script_enabled=False)


def test_on_a_phone(survey_server, visit):
    server = survey_server("benefit-claim")
    whole_interview(server, visit, viewport=PHONE, is_mobile=True, has_touch=True)


def test_zoomed_to_400_percent(survey_server, visit):
    server = survey_server("benefit-claim")
    whole_interview(server, visit, viewport=ZOOMED, device_scale_factor=4)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_in_arabic(survey_server, visit, viewport):
    person = whole_interview(
        survey_server("benefit-claim"), visit, start="/?lang=ar", viewport=viewport
    )
    assert person.page.locator("html").get_attribute("dir") == "rtl"


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_as_a_table(survey_server, visit, viewport):
    server = survey_server("benefit-claim")
    person = Somebody(visit(viewport=viewport), server.link)
    person.begin()
    person.until("/page/task-1")
    person.go("/page/task-1?view=table")
    look_closely(person)
    assert person.page.locator("table.options-table").is_visible()
    person.to_the_end()


@pytest.mark.parametrize("name", SURVEYS)
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_every_kind_of_task(survey_server, visit, name, by):
    whole_interview(survey_server(name), visit, by=by, viewport=PHONE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_on_any_page(survey_server, visit, language, viewport):
    server = survey_server("benefit-claim")
    seen: dict[str, list[str]] = {}

    def look(person):
        kind = "task" if "task-" in person.path else person.path
        if kind not in seen:
            seen[kind] = violations(person.page)

    person = Somebody(visit(viewport=viewport), server.link, looks=look)
    person.begin(f"/?lang={language}")
    person.until("/page/about-you")
    person.form.locator("button[type=submit]").first.click()  # nothing filled in: the problems
    seen["problems"] = violations(person.page)
    person.until("/page/task-1")
    person.go("/page/task-1?view=table")
    seen["table"] = violations(person.page)
    person.go("/page/task-1?view=cards")
    person.to_the_end()
    for path in ("/privacy", "/accessibility", "/resume", "/mine", "/nowhere"):
        person.page.goto(server.link + path)
        seen[path] = violations(person.page)
    assert len(seen) >= 16
    assert {page: found for page, found in seen.items() if found} == {}


@pytest.mark.parametrize("name", SURVEYS)
def test_axe_finds_nothing_on_other_kinds_of_tasks(survey_server, visit, name):
    seen: dict[str, list[str]] = {}
    person = Somebody(visit(viewport=PHONE), survey_server(name).link)
    person.looks = lambda p: seen.setdefault(p.path, violations(p.page))
    person.begin()
    person.to_the_end()
    assert {page: found for page, found in seen.items() if found} == {}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_problems_are_announced_and_lead_to_their_fields(survey_server, visit, script):
    server = survey_server("benefit-claim")
    person = Somebody(visit(viewport=DESK, java_script_enabled=script), server.link)
    person.begin()
    person.until("/page/about-you")
    person.form.locator("button[type=submit]").first.click()
    page = person.page
    page.wait_for_load_state("load")
    summary = page.locator(".govuk-error-summary")
    assert summary.is_visible()
    assert page.title().startswith(shell_words("en")["error.title"])
    assert page.evaluate("document.activeElement.closest('.govuk-error-summary') !== null")
    for link in summary.locator("a").all():
        target = link.get_attribute("href").removeprefix("#")
        field = page.locator(f'[id="{target}"]')
        assert field.count() == 1
        link.click()
        assert page.evaluate("document.activeElement.id") == target
        message = page.locator(f'[id="{field.get_attribute("name")}-error"]')
        assert message.is_visible()


def test_the_keyboard_begins_at_the_skip_link_and_follows_the_page(survey_server, visit):
    server = survey_server("benefit-claim")
    person = Somebody(visit(viewport=DESK), server.link)
    person.begin()
    person.until("/page/task-1")
    page = person.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    order = []
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => [...document.querySelectorAll('a, input, button, summary, select, textarea')]
               .indexOf(document.activeElement)"""
        )
        if place < 0:
            break
        order.append(place)
    assert order == sorted(order)
    assert len(order) > 5


def test_a_focused_control_can_be_seen(survey_server, visit):
    server = survey_server("benefit-claim")
    person = Somebody(visit(viewport=DESK), server.link)
    person.begin()
    person.until("/page/task-1")
    page = person.page
    unseen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => { const e = document.activeElement;
              if (!e || e === document.body) return null;
              const near = [e, ...(e.labels || [])];
              const marked = near.some(n => [null, '::before'].some(p => {
                const s = getComputedStyle(n, p);
                return s.outlineStyle !== 'none' && s.outlineWidth !== '0px'
                  || s.boxShadow !== 'none'}));
              return marked ? '' : e.outerHTML.slice(0, 120) }"""
        )
        if shown is None:
            break
        if shown:
            unseen.append(shown)
    assert not unseen


def test_paper_shows_dark_text_on_white(survey_server, visit):
    server = survey_server("benefit-claim")
    person = Somebody(visit(viewport=DESK, color_scheme="dark"), server.link)
    person.begin()
    person.until("/page/task-1")
    person.page.emulate_media(media="print")
    colours = person.page.evaluate(
        """() => [...document.querySelectorAll('h1, dt, dd, .option-title, label')]
           .filter(e => e.checkVisibility()).map(e => getComputedStyle(e).color)"""
    )
    assert colours
    for colour in set(colours):
        red, green, blue = (int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
        assert max(red, green, blue) < 110, colour
