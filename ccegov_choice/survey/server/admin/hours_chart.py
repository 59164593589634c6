"""Who began and completed, hour by hour, as a small chart without script or inline style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ccegov_choice.responses.tallies import HourTally

MOST_BARS = 72
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _MARK = 960, 200, 44, 24, 12, 90


@dataclass(frozen=True)
class Bar:
    """A bar of the chart: where it stands and how high it is, in units of the drawing."""

    x: float
    width: float
    behind_y: float
    behind_height: float
    y: float
    height: float


@dataclass(frozen=True)
class HoursChart:
    """The chart.

    Parameters
    ----------
    bars : tuple of Bar
        Oldest first: begun behind, completed before.
    marks : tuple
        Under the axis: x, text, and at which end of the text x is.
    most : int
        The highest count, written at the axis.
    said : str
        The chart in a sentence, for those who do not see it.
    """

    bars: tuple[Bar, ...]
    marks: tuple[tuple[float, str, str], ...]
    most: int
    said: str
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    floor: int = _HEIGHT - _BOTTOM
    top: int = _TOP


def hours_chart(hours: Sequence[HourTally]) -> HoursChart | None:
    """Return a chart of the latest hours, or days where there are many; None without any."""
    if not hours:
        return None
    step = timedelta(hours=1)
    if hours[-1].hour - hours[0].hour >= MOST_BARS * step:
        step = timedelta(days=1)
    groups = _groups(hours, step)[-MOST_BARS:]
    most = max(1, *(max(begun, done) for _, begun, done in groups))
    room = (_WIDTH - _LEFT) / max(len(groups), 12)
    floor = _HEIGHT - _BOTTOM

    def high(count: int) -> float:
        return round((floor - _TOP) * count / most, 1)

    bars, marks = [], []
    every = max(1, -(-len(groups) // 6))
    for place, (at, begun, done) in enumerate(groups):
        x = round(_LEFT + place * room, 1)
        bars.append(
            Bar(
                x,
                round(room * 0.8, 1),
                floor - high(begun),
                high(begun),
                floor - high(done),
                high(done),
            )
        )
        if place % every == 0:
            text = f"{at:%d %b}" if step.days else f"{at:%d %b %H:00}"
            at_edge = x > _WIDTH - _MARK
            marks.append((_WIDTH, text, "end") if at_edge else (x, text, "start"))
    unit = "day" if step.days else "hour"
    began, completed = sum(g[1] for g in groups), sum(g[2] for g in groups)
    said = (
        f"By {unit}, {groups[0][0]:%d %B} to {groups[-1][0]:%d %B %Y}: {began:,} people began and "
        f"{completed:,} completed, at most {most:,} in one {unit}."
    )
    return HoursChart(tuple(bars), tuple(marks), most, said)


def _groups(hours: Sequence[HourTally], step: timedelta) -> list[tuple[datetime, int, int]]:
    """Return begun and completed by hour or day, empty ones included."""

    def begin(at: datetime) -> datetime:
        return at.replace(hour=0) if step.days else at

    counts: dict[datetime, tuple[int, int]] = {}
    at = begin(hours[0].hour)
    while at <= hours[-1].hour:
        counts[at] = (0, 0)
        at += step
    for tally in hours:
        begun, done = counts[begin(tally.hour)]
        counts[begin(tally.hour)] = (begun + tally.started, done + tally.completed)
    return [(at, begun, done) for at, (begun, done) in counts.items()]
