"""Watching a pilot while it runs: when there have been too many failures, and when it is safe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Table
from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.failure.evidence import log_evidence, rate_limits, spending_bounds
from ccegov_choice.policy.failure.looks_check import looks_problems
from ccegov_choice.policy.value.showing import page

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["anytime", "spending"]
Verdict = Literal["stop", "safe", "go on"]


@dataclass(frozen=True)
class Look:
    """The pilot at one look.

    Parameters
    ----------
    cases, failures : int
        Counts since the start.
    rate : Estimate
        Failure rate, 0 to 1, with limits that hold at all looks together.
    p_harm, p_safe : float
        Always-valid p-values: that failures are not above the line, and not below it.
    verdict : {"stop", "safe", "go on"}
        Too many failures, surely fewer than allowed, or neither.
    """

    cases: int
    failures: int
    rate: Estimate
    p_harm: float
    p_safe: float
    verdict: Verdict


@dataclass(frozen=True)
class Monitor:
    """A pilot that is watched.

    Parameters
    ----------
    line : float
        The failure rate that is allowed, 0 to 1.
    alpha : float
        Chance of a false alarm over all looks; the same for falsely calling it safe.
    method : {"anytime", "spending"}
        Looks at any time, or at planned ones only.
    planned : tuple of int
        Cases at each planned look, for "spending".
    looks : tuple of Look
        What was seen.
    """

    line: float
    alpha: float
    method: Method
    planned: tuple[int, ...]
    looks: tuple[Look, ...] = ()

    @property
    def stopped(self) -> Look | None:
        """The first look that stops the pilot for harm; None if there is none."""
        return next((look for look in self.looks if look.verdict == "stop"), None)

    @property
    def verdict(self) -> Verdict:
        """What the first look that said something said: later looks cannot take a stop back."""
        said = [look.verdict for look in self.looks if look.verdict != "go on"]
        return said[0] if said else "go on"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides."""
        share = f"{100 * self.alpha:g} %"
        if self.method == "anytime":
            how = f"One may look at any time: false alarms over all looks stay below {share}."
        else:
            how = f"Looks only as planned: false alarms over all of them stay below {share}."
        return (how, "Cases are taken to fail independently of each other.")

    def after(self, cases: int, failures: int) -> Monitor:
        """Return the monitor after another look; counts are those since the start."""
        return sequential_monitor(
            [*((look.cases, look.failures) for look in self.looks), (cases, failures)],
            line=self.line,
            alpha=self.alpha,
            method=self.method,
            planned=self.planned,
        )

    def table(self) -> Table:
        """Return one row per look; rates in per cent."""
        percent = f"{100 * (1 - self.alpha):g} %"
        columns = (
            "cases",
            "failures",
            "rate (%)",
            f"{percent} low",
            f"{percent} high",
            "p too many",
            "p safe",
            "verdict",
        )
        rows = tuple(
            (
                f"{look.cases:,}",
                look.failures,
                100 * look.rate.value,
                100 * (look.rate.low or 0.0),
                100 * (look.rate.high or 0.0),
                look.p_harm,
                look.p_safe,
                look.verdict,
            )
            for look in self.looks
        )
        formats = {**dict.fromkeys(columns[2:5], ".1f"), **dict.fromkeys(columns[5:7], ".2g")}
        title = f"Failures against the {100 * self.line:g} % allowed"
        return Table(title, columns, rows, self.notes, formats)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per look; rates from 0 to 1."""
        import pandas as pd

        rows = [
            {
                "cases": look.cases,
                "failures": look.failures,
                "rate": look.rate.value,
                "conf_low": look.rate.low,
                "conf_high": look.rate.high,
                "p_harm": look.p_harm,
                "p_safe": look.p_safe,
                "verdict": look.verdict,
            }
            for look in self.looks
        ]
        return pd.DataFrame(rows)

    def sentence(self) -> str:
        """Say what to do, in plain English."""
        allowed = f"the {100 * self.line:g} in 100 that are allowed"
        said = next((look for look in self.looks if look.verdict != "go on"), self.looks[-1])
        seen = f"{said.failures:,} of {said.cases:,} cases have failed"
        if said.verdict == "stop":
            return f"Stop the pilot: {seen}, surely more than {allowed}."
        if said.verdict == "safe":
            return f"The pilot is safe: {seen}, surely fewer than {allowed}."
        return f"Go on and watch: {seen}; this pilot cannot tell yet on which side of {allowed}."

    def chart(self) -> Chart:
        """Chart the failure rate at each look, in 100 cases."""
        rows = []
        for look in self.looks:
            rate = look.rate.map(lambda share: 100 * share)
            text = f"{rate.value:.1f}"
            rows.append(Row(f"{look.cases:,} cases", rate.value, rate.low, rate.high, text))
        axis = nice_axis(
            rows,
            "failures in 100 cases",
            limits=(0.0, 100.0),
            reference=100 * self.line,
            reference_label="allowed",
        )
        return make_chart(
            "monitor",
            "dots",
            self.sentence(),
            "Failure rate at each look, with limits that hold at all looks together",
            rows,
            axis,
            note=self.notes[0],
            sample=f"{self.looks[-1].cases:,} cases",
            table=self.table(),
        )

    plot = chart

    def _repr_html_(self) -> str:
        return page([self.table()], self.chart())

    def __repr__(self) -> str:
        return self.table().to_text()


def sequential_monitor(
    looks: Iterable[tuple[int, int]],
    *,
    line: float,
    alpha: float = 0.05,
    method: Method = "anytime",
    planned: Sequence[int] = (),
) -> Monitor:
    """Watch a pilot: say at each look whether to stop it, call it safe, or go on.

    Parameters
    ----------
    looks : iterable of (cases, failures)
        Counts since the start at each look, in order.
    line : float
        The failure rate that is allowed, between 0 and 1.
    alpha : float
        Chance of a false alarm over all looks.
    method : {"anytime", "spending"}
        ``"anytime"`` lets one look whenever one likes; ``"spending"`` stops a little earlier on
        average, but only at looks that were planned.
    planned : sequence of int
        Cases at each planned look, for ``"spending"``.

    Returns
    -------
    Monitor

    Raises
    ------
    PolicyError
        Listing counts that go back, more failures than cases, and looks that were not planned.

    Notes
    -----
    See `ccegov_choice.policy.failure.evidence` for the two methods and their sources. With
    ``"spending"`` the stop is the group-sequential one; safety is always judged by the anytime
    evidence.
    """
    seen = [(int(cases), int(failures)) for cases, failures in looks]
    problems = looks_problems(seen, line, alpha, method, planned)
    if problems:
        raise PolicyError.of(problems, "The monitor has {count} problems:")
    monitor = Monitor(line, alpha, method, tuple(planned))
    if not seen:
        return monitor
    cases, failures = np.array(seen).T
    harm = _always_valid(log_evidence(failures, cases, line, "above"))
    safe = _always_valid(log_evidence(failures, cases, line, "below"))
    bounds = (
        dict(zip(planned, spending_bounds(planned, line, alpha), strict=True))
        if method == "spending"
        else {}
    )
    found = []
    for i, (total, failed) in enumerate(seen):
        stop = failed >= bounds[total] if bounds else harm[i] <= alpha
        verdict: Verdict = "stop" if stop else "safe" if safe[i] <= alpha else "go on"
        low, high = rate_limits(failed, total, alpha)
        rate = Estimate(failed / total, low, high)
        found.append(Look(total, failed, rate, float(harm[i]), float(safe[i]), verdict))
    return replace(monitor, looks=tuple(found))


def _always_valid(evidence: np.ndarray) -> np.ndarray:
    """Turn the evidence at each look into p-values that never rise again."""
    return np.exp(-np.maximum.accumulate(np.maximum(evidence, 0.0)))
