"""Multinomial logits against published results, on the published data.

Log-likelihoods within 0.001; coefficients and errors to the digits that were printed (half a unit
of the last one). Sources: Biogeme's saved results (Swissmetro), the mlogit and xlogit manuals
(Electricity), the logitr vignette (Yogurt), Greene (TravelMode), choice-learn and torch-choice
(ModeCanada), and a benchmark computed with other software (taxes).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from statsmodels.discrete.conditional_models import ConditionalLogit

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.datasets import load_dataset
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import Results

pytestmark = pytest.mark.data


@cache
def data_of(name: str) -> ChoiceData:
    return load_dataset(name)


@cache
def fitted(name: str) -> Results:
    data = data_of(name)
    assert data.utility is not None
    return Logit(data.utility).fit(data)


def errors(results: Results) -> np.ndarray:
    return results.tidy()["std_error"].to_numpy(dtype=float)


def same_in_print(ours: float, printed: str, units: float = 0.5) -> bool:
    """Whether a number agrees with a printed one to half a unit of its last digit."""
    digits = len(printed.partition(".")[2])
    return abs(ours - float(printed)) <= units * 10.0**-digits * (1 + 1e-9)


# -.154632 and -.0155015 to more digits: Biogeme stopped its search a little before the top, and
# Greene's table is cut, not rounded
ONE_UNIT = {("swissmetro", "asc[car]"), ("travel_mode", "general_cost")}


def log_likelihood_at(data: ChoiceData, coefficients: np.ndarray, scale: np.ndarray) -> float:
    """Logit log-likelihood in plain NumPy; `scale` is per person."""
    assert data.utility is not None
    sizes = np.diff(data.task_offsets)
    utilities = coefficients @ data.utility.matrix(data.frame)
    utilities *= np.repeat(scale[data.task_people], sizes)
    sums = np.add.reduceat(np.exp(utilities), data.task_offsets[:-1])
    return float((utilities[data.chosen] - np.log(sums)).sum())


def without_small_sample_factor(standard_errors: np.ndarray, clusters: int) -> np.ndarray:
    """Ours carry G / (G - 1); the printed ones do not."""
    return standard_errors / np.sqrt(clusters / (clusters - 1))


@pytest.mark.parametrize(
    ("name", "log_likelihood"),
    [
        ("swissmetro", -5331.2520),
        ("electricity", -4958.6491),
        ("yogurt", -2656.8879),
        ("travel_mode", -199.1284),
        ("mode_canada", -1874.3427),
        ("taxes", -10156.851),
    ],
)
def test_log_likelihood(name, log_likelihood) -> None:
    assert abs(fitted(name).log_likelihood - log_likelihood) <= 1e-3


@pytest.mark.parametrize(("name", "null"), [("swissmetro", -6964.663), ("taxes", -11090.355)])
def test_log_likelihood_of_equal_shares(name, null) -> None:
    assert abs(fitted(name).log_likelihood_null - null) <= 1e-3


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        (
            "swissmetro",
            {
                "asc[train]": "-.701187",
                "asc[car]": "-.154633",
                "time": "-1.27786",
                "cost": "-1.08379",
            },
        ),
        (
            "electricity",
            {
                "price": "-.625228",
                "contract": "-.108299",
                "local[yes]": "1.44224",
                "well_known[yes]": ".995504",
                "time_of_day[yes]": "-5.46276",
                "seasonal[yes]": "-5.84003",
            },
        ),
        (
            "yogurt",
            {
                "price": "-.366584",
                "featured[yes]": ".491433",
                "brand[hiland]": "-3.7156",
                "brand[weight]": "-.641184",
                "brand[yoplait]": ".734571",
            },
        ),
        (
            "travel_mode",
            {
                "asc[air]": "5.20744",
                "asc[train]": "3.86904",
                "asc[bus]": "3.16319",
                "general_cost": "-.015501",
                "terminal_time": "-.096125",
                "income[air]": ".013287",
            },
        ),
        (
            "mode_canada",
            {
                "cost": "-.0333389",
                "frequency": ".0925297",
                "outside_time": "-.0430036",
                "income[bus]": "-.0890869",
                "income[car]": "-.027993",
                "income[train]": "-.0381466",
                "inside_time[air]": ".0595097",
                "inside_time[bus]": "-.0067837",
                "inside_time[car]": "-.0064603",
                "inside_time[train]": "-.0014504",
            },
        ),
        (
            "taxes",
            {
                "rate_under_10k[25]": "-.974",
                "rate_10k_35k[35]": "-.824",
                "rate_over_375k[45]": ".647",
                "revenue[over_125]": ".367",
            },
        ),
    ],
)
def test_coefficients(name, printed) -> None:
    results = fitted(name)
    wrong = {
        term: (results.coefficient(term), value)
        for term, value in printed.items()
        if not same_in_print(
            results.coefficient(term), value, 1.0 if (name, term) in ONE_UNIT else 0.5
        )
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "term", "printed"),
    [
        ("electricity", "price", ".02322"),
        ("yogurt", "price", ".02437"),
        ("travel_mode", "asc[air]", ".7791"),
        ("travel_mode", "general_cost", ".004408"),
        ("travel_mode", "terminal_time", ".01044"),
        ("travel_mode", "income[air]", ".01026"),
        ("mode_canada", "cost", ".0071"),
        ("swissmetro", "asc[train]", ".05487"),
        ("swissmetro", "asc[car]", ".04324"),
        ("swissmetro", "time", ".05688"),
        ("swissmetro", "cost", ".05183"),
    ],
)
def test_classical_errors(name, term, printed) -> None:
    results = fitted(name).with_covariance("classical")
    error = errors(results)[list(results.names).index(term)]
    assert same_in_print(error, printed)


def test_errors_clustered_by_person_swissmetro() -> None:
    results = fitted("swissmetro")
    assert "person" in str(results.covariance_kind).lower()
    printed = [".1835", ".1289", ".2377", ".1612"]
    plain = without_small_sample_factor(errors(results), 752)
    assert all(map(same_in_print, plain, printed))


def test_errors_clustered_by_person_electricity() -> None:
    plain = without_small_sample_factor(errors(fitted("electricity")), 361)
    assert same_in_print(plain[0], ".03344")


def test_errors_clustered_by_person_taxes() -> None:
    results = fitted("taxes")
    printed = {
        "rate_under_10k[25]": ".056",
        "rate_10k_35k[35]": ".093",
        "rate_over_375k[45]": ".056",
        "revenue[over_125]": ".119",
    }
    found = dict(zip(results.names, errors(results), strict=True))
    assert all(same_in_print(found[term], value) for term, value in printed.items())


def test_robust_errors_per_observation_swissmetro() -> None:
    data = data_of("swissmetro")
    assert data.utility is not None
    results = Logit(data.utility).fit(data.each_task_as_a_person(), covariance="robust")
    plain = without_small_sample_factor(errors(results), 6768)
    # Biogeme differentiates its Hessian to fewer digits than it prints
    printed = [".08256", ".1043", ".06823"]
    assert all(map(same_in_print, plain[[0, 2, 3]], printed))


def test_swissmetro_scale_by_group() -> None:
    """Biogeme b03: two scales with b_cost at -1 are one scale with b_cost free."""
    data = data_of("swissmetro")
    assert data.utility is not None
    results = Logit(data.utility, scale="survey_group").fit(data)
    assert abs(results.log_likelihood - -4976.6906) <= 1e-3
    first = -results.coefficient("cost")
    ours = {
        "scale_not3": first,
        "scale3": results.coefficient("scale[road]") * first,
        "b_time": results.coefficient("time") / first,
        "asc_train": results.coefficient("asc[train]") / first,
    }
    printed = {"scale_not3": 0.35735, "scale3": 1.49298, "b_time": -1.04782, "asc_train": -1.25104}
    # Biogeme stopped before the top: its log-likelihood agrees, its parameters to about 1e-4
    for name, value in printed.items():
        assert ours[name] == pytest.approx(value, rel=1.5e-4)
    codes, labels = data.codes("survey_group")
    assert labels == ("rail", "road")
    asc_car = results.coefficient("asc[car]") / first
    biogeme = np.array([printed["asc_train"], asc_car, printed["b_time"], -1.0])
    scale = np.array([printed["scale_not3"], printed["scale3"]])[codes]
    ours_at_top = results.log_likelihood
    assert log_likelihood_at(data, biogeme, scale) <= ours_at_top
    top = np.array([ours["asc_train"], asc_car, ours["b_time"], -1.0])
    scale = np.array([ours["scale_not3"], ours["scale3"]])[codes]
    assert log_likelihood_at(data, top, scale) == pytest.approx(ours_at_top, abs=1e-8)


def test_swissmetro_scale_by_group_with_cost_held() -> None:
    """Cost at -1 and the first scale at 1 leave one scale less than Biogeme's b03 has."""
    data = data_of("swissmetro")
    assert data.utility is not None
    free = Logit(data.utility, scale="survey_group").fit(data)
    at = free.coefficient("cost")
    held = Logit(data.utility, scale="survey_group", fixed={"cost": at}).fit(data)
    assert held.log_likelihood == pytest.approx(free.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(held.estimates, free.estimates, rtol=0, atol=1e-5)
    minus_one = Logit(data.utility, scale="survey_group", fixed={"cost": -1.0}).fit(data)
    assert minus_one.coefficient("cost") == -1.0
    assert minus_one.log_likelihood < free.log_likelihood - 1.0


def test_taxes_by_group_and_with_a_scale() -> None:
    data = data_of("taxes")
    assert data.utility is not None
    group = data.frame["inequality_aversion"]
    averse = Logit(data.utility).fit(data.select(group == "averse"))
    others = Logit(data.utility).fit(data.select(group == "not_averse"))
    assert abs(averse.log_likelihood - -5355.503) <= 1e-3
    assert abs(others.log_likelihood - -4639.418) <= 1e-3
    assert same_in_print(averse.coefficient("rate_over_375k[55]"), "1.006")
    assert same_in_print(others.coefficient("rate_over_375k[55]"), ".058")
    scaled = Logit(data.utility, scale="inequality_aversion").fit(data)
    ratio = 2 * (averse.log_likelihood + others.log_likelihood - scaled.log_likelihood)
    assert same_in_print(ratio, "248.52")


def test_taxes_scale_of_the_benchmark_grid() -> None:
    """0.615 is the best point of a grid 0.005 apart; the maximum lies within half a step."""
    data = data_of("taxes")
    assert data.utility is not None
    free = Logit(data.utility, scale="inequality_aversion").fit(data)
    at = {
        value: Logit(
            data.utility, scale="inequality_aversion", fixed={"scale[not_averse]": value}
        ).fit(data)
        for value in (0.610, 0.615, 0.620)
    }
    assert abs(at[0.615].log_likelihood - -10119.182) <= 1e-3
    assert max(at, key=lambda value: at[value].log_likelihood) == 0.615
    assert free.log_likelihood > at[0.615].log_likelihood
    assert abs(free.coefficient("scale[not_averse]") - 0.615) <= 0.0025


@pytest.mark.parametrize("name", ["travel_mode", "electricity", "yogurt", "taxes"])
def test_agrees_with_statsmodels(name) -> None:
    """On some of the people where there are many: statsmodels walks through tasks in Python."""
    whole = data_of(name)
    data = whole.take_people(np.arange(min(whole.people, 210)))
    data = data.select(np.arange(data.tasks) < 400)
    assert data.utility is not None
    results = Logit(data.utility).fit(data, covariance="classical")
    frame = data.frame
    groups = np.repeat(np.arange(data.tasks), np.diff(data.task_offsets))
    other = ConditionalLogit(
        frame["chosen"].to_numpy(float), results.utility.matrix(frame).T, groups=groups
    ).fit(method="newton", disp=False, start_params=0.9 * results.estimates, tol=1e-12)
    assert abs(other.llf - results.log_likelihood) <= 1e-6
    np.testing.assert_allclose(results.estimates, other.params, rtol=0, atol=1e-6)
    # statsmodels takes its Hessian by differences
    np.testing.assert_allclose(errors(results), other.bse, rtol=1e-6, atol=1e-6)
