"""What the overview shows: counts as tables of plain text, ready for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ccegov_choice.responses.progress import Progress, StepTally
from ccegov_choice.responses.tallies import Counts
from ccegov_choice.study.wording import wording
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.survey import Survey

LEDGERS = (("live", "Live"), ("preview", "Previews"), ("robot", "Robots"))
STATES = {
    "completed": "Completed",
    "started": "Begun, not finished",
    "screened_out": "Screened out",
    "over_quota": "Too many of their kind already",
    "withdrawn": "Stopped and withdrew",
}
NONE = "–"
_AS_THEY_ARE = (
    "Counts stand as they are, also when they are small: they are for those who run the survey. "
    "Before you publish one, see that nobody can be recognised by it."
)


@dataclass(frozen=True)
class Sheet:
    """A table for a page.

    Parameters
    ----------
    title : str
        The caption.
    columns : tuple of str
        Headings; the first names the rows.
    rows : tuple of tuple
        Text, numbers, or None for what does not exist.
    notes : tuple of str
        Lines under it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers or shares."""
        return tuple(
            bool(self.rows) and all(_is_figure(row[at]) for row in self.rows)
            for at in range(len(self.columns))
        )

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """The rows as text."""
        return tuple(tuple(_text(cell) for cell in row) for row in self.rows)


def _is_figure(cell: str | int | float | None) -> bool:
    return not isinstance(cell, str) or cell == NONE or cell.removesuffix("%").isdigit()


def _text(cell: str | int | float | None) -> str:
    if cell is None:
        return NONE
    if isinstance(cell, float):
        return f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def headline(counts: Counts, target: int) -> tuple[tuple[str, str], ...]:
    """Return the few numbers that stand above all: what, and how many."""
    under_way = sum(tally.in_progress for tally in counts.blocks)
    begun = sum(counts.states.values())
    completed = f"{counts.completed:,}" + (f" of {target:,}" if target else "")
    share = _share(counts.completed, begun)
    return (
        ("completed", completed),
        ("under way now", f"{under_way:,}"),
        ("begun in all", f"{begun:,}"),
        ("of those who began have completed", share),
        ("most minus least completed block", f"{counts.spread:,}"),
    )


def by_state(counts: Counts) -> Sheet:
    """Return people by state."""
    rows = [(text, counts.states.get(state, 0)) for state, text in STATES.items()]
    if counts.erased:
        rows.append(("Erased, at their wish or because time was over", counts.erased))
    return Sheet("People by state", ("state", "people"), tuple(rows), (_AS_THEY_ARE,))


def by_block(counts: Counts) -> Sheet:
    """Return places and interviews by block."""
    rows = tuple(
        (t.block, t.completed, t.in_progress, t.expired, t.started, t.extra) for t in counts.blocks
    )
    return Sheet(
        "Blocks of the design",
        ("block", "completed", "under way", "waiting", "begun", "late"),
        rows,
        (
            f"Completed interviews differ by {counts.spread} at most. Waiting: the lease of the "
            "place has run out, the next person gets it. Late: they came back after the place had "
            "been given away, and kept the block.",
        ),
    )


def by_quota(survey: Survey, counts: Counts) -> Sheet:
    """Return quota cells against their limits."""
    found = {(tally.quota, tally.cell): tally for tally in counts.quotas}
    rows = []
    for quota in survey.quotas:
        question = survey.questions.get(quota.question)
        for cell, limit in quota.limits.items():
            tally = found.get((quota.question, cell))
            option = question.option(cell) if question else None
            name = wording(option.text, survey.language) if option else cell
            completed, under_way = (tally.completed, tally.in_progress) if tally else (0, 0)
            left = max(0, limit - completed - under_way)
            rows.append((f"{quota.question}: {name}", completed, under_way, limit, left))
    columns = ("quota", "completed", "under way", "limit", "left")
    return Sheet("Quotas", columns, tuple(rows))


def by_kind(title: str, column: str, kinds: Mapping[str, Mapping[str, int]]) -> Sheet:
    """Return people by mode, language or device: who began, who completed."""
    rows = tuple(
        (
            name or "not known",
            sum(states.values()),
            done := states.get("completed", 0),
            _share(done, sum(states.values())),
        )
        for name, states in sorted(kinds.items(), key=lambda item: -sum(item[1].values()))
    )
    return Sheet(title, (column, "begun", "completed", "share"), rows)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else NONE


def by_hour(counts: Counts) -> Sheet:
    """Return who began and completed in each hour, latest first."""
    rows = tuple(
        (f"{tally.hour:%d %b %Y, %H:00}", tally.started, tally.completed)
        for tally in reversed(counts.hours)
    )
    return Sheet(
        "Every hour in which somebody began or completed",
        ("hour (UTC)", "begun", "completed"),
        rows,
    )


def by_page(survey: Survey, progress: Progress) -> Sheet:
    """Return how far people come, page by page in the order of the survey."""
    tasks = max((len(survey.tasks.of_block(block)) for block in survey.tasks.blocks), default=0)
    rows: list[tuple[str | int | float | None, ...]] = [
        ("Agreed, nothing answered yet", None, progress.nothing, None)
    ]
    for name, tally in _steps(survey.pages, survey.language, progress, tasks):
        rows.append((name, tally.answered, tally.last, tally.seconds))
    return Sheet(
        "Page by page",
        ("page", "answered", "stopped after it or still there", "median seconds"),
        tuple(rows),
        (
            "Pages with conditions are not asked of everybody, so fewer answers there do not "
            "mean that people left. Seconds are those of the latest answers, from the page being "
            "shown to its answer, pauses included.",
        ),
    )


def _steps(
    pages: Sequence[Page], language: str, progress: Progress, tasks: int
) -> Iterable[tuple[str, StepTally]]:
    nothing = StepTally()
    for page in pages:
        if page.kind in ("welcome", "consent", "end"):
            continue
        title = wording(page.title, language) or page.id
        if page.kind != "tasks":
            yield f"{title} ({page.id})", progress.pages.get(page.id, nothing)
            continue
        for number in range(1, tasks + 1):
            yield f"Choice task {number} of {tasks}", progress.tasks.get(number, nothing)
