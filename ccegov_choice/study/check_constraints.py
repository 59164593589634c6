"""What can be wrong with constraints: unknown names, and combinations that rule out too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.constraint import Constraint, Forbidden, LevelSet
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.place import cell_problem, place
from ccegov_choice.study.study import Study

Domains = Mapping[str, tuple[str | float, ...]]

ALTERNATIVE = "alternative"
"""The name by which a constraint speaks of the alternative that shows a profile."""


def constraint_problems(study: Study) -> Iterator[Problem]:
    """Yield unknown names; if there are none, what the constraints leave too little of."""
    named = [p for i, c in enumerate(study.constraints) for p in _name_problems(study, i, c)]
    yield from named
    ids_are_sound = len(set(study.attribute_ids)) == len(study.attributes)
    if not named and ids_are_sound and study.attributes:
        yield from _room_problems(study)


def _name_problems(study: Study, position: int, constraint: Constraint) -> Iterator[Problem]:
    path: KeyPath = ("constraint", position)
    name = f"constraint {position + 1}"
    parts: list[tuple[str, LevelSet]]
    if isinstance(constraint, Forbidden):
        parts = [("forbid", constraint.levels)]
    else:
        parts = [("when", constraint.when), ("then", constraint.then)]
    for key, levels in parts:
        if not levels:
            yield Problem(
                f"{name} names no levels under '{key}'",
                f'Write {key} = {{ attribute = "level" }}, or remove the constraint.',
                place(study, (*path, key), name),
            )
        for attribute, cells in levels.items():
            where = place(study, (*path, key, attribute), name)
            yield from _cell_problems(study, attribute, cells, where)


def _cell_problems(
    study: Study, attribute: str, cells: tuple[str | float, ...], where: str
) -> Iterator[Problem]:
    if attribute == ALTERNATIVE and study.labelled:
        known = tuple(a.id for a in study.alternatives)
        for cell in cells:
            if cell not in known:
                yield unknown_name(cell, known, "alternative", where=where)
    elif attribute not in study.attribute_ids:
        yield unknown_name(attribute, study.attribute_ids, "attribute", where=where)
    else:
        for cell in cells:
            found = cell_problem(study.attribute(attribute), cell, where)
            # a constraint may speak of levels under the floor: it is then merely idle
            yield from (p for p in found if "under the floor" not in p.problem)


def _room_problems(study: Study) -> Iterator[Problem]:
    """Yield a problem where too few profiles are allowed, or a level can never appear."""
    where = place(study, ("constraint",), f"study '{study.id}'")
    owners: tuple[str | None, ...] = tuple(a.id for a in study.alternatives) or (None,)
    allowed = 0
    reachable: set[tuple[str, str | float]] = set()
    for owner in owners:
        domains = _domains(study, owner)
        found = _count_up_to_two(study, owner, domains)
        allowed += found
        reachable |= _reachable(study, owner, domains) if found else set()
        if not found and owner is not None:
            yield Problem(
                f"the constraints leave no profile for alternative '{owner}'",
                "Relax a constraint, a floor or a fixed level.",
                where,
            )
    if allowed < 2 and study.constraints:
        yield Problem(
            f"the constraints leave {allowed or 'no'} profile that may be shown; a task needs two",
            "Relax or remove a constraint.",
            where,
        )
        return
    for attribute in study.attributes:
        owned = any(attribute.available_to(owner) for owner in owners)
        if not owned or not _is_constrained(study, attribute.id):
            continue
        for level in attribute.shown_levels:
            if (attribute.id, attribute.cell(level)) not in reachable:
                yield Problem(
                    f"level '{level.id}' of '{attribute.id}' can never be shown: the constraints "
                    "rule out every profile that has it",
                    "Relax a constraint, or drop the level.",
                    where,
                )


def _is_constrained(study: Study, attribute: str) -> bool:
    return any(attribute in constraint.attributes for constraint in study.constraints)


def _domains(study: Study, owner: str | None) -> dict[str, tuple[str | float, ...]]:
    """Return the cells that each attribute of an alternative may have."""
    fixed: Mapping[str, str | float] = {}
    if owner is not None:
        fixed = study.alternative(owner).fixed
    return {
        a.id: (fixed[a.id],) if a.id in fixed else tuple(a.cell(lv) for lv in a.shown_levels)
        for a in study.attributes_of(owner)
    }


def _count_up_to_two(study: Study, owner: str | None, domains: Domains) -> int:
    """Return how many profiles are allowed: none, one, or two for two and more."""
    constrained = {n: cells for n, cells in domains.items() if _is_constrained(study, n)}
    found = len(list(islice(_solutions(study, owner, constrained, {}), 2)))
    rest = [len(cells) for name, cells in domains.items() if name not in constrained]
    if any(size == 0 for size in rest):
        return 0
    return 2 if found and any(size > 1 for size in rest) else found


def _reachable(study: Study, owner: str | None, domains: Domains) -> set[tuple[str, str | float]]:
    """Return the levels that appear in an allowed profile, of attributes under constraints."""
    constrained = {n: cells for n, cells in domains.items() if _is_constrained(study, n)}
    found: set[tuple[str, str | float]] = set()
    for name, cells in constrained.items():
        for cell in cells:
            if (name, cell) not in found:
                profile = next(_solutions(study, owner, {**constrained, name: (cell,)}, {}), {})
                found |= set(profile.items())
    return found


def _solutions(
    study: Study, owner: str | None, domains: Domains, chosen: dict[str, str | float]
) -> Iterator[dict[str, str | float]]:
    """Yield the allowed profiles.

    Of the attributes that are still open, the one with the fewest levels left is tried next, so
    that contradictions show before many combinations are tried.
    """
    levels: dict[str, object] = {**chosen, ALTERNATIVE: owner}
    if not all(constraint.allows(levels) for constraint in study.constraints):
        return
    left = {
        name: [cell for cell in cells if _fits(study, levels, name, cell)]
        for name, cells in domains.items()
        if name not in chosen
    }
    if not left:
        yield dict(chosen)
        return
    name = min(left, key=lambda each: len(left[each]))
    for cell in left[name]:
        yield from _solutions(study, owner, domains, {**chosen, name: cell})


def _fits(study: Study, levels: Mapping[str, object], name: str, cell: str | float) -> bool:
    with_cell = {**levels, name: cell}
    return all(c.allows(with_cell) for c in study.constraints if name in c.attributes)
