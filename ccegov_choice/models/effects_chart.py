"""The picture of average responses: a mark for each, direct ones apart from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, nice_axis
from ccegov_choice._drawing.make import estimate_row, make_chart
from ccegov_choice._estimate import Estimate

if TYPE_CHECKING:
    from ccegov_choice.models.effects import Effects


def effects_chart(found: Effects) -> Chart:
    """Chart every response with its interval; cross responses are squares."""
    rows = [
        estimate_row(
            f"{item.responding}, when {item.changed} changes",
            Estimate(item.estimate, item.conf_low, item.conf_high),
            heading=f"{found.attribute}: {item.change}",
            shape=0 if item.direct else 1,
            spec=".3f",
        )
        for item in sorted(found.items, key=lambda item: item.change)
    ]
    largest = max(found.items, key=lambda item: abs(item.estimate))
    table = found.table()
    return make_chart(
        f"effects-{found.attribute}",
        "dots",
        f"The largest response is that of {largest.responding} when {largest.changed} changes: "
        f"{largest.estimate:.3f}",
        table.title,
        rows,
        nice_axis(rows, found.measure, reference=0.0, reference_label="no response"),
        note=f"{table.notes[0]} Lines are {100 * found.level:g}% intervals; circles are responses "
        "of the alternative that changes, squares of others.",
        sample="Averages over the tasks given.",
        first="response",
        formats=".4f",
    )
