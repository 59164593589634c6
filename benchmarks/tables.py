"""The tables of the benchmarks as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from log_likelihood import MANY
from packages import OURS
from problems import RECIPES
from scaling import Series, slope

NONE = "–"


def comparison(problem: str, draws: int | None, rows: Sequence[dict[str, Any]]) -> str:
    """Lay out one problem: seconds, ratio to ours, memory, log-likelihood."""
    recipe = RECIPES[problem]
    ours = next((row.get("seconds_warm") for row in rows if row["package"] == OURS), None)
    said = f", {draws:,} draws" if draws is not None else ""
    target, best = recipe.targets.get(draws), recipe.best.get(draws)
    aims = [f"target {target} s"] if target is not None else []
    aims += [f"log-likelihood {best} in the published comparison"] if best is not None else []
    many = f"at {MANY:,}" if draws is not None else "checked"
    lines = [
        f"{problem}: {recipe.title}{said}; {'; '.join(aims)}".removesuffix("; "),
        f"{'package':<15}{'warm s':>10}{'ratio':>8}{'first s':>10}{'cold s':>9}{'peak MB':>9}"
        f"{'log-likelihood':>16}{many:>14}{'passes':>8}  errors",
    ]
    lines += [_compared(row, ours) for row in rows]
    return "\n".join(lines)


def _compared(row: dict[str, Any], ours: float | None) -> str:
    """Lay out one package."""
    if "reason" in row:
        return f"{row['package']:<15}{NONE:>10}  {row['reason']}"
    ratio = f"{row['seconds_warm'] / ours:.1f}" if ours else NONE
    passes = NONE if row["evaluations"] is None else row["evaluations"]
    return (
        f"{row['package']:<15}{row['seconds_warm']:>10.4f}{ratio:>8}{row['seconds_first']:>10.3f}"
        f"{row['seconds_cold']:>9.2f}{row['peak_mb']:>9.0f}{row['log_likelihood']:>16.3f}"
        f"{row['log_likelihood_many']:>14.3f}{passes:>8}  {row['errors']}"
    )


def doubled(series: Series, rows: Sequence[dict[str, Any]]) -> str:
    """Lay out how cost grows with one thing."""
    of_pass, of_fit = slope(rows, "pass"), slope(rows, "seconds")
    lines = [
        f"{OURS} as {series.what} double: cost grows with power {of_pass:.2f} for a pass, "
        f"{of_fit:.2f} for the fit",
        f"{'size':<18}{'draws':>7}{'fit s':>10}{'passes':>8}{'pass s':>10}{'to first':>10}"
        f"{'peak MB':>9}{'of limit':>10}",
    ]
    for row in rows:
        draws = NONE if row["draws"] is None else row["draws"]
        if "reason" in row:
            lines.append(f"{row['problem']:<18}{draws:>7}  {row['reason']}")
            continue
        share = f"{row['share_of_limit']:.0%}" if "share_of_limit" in row else NONE
        first = f"{row['pass'] / rows[0]['pass']:.2f}" if "pass" in rows[0] else NONE
        lines.append(
            f"{row['problem']:<18}{draws:>7}{row['seconds']:>10.4f}{row['passes']:>8}"
            f"{row['pass']:>10.5f}{first:>10}{row['peak_mb']:>9.0f}{share:>10}"
        )
    return "\n".join(lines)


def kernel(rows: Sequence[dict[str, Any]]) -> str:
    """Lay out one pass of each problem against the machine's limits."""
    lines = [
        "one log-likelihood with its score, against what the machine can do at most",
        f"{'problem':<9}{'draws':>7}{'pass s':>10}{'at least s':>12}{'of limit':>10}"
        f"{'10^9 multiply-adds/s':>22}{'10^9 exponentials/s':>21}{'threads':>9}",
    ]
    for row in rows:
        if "reason" in row:
            lines.append(f"{row['problem']:<9}{row['draws']:>7}  {row['reason']}")
            continue
        lines.append(
            f"{row['problem']:<9}{row['draws']:>7}{row['seconds']:>10.5f}"
            f"{row['seconds_at_least']:>12.5f}{row['share_of_limit']:>10.0%}"
            f"{row['machine_multiply_adds'] / 1e9:>22.1f}"
            f"{row['machine_exponentials'] / 1e9:>21.2f}{row['threads']:>9}"
        )
    return "\n".join(lines)
