"""What a rehearsal showed: who came, what was kept, and how long people waited."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from ccegov_choice._table import Cell, Table
from ccegov_choice.walk.audit import Audit
from ccegov_choice.walk.diary import Diary

_KINDS = {
    "turn": "from pressing the button to the next page",
    "answer": "sending an answer",
    "page": "opening a page",
    "consent": "agreeing (takes a place)",
    "open": "welcome and consent pages",
    "resume": "coming back with a code",
}


@dataclass(frozen=True)
class Waiting:
    """How long requests of one kind took.

    Parameters
    ----------
    count : int
        How many.
    p50_ms, p95_ms, p99_ms, longest_ms : float
        Milliseconds within which half, 95 % and 99 % of them were answered, and the longest.
    """

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    longest_ms: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Waiting:
        """Sum up waiting times."""
        ordered = sorted(seconds)
        if not ordered:
            return cls(0, 0.0, 0.0, 0.0, 0.0)

        def within(share: float) -> float:
            place = max(math.ceil(share * len(ordered)) - 1, 0)  # the nearest rank: a real wait
            return round(1000 * ordered[place], 2)

        return cls(len(ordered), within(0.5), within(0.95), within(0.99), within(1.0))


@dataclass(frozen=True)
class LoadReport:
    """What a rehearsal showed.

    Parameters
    ----------
    started, completed, gave_up, declined, turned_away, still_answering, failed : int
        Citizens, by what became of them. Those who failed met something that should not happen.
    acknowledged, stored, lost, duplicated : int
        Answers that the server said it had, those of them in the store as given, the rest, and
        answers kept again without a change. None where the store was not looked at.
    errors : int
        Citizens who failed, and everything else that should not have happened.
    trouble : tuple of str
        The errors in words, the first ones.
    p50_ms, p95_ms, p99_ms : float
        From pressing the button until the next page stands.
    answers_per_second : float
        Acknowledged answers, over the time in which there were any.
    block_spread : int or None
        Completed interviews of the fullest block less those of the emptiest.
    seconds : float
        From the first citizen's arrival to the last one's end.
    peak_concurrent : int
        Most citizens under way at once.
    retries : int
        Requests repeated because the server was busy or away.
    server_cpu_seconds, client_cpu_seconds : float or None
        Processor time used.
    waiting : mapping of str to Waiting
        By kind of request.
    """

    started: int
    completed: int
    gave_up: int
    declined: int
    turned_away: int
    still_answering: int
    failed: int
    acknowledged: int
    stored: int | None
    lost: int | None
    duplicated: int | None
    errors: int
    trouble: tuple[str, ...]
    p50_ms: float
    p95_ms: float
    p99_ms: float
    answers_per_second: float
    block_spread: int | None
    seconds: float
    peak_concurrent: int
    retries: int
    server_cpu_seconds: float | None = None
    client_cpu_seconds: float | None = None
    waiting: Mapping[str, Waiting] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, nothing was kept twice and nothing went wrong."""
        return not (self.lost or self.duplicated or self.errors)

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON can hold it."""
        return asdict(self)

    def table(self) -> Table:
        """Return the figures for people."""
        rows: list[tuple[Cell, ...]] = [
            ("Citizens who agreed", self.started),
            ("  completed", self.completed),
            ("  gave up on the way", self.gave_up),
            *_unless_none("  still answering when the walk ended", self.still_answering),
            *_unless_none("Citizens who did not agree", self.declined),
            *_unless_none("Citizens turned away or screened out", self.turned_away),
            ("Answers acknowledged", self.acknowledged),
            ("  stored as given", self.stored),
            ("  lost", self.lost),
            ("  kept twice", self.duplicated),
            ("Errors", self.errors),
            ("Requests repeated", self.retries),
            ("Completed interviews, fullest less emptiest block", self.block_spread),
            ("Most citizens at once", self.peak_concurrent),
            ("Seconds", round(self.seconds, 1)),
            ("Answers a second", round(self.answers_per_second, 1)),
            ("Processor seconds of the server", _rounded(self.server_cpu_seconds)),
            ("Processor seconds of the citizens", _rounded(self.client_cpu_seconds)),
        ]
        return Table("What the walk showed", ("", "number"), tuple(rows), notes=self.trouble)

    def waiting_table(self) -> Table:
        """Return how long people waited, by kind of request."""
        rows = [
            (words, w.count, w.p50_ms, w.p95_ms, w.p99_ms, w.longest_ms)
            for kind, words in _KINDS.items()
            if (w := self.waiting.get(kind))
        ]
        columns = ("Waiting, milliseconds", "number", "half within", "95 %", "99 %", "longest")
        formats = dict.fromkeys(columns[2:], ".1f")
        return Table("", columns, tuple(rows), formats=formats)


def load_report(
    diaries: Sequence[Diary],
    found: Audit | None = None,
    *,
    server_cpu_seconds: float | None = None,
    client_cpu_seconds: float | None = None,
) -> LoadReport:
    """Sum up what citizens lived through.

    Parameters
    ----------
    diaries : sequence of Diary
        One for each.
    found : Audit, optional
        What the store holds.
    server_cpu_seconds, client_cpu_seconds : float, optional
        Processor time used.
    """
    ended = [diary.ended for diary in diaries]
    trouble = [f"citizen {diary.number}: {text}" for diary in diaries for text in diary.trouble]
    if found is not None:
        trouble += [f"lost: {text}" for text in found.lost]
        trouble += [f"kept twice: {text}" for text in found.duplicated]
    times: dict[str, list[float]] = {}
    for diary in diaries:
        for kind, took in diary.times.items():
            times.setdefault(kind, []).extend(took)
    waiting = {kind: Waiting.of(seconds) for kind, seconds in times.items()}
    turn = waiting.get("turn", Waiting.of(()))
    acknowledged = sum(len(diary.acknowledged) for diary in diaries)
    began = min((d.began for d in diaries if d.began), default=0.0)
    seconds = max((diary.finished for diary in diaries), default=0.0) - began
    answering = seconds - min((d.answering - began for d in diaries if d.answering), default=0.0)
    return LoadReport(
        started=sum(diary.consented for diary in diaries),
        completed=ended.count("completed"),
        gave_up=ended.count("gave_up"),
        declined=ended.count("declined"),
        turned_away=ended.count("turned_away"),
        still_answering=ended.count("still_answering"),
        failed=ended.count("failed"),
        acknowledged=acknowledged,
        stored=found.stored if found else None,
        lost=len(found.lost) if found else None,
        duplicated=len(found.duplicated) if found else None,
        errors=sum(len(diary.trouble) for diary in diaries),
        trouble=tuple(trouble[:20]),
        p50_ms=turn.p50_ms,
        p95_ms=turn.p95_ms,
        p99_ms=turn.p99_ms,
        answers_per_second=round(acknowledged / answering, 2) if answering > 0 else 0.0,
        block_spread=found.block_spread if found else None,
        seconds=round(seconds, 3),
        peak_concurrent=_peak(diaries),
        retries=sum(diary.retries for diary in diaries),
        server_cpu_seconds=server_cpu_seconds,
        client_cpu_seconds=client_cpu_seconds,
        waiting=waiting,
    )


def _peak(diaries: Iterable[Diary]) -> int:
    """Return the most citizens who were answering at one moment."""
    moves = [(d.answering, 1) for d in diaries if d.answering]
    moves += [(d.finished, -1) for d in diaries if d.answering and d.finished]
    here = most = 0
    for _, step in sorted(moves):
        here += step
        most = max(most, here)
    return most


def _unless_none(words: str, number: int) -> list[tuple[Cell, ...]]:
    return [(words, number)] if number else []


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
