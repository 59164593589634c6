"""Records say what the survey declares, and put first what a person still has to write."""

from dataclasses import replace
from pathlib import Path

import pytest

from ccegov_choice.survey.page import Page
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.records.categories import asked_of, data_categories
from ccegov_choice.survey.records.impact import LARGE_SCALE, impact_assessment
from ccegov_choice.survey.records.processing import processing_record
from ccegov_choice.survey.records.record import Entry, Record
from ccegov_choice.survey.settings import Fieldwork, Owner, Panel, Retention
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def survey():
    return Survey.read(ROOT / "surveys" / "benefit-claim")


def with_questions(survey, *questions):
    kept = tuple(page for page in survey.pages if page.kind in ("welcome", "consent", "tasks"))
    page = Page("questions", "questions", "About you", questions=questions)
    return replace(survey, pages=(*kept, page))


def entry(record, name):
    return next(item for item in record.entries if item.name == name)


def test_every_field_of_article_30_has_an_entry(survey):
    rules = " ".join(entry.source for entry in processing_record(survey).entries)
    for letter in "abcdefg":
        assert f"30(1)({letter})" in rules


def test_what_the_survey_declares_stands_in_the_record(survey):
    text = processing_record(survey).to_markdown()
    kept = survey.retention
    for words in (
        survey.say(survey.owner.name, survey.language),
        survey.owner.contact,
        survey.owner.data_protection,
        kept.lawful_basis,
        kept.purpose,
        f"{kept.answers_days} days",
        f"{kept.contacts_days} days",
        f"{kept.unfinished_days} days",
    ):
        assert words in text


def test_what_the_survey_leaves_out_is_open_and_names_its_key(survey):
    bare = replace(survey, owner=Owner(""), retention=Retention())
    missing = " ".join(text for _, text in processing_record(bare).open)
    for key in ("[owner] name", "contact", "data_protection", "purpose", "lawful_basis", "closes"):
        assert key in missing
    closing = replace(survey, retention=replace(survey.retention, closes="2030-01-31"))
    assert entry(processing_record(closing), "Time limits").is_complete


def test_open_items_come_before_everything_else(survey):
    record = processing_record(survey)
    text = record.to_markdown()
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings[0] == f"## Still open: {len(record.open)} items"
    assert headings[1] == "## Controller"


def test_special_categories_are_pointed_out_in_plain_words(survey):
    disability = Question(
        "limits", "single", "Do you have a disability?", options=(Option("yes", "Yes"),)
    )
    harmless = Question("age", "number", "How old are you?")
    asked = with_questions(survey, disability, harmless)
    found = {item.question.id: item.special for item in asked_of(asked)}
    assert found == {"limits": "health or disability", "age": ""}
    record = processing_record(asked)
    assert "'limits' may reveal health or disability" in " ".join(text for _, text in record.open)
    forced = [text for _, text in impact_assessment(asked).open if "should have to answer" in text]
    assert forced == ["Nobody should have to answer these: limits."]


def test_a_hint_may_stand_in_an_option(survey):
    question = Question("why", "single", "Why?", options=(Option("ill", "I was seriously ill"),))
    illness = Question("why", "single", "Why?", options=(Option("ill", "An illness"),))
    assert asked_of(with_questions(survey, question))[0].special == ""
    assert asked_of(with_questions(survey, illness))[0].special == "health or disability"


def test_own_words_contacts_and_panels_are_named_only_where_they_are_collected(survey):
    plain = with_questions(survey, Question("age", "number", "How old are you?"))
    text = " ".join(data_categories(plain))
    assert "Own words" not in text
    assert "Contact (" not in text
    assert "panel" not in text

    words = with_questions(survey, Question("more", "text", "Anything else?"))
    contact = replace(words, pages=(*words.pages, Page("contact", "contact", "Results")))
    panel = Fieldwork(panel=Panel(parameters=("MEMBER",), completed="done"))
    text = " ".join(data_categories(replace(contact, fieldwork=panel)))
    assert "Own words" in text
    assert "Contact (" in text
    assert "MEMBER" in text


def test_write_in_options_count_as_own_words(survey):
    other = Question("how", "single", "How?", options=(Option("other", "Else", write_in=True),))
    assert asked_of(with_questions(survey, other))[0].free_text


def test_large_scale_is_asked_from_a_size_on(survey):
    def is_asked(target):
        fieldwork = replace(survey.fieldwork, target=target)
        record = impact_assessment(replace(survey, fieldwork=fieldwork))
        return any("large scale" in text for _, text in record.open)

    assert not is_asked(LARGE_SCALE - 1)
    assert is_asked(LARGE_SCALE)
    assert is_asked(0)  # no target: nobody knows


def test_a_question_that_serves_nothing_in_the_study_must_be_justified(survey):
    covariate = survey.study.covariates[0].id
    asked = with_questions(
        survey, Question(covariate, "text", "One"), Question("shoe_size", "number", "Two")
    )
    open_items = [text for _, text in impact_assessment(asked).open if "needed for" in text]
    assert len(open_items) == 1
    assert "shoe_size" in open_items[0]
    assert covariate not in open_items[0]


def test_a_record_as_table_has_a_row_for_each_entry(survey):
    record = impact_assessment(survey)
    table = record.to_table()
    assert [row[0] for row in table.rows] == [entry.name for entry in record.entries]
    assert "scope=" in table.to_html()


def test_a_complete_record_says_that_nothing_is_open():
    record = Record("R", (Entry("Purposes", "Article 30", ("To learn.",)),))
    assert record.open == ()
    assert "Nothing is open." in record.to_markdown()
    one = Record("R", (Entry("Purposes", "Article 30", (), ("Say why.",)),))
    assert "## Still open: 1 item\n" in one.to_markdown()
