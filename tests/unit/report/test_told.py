"""Every further answer stands in the report, in its section, with its numbers and its origin."""

from __future__ import annotations

import re

import pytest

from ccegov_choice.errors import ChoiceError
from ccegov_choice.report.blocks import Bullets, Callout, Figure, Origins, Panel, Paragraph
from ccegov_choice.report.document import Report
from ccegov_choice.report.group_test import differences, verdict
from ccegov_choice.report.told import in_plain_words, several


@pytest.fixture(scope="module")
def sections(full):
    return {section.id: section for section in full.sections}


def said(section) -> str:
    """What a section says in sentences."""
    parts = []
    for block in section.blocks:
        parts += [block.text] if isinstance(block, Paragraph | Callout) else []
        parts += block.items if isinstance(block, Bullets) else []
        parts += [block.chart.headline] if isinstance(block, Figure) else []
    return " ".join(parts)


def charts(section) -> list[str]:
    return [block.chart.id for block in section.blocks if isinstance(block, Figure)]


def test_further_sections_stand_where_a_reader_needs_them(full):
    names = [section.id for section in full.sections]
    assert names.index("scenarios") + 1 == names.index("winners")
    assert names.index("winners") + 1 == names.index("redesign")
    assert names.index("redesign") + 1 == names.index("certainty")
    assert names.index("limits") + 1 == names.index("quality")
    assert names[-1] == "provenance"


@pytest.mark.parametrize(
    ("section", "found"),
    [
        ("trade", ["distribution"]),
        ("people", ["group-test"]),
        ("scenarios", ["shift"]),
        ("winners", ["welfare", "equity", "burden"]),
        ("redesign", ["choice", "failure", "value", "index"]),
    ],
)
def test_each_answer_has_its_chart_in_its_section(sections, section, found):
    assert [name for name in charts(sections[section]) if name in found] == found


def test_the_report_leads_with_the_decision(full, sections):
    first = sections["summary"].blocks[0]
    assert isinstance(first, Callout)
    for lever in full.redesign.best.levers:
        assert full.redesign.redesign.lever(lever).text() in first.text


def test_groups_are_told_by_the_two_step_test(full, sections):
    words = said(sections["people"])
    assert full.group_trades.test.tastes_differ
    assert verdict(full.group_trades) in words
    called = full.group_trades.called
    assert [item.gain for item in called] == ["channel: web -> post"]  # as they were simulated
    assert differences(full.group_trades)[0] in words
    assert "“South” would accept about" in differences(full.group_trades)[0]
    size = abs(called[0].difference.value)
    assert f"about {size:.0f} more days" in words


def test_equal_groups_are_not_told_apart(study, parts):
    from types import SimpleNamespace as Found

    test = Found(tastes_differ=False)
    alike = Found(test=test, groups=(Found(label="A"), Found(label="B")), label="region", called=())
    assert "cannot tell the wishes of “A” and “B” apart" in verdict(alike)
    assert differences(alike) == ("No single difference is clear enough to be called one.",)


def test_every_origin_names_the_model_or_says_there_is_none(full, sections):
    entries = {
        item.id: dict(item.facts)
        for block in sections["provenance"].blocks
        if isinstance(block, Origins)
        for item in block.items
    }
    assert "classes" in entries["n-distribution"]["Model"].lower()
    assert "Multinomial logit" in entries["n-welfare"]["Model"]
    assert entries["n-welfare"]["Draws"] == f"{full.welfare.draws:,}"
    assert entries["n-welfare"]["Seed"] == str(full.welfare.seed)
    for given in ("n-burden", "n-failure", "n-value"):
        assert "Model" not in entries[given]
        assert "not from the survey" in entries[given]["Data"]


def test_what_the_authors_gave_is_not_passed_off_as_answers(sections):
    shown = {
        b.chart.id: b.chart for s in sections.values() for b in s.blocks if isinstance(b, Figure)
    }
    assert "do not come from the survey" in shown["burden"].sample
    assert "simulated people" in shown["welfare"].sample


def test_a_model_of_an_answer_is_one_of_the_report(full):
    with pytest.raises(ChoiceError) as error:
        Report(
            full.study,
            None,
            full.data,
            full.models[:1],
            model_of={"distribution": full.models[1], "wellfare": full.models[0]},
        )
    words = str(error.value)
    assert "not among the models" in words
    assert "Did you mean 'welfare'" in words


def test_quality_shows_ways_and_common_reasons_only(full, sections):
    panels = {b.table.title: b.table for b in sections["quality"].blocks if isinstance(b, Panel)}
    assert {row[0]: row[1] for row in panels["Mode"].rows} == {"web": 225, "telephone": 75}
    reasons = [row[0] for row in panels["Reasons people gave"].rows]
    assert reasons == ["too slow"]
    html = full.to_html()
    assert "Miller" not in html
    assert "Miller" not in str(full.sections)


def test_quality_shows_results_both_ways_and_who_was_not_heard(full, sections):
    words = said(sections["quality"])
    told = in_plain_words(full.quality.sentences()[0])
    said_first, _, named = told.partition(": ")
    assert said_first in words
    assert named
    assert named not in words  # parameters have the study's words: "staff: polite"
    assert in_plain_words(full.weighting.sentences()[0]) in words
    panels = [b.table for b in sections["quality"].blocks if isinstance(b, Panel)]
    both = next(t for t in panels if t.title == full.quality.table().title)
    assert len(both.rows) == full.models[0].parameters
    states = {a.item.declaration: a.state for c in full.checklists for a in c.answers}
    assert states["answer_quality"] == "done"
    assert states["weighting"] == "done"


JARGON = "coefficient p-value likelihood covariance Krinsky parameter log-sum compensating"


def test_sentences_of_plain_sections_hold_no_jargon(sections):
    words = " ".join(said(s).lower() for s in sections.values() if not s.technical)
    assert [word for word in JARGON.lower().split() if word in words] == []
    assert "95%" not in words


def test_no_count_of_few_people_is_printed(full):
    counts = [
        cell
        for section in full.sections
        for block in section.blocks
        if isinstance(block, Panel)
        for column, name in enumerate(block.table.columns)
        if re.fullmatch(r"people", name, re.IGNORECASE)
        for cell in [row[column] for row in block.table.rows]
    ]
    assert counts
    assert all(cell >= 10 for cell in counts if isinstance(cell, int | float) and cell > 0)


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("it is 4 (95% interval 3 to 5)", "It is 4 (likely range: 3 to 5)"),
        ("90 % interval: 3 to 5", "Likely range: 3 to 5"),
        ("'today' and the citizens' hours", "“today” and the citizens' hours"),
    ],
)
def test_intervals_and_quotes_are_those_of_the_report(words, plain):
    assert in_plain_words(words) == plain


def test_one_result_or_several():
    assert several(None) == ()
    assert several([1, 2]) == (1, 2)
    assert several(1) == (1,)


def test_without_a_forecast_the_winners_are_the_third_finding(full):
    alone = Report(full.study, None, full.data, full.models, full.tradeoffs, welfare=full.welfare)
    finding = alone.sections[0].blocks[1].items[2]
    assert finding.number == f"{100 * full.welfare.gain_share.value:.0f}"
    assert "“reform” instead of “today”" in finding.sentence


def test_the_same_full_report_gives_the_same_bytes(full):
    again = Report(
        **{name: getattr(full, name) for name in full.__dataclass_fields__ if name != "_"}
    )
    assert again.to_html() == full.to_html()
    assert again.to_pdf() == full.to_pdf()
