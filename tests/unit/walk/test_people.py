"""people.toml: every mistake at once, with its line and the nearest name."""

import random
from collections import Counter

import pytest

from ccegov_choice.errors import FileFormatError, SurveyError
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.walk.behaviour import Behaviour
from ccegov_choice.walk.people import People
from ccegov_choice.walk.replies import draw_reply

CLASS = """
[[class]]
name = "all"
share = 1.0
[class.coefficients]
te_decision_days = -0.05
"ac_channel[phone]" = 0.0
"ac_channel[video]" = 0.0
"ac_channel[counter]" = 0.0
"ac_channel[letter]" = 0.0
"ac_human[call_back]" = 0.0
"ac_human[any_step]" = 0.0
"dr_treatment[neutral]" = 0.0
"dr_treatment[polite]" = 0.0
"fe_group_gap[days_5]" = 0.0
"fe_group_gap[days_15]" = 0.0
"va_appeal[internal]" = 0.0
"va_appeal[independent]" = 0.0
"asc[no_claim]" = -1.0
"""


def write(tmp_path, text):
    path = tmp_path / "people.toml"
    path.write_text(text)
    return path


def test_the_shipped_citizens_have_three_types_and_habits(people):
    assert set(people.truth.classes) == {
        "pressed for time", "wants respect", "wants the same for everybody",
    }  # fmt: skip
    assert people.answers["digital_confidence"] == {"low": 0.4, "high": 0.6}
    assert people.behaviour.give_up == 0.1


def test_whatever_is_left_out_has_a_default(tmp_path, survey):
    read = People.read(write(tmp_path, CLASS), survey)
    assert read.behaviour == Behaviour()
    assert read.answers == {}
    assert read.utility(survey).names[0] == "te_decision_days"


def test_coefficients_left_out_are_zero(tmp_path, survey):
    lines = [line for line in CLASS.splitlines() if "ac_" not in line and "va_" not in line]
    read = People.read(write(tmp_path, "\n".join(lines)), survey)
    _, tastes = read.truth.classes["all"]
    assert set(tastes) == set(read.utility(survey).names)
    assert tastes["ac_channel[phone]"] == 0.0
    assert tastes["te_decision_days"] == -0.05


def test_every_mistake_is_told_with_its_line(tmp_path, survey):
    text = """[covariates]
digital_confidense = { low = 0.4 }
low_income = { yes = 0.2, maybe = 0.1 }
[behaviour]
give_up = 2
giveup = 0.1
[languages]
xx = 1.0
"""
    with pytest.raises(SurveyError) as caught:
        People.read(write(tmp_path, text + CLASS), survey)
    told = str(caught.value)
    assert len(caught.value.problems) == 5
    for part in ("people.toml:2", "digital_confidence", "maybe", "people.toml:5", "a share from"):
        assert part in told
    assert "giveup" in told
    assert "xx" in told


def test_coefficients_that_the_utility_lacks_are_told(tmp_path, survey):
    text = CLASS.replace("te_decision_days", "te_decision_dais")
    with pytest.raises(SurveyError, match="te_decision_days"):
        People.read(write(tmp_path, text), survey)


def test_a_file_without_classes_is_no_file_of_citizens(tmp_path, survey):
    with pytest.raises(FileFormatError, match=r"\[\[class\]\]"):
        People.read(write(tmp_path, "[behaviour]\n"), survey)


def draws(question, shares, number=4000):
    return [draw_reply(question, shares, random.Random(f"{i}")) for i in range(number)]


def test_shares_of_answers_are_kept_and_nobody_is_led_out_unless_told():
    """4,000 draws of a share of 0.7: 5 standard errors are 0.036."""
    options = tuple(Option(id, id, screen_out=id == "minor") for id in ("a", "b", "minor"))
    question = Question("q", "single", "Which?", options=options)
    counts = Counter(draws(question, {"a": 0.7}))
    assert abs(counts["a"] / 4000 - 0.7) < 0.036
    assert counts["minor"] == 0
    assert counts["a"] + counts["b"] == 4000
    assert Counter(draws(question, {"minor": 1.0}, 10)) == {"minor": 10}


def test_an_exclusive_option_stands_alone():
    options = (Option("x", "x"), Option("y", "y"), Option("none", "none", exclusive=True))
    question = Question("q", "multiple", "Which?", options=options)
    found = draws(question, {}, 300)
    assert all(reply == ["none"] or "none" not in reply for reply in found)
    assert all(found)
    assert ["none"] in found
    assert ["x", "y"] in found


def test_numbers_dates_scales_and_matrices_are_within_bounds():
    number = Question("n", "number", "How many?", low=1, high=6)
    assert set(draws(number, {}, 200)) == {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}
    assert set(draws(number, {"low": 2, "high": 3}, 50)) == {2.0, 3.0}
    scale = Question("s", "scale", "How sure?", low=1, high=3)
    assert set(draws(scale, {}, 100)) == {"1", "2", "3"}
    matrix = Question("m", "matrix", "?", options=(Option("a", "a"),), rows=(Option("r", "r"),))
    assert draws(matrix, {}, 1) == [{"r": "a"}]
    day = draws(Question("d", "date", "When?"), {}, 1)[0]
    assert [len(part) for part in day.split("-")] == [4, 2, 2]
    assert len(draws(Question("t", "text", "Why?", max_length=9), {}, 1)[0]) == 9
