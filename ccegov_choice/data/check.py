"""Rules that hold within a person or a task: one covariate value, one weight, known names."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.findings import counted, some
from ccegov_choice.data.frames import to_floats
from ccegov_choice.data.labels import as_labels, factorize
from ccegov_choice.data.levels import Reading

Mask = npt.NDArray[np.bool_]


def check_alternatives(reading: Reading) -> None:
    """Note alternatives that a labelled study does not have."""
    study, layout = reading.study, reading.layout
    if not study.labelled:
        return
    for i, name in enumerate(layout.alternatives):
        if name not in study.alternative_ids:
            rows = layout.alternative_codes == i
            reading.found.say_unknown(name, study.alternative_ids, "alternative", rows)


def check_person_column(reading: Reading, name: str) -> None:
    """Note where a column of the survey design is empty or changes within a person."""
    codes, _ = factorize(reading.frame[name])
    called = reading.found.name(name)
    reading.found.say(f"'{called}' is empty", "Fill it in for everybody.", codes < 0)
    check_constant(reading, name, codes, codes < 0)


def check_constant(reading: Reading, name: str, values: npt.NDArray[Any], missing: Mask) -> None:
    """Note where something about the person changes from one of their rows to another."""
    layout, found = reading.layout, reading.found
    starts = layout.task_offsets[layout.person_offsets[:-1]]
    sizes = np.diff(layout.task_offsets[layout.person_offsets])
    placed = layout.placed(values)
    differs = placed != np.repeat(placed[starts], sizes)
    if missing.any():
        empty = layout.placed(missing)
        differs &= ~(empty & np.repeat(empty[starts], sizes))
    if not differs.any():
        return
    rows = np.flatnonzero(differs)
    rows = rows if layout.order is None else layout.order[rows]
    people = as_labels(pd.unique(reading.frame["person"].iloc[rows]))
    who = "person" if len(people) == 1 else "people"
    found.say(
        f"'{found.name(name)}' is not the same in all rows of {len(people):,} {who}: "
        f"{some(people, len(people))}",
        "Give each person one value; what changes between tasks is no covariate. Check also "
        f"that '{found.name('person')}' does not stand for two people.",
        rows,
    )


def read_weights(reading: Reading, column: str) -> npt.NDArray[np.float64]:
    """Read survey weights: finite, not negative, one per task, not all zero."""
    layout, found = reading.layout, reading.found
    name = found.name(column)
    weights, wrong = to_floats(reading.frame[column])
    bad = ~np.isfinite(weights) if wrong is None else ~np.isfinite(weights) | wrong
    found.say(
        f"'{name}' is empty or not a finite number in {counted(bad.sum(), 'row')}",
        "Give every person a weight; leave people out whom the weights do not cover.",
        bad,
    )
    found.say(f"'{name}' is negative", "A weight is 0 or more.", ~bad & (weights < 0))
    if not bad.any() and not weights.any():
        found.say(f"'{name}' is 0 in every row", "Give somebody a weight above 0.")
    placed = layout.placed(weights)
    sizes = np.diff(layout.task_offsets)
    differs = placed != np.repeat(placed[layout.task_offsets[:-1]], sizes)
    differs &= ~layout.placed(bad)
    tasks = np.logical_or.reduceat(differs, layout.task_offsets[:-1])
    found.say(
        f"'{name}' differs between the alternatives of {counted(tasks.sum(), 'task')}",
        "A weight belongs to a person or a task: give all its rows the same.",
        layout.rows_of(tasks),
    )
    return weights
