"""A study finds its parts, makes profiles and judges combinations."""

import dataclasses

import pytest

from ccegov_choice.errors import ChoiceWarning, StudyError
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import build_levels
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study

WAIT = Attribute.numeric("wait", "Wait", [2, 10, 40], "day", "days", direction="-")
HUMAN = Attribute.ordered("human", "Person", {"none": "None", "call": "Call", "any": "Any"})
FREQUENCY = Attribute.numeric("frequency", "Trains", [1, 2], alternatives=("train",))

UNLABELLED = Study(
    "claim",
    {"en": "A claim", "cy": "Hawliad"},
    [WAIT, HUMAN.revised(floor=("none",))],
    opt_out=Alternative("no_claim", "I would not claim"),
    constraints=[Forbidden({"human": "any", "wait": 2})],
    covariates=[
        Covariate("age", "Age", "categorical", build_levels({"young": "Young", "old": "Old"}))
    ],
    numeraires=[Numeraire("wait")],
    languages=["en", "cy"],
)
LABELLED = Study(
    "travel",
    "Travel",
    [WAIT, FREQUENCY],
    alternatives=[Alternative("train", "Train"), Alternative("car", "Car", levels={"wait": 2})],
    opt_out=Alternative("home", "Stay", kind="status_quo", levels={"wait": FromCovariate("now")}),
    covariates=[Covariate("now", "Wait now", "numeric")],
)


def test_parts_are_found_by_id_and_the_nearest_is_named():
    assert UNLABELLED.attribute("wait") is WAIT
    assert UNLABELLED.covariate("age").base_id == "young"
    assert LABELLED.alternative("home").kind == "status_quo"
    assert UNLABELLED.attribute_ids == ("wait", "human")
    assert UNLABELLED.covariate_ids == ("age",)
    with pytest.raises(StudyError, match=r"unknown attribute 'wiat'.*\n.*Did you mean 'wait'"):
        UNLABELLED.attribute("wiat")
    with pytest.raises(StudyError, match="unknown covariate 'sex'"):
        UNLABELLED.covariate("sex")
    with pytest.raises(StudyError, match="Did you mean 'old'"):
        UNLABELLED.covariate("age").level("odl")


def test_labelled_and_unlabelled_studies_know_their_alternatives():
    assert not UNLABELLED.labelled
    assert UNLABELLED.alternative_ids == ("no_claim",)
    assert LABELLED.labelled
    assert LABELLED.alternative_ids == ("train", "car", "home")
    assert [a.id for a in LABELLED.attributes_of("car")] == ["wait"]
    assert [a.id for a in LABELLED.attributes_of("train")] == ["wait", "frequency"]


def test_an_opt_out_is_an_opt_out_without_saying_so():
    assert UNLABELLED.opt_out.kind == "opt_out"


def test_a_numeraire_is_found_or_not_declared():
    assert UNLABELLED.numeraire("wait") == Numeraire("wait")
    assert UNLABELLED.numeraire("human") is None
    with pytest.raises(StudyError, match="unknown attribute"):
        UNLABELLED.numeraire("fee")


def test_profiles_are_checked_ordered_and_hashable():
    profile = UNLABELLED.profile(human="any", wait=10)
    assert profile == Profile({"wait": 10, "human": "any"})
    assert list(profile.levels) == ["wait", "human"]
    assert profile["wait"] == 10.0
    assert len({profile, UNLABELLED.profile(wait=10.0, human="any")}) == 1
    assert repr(profile) == "Profile(wait=10.0, human='any')"


def test_a_number_between_levels_is_fine_and_one_outside_warns():
    assert UNLABELLED.profile(wait=7.5)["wait"] == 7.5
    with pytest.warns(ChoiceWarning, match=r"wait = 50 days lies outside .*2 days to 40 days"):
        UNLABELLED.profile(wait=50)


def test_all_mistakes_in_a_profile_come_at_once():
    with pytest.raises(StudyError) as error:
        UNLABELLED.profile(wiat=3, wait="long", human="nyone", price=float("nan"))
    text = str(error.value)
    assert "4 problems" in text
    assert "unknown attribute 'wiat'" in text
    assert "'long' is not a number" in text
    assert "unknown level 'nyone'" in text


@pytest.mark.parametrize("level", [True, float("nan"), float("inf"), "10"])
def test_a_numeric_attribute_takes_finite_numbers_only(level):
    with pytest.raises(StudyError, match="is not a number"):
        UNLABELLED.profile(wait=level)


def test_a_level_under_the_floor_is_refused_in_a_profile():
    with pytest.raises(StudyError, match=r"under the floor(.|\n)*call, any"):
        UNLABELLED.profile(human="none")


def test_a_labelled_profile_has_the_attributes_and_fixed_levels_of_its_alternative():
    assert LABELLED.profile("car") == Profile({"wait": 2}, "car")
    assert LABELLED.profile("train", wait=10, frequency=1).alternative == "train"
    with pytest.raises(StudyError, match="alternative 'car' does not have 'frequency'"):
        LABELLED.profile("car", frequency=1)
    with pytest.raises(StudyError, match="unknown alternative 'plane'"):
        LABELLED.profile("plane")


def test_allows_applies_floors_and_constraints():
    assert UNLABELLED.allows({"wait": 10, "human": "any"})
    assert not UNLABELLED.allows({"wait": 2.0, "human": "any"})
    assert not UNLABELLED.allows({"wait": 10, "human": "none"})
    assert UNLABELLED.allows({"wait": 10})


def test_the_hash_of_the_content_changes_with_the_content_only():
    same = dataclasses.replace(UNLABELLED)
    assert same == UNLABELLED
    assert hash(same) == hash(UNLABELLED)
    assert same.sha256 == UNLABELLED.sha256
    assert dataclasses.replace(UNLABELLED, question="Which?").sha256 != same.sha256


def test_a_study_shows_itself_as_text_and_accessible_html():
    text = repr(UNLABELLED)
    assert "Study 'claim': A claim" in text
    assert "2 · 10 · 40 days" in text
    assert "none (under the floor) · call* · any" in text
    assert "May be paid in: wait." in text
    html = LABELLED._repr_html_()
    assert "<caption>" in html
    assert 'scope="row"' in html
    assert "Alternatives: train, car." in html
    assert "Status quo: home" in html


def test_a_broken_study_shows_itself_all_the_same():
    broken = Study("x", {"cy": "X"}, [Attribute("a", {"cy": "A"}, "ordered", ())])
    assert "Study 'x'" in repr(broken)


def test_require_valid_lists_every_problem():
    broken = Study("x", "X", [WAIT.revised(base="3"), HUMAN.revised(base="4")])
    with pytest.raises(StudyError, match="The study 'x' has 2 problems"):
        broken.require_valid()
    dataclasses.replace(LABELLED, title="Travel again").require_valid()
