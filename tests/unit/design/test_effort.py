"""How hard to search: times, lengths of runs, settings, the record of work."""

from __future__ import annotations

import json

import pytest

from ccegov_choice.design.efficient.effort import Effort, Progress, Work, length_of, seconds_of
from ccegov_choice.errors import DesignError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30), ("30 s", 30), ("0.5 sec", 0.5), ("2 min", 120), ("2m", 120), ("1h", 3600),
        ("1.5 hours", 5400), ("1 second", 1), ("3 minutes", 180), (12, 12), (0.25, 0.25), ("7", 7),
        (None, None),
    ],
)  # fmt: skip
def test_times_are_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["soon", "", "0s", "-3", "3 days", "1..2s", "1e3", 0, "s"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(DesignError, match="is not a time") as caught:
        seconds_of(text)
    assert "'30s', '2 min' or '1h'" in str(caught.value)


def test_runs_follow_the_luby_series():
    assert [length_of(run, 1) for run in range(15)] == [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]
    assert length_of(6, 25) == 100
    assert length_of(2**10 - 2, 3) == 3 * 2**9


def test_all_wrong_settings_are_told_at_once():
    with pytest.raises(DesignError) as caught:
        Effort(algorithm="exchange", rule="halton", runs=0, keep=-1)
    said = str(caught.value)
    assert "4 problems" in said
    for part in (
        "algorithm 'exchange'",
        "coordinate",
        "'halton'",
        "sobol",
        "runs = 0",
        "keep = -1",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("uncertain", "draws", "rule"),
    [(0, 1, "gauss-hermite"), (2, 144, "gauss-hermite"), (6, 4096, "gauss-hermite"),
     (7, 816, "spherical-radial"), (16, 156, "spherical-radial"), (30, 128, "spherical-radial")],
)  # fmt: skip
def test_draws_are_settled_by_how_much_is_uncertain(uncertain, draws, rule):
    settled = Effort().settled(uncertain)
    assert (settled.draws, settled.rule) == (draws, rule)


def test_settings_that_were_given_stay():
    settled = Effort(draws=50, rule="mlhs").settled(3)
    assert (settled.draws, settled.rule) == (50, "mlhs")
    assert Effort(rule="sobol").settled(3).draws == 1024
    assert Effort(threads=3).workers == 3
    assert Effort().workers >= 1
    assert Effort().with_(runs=7) == Effort(runs=7)


def test_the_record_comes_back_from_json():
    work = Work("auto", 64, "sobol", 9, 400, 5, 100, 60, 4, "here")
    assert Work.from_dict(json.loads(json.dumps(work.to_dict()))) == work


def test_progress_is_a_line():
    line = str(Progress(3.25, 4, 1200, 0.57735, "D-error", 10.0))
    assert line == "3.2 of 10 s, 4 runs, 1,200 sweeps, D-error 0.57735"
    assert (
        str(Progress(3.25, 4, 10, float("inf"), "A-error", None))
        == "3.2 s, 4 runs, 10 sweeps, A-error inf"
    )
