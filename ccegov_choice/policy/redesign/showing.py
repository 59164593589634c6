"""The decision as tables and frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ccegov_choice._table import Cell, Table
from ccegov_choice.errors import PolicyError

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.policy.redesign.decision import Package, RedesignDecision, SwitchingValue

SHOWN = 10


def find_package(decision: RedesignDecision, levers: Sequence[str]) -> Package:
    """Return the package of some levers; see `RedesignDecision.package`."""
    wanted = frozenset(levers)
    for package in kept(decision):
        if frozenset(package.levers) == wanted:
            return package
    names = " + ".join(levers) or "today's service"
    raise PolicyError(
        f"the package {names} was not kept: others are better, or it breaks a limit",
        where="package",
        cure="Ask for one of those in to_frame().",
    )


def kept(decision: RedesignDecision) -> tuple[Package, ...]:
    """Return every package of a decision once."""
    judged = [item.package for item in decision.judgements]
    every = [*decision.ranking, decision.least_regret, *decision.pareto, *judged]
    return tuple({package.levers: package for package in reversed(every)}.values())[::-1]


def gain_unit(decision: RedesignDecision) -> str:
    """Return the unit of gains, for a heading."""
    return decision.payment.unit_plural or "units"


def ranking_table(decision: RedesignDecision) -> Table:
    """Return the best packages; see `RedesignDecision.table`."""
    unit = gain_unit(decision)
    columns = (
        *("package", f"gain ({unit})", "from", "to", *_headings(decision)),
        *("best in 100 draws", f"expected regret ({unit})", f"worst regret ({unit})"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            package.text(decision.redesign),
            *_estimate(package),
            *_effort(package),
            100 * package.best_probability,
            package.regret.value,
            package.worst_regret,
        )
        for package in decision.ranking[:SHOWN]
    ]
    rest = decision.ranking[SHOWN:]
    notes = [_basis(decision), *decision.notes]
    if rest:
        share = 100 * sum(package.best_probability for package in rest)
        notes.insert(
            0,
            f"{len(rest)} further packages are best at some draw, together in {share:.0f} of 100.",
        )
    rounded = {"best in 100 draws": ".0f"}
    return Table(
        f"Packages, by the rule: {decision.judgement.words()}",
        columns,
        tuple(rows),
        tuple(notes),
        rounded,
    )


def _headings(decision: RedesignDecision) -> tuple[str, ...]:
    redesign = decision.redesign
    cost = f"cost ({redesign.cost_unit})" if redesign.cost_unit else "cost"
    return cost, "ready in month"


def _effort(package: Package) -> tuple[Cell, ...]:
    return package.cost, package.months


def _estimate(package: Package) -> tuple[Cell, ...]:
    return package.welfare.value, package.welfare.low, package.welfare.high


def _basis(decision: RedesignDecision) -> str:
    counted = f"{decision.evaluated:,} packages within all limits were valued. "
    return (
        f"{counted if decision.exhaustive else ''}Gains are per person against today's service; "
        f"{100 * decision.level:.0f} % intervals and probabilities over {decision.draws} draws of "
        f"the parameters (seed {decision.seed})."
    )


def pareto_table(decision: RedesignDecision) -> Table:
    """Return the packages that no other beats."""
    unit = gain_unit(decision)
    columns = ("package", f"gain ({unit})", "from", "to", *_headings(decision), "worst-off group")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            package.text(decision.redesign),
            *_estimate(package),
            *_effort(package),
            min(estimate.value for _, estimate in package.groups),
        )
        for package in decision.pareto
    )
    note = (
        "No other package gains as much, costs as little, is ready as soon and leaves the "
        "worst-off group as well off, and is better in one of these. The last column is the least "
        "gain of any group."
    )
    return Table("Packages that no other beats", columns, rows, (note,))


def judgement_table(decision: RedesignDecision) -> Table:
    """Return what each judgement of value would choose."""
    groups = [name for name, _ in decision.best.groups]
    unit = gain_unit(decision)
    columns = ("rule", "package", f"gain ({unit})", *groups)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            item.words,
            item.package.text(decision.redesign),
            item.package.welfare.value,
            *(estimate.value for _, estimate in item.package.groups),
        )
        for item in decision.judgements
    )
    note = "Which of these is right is a judgement of value, not a finding of the survey."
    return Table("What each judgement of value would choose", columns, rows, (note,))


def switching_table(decision: RedesignDecision) -> Table:
    """Return what would change the best package."""

    def named(levers: Sequence[str]) -> str:
        labels = [decision.redesign.lever(name).text() for name in levers]
        return " + ".join(labels) or "today's service"

    rows = tuple(
        (_with_unit(item), item.value, named(item.before), named(item.after))
        for item in decision.switching
    )
    columns = ("parameter", "changes at", "below: best package", "above: best package")
    notes = (
        "Aversion: under priority for the worse off, 0 to 20. Value to the agency: under the most "
        "net benefit, users times gain times value less cost.",
    )
    return Table("What would change the best package", columns, rows, notes)


def _with_unit(item: SwitchingValue) -> str:
    return f"{item.parameter} ({item.unit})" if item.unit else item.parameter


def package_frame(decision: RedesignDecision) -> pd.DataFrame:
    """Return one row per package kept; see `RedesignDecision.to_frame`."""
    import pandas as pd

    front = {package.levers for package in decision.pareto}
    rows = []
    for package in kept(decision):
        row: dict[str, object] = {
            "levers": " + ".join(package.levers),
            "cost": package.cost,
            "capacity": package.capacity,
            "months": package.months,
            "welfare": package.welfare.value,
            "welfare_low": package.welfare.low,
            "welfare_high": package.welfare.high,
            "value": package.value.value,
            "best_probability": package.best_probability,
            "expected_regret": package.regret.value,
            "worst_regret": package.worst_regret,
            "pareto": package.levers in front,
        }
        for name, estimate in package.groups:
            row[f"welfare[{name}]"] = estimate.value
            row[f"welfare_low[{name}]"] = estimate.low
            row[f"welfare_high[{name}]"] = estimate.high
        rows.append(row)
    return pd.DataFrame(rows)
