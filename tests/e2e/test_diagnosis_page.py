"""The page of a diagnosis in a real browser: WCAG 2.2 AA, phones, paper, no network, no script."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe import violations

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.random import random_design
from ccegov_choice.study.study import Study

pytestmark = pytest.mark.browser

FOLDERS = Path(__file__).parents[2] / "designs"
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
STUDIES = ["benefit-claim", "channel-choice"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """The diagnosis of an unlabelled and of a labelled study, each with its prior."""
    folder = tmp_path_factory.mktemp("diagnosis")
    made = {}
    for name in STUDIES:
        study = Study.read(FOLDERS / name / "study.toml")
        design = random_design(study, tasks=16, blocks=2, seed=1)
        found = design.diagnose(Prior.read(FOLDERS / name / "prior.toml", study))
        made[name] = found.save(folder / f"{name}.html")
    return made


@pytest.fixture
def visit(browser, pages):
    """Open a page in a context of its own and note every request it makes."""
    contexts = []

    def go(name, viewport, *, media="screen"):
        context = browser.new_context(viewport=viewport)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.messages = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.messages.append(message.text))
        page.emulate_media(media=media)
        page.goto(pages[name].as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize(
    ("viewport", "media"),
    [(PHONE, "screen"), (DESK, "screen"), (DESK, "print")],
    ids=["phone", "desk", "print"],
)
def test_axe_finds_nothing(visit, name, viewport, media):
    assert violations(visit(name, viewport, media=media)) == []


def test_axe_would_find_something(visit):
    page = visit("benefit-claim", DESK)
    page.evaluate("document.querySelector('svg.wide').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('.standfirst').style.color = '#aaa'")
    found = " ".join(violations(page))
    assert "svg-img-alt" in found
    assert "color-contrast" in found


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_scrolls_sideways(visit, name, width):
    page = visit(name, {"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_words_in_drawings_are_legible_and_do_not_touch_or_leave(visit, name, viewport):
    page = visit(name, viewport)
    heights = page.evaluate(
        "[...document.querySelectorAll('svg.chart text')].filter(t => t.getClientRects().length)"
        ".map(t => parseFloat(getComputedStyle(t).fontSize)"
        " * t.ownerSVGElement.getBoundingClientRect().width"
        " / t.ownerSVGElement.viewBox.baseVal.width)"
    )
    assert min(heights) >= 12
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


@pytest.mark.parametrize(("viewport", "shown"), [(PHONE, "narrow"), (DESK, "wide")])
def test_every_picture_is_drawn_once_with_a_name_and_a_caption(visit, viewport, shown):
    page = visit("benefit-claim", viewport)
    figures = page.locator("figure")
    assert figures.count() == 5
    for i in range(5):
        visible = figures.nth(i).locator("svg.chart:visible")
        assert visible.count() == 1
        assert shown in visible.get_attribute("class")
        assert visible.get_attribute("role") == "img"
        assert len(visible.get_attribute("aria-label")) > 60
        assert figures.nth(i).locator("figcaption").inner_text()


def test_it_asks_the_network_for_nothing_and_runs_nothing(visit, pages):
    page = visit("benefit-claim", DESK)
    page.wait_for_load_state("networkidle")
    assert page.requests == [pages["benefit-claim"].as_uri()]
    assert page.messages == []
    assert page.locator("script").count() == 0


def test_landmarks_and_the_skip_link(visit):
    page = visit("benefit-claim", DESK)
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the diagnosis"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_paper_shows_every_table(visit):
    page = visit("benefit-claim", DESK, media="print")
    tables = page.locator("table")
    assert tables.count() == 9
    assert all(tables.nth(i).is_visible() for i in range(9))
    assert not page.locator("nav").is_visible()
