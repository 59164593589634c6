"""How people answered: modes, devices, languages, who stopped early, why people took none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ccegov_choice._disclosure.limits import LEAST_PEOPLE, safe_share
from ccegov_choice._table import Cell, Table
from ccegov_choice.report.blocks import Block, Panel, Paragraph, Subheading
from ccegov_choice.report.material import Material
from ccegov_choice.report.people import merge_small, tasks_shown
from ccegov_choice.report.wording import plain, say

_WAYS = ("mode", "device", "language")
_REASON, _SECONDS = "reason", "seconds"


def answer_blocks(material: Material) -> Iterator[Block]:
    """Yield what the data carry about how people answered; nothing where they carry none."""
    blocks = [*_ways(material), *_reasons(material), *_seconds(material)]
    if blocks:
        yield Subheading(say("answers.title"))
        yield from blocks


def _ways(material: Material) -> Iterator[Block]:
    """Give people, and the share that answered all tasks, by mode, device and language."""
    data = material.data
    people = data.frame.iloc[data.person_rows]
    finished = np.diff(data.person_offsets) >= tasks_shown(material)
    for name in _WAYS:
        if name not in people or people[name].isna().all():
            continue
        values = people[name].fillna(say("answers.unknown")).astype(str).to_numpy()
        counts = {str(key): int(n) for key, n in pd.Series(values).value_counts().items()}
        shown = merge_small(counts, LEAST_PEOPLE)
        title = say(f"answers.{name}")
        if shown is None:
            yield Paragraph(say("people.too_few", label=title, least=LEAST_PEOPLE))
            continue
        rows = [_way(key, n, values, finished, counts) for key, n in shown.items()]
        columns = (title, say("people.people_column"), say("answers.finished"))
        formats = {columns[1]: ",d", columns[2]: ".0f"}
        yield Panel(Table(title, columns, tuple(rows), formats=formats), folded=True)


def _way(
    name: str,
    people: int,
    values: np.ndarray,
    finished: np.ndarray,
    counts: dict[str, int],
) -> tuple[Cell, ...]:
    """Return a row; a merged group stands for all its members."""
    members = [name] if name in counts else name.split(", ")
    inside = np.isin(values, members)
    share = safe_share(float(finished[inside].mean()), int(inside.sum()), counted=True)
    return (name, people, 100 * share if isinstance(share, float) else share)


def _reasons(material: Material) -> Iterator[Block]:
    """Count people by the reason they gave; what few people gave is not repeated."""
    frame = material.data.frame
    if _REASON not in frame:
        return
    given = frame.loc[frame[_REASON].notna() & (frame[_REASON].astype(str) != "")]
    if given.empty:
        return
    pairs = given[["person", _REASON]].drop_duplicates()
    counts = pairs[_REASON].astype(str).value_counts()
    often = counts[counts >= LEAST_PEOPLE]
    rare = pairs.loc[~pairs[_REASON].astype(str).isin(often.index), "person"].nunique()
    rows: list[tuple[Cell, ...]] = [(str(name), int(n)) for name, n in often.items()]
    if rare >= LEAST_PEOPLE:
        rows.append((say("answers.other_reasons"), int(rare)))
    if not rows:
        yield Paragraph(say("answers.few_reasons", least=LEAST_PEOPLE))
        return
    columns = (say("answers.reason"), say("people.people_column"))
    notes = (say("answers.reasons_note", least=LEAST_PEOPLE),)
    yield Panel(
        Table(say("answers.reasons"), columns, tuple(rows), notes, {columns[1]: ",d"}), folded=True
    )


def _seconds(material: Material) -> Iterator[Block]:
    """Give the middle time of a task."""
    data = material.data
    if _SECONDS not in data.frame or data.people < LEAST_PEOPLE:
        return
    rows = data.frame.iloc[data.task_offsets[:-1]]
    times = pd.to_numeric(rows[_SECONDS], errors="coerce").dropna()
    if len(times) >= LEAST_PEOPLE:
        low, middle, high = (plain(float(q), 0) for q in times.quantile([0.25, 0.5, 0.75]))
        yield Paragraph(say("answers.seconds", low=low, middle=middle, high=high))
