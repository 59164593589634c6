"""The one encoder: names that can be read, columns that mean the same everywhere."""

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.errors import UtilityError
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

WAIT = Attribute.numeric("wait", "Days until the decision", [2, 10, 20, 40], "day", direction="-")
DIGNITY = Attribute.ordered(
    "dignity", "Treatment", {"brusque": "Brusque", "neutral": "Neutral", "respectful": "Respectful"}
)
CHANNEL = Attribute.categorical(
    "channel", "Channel", {"web": "Website", "phone": "Phone", "desk": "Counter"}, base="phone"
)
LOW_INCOME = Covariate("low_income", "Low income", "numeric")
AGE = Covariate(
    "age", "Age", "categorical", (Level("young", "Young"), Level("mid", "Mid"), Level("old", "Old"))
)
STUDY = Study(
    "claim",
    "A claim",
    (WAIT, DIGNITY, CHANNEL),
    opt_out=Alternative("none", "I would not apply", kind="opt_out"),
    covariates=(LOW_INCOME, AGE),
)
TRAVEL = Study(
    "travel",
    "A journey",
    (
        Attribute.numeric("time", "Travel time", [10, 30, 60], "minute"),
        Attribute.numeric(
            "headway", "Minutes between trains", [10, 30], "minute", alternatives=("train",)
        ),
    ),
    alternatives=(
        Alternative("car", "Car"),
        Alternative("train", "Train"),
        Alternative("bus", "Bus"),
    ),
    covariates=(LOW_INCOME,),
)
FRAME = pd.DataFrame(
    {
        "alternative": ["A", "B", "none"],
        "wait": [2.0, 40.0, np.nan],
        "dignity": ["brusque", "respectful", None],
        "channel": ["phone", "web", None],
        "low_income": [1.0, 1.0, 1.0],
        "age": ["old", "old", "old"],
    }
)


def encode(formula, frame=FRAME, study=STUDY):
    utility = Utility(formula, study)
    return dict(zip(utility.names, utility.matrix(frame).tolist(), strict=True))


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ("wait", {"wait": [2, 40, 0]}),
        ("linear(wait)", {"wait": [2, 40, 0]}),
        ("dignity", {"dignity[neutral]": [0, 0, 0], "dignity[respectful]": [0, 1, 0]}),
        ("channel", {"channel[web]": [0, 1, 0], "channel[desk]": [0, 0, 0]}),
        ("C(channel, base='web')", {"channel[phone]": [1, 0, 0], "channel[desk]": [0, 0, 0]}),
        ("effects(channel)", {"channel[web]": [-1, 1, 0], "channel[desk]": [-1, 0, 0]}),
        ("dummy(wait)", {"wait[10]": [0, 0, 0], "wait[20]": [0, 0, 0], "wait[40]": [0, 1, 0]}),
        ("C(wait, base=40)", {"wait[2]": [1, 0, 0], "wait[10]": [0, 0, 0], "wait[20]": [0, 0, 0]}),
        ("log(wait)", {"log(wait)": [np.log(2), np.log(40), 0]}),
        ("poly(wait, 2)", {"wait": [2, 40, 0], "wait^2": [4, 1600, 0]}),
        ("piecewise(wait, 10, 20)", {"wait": [2, 40, 0], "wait>10": [0, 30, 0], "wait>20": [0, 20, 0]}),
        ("I(wait / 10)", {"wait / 10": [0.2, 4, 0]}),
        ("{(wait - 2) ** 2}", {"(wait - 2) ** 2": [0, 1444, 0]}),
        ("asc", {"asc[none]": [0, 0, 1]}),
        ("asc('B')", {"asc[B]": [0, 1, 0]}),
        ("wait:low_income", {"wait:low_income": [2, 40, 0]}),
        ("asc:low_income", {"asc[none]:low_income": [0, 0, 1]}),
        ("wait:age", {"wait:age[mid]": [0, 0, 0], "wait:age[old]": [2, 40, 0]}),
        ("dignity:wait", {"dignity[neutral]:wait": [0, 0, 0], "dignity[respectful]:wait": [0, 40, 0]}),
        ("wait*dignity - dignity - wait", {"wait:dignity[neutral]": [0, 0, 0],
                                           "wait:dignity[respectful]": [0, 40, 0]}),
    ],
)  # fmt: skip
def test_codings_have_readable_names_and_the_right_columns(formula, columns):
    assert encode(formula) == columns


