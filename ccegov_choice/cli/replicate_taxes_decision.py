"""The second half of `ccegov replicate taxes`: from the fits to two tax plans set side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ccegov_choice._table import Cell, Table
from ccegov_choice.cli.replicate_taxes import PAY_IN, SPLIT, START, TITLE, Taxes
from ccegov_choice.data.published.taxes import BANDS, CURVED
from ccegov_choice.data.quality.both_ways import WithAndWithout, with_and_without
from ccegov_choice.data.quality.flags import quality_flags
from ccegov_choice.data.quality.found import QualityFlags
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.mixed.distributions import Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.results import Results
from ccegov_choice.policy.equity.equity import equity
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.uptake import Uptake, uptake
from ccegov_choice.policy.welfare.change import WelfareChange
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.report.brief.brief import Brief
from ccegov_choice.report.document import Report
from ccegov_choice.report.simulator.simulator import Simulator
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.distribution_made import trade_distribution
from ccegov_choice.tradeoff.group_trades import GroupTrades
from ccegov_choice.tradeoff.groups import group_trade_offs
from ccegov_choice.tradeoff.ratio import TradeOff, willingness_to_trade

PLANS = {
    "flat": ("Flat plan", (25, 25, 25, 25, 25, 25)),
    "steep": ("Steep plan", (5, 15, 25, 35, 45, 55)),
    "rising": ("Gentle plan", (5, 15, 25, 25, 35, 35)),
}
"""Name -> words, rates from the lowest to the highest band; all keep the middle rate."""

REVENUE = "95_105"
"""All plans raise about as much as today, so that only who pays differs."""

FORMULA = " + ".join([CURVED, *(f"linear({band}):{SPLIT}" for band in BANDS)])
"""Curves as for everybody, whose slopes differ between the averse and the others."""

TOP = "rate_over_375k: 25 -> 45"
WEIGHT = "survey_weight"
AT: dict[str, Any] = dict.fromkeys(BANDS, START)


@dataclass(frozen=True, eq=False)
class TaxDecision:
    """What the answers say of three tax plans.

    Parameters
    ----------
    taxes : Taxes
        The replication.
    mixed : Results
        A mixed logit: the slope of each rate differs from person to person.
    weighted : Results
        The curves again, with the weights of the survey.
    """

    taxes: Taxes
    mixed: Results
    weighted: Results

    @classmethod
    def fit(cls, taxes: Taxes) -> TaxDecision:
        """Fit what the replication does not have."""
        data = taxes.data
        random = {band: Normal() for band in BANDS}
        mixed = MixedLogit(Utility(FORMULA, data.study), random=random).fit(data)
        weighted = Logit(Utility(CURVED, data.study)).fit(data.with_weight(WEIGHT))
        return cls(taxes, mixed, weighted)

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The plans."""
        profile = self.taxes.data.study.profile
        return tuple(
            Scenario(
                name, profile(None, **dict(zip(BANDS, rates, strict=True)), revenue=REVENUE), words
            )
            for name, (words, rates) in PLANS.items()
        )

    @cached_property
    def uptake(self) -> Uptake:
        """How many would choose each plan."""
        return uptake(self.mixed, self.scenarios, people=self.taxes.data)

    @cached_property
    def welfare(self) -> WelfareChange:
        """Who wins and who loses if rates rise steeply instead of being flat."""
        flat, steep, _ = self.scenarios
        return welfare_change(
            self.mixed,
            flat,
            steep,
            pay_in=PAY_IN,
            people=self.taxes.data,
            by=SPLIT,
            at={PAY_IN: START},
        )

    @cached_property
    def groups(self) -> GroupTrades:
        """Trade-offs of the averse and of the others, by the two-step test."""
        return group_trade_offs(self.taxes.curved, self.taxes.data, SPLIT, PAY_IN, at=AT)

    @cached_property
    def flags(self) -> QualityFlags:
        """Who answered in ways that look careless."""
        return quality_flags(self.taxes.data)

    @cached_property
    def quality(self) -> WithAndWithout:
        """The fit with and without them."""
        return with_and_without(self.taxes.curved, self.taxes.data, self.flags)

    # ------------------------------------------------------------------ weights

    @cached_property
    def effective_people(self) -> float:
        """How many equally weighted people the weighted answers are worth (Kish)."""
        frame = self.taxes.data.frame
        weights = frame.drop_duplicates("person")[WEIGHT].to_numpy(dtype=float)
        return float(np.square(weights.sum()) / np.square(weights).sum())

    @cached_property
    def _with_and_without_weights(self) -> tuple[tuple[TradeOff, TradeOff], ...]:
        return tuple(
            (
                trade,
                willingness_to_trade(self.weighted, gain=trade.gain, pay_in=PAY_IN, at=AT),
            )
            for trade in self.taxes.trades
        )

    def weights(self) -> Table:
        """Set trade-offs with the weights of the survey beside those without."""
        ends = ("95 % low", "95 % high")
        columns = ("Gain", "Unweighted", *ends, "Weighted", *(f"{end}, weighted" for end in ends))
        rows = tuple(
            (first.gain_text, *_cells(first), *_cells(second))
            for first, second in self._with_and_without_weights
        )
        notes = (
            f"The weights leave {self.effective_people:,.0f} effective people of "
            f"{self.taxes.data.people:,}.",
        )
        formats = dict.fromkeys(columns[1:], ".1f")
        return Table("What the weights of the survey change", columns, rows, notes, formats)

    def weights_sentence(self) -> str:
        """Say whether the weights change a finding."""
        moved = [
            first.gain_text
            for first, second in self._with_and_without_weights
            if not _inside(second.estimate, first)
        ]
        told = f"{len(moved)} of {len(self.taxes.trades)} trade-offs leave their interval" + (
            f" ({'; '.join(moved)})" if moved else ""
        )
        turned = any(
            first.estimate * second.estimate < 0 and first.conclusive and second.conclusive
            for first, second in self._with_and_without_weights
        )
        way = "one or more change direction" if turned else "none that is sure changes direction"
        return (
            f"Answers are not weighted, as in the published benchmark. With the survey's own "
            f"weights, worth {self.effective_people:,.0f} equally weighted people, {told}, and "
            f"{way}."
        )

    # ------------------------------------------------------------------ told

    @cached_property
    def report(self) -> Report:
        """The report."""
        taxes = self.taxes
        top = trade_distribution(self.mixed, gain=TOP, pay_in=PAY_IN, at=AT, people=taxes.data)
        answers = ("distribution", "uptake", "welfare", "equity")
        return Report(
            taxes.data.study,
            None,
            taxes.data,
            [taxes.curved, self.mixed, taxes.by_level, taxes.linear],
            taxes.trades,
            uptake=self.uptake,
            distribution=top,
            group_trades=self.groups,
            welfare=self.welfare,
            equity=equity(self.welfare),
            flags=self.flags,
            quality=self.quality,
            model_of=dict.fromkeys(answers, self.mixed),
            title=TITLE,
            simulated=False,
            notes=(*taxes.notes(), self.weights_sentence(), *_PLAN_NOTES),
        )

    def findings(self) -> tuple[str, ...]:
        """Return a sentence for each trade-off, then who wins and who loses."""
        groups = self.groups.sentences()[0]
        return (*self.taxes.findings(), *self.welfare.sentences()[:3], groups)

    def write(self, folder: Path) -> list[Path]:
        """Write the report, the brief and the simulator; return their paths."""
        brief = Brief(self.report)
        simulator = Simulator(
            self.mixed,
            self.scenarios,
            people=self.taxes.data,
            by=SPLIT,
            pay_in=PAY_IN,
            at={PAY_IN: START},
            title=TITLE,
        )
        return [
            self.report.save(folder / "report.html"),
            self.report.save_pdf(folder / "report.pdf"),
            brief.save(folder / "brief.html"),
            brief.save_pdf(folder / "brief.pdf"),
            simulator.save(folder / "simulator.html"),
        ]


_PLAN_NOTES = (
    "The plans that are compared were not proposed by anybody. Each is shown with about today's "
    "revenue; whether its rates would raise that was not worked out.",
    "Nobody said what a change of rates costs to make or who answers for it, so no package of "
    "changes is searched for.",
)


def _cells(trade: TradeOff) -> tuple[Cell, Cell, Cell]:
    return trade.estimate, trade.conf_low, trade.conf_high


def _inside(value: float, trade: TradeOff) -> bool:
    low, high = trade.conf_low, trade.conf_high
    return (low is None or low <= value) and (high is None or value <= high)
