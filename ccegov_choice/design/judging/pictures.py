"""Pictures of a design: levels, associations, choices, people needed; each with words and table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ccegov_choice._drawing.chart import Chart, Row, describe, nice_axis
from ccegov_choice._drawing.matrix import MOST, draw_matrix
from ccegov_choice._drawing.stack import Stack, draw_stacks
from ccegov_choice._drawing.svg import NARROW, WIDE, draw
from ccegov_choice._table import Table
from ccegov_choice.design.judging.expected import Expected
from ccegov_choice.design.judging.precision import Precision
from ccegov_choice.design.judging.shown import Shown
from ccegov_choice.study.study import Study

MOST_TASKS = 30
MOST_PAIRS = 10
# bars beyond so many times the middle one would press the others together
LONGEST = 10.0


@dataclass(frozen=True)
class Picture:
    """A picture with its words; its numbers stand in a table of the diagnosis, or in its own.

    Parameters
    ----------
    id : str
        Name in the page.
    headline, subtitle, note : str
        What it says, what is shown, and how to read it.
    wide, narrow : str
        The drawing for a desk and for a phone.
    legend : tuple of str
        What the keys in the drawing mean, in their order.
    """

    id: str
    headline: str
    subtitle: str
    note: str
    wide: str
    narrow: str
    legend: tuple[str, ...] = ()


def pictures_of(
    shown: Shown,
    expected: Expected,
    precision: Sequence[Precision],
    trades: Sequence[Precision],
) -> tuple[Picture, ...]:
    """Draw what there is to draw of a design."""
    found = [
        _needed("coefficients", "coefficient", precision),
        _needed("trades", "willingness to trade", trades),
        _choices(shown.design.study, expected),
        _levels(shown),
        _associations(shown),
    ]
    return tuple(item for item in found if item is not None)


def _bars(id: str, words: tuple[str, str, str], rows: Sequence[Row], unit: str) -> Picture:
    headline, subtitle, note = words
    axis = nice_axis(rows, unit, at_least=(0.0, 1.0))
    alt = f"Bar chart. {headline}. {describe(rows)}."
    table = Table(subtitle, ("", unit), tuple((row.full_label, row.value) for row in rows))
    chart = Chart(id, "bars", headline, subtitle, alt, tuple(rows), axis, table, note, "tasks")
    return Picture(id, headline, subtitle, note, draw(chart, WIDE), draw(chart, NARROW))


def _needed(id: str, what: str, items: Sequence[Precision]) -> Picture | None:
    known = [item for item in items if item.people_for_power is not None]
    if not known:
        return _standard_errors(items) if id == "coefficients" else None
    counts = [item.people_for_power or 0 for item in known]
    longest = max(1.0, LONGEST * float(np.median(counts)))
    rows = [
        Row(item.words, min(float(n), longest), text=f"{n:,}" + (" →" if n > longest else ""))
        for item, n in zip(known, counts, strict=True)
    ]
    rows += [
        Row(item.words, None, text="none suffices" if not item.absent else "does not exist")
        for item in items
        if item.people_for_power is None
    ]
    hardest = known[int(np.argmax(counts))]
    headline = f"{max(counts):,} people for the hardest: {hardest.words}"
    subtitle = f"People needed to tell each {what} from zero in four of five surveys"
    note = "80 % power, two-sided test at 5 %; each person answers one block."
    if max(counts) > longest:
        note += " Bars with an arrow are longer than the scale."
    return _bars(f"people-{id}", (headline, subtitle, note), rows, "people")


def _standard_errors(items: Sequence[Precision]) -> Picture | None:
    rows = [
        Row(item.words, item.per_hundred, text=f"{item.per_hundred:.3g}")
        for item in items
        if math.isfinite(item.per_hundred)
    ]
    if not rows:
        return None
    subtitle = "Standard error of each coefficient when 100 people answer"
    note = "Coefficients have units of their own: compare levels of one attribute, not attributes."
    headline = "How exactly 100 people tell each coefficient"
    axis = nice_axis(rows, "standard error", at_least=(0.0, 0.0))
    alt = f"Bar chart. {headline}. {describe(rows)}."
    table = Table(subtitle, ("", "standard error"), tuple((r.label, r.value) for r in rows))
    id = "standard-errors"
    chart = Chart(id, "bars", headline, subtitle, alt, tuple(rows), axis, table, note, "100 people")
    return Picture(id, headline, subtitle, note, draw(chart, WIDE), draw(chart, NARROW))


def _choices(study: Study, expected: Expected) -> Picture:
    labels = {item.id: item.text() for item in study.named_alternatives}
    names = [labels.get(name, name) for name in expected.alternatives]
    short = [chr(ord("A") + j) for j in range(len(names))]
    positions = expected.shown(MOST_TASKS)
    rows = [
        Stack(
            f"Task {expected.tasks[t]}",
            tuple(None if np.isnan(p) else float(p) for p in expected.shares[t]),
        )
        for t in positions
    ]
    told = "; ".join(
        f"{row.label}: "
        + ", ".join(
            f"{name} {100 * share:.0f}"
            for name, share in zip(names, row.shares, strict=True)
            if share is not None
        )
        for row in rows
    )
    headline = f"Utility balance {expected.balance.mean():.0f} of 100"
    if expected.decided:
        headline += f"; {len(expected.decided)} tasks nearly decided beforehand"
    subtitle = "Of 100 people, how many are expected to choose each alternative"
    note = "At the mean of the prior. A task in which one alternative takes all tells little."
    if len(positions) < len(expected.tasks):
        note += f" Shown are the {len(positions)} of {len(expected.tasks)} tasks nearest to that."
    alt = f"Stacked bars. {headline}. {told}."
    drawn = [draw_stacks(rows, short, alt, layout) for layout in (WIDE, NARROW)]
    legend = tuple(
        f"{key}: {name}" if key != name else name for key, name in zip(short, names, strict=True)
    )
    return Picture("choices", headline, subtitle, note, drawn[0], drawn[1], legend)


def _levels(shown: Shown) -> Picture:
    rows, uneven = [], []
    for m, counts in enumerate(shown.counts):
        attribute = shown.space.study.attributes[m]
        often = counts.sum(axis=0)
        if often.max() - often.min() > max(1, 0.25 * often.mean()):
            uneven.append(attribute.text())
        for cell, n in zip(shown.space.cells[m], often, strict=True):
            level = attribute.level(cell).text()
            rows.append(Row(level, float(n), text=f"{n:,}", heading=attribute.text()))
    headline = "Every level is shown about equally often"
    if uneven:
        more = f" and {len(uneven) - 1} more" if len(uneven) > 1 else ""
        headline = f"Levels are shown unevenly in '{uneven[0]}'{more}"
    note = "Counted over all tasks and alternatives; an opt-out is not counted."
    return _bars("levels", (headline, "How often each level is shown", note), rows, "showings")


def _associations(shown: Shown) -> Picture | None:
    table, attributes = shown.associations, shown.space.study.attributes
    pairs = [
        (float(table[a, b]), a, b)
        for a in range(len(attributes))
        for b in range(a + 1, len(attributes))
        if not np.isnan(table[a, b])
    ]
    if not pairs:
        return None
    pairs.sort(key=lambda item: (-item[0], item[1], item[2]))
    value, a, b = pairs[0]
    names = f"{attributes[a].text()} and {attributes[b].text()}"
    headline = f"The strongest association is {value:.2f}: {names}"
    subtitle = "How far attributes vary together within an alternative (Cramér's V)"
    note = "0: unrelated. 1: one follows from the other, so nobody can tell them apart."
    rows = [
        Row(f"{attributes[i].text()} and {attributes[j].text()}", v, text=f"{v:.2f}")
        for v, i, j in pairs[:MOST_PAIRS]
    ]
    bars = _bars("associations", (headline, subtitle, note), rows, "Cramér's V")
    if len(attributes) > MOST:
        return bars
    values = [[None if np.isnan(v) else float(v) for v in row] for row in table]
    labels = [item.text() for item in attributes]
    alt = f"Triangle of numbers. {headline}. Strongest pairs: {describe(rows)}."
    wide = draw_matrix(labels, values, alt, WIDE)
    return Picture("associations", headline, subtitle, note, wide, bars.narrow)
