"""The brief: one page, three numbers that are the model's, plain words, areas that name nobody."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pypdf
import pytest

from ccegov_choice._estimate import Estimate
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.report.brief.area import told_areas
from ccegov_choice.report.brief.brief import Brief
from ccegov_choice.report.brief.content import Content, Headline, Part, Remark
from ccegov_choice.report.brief.losers import minded_most
from ccegov_choice.report.brief.reading_grade import LIMIT, word_count
from ccegov_choice.report.document import Report
from ccegov_choice.report.scenarios import largest_difference, reform_difference
from ccegov_choice.study.people import people_frame

NUMBER = re.compile(r"−?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


@pytest.fixture(scope="module")
def brief(full) -> Brief:
    return Brief(full)


@pytest.fixture(scope="module")
def plain(report) -> Brief:
    return Brief(report)


def visible(html: str) -> str:
    """The words that a reader sees."""
    body = re.sub(r"<(style|script|title)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


def rounded(*values: float) -> set[str]:
    """A number in all the ways in which it may be rounded to be read."""
    found = set()
    for value in values:
        for places in range(4):
            text = f"{round(abs(value), places):,.{places}f}"
            found |= {text, f"−{text}"}
    return found


def of_estimate(*found, times=1.0) -> set[str]:
    return set().union(
        *(rounded(*(times * end for end in (e.value, e.low, e.high))) for e in found)
    )


@pytest.mark.parametrize("which", ["brief", "plain"])
def test_at_most_350_words_at_most_grade_9(which, request):
    made = request.getfixturevalue(which)
    assert word_count([visible(made.to_html())]) == made.words <= 350
    assert made.reading_grade <= LIMIT
    assert made.notes == ()


def test_three_numbers_with_ranges_and_every_part(brief):
    assert len(brief.content.headlines) == 3
    assert all(re.search(r"\d to \d", item.interval) for item in brief.content.headlines)
    titles = [part.title for part in brief.content.parts]
    for title in ("Who loses", "Who disagrees", "What would change the answer", "How sure we are",
                  "Still open", "Not for sale"):  # fmt: skip
        assert title in titles


def test_every_number_is_one_of_the_model(brief, full):
    """Take the words apart again: each number is an output of the report's results."""
    material = full.material
    first = material.importance.items[0]
    allowed = rounded(100 * first.share, 100 * first.conf_low, 100 * first.conf_high)
    for trade in material.tradeoffs:
        ends = [end for end in (trade.estimate, trade.conf_low, trade.conf_high) if end is not None]
        allowed |= rounded(*ends)
    for item in material.uptake.differences():
        allowed |= rounded(*(100 * v for v in (item.estimate, item.conf_low, item.conf_high)))
    welfare = material.welfare
    shares = [welfare.gain_share, welfare.loss_share, *(g.losers for g in welfare.groups)]
    allowed |= of_estimate(*shares, times=100) | of_estimate(welfare.median)
    decision = material.redesign
    allowed |= rounded(100 * decision.best.best_probability)
    allowed |= rounded(*(item.value for item in decision.switching))
    chosen = material.data.frame["alternative"].to_numpy()[material.data.chosen]
    allowed |= rounded(100 * float((chosen == "none").mean()))
    allowed |= {f"{material.data.people:,}", f"{material.data.tasks:,}", "95", "100"}
    answers = [len(group.answers) for group in full.checklist.groups]
    allowed |= {str(sum(answers)), *map(str, answers), str(sum(answers[:2]))}
    for attribute in material.study.attributes:
        allowed |= {f"{level.value:g}" for level in attribute.levels if level.value is not None}
    trade = next(t for t in material.tradeoffs if t.gain == "staff: brusque -> polite")
    told = [item.number for item in brief.content.headlines]
    moved = material.uptake.differences()[0].estimate
    assert told == [f"{n:.0f}" for n in (100 * first.share, trade.estimate, 100 * moved)]
    shown = NUMBER.findall(visible(brief.to_html()))
    assert len(shown) > 15
    assert [number for number in shown if number not in allowed] == []


def test_numbers_are_told_apart_from_others():
    assert "17.3" not in rounded(17.2)
    assert NUMBER.findall("−3.5 to 1,200") == ["−3.5", "1,200"]


