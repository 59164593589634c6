"""The burden account: hours that citizens spend, by kind of burden and by group."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.policy.burden.account import KINDS, BurdenAccount, BurdenItem

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.study.profile import Profile
    from ccegov_choice.study.study import Study

_COLUMNS = ("kind", "item", "group", "hours", "people")


def burden_account(
    items: pd.DataFrame | Sequence[BurdenItem], people: Mapping[str, float], *, name: str = ""
) -> BurdenAccount:
    """Account for the hours that citizens spend.

    Parameters
    ----------
    items : DataFrame or sequence of BurdenItem
        What takes time. A frame has a row per item and group and the columns ``kind`` ("learning",
        "compliance", "psychological"), ``item``, ``group``, ``hours`` (of each person who has it)
        and ``people`` (how many have it; everybody in the group where it is empty or left out).
    people : mapping of str to float
        How many people each group has.
    name : str
        What the account is of, such as "today".

    Returns
    -------
    BurdenAccount

    Raises
    ------
    PolicyError
        Listing unknown kinds and groups, and hours or people that are negative or missing.

    References
    ----------
    Moynihan, Herd and Harvey (2015), Administrative burden: learning, psychological, and compliance
    costs in citizen-state interactions.
    """
    listed = tuple(items) if isinstance(items, Sequence) else _from_frame(items)
    problems = [
        Problem(f"it has {count:g} people", "Give more than zero.", f"group '{group}'")
        for group, count in people.items()
        if not count > 0
    ]
    if not people:
        problems.append(Problem("there is no group", "Give {group: people}.", "people"))
    problems += [p for item in listed for p in _problems(item, people)]
    if problems:
        raise PolicyError.of(problems, "The burden account has {count} problems:")
    return BurdenAccount(tuple(listed), {str(g): float(n) for g, n in people.items()}, name)


def _problems(item: BurdenItem, people: Mapping[str, float]) -> list[Problem]:
    where = f"item '{item.name}'"
    found = []
    if item.kind not in KINDS:
        found.append(unknown_name(item.kind, KINDS, "kind of burden", where=where))
    found += [
        unknown_name(group, people, "group", where=where)
        for group in item.hours
        if group not in people
    ]
    for group, count in item.people.items():
        if group not in people:
            found.append(unknown_name(group, people, "group", where=where))
        elif not 0 <= count <= people[group]:
            found.append(
                Problem(
                    f"{count:g} people of '{group}' have it, and the group has {people[group]:g}",
                    "Give from 0 to all people of the group.",
                    where,
                )
            )
    for group, hours in item.hours.items():
        if not 0 <= hours < float("inf"):
            found.append(Problem(f"'{group}' spends {hours} hours", "Give zero or more.", where))
    return found


def _from_frame(frame: pd.DataFrame) -> tuple[BurdenItem, ...]:
    missing = [name for name in _COLUMNS[:-1] if name not in frame]
    if missing:
        raise PolicyError.of(
            [unknown_name(name, frame.columns, "column", where="items") for name in missing],
            "The items have {count} problems:",
        )
    made: dict[tuple[str, str], tuple[dict[str, float], dict[str, float]]] = {}
    twice = frame.duplicated(["kind", "item", "group"])
    if twice.any():
        row = frame[twice].iloc[0]
        raise PolicyError(
            f"'{row['item']}' of '{row['group']}' stands in two rows",
            where="items",
            cure="Give each item one row per group.",
        )
    for entry in frame.to_dict("records"):
        hours, people = made.setdefault((str(entry["kind"]), str(entry["item"])), ({}, {}))
        hours[str(entry["group"])] = float(entry["hours"])
        count = entry.get("people")
        if count is not None and not math.isnan(count):
            people[str(entry["group"])] = float(count)
    return tuple(
        BurdenItem(kind, name, hours, people) for (kind, name), (hours, people) in made.items()
    )


def read_burden(path: str | Path) -> BurdenAccount:
    """Read a burden account from TOML.

    The table ``[people]`` says how many people each group has; each ``[[item]]`` has ``kind``,
    ``name``, ``hours`` (a number, or group = number) and perhaps ``people`` (group = number).

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    BurdenAccount

    Raises
    ------
    FileFormatError
        If the file is missing or not TOML.
    PolicyError
        Listing all that is wrong in it.
    """
    from ccegov_choice.policy.burden.file import items_of, load

    content = load(path)
    people, items, name = items_of(content, str(path))
    return burden_account(items, people, name=name)


def burden_of_services(
    study: Study,
    services: Sequence[tuple[Profile, Mapping[str, float]]],
    hours: Mapping[str, Mapping[str, float] | float],
    kinds: Mapping[str, str],
    people: Mapping[str, float],
    *,
    name: str = "",
) -> BurdenAccount:
    """Account for the burden of services from the hours that their levels take.

    Parameters
    ----------
    study : Study
        Says which attributes and levels exist.
    services : sequence of (Profile, mapping of str to float)
        What is on offer, and for each the share of every group's people who use it (0 to 1), such
        as a forecast gives.
    hours : mapping
        Attribute -> {level id: hours}; or, for a numeric attribute, hours per unit.
    kinds : mapping of str to str
        Attribute -> "learning", "compliance" or "psychological".
    people : mapping of str to float
        How many people each group has.
    name : str
        What the account is of.

    Returns
    -------
    BurdenAccount
        An item per attribute; its hours are those of a group's people on average.

    Raises
    ------
    PolicyError
        Listing attributes and levels that are unknown or have no hours or kind.
    """
    known = {attribute.id: attribute for attribute in study.attributes}
    problems = [
        unknown_name(id, known, "attribute", where=what)
        for what, given in (("hours", hours), ("kinds", kinds))
        for id in given
        if id not in known
    ]
    problems += [
        Problem(f"'{id}' has no kind of burden", f"Add it to kinds: {', '.join(KINDS)}.", "kinds")
        for id in hours
        if id not in kinds
    ]
    found: dict[str, dict[str, float]] = {id: dict.fromkeys(people, 0.0) for id in hours}
    for profile, users in services:
        for id, given in hours.items():
            level = profile.levels.get(id)
            if level is None:
                continue
            each = _hours_of(id, level, given, problems)
            for group, share in users.items():
                found[id][group] = found[id].get(group, 0.0) + share * each
    if problems:
        raise PolicyError.of(problems, "The burden cannot be accounted for {count} reasons:")
    items = [BurdenItem(kinds[id], known[id].text(), spent) for id, spent in found.items()]
    return burden_account(items, people, name=name)


def _hours_of(
    id: str, level: object, given: Mapping[str, float] | float, problems: list[Problem]
) -> float:
    if not isinstance(given, Mapping):
        if isinstance(level, int | float):
            return float(level) * given
        problems.append(
            Problem(
                f"'{level}' is no number",
                f"Give hours by level: {{'{level}': ...}}.",
                f"hours of '{id}'",
            )
        )
        return 0.0
    key = f"{level:g}" if isinstance(level, float | int) else str(level)
    if key not in given:
        problems.append(unknown_name(key, given, "level", where=f"hours of '{id}'"))
        return 0.0
    return float(given[key])
