"""Verifying a saved design: the recorded work is done again and compared, cell by cell."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccegov_choice._files import read_text, sha256
from ccegov_choice._provenance import Provenance
from ccegov_choice._table import Table
from ccegov_choice.design.design import KEYS, Design
from ccegov_choice.design.efficient.effort import this_processor
from ccegov_choice.design.efficient.record import judge_again, make_again
from ccegov_choice.design.extra_tasks import with_holdouts, with_repeat
from ccegov_choice.design.files import CSV, LOCK, asked_of, parse_rows, read_lock
from ccegov_choice.design.orthogonal import orthogonal_design
from ccegov_choice.design.personal.versions import person_designs
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import ChoiceError, Problem, ProvenanceError
from ccegov_choice.study.study import Study

# what can be done again: name in the record -> function of (study, seed=..., **parameters)
MAKERS: dict[str, Callable[..., Design]] = {
    "random_design": random_design,
    "orthogonal_design": orthogonal_design,
    "efficient_design": make_again,
    "with_repeat": with_repeat,
    "with_holdouts": with_holdouts,
    "person_designs": person_designs,
}
MOST_CELLS = 10
CLOSE = 1e-9


def remake(study: Study, record: Mapping[str, Any]) -> Design:
    """Do the work of a record again.

    Raises
    ------
    ProvenanceError
        If nobody here makes such designs.
    """
    name = record["made_by"]
    if name not in MAKERS:
        raise ProvenanceError(
            f"'{name}' cannot be done again here",
            where=LOCK,
            cure=f"Known: {', '.join(sorted(MAKERS))}.",
        )
    parameters = dict(record["parameters"])
    if "of" in parameters:
        return MAKERS[name](remake(study, parameters.pop("of")), **parameters)
    return MAKERS[name](study, seed=record["seed"], **parameters)


@dataclass(frozen=True)
class Verification:
    """What was checked about a saved design, and held.

    Parameters
    ----------
    folder : str
        Where the design is.
    checks : tuple of (str, str)
        What was checked, and what was found.
    """

    folder: str
    checks: tuple[tuple[str, str], ...]

    def table(self) -> Table:
        """Return the checks as a table."""
        return Table(f"Design verified: {self.folder}", ("Check", "Found"), self.checks)

    def __str__(self) -> str:
        return self.table().to_text()

    def _repr_html_(self) -> str:
        return self.table().to_html()


def verify(folder: str | Path, study: Study | None = None) -> Verification:
    """Do the recorded work again and compare it with what was saved.

    Parameters
    ----------
    folder : str or Path
        Holds ``design.csv``, ``design.lock`` and, unless `study` is given, ``study.toml``.
    study : Study, optional
        The study the design belongs to.

    Returns
    -------
    Verification
        What was checked.

    Raises
    ------
    FileFormatError
        If a file is missing or cannot be read.
    ProvenanceError
        Naming every difference: attributes of the study that changed, cells of the design that
        are not what the recorded work gives.
    """
    place = Path(folder)
    lock = read_lock(place)
    asked = study if study is not None else Study.read(place / "study.toml")
    text = read_text(place / CSV)
    checks: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for check in (_check_study, _check_file, _check_claims, _check_work):
        found = check(lock, asked, text, place)
        if isinstance(found, list):
            problems += found
        else:
            checks.append(found)
    if problems:
        raise ProvenanceError.of(
            problems, f"The design in {place} does not hold ({{count}} reasons):"
        )
    return Verification(str(place), tuple(checks))


def _check_study(
    lock: Mapping[str, Any], study: Study, text: str, place: Path
) -> tuple[str, str] | list[Problem]:
    recorded = lock["study"]
    if recorded["sha256"] == study.sha256:
        return "the study is the recorded one", f"sha256 {study.sha256[:12]}"
    cure = (
        f"Take back the study the design was made for, or run 'ccegov design make' again in {place}"
    )
    changes = list(_study_changes(recorded["asked"], asked_of(study)))
    if changes:
        return [Problem(f"the study changed: {change}", f"{cure}.", "study") for change in changes]
    return [
        Problem(
            "the study changed since the design was made, in its words only: attributes, levels, "
            "alternatives and constraints are the same",
            f"{cure}; it will give the same tasks.",
            "study",
        )
    ]


def _study_changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Name what differs between what was asked and what is asked now."""
    changes = []
    for part in ("attributes", "alternatives", "opt_out"):
        what = {"attributes": "attribute", "alternatives": "alternative"}.get(part, "opt-out")
        before, after = was.get(part, {}), now[part]
        for name in dict.fromkeys([*before, *after]):
            if name not in after:
                changes.append(f"{what} '{name}' was taken out")
            elif name not in before:
                changes.append(f"{what} '{name}' is new")
            elif before[name] != after[name]:
                changes.append(f"{what} '{name}' was {before[name]}, now {after[name]}")
        if not changes and list(before) != list(after):
            changes.append(f"the order of {part} is now {', '.join(after)}")
    before, after = was.get("constraints", []), now["constraints"]
    changes += [f"constraint '{c}' was taken out" for c in before if c not in after]
    changes += [f"constraint '{c}' is new" for c in after if c not in before]
    return changes


