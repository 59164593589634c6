"""Every problem of a redesign at once, in the user's names."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.policy.redesign.floors import keeps_floor
from ccegov_choice.policy.redesign.lever import Cell, Lever, plain_cell
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.place import cell_problem, duplicates
from ccegov_choice.study.study import Study


def problems_of(redesign: Redesign, study: Study) -> tuple[Problem, ...]:
    """Return what is wrong with a redesign; see `Redesign.check`."""
    found = [*_base(redesign, study), *_limits(redesign), *_floors(redesign, study)]
    found += [*_ids(redesign)]
    for index, lever in enumerate(redesign.levers):
        found += _lever(redesign, study, lever, index)
    return (*found, *_cycles(redesign))


def _where(redesign: Redesign, path: KeyPath, name: str) -> str:
    return name if redesign.positions is None else redesign.positions.where(*path)


def _lever_place(redesign: Redesign, index: int, key: str) -> str:
    return _where(redesign, ("lever", index, key), f"lever '{redesign.levers[index].id}'")


def _base(redesign: Redesign, study: Study) -> Iterator[Problem]:
    where = _where(redesign, ("base",), "today's service")
    alternative = redesign.base.alternative
    if study.labelled and alternative not in study.alternative_ids:
        names = [a.id for a in study.alternatives]
        yield unknown_name(alternative or "", names, "alternative", where=where)
        return
    for name, cell in redesign.base.levels.items():
        place = _where(redesign, ("base", name), "today's service")
        if name not in study.attribute_ids:
            yield unknown_name(name, study.attribute_ids, "attribute", where=place)
        else:
            yield from _cell_problems(study.attribute(name), cell, place)
    missing = [a.id for a in study.attributes_of(alternative) if a.id not in redesign.base.levels]
    if missing:
        yield Problem(
            f"today's service leaves open {', '.join(missing)}",
            "Give every attribute a level: a redesign starts from a whole service.",
            where,
        )


def _cell_problems(attribute: Attribute, cell: Cell, where: str) -> Iterator[Problem]:
    yield from cell_problem(attribute, cell, where, exact=False)
    if attribute.is_numeric and not isinstance(cell, str):
        low, high = min(attribute.values), max(attribute.values)
        if not low <= cell <= high:
            yield Problem(
                f"{attribute.id} = {cell:g} lies outside what people were asked about",
                f"Stay between {low:g} and {high:g}: beyond, nobody has answered.",
                where,
            )


def _limits(redesign: Redesign) -> Iterator[Problem]:
    for name in ("budget", "capacity", "months", "users", "unit_value"):
        value = getattr(redesign, name)
        if value is not None and not (math.isfinite(value) and value >= 0):
            yield Problem(
                f"'{name}' is {value:g}",
                "Give zero or more, or leave it out for no limit.",
                _where(redesign, (name,), f"redesign '{redesign.id}'"),
            )


def _floors(redesign: Redesign, study: Study) -> Iterator[Problem]:
    for name, cell in redesign.floors.items():
        where = _where(redesign, ("floors", name), "the floors")
        if name not in study.attribute_ids:
            yield unknown_name(name, study.attribute_ids, "attribute", where=where)
            continue
        attribute = study.attribute(name)
        if attribute.direction == "0":
            yield Problem(
                f"'{name}' has no better and worse, so no floor",
                "Declare its direction in the study, or list levels there: floor = [...].",
                where,
            )
        else:
            yield from cell_problem(attribute, cell, where, exact=False)


def _ids(redesign: Redesign) -> Iterator[Problem]:
    for index in duplicates(redesign.lever_ids):
        yield Problem(
            f"two levers are called '{redesign.lever_ids[index]}'",
            "Rename one of them.",
            _lever_place(redesign, index, "id"),
        )
    if not redesign.levers:
        yield Problem(
            "there is no lever", "Add at least one, as [[lever]].", f"redesign '{redesign.id}'"
        )
    if len(redesign.levers) > 62:
        yield Problem(
            f"there are {len(redesign.levers)} levers, and a search holds 62",
            "Join levers that always go together.",
            f"redesign '{redesign.id}'",
        )


def _lever(redesign: Redesign, study: Study, lever: Lever, index: int) -> Iterator[Problem]:
    yield from _numbers(redesign, lever, index)
    yield from _links(redesign, lever, index)
    where = _lever_place(redesign, index, "attribute")
    if lever.attribute not in study.attribute_ids:
        yield unknown_name(lever.attribute, study.attribute_ids, "attribute", where=where)
        return
    attribute = study.attribute(lever.attribute)
    if not attribute.available_to(redesign.base.alternative):
        yield Problem(
            f"'{redesign.base.alternative}' does not have '{attribute.id}'",
            "Take another attribute, or another alternative as today's service.",
            where,
        )
        return
    end = _lever_place(redesign, index, "end")
    problems = [*_cell_problems(attribute, lever.end, end)]
    yield from problems
    if not problems and not keeps_floor(redesign, attribute, lever.end):
        yield Problem(
            f"lever '{lever.id}' ends under the floor of '{attribute.id}': a right is not traded",
            f"End at {plain_cell(redesign.floors[attribute.id])} or better.",
            end,
        )
    yield from _start(redesign, attribute, lever, index)


def _start(redesign: Redesign, attribute: Attribute, lever: Lever, index: int) -> Iterator[Problem]:
    base = redesign.base.levels.get(attribute.id)
    where = _lever_place(redesign, index, "start")
    if base is None:
        return  # told where today's service is checked
    if redesign.start_of(lever) != base:
        yield Problem(
            f"lever '{lever.id}' starts at {plain_cell(lever.start)}, and today's service has "
            f"{attribute.id} = {plain_cell(base)}",
            "Let every lever start at today's level, or leave 'start' out.",
            where,
        )
    elif lever.end == base:
        yield Problem(
            f"lever '{lever.id}' changes nothing: {attribute.id} is {plain_cell(base)} already",
            "Give another level as its end, or drop it.",
            where,
        )


def _numbers(redesign: Redesign, lever: Lever, index: int) -> Iterator[Problem]:
    for name, least in (("cost", -math.inf), ("capacity", 0.0), ("lead_time", 0.0)):
        value = getattr(lever, name)
        if not (math.isfinite(value) and value >= least):
            yield Problem(
                f"'{name}' of lever '{lever.id}' is {value:g}",
                "Give a number" + (", zero or more." if least == 0 else "."),
                _lever_place(redesign, index, name),
            )


def _links(redesign: Redesign, lever: Lever, index: int) -> Iterator[Problem]:
    for key in ("depends_on", "excludes"):
        for other in getattr(lever, key):
            where = _lever_place(redesign, index, key)
            if other not in redesign.lever_ids:
                yield unknown_name(other, redesign.lever_ids, "lever", where=where)
            elif other == lever.id:
                yield Problem(f"lever '{other}' names itself", f"Take it out of '{key}'.", where)
    for other in lever.depends_on:
        known = other in redesign.lever_ids and other != lever.id
        if known and _apart(redesign, lever, redesign.lever(other)):
            yield Problem(
                f"lever '{lever.id}' depends on '{other}', and the two exclude each other",
                "Drop one of the two rules; levers of one attribute exclude each other.",
                _lever_place(redesign, index, "depends_on"),
            )


def _apart(redesign: Redesign, one: Lever, other: Lever) -> bool:
    from ccegov_choice.policy.redesign.rules import exclusive

    return exclusive(one, other)


def _cycles(redesign: Redesign) -> Iterator[Problem]:
    """Yield each ring of dependencies once, told at its first lever."""
    known = set(redesign.lever_ids)
    needs = {lever.id: [d for d in lever.depends_on if d in known] for lever in redesign.levers}
    told: set[str] = set()
    for index, start in enumerate(redesign.lever_ids):
        ring = _ring(start, needs)
        if ring and start not in told and len(ring) > 1:
            told.update(ring)
            yield Problem(
                f"levers depend on each other in a ring: {' -> '.join([*ring, ring[0]])}",
                "Drop one of these dependencies.",
                _lever_place(redesign, index, "depends_on"),
            )


def _ring(start: str, needs: dict[str, list[str]]) -> list[str]:
    """Return a way from a lever back to itself; empty where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for name in needs[way[-1]]:
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
