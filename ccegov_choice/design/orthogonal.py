"""Orthogonal designs: attributes that are uncorrelated within each alternative, by construction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from ccegov_choice._provenance import Provenance
from ccegov_choice.design.arrays import Array, is_orthogonal, smallest_array
from ccegov_choice.design.blocks import assign_blocks, check_blocks
from ccegov_choice.design.candidates import ABSENT, Codes, TaskSpace, task_space
from ccegov_choice.design.design import Design, assemble
from ccegov_choice.design.pairing import distinct_permutations, pair_tasks, repeated_alternatives
from ccegov_choice.design.words import cell_text, constraint_text
from ccegov_choice.errors import DesignError, Problem
from ccegov_choice.study.study import Study

Method = Literal["auto", "full", "fractional", "array"]
Generation = Literal["auto", "shifted", "foldover", "random", "simultaneous"]

GENERATIONS = ("auto", "shifted", "foldover", "random", "simultaneous")
RELABELLINGS = 500


def orthogonal_design(
    study: Study,
    *,
    alternatives: int | None = None,
    method: Method = "auto",
    generation: Generation = "auto",
    blocks: int = 1,
    seed: int = 1,
    allow_loss: bool = False,
) -> Design:
    """Make a design from an orthogonal array.

    Within each alternative every level, and every pair of levels of two attributes, is shown
    equally often. This is checked after construction.

    Parameters
    ----------
    study : Study
        What is asked.
    alternatives : int, optional
        Alternatives in a task besides the opt-out: two when not given; in a study with labelled
        alternatives it is the number of these.
    method : {"auto", "full", "fractional", "array"}
        Where the first alternative comes from: the full factorial, a regular fraction (two levels
        each), an array of strength two, or whichever has the fewest tasks. The notes of the
        design say which it was.
    generation : {"auto", "shifted", "foldover", "random", "simultaneous"}
        Where the other alternatives come from. ``"shifted"``: each level moves on by one, the last
        one to the first (Street and Burgess 2007). ``"foldover"``: levels are mirrored (two
        alternatives). ``"random"``: the same profiles in a random order. ``"simultaneous"``: one
        array has columns for all alternatives, which are then uncorrelated between alternatives
        too. ``"auto"`` is simultaneous for labelled alternatives and shifted for others.
    blocks : int
        Parts of the design; each person answers one.
    seed : int
        Used where there is a choice: pairing, relabelling, blocks.
    allow_loss : bool
        When constraints forbid some of the tasks: False refuses, True leaves them out and notes
        what is lost.

    Returns
    -------
    Design

    Raises
    ------
    DesignError
        If there is no such array, constraints break it, or a task would show the same
        alternative twice.

    References
    ----------
    Street, D. J. and Burgess, L. (2007). The Construction of Optimal Stated Choice Experiments.
    """
    space = task_space(study, alternatives)
    how = _generation(space, generation)
    rng = np.random.default_rng(seed)
    array, codes = _tasks(space, method, how, rng)
    codes = _relabelled(space, codes, rng)
    broken = _broken(space, codes)
    notes = [f"Made from the {array.name}: {len(codes)} tasks, {_GENERATED[how]}."]
    if broken and not allow_loss:
        raise DesignError.of(
            _constraint_problems(space, codes, broken),
            "The constraints forbid tasks of the orthogonal design ({count} problems):",
        )
    if broken:
        keep = np.setdiff1d(np.arange(len(codes)), broken)
        notes.append(_loss_note(space, codes, keep))
        codes = codes[keep]
    elif not all(is_orthogonal(columns) for columns in _orthogonal_parts(space, codes, how)):
        raise AssertionError(f"the design from {array.name} is not orthogonal")
    _check_distinct(space, codes, how)
    check_blocks(len(codes), blocks)
    block = assign_blocks(codes, blocks, rng)
    parameters = {
        "alternatives": alternatives,
        "method": method,
        "generation": generation,
        "blocks": blocks,
        "allow_loss": allow_loss,
    }
    provenance = Provenance.record(
        "orthogonal_design", parameters=parameters, seed=seed, parents={"study": study.sha256}
    )
    return assemble(space, codes, block, provenance, notes)


_GENERATED = {
    "shifted": "further alternatives by shifting the levels",
    "foldover": "the second alternative by mirroring the levels",
    "random": "further alternatives by pairing at random",
    "simultaneous": "all alternatives from the same array",
}


def _generation(space: TaskSpace, generation: str) -> str:
    if generation not in GENERATIONS:
        raise DesignError(
            f"unknown generation '{generation}'", cure=f"Give one of: {', '.join(GENERATIONS)}."
        )
    if generation == "auto":
        return "shifted" if space.exchangeable else "simultaneous"
    alike = len({slot.attributes for slot in space.slots}) == 1
    if generation != "simultaneous" and not alike:
        raise DesignError(
            f"generation '{generation}' needs alternatives that vary the same attributes",
            where=f"study '{space.study.id}'",
            cure="Use generation='simultaneous', which gives each alternative columns of its own.",
        )
    if generation == "foldover" and len(space.slots) > 2:
        raise DesignError(
            f"a foldover makes two alternatives, not {len(space.slots)}",
            where=f"study '{space.study.id}'",
            cure="Use generation='shifted' or 'random', or two alternatives.",
        )
    return generation


def _tasks(
    space: TaskSpace, method: str, how: str, rng: np.random.Generator
) -> tuple[Array, Codes]:
    """Return the array, and the tasks ``(T, J, M)`` it gives."""
    if how == "simultaneous":
        columns = [(j, m) for j, slot in enumerate(space.slots) for m in slot.attributes]
        array = smallest_array([space.level_counts[m] for _, m in columns], method)
        runs = distinct_permutations(space, array.runs, columns, rng)
        codes = np.full((len(runs), len(space.slots), len(space.cells)), ABSENT, dtype=np.int64)
        for column, (j, m) in enumerate(columns):
            codes[:, j, m] = runs[:, column]
        return array, codes
    varied = list(space.slots[0].attributes)
    counts = [space.level_counts[m] for m in varied]
    array = smallest_array(counts, method)
    paired = pair_tasks(array.runs, counts, len(space.slots), how, rng)
    codes = np.full((len(paired), len(space.slots), len(space.cells)), ABSENT, dtype=np.int64)
    codes[:, :, varied] = paired
    return array, codes


def _orthogonal_parts(space: TaskSpace, codes: Codes, how: str) -> list[Codes]:
    """Columns that must be orthogonal to each other: within alternatives, or all together."""
    parts = [codes[:, j, list(slot.attributes)] for j, slot in enumerate(space.slots)]
    return [np.hstack(parts)] if how == "simultaneous" else parts


def _broken(space: TaskSpace, codes: Codes) -> list[int]:
    """Return the tasks that show a profile which is not allowed."""
    allowed = np.ones(len(codes), dtype=bool)
    for j, slot in enumerate(space.slots):
        allowed &= slot.allows(codes[:, j])
    return [int(t) for t in np.flatnonzero(~allowed)]


def _relabelled(space: TaskSpace, codes: Codes, rng: np.random.Generator) -> Codes:
    """Give the levels other places in the array until no forbidden profile is left.

    An array stays orthogonal when the levels of an attribute change places. Constraints of three
    attributes or more can be met in this way; of two they cannot, since every pair occurs.
    """
    best, fewest = codes, len(_broken(space, codes))
    for _ in range(RELABELLINGS if space.study.constraints else 0):
        if fewest == 0:
            break
        trial = codes.copy()
        for m, count in enumerate(space.level_counts):
            lookup = np.append(rng.permutation(count), ABSENT)
            trial[:, :, m] = lookup[codes[:, :, m]]
        broken = len(_broken(space, trial))
        if broken < fewest:
            best, fewest = trial, broken
    return best


def _constraint_problems(space: TaskSpace, codes: Codes, broken: Sequence[int]) -> list[Problem]:
    """Name each constraint that breaks the design, how many tasks it costs, and the cure."""
    problems = []
    for constraint in space.study.constraints:
        tasks = 0
        for t in broken:
            profiles = [_levels(space, codes, t, j) for j in range(len(space.slots))]
            tasks += not all(constraint.allows(profile) for profile in profiles)
        if tasks == 0:
            continue
        names = [a for a in constraint.attributes if a in space.study.attribute_ids]
        merge = f"merge {' and '.join(names)} into one attribute, " if len(names) > 1 else ""
        problems.append(
            Problem(
                f"'{constraint_text(constraint)}' forbids {tasks} of {len(codes)} tasks",
                f"Use random_design, which keeps constraints, {merge}or leave the tasks out with "
                "allow_loss=True (attributes are then correlated).",
                f"study '{space.study.id}'",
            )
        )
    return problems


def _levels(space: TaskSpace, codes: Codes, t: int, j: int) -> dict[str, object]:
    slot = space.slots[j]
    levels: dict[str, object] = {"alternative": slot.alternative, **slot.fixed}
    for m in slot.attributes:
        levels[space.study.attribute_ids[m]] = space.cells[m][codes[t, j, m]]
    return levels


def _loss_note(space: TaskSpace, codes: Codes, keep: Codes) -> str:
    """Say what leaving out forbidden tasks costs; refuse when too little is left."""
    lost = len(codes) - len(keep)
    kept = codes[keep]
    vanished = [
        f"{space.study.attribute_ids[m]} = {cell_text(space.cells[m][level])}"
        for j, slot in enumerate(space.slots)
        for m in slot.attributes
        for level in range(space.level_counts[m])
        if not (kept[:, j, m] == level).any()
    ]
    if vanished:
        raise DesignError(
            f"without the forbidden tasks these levels are never shown: "
            f"{', '.join(dict.fromkeys(vanished))}",
            where=f"study '{space.study.id}'",
            cure="Use random_design, which keeps constraints and shows every level.",
        )
    return (
        f"Constraints forbid {lost} of {len(codes)} tasks; they were left out, so the design is no "
        "longer orthogonal (see its diagnosis for the correlations)."
    )


def _check_distinct(space: TaskSpace, codes: Codes, how: str) -> None:
    twice = repeated_alternatives(space, codes)
    if twice:
        raise DesignError(
            f"{len(twice)} tasks would show the same alternative twice (or the status quo again)",
            where=f"study '{space.study.id}', generation '{how}'",
            cure="Use another generation ('shifted' or 'random'), another seed, fewer "
            "alternatives, or random_design.",
        )
