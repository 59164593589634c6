"""Numbers in sentences, and results as a page: what the accounts of this room have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ccegov_choice._drawing.chart import Chart
from ccegov_choice._drawing.show import figure
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Table, format_number


def amount(value: float, unit: str = "") -> str:
    """Write a number with three digits that count, and its unit."""
    rounded = float(f"{value:.3g}")
    text = format_number(rounded if rounded else 0.0, ",.6g" if abs(rounded) < 1e6 else ",.0f")
    return f"{text} {unit}".rstrip()


def number_format(numbers: Iterable[float]) -> str:
    """Return a format for a column: whole numbers where they are large, else four digits."""
    return ",.0f" if max(map(abs, numbers), default=0.0) >= 1_000 else ",.4g"


def with_interval(found: Estimate, unit: str = "", level: float = 0.95) -> str:
    """Write an estimate with its unit and its interval."""
    if found.low is None or found.high is None:
        return amount(found.value, unit)
    interval = f"{amount(found.low)} to {amount(found.high)}"
    return f"{amount(found.value, unit)} ({100 * level:g}% interval {interval})"


def in_100(share: float) -> str:
    """Write a share as people in 100."""
    return f"{round(100 * share)} in 100"


def page(tables: Sequence[Table], chart: Chart | None = None) -> str:
    """Return tables and a chart as HTML."""
    parts = [table.to_html() for table in tables]
    if chart is not None:
        parts.append(figure(chart))
    return "".join(parts)
