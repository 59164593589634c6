from dataclasses import dataclass, replace

import pytest

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.value.option import ValueOption, floors_broken
from ccegov_choice.policy.value.public_value import public_value
from ccegov_choice.study.payment import Payment
from ccegov_choice.study.profile import Profile


def option(id="online", saving=1.0e6, hours=70_000.0, **more):
    return ValueOption(id, saving, hours, **more)


def test_a_saving_paid_with_citizens_time_is_flagged():
    """70,000 hours at 20 are 1.4 m: the saving of 1.0 m is a loss of 0.4 m."""
    found = public_value([option(), option("today", 0.0, 0.0)], hour_value=20.0)
    (shift,) = found.shifts
    assert shift.option == "online"
    assert shift.net is not None
    assert shift.net.value == pytest.approx(-0.4e6)
    assert shift.break_even == pytest.approx(1e6 / 70_000)
    assert "a net loss: −400,000" in found.sentence()
    assert "shifts cost to citizens" in repr(found.table())


def test_without_a_declared_worth_hours_stay_hours():
    found = public_value([option()])
    assert found.shifts[0].net is None
    assert isinstance(found.net(found.options[0]), Absent)
    assert "a loss if an hour is worth more than 14.3" in found.sentence()
    assert "not added up" in " ".join(found.notes)
    assert "hours that citizens spend more" in found.chart().axis.label


def test_no_word_of_money_that_nobody_declared():
    text = " ".join(
        str(part)
        for account in (public_value([option()]), public_value([option()], hour_value=20.0))
        for part in (account.table().to_text(), account.sentence(), account.chart().alt)
    )
    assert not any(sign in text for sign in ("€", "$", "£", "EUR", "euro"))


def test_who_is_beaten_by_hand():
    options = [
        option("a", 10.0, 5.0, benefit=2.0, benefit_unit="days"),
        option("b", 10.0, 4.0, benefit=2.0, benefit_unit="days"),
        option("c", 3.0, -2.0, benefit=1.0, benefit_unit="days"),
        option("d", 2.0, 4.0, benefit=1.0, benefit_unit="days"),
    ]
    found = public_value(options)
    assert found.pareto == ("b", "c")
    assert dict(found.dominated)["a"] == "b"
    assert dict(found.dominated)["d"] in {"b", "c"}
    assert "'a' is beaten by 'b'" in found.sentence()


def test_an_option_under_a_floor_never_enters_whatever_it_is_worth():
    wonder = option("wonder", 1e12, -1e12, under_floor=("va_appeal",))
    found = public_value([wonder, option("plain", 1.0, 0.0)])
    assert found.pareto == ("plain",)
    assert found.refused == ("wonder",)
    # nor does it beat anything
    assert found.dominated == ()
    assert "no option, whatever it saves" in found.sentence()
    alone = public_value([wonder])
    assert alone.pareto == ()
    assert "none can be chosen" in alone.sentence()


def test_intervals_are_the_worst_and_best_together():
    found = option("x", Estimate(10, 8, 12), Estimate(2, 1, 3)).net(2.0)
    assert (found.value, found.low, found.high) == (6.0, 2.0, 10.0)
    one_sided = option("x", 10.0, Estimate(2, 1, 3)).net(2.0)
    assert (one_sided.low, one_sided.high) == (4.0, 8.0)
    unsure = public_value([option("x", Estimate(3, 1, 5), Estimate(2, 1, 3))], hour_value=1.0)
    assert "cannot tell whether anything is saved" in unsure.sentence()


@dataclass(frozen=True)
class Group:
    label: str
    people: int
    mean: Estimate | Absent
    median: Estimate


@dataclass(frozen=True)
class Welfare:
    payment: Payment
    mean: Estimate | Absent
    median: Estimate
    groups: tuple[Group, ...]


def test_benefit_and_worst_group_come_from_a_welfare_change():
    payment = Payment("wait", "wait", "day", "days", "", more=True)
    none = Absent("the mean does not exist")
    groups = (
        Group("rich", 40, none, Estimate(5, 4, 6)),
        Group("poor", 30, Estimate(-1, -2, 0), Estimate(9, 8, 10)),
        Group("few", 9, Estimate(-8, -9, -7), Estimate(-8, -9, -7)),
    )
    welfare = Welfare(payment, none, Estimate(3, 2, 4), groups)
    found = ValueOption.from_welfare("r", welfare, agency_saving=1.0, citizen_hours=0.0)
    assert found.benefit == Estimate(3, 2, 4)
    assert found.benefit_unit == "days"
    assert found.worst_group == ("poor", Estimate(-1, -2, 0))
    account = public_value([found])
    assert account.dimensions == ("agency saving", "citizens' hours", "benefit", "worst group")
    assert len(account.to_frame()) == 4


def test_an_account_shows_itself():
    found = public_value([option(), option("b", -1.0, 3.0, label="B")], hour_value=20.0)
    assert "<svg" in found._repr_html_()
    assert len(found.chart().rows) == 2
    assert (found.to_frame()["dimension"] == "net").sum() == 2


def test_all_problems_are_told_at_once():
    with pytest.raises(PolicyError) as told:
        public_value(
            [
                option("a", benefit=1.0, benefit_unit="days"),
                option("a", benefit=1.0, benefit_unit="pages", burden=2.0),
            ],
            hour_value=-1,
        )
    assert len(told.value.problems) == 4
    with pytest.raises(PolicyError):
        public_value([])


def test_floors_are_read_from_the_study(study):
    wait, help_ = study.attributes
    with_floor = replace(study, attributes=(wait, replace(help_, floor=("none",), base="chat")))
    assert floors_broken(with_floor, Profile({"wait": 2.0, "help": "none"})) == ("help",)
    assert floors_broken(with_floor, Profile({"wait": 2.0, "help": "chat"})) == ()


def test_a_chart_says_which_is_no_option():
    found = public_value([option("a", under_floor=("va_appeal",)), option("b", 1.0, 0.0)])
    assert [row.label for row in found.chart().rows] == ["a (no option)", "b"]
