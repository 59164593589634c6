"""The report as a whole: order, words, honesty, and the same bytes each time."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from ccegov_choice._provenance import Provenance
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import ChoiceError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.report.blocks import Callout, Figure, Findings
from ccegov_choice.report.checklist import CHECKLISTS, items
from ccegov_choice.report.document import Report
from ccegov_choice.report.summary import headline_findings
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import trade_offs

VOID = {"meta", "link", "br", "line", "circle", "rect", "polygon", "path"}


class Page(HTMLParser):
    """What a test asks of a page: its headings, ids, links and the text that people read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" in self._open:
            return
        self.text += data
        if self._open and re.fullmatch(r"h[1-6]", self._open[-1]):
            level, words = self.headings.pop()
            self.headings.append((level, words + data))

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if attributes.get(name)]


@pytest.fixture(scope="session")
def page(report) -> Page:
    return Page(report.to_html())


def test_the_sections_come_in_the_order_that_readers_need(report):
    assert [section.id for section in report.sections] == [
        "summary",
        "options",
        "importance",
        "trade",
        "people",
        "scenarios",
        "certainty",
        "limits",
        "annex",
        "provenance",
    ]


def test_the_same_inputs_give_the_same_bytes(report, study, parts, shares):
    design, data, results = parts
    offers = trade_offs(results, "wait")
    again = Report(study, design, data, [results], offers, uptake=shares, simulated=True)
    assert again.to_html() == report.to_html()


def test_it_holds_no_script_no_request_and_no_date(page, report):
    html = report.to_html()
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "img", "iframe", "object")]
    links = page.values("href")
    assert links
    assert all(link.startswith(("#", "data:text/csv")) for link in links)
    assert "url(" not in html
    assert "@import" not in html
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", page.text)


