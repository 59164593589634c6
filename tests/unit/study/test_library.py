"""The attribute library is complete, unique, plain, and as the domain document lists it."""

import re

import pytest

from ccegov_choice.errors import StudyError
from ccegov_choice.study import library
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study

ENTRIES = library.entries()

# the ids, in the order of the domain document
IDS = [
    "ac_channel",
    "ac_switch",
    "ac_hours",
    "ac_distance",
    "ac_human",
    "ac_same_officer",
    "te_decision_days",
    "te_wait_min",
    "te_form_min",
    "te_documents",
    "te_find_out",
    "te_one_contact",
    "te_tracking",
    "fe_consistency",
    "fe_group_gap",
    "fe_priority_rule",
    "fe_area_equity",
    "fe_guarantee",
    "fe_beneficiaries",
    "dr_treatment",
    "dr_presumption",
    "dr_setting",
    "dr_circumstances",
    "dr_tone",
    "dr_stigma",
    "va_explanation",
    "va_appeal",
    "va_hearing",
    "va_redress",
    "va_decider",
    "va_accuracy",
    "va_codesign",
    "pr_sharing",
    "pr_control",
    "pr_security",
    "pr_commercial",
    "pr_profit_share",
    "pr_identity",
    "ro_reporting",
    "ro_late",
    "ro_conditions",
    "ro_contribution",
    "is_help",
    "is_language",
    "is_device",
    "is_reach",
    "oc_fee",
    "oc_tax",
    "oc_budget",
    "oc_unit_cost",
    "oc_provider",
]
ABOVE_FLOOR = {
    "ac_distance",
    "ac_human",
    "fe_group_gap",
    "fe_area_equity",
    "fe_guarantee",
    "dr_treatment",
    "dr_presumption",
    "dr_setting",
    "va_explanation",
    "va_appeal",
    "va_hearing",
    "va_decider",
    "va_accuracy",
    "pr_sharing",
    "pr_control",
    "pr_security",
    "pr_commercial",
    "pr_identity",
    "ro_late",
    "ro_conditions",
    "ro_contribution",
    "is_help",
    "is_language",
    "is_device",
    "is_reach",
}
OPEN = {
    "ac_channel",
    "fe_consistency",
    "fe_priority_rule",
    "fe_beneficiaries",
    "va_decider",
    "pr_identity",
    "ro_conditions",
    "ro_contribution",
    "oc_provider",
}


def test_there_are_51_attributes_in_9_groups_and_2_optional_ones():
    assert [entry.id for entry in ENTRIES if not entry.optional] == IDS
    assert [entry.id for entry in ENTRIES if entry.optional] == ["oc_reliability", "oc_amount"]
    assert len(library.groups()) == 9
    assert {entry.group for entry in ENTRIES} == set(library.groups())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_is_complete(entry):
    a = entry.attribute
    assert a.id.startswith(f"{entry.group}_")
    assert a.library == a.id
    assert a.text()
    assert str(a.definition).endswith(".")
    assert a.survey_item.endswith((".", ")"))
    assert a.indicator
    assert len(a.sources) >= 1
    assert all(source.text for source in a.sources)
    assert len(a.levels) >= 2
    assert (a.kind == "categorical") == (a.direction == "0")
    if not a.is_numeric:
        assert all(str(level.description).endswith(".") for level in a.levels)
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", level.id) for level in a.levels)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_makes_a_sound_study(entry):
    a = entry.attribute
    numeraires = ()
    if a.money:
        a = a.revised(unit="euro", unit_plural="euros")
        numeraires = (Numeraire(a.id, entry.vehicle, "EUR"),)
    elif entry.numeraire:
        numeraires = (Numeraire(a.id),)
    assert Study("x", "X", (a,), numeraires=numeraires).check() == ()


def test_classes_and_directions_are_those_of_the_domain_document():
    assert {e.id for e in ENTRIES if e.attribute.tradeable == "above-floor"} == ABOVE_FLOOR
    assert {e.id for e in ENTRIES if e.attribute.tradeable == "no"} == set()
    assert {e.id for e in ENTRIES if e.attribute.direction == "0"} == OPEN
    assert [e.id for e in ENTRIES if e.numeraire] == [
        "ac_distance",
        "te_decision_days",
        "te_wait_min",
        "te_form_min",
        "oc_fee",
        "oc_tax",
        "oc_budget",
    ]
    assert all(e.attribute.is_numeric for e in ENTRIES if e.numeraire)


def test_shares_of_a_hundred_increase_and_more_is_better():
    for id in ("te_one_contact", "va_accuracy", "is_reach"):
        a = library.attribute(id)
        assert a.direction == "+"
        assert list(a.values) == sorted(a.values)


def test_money_has_no_currency_before_a_study_declares_it():
    money = [e for e in ENTRIES if e.attribute.money]
    assert [e.id for e in money] == ["oc_fee", "oc_tax", "oc_budget", "oc_unit_cost", "oc_amount"]
    assert all(e.attribute.unit == "" and e.vehicle for e in money)


def test_references_from_memory_are_marked():
    assert not library.entry("te_find_out").checked
    assert not library.entry("dr_presumption").checked
    assert library.entry("te_decision_days").checked
    assert "not checked" in str(library.attribute("te_find_out").sources[0])
    assert all(source.doi == "" for e in ENTRIES for source in e.attribute.sources)


def test_an_attribute_can_be_changed_on_the_way_out():
    wait = library.attribute("te_decision_days", id="wait", levels=[5, 10])
    assert isinstance(wait, Attribute)
    assert (wait.id, wait.library, wait.values) == ("wait", "te_decision_days", (5.0, 10.0))
    assert wait.levels[0].text() == "5 working days"


def test_an_unknown_entry_or_field_names_the_nearest():
    with pytest.raises(StudyError, match=r"Did you mean 'dr_treatment'\?"):
        library.attribute("dr_treatmnet")
    with pytest.raises(StudyError, match="unknown field 'level'"):
        library.attribute("dr_treatment", level=["x"])


def test_the_frame_has_a_row_for_each_entry():
    frame = library.attributes()
    assert list(frame["id"]) == [entry.id for entry in ENTRIES]
    row = frame.set_index("id").loc["te_wait_min"]
    assert row["levels"] == "2 minutes · 10 minutes · 30 minutes · 60 minutes"
    assert row["numeraire"]
    assert row["unit"] == "minute"
    assert not frame.isna().any().any()


def test_wordings_speak_of_experience_and_not_of_technology():
    """Jargon of producers, and marks that nobody wants to read on a choice card."""
    jargon = re.compile(
        r"\b(API|portal|omnichannel|interoperab|stakeholder|end-user|workflow|back-office|KPI"
        r"|algorithm|e-?government)\b|[;/]|\(s\)",
        re.IGNORECASE,
    )
    for entry in ENTRIES:
        for level in entry.attribute.levels:
            text = f"{level.text()} {level.long_text()}"
            found = jargon.search(text)
            assert found is None or found.group() == ";", (entry.id, text)
            assert len(level.text().split()) <= 7, (entry.id, level.text())
            assert len(level.long_text().split()) <= 24, (entry.id, level.long_text())
