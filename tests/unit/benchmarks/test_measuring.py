"""Measuring: what packages are asked, what comes back, and how it is laid out."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def run_script(*words: str) -> dict:
    command = [sys.executable, str(BENCHMARKS / words[0]), *words[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_measuring_ours_ends_with_one_json_object():
    found = run_script("measure.py", "ccegov_choice", "P1", "--repeats", "2")
    assert found["log_likelihood"] == pytest.approx(-9531.487, abs=1e-3)
    assert found["repeats"] == 2
    assert 0 < found["best"] <= found["first"]
    assert found["peak_mb"] > 0
    assert found["evaluations"] >= 2
    assert len(found["estimates"]) == 10


@pytest.mark.parametrize(
    ("name", "draws"), [("40x3x2", None), ("P6", None), ("60x6x3x3", 256), ("P4", 64), ("P5", 64)]
)
def test_our_estimates_come_back_in_the_order_of_the_problem(bench, monkeypatch, name, draws):
    """The yardstick gives them our log-likelihood, up to the noise of the draws.

    The noise is measured by eight other scrambles with as many draws; ours is one such value, so
    the distance is a t with 7 degrees of freedom times sqrt(9/8): |t| > 9 has probability 4e-5.
    """
    problem = bench("problems").problem(name)
    yardstick = bench("log_likelihood")
    outcome = bench("packages").prepare("ccegov_choice", problem, draws)()
    if draws is None:
        exact = yardstick.log_likelihood_of(problem, outcome.estimates)
        assert outcome.log_likelihood == pytest.approx(exact, rel=1e-10)
        return
    noisy = []
    for seed in range(8):
        monkeypatch.setattr(yardstick, "_SEED", seed)
        noisy.append(yardstick.log_likelihood_of(problem, outcome.estimates, draws))
    noise = np.std(noisy, ddof=1) * np.sqrt(9 / 8)
    assert abs(outcome.log_likelihood - np.mean(noisy)) < 9 * noise
    at_start = yardstick.log_likelihood_of(problem, problem.start, draws)
    assert np.mean(noisy) > at_start


def test_every_package_has_a_script_and_an_environment(bench):
    packages, environments = bench("packages"), bench("environments")
    for name in packages.ABLE:
        tree = ast.parse((BENCHMARKS / f"fit_{name}.py").read_text(encoding="utf-8"))
        functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert "prepare" in functions
    for name in packages.PEERS:
        wanted = (BENCHMARKS / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert f"\n{name}==" in f"\n{wanted}"
    assert environments.python_of("ccegov_choice") == sys.executable


def test_packages_are_not_asked_for_models_they_do_not_have(bench):
    packages, problem = bench("packages"), bench("problems").problem
    with pytest.raises(ValueError, match="pylogit has no model for 4x2x3x2"):
        packages.prepare("pylogit", problem("4x2x3x2"), 10)
    with pytest.raises(ValueError, match="needs --draws"):
        packages.prepare("xlogit", problem("4x2x3x2"), None)
    with pytest.raises(ValueError, match="has no draws"):
        packages.prepare("xlogit", problem("4x3x2"), 10)


def test_draws_are_those_of_the_published_times_unless_asked_for(bench):
    estimation, problem = bench("estimation"), bench("problems").problem
    error = bench("environments").RunError
    assert estimation.draws_for(problem("P3"), None) == 1000
    assert estimation.draws_for(problem("P3"), 64) == 64
    assert estimation.draws_for(problem("P6"), None) is None
    with pytest.raises(error, match="leave --draws out"):
        estimation.draws_for(problem("P6"), 64)
    with pytest.raises(error, match="--draws"):
        estimation.draws_for(problem("4x2x3x2"), None)


def test_signs_of_spreads_are_left_open_by_packages(bench):
    problem = bench("problems").problem("P5")
    found = bench("packages").in_order(problem, [1, -1, 1, 1, 0.5, -0.5, 2, -2, -0.9])
    assert found.tolist() == [1, -1, 1, 1, 0.5, 0.5, 2, 2, -0.9]


def test_rows_say_who_chose_what(bench):
    packages, problem = bench("packages"), bench("problems").problem("2x3x2x1")
    rows, wide = packages.long_rows(problem), packages.wide_columns(problem)
    assert rows["person"].tolist() == [1] * 6 + [2] * 6
    assert rows["choice"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert rows["task"].tolist() == [1, 1, 2, 2, 3, 3] * 2
    assert rows["chosen"].reshape(6, 2).argmax(axis=1).tolist() == problem.y.tolist()
    assert rows["chosen"].sum() == 6
    assert (wide["choice"] - 1).tolist() == problem.y.tolist()
    assert np.array_equal(wide["x1_2"], problem.x[:, 1, 0])


def row(package: str, seconds: float, **more: object) -> dict:
    return {
        "package": package,
        "seconds_warm": seconds,
        "seconds_first": 2 * seconds,
        "seconds_cold": 3 * seconds,
        "peak_mb": 123.4,
        "log_likelihood": -3891.7,
        "log_likelihood_many": -3881.25,
        "evaluations": None,
        "errors": "Hessian",
        **more,
    }


def test_the_table_shows_ratios_and_reasons(bench):
    rows = [
        row("ccegov_choice", 0.4, evaluations=13),
        row("xlogit", 6.0),
        {"package": "biogeme", "reason": "not done after 900 s"},
    ]
    lines = bench("tables").comparison("P2", 500, rows).splitlines()
    assert "500 draws; target 0.35 s; log-likelihood -3891.7" in lines[0]
    assert lines[2].split() == [
        "ccegov_choice", "0.4000", "1.0", "0.800", "1.20", "123", "-3891.700", "-3881.250", "13",
        "Hessian",
    ]  # fmt: skip
    assert lines[3].split()[:3] == ["xlogit", "6.0000", "15.0"]
    assert lines[4].endswith("not done after 900 s")


def test_a_table_without_ours_has_no_ratios(bench):
    rows = [{"package": "ccegov_choice", "reason": "it failed"}, row("xlogit", 6.0)]
    lines = bench("tables").comparison("P2", 500, rows).splitlines()
    assert lines[3].split()[:3] == ["xlogit", "6.0000", "–"]


def test_the_slope_of_cost_is_its_power(bench):
    scaling = bench("scaling")
    rows = [{"factor": f, "pass": 0.3 * f**1.5} for f in (1, 2, 4, 8)]
    assert scaling.slope(rows, "pass") == pytest.approx(1.5)
    rows[1].pop("pass")  # one that failed
    assert scaling.slope(rows, "pass") == pytest.approx(1.5)
    assert np.isnan(scaling.slope(rows[:2], "pass"))


def test_series_double_one_thing_at_a_time(bench):
    scaling = bench("scaling")
    people, draws, coefficients = scaling.mixed_series(100, 64)
    assert people.sizes == tuple((f"{n}x8x3x4", 64) for n in (100, 200, 400, 800))
    assert draws.sizes == tuple(("100x8x3x4", r) for r in (64, 128, 256, 512))
    assert coefficients.sizes == tuple((f"100x8x3x{k}", 64) for k in (4, 8, 16))
    assert [series.sizes[1][0] for series in scaling.logit_series(10)] == [
        "20x4x10",
        "10x8x10",
        "10x4x20",
    ]


def test_limits_of_the_machine_are_rates(bench):
    limits = bench("machine").Limits(2e9, 5e8, 2)
    assert limits.seconds(4e9, 1e9) == pytest.approx(4.0)


def test_a_pass_is_compared_with_what_it_must_compute(bench, monkeypatch):
    one_pass, machine = bench("one_pass"), bench("machine")
    monkeypatch.setattr(one_pass, "measure_limits", lambda: machine.Limits(1e9, 1e8, 2))
    monkeypatch.setattr(one_pass, "_SECONDS", 0.0)
    found = one_pass.one_pass(bench("problems").problem("20x4x3x5"), 128)
    assert found["exponentials"] == 20 * 4 * 2 * 128
    assert found["multiply_adds"] == 2 * 5 * found["exponentials"]
    at_least = found["multiply_adds"] / 1e9 + found["exponentials"] / 1e8
    assert found["share_of_limit"] == pytest.approx(at_least / found["seconds"])


def test_a_process_that_takes_too_long_is_told(bench):
    environments = bench("environments")
    with pytest.raises(environments.RunError, match="not done after 0 s"):
        environments.run("ccegov_choice", "P1", limit=0.01)


def test_a_process_that_fails_says_why(bench):
    environments = bench("environments")
    with pytest.raises(environments.RunError, match="there is no problem 'P0'"):
        environments.run("ccegov_choice", "P0")


def test_the_reason_is_the_line_that_names_the_error(bench):
    reason = bench("environments")._reason
    text = "Traceback\n  File x\na.b.MemoryError: too much\nSuggested:\n  mode = 3\n"
    assert reason(text) == "a.b.MemoryError: too much"
    assert reason("no traceback\nkilled\n") == "killed"
    assert reason("") == "it failed without a word"


def test_the_large_fit_tells_its_steps(bench, capsys):
    large = bench("large")
    data, model, truth = large.lay_out(150, 2, 64)
    assert list(truth) == ["x1", "x2", "sd[x1]", "sd[x2]"]
    found = large.fit(data, model, truth)
    assert found["status"] == "converged"
    assert found["trace"][-1] == pytest.approx(found["log_likelihood"], abs=1e-3)
    assert found["peak_mb"] >= found["peak_mb_before"] > 0
    assert "step   1" in capsys.readouterr().err