def test_rights_are_not_for_sale_and_money_is_not_named(brief, plain):
    text = visible(plain.to_html())
    assert "No price is put on this: right to appeal" in text
    assert "insulting" in text
    assert not re.search(r"[$€£¥]|\b(EUR|USD|GBP)\b", text + visible(brief.to_html()))


def test_simulated_answers_are_marked(plain, report):
    assert "These citizens are simulated." in visible(plain.to_html())
    assert plain.content.banner


def test_without_more_it_says_that_losers_are_not_known(study, parts):
    design, data, results = parts
    bare = Brief(Report(study, design, data, [results]))
    assert "did not look at who would lose" in visible(bare.to_html())
    assert len(bare.content.headlines) == 1


def test_words_that_matter_least_are_left_out_first():
    parts = (
        Part("Open", (Remark("keep " * 20), Remark("less " * 20, 1), Remark("least " * 20, 2))),
        Part("List", (Remark("one " * 5, 1), Remark("two " * 5, 1)), whole=True),
    )
    content = Content("k", "t", "l", (Headline("q", "1", "u", "s", "i"),), parts, "f")
    assert word_count(content.texts()) > 80
    short = content.shortened(60)
    assert [r.text[:4] for part in short.parts for r in part.remarks] == ["keep", "less"]
    assert word_count(content.shortened(1).texts()) > 20  # what must stay, stays


def test_too_many_words_are_told(report):
    named = replace(report, title="Word " * 400)
    assert "shorten labels" in Brief(named).notes[0]


def test_the_pdf_is_one_tagged_page(brief):
    pytest.importorskip("typst")
    content = brief.to_pdf()
    read = pypdf.PdfReader(io.BytesIO(content))
    root = read.trailer["/Root"]
    assert len(read.pages) == 1
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    assert brief.to_pdf() == content
    assert "More in the full report." in read.pages[0].extract_text()


def test_the_same_report_gives_the_same_page(brief, full):
    assert Brief(full).to_html() == brief.to_html()


# --- constituencies -------------------------------------------------------------------------------


def test_numbers_of_an_area_are_those_of_its_people(full):
    made = Brief(full, constituency=("region", "south"))
    material, frame = full.material, people_frame(full.data)
    own = frame[frame["region"] == "south"]
    assert made.area.people == len(own)
    found = material.uptake
    again = uptake(
        material.results, found.scenarios, people=own, draws=len(found.sampled), seed=found.seed
    )
    item = again.differences()[0]
    expected = [item.estimate, item.conf_low, item.conf_high]
    area = made.area.difference
    np.testing.assert_allclose([area.value, area.low, area.high], expected, rtol=1e-12)
    welfare = material.welfare
    worth = welfare_change(
        material.results, welfare.before, welfare.after, pay_in="wait", people=own,
        draws=welfare.draws, seed=welfare.seed,
    )  # fmt: skip
    assert made.area.worth.value == pytest.approx(worth.median.value, rel=1e-12)
    text = visible(made.to_html())
    assert f"{len(own)} of them: “South”" in text
    assert f"“South”: {round(100 * item.estimate)} (" in text
    assert "the model of all" in text
    assert made.words <= 350


def with_areas(data: ChoiceData, sizes: dict[str, int]) -> ChoiceData:
    """Give people areas of so many each; everybody else lives in 'rest'."""
    names = np.repeat([*sizes], [*sizes.values()])
    frame = data.frame.copy()
    number = np.unique(frame["person"], return_inverse=True)[1]
    frame["area"] = np.where(
        number < len(names), np.append(names, "")[np.minimum(number, len(names))], "rest"
    )
    return ChoiceData.from_long(frame, study=data.study, covariates=["region", "area"])


