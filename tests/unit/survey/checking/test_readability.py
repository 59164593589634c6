"""Reading grades: counts by hand, formulas by hand, easy against hard texts."""

import pytest

from ccegov_choice.survey.checking.readability import (
    LEAST_WORDS,
    Counts,
    count,
    reading_grade,
    syllables,
)


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        *((word, "en", 1) for word in ("claim", "asked", "make", "you", "takes")),
        *((word, "en", 2) for word in ("people", "table", "website", "wanted", "pages", "being")),
        *((word, "en", 3) for word in ("benefit", "decision", "idea", "area", "deleted")),
        ("situation", "en", 4),
        *((word, "de", 2) for word in ("Antrag", "neue", "freundlich", "Bauer")),
        *((word, "de", 3) for word in ("Behörde", "Entscheidung")),
        ("Bearbeitung", "de", 4),
        *((word, "fr", 1) for word in ("jeune", "pays", "parlent")),
        *((word, "fr", 2) for word in ("bureau", "demande", "personnes")),
        ("allocation", "fr", 4),
        *((word, "pl", 2) for word in ("urząd", "dziecko")),
        *((word, "pl", 3) for word in ("decyzja", "zasiłek", "pieniądze")),
        ("odpowiedzi", "pl", 4),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(word, language, expected):
    assert syllables(word, language) == expected


def test_sentences_and_words_are_counted_without_markdown():
    text = (
        "**Who asks.** The office at a@b.example.\n\n- One thing\n- Another [link](https://x.y)\n"
    )
    found = count(text, "en")
    assert found.sentences == 4
    assert found.words == 2 + 4 - 1 + 2 + 2


def sixty(words):
    """Repeat a sentence until the text is long enough to be measured."""
    return " ".join([words] * (LEAST_WORDS // len(words.split()) + 1))


def test_english_is_the_flesch_kincaid_grade():
    # each sentence: 5 words, 6 syllables
    text = sixty("You get a new letter.")
    assert reading_grade(text, "en") == pytest.approx(0.39 * 5 + 11.8 * 6 / 5 - 15.59)


def test_german_is_the_first_wiener_sachtextformel():
    # 5 words; one has three syllables and more, two more than six letters, two of one syllable
    text = sixty("Sie warten auf eine Entscheidung.")
    by_hand = 0.1935 * 20 + 0.1672 * 5 + 0.1297 * 20 - 0.0327 * 40 - 0.875
    assert reading_grade(text, "de") == pytest.approx(by_hand)


def test_french_is_kandel_and_moles_in_flesch_grades():
    # 4 words, 5 syllables: 207 - 1.015 * 4 - 73.6 * 5 / 4 = 110.9, very easy
    assert reading_grade(sixty("Nous parlons bien ensemble."), "fr") == 5.0


def test_polish_is_the_fog_index_with_hard_words_of_four_syllables():
    # 4 words of which one is hard
    assert reading_grade(sixty("Proszę dać nam odpowiedzi."), "pl") == pytest.approx(
        0.4 * (4 + 100 / 4)
    )


def test_other_languages_have_lix_in_grades():
    # 4 words to a sentence, none of more than six letters: LIX 4, the first grade
    assert reading_grade(sixty("هذا طلب من عمل."), "ar") == 1.0


def test_a_short_text_has_no_grade():
    assert reading_grade("You get a new letter.", "en") is None


@pytest.mark.parametrize(
    ("language", "easy", "hard"),
    [
        (
            "en",
            "You ask for help. The office says yes or no. You get a letter.",
            "Notwithstanding the aforementioned eligibility considerations, authorities may "
            "discretionarily necessitate supplementary documentation prior to determination.",
        ),
        (
            "de",
            "Sie bitten um Hilfe. Das Amt sagt ja oder nein. Sie bekommen einen Brief.",
            "Ungeachtet der vorstehenden Anspruchsvoraussetzungen können die Leistungsbehörden "
            "ergänzende Nachweisunterlagen vor Entscheidungserlass anfordern.",
        ),
        (
            "fr",
            "Vous demandez une aide. Le bureau dit oui ou non. Vous avez une lettre.",
            "Nonobstant les considérations précédemment mentionnées, les administrations "
            "compétentes peuvent discrétionnairement solliciter des justifications additionnelles.",
        ),
        (
            "pl",
            "Prosisz o pomoc. Urząd mówi tak lub nie. Dostajesz list.",
            "Niezależnie od powyższych uwarunkowań administracyjnych odpowiednie instytucje mogą "
            "zażądać dodatkowej dokumentacji potwierdzającej uprawnienia wnioskodawcy.",
        ),
    ],
)
def test_hard_texts_have_higher_grades_than_easy_ones(language, easy, hard):
    grades = [reading_grade(sixty(text), language) for text in (easy, hard)]
    assert grades[0] < 9 < grades[1]


def test_shares_are_of_a_hundred_words():
    found = Counts(2, (1, 3, 4, 1), (3, 8, 9, 2))
    assert found.words_per_sentence == 2
    assert found.share(found.syllables, 3) == 50
    assert found.share(found.letters, 9) == 25
