import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, binom

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.failure.evidence import log_evidence, rate_limits, spending_bounds
from ccegov_choice.policy.failure.monitor import sequential_monitor


@pytest.mark.parametrize(("failed", "cases"), [(0, 5), (3, 10), (9, 20), (40, 60)])
def test_evidence_is_the_mixture_by_quadrature(failed, cases):
    line = 0.2
    prior = beta(0.5, 0.5)

    def ratio(rate):
        return (rate / line) ** failed * ((1 - rate) / (1 - line)) ** (cases - failed)

    # substitute sin^2: Jeffreys' prior is flat in the angle, so no end is singular
    def flat(angle):
        return ratio(np.sin(angle) ** 2)

    start = np.arcsin(np.sqrt(line))
    above = quad(flat, start, np.pi / 2, epsabs=0, epsrel=1e-11)[0] / (np.pi / 2 - start)
    below = quad(flat, 0, start, epsabs=0, epsrel=1e-11)[0] / start
    assert prior.sf(line) == pytest.approx((np.pi / 2 - start) / (np.pi / 2))
    assert np.exp(log_evidence(failed, cases, line, "above")) == pytest.approx(above, rel=1e-8)
    assert np.exp(log_evidence(failed, cases, line, "below")) == pytest.approx(below, rel=1e-8)


@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_evidence_is_a_supermartingale_where_nothing_is_wrong(rate):
    """Expected evidence of ten cases, by every outcome: one at the line, less below it."""
    failed = np.arange(11)
    chance = binom.pmf(failed, 10, rate)
    expected = chance @ np.exp(log_evidence(failed, np.full(11, 10), 0.2, "above"))
    assert expected == pytest.approx(1.0) if rate == 0.2 else expected < 1.0


def test_limits_are_where_the_evidence_says():
    low, high = rate_limits(12, 60, 0.05)
    assert low < 0.2 < high
    for rate in (low, high):
        mixed = np.log(beta(0.5, 0.5).expect(lambda p: p**12 * (1 - p) ** 48))
        single = 12 * np.log(rate) + 48 * np.log1p(-rate)
        assert mixed - single == pytest.approx(np.log(20), abs=1e-6)
    assert rate_limits(0, 0, 0.05) == (0.0, 1.0)
    assert rate_limits(0, 30, 0.05)[0] == 0.0
    assert rate_limits(30, 30, 0.05)[1] == 1.0


def test_spending_keeps_its_budget_exactly():
    """The chance to pass a bound at any look, by the paths of the counts; never above alpha."""
    planned, line, alpha = [10, 20, 40], 0.3, 0.05
    bounds = spending_bounds(planned, line, alpha)
    passed, alive = 0.0, {0: 1.0}
    for before, total, bound in zip([0, 10, 20], planned, bounds, strict=True):
        after = {}
        for count, chance in alive.items():
            for more in range(total - before + 1):
                p = chance * binom.pmf(more, total - before, line)
                after[count + more] = after.get(count + more, 0.0) + p
        passed += sum(p for count, p in after.items() if count >= bound)
        alive = {count: p for count, p in after.items() if count < bound}
    assert 0.5 * alpha < passed <= alpha


def test_too_many_failures_stop_it_and_few_make_it_safe():
    bad = sequential_monitor([(20, 5), (40, 14), (60, 24)], line=0.1)
    assert bad.verdict == "stop"
    assert bad.stopped is not None
    assert bad.sentence().startswith("Stop the pilot: 14 of 40")
    # nothing takes a stop back
    assert bad.after(500, 30).verdict == "stop"
    good = sequential_monitor([(50, 1), (200, 3), (400, 6)], line=0.1)
    assert good.verdict == "safe"
    assert good.stopped is None
    unclear = sequential_monitor([(20, 2), (40, 4)], line=0.1)
    assert "cannot tell yet" in unclear.sentence()
    p = [look.p_harm for look in bad.looks]
    assert p == sorted(p, reverse=True)


def test_planned_looks_stop_at_their_bounds():
    planned = (20, 40, 60)
    bounds = spending_bounds(planned, 0.1, 0.05)
    looks = [(20, 2), (40, int(bounds[1]) - 1)]
    waiting = sequential_monitor(looks, line=0.1, method="spending", planned=planned)
    assert waiting.stopped is None
    found = waiting.after(60, int(bounds[2]))
    assert found.stopped is not None
    assert found.stopped.cases == 60


def test_a_monitor_shows_itself():
    monitor = sequential_monitor([(20, 5), (40, 14)], line=0.1)
    assert len(monitor.to_frame()) == 2
    assert len(monitor.chart().rows) == 2
    assert "<svg" in monitor._repr_html_()
    assert "10 % allowed" in repr(monitor)
    assert sequential_monitor([], line=0.1).looks == ()


def test_all_problems_are_told_at_once():
    with pytest.raises(PolicyError) as told:
        sequential_monitor([(10, 12), (5, 1)], line=2, alpha=0)
    assert len(told.value.problems) == 4
    with pytest.raises(PolicyError, match="nobody planned a look at 30"):
        sequential_monitor([(30, 1)], line=0.1, method="spending", planned=(20, 40))
    with pytest.raises(PolicyError, match="rising"):
        sequential_monitor([(30, 1)], line=0.1, method="spending")
    with pytest.raises(PolicyError, match="unknown method"):
        sequential_monitor([(30, 1)], line=0.1, method="sometimes")
