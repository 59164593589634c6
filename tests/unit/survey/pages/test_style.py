"""What is served beside the pages: no font or crest of others, nothing from elsewhere, and small."""

from __future__ import annotations

import gzip
import hashlib
import json
import re

import pytest

from ccegov_choice.survey.pages.style import STATIC, static_address, theme_css
from ccegov_choice.survey.settings import Theme

SHEETS = ("govuk-ltr.css", "govuk-rtl.css", "survey.css")


@pytest.mark.parametrize("name", SHEETS)
def test_style_sheets_hold_no_font_no_crest_no_address(name):
    text = (STATIC / name).read_text(encoding="utf-8").lower()
    unwanted = r"@font-face|gds.transport|crest|crown|url\(|@import|https?://\w"
    assert re.findall(unwanted, text) == []


def test_vendored_files_are_those_that_the_record_names():
    record = json.loads((STATIC / "govuk-provenance.json").read_text(encoding="utf-8"))
    assert set(record["sha256"]) == {"govuk-ltr.css", "govuk-rtl.css"}
    for name, digest in record["sha256"].items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest
    assert {package["licence"] for package in record["packages"]} == {"MIT"}
    assert "MIT License" in (STATIC / "LICENSE-govuk-frontend.txt").read_text(encoding="utf-8")


def test_right_to_left_is_mirrored():
    left, right = ((STATIC / name).read_text(encoding="utf-8") for name in SHEETS[:2])
    assert left.count("margin-left") > right.count("margin-left") > 0


def test_own_style_knows_no_left_and_right():
    text = (STATIC / "survey.css").read_text(encoding="utf-8")
    physical = r"(?<![-\w])(?:margin|padding|border)-(?:left|right)|(?<![-\w])(?:left|right):"
    assert re.findall(physical, text) == []


def test_styles_and_script_stay_small():
    sheets = sum(len(gzip.compress((STATIC / n).read_bytes())) for n in ("govuk-rtl.css", "survey.css"))  # fmt: skip
    assert sheets <= 12 * 1024
    assert (STATIC / "survey.js").stat().st_size <= 5 * 1024


def test_addresses_change_with_the_content():
    digest = hashlib.sha256((STATIC / "survey.js").read_bytes()).hexdigest()
    assert static_address("survey.js") == f"survey.js?v={digest[:12]}"


def test_a_theme_sets_its_colours():
    css = theme_css(Theme(brand="#123456", link="#654321"))
    assert "--survey-brand:#123456" in css
    assert "--survey-link:#654321" in css
