"""Criteria: combinations of coefficients by hand, averages, and cures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ccegov_choice.design.efficient.criterion import Criterion, trade_vectors
from ccegov_choice.design.efficient.evaluate import average
from ccegov_choice.errors import DesignError, TradeOffError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


def service() -> Study:
    attributes = (
        Attribute.categorical("help", "Help", ["none", "chat", "visit"]),
        Attribute.numeric("wait", "Days", [7, 14, 30], "day", "days", direction="-"),
        Attribute.numeric("trip", "Trip", [0, 10, 25], "minute", "minutes", direction="-"),
    )
    none = Alternative("none", "Neither", kind="opt_out")
    return Study("service", "S", attributes, opt_out=none, numeraires=(Numeraire("trip"),))


UTILITY = Utility.main_effects(service())  # help[chat], help[visit], wait, trip, asc[none]
CENTRE = np.array([0.4, 0.8, -0.03, -0.05, -1.0])
VALUES = CENTRE + np.array([[0.0] * 5, [0.1, -0.2, 0.01, -0.02, 0.3]])


def loads(criterion):
    return criterion.loads(UTILITY, VALUES, CENTRE)


def covariance():
    root = np.random.default_rng(0).normal(size=(5, 5))
    return root @ root.T


def test_determinants_have_no_combinations():
    assert loads(Criterion("D")).shape == (2, 0, 5)
    assert loads(Criterion("D", nuisance=("asc[none]",))).shape == (2, 0, 5)


def test_the_a_error_is_the_mean_variance():
    V = covariance()
    for nuisance, kept in (((), [0, 1, 2, 3, 4]), (("asc[none]", "trip"), [0, 1, 2])):
        rows = loads(Criterion("A", nuisance=nuisance))[1]
        assert np.einsum("fk,kl,fl->", rows, V, rows) == pytest.approx(np.diag(V)[kept].mean())


def test_the_s_error_is_the_people_needed_for_the_worst_coefficient():
    V = covariance()
    rows = loads(Criterion("S", nuisance=("asc[none]",)))[1]
    people = (1.959964**2 * np.diag(V) / CENTRE**2)[:4]
    assert np.einsum("fk,kl,fl->f", rows, V, rows) == pytest.approx(people, rel=1e-6)
    # with that many the largest standard error makes |t| = 1.96
    worst = int(np.argmax(people))
    t = abs(CENTRE[worst]) / np.sqrt(V[worst, worst] / people.max())
    assert t == pytest.approx(stats.norm.ppf(0.975), rel=1e-6)


def test_the_s_error_leaves_out_what_is_believed_to_be_zero():
    centre = CENTRE * np.array([1, 0, 1, 0, 1])
    rows = Criterion("S").loads(UTILITY, VALUES, centre)
    assert rows.shape == (2, 3, 5)
    with pytest.raises(DesignError, match="every coefficient has a mean of zero"):
        Criterion("S").loads(UTILITY, VALUES, 0 * centre)


def test_trades_are_those_of_willingness_to_trade():
    top, bottom = trade_vectors(UTILITY, "wait", "trip")
    np.testing.assert_array_equal(top, [0, 0, -1, 0, 0])  # a day less
    np.testing.assert_array_equal(bottom, [0, 0, 0, -1, 0])  # a minute less
    top, _ = trade_vectors(UTILITY, "help: chat -> visit", "trip")
    np.testing.assert_array_equal(top, [-1, 1, 0, 0, 0])


@pytest.mark.parametrize("gain", ["wait", "help: none -> visit"])
def test_the_c_error_is_the_delta_method(gain):
    """The gradient of the ratio, from central differences."""
    rows = loads(Criterion("C", trades=[(gain, "trip")]))
    top, bottom = trade_vectors(UTILITY, gain, "trip")
    for values, row in zip(VALUES, rows[:, 0], strict=True):
        step = 1e-6 * np.eye(5)
        ratio = [
            ((values + h) @ top / ((values + h) @ bottom) - (values - h) @ top / ((values - h) @ bottom))
            / 2e-6
            for h in step
        ]  # fmt: skip
        np.testing.assert_allclose(row, ratio, rtol=1e-7, atol=1e-7)


def test_several_trades_are_averaged():
    one, two, both = (
        loads(Criterion("C", trades=trades))[0]
        for trades in ([("wait", "trip")], [("help: visit", "trip")],
                       [("wait", "trip"), ("help: visit", "trip")])
    )  # fmt: skip
    V = covariance()
    variances = [float(np.einsum("fk,kl,fl->", r, V, r)) for r in (one, two, both)]
    assert variances[2] == pytest.approx((variances[0] + variances[1]) / 2)


def test_g_and_i_are_about_profiles_compared_with_their_average():
    profiles = [
        Profile({"help": help_, "wait": wait, "trip": 10.0}, "A")
        for help_, wait in (("none", 7.0), ("chat", 14.0), ("visit", 30.0))
    ]
    x = np.array([[0, 0, 7, 10, 0], [1, 0, 14, 10, 0], [0, 1, 30, 10, 0]], float)
    x -= x.mean(axis=0)
    V = covariance()
    variances = np.einsum("fk,kl,fl->f", x, V, x)
    for kind, expected in (("G", variances.max()), ("I", variances.mean())):
        criterion = Criterion(kind, profiles=profiles)
        rows = loads(criterion)[0]
        found = np.einsum("fk,kl,fl->f", rows, V, rows)
        assert (found.max() if criterion.largest else found.sum()) == pytest.approx(expected)


# --- averages -------------------------------------------------------------------------------------

ERRORS, WEIGHTS = np.array([1.0, 4.0, 2.0, 8.0]), np.array([0.4, 0.3, 0.2, 0.1])


@pytest.mark.parametrize(
    ("how", "quantile", "value"),
    [
        ("mean", 0.9, 0.4 + 1.2 + 0.4 + 0.8),
        ("log-mean", 0.9, 2 ** (0.3 * 2 + 0.2 + 0.1 * 3)),
        ("median", 0.9, 2.0),
        ("quantile", 0.4, 1.0),
        ("quantile", 0.6, 2.0),
        ("quantile", 0.61, 4.0),
        ("quantile", 0.95, 8.0),
    ],
)
def test_averages_by_hand(how, quantile, value):
    found = average(ERRORS, WEIGHTS, Criterion("D", average=how, quantile=quantile))
    assert found.value == pytest.approx(value)
    assert found.singular == 0


def test_singular_draws_are_counted_and_never_left_out():
    errors = np.array([1.0, np.inf, 2.0, 3.0])
    for how, value in (("mean", np.inf), ("log-mean", np.inf), ("median", 2.0)):
        found = average(errors, WEIGHTS, Criterion("D", average=how))
        assert found.value == value
        assert found.singular == 1


# --- words ----------------------------------------------------------------------------------------


def test_criteria_come_back_from_their_dict():
    for criterion in (
        Criterion("A", average="quantile", quantile=0.8, nuisance=("asc[none]",)),
        Criterion("C", trades=[("wait", "trip")]),
        Criterion("G", profiles=[Profile({"wait": 7.0}), Profile({"wait": 14.0}, "A")]),
    ):
        assert Criterion.read(criterion.to_dict()) == criterion
        assert Criterion.read(criterion) is criterion
    assert Criterion.read("S") == Criterion("S")


def test_the_convention_is_named():
    assert Criterion("D").name == "D-error"
    assert Criterion("D", nuisance=("asc[none]",)).name == "Ds-error"
    assert "without asc[none]" in Criterion("D", nuisance=("asc[none]",)).said
    assert "det(covariance)^(1/K)" in Criterion("D").said


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(DesignError, match="The criterion has 3 problems") as caught:
        Criterion("C", average="mode", quantile=1.0)
    said = str(caught.value)
    assert "unknown average 'mode'" in said
    assert "quantile 1 is not between 0 and 1" in said
    assert 'Criterion("C", trades=[' in said


def test_unknown_names_are_refused():
    with pytest.raises(DesignError, match="unknown criterion 'E'"):
        Criterion("E")
    with pytest.raises(DesignError, match="profiles, and too few are given"):
        Criterion("G", profiles=[Profile({})])
    with pytest.raises(DesignError, match="unknown coefficient 'asc'"):
        loads(Criterion("A", nuisance=("asc",)))
    with pytest.raises(DesignError, match="every coefficient is called a nuisance"):
        loads(Criterion("D", nuisance=UTILITY.names))
    with pytest.raises(TradeOffError, match="does not let people pay in 'wait'"):
        loads(Criterion("C", trades=[("help: visit", "wait")]))


def test_paying_in_what_may_be_worth_nothing_is_refused():
    values = VALUES.copy()
    values[1, 3] = 0.0
    with pytest.raises(
        DesignError, match="does not exist where a unit of 'trip' is worth"
    ) as caught:
        Criterion("C", trades=[("wait", "trip")]).loads(UTILITY, values, CENTRE)
    assert "Belief.lognormal" in str(caught.value)
