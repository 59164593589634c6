"""The study of the demonstration is sound, and says what it is."""

from pathlib import Path

import pytest

from ccegov_choice.errors import StudyError
from ccegov_choice.study.study import Study

STUDY = Study.read(Path(__file__).parents[3] / "designs" / "benefit-claim" / "study.toml")


def test_it_has_six_library_attributes_and_no_problems():
    assert STUDY.check() == ()
    assert [attribute.library for attribute in STUDY.attributes] == [
        "te_decision_days",
        "ac_channel",
        "ac_human",
        "dr_treatment",
        "fe_group_gap",
        "va_appeal",
    ]
    assert STUDY.attribute_ids == tuple(attribute.library for attribute in STUDY.attributes)


def test_people_may_decide_not_to_claim_and_pay_in_days_only():
    assert STUDY.opt_out.kind == "opt_out"
    assert not STUDY.mandatory
    assert [n.attribute for n in STUDY.numeraires] == ["te_decision_days"]
    assert STUDY.covariate_ids == ("digital_confidence", "low_income")


def test_a_decision_that_nobody_can_challenge_is_never_shown():
    appeal = STUDY.attribute("va_appeal")
    assert [level.id for level in appeal.shown_levels] == ["court_only", "internal", "independent"]
    assert appeal.base_id == "court_only"
    assert appeal.level("internal").long_text().startswith("Another officer")
    with pytest.raises(StudyError, match="under the floor"):
        STUDY.profile(va_appeal="no_way")


def test_talking_to_an_officer_is_talking_to_a_person():
    assert not STUDY.allows({"ac_channel": "phone", "ac_human": "none"})
    assert STUDY.allows({"ac_channel": "website", "ac_human": "none"})


def test_it_says_that_its_citizens_are_simulated():
    assert "simulated" in STUDY.declarations["population"]
    assert "simulated" in STUDY.declarations["limits"]
