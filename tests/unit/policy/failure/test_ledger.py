import numpy as np
import pytest
from scipy.stats import beta

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.failure.chance import Chance, ReferenceClass
from ccegov_choice.policy.failure.ledger import FailureLedger, Pilot
from ccegov_choice.policy.failure.portfolio import RiskLimits, check_portfolio, pilot_portfolio

PORTALS = ReferenceClass("portals, audit office", successes=6, failures=14)


def pilot(id="chat", **more):
    given = {"benefit": 100.0, "agency_cost": 10.0, "exit_cost": 5.0, "harm": 40.0}
    return Pilot(id, Chance.of(PORTALS, stated=0.9), **{**given, **more})


def test_the_chance_is_that_of_the_reference_class():
    chance = Chance.of(PORTALS, stated=0.9)
    assert chance.mean == pytest.approx(6.5 / 21)
    found = chance.estimate(0.9)
    assert found.low == pytest.approx(beta(6.5, 14.5).ppf(0.05))
    assert found.high == pytest.approx(beta(6.5, 14.5).ppf(0.95))
    assert chance.uplift == pytest.approx((14.5 / 21) / 0.1)


def test_the_owners_word_counts_for_as_many_projects_as_it_is_given():
    chance = Chance.of(PORTALS, stated=0.9, worth=10)
    assert (chance.successes, chance.failures) == pytest.approx((15.5, 15.5))


def test_a_pilot_that_ran_changes_the_chance_and_no_other():
    ledger = FailureLedger((pilot("a"), pilot("b")))
    after = ledger.updated({"a": (8, 2)})
    assert after.pilots[0].chance.mean == pytest.approx(14.5 / 31)
    assert after.pilots[1] == ledger.pilots[1]
    with pytest.raises(PolicyError, match="unknown pilot 'c'"):
        ledger.updated({"c": (1, 1)})


def test_harm_stays_apart_from_the_agencys_cost():
    one = pilot()
    p = 6.5 / 21
    assert one.expected_value == pytest.approx(100 * p - 10 - 5 * (1 - p))
    assert one.expected_loss == pytest.approx((1 - p) * 15)
    assert one.expected_harm == pytest.approx((1 - p) * 40)
    assert pilot(harm=1e9).expected_value == one.expected_value


def test_a_ledger_says_what_to_expect():
    ledger = FailureLedger((pilot("a"), pilot("b", harm=0.0)))
    q = 14.5 / 21
    assert ledger.expected_failures == pytest.approx(2 * q)
    assert ledger.any_failure == pytest.approx(1 - (1 - q) ** 2)
    assert "about 1.4 will fail" in ledger.sentence()
    assert "6.9 times as likely to fail" in ledger.sentence()
    assert "portals, audit office" in " ".join(ledger.notes)
    assert list(ledger.to_frame()["pilot"]) == ["a", "b"]
    assert len(ledger.chart().rows) == 2
    assert "<table" in ledger._repr_html_()
    assert "Failure ledger" in repr(ledger)


def test_all_problems_of_a_ledger_are_told_at_once():
    with pytest.raises(PolicyError) as told:
        FailureLedger((pilot("a", harm=-1.0), pilot("a", agency_cost=float("nan"))))
    assert len(told.value.problems) == 3


@pytest.mark.parametrize("given", [{}, {"stated": 0.5}, {"stated": 2.0, "worth": -1.0}])
def test_nothing_comes_of_nothing(given):
    with pytest.raises(PolicyError):
        Chance.of(**given)
    with pytest.raises(PolicyError):
        ReferenceClass("none", 0, 0)


def brute(ledger, budget, ceiling, loss):
    best, value = (), 0.0
    for mask in range(1 << len(ledger.pilots)):
        some = [p for i, p in enumerate(ledger.pilots) if mask >> i & 1]
        if (
            sum(p.agency_cost for p in some) <= budget
            and sum(p.harm for p in some) <= ceiling
            and sum(p.expected_loss for p in some) <= loss
            and sum(p.expected_value for p in some) > value + 1e-9
        ):
            best, value = tuple(p.id for p in some), sum(p.expected_value for p in some)
    return set(best), value


@pytest.mark.parametrize("seed", range(6))
def test_the_portfolio_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    ledger = FailureLedger(
        tuple(
            Pilot(
                f"p{i}",
                Chance(*rng.uniform(1, 9, 2)),
                benefit=float(rng.uniform(10, 90)),
                agency_cost=float(rng.uniform(2, 20)),
                exit_cost=float(rng.uniform(0, 5)),
                harm=float(rng.uniform(0, 50)),
            )
            for i in range(9)
        )
    )
    found = pilot_portfolio(ledger, budget=40, harm_ceiling=80, failure_budget=20)
    best, value = brute(ledger, 40, 80, 20)
    assert set(found.chosen) == best
    assert found.value == pytest.approx(value)
    check_portfolio(ledger, found.chosen, found.limits)


def test_a_portfolio_over_the_harm_ceiling_is_infeasible_even_if_worth_most():
    sure = Chance(9.0, 1.0)
    ledger = FailureLedger(
        (
            Pilot("bold", sure, benefit=1_000.0, agency_cost=10.0, harm=500.0),
            Pilot("mild", sure, benefit=50.0, agency_cost=10.0, harm=20.0),
        )
    )
    found = pilot_portfolio(ledger, budget=100, harm_ceiling=100)
    assert found.chosen == ("mild",)
    assert found.without_ceiling == ("bold", "mild")
    assert found.price_of_ceiling == pytest.approx(890)
    # its expected harm is well below the ceiling: the ceiling is none of expectation
    assert ledger.pilots[0].expected_harm < 100
    with pytest.raises(PolicyError, match="harm to citizens of 520"):
        check_portfolio(ledger, ["bold", "mild"], found.limits)
    assert "it may not be run" in found.sentence()
    assert "<table" in found._repr_html_()
    assert found.to_frame()["chosen"].tolist() == [False, True]


def test_every_limit_that_is_broken_is_told():
    ledger = FailureLedger((pilot("a"), pilot("b")))
    with pytest.raises(PolicyError) as told:
        check_portfolio(ledger, ["a", "b"], RiskLimits(5, 5, 5))
    assert len(told.value.problems) == 3
    with pytest.raises(PolicyError, match="unknown pilot"):
        check_portfolio(ledger, ["c"], RiskLimits(5, 5))
    with pytest.raises(PolicyError):
        pilot_portfolio(ledger, budget=-1, harm_ceiling=float("nan"))


def test_nothing_is_run_where_nothing_is_worth_it():
    found = pilot_portfolio(FailureLedger((pilot(benefit=1.0),)), budget=100, harm_ceiling=100)
    assert found.chosen == ()
    assert "No pilot" in found.sentence()
