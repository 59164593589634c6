import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.failure.information import evpi, evsi, evsi_normal
from ccegov_choice.policy.failure.information_value import value_of_information


@pytest.mark.parametrize("mean", [-2.0, -0.3, 0.0, 0.4, 5.0])
@pytest.mark.parametrize("n", [1, 10, 1_000])
def test_the_normal_case_is_the_closed_form_and_the_integral(mean, n):
    sd, noise = 1.3, 4.0
    v, w = sd**2, noise**2
    s = np.sqrt(v**2 / (v + w / n))
    closed = s * norm.pdf(mean / s) + mean * norm.cdf(mean / s) - max(mean, 0)
    found = evsi_normal(mean, sd, noise, n)
    assert found == pytest.approx(closed, abs=1e-12)
    whole = quad(lambda x: max(x, 0) * norm.pdf(x, mean, s), 0, mean + 12 * s, epsabs=1e-11)[0]
    assert found == pytest.approx(whole - max(mean, 0), abs=1e-6)


def test_it_lies_between_zero_and_perfect_information_and_tends_to_it():
    perfect = evsi_normal(0.4, 1.3, 4.0, np.inf)
    assert perfect == pytest.approx(evsi_normal(0.4, 1.3, 0.0, 1))
    last = 0.0
    for n in 10.0 ** np.arange(0, 9):
        found = evsi_normal(0.4, 1.3, 4.0, n)
        assert last < found < perfect
        last = found
    assert last == pytest.approx(perfect, rel=1e-6)
    assert evsi_normal(0.4, 0.0, 4.0, 10) == 0.0
    assert evsi_normal(0.4, 1.3, 4.0, 0) == 0.0


def test_far_tails_keep_their_digits():
    # the first term of the series against arbitrary precision: phi(z)/z^2 (1 - 3/z^2 + 15/z^4 ...)
    z = 20.0
    exact = norm.pdf(z) - z * norm.sf(z)  # cancels to nothing useful in double precision
    found = evsi_normal(-z, 1.0, 0.0, 1)
    assert found > 0
    assert found == pytest.approx(
        norm.pdf(z) / z**2 * (1 - 3 / z**2 + 15 / z**4 - 105 / z**6), rel=1e-5
    )
    assert exact < 1e-80
    # both branches meet
    assert evsi_normal(-12.001, 1.0, 0.0, 1) == pytest.approx(
        evsi_normal(-11.999, 1.0, 0.0, 1) * np.exp(-0.002 * (12 + 2 / 12)), rel=1e-3
    )


def test_perfect_information_by_hand():
    values = [[3.0, 1.0], [0.0, 4.0]]
    assert evpi(values) == pytest.approx(3.5 - 2.5)
    assert evpi(values, [0.75, 0.25]) == pytest.approx(0.75 * 3 + 0.25 * 4 - 2.25)
    assert evpi([[1.0], [2.0]]) == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_draws_rise_from_nothing_to_perfect_information(seed):
    values = np.random.default_rng(seed).normal(0.2, 1, (500, 4)) ** 3
    found = [evsi(values, n, known=200) for n in (0, 10, 100, 1_000, 1e9, np.inf)]
    assert found[0] == 0.0
    assert (np.diff(found) >= -1e-12).all()  # rounding of means
    assert found[-1] == evpi(values)
    assert found[-2] == pytest.approx(evpi(values), rel=1e-4)


def test_draws_of_a_normal_belief_give_the_closed_form():
    # noise of one person is known * variance of the belief: what the belief rests on
    sd, known, n = 0.8, 300, 150
    draws = 0.3 + sd * norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    values = np.column_stack([np.zeros_like(draws), draws])
    found = evsi(values, n, known)
    assert found == pytest.approx(evsi_normal(0.3, sd, sd * np.sqrt(known), n), abs=1e-5)


def test_the_noun_says_whether_to_ask():
    rng = np.random.default_rng(1)
    values = {"today": np.zeros(2_000), "reform": rng.normal(0.05, 0.3, 2_000)}
    cheap = value_of_information(
        values, known=100, affected=1_000, cost_per_person=0.01, unit="days"
    )
    assert cheap.best == "reform"
    assert sum(cheap.best_share) == pytest.approx(1.0)
    worth = [survey.worth for survey in cheap.surveys]
    assert worth == sorted(worth)
    assert worth[-1] <= cheap.perfect
    assert "is the best: worth" in cheap.sentence()
    dear = value_of_information(values, known=100, cost_per_person=10.0)
    assert "decide now" in dear.sentence()
    free = value_of_information(values, known=100)
    assert free.surveys[0].net is None
    assert "cost of asking is not declared" in " ".join(free.table().all_notes)
    assert free.table().columns == ("people more", "worth (units of worth)")
    assert len(cheap.chart().rows) == 6
    assert "<svg" in cheap._repr_html_()
    assert "The options today" in repr(cheap)
    assert len(cheap.to_frame()) == 5


def test_all_problems_are_told_at_once():
    with pytest.raises(PolicyError) as told:
        value_of_information({"one": np.zeros((3, 2))}, known=0, people=[0], affected=0)
    assert len(told.value.problems) == 5
    with pytest.raises(PolicyError):
        evpi([[np.nan, 1.0]])
    with pytest.raises(PolicyError):
        evpi([[0.0, 1.0]], [0.5])
    with pytest.raises(PolicyError):
        evsi([[0.0, 1.0]], -1, 0)
    with pytest.raises(PolicyError):
        evsi_normal(0, -1, 1, 1)
