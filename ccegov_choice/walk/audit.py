"""What citizens were told against what the store holds: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccegov_choice.survey.answering import read_form
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.diary import Diary, Fields

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Audit:
    """What the store holds of the answers that were acknowledged.

    Parameters
    ----------
    people : mapping of int to mapping
        Citizen -> their row in the store.
    stored : int
        Acknowledged answers that are there, as given.
    lost : tuple of str
        Acknowledged answers that are not, in words.
    duplicated : tuple of str
        Answers kept again though nothing was changed, and people who were started twice.
    blocks : mapping of str to int
        Block -> completed interviews.
    """

    people: Mapping[int, Row]
    stored: int
    lost: tuple[str, ...] = ()
    duplicated: tuple[str, ...] = ()
    blocks: Mapping[str, int] = field(default_factory=dict)

    @property
    def block_spread(self) -> int:
        """Completed interviews of the fullest block less those of the emptiest."""
        return max(self.blocks.values(), default=0) - min(self.blocks.values(), default=0)


def audit(
    survey: Survey,
    diaries: Iterable[Diary],
    rows: Mapping[str, Row],
    events: Iterable[Mapping[str, Any]] = (),
) -> Audit:
    """Look every acknowledged answer up.

    Parameters
    ----------
    survey : Survey
        What was answered.
    diaries : iterable of Diary
        What citizens were told.
    rows : mapping of str to mapping
        The store's rows of everybody who came during the walk, by the code that they were shown.
    events : iterable of mapping
        The store's events.
    """
    people: dict[int, Row] = {}
    lost: list[str] = []
    stored = 0
    blocks = Counter(dict.fromkeys(survey.tasks.blocks, 0))
    strangers = set(rows)
    for diary in diaries:
        row = rows.get(diary.code)
        missing = list(diary.acknowledged)
        if row is not None:
            strangers.discard(diary.code)
            people[diary.number] = row
            missing = _missing(survey, row, diary.acknowledged)
            blocks[row["block"]] += row["state"] == "completed"
        elif diary.consented and not diary.code:
            strangers.pop() if strangers else None  # left before a page showed them their code
        stored += len(diary.acknowledged) - len(missing)
        lost += [f"citizen {diary.number}: {step}" for step in missing]
    twice = [f"{code} started, and nobody was told" for code in sorted(strangers)]
    twice += _kept_again(events, {row["person"] for row in rows.values()})
    return Audit(people, stored, tuple(lost), tuple(twice), dict(blocks))


def _missing(survey: Survey, row: Row, acknowledged: Mapping[str, Fields]) -> list[str]:
    """Return the steps whose kept answer is not what the form means that was sent."""
    answers = {item: kept["payload"] for item, kept in row["answers"].items()}
    way = Way(survey, row["block"], row["seed"], answers)
    steps = {step.id: step for step in way.steps}
    missing = []
    for id, fields in acknowledged.items():
        step = steps.get(id)
        given = read_form(step, way, fields, language=row["language"])[0] if step else None
        if step is None or given is None or answers.get(step.item) != given:
            missing.append(id)
    return missing


def _kept_again(events: Iterable[Mapping[str, Any]], people: set[str]) -> list[str]:
    """Return answers that were kept twice in a row without a change."""
    last: dict[tuple[str, str], object] = {}
    again = []
    for event in events:
        if event["outcome"] != "stored" or event["person"] not in people:
            continue
        key = (event["person"], event["item"])
        if key in last and last[key] == event["payload"]:
            again.append(f"person {key[0][:8]}: {key[1]} is kept again")
        last[key] = event["payload"]
    return again
