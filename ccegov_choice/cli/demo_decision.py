"""The second half of `ccegov demo`: from a fitted model to a decision, and the pages that tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.design.design import Design
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.redesign.decision import RedesignDecision
    from ccegov_choice.policy.redesign.redesign import Redesign
    from ccegov_choice.policy.scenario import Scenario
    from ccegov_choice.policy.uptake import Uptake
    from ccegov_choice.policy.welfare.change import WelfareChange
    from ccegov_choice.report.document import Report
    from ccegov_choice.study.study import Study
    from ccegov_choice.tradeoff.trade_off import TradeOffs

BY_CLASSES = ("uptake", "welfare", "equity", "redesign", "distribution")
"""Answers of the report that come from the classes, not from the logit."""

PAY_IN = "te_decision_days"
GROUP = "digital_confidence"

DIGITAL: dict[str, str | float] = {
    "te_decision_days": 10,
    "ac_channel": "website",
    "ac_human": "none",
    "dr_treatment": "neutral",
    "fe_group_gap": "days_5",
    "va_appeal": "court_only",
}
"""Quick and cheap, with nobody to speak to: better for most, worse for some."""

SUPPORTED: dict[str, str | float] = {
    "te_decision_days": 20,
    "ac_channel": "website",
    "ac_human": "any_step",
    "dr_treatment": "polite",
    "fe_group_gap": "none",
    "va_appeal": "internal",
}
"""Half as quick, with a person at any step and the same for everybody."""


@dataclass(frozen=True, eq=False)
class Decision:
    """What the demonstration's models say of three ways to handle claims.

    Parameters
    ----------
    study, design, data
        What was asked and answered.
    common : Results
        A logit: the same tastes for everybody.
    classes : Results
        Latent classes: who wins and who loses is told by these.
    plan : Redesign
        Levers of the office.
    """

    study: Study
    design: Design
    data: ChoiceData
    common: Results
    classes: Results
    plan: Redesign

    @classmethod
    def fit(cls, study: Study, design: Design, data: ChoiceData, plan: Redesign) -> Decision:
        """Fit both models."""
        from ccegov_choice.models.classes.latent_class import LatentClass
        from ccegov_choice.models.logit.logit import Logit
        from ccegov_choice.study.utility import Utility

        utility = Utility.main_effects(study)
        common = Logit(utility).fit(data)
        classes = LatentClass(utility, classes=3, membership=GROUP).fit(data)
        return cls(study, design, data, common, classes, plan)

    @property
    def models(self) -> tuple[Results, Results]:
        """Both models; the report speaks of the first one."""
        return self.common, self.classes

    @cached_property
    def by(self) -> str | None:
        """The column of the groups, where each of them has people enough to be told."""
        from ccegov_choice._disclosure.limits import withhold_groups
        from ccegov_choice.study.people import people_frame

        counts = people_frame(self.data)[GROUP].value_counts()
        return None if withhold_groups({str(k): int(n) for k, n in counts.items()}) else GROUP

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Today, digital first, and digital with a person."""
        from ccegov_choice.policy.scenario import Scenario

        return (
            Scenario("today", self.plan.base, "Today’s service"),
            Scenario("digital", self.study.profile(None, **DIGITAL), "Digital first"),
            Scenario("supported", self.study.profile(None, **SUPPORTED), "Digital with a person"),
        )

    @cached_property
    def trade_offs(self) -> TradeOffs:
        """What the average citizen would give up, in days."""
        from ccegov_choice.tradeoff.ratio import trade_offs

        return trade_offs(self.common, pay_in=PAY_IN)

    @cached_property
    def uptake(self) -> Uptake:
        """How many would claim under each scenario."""
        from ccegov_choice.policy.uptake import uptake

        return uptake(self.classes, self.scenarios, people=self.data)

    @cached_property
    def welfare(self) -> WelfareChange:
        """Who wins and who loses if today's service becomes digital first."""
        from ccegov_choice.policy.welfare.welfare_change import welfare_change

        today, digital, _ = self.scenarios
        return welfare_change(
            self.classes, today, digital, pay_in=PAY_IN, people=self.data, by=self.by
        )

    @cached_property
    def redesign(self) -> RedesignDecision:
        """Which levers to pull within the budget."""
        from ccegov_choice.policy.redesign.search import search_redesign

        return search_redesign(self.classes, self.plan, pay_in=PAY_IN, people=self.data, by=self.by)

    @cached_property
    def report(self) -> Report:
        """The report, with the annex on the quality of answers."""
        from ccegov_choice.data.quality.both_ways import with_and_without
        from ccegov_choice.data.quality.flags import quality_flags
        from ccegov_choice.policy.equity.equity import equity
        from ccegov_choice.report.document import Report
        from ccegov_choice.tradeoff.distribution_made import trade_distribution
        from ccegov_choice.tradeoff.groups import group_trade_offs
        from ccegov_choice.tradeoff.importance import importance

        flags = quality_flags(self.data, protest=["against_asking"])
        polite = trade_distribution(
            self.classes, gain="dr_treatment: brusque -> polite", pay_in=PAY_IN, people=self.data
        )
        return Report(
            self.study,
            self.design,
            self.data,
            self.models,
            self.trade_offs,
            uptake=self.uptake,
            importance=importance(self.common),
            distribution=polite,
            group_trades=(
                group_trade_offs(self.common, self.data, self.by, PAY_IN) if self.by else None
            ),
            welfare=self.welfare,
            equity=equity(self.welfare),
            redesign=self.redesign,
            flags=flags,
            quality=with_and_without(self.common, self.data, flags),
            model_of=dict.fromkeys(BY_CLASSES, self.classes),
            simulated=True,
        )

    def findings(self) -> tuple[str, ...]:
        """Return the largest trade-off, who wins and loses, and the best package, as sentences."""
        largest = max(self.trade_offs, key=lambda offer: abs(offer.estimate))
        return largest.sentence(), self.welfare.sentences()[0], self.redesign.sentences()[0]

    def write(self, folder: Path) -> list[Path]:
        """Write the report, the brief and the simulator; return their paths."""
        from ccegov_choice.report.brief.brief import Brief
        from ccegov_choice.report.simulator.simulator import Simulator

        brief = Brief(self.report)
        simulator = Simulator(
            self.classes,
            self.scenarios,
            people=self.data,
            by=self.by,
            pay_in=PAY_IN,
            simulated=True,
        )
        return [
            self.report.save(folder / "report.html"),
            self.report.save_pdf(folder / "report.pdf"),
            brief.save(folder / "brief.html"),
            brief.save_pdf(folder / "brief.pdf"),
            simulator.save(folder / "simulator.html"),
            self.common.save(folder / "results.json"),
            self.classes.save(folder / "classes.json"),
        ]
