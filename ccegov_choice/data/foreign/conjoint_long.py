"""Long conjoint tables (cregg, projoint, Conjointly, Sawtooth): a row per alternative seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccegov_choice.data.choice_data import Response
from ccegov_choice.data.foreign.exposures import (
    Exposure,
    Exposures,
    missing_attributes,
    rows_of,
)
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.data.foreign.people import AboutPeople
from ccegov_choice.data.foreign.request import Request, Shown
from ccegov_choice.data.foreign.sheet import Row, Sheet
from ccegov_choice.design.foreign.import_columns import SYNONYMS, attribute_named, squeezed
from ccegov_choice.design.foreign.import_entries import Entry
from ccegov_choice.design.foreign.import_levels import Coded
from ccegov_choice.design.foreign.import_source import listing

# letters and digits only, lower case; likeliest first
ROLES: Mapping[str, tuple[str, ...]] = {
    "person": (
        *("person", "respondent", "respondentid", "participant", "participantid", "responseid"),
        *("caseid", "case", "sysrespnum", "respnum", "resp", "respid", "subject", "subjectid"),
        *("userid", "id"),
    ),
    "task": (*SYNONYMS["task"], "contest", "contestno", "taskindex", "pair"),
    "alternative": (*SYNONYMS["alternative"], "profile", "profileno", "profileid", "position"),
    "chosen": ("chosen", "selected", "choice", "response", "chosenconcept", "answer"),
    "rank": ("rank", "ranking"),
    "best": ("best",),
    "worst": ("worst",),
}
_NEEDED = ("person", "task", "alternative")


@dataclass(frozen=True)
class LongHeader:
    """Which column plays which part.

    Parameters
    ----------
    roles : mapping of str to str
        Part -> column.
    attributes : mapping of str to str
        Column -> attribute.
    """

    roles: Mapping[str, str]
    attributes: Mapping[str, str]

    @property
    def response(self) -> Response:
        """What people did."""
        if {"best", "worst"} <= set(self.roles):
            return "best-worst"
        return "ranking" if "rank" in self.roles and "chosen" not in self.roles else "choice"


def read_long_conjoint(sheet: Sheet, request: Request, *, coded: Coded = "no") -> Shown:
    """Read a table with one row per alternative that somebody saw."""
    found = LineFindings(sheet.source)
    header = _header(sheet, request, found)
    about = AboutPeople(request, sheet.names, sheet.rows, found)
    found.names = {**found.names, **header.roles, **_called(header)}
    response, marks = _marks(sheet, header, found)
    exposures = [
        Exposure(_entry(row, header), mark, about.of(row))
        for row, mark in zip(sheet.rows, marks, strict=True)
    ]
    left = [name for name in sheet.names if name not in _used(header, about)]
    notes = (f"Columns that were not taken: {listing(left, 20)}.",) if left else ()
    seen = Exposures(sheet.source, exposures, response, found, coded, (*about.notes, *notes))
    return rows_of(seen, request)


def _header(sheet: Sheet, request: Request, found: LineFindings) -> LongHeader:
    said = request.columns
    study = request.study
    roles = {ours: theirs for theirs, ours in said.items() if ours in ROLES}
    if request.person is not None:
        roles["person"] = request.person
    attributes = {}
    for name in sheet.names:
        if name in roles.values():
            continue
        named = said.get(name, name)
        id = attribute_named(named, study) if study is not None else said.get(name)
        if id is not None and id not in ROLES:
            attributes[name] = id
    free = [name for name in sheet.names if name not in {*roles.values(), *attributes}]
    for role, words in ROLES.items():
        if role not in roles:
            names = [name for word in words for name in free if squeezed(name) == word]
            if names and names[0] not in roles.values():
                roles[role] = names[0]
    for role in (*_NEEDED, "chosen"):
        answered = role == "chosen" and {"rank", "best"} & set(roles)
        if role not in roles and not answered:
            found.say(
                f"no column holds the {role}; there are {listing(sheet.names, 20)}",
                f"Say which it is: columns={{'their name': '{role}'}} (in a shell: --column "
                f"'their name={role}').",
            )
    if study is None and not attributes:
        taken = {*roles.values(), *request.covariates}
        attributes = {name: name for name in sheet.names if name not in taken}
    elif study is not None:
        missing_attributes(list(attributes.values()), sheet.names, study, found)
    found.finish()
    return LongHeader(roles, attributes)


def _called(header: LongHeader) -> dict[str, str]:
    return {ours: theirs for theirs, ours in header.attributes.items()}


def _used(header: LongHeader, about: AboutPeople) -> set[str]:
    return {*header.roles.values(), *header.attributes, *about.columns.values()}


def _entry(row: Row, header: LongHeader) -> Entry:
    cells = {id: row.cell(name) for name, id in header.attributes.items()}
    person, task, alternative = (row.cell(header.roles[role]) for role in _NEEDED)
    return Entry(row.line, person, task, alternative, cells)


def _marks(
    sheet: Sheet, header: LongHeader, found: LineFindings
) -> tuple[Response, Sequence[Mapping[str, object]]]:
    """Return what people did, and for every row how it was marked."""
    response, roles = header.response, header.roles
    if response == "best-worst":
        return response, [{r: row.cell(roles[r]) for r in ("best", "worst")} for row in sheet.rows]
    if response == "ranking":
        return response, [{"rank": row.cell(roles["rank"]) or None} for row in sheet.rows]
    cells = [row.cell(roles["chosen"]) for row in sheet.rows]
    values = set(cells)
    if values <= {"-1", "0", "1", ""} and "-1" in values:
        # Conjointly marks the best with 1 and the worst with -1
        found.names = {**found.names, "best": roles["chosen"], "worst": roles["chosen"]}
        return "best-worst", [{"best": cell == "1", "worst": cell == "-1"} for cell in cells]
    if any(value.isdigit() and int(value) > 1 for value in values):
        return "choice", _by_number(sheet, roles)
    return "choice", [{"chosen": cell or "0"} for cell in cells]


def _by_number(sheet: Sheet, roles: Mapping[str, str]) -> list[dict[str, object]]:
    """Read the number of the chosen alternative, in one row of its task or in all of them."""
    told: dict[tuple[str, str], set[str]] = {}
    for row in sheet.rows:
        cell = row.cell(roles["chosen"])
        if cell not in ("", "0"):
            key = (row.cell(roles["person"]), row.cell(roles["task"]))
            told.setdefault(key, set()).add(cell)
    marks: list[dict[str, object]] = []
    for row in sheet.rows:
        key = (row.cell(roles["person"]), row.cell(roles["task"]))
        marks.append({"chosen": row.cell(roles["alternative"]) in told.get(key, set())})
    return marks
