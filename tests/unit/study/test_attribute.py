"""Attributes and levels: short forms, findings by name, and changed copies."""

import pytest

from ccegov_choice.errors import StudyError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.level import Level, build_levels

WAIT = Attribute.numeric("wait", "Wait", [2, 10, 40], "day", "days", direction="-")
TREATMENT = Attribute.ordered(
    "treatment",
    "Treatment",
    {"brusque": "Brusque", "neutral": "Neutral", "polite": "Polite"},
    tradeable="above-floor",
)


def test_numeric_levels_have_values_ids_and_labels_with_units():
    assert WAIT.kind == "numeric"
    assert WAIT.values == (2.0, 10.0, 40.0)
    assert WAIT.level_ids == ("2", "10", "40")
    assert [level.text() for level in WAIT.levels] == ["2 days", "10 days", "40 days"]
    assert WAIT.unit_text(1) == "1 day"
    assert WAIT.default_coding == "linear"


def test_units_in_several_languages_give_labels_in_each():
    a = Attribute.numeric(
        "wait",
        {"en": "Wait", "cy": "Aros"},
        [1, 2],
        {"en": "day", "cy": "diwrnod"},
        {"en": "days", "cy": "diwrnod"},
    )
    assert a.levels[1].label == {"en": "2 days", "cy": "2 diwrnod"}
    assert a.text("cy") == "Aros"


def test_a_level_is_found_by_id_or_number_and_the_nearest_is_named():
    assert WAIT.level("10") is WAIT.level(10) is WAIT.levels[1]
    assert TREATMENT.level("polite").text() == "Polite"
    with pytest.raises(StudyError, match="Did you mean 'polite'"):
        TREATMENT.level("polit")
    with pytest.raises(StudyError, match="unknown level '11'"):
        WAIT.level(11)


def test_words_have_no_values():
    with pytest.raises(StudyError, match="levels that are not numbers"):
        _ = TREATMENT.values
    assert TREATMENT.default_coding == "dummy"


def test_the_base_is_the_first_level_that_may_be_shown_unless_named():
    assert TREATMENT.base_id == "brusque"
    assert TREATMENT.revised(floor=("brusque",)).base_id == "neutral"
    assert TREATMENT.revised(base="polite").base_id == "polite"
    assert [level.id for level in TREATMENT.revised(floor=("brusque",)).shown_levels] == [
        "neutral",
        "polite",
    ]


def test_cells_are_numbers_or_ids():
    assert WAIT.cell(WAIT.levels[0]) == 2.0
    assert TREATMENT.cell(TREATMENT.levels[0]) == "brusque"


def test_an_alternative_has_an_attribute_unless_others_own_it():
    assert WAIT.available_to(None)
    assert WAIT.available_to("train")
    own = WAIT.revised(alternatives=("train",))
    assert own.available_to("train")
    assert not own.available_to("car")


def test_a_changed_copy_keeps_the_wording_of_levels_named_by_id():
    fewer = TREATMENT.revised(id="dignity", levels=["neutral", "polite"])
    assert fewer.id == "dignity"
    assert fewer.levels == TREATMENT.levels[1:]
    reworded = TREATMENT.revised(levels=[{"id": "polite", "description": "They listen."}, "new"])
    assert reworded.levels == (Level("polite", "Polite", "They listen."), Level("new", "new"))


def test_labels_made_of_number_and_unit_follow_a_new_unit_and_written_ones_stay():
    a = WAIT.revised(levels=[{"value": 0, "label": "At once"}, 10])
    weeks = a.revised(unit="week", unit_plural="weeks")
    assert [level.text() for level in weeks.levels] == ["At once", "10 weeks"]
    assert weeks.values == (0.0, 10.0)


def test_an_unknown_field_is_named_with_the_nearest():
    with pytest.raises(StudyError, match="unknown field 'lables'"):
        WAIT.revised(lables=[1])


def test_levels_are_made_from_every_short_form():
    assert build_levels(["no", "yes"]) == (Level("no", "no"), Level("yes", "yes"))
    assert build_levels({"no": "No"}) == (Level("no", "No"),)
    assert build_levels([1, 2.5]) == (Level("1", "1"), Level("2.5", "2.5"))
    assert build_levels([1], numeric=True, unit="km") == (Level("1", "1 km", value=1.0),)
    assert build_levels([Level("a", "A")]) == (Level("a", "A"),)


def test_the_long_text_falls_back_on_the_label():
    assert Level("a", "A").long_text() == "A"
    assert Level("a", "A", "A at length").long_text() == "A at length"


def test_later_changes_by_the_caller_do_not_reach_a_level():
    label = {"en": "Yes"}
    level = Level("yes", label)
    label["en"] = "No"
    assert level.text() == "Yes"


def test_a_plural_that_lacks_a_language_gives_way_to_the_singular():
    a = Attribute.numeric("wait", "Wait", [2], {"en": "day", "cy": "diwrnod"}, {"en": "days"})
    assert a.levels[0].label == {"en": "2 days", "cy": "2 diwrnod"}
