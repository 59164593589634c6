"""Charts: how likely packages are the best, what the unbeaten gain, what levers are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import estimate_row, make_chart
from ccegov_choice.study.payment import decimals, plain

if TYPE_CHECKING:
    from ccegov_choice._estimate import Estimate
    from ccegov_choice.policy.redesign.decision import Package, RedesignDecision
    from ccegov_choice.policy.redesign.priority import LeverRanking

_MOST = 8


def best_chart(decision: RedesignDecision) -> Chart:
    """Draw the probability of each package to be the best."""
    shown = sorted(decision.ranking, key=lambda p: -p.best_probability)[:_MOST]
    rows = [
        Row(
            package.text(decision.redesign),
            100 * package.best_probability,
            text=f"{100 * package.best_probability:.0f}",
        )
        for package in shown
    ]
    rest = 1 - sum(package.best_probability for package in shown)
    if rest > 1e-9:
        rows.append(Row("all others", 100 * rest, text=f"{100 * rest:.0f}"))
    label = "Times best in 100 draws"
    axis = nice_axis(rows, label, at_least=(0.0, 100.0), limits=(0.0, 100.0))
    top = shown[0]
    headline = (
        f"{top.text(decision.redesign)} is the best package in "
        f"{100 * top.best_probability:.0f} of 100 draws"
    )
    return make_chart(
        "redesign-best",
        "bars",
        headline,
        f"How often each package is the best, by the rule: {decision.judgement.words()}",
        rows,
        axis,
        note=f"Over {decision.draws} draws of the parameters; the shares sum to 100.",
        sample=_sample(decision),
        first="package",
    )


def pareto_chart(decision: RedesignDecision) -> Chart:
    """Draw the gains of the packages that no other beats, from the cheapest up."""
    unit = decision.payment.unit_plural or "units"
    shown = sorted(decision.pareto, key=lambda p: (p.cost, -p.welfare.value))
    step = -(-len(shown) // (2 * _MOST))
    cost = decision.redesign.cost_unit
    rows = [
        _row(f"{package.cost:,.0f} {cost}".rstrip() + f": {_names(package, decision)}", package)
        for package in shown[::step]
    ]
    axis = nice_axis(rows, f"Gain per person ({unit})", reference=0.0, reference_label="as today")
    best = max(shown, key=lambda p: p.welfare.value)
    return make_chart(
        "redesign-pareto",
        "dots",
        f"No package that costs less gains as much as {_names(best, decision)}",
        "Packages that no other beats, the cheapest first",
        rows,
        axis,
        note=f"Lines are {100 * decision.level:.0f} % intervals.",
        sample=_sample(decision),
        first="package",
    )


def lever_chart(ranking: LeverRanking) -> Chart:
    """Draw what each lever is worth to those it reaches."""
    unit = ranking.payment.unit_plural or "units"
    rows = [
        estimate_row(item.lever.text(), item.value, _text(item.value)) for item in ranking.levers
    ]
    axis = nice_axis(rows, f"Worth per person ({unit})", reference=0.0, reference_label="nothing")
    first = ranking.levers[0].lever.text()
    return make_chart(
        "levers",
        "dots",
        f"{first} does most for what it costs",
        "What each lever is worth to those it reaches, in the order of gain for cost",
        rows,
        axis,
        note=f"Lines are {100 * ranking.level:.0f} % intervals.",
        sample="By a model of choices; see its report for the sample.",
        first="lever",
    )


def _row(label: str, package: Package) -> Row:
    return estimate_row(label, package.welfare, _text(package.welfare))


def _text(estimate: Estimate) -> str:
    places = decimals(estimate, estimate.value)
    low, high = (plain(end or 0.0, places) for end in (estimate.low, estimate.high))
    return f"{plain(estimate.value, places)} ({low} to {high})"


def _names(package: Package, decision: RedesignDecision) -> str:
    return package.text(decision.redesign)


def _sample(decision: RedesignDecision) -> str:
    if decision.people:
        return f"Gains are averages over {decision.people:,} people."
    return "Gains are those of the typical person of the model."
