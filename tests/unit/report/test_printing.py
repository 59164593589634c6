"""The PDF twin: PDF/UA-1 by its structure, the same sections, the same bytes."""

from __future__ import annotations

import io
import sys
from itertools import pairwise

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from ccegov_choice.errors import ChoiceError, MissingExtraError
from ccegov_choice.report.blocks import Figure, Panel
from ccegov_choice.report.document import Report
from ccegov_choice.study.attribute import Attribute


@pytest.fixture(scope="module")
def raw(report) -> bytes:
    return report.to_pdf()


@pytest.fixture(scope="module")
def pdf(raw) -> PdfReader:
    return PdfReader(io.BytesIO(raw))


def elements(pdf: PdfReader):
    """Every structure element: its tag and its dictionary."""
    waiting = [pdf.trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while waiting:
        thing = waiting.pop()
        thing = thing.get_object() if isinstance(thing, IndirectObject) else thing
        if isinstance(thing, list):
            waiting += list(reversed(thing))
        elif isinstance(thing, dict):
            if "/S" in thing:
                yield thing["/S"], thing
            if "/K" in thing:
                waiting.append(thing["/K"])


@pytest.fixture(scope="module")
def tree(pdf):
    return list(elements(pdf))


def test_it_says_that_it_is_tagged_and_follows_pdf_ua(pdf):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part" in xmp
    assert ">1</pdfuaid:part>" in xmp or 'pdfuaid:part="1"' in xmp
    assert pdf.metadata.title == "Claiming a benefit"


def test_it_holds_no_date(pdf):
    assert pdf.metadata.creation_date is None
    assert pdf.metadata.modification_date is None


def test_the_same_report_gives_the_same_bytes(raw, report):
    assert report.to_pdf() == raw


def test_every_drawing_has_its_words(report, tree):
    shown = [b.chart for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    said = [thing.get("/Alt") for tag, thing in tree if tag == "/Figure"]
    assert sorted(said) == sorted(chart.alt for chart in shown)


def test_tables_have_header_cells_with_a_scope(report, tree):
    tables = [b.table for s in report.sections for b in s.blocks if isinstance(b, Panel)]
    tables += [b.chart.table for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    assert sum(tag == "/Table" for tag, _ in tree) == len(tables)
    heads = [thing for tag, thing in tree if tag == "/TH"]
    assert len(heads) == sum(len(table.columns) for table in tables)
    for head in heads:
        given = head["/A"]
        given = given if isinstance(given, list) else [given]
        scopes = {part.get_object().get("/Scope") for part in given}
        assert "/Column" in scopes or "/Row" in scopes


def test_headings_form_a_tree_and_stand_among_the_bookmarks(report, pdf, tree):
    levels = [int(tag[2:]) for tag, _ in tree if tag[:2] == "/H" and tag[2:].isdigit()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    marked = pdf.outline

    def titles(items):
        for item in items:
            if isinstance(item, list):
                yield from titles(item)
            else:
                yield item.title

    names = list(titles(marked))
    for number, section in enumerate(report.sections, 1):
        assert any(name.startswith(f"{number} ") and section.title in name for name in names)


def test_it_says_what_the_page_says(report, pdf):
    words = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for section in report.sections:
        assert section.title in words
    assert "These citizens are simulated." in words
    assert all("Simulated citizens" in page.extract_text() for page in pdf.pages)
    for finding in report.sections[0].blocks[1].items:
        assert finding.number in words


def test_numbers_lead_to_their_origin(pdf):
    found = [
        note.get_object()
        for page in pdf.pages
        for note in page.get("/Annots", [])
        if note.get_object()["/Subtype"] == "/Link"
    ]
    assert len(found) >= 7 + 10  # findings and charts, and the table of contents


def test_it_is_saved_whole(report, raw, tmp_path):
    assert report.save_pdf(tmp_path / "folder" / "report.pdf").read_bytes() == raw


def test_words_are_never_taken_for_markup(build_study, build_parts):
    odd = Attribute.categorical(
        "channel", "*Channel* #1 ~x~ <a> @b", {"web": "_web_", "post": "= a"}
    )
    study = build_study(attributes=(*build_study().attributes[:2], odd))
    _, data, results = build_parts(study, people=60)
    made = PdfReader(io.BytesIO(Report(study, None, data, [results]).to_pdf()))
    words = " ".join(page.extract_text() for page in made.pages)
    assert "*Channel* #1 ~x~ <a> @b" in " ".join(words.split())


def test_a_letter_without_a_font_is_an_error_with_a_cure(study, parts):
    _, data, results = parts
    with pytest.raises(ChoiceError, match="Noto Sans"):
        Report(study, None, data, [results], title="Report \u6f22").to_pdf()


def test_without_typst_the_cure_names_the_extra(report, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match=r"ccegov_choice\[report\]"):
        report.to_pdf()
