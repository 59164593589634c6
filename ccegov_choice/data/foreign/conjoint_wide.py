"""Wide conjoint tables: one row per person, a column for what each profile of each task showed.

Two ways of naming such columns are known. Qualtrics with the design tools of Strezhnev and of
projoint writes the name of an attribute into ``K-TASK-ATTRIBUTE`` (each person has an order of
their own) and its level into ``K-TASK-PROFILE-ATTRIBUTE``, with any letter for ``K``. Otherwise
the attribute comes first and then task and profile: ``feature1a2``, ``wait_3_1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ccegov_choice.data.foreign.exposures import Exposure, Exposures, missing_attributes, rows_of
from ccegov_choice.data.foreign.interviews import person_column
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.people import AboutPeople
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.data.foreign.sheet import Row, Sheet
from ccegov_choice.design.foreign.import_columns import PLACE, attribute_named, texts
from ccegov_choice.design.foreign.import_entries import Entry
from ccegov_choice.design.foreign.import_source import listing
from ccegov_choice.study.wording import Text

_LEVEL = re.compile(r"^([A-Za-z]{1,3})-(\d+)-(\d+)-(\d+)$")
_REST = re.compile(r"^[_.\s-]?([A-Za-z]|\d{1,2})(?:[_.\s-]|(?<=[A-Za-z])|(?<=\d)(?=[A-Za-z]))(\w)$")
_OUTCOME = re.compile(
    r"^(?:v\d+_)?(?:task|choice|chosen|selected|outcome)[_.:\s-]?([A-Za-z]|\d+)$", re.IGNORECASE
)
_LAST_WORD = re.compile(r"(\d+|\b[A-Za-z])\W*$")
_PEOPLE = ("ResponseId", "ResponseID", "respondent", "respondent_id", "person", "id", "CaseID")


@dataclass(frozen=True)
class ProfileColumn:
    """A column with the level of one attribute of one profile.

    Parameters
    ----------
    name : str
        The column.
    task, profile : str
        As the column calls them.
    attribute : str
        Id of the attribute; empty where `label` says in which column its name stands.
    label : str
        The column that holds the attribute's name for this person.
    """

    name: str
    task: str
    profile: str
    attribute: str = ""
    label: str = ""


def profile_columns(names: Sequence[str], request: Request) -> tuple[ProfileColumn, ...]:
    """Find columns with levels of profiles; none for a long table."""
    found = []
    for name in names:
        match = _LEVEL.match(request.columns.get(name, name))
        if match:
            label = f"{match[1]}-{match[2]}-{match[4]}"
            found.append(ProfileColumn(name, match[2], match[3], label=label))
    return tuple(found) or tuple(_by_attribute(names, request))


def _by_attribute(names: Sequence[str], request: Request) -> Iterator[ProfileColumn]:
    """Find columns that start with an attribute of the study."""
    if request.study is None:
        return
    spoken = {
        called.casefold(): item.id
        for item in request.study.attributes
        for called in (*_words(item.label), item.id)
        if called
    }
    spoken |= {theirs.casefold(): ours for theirs, ours in request.columns.items()}
    for name in names:
        for called in sorted(spoken, key=len, reverse=True):
            rest = _REST.match(name[len(called) :]) if name.casefold().startswith(called) else None
            if rest and spoken[called] in request.study.attribute_ids:
                yield ProfileColumn(name, rest[1], rest[2], spoken[called])
                break


def _words(label: Text) -> list[str]:
    return list(texts(label))


def read_wide_conjoint(sheet: Sheet, profiles: Sequence[ProfileColumn], request: Request) -> Shown:
    """Read a table with one row per person."""
    found = LineFindings(sheet.source)
    person = person_column(sheet, request.person, _PEOPLE, "Qualtrics or R")
    outcomes = _outcomes(sheet, profiles, request, found)
    about = AboutPeople(request, sheet.names, sheet.rows, found)
    exposures: list[Exposure] = []
    unanswered = 0
    for row in sheet.rows:
        for task, outcome in outcomes.items():
            if not row.cell(outcome):
                unanswered += 1
                continue
            here = [column for column in profiles if column.task == task]
            exposures += _task(row, row.cell(person), outcome, here, request, about.of(row), found)
    if request.study is not None and not found.problems:
        shown = list(dict.fromkeys(id for item in exposures for id in item.entry.cells))
        missing_attributes(shown, sheet.names, request.study, found)
    notes = list(about.notes)
    if unanswered:
        notes.append(f"Tasks without an answer were left out: {unanswered:,}.")
    seen = Exposures(sheet.source, exposures, "choice", found, "no", tuple(notes))
    return rows_of(seen, request)


def _outcomes(
    sheet: Sheet, profiles: Sequence[ProfileColumn], request: Request, found: LineFindings
) -> dict[str, str]:
    """Return the column with the choice of each task."""
    tasks = list(dict.fromkeys(column.task for column in profiles))
    outcomes: dict[str, str] = {}
    for name in sheet.names:
        match = _OUTCOME.match(request.columns.get(name, name))
        if match and match[1] in tasks:
            outcomes.setdefault(match[1], name)
    missing = [task for task in tasks if task not in outcomes]
    if missing:
        found.say(
            f"no column holds the choice in task {listing(missing, 12)}",
            f"Say which it is: columns={{'their name': 'task_{missing[0]}'}} (in a shell: "
            f"--column 'their name=task_{missing[0]}').",
        )
    found.finish()
    return {task: outcomes[task] for task in tasks}


def _task(
    row: Row,
    person: str,
    outcome: str,
    columns: Sequence[ProfileColumn],
    request: Request,
    about: Mapping[str, object],
    found: LineFindings,
) -> list[Exposure]:
    """Return the profiles of one task."""
    cells: dict[str, dict[str, str]] = {}
    for column in columns:
        id = column.attribute or _attribute_of(row, column, request, found)
        cells.setdefault(column.profile, {})[id] = row.cell(column.name)
    answer = row.cell(outcome)
    chosen = _profile(request.alternatives.get(answer, answer), list(cells))
    if chosen is None:
        found.say_of(
            [row.line],
            f"'{answer}' in '{outcome}' names none of the profiles {listing(list(cells), 8)}",
            f"Say which it is: alternatives={{'{answer}': '{next(iter(cells))}'}} (in a shell: "
            f"--alternative '{answer}={next(iter(cells))}').",
        )
    task = columns[0].task
    return [
        Exposure(
            Entry(row.line, person, task, profile, shown), {"chosen": profile == chosen}, about
        )
        for profile, shown in cells.items()
    ]


def _attribute_of(row: Row, column: ProfileColumn, request: Request, found: LineFindings) -> str:
    """Return the attribute whose name stands beside a level."""
    name = row.cell(column.label)
    said = request.columns.get(name, name)
    id = attribute_named(said, request.study) if request.study is not None else _slug(said)
    if not id:
        found.say_of(
            [row.line],
            f"'{column.label}' holds '{name}', which is no attribute of the study",
            f"Say which it is: columns={{'{name}': 'its id'}} (in a shell: --column "
            f"'{name}=its id').",
        )
    return id or name


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.casefold()).strip("_")


def _profile(answer: str, profiles: Sequence[str]) -> str | None:
    """Return the profile that an answer names: ``2``, ``Candidate B``, ``Profile 1``."""
    if answer in profiles:
        return answer
    match = PLACE.match(answer) or _LAST_WORD.search(answer)
    if match is None:
        return None
    mark = match[1]
    place = int(mark) if mark.isdigit() else ord(mark.upper()) - ord("A") + 1
    return profiles[place - 1] if 1 <= place <= len(profiles) else None