def test_terms_keep_the_order_of_the_formula():
    assert Utility("wait:low_income + asc + wait", STUDY).names == (
        "wait:low_income", "asc[none]", "wait",
    )  # fmt: skip


def test_main_effects_take_every_attribute_once_and_the_opt_out():
    utility = Utility.main_effects(STUDY, coding={"wait": "log"}, extra="log(wait):low_income")
    assert utility.names == (
        "log(wait)", "dignity[neutral]", "dignity[respectful]", "channel[web]", "channel[desk]",
        "asc[none]", "log(wait):low_income",
    )  # fmt: skip
    assert utility.reads == ("wait", "dignity", "channel", "low_income")


def test_labelled_alternatives_have_constants_and_coefficients_of_their_own():
    frame = pd.DataFrame(
        {
            "alternative": ["car", "train", "bus"],
            "time": [10.0, 30.0, 60.0],
            "headway": [np.nan, 10.0, np.nan],
            "low_income": [1.0, 1.0, 1.0],
        }
    )
    assert encode("asc + specific(time) + headway", frame, TRAVEL) == {
        "asc[train]": [0, 1, 0],
        "asc[bus]": [0, 0, 1],
        "time[car]": [10, 0, 0],
        "time[train]": [0, 30, 0],
        "time[bus]": [0, 0, 60],
        "headway": [0, 10, 0],
    }
    assert encode("asc(base='bus') + specific(low_income)", frame, TRAVEL) == {
        "asc[car]": [1, 0, 0],
        "asc[train]": [0, 1, 0],
        "low_income[train]": [0, 1, 0],
        "low_income[bus]": [0, 0, 1],
    }
    assert Utility("specific(headway)", TRAVEL).names == ("headway[train]",)
    assert Utility("specific(low_income, 'bus')", TRAVEL).names == ("low_income[bus]",)


def test_levels_under_the_floor_get_no_coefficient_and_cannot_be_the_base():
    floor = Attribute.ordered(
        "dignity", "Treatment", {"rude": "Rude", "neutral": "Neutral", "kind": "Kind"},
        floor=("rude",), tradeable="above-floor",
    )  # fmt: skip
    study = Study("s", "S", (floor, WAIT))
    assert Utility("dignity", study).names == ("dignity[kind]",)
    with pytest.raises(UtilityError, match="base level of dignity 'rude'"):
        Utility("C(dignity, base='rude')", study)


def test_linear_coding_of_ordered_levels_uses_their_numbers():
    rate = Attribute(
        "rate", "Rate", "ordered", tuple(Level(f"r{v}", f"{v} %", value=v) for v in (0, 5, 15))
    )
    frame = pd.DataFrame({"alternative": ["A", "B"], "rate": ["r15", "r5"]})
    assert encode("linear(rate)", frame, Study("s", "S", (rate, WAIT))) == {"rate": [15, 5]}


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("wait + dignty", "Did you mean 'dignity'"),
        ("wait +", "cannot be read"),
        ("chosen ~ wait", "left side"),
        ("1 + wait", "a constant on every alternative changes no choice"),
        ("low_income + wait", "same for every alternative"),
        ("wait + linear(wait)", "two terms would both be called 'wait'"),
        ("linear(dignity)", "has no numbers to calculate with"),
        ("C(channel, base='fax')", "unknown base level of channel 'fax'"),
        ("spline(wait)", "unknown coding 'spline'"),
        ("poly(wait, 9)", "whole number from 2 to 5"),
        ("piecewise(wait, 20, 10)", "numbers that increase"),
        ("asc('tram')", None),
        ("I(wait.real)", "not understood"),
        ("I(__import__('os'))", "not understood"),
        ("specific(wait)", "no names of their own"),
    ],
)
def test_a_formula_that_cannot_be_coded_says_why(formula, message):
    if message is None:  # positions of unlabelled alternatives are free names
        assert Utility(formula, STUDY).names == ("asc[tram]",)
        return
    with pytest.raises(UtilityError) as caught:
        Utility(formula, STUDY)
    assert message in str(caught.value)


def test_all_problems_of_a_formula_come_at_once():
    with pytest.raises(UtilityError) as caught:
        Utility("wat + C(chanel) + poly(wait, 1)", STUDY)
    assert len(caught.value.problems) == 3


