"""The replication of the American tax-plan study: fits, and comparison with print."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import statsmodels.api as sm

from ccegov_choice._files import read_text
from ccegov_choice._table import Cell, Table
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.datasets import load_dataset
from ccegov_choice.data.published.taxes import BANDS, CURVED, LINEAR
from ccegov_choice.errors import FileFormatError
from ccegov_choice.models.compare import Comparison, compare
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.results import Results
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.ratio import TradeOff, willingness_to_trade

TITLE = "What Americans would trade between tax bands and revenue"
SPLIT = "inequality_aversion"
GROUPS = ("averse", "not_averse")
PAY_IN = "rate_35k_85k"
START = 25.0
"""The plan that trade-offs start from takes this share of income in every band."""

GAINS = (
    "rate_under_10k",
    "rate_10k_35k",
    "rate_85k_175k",
    "rate_175k_375k",
    "rate_over_375k",
    "rate_over_375k: 25 -> 45",
    "revenue: 75_95 -> 95_105",
    "revenue: 95_105 -> 105_125",
)


@dataclass(frozen=True)
class Value:
    """A published number.

    Parameters
    ----------
    name : str
        What it is.
    quantity : str
        What to compute; see `Taxes.compute`.
    published : float
        As printed.
    within : float
        How far ours may lie from it.
    of, group : str
        Coefficient, and group of people, that it is about; empty for none.
    at : float or None
        Value that a parameter is held at.
    """

    name: str
    quantity: str
    published: float
    within: float
    of: str = ""
    group: str = ""
    at: float | None = None


@dataclass(frozen=True)
class Check:
    """A published number beside ours."""

    value: Value
    ours: float

    @property
    def name(self) -> str:
        """What it is."""
        return self.value.name

    @property
    def published(self) -> float:
        """The number in print."""
        return self.value.published

    @property
    def difference(self) -> float:
        """Ours less the published one."""
        return self.ours - self.value.published

    @property
    def passed(self) -> bool:
        """Whether it is reproduced."""
        return abs(self.difference) <= self.value.within * (1 + 1e-9)

    @property
    def published_text(self) -> str:
        """The number in print, with the digits that were printed."""
        return f"{self.published:,.{self._digits}f}"

    @property
    def ours_text(self) -> str:
        """Ours, with one digit more."""
        return f"{self.ours:,.{self._digits + 1}f}"

    @property
    def _digits(self) -> int:
        return len(repr(self.published).partition(".")[2])


def read_published(path: Path) -> list[Value]:
    """Read the published numbers.

    Raises
    ------
    FileFormatError
        If the file is missing or not in order.
    """
    try:
        content = tomllib.loads(read_text(path))
        return [Value(**entry) for entry in content["value"]]
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise FileFormatError(
            f"the published numbers cannot be read: {error}",
            where=str(path),
            cure="Take the file as it stands in the repository.",
        ) from error


@dataclass(frozen=True)
class Taxes:
    """The fits of the replication.

    Parameters
    ----------
    data : ChoiceData
        16,000 choices of 2,000 people.
    by_level : Results
        The published model: a coefficient for each level but the first.
    curved, linear : Results
        Rates as curves and as straight lines; revenue by level.
    by_group : mapping of str to Results
        The published model for each group of people.
    scaled : Results
        The published model for everybody, with a scale for those not averse to inequality.
    """

    data: ChoiceData
    by_level: Results
    curved: Results
    linear: Results
    by_group: Mapping[str, Results]
    scaled: Results

    @classmethod
    def fit(cls, folder: Path | None, progress: Callable[[str], None]) -> Taxes:
        """Load the real answers and fit every model."""
        data = load_dataset("taxes", folder=folder)
        assert data.utility is not None  # published data carry it
        progress(f"{data.people:,} people, {data.tasks:,} choices")
        progress("fitting the published model, by level")
        by_level = Logit(data.utility).fit(data)
        progress("fitting rates as curves and as straight lines")
        curved = Logit(Utility(CURVED, data.study)).fit(data)
        linear = Logit(Utility(LINEAR, data.study)).fit(data)
        progress("fitting groups, and everybody with a scale for one of them")
        parts = {name: Logit(data.utility).fit(_part(data, name)) for name in GROUPS}
        scaled = Logit(data.utility, scale=SPLIT).fit(data)
        return cls(data, by_level, curved, linear, parts, scaled)

    # ------------------------------------------------------------------ beside the print

    def check(self, value: Value) -> Check:
        """Compute our side of a published number."""
        return Check(value, self.compute(value))

    def compute(self, value: Value) -> float:
        """Return our number.

        Raises
        ------
        FileFormatError
            If the quantity is unknown.
        """
        results = self.by_group[value.group] if value.group else self.by_level
        computed: dict[str, Callable[[], float]] = {
            "log_likelihood": lambda: results.log_likelihood,
            "log_likelihood_null": lambda: results.log_likelihood_null,
            "coefficient": lambda: results.coefficient(value.of),
            "std_error": lambda: _std_error(results, value.of),
            "scale": lambda: self.scaled.coefficient(value.of),
            "scaled_log_likelihood": lambda: self._at_scale(value),
            "taste_ratio": self._taste_ratio,
            "effect": lambda: self._effects[value.of][0],
            "effect_error": lambda: self._effects[value.of][1],
        }
        if value.quantity not in computed:
            raise FileFormatError(
                f"'{value.quantity}' is no quantity that is compared",
                where=value.name,
                cure=f"Known: {', '.join(computed)}.",
            )
        return computed[value.quantity]()

    def _at_scale(self, value: Value) -> float:
        assert value.at is not None
        model = Logit(self.by_level.utility, scale=SPLIT, fixed={value.of: value.at})
        return float(model.fit(self.data).log_likelihood)

    def _taste_ratio(self) -> float:
        """Twice what groups of their own fit better than equal tastes with a scale."""
        apart = sum(results.log_likelihood for results in self.by_group.values())
        return float(2 * (apart - self.scaled.log_likelihood))

    @cached_property
    def _effects(self) -> dict[str, tuple[float, float]]:
        """Average marginal component effects: least squares on the chosen flag.

        Errors are clustered by person with the factor G / (G - 1), as cregg has them.
        """
        frame = self.data.frame
        design = sm.add_constant(self.by_level.utility.matrix(frame).T)
        people = np.repeat(
            np.arange(self.data.people), np.diff(self.data.task_offsets[self.data.person_offsets])
        )
        fitted = sm.OLS(frame["chosen"].to_numpy(dtype=float), design).fit()
        robust = fitted.get_robustcov_results("cluster", groups=people, use_correction=False)
        factor = np.sqrt(self.data.people / (self.data.people - 1))
        return {
            name: (float(robust.params[i]), float(robust.bse[i] * factor))
            for i, name in enumerate(self.by_level.utility.names, 1)
        }

    # ------------------------------------------------------------------ what linearity costs

    @cached_property
    def comparison(self) -> Comparison:
        """The three codings of the rates beside each other."""
        return compare(
            self.by_level, self.curved, self.linear, names=("by level", "curved", "straight")
        )

    def likelihood_ratios(self) -> dict[str, tuple[float, int]]:
        """How much worse than by level the smaller models fit, with degrees of freedom.

        Both are special cases of it: a curve or a line through the levels.
        """
        models = {"curved": self.curved, "straight": self.linear}
        full = self.by_level
        return {
            name: (
                2 * (full.log_likelihood - results.log_likelihood),
                len(full.names) - len(results.names),
            )
            for name, results in models.items()
        }

    def linearity(self) -> Table:
        """Say what it costs to write rates as curves or straight lines."""
        from scipy.stats import chi2

        rows = []
        models = {"by level": self.by_level, "curved": self.curved, "straight": self.linear}
        ratios = self.likelihood_ratios()
        for name, results in models.items():
            tested: tuple[Cell, ...] = (None, None, None)
            if name in ratios:
                ratio, freedom = ratios[name]
                tested = (ratio, freedom, f"{chi2.sf(ratio, freedom):.2g}")
            rows.append((name, len(results.names), results.log_likelihood, *tested))
        columns = ("Rates", "Parameters", "Log-likelihood", "Ratio to by level", "df", "p-value")
        notes = (
            "The likelihood ratio takes the eight answers of a person as independent.",
            "Trade-offs are taken from the curves: straight lines fit much worse, because people "
            "hardly mind low rates on low incomes and mind high ones a lot.",
        )
        formats = {"Log-likelihood": ",.3f", "Ratio to by level": ".1f"}
        return Table("How tax rates may be written", columns, tuple(rows), notes, formats)

    # ------------------------------------------------------------------ trade-offs and report

    @cached_property
    def trades(self) -> tuple[TradeOff, ...]:
        """What people would give up in points of the middle rate, from 25 % in every band."""
        return _trades(self.curved)

    def findings(self) -> tuple[str, ...]:
        """Return a sentence for each trade-off."""
        return tuple(trade.sentence() for trade in self.trades)

    def notes(self) -> tuple[str, ...]:
        """Say what limits the findings, for the report."""
        ratio, freedom = self.likelihood_ratios()["straight"]
        bent, more = self.likelihood_ratios()["curved"]
        return (
            f"Trade-offs start from a plan that takes {START:.0f} % of income in every band; "
            "from other plans they differ, because the value of a percentage point changes "
            "with the rate.",
            "Tax rates are written as curves. A coefficient for each rate fits hardly better "
            f"(likelihood ratio {bent:.1f} on {more} degrees of freedom); straight lines fit "
            f"much worse ({ratio:.1f} on {freedom}), so an average value per percentage point "
            "would mislead.",
            "People who are averse to inequality and people who are not differ in what they "
            f"want, not only in how sure they are (likelihood ratio {self._taste_ratio():.1f} on "
            "24 degrees of freedom with a coefficient for each rate).",
        )


def _std_error(results: Results, name: str) -> float:
    errors = results.tidy().set_index("term")["std_error"]
    return float(errors.loc[name])


def _part(data: ChoiceData, group: str) -> ChoiceData:
    return data.select(data.frame[SPLIT] == group)


def _trades(results: Results) -> tuple[TradeOff, ...]:
    at: dict[str, Any] = dict.fromkeys(BANDS, START)
    return tuple(willingness_to_trade(results, gain=gain, pay_in=PAY_IN, at=at) for gain in GAINS)