def _check_file(
    lock: Mapping[str, Any], study: Study, text: str, place: Path
) -> tuple[str, str] | list[Problem]:
    saved = sha256(text)
    if saved == lock["design"]["sha256"]:
        return f"{CSV} is as it was saved", f"sha256 {saved[:12]}"
    return [
        Problem(
            f"{CSV} was changed after it was saved",
            f"Take back the saved file, or remove {LOCK} to use it as a design of your own.",
            str(place / CSV),
        )
    ]


def _check_claims(
    lock: Mapping[str, Any], study: Study, text: str, place: Path
) -> tuple[str, str] | list[Problem]:
    """Work the recorded errors out again: to 1e-9 they are the same on every machine."""
    claims = lock.get("claims")
    if not claims:
        return "no criterion was recorded", "nothing to work out"
    if lock["study"]["asked"] != asked_of(study):
        return "the criteria were not worked out again", "another study was asked"
    purposes = {int(task): why for task, why in lock.get("purposes", {}).items()}
    design = Design(parse_rows(text, place / CSV, study), study, purposes=purposes)
    found = judge_again(design, _efficient_record(lock["provenance"]))
    problems = [
        Problem(
            f"the {claims['criterion']} ({name}) is recorded as {_written(claims.get(name))}, and "
            f"works out as {_written(value)}",
            "Make the design again with 'ccegov design make', or mend the record.",
            str(place / LOCK),
        )
        for name, value in found.items()
        if name in claims and not _alike(claims[name], value)
    ]
    if problems:
        return problems
    return (
        "the recorded errors, rules and constraints hold",
        f"{claims['criterion']} {_written(claims['error'])}",
    )


def _efficient_record(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the record of the search under those of tasks added later."""
    while "of" in record["parameters"]:
        record = record["parameters"]["of"]
    return record


def _alike(recorded: float | None, found: float | None) -> bool:
    if recorded is None or found is None:
        return recorded is found
    return math.isclose(recorded, found, rel_tol=CLOSE)


def _written(value: float | None) -> str:
    return "infinite" if value is None else f"{value:.12g}"


def _check_work(
    lock: Mapping[str, Any], study: Study, text: str, place: Path
) -> tuple[str, str] | list[Problem]:
    recorded = Provenance.from_dict(lock["provenance"])
    if lock["study"]["asked"] != asked_of(study):
        return "the recorded work was not done again", "another study was asked"
    if recorded.made_by not in MAKERS:
        Design(parse_rows(text, place / CSV, study), study)
        return "every row keeps the study", f"made by '{recorded.made_by}': nothing to do again"
    try:
        again = remake(study, recorded.to_dict())
    except (TypeError, ChoiceError) as error:
        return [
            Problem(
                f"the recorded work cannot be done again: {error}",
                "Make the design again with 'ccegov design make'.",
                str(place / LOCK),
            )
        ]
    problems = _cell_problems(text, again, _versions(recorded), place)
    there = _efficient_record(recorded.to_dict())["parameters"].get("work", {}).get("processor")
    if problems and there not in (None, this_processor()):
        return (
            "the recorded work was done again on another kind of processor",
            f"{there} rounds differently from {this_processor()}, and the search went another way; "
            "the errors above were worked out from the saved tasks",
        )
    if problems:
        return problems
    return "the work done again gives the same tasks", f"{again.tasks} tasks by {recorded.made_by}"


def _versions(recorded: Provenance) -> str:
    now = Provenance.record("verify").versions
    differing = [
        f"{name} {version} then, {now.get(name, 'none')} now"
        for name, version in recorded.versions.items()
        if now.get(name) != version
    ]
    return f" (versions differ: {'; '.join(differing)})" if differing else ""


def _cell_problems(text: str, again: Design, versions: str, place: Path) -> list[Problem]:
    """Compare the saved cells with those that the recorded work gives."""
    saved = [row for row in csv.reader(io.StringIO(text)) if row] or [[]]
    made = list(csv.reader(io.StringIO(again.to_csv())))
    cure = f"Take back the saved file, or make the design again{versions}."
    if len(saved) != len(made) or saved[0] != made[0]:
        return [
            Problem(
                f"{CSV} has {len(saved) - 1} rows and the columns {', '.join(saved[0])}; the "
                f"recorded work gives {len(made) - 1} rows and {', '.join(made[0])}",
                cure,
                str(place / CSV),
            )
        ]
    differing = [
        (i, name, found, wanted)
        for i, (row, other) in enumerate(zip(saved[1:], made[1:], strict=True), 1)
        for name, found, wanted in zip(saved[0], row, other, strict=True)
        if found != wanted
    ]
    problems = [
        Problem(
            f"task {made[i][KEYS.index('task')]}, alternative "
            f"'{made[i][KEYS.index('alternative')]}': {name} is '{found}', the recorded work "
            f"gives '{wanted}'",
            cure,
            f"{place / CSV}:{i + 1}",
        )
        for i, name, found, wanted in differing[:MOST_CELLS]
    ]
    if len(differing) > MOST_CELLS:
        more = len(differing) - MOST_CELLS
        problems.append(Problem(f"{more} more cells differ", cure, str(place / CSV)))
    return problems
