"""Wordings in several languages, and numbers with units as people write them."""

import pytest

from ccegov_choice.errors import StudyError
from ccegov_choice.study.wording import in_order, number_id, number_text, quantity, wording

WELCOME = {"en": "Welcome", "cy": "Croeso"}


def test_one_wording_serves_every_language():
    assert wording("Welcome") == wording("Welcome", "cy") == "Welcome"


def test_a_language_is_found_and_a_region_falls_back_on_it():
    assert wording(WELCOME) == "Welcome"
    assert wording(WELCOME, "cy") == "Croeso"
    assert wording(WELCOME, "en-GB") == "Welcome"


def test_a_missing_language_names_the_wording_and_the_known_ones():
    with pytest.raises(StudyError) as error:
        wording(WELCOME, "fr")
    assert "no wording in 'fr' for \"Welcome\"" in str(error.value)
    assert "Known: en, cy." in str(error.value)


def test_wordings_take_the_order_of_the_study():
    assert list(in_order(WELCOME, ["cy", "en"])) == ["cy", "en"]
    assert list(in_order(WELCOME, ["cy"])) == ["cy", "en"]


@pytest.mark.parametrize(
    ("number", "language", "text"),
    [
        (2.0, None, "2"),
        (0.5, None, "0.5"),
        (0.5, "de", "0,5"),
        (-20, None, "−20"),
        (1200, None, "1200"),
        (12000, "en", "12,000"),
        (12000.5, "fr", "12\u202f000,5"),
        (1e-7, None, "0.0000001"),
        (float("inf"), None, "inf"),
    ],
)
def test_numbers_are_written_for_people(number, language, text):
    assert number_text(number, language) == text


def test_the_unit_follows_the_number_and_the_language():
    unit, plural = {"en": "day", "fr": "jour"}, {"en": "days", "fr": "jours"}
    assert quantity(1, unit, plural) == "1 day"
    assert quantity(12, unit, plural) == "12 days"
    assert quantity(0, unit, plural) == "0 days"
    assert quantity(0, unit, plural, "fr") == "0 jour"
    assert quantity(1.5, unit, plural, "fr") == "1,5 jour"
    assert quantity(2, unit, plural, "fr") == "2 jours"


def test_a_unit_without_plural_never_changes_and_no_unit_leaves_the_number():
    assert quantity(12, "km", "") == "12 km"
    assert quantity(12, "", "") == "12"


@pytest.mark.parametrize(
    ("number", "id"), [(2.0, "2"), (0.5, "0.5"), (-20, "-20"), (1e16, "1e+16")]
)
def test_the_id_of_a_number_is_the_number(number, id):
    assert number_id(number) == id