def test_new_data_with_unknown_levels_and_gaps_are_refused_with_rows():
    frame = FRAME.assign(channel=["fax", "web", None], dignity=[None, "neutral", None])
    with pytest.raises(UtilityError) as caught:
        Utility("channel + dignity", STUDY).matrix(frame)
    text = str(caught.value)
    assert "row 1: unknown level of channel 'fax'" in text
    assert "row 1: 'dignity' has 1 empty cells" in text


def test_missing_columns_are_all_named():
    with pytest.raises(UtilityError) as caught:
        Utility("wait + channel + wait:low_income", STUDY).matrix(FRAME[["alternative", "wait"]])
    assert "'channel' is missing" in str(caught.value)
    assert "'low_income' is missing" in str(caught.value)


def test_an_infinite_or_non_numeric_cell_is_refused():
    for value, message in [(np.inf, "infinite"), ("ten", "holds 'ten'")]:
        frame = FRAME.astype({"wait": object}).assign(wait=[value, 2.0, None])
        with pytest.raises(UtilityError, match=message):
            Utility("wait", STUDY).matrix(frame)


def test_log_of_zero_is_refused():
    with pytest.raises(UtilityError, match="finite number"):
        Utility("log(wait)", STUDY).matrix(FRAME.assign(wait=[0.0, 1.0, np.nan]))


def test_profiles_encode_like_data():
    utility = Utility("wait + dignity + asc + wait:low_income", STUDY)
    profiles = [
        STUDY.profile(wait=40, dignity="respectful", channel="web"),
        STUDY.profile(alternative="none"),
    ]
    encoded = utility.encode(profiles, covariates={"low_income": 1.0})
    assert encoded.tolist() == [[40, 0, 1, 0, 40], [0, 0, 0, 1, 0]]
    each = utility.encode(profiles[:1] * 2, covariates={"low_income": [0.0, 1.0]})
    assert each[:, -1].tolist() == [0, 40]
    with pytest.raises(UtilityError, match="depends on low_income"):
        utility.encode(profiles)


def test_a_labelled_profile_must_say_which_alternative_it_is():
    utility = Utility("time + asc", TRAVEL)
    with pytest.raises(UtilityError, match="which alternative"):
        utility.encode([TRAVEL.profile(time=10, headway=10)])
    assert utility.encode([TRAVEL.profile(alternative="bus", time=10)]).tolist() == [[10, 0, 1]]


def test_a_status_quo_takes_fixed_and_personal_levels():
    study = Study(
        "s", "S", (WAIT, CHANNEL),
        opt_out=Alternative("today", "As now", kind="status_quo",
                            levels={"channel": "desk", "wait": FromCovariate("wait_now")}),
        covariates=(Covariate("wait_now", "Wait now", "numeric"),),
    )  # fmt: skip
    utility = Utility("wait + channel + asc", study)
    profiles = [study.profile(alternative="today")] * 2
    assert utility.encode(profiles, {"wait_now": [10.0, 20.0]}).tolist() == [
        [10, 0, 1, 1],
        [20, 0, 1, 1],
    ]
    with pytest.raises(UtilityError, match="takes wait from the person's 'wait_now'"):
        utility.encode(profiles)


def test_side_by_side_float_columns_are_not_copied():
    study = Study("s", "S", (WAIT, Attribute.numeric("fee", "Fee", [1, 2, 3], "point")))
    block = pd.DataFrame(np.arange(12.0).reshape(2, 6).T, columns=["wait", "fee"])
    frame = block.assign(alternative="A")
    matrix = Utility("wait + fee", study).matrix(frame)
    assert np.shares_memory(matrix, frame["wait"].to_numpy())
    assert matrix.flags.c_contiguous
    np.testing.assert_array_equal(matrix, np.arange(12.0).reshape(2, 6))


def test_a_utility_without_study_is_bound_later():
    free = Utility("wait + channel")
    with pytest.raises(UtilityError, match="does not know its study"):
        _ = free.names
    assert free.bind(STUDY).names == ("wait", "channel[web]", "channel[desk]")
    with pytest.raises(UtilityError, match="cannot be read"):
        Utility("wait + + ")


def test_saved_utilities_come_back_and_notice_a_changed_study():
    utility = Utility.main_effects(STUDY)
    assert Utility.from_dict(utility.to_dict(), STUDY) == utility
    changed = Study("claim", "A claim", (WAIT, DIGNITY), opt_out=STUDY.opt_out)
    with pytest.raises(UtilityError):
        Utility.from_dict(utility.to_dict(), changed)
