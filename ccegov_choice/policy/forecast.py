"""A forecast of uptake: shares of scenarios, their intervals and differences, in words too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Table
from ccegov_choice.errors import PolicyError, unknown_name
from ccegov_choice.policy.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice._drawing.chart import Chart
FloatArray = npt.NDArray[np.float64]
Mode = Literal["alone", "compete"]


@dataclass(frozen=True)
class Difference:
    """How much the share of one scenario exceeds that of another, 0 to 1, with its interval."""

    scenario: str
    baseline: str
    estimate: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, eq=False)
class Uptake:
    """Shares of people who would choose each scenario, with intervals.

    Parameters
    ----------
    scenarios : tuple of P Scenario
        What was forecast; the first is the baseline of differences.
    mode : {"alone", "compete"}
        Each against the opt-out, or all side by side.
    opt_out : str or None
        Label of what people choose otherwise; None where it is not on offer.
    shares, conf_low, conf_high : ndarray of shape (P,)
        Shares from 0 to 1, and their limits.
    best : ndarray of shape (P,)
        Share of draws in which each scenario has the largest share; they sum to one.
    sampled : ndarray of shape (R, P)
        Shares by draw of the coefficients; the draws are the same for all scenarios.
    level : float
        Confidence level.
    seed : int
        Of the draws.
    people : int
        People whose covariates and weights the shares average over; 0 if they do not matter.
    notes : tuple of str
        What a reader must know besides.
    """

    scenarios: tuple[Scenario, ...]
    mode: Mode
    opt_out: str | None
    shares: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    best: FloatArray
    sampled: FloatArray = field(repr=False)
    level: float
    seed: int
    people: int
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the scenarios."""
        return tuple(scenario.name for scenario in self.scenarios)

    @property
    def draws(self) -> int:
        """Number of draws, ``R``."""
        return len(self.sampled)

    def _position(self, name: str) -> int:
        if name not in self.names:
            raise PolicyError.of([unknown_name(name, self.names, "scenario")])
        return self.names.index(name)

    def share(self, scenario: str) -> float:
        """Return the share of one scenario, 0 to 1."""
        return float(self.shares[self._position(scenario)])

    def difference(self, scenario: str, baseline: str | None = None) -> Difference:
        """Return how much one scenario's share exceeds another's, from the same draws.

        Parameters
        ----------
        scenario : str
            Its name.
        baseline : str, optional
            The one to compare with; the first scenario by default.
        """
        base = self.names[0] if baseline is None else baseline
        i, j = self._position(scenario), self._position(base)
        low, high = central_limits(self.sampled[:, i] - self.sampled[:, j], self.level)
        return Difference(
            scenario, base, float(self.shares[i] - self.shares[j]), float(low), float(high)
        )

    def differences(self) -> tuple[Difference, ...]:
        """Return the differences of all other scenarios to the first."""
        return tuple(self.difference(name) for name in self.names[1:])

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each scenario; shares from 0 to 1."""
        import pandas as pd

        return pd.DataFrame(
            {
                "scenario": self.names,
                "share": self.shares,
                "conf_low": self.conf_low,
                "conf_high": self.conf_high,
                "best": self.best,
            }
        )

    def table(self) -> Table:
        """Return shares in per cent."""
        percent = f"{100 * self.level:g} %"
        rows = tuple(
            (
                scenario.text(),
                100 * float(self.shares[i]),
                100 * float(self.conf_low[i]),
                100 * float(self.conf_high[i]),
                100 * float(self.best[i]),
            )
            for i, scenario in enumerate(self.scenarios)
        )
        names = ("scenario", "share (%)", f"{percent} low", f"{percent} high", "best in draws (%)")
        title = "Uptake of each scenario" if self.mode == "alone" else "Shares side by side"
        return Table(
            title, names, rows, (self._question(), *self.notes), dict.fromkeys(names[1:], ".1f")
        )

    def differences_table(self) -> Table:
        """Return the differences to the first scenario, in points of 100 people."""
        percent = f"{100 * self.level:g} %"
        text = {scenario.name: scenario.text() for scenario in self.scenarios}
        rows = tuple(
            (
                f"{text[d.scenario]} against {text[d.baseline]}",
                100 * d.estimate,
                100 * d.conf_low,
                100 * d.conf_high,
            )
            for d in self.differences()
        )
        names = ("scenarios", "more in 100 people", f"{percent} low", f"{percent} high")
        return Table(
            "Difference in shares", names, rows, self.notes, dict.fromkeys(names[1:], ".1f")
        )

    def _question(self) -> str:
        if self.mode == "alone":
            return f"Each scenario alone against '{self.opt_out}'."
        if self.opt_out is None:
            return "All scenarios side by side, and nothing else to choose."
        return f"All scenarios side by side, with '{self.opt_out}' on offer too."

    def sentence(self) -> str:
        """Say the forecast in plain English, with its intervals."""
        differences = [self.difference_sentence(found.scenario) for found in self.differences()]
        return " ".join([self._shares_sentence(), *differences])

    def _shares_sentence(self) -> str:
        rather = f" rather than '{self.opt_out}'" if self.mode == "alone" else ""
        parts = [
            f"{_in_100(self.shares[i])} in 100 people would choose '{scenario.text()}'{rather} "
            f"({100 * self.level:g}% interval {_in_100(self.conf_low[i])} to "
            f"{_in_100(self.conf_high[i])})"
            for i, scenario in enumerate(self.scenarios)
        ]
        return f"About {'; '.join(parts)}."

    def difference_sentence(self, scenario: str, baseline: str | None = None) -> str:
        """Say how many more would choose one scenario than another (the first one)."""
        found = self.difference(scenario, baseline)
        text = {scenario.name: scenario.text() for scenario in self.scenarios}
        new, old = f"'{text[found.scenario]}'", f"'{text[found.baseline]}'"
        low, high = sorted((abs(found.conf_low), abs(found.conf_high)))
        interval = f"{100 * self.level:g}% interval {_in_100(low)} to {_in_100(high)}"
        if found.conf_low > 0:
            more = _in_100(found.estimate)
            return f"{more} more in 100 people would choose {new} than {old} ({interval})."
        if found.conf_high < 0:
            fewer = _in_100(-found.estimate)
            return f"{fewer} fewer in 100 people would choose {new} than {old} ({interval})."
        return (
            f"This study cannot tell whether more people would choose {new} than {old} "
            f"({100 * self.level:g}% interval of the difference {_in_100(found.conf_low)} to "
            f"{_in_100(found.conf_high)})."
        )

    def chart(self) -> Chart:
        """Chart how many in 100 people would choose each scenario."""
        from ccegov_choice.policy.uptake_chart import uptake_chart

        return uptake_chart(self)

    plot = chart

    def _repr_html_(self) -> str:
        tables = [self.table()]
        if len(self.scenarios) > 1:
            tables.append(self.differences_table())
        return "".join(table.to_html() for table in tables)

    def __str__(self) -> str:
        return self.table().to_text()


def central_limits(values: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Return the limits of the central interval over the first axis."""
    low, high = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return np.asarray(low), np.asarray(high)


def _in_100(share: float) -> str:
    points = round(100 * float(share))
    return f"−{-points}" if points < 0 else str(points)