def test_ids_are_unique_and_every_link_has_its_target(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
    named = " ".join(page.values("aria-labelledby")).split()
    assert set(named) <= set(ids)


def test_every_main_number_leads_to_where_it_comes_from_and_back(report, page):
    findings = headline_findings(report.material)
    anchors = {a["href"]: a["id"] for tag, a in page.tags if a.get("class") == "origin"}
    figures = [b for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    for shown in [*findings, *figures]:
        assert anchors[f"#{shown.origin.id}"] == shown.origin.use
        assert f"#{shown.origin.use}" in page.values("href")
    facts = dict(findings[1].origin.facts)
    assert facts["Made by"] == "importance"
    assert facts["Draws"] == f"{report.material.importance.draws:,}"
    assert report.material.data_sha256[:16] in facts["Data"]
    assert "log-likelihood" in facts["Model"]
    assert facts["Code"].startswith("ccegov_choice ")


def test_sections_are_named_by_their_numbers(page):
    assert "[[" not in page.text
    assert "see section 2" in page.text


def test_headings_never_skip_a_level(page):
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_drawing_has_a_role_and_a_name(page):
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(drawings) >= 8
    assert all(d.get("role") == "img" and d.get("aria-label") for d in drawings)


def test_every_table_has_a_caption_and_scopes(page):
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption")
    assert all(a.get("scope") in ("col", "row") for tag, a in page.tags if tag == "th")


def test_simulated_people_are_never_passed_off_as_real(report, page):
    assert page.text.count("These citizens are simulated.") >= 2
    figures = [b for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    assert figures
    assert all("simulated people" in figure.chart.sample for figure in figures)
    title = re.search(r"<title>(.*?)</title>", report.to_html())
    assert "Simulated" in title.group(1)


def test_data_that_say_they_are_simulated_need_no_flag(study, parts):
    design, data, results = parts
    recorded = dataclasses.replace(data, provenance=Provenance.record("simulate_choices"))
    assert Report(study, design, recorded, [results]).is_simulated
    known = ChoiceData.from_long(data.frame.assign(true_class="a"), study=study)
    assert Report(study, design, known, [results]).is_simulated


def test_real_answers_carry_no_banner(study, parts):
    design, data, results = parts
    answers = ChoiceData.from_long(data.frame, study=study)
    html = Report(study, design, answers, [results]).to_html()
    assert "simulated" not in Page(html).text.lower()


def test_the_headline_findings_carry_the_numbers_of_the_model(report):
    findings = headline_findings(report.material)
    best = max(
        (t for t in report.material.tradeoffs if t.conclusive), key=lambda trade: trade.estimate
    )
    assert len(findings) == 3
    assert findings[0].number == f"{best.estimate:.{len(findings[0].number.partition('.')[2])}f}"
    assert "how staff behave (polite instead of brusque)" in findings[0].sentence
    assert best.gain == "staff: brusque -> polite"
    top = report.material.importance.items[0]
    assert findings[1].number == f"{100 * top.share:.0f}"
    change = report.uptake.difference("reform")
    assert findings[2].number == f"{100 * change.estimate:.0f}"
    assert all("Likely range" in finding.interval for finding in findings)


def test_without_a_forecast_the_second_trade_off_takes_its_place(study, parts):
    design, data, results = parts
    plain = Report(study, design, data, [results], trade_offs(results, "wait"))
    findings = headline_findings(plain.material)
    assert [finding.unit for finding in findings] == ["days more", "of 100 points"]


def test_a_report_of_a_model_alone_still_stands(study, parts):
    _design, data, results = parts
    html = Report(study, None, data, [results]).to_html()
    assert "No trade-offs were worked out" in html
    assert "No design file was given" in html
    assert "No scenarios were worked out" in html


def test_what_is_protected_is_named_and_never_priced(report, page):
    assert all("appeal" not in trade.gain for trade in report.material.tradeoffs)
    callouts = [b for s in report.sections for b in s.blocks if isinstance(b, Callout)]
    assert any("Right to appeal" in c.text and "not priced" in c.text for c in callouts)


def test_pricing_what_is_protected_is_refused(study, parts, report):
    design, data, results = parts
    trade = dataclasses.replace(report.material.tradeoffs[0], gain="appeal: court -> free")
    with pytest.raises(ChoiceError, match="'appeal' is protected and must not be priced"):
        Report(study, design, data, [results], [trade])


def test_levels_under_the_floor_are_named_only_as_such(report, page):
    assert page.text.count("insulting") == 1
    assert "How staff behave: insulting" in page.text


def test_parts_of_another_study_are_refused_all_at_once(build_study, build_parts, parts):
    other = build_study(attributes=parts[2].study.attributes[:2])
    design, data, results = parts
    with pytest.raises(ChoiceError) as error:
        Report(other, design, data, [results])
    assert len(error.value.problems) == 3


def test_a_report_needs_a_model(study, parts):
    with pytest.raises(ChoiceError, match="needs a fitted model"):
        Report(study, None, parts[1], [])


def test_declarations_may_be_added_after_the_fit(build_study, parts):
    design, data, results = parts
    told = build_study(declarations={"pretest": "Twelve people tried it out."})
    report = Report(told, design, data, [results])
    assert "Twelve people tried it out." in Page(report.to_html()).text


def test_complete_is_a_word_that_must_be_earned(build_study, page, parts):
    assert not re.search(r"\bcomplete", page.text, re.IGNORECASE)
    every = [item for name in CHECKLISTS for item in items(name)[2]]
    declared = {item.declaration: "Said." for item in every}
    design, data, results = parts
    done = Report(build_study(declarations=declared), design, data, [results])
    assert all(checklist.complete for checklist in done.checklists)
    assert "The checklist is complete" in Page(done.to_html()).text


def test_open_items_come_before_answered_ones(page):
    text = page.text
    assert text.index("Not answered yet") < text.index("Answered in part") < text.index("Answered.")


CURRENCY = re.compile(r"[$€£¥]|\b(?:EUR|USD|GBP|CHF)\b|euro|dollar|pounds? sterling")


@pytest.mark.parametrize("declared", [False, True])
def test_currency_is_printed_only_with_a_declared_vehicle(
    build_study, build_parts, parts, declared
):
    fee = Attribute.numeric(
        "fee", "Fee (€)", [0, 10, 20], "€", "€", direction="-", money=True, definition="In EUR."
    )
    words = {
        "attributes": (*parts[2].study.attributes[:2], fee),
        "question": "For how many euros?",
    }
    vehicle = (Numeraire("fee", "a fee when you apply", "EUR"), Numeraire("wait"))
    design, data, results = build_parts(build_study(**words, numeraires=vehicle))
    study = build_study(**words, numeraires=vehicle if declared else (Numeraire("wait"),))
    offers = trade_offs(dataclasses.replace(results, utility=Utility.main_effects(study)), "wait")
    page = Page(Report(study, design, data, [results], offers).to_html())
    seen = " ".join([page.text, *page.values("aria-label"), *page.values("href")])
    assert bool(CURRENCY.search(seen)) is declared


def test_a_duty_has_no_forecast(build_study, build_parts):
    study = build_study(opt_out=None, mandatory=True, role="obligatee")
    design, data, results = build_parts(study)
    text = Page(Report(study, design, data, [results]).to_html()).text
    assert "The service is a duty" in text
    assert "about" not in text[text.index("What could happen", 2000) :][:400]


def test_groups_are_compared_only_when_given(study, parts, report):
    design, data, results = parts
    offers = trade_offs(results, "wait")
    grouped = Report(
        study, design, data, [results], offers, groups={"North": offers, "South": offers}
    )
    kinds = {b.chart.id for s in grouped.sections for b in s.blocks if isinstance(b, Figure)}
    assert "groups-wait" in kinds
    plain = {b.chart.id for s in report.sections for b in s.blocks if isinstance(b, Figure)}
    assert "groups-wait" not in plain


def test_several_models_stand_side_by_side_in_the_annex(study, parts):
    design, data, results = parts
    smaller = Logit(Utility("wait + staff + asc", study)).fit(data)
    text = Page(Report(study, design, data, [results, smaller]).to_html()).text
    assert "2 models were fitted" in text


def test_in_a_notebook_it_stands_in_a_frame_of_its_own(report):
    html = report._repr_html_()
    assert html.startswith("<iframe title=")
    assert "sandbox" in html
    assert "SIMULATED" in html


def test_it_is_saved_whole(report, tmp_path):
    path = report.save(tmp_path / "folder" / "report.html")
    assert path.read_text(encoding="utf-8") == report.to_html()


def syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade: 0.39 words per sentence + 11.8 syllables per word - 15.59."""
    sentences = [s for s in re.split(r"[.!?:;]+\s", text) if re.search(r"[A-Za-z]", s)]
    words = re.findall(r"[A-Za-z’']+", text)
    return (
        0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    )


def test_the_ruler_of_reading_is_right():
    assert reading_grade("The cat sat on the mat. The dog ran.") < 1
    hard = "Heteroskedasticity-consistent estimators accommodate multiplicative misspecification."
    assert reading_grade(hard + " ") > 20


def test_the_plain_sections_are_easy_to_read(report):
    words = []
    for section in report.sections[:8]:
        for block in section.blocks:
            words += [getattr(block, "text", "")]
            words += [item for item in getattr(block, "items", ()) if isinstance(item, str)]
            if isinstance(block, Findings):
                words += [finding.sentence for finding in block.items]
    assert reading_grade(" ".join(word for word in words if word) + " ") <= 8.0


JARGON = "coefficient utility p-value logit likelihood covariance numeraire regression parameter"


def test_the_plain_sections_hold_no_jargon(report):
    page = Page(report.to_html())
    plain = page.text[: page.text.rindex("Method annex")].lower()
    assert [word for word in JARGON.split() if word in plain] == []