def test_small_areas_are_withheld_and_so_is_what_would_give_them_away(full):
    data = with_areas(full.data, {"isle": 7, "hill": 40, "dale": 60})
    told, held = told_areas(data, "area")
    assert held == ("hill", "isle")
    assert set(told) == {"dale", "rest"}
    # the attack: all people less those of every edition leaves no area of few people
    left = data.people - sum(told.values())
    assert left == 47
    several = Brief(replace(full, data=data)).editions("area")
    assert several.withheld == held
    assert [*several.briefs] == ["dale", "rest"]
    with pytest.raises(PolicyError, match="nothing may be told about 'isle'") as small:
        Brief(replace(full, data=data), constituency=("area", "isle"))
    with pytest.raises(PolicyError, match="nothing may be told about 'hill'") as large:
        Brief(replace(full, data=data), constituency=("area", "hill"))
    # an error does not say which of the two is small
    assert str(small.value).replace("isle", "hill") == str(large.value)


def test_unknown_areas_and_columns_are_named(full):
    with pytest.raises(PolicyError, match="south"):
        Brief(full, constituency=("region", "sauth"))
    with pytest.raises(PolicyError, match="region"):
        Brief(full, constituency=("regoin", "south"))


def test_editions_are_saved(full, tmp_path):
    paths = Brief(full, audience="the committee").editions("region").save(tmp_path)
    assert [path.name for path in paths] == ["brief-001.html", "brief-002.html"]
    assert "for the committee" in paths[0].read_text("utf-8")


def test_it_shows_itself(brief):
    assert re.fullmatch(
        r"<Brief on 'Claiming a benefit': \d+ words, grade [\d.]+, SIMULATED>", repr(brief)
    )
    assert brief._repr_html_().startswith("<iframe title=")


def test_losers_are_named_by_what_they_lose(full):
    """A change made alone, by hand from the model: the slower decision is what they mind."""
    material = full.material
    found = minded_most(material, material.welfare)
    old, new = material.welfare.before.profile, material.welfare.after.profile
    if material.welfare.loss_share.value == 0.0:
        assert found is None
    else:
        assert found is not None
        assert old.levels[found.id] != new.levels[found.id]
        assert found.text().lower() in visible(Brief(full).to_html()).lower()


def test_the_third_number_and_the_summary_speak_of_the_reform_that_was_valued(full):
    """Not of the scenario that moves most people, which may be another."""
    material, welfare = full.material, full.material.welfare
    strong = replace(welfare.after.profile, levels={**welfare.after.profile.levels, "wait": 5.0})
    both = (welfare.before, Scenario("strong", strong, "strong"), welfare.after)
    found = uptake(material.results, both, people=material.data)
    made = Report(
        full.study, None, full.data, full.models, full.tradeoffs, uptake=found, welfare=welfare
    )
    assert reform_difference(made.material).scenario == welfare.after.name
    alone = replace(made.material, welfare=None)
    assert reform_difference(alone) == largest_difference(found)
    told = [item.sentence for item in made.sections[0].blocks[1].items]
    assert not any("strong" in sentence for sentence in told)


def test_the_same_bytes_as_html_and_pdf(full):
    assert Brief(full).to_html() == Brief(full).to_html()
    assert Brief(full).to_pdf() == Brief(full).to_pdf()


def test_no_currency_without_a_declared_vehicle(report):
    """Money words of a study without a vehicle reach neither the page nor the PDF."""
    made = Brief(replace(report, title="A fee of €12 (12 EUR, twelve euros)"))
    text = visible(made.to_html())
    assert "A fee of 12 (12 units of money, twelve units of money)" in text
    assert not re.search(r"[$€£¥]|EUR|euro", text)


def test_it_says_what_the_reform_is_and_repeats_no_amount(brief, plain):
    for made in (brief, plain):
        parts = {part.title: part.sentences for part in made.content.parts}
        (means,) = [told for title, told in parts.items() if title.startswith("What “")]
        assert 1 <= len(means) <= 3
        assert all("instead of" in sentence for sentence in means)
        assert not any("trade above" in told for told in parts["What would change the answer"])


def test_the_chance_that_more_gain_than_lose_is_told(full):
    gain = Estimate(0.7, 0.5, 0.9)
    for chance, told in ((0.94, "is 94 in 100."), (1.0, "is more than 99 in 100.")):
        mixed = replace(full.material.welfare, gain_share=gain, majority_probability=chance)
        text = visible(Brief(replace(full, welfare=mixed)).to_html())
        assert f"The chance that more people gain than lose {told}" in text
