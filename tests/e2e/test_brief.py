"""The brief in a real browser: one sheet of paper, WCAG 2.2 AA, phones, no network, no script."""

from __future__ import annotations

import io

import pypdf
import pytest
from axe import violations
from full_report import full_report

from ccegov_choice.report.brief.brief import Brief

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The brief of all and that of an area."""
    folder = tmp_path_factory.mktemp("brief")
    brief = Brief(full_report(), audience="the committee for social affairs")
    area = brief.editions("region").briefs["south"]
    return {"all": brief.save(folder / "all.html"), "south": area.save(folder / "south.html")}


@pytest.fixture
def opened(visit, files):
    def go(name, viewport=DESK, **context):
        page = visit(viewport=viewport, **context)
        page.goto(files[name].as_uri())
        return page

    return go


@pytest.mark.parametrize("name", ["all", "south"])
def test_it_prints_on_one_sheet(opened, name):
    printed = opened(name).pdf(prefer_css_page_size=True, print_background=True)
    pages = pypdf.PdfReader(io.BytesIO(printed)).pages
    assert len(pages) == 1
    width, height = (float(side) for side in pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)  # A4 in points
    assert "More in the full report." in pages[0].extract_text()


@pytest.mark.parametrize("name", ["all", "south"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(opened, name, viewport):
    page = opened(name, viewport)
    assert violations(page) == []
    page.emulate_media(media="print")
    assert violations(page) == []


def test_nothing_is_loaded_and_it_fits_a_phone(opened):
    page = opened("all", PHONE, java_script_enabled=True)
    assert [link for link in page.requests if not link.startswith("file:")] == []
    assert page.errors == []
    assert page.locator("script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
