"""What citizens were told against what the store holds: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ccegov_choice.responses.records import Person
from ccegov_choice.survey.answering import fields_of
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.diary import Diary, Fields

_APART = ("contact.",)  # not kept with the answers


@dataclass(frozen=True)
class Audit:
    """What the store holds of the answers that were acknowledged.

    Parameters
    ----------
    people : mapping of int to Person
        Citizen -> who they are in the store.
    stored : int
        Acknowledged answers that are there, as given.
    lost : tuple of str
        Acknowledged answers that are not, in words.
    blocks : mapping of str to int
        Block -> completed interviews.
    """

    people: Mapping[int, Person]
    stored: int
    lost: tuple[str, ...]
    blocks: Mapping[str, int] = field(default_factory=dict)

    @property
    def block_spread(self) -> int:
        """Completed interviews of the fullest block less those of the emptiest."""
        return max(self.blocks.values(), default=0) - min(self.blocks.values(), default=0)


def audit(survey: Survey, diaries: Iterable[Diary], find: Callable[[str], Person | None]) -> Audit:
    """Look every acknowledged answer up.

    Parameters
    ----------
    survey : Survey
        What was answered.
    diaries : iterable of Diary
        What citizens were told.
    find : callable
        Gives the person in the store by the code that they were shown.
    """
    people: dict[int, Person] = {}
    lost: list[str] = []
    stored = 0
    blocks = Counter(dict.fromkeys(survey.tasks.blocks, 0))
    for diary in diaries:
        person = find(diary.code) if diary.code else None
        if person is None:
            lost += [f"citizen {diary.number}: {step}" for step in diary.acknowledged]
            continue
        people[diary.number] = person
        missing = _missing(survey, person, diary.acknowledged)
        stored += len(diary.acknowledged) - len(missing)
        lost += [f"citizen {diary.number}: {step}" for step in missing]
        blocks[person.block] += person.state == "completed"
    return Audit(people, stored, tuple(lost), dict(blocks))


def _missing(survey: Survey, person: Person, acknowledged: Mapping[str, Fields]) -> list[str]:
    answers = {item: kept.payload for item, kept in person.answers.items()}
    way = Way(survey, person.block, person.seed, answers)
    steps = {step.id: step for step in way.steps}
    missing = []
    for id, given in acknowledged.items():
        step = steps.get(id)
        payload = answers.get(step.item) if step else None
        if step is None or payload is None or _told(fields_of(step, payload)) != _told(given):
            missing.append(id)
    return missing


def _told(fields: Fields) -> dict[str, list[str]]:
    return {
        name: sorted(values)
        for name, values in fields.items()
        if any(values) and not name.startswith(_APART)
    }
