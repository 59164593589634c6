"""The picture of a forecast: a bar for each scenario, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, nice_axis
from ccegov_choice._drawing.make import estimate_row, make_chart
from ccegov_choice._estimate import Estimate

if TYPE_CHECKING:
    from ccegov_choice.policy.forecast import Uptake


def uptake_chart(found: Uptake) -> Chart:
    """Chart how many in 100 people would choose each scenario."""
    rows = []
    for i, scenario in enumerate(found.scenarios):
        ends = (found.shares[i], found.conf_low[i], found.conf_high[i])
        value, low, high = (100 * float(end) for end in ends)
        rows.append(estimate_row(scenario.text(), Estimate(value, low, high), spec=".0f"))
    table = found.table()
    return make_chart(
        "uptake",
        "bars",
        found.sentence().split(". ")[0].rstrip(".") + ".",
        table.title,
        rows,
        nice_axis(rows, "people in 100", at_least=(0.0, 50.0), limits=(0.0, 100.0)),
        note=f"Lines are {100 * found.level:g}% intervals.",
        sample=table.notes[0],
        first="scenario",
        formats=".1f",
    )
