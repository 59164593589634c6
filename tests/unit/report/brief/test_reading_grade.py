"""Years of school that a text asks for, counted by hand and against texts of known difficulty."""

from __future__ import annotations

import pytest

from ccegov_choice.report.brief.reading_grade import reading_grade, syllables, word_count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1), ("people", 2), ("decide", 2), ("asked", 1), ("wanted", 2), ("service", 2),
        ("table", 2), ("days", 1), ("office", 2), ("appeal", 2), ("12", 2),
        ("the", 1), ("polite", 2), ("website", 2), ("independent", 4),
    ],
)  # fmt: skip
def test_syllables(word, count):
    assert syllables(word) == count


def test_the_formula_by_hand():
    # 6 words, 1 sentence, 6 syllables; then 3 more words with 9 syllables in a second sentence
    assert reading_grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    both = ["The cat sat on the mat.", "Independent appeal helps"]
    assert reading_grade(both) == pytest.approx(0.39 * 9 / 2 + 11.8 * 13 / 9 - 15.59)
    assert reading_grade([]) == 0.0


def test_ranges_and_decimals_do_not_end_a_sentence():
    assert reading_grade("It is 4.5 days.") == pytest.approx(0.39 * 4 + 11.8 * 5 / 4 - 15.59)


def test_law_is_harder_than_a_fairy_tale():
    tale = "Once there was a girl. She had a red cap. She went to see her old aunt in the wood."
    law = (
        "Notwithstanding any other provision of this regulation, the competent authority shall "
        "determine the eligibility of beneficiaries in accordance with applicable procedures."
    )
    assert reading_grade(tale) < 3 < 18 < reading_grade(law)


def test_words_are_what_spaces_part():
    assert word_count(["About 12 in 100 people – not more.", "(38 to 47)"]) == 10
