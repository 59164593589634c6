"""Random designs per person: many versions of a design, each drawn anew for one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from ccegov_choice._provenance import Provenance
from ccegov_choice.design.candidates import Codes, task_space
from ccegov_choice.design.design import Design, assemble
from ccegov_choice.design.personal import enumeration, listing, repeats, shortcut
from ccegov_choice.design.personal.chances import Chances, chances_of
from ccegov_choice.design.personal.target import TargetDistribution
from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.study import Study

Method = Literal["independent", "enumeration", "shortcut", "balanced-overlap"]

METHODS = ("independent", "enumeration", "shortcut", "balanced-overlap")
MOST_VERSIONS = 10_000
MOST_TASKS = 200
MOST_TASKS_IN_ALL = 100_000


def person_designs(
    study: Study,
    *,
    versions: int,
    tasks: int,
    alternatives: int | None = None,
    method: Method = "balanced-overlap",
    target: TargetDistribution | Mapping[str, Any] | None = None,
    overlap: float | None = None,
    seed: int,
) -> Design:
    """Draw a design of its own for each person, as for conjoint analysis and AMCE studies.

    The versions are the blocks of the design: each person answers one. Floors and constraints are
    always kept; no task shows the same unlabelled alternative twice (nor one that equals the
    status quo); within a version no task comes twice where that can be avoided.

    Parameters
    ----------
    study : Study
        What is asked.
    versions : int
        How many versions; as many as people, or some hundreds that people share.
    tasks : int
        Tasks in each version.
    alternatives : int, optional
        Alternatives in a task besides the opt-out: two when not given; in a study with labelled
        alternatives it is the number of these.
    method : {"independent", "enumeration", "shortcut", "balanced-overlap"}
        How profiles are chosen.

        ``"independent"``: every profile is drawn from the target independently of all others
        (completely independent randomisation), which estimators of average marginal component
        effects assume. Forbidden combinations are kept out by drawing from the exact conditional
        distribution. Only a task that would break a rule above is drawn again.

        ``"enumeration"`` (complete enumeration): from all allowed profiles each alternative takes
        the one that brings the counts of levels and of pairs of levels closest to the target,
        within the version first and over versions second, while alternatives of a task tie as
        little as possible (minimal overlap). Each version is as near to orthogonal as it gets:
        best for main effects.

        ``"shortcut"``: each profile is built level by level from the levels that were shown least
        so far in the version, with minimal overlap; quick, and pairs of levels are left to chance.

        ``"balanced-overlap"``: like complete enumeration, but alternatives tie halfway between as
        little as possible and as in independent draws (half as often as these, where no tie is
        forced). Ties make people look at the other attributes, which helps with interactions and
        with attributes that would else decide alone.
    target : TargetDistribution or mapping, optional
        The distribution of profiles to aim at (or its `TargetDistribution.to_dict`). Every allowed
        profile equally likely when not given. All methods but ``"independent"`` bring the counts
        of levels (and of their pairs, but for ``"shortcut"``) to its shares; they do not follow
        it in combinations of three attributes or more.
    overlap : float, optional
        For ``"balanced-overlap"`` only: 0 ties as little as complete enumeration, 1 as much as
        independent draws; 0.5 when not given.
    seed : int
        The same seed gives the same design.

    Returns
    -------
    Design
        Its blocks are the versions; its notes say how alternatives tie, how far level shares are
        from the target, and where a sample of the profiles had to do.

    Raises
    ------
    DesignError
        If the study allows no such tasks, or an argument makes no sense.

    Notes
    -----
    The rules against equal alternatives and repeated tasks condition the draws and so move the
    shares of ``"independent"`` a little where profiles are few; the notes of the design give the
    largest difference between a level's share in the design and in the target.

    References
    ----------
    Hainmueller, J., Hopkins, D. J. and Yamamoto, T. (2014). Causal inference in conjoint analysis.
    Political Analysis 22, 1-30.

    De la Cuesta, B., Egami, N. and Imai, K. (2022). Improving the external validity of conjoint
    analysis: the essential role of profile distribution. Political Analysis 30, 19-45.

    Chrzan, K. and Orme, B. (2000). An overview and comparison of design strategies for
    choice-based conjoint analysis. Sawtooth Software Research Paper.
    """
    problems = _argument_problems(versions, tasks, method, overlap)
    if problems:
        raise DesignError.of(problems, "The design cannot be made ({count} problems):")
    space = task_space(study, alternatives)
    aimed = _target(study, target)
    chances = chances_of(space, aimed.marginals, aimed.profiles)
    rng = np.random.default_rng(seed)
    codes, notes = _METHODS[method](chances, versions, tasks, rng, overlap)
    notes = (*notes, *_notes(chances, codes))
    parameters = {
        "versions": versions,
        "tasks": tasks,
        "alternatives": alternatives,
        "method": method,
        "target": None if target is None else aimed.to_dict(),
        "overlap": overlap,
    }
    provenance = Provenance.record(
        "person_designs", parameters=parameters, seed=seed, parents={"study": study.sha256}
    )
    block = np.repeat(np.arange(1, versions + 1), tasks)
    return assemble(space, codes.reshape(-1, *codes.shape[2:]), block, provenance, notes)


_Made = tuple[Codes, tuple[str, ...]]


def _independent(
    chances: Chances, versions: int, tasks: int, rng: np.random.Generator, overlap: float | None
) -> _Made:
    drawn = chances.draw(versions * tasks, rng).reshape(
        versions, tasks, len(chances.space.slots), -1
    )
    codes = repeats.without_repeats(chances, drawn, rng)
    again = int((codes != drawn).any(axis=(2, 3)).sum())
    note = f"Profiles drawn independently; {again:,} of {versions * tasks:,} tasks were drawn again"
    return codes, (f"{note}, for an alternative or a task would have come twice.",)


def _enumeration(
    chances: Chances, versions: int, tasks: int, rng: np.random.Generator, overlap: float | None
) -> _Made:
    codes, sampled = enumeration.fill_versions(chances, versions, tasks, rng, None)
    return _finished(chances, codes, rng), _sample_note(chances, sampled)


def _balanced(
    chances: Chances, versions: int, tasks: int, rng: np.random.Generator, overlap: float | None
) -> _Made:
    share = 0.5 if overlap is None else overlap
    codes, sampled = enumeration.fill_versions(chances, versions, tasks, rng, share)
    return _finished(chances, codes, rng), _sample_note(chances, sampled)


def _shortcut(
    chances: Chances, versions: int, tasks: int, rng: np.random.Generator, overlap: float | None
) -> _Made:
    codes, sampled = shortcut.least_shown(chances, versions, tasks, rng)
    notes = (
        f"Of more than {shortcut.MOST_COMBINATIONS:,} combinations of attributes that constraints "
        "tie together, each step looked at a sample.",
    )
    return _finished(chances, codes, rng), notes if sampled else ()


_METHODS = {
    "independent": _independent,
    "enumeration": _enumeration,
    "shortcut": _shortcut,
    "balanced-overlap": _balanced,
}


def _finished(chances: Chances, codes: Codes, rng: np.random.Generator) -> Codes:
    """Mend what repeats, and give tasks and unlabelled alternatives their places by lot.

    The order in which tasks were filled would otherwise show: the first ones are the most even.
    """
    codes = repeats.without_repeats(chances, codes, rng)
    order = np.argsort(rng.random(codes.shape[:2]), axis=1)
    codes = np.take_along_axis(codes, order[:, :, None, None], axis=1)
    if chances.space.exchangeable:
        order = np.argsort(rng.random(codes.shape[:3]), axis=2)
        codes = np.take_along_axis(codes, order[:, :, :, None], axis=2)
    return codes


def _sample_note(chances: Chances, sampled: bool) -> tuple[str, ...]:
    if not sampled:
        return ()
    return (
        f"Of {max(chances.available):,} allowed profiles each version was made from a sample of "
        f"{listing.SAMPLE:,}, drawn from the target.",
    )


def _notes(chances: Chances, codes: Codes) -> tuple[str, ...]:
    """Say how often alternatives tie, how far shares are from the target, and what repeats."""
    notes = []
    ties, drawn, pairs = _ties(chances, codes)
    if pairs:
        notes.append(
            f"Alternatives of a task tie in {ties / pairs:.1%} of pairs per attribute; independent "
            f"draws would in {drawn / pairs:.1%}."
        )
    gap = _largest_gap(chances, codes)
    notes.append(
        f"Shares of levels differ from the target by at most {100 * gap:.1f} percentage points."
    )
    if codes.shape[1] > chances.different_tasks:
        notes.append(
            f"There are only {chances.different_tasks} different tasks: versions repeat some."
        )
    return tuple(notes)


def _ties(chances: Chances, codes: Codes) -> tuple[float, float, int]:
    """Return ties per task, those of independent draws, and the pairs that could tie."""
    found, drawn, pairs = 0.0, 0.0, 0
    for m in range(codes.shape[3]):
        slots = [j for j, slot in enumerate(chances.space.slots) if m in slot.attributes]
        drawn += chances.ties(m)[0]
        for a, i in enumerate(slots):
            for j in slots[:a]:
                found += float((codes[:, :, i, m] == codes[:, :, j, m]).mean())
                pairs += 1
    return found, drawn, pairs


def _largest_gap(chances: Chances, codes: Codes) -> float:
    """Return the largest difference between a level's share in the design and in the target."""
    together = [list(range(codes.shape[2]))]
    if not chances.space.exchangeable:
        together = [[j] for j in together[0]]
    largest = 0.0
    for slots in together:
        for m, shares in chances.level_shares(slots[0]).items():
            counts = np.bincount(codes[:, :, slots, m].ravel(), minlength=len(shares))
            largest = max(largest, float(np.abs(counts / counts.sum() - shares).max()))
    return largest


def _target(
    study: Study, target: TargetDistribution | Mapping[str, Any] | None
) -> TargetDistribution:
    if target is None:
        return TargetDistribution.uniform(study)
    if isinstance(target, Mapping):
        return TargetDistribution.from_dict(study, target)
    if target.study != study:
        raise DesignError(
            f"the target was made for another study, '{target.study.id}'",
            where=f"study '{study.id}'",
            cure="Make the target with this study.",
        )
    return target


def _argument_problems(
    versions: int, tasks: int, method: str, overlap: float | None
) -> list[Problem]:
    problems = []
    numbers = (("versions", versions, MOST_VERSIONS), ("tasks", tasks, MOST_TASKS))
    for name, number, most in numbers:
        if not 1 <= number <= most:
            cure = f"Give `{name}` between 1 and {most:,}."
            problems.append(Problem(f"a design cannot have {number} {name}", cure))
    if not problems and versions * tasks > MOST_TASKS_IN_ALL:
        problems.append(
            Problem(
                f"{versions:,} versions of {tasks} tasks are {versions * tasks:,} tasks",
                f"Give at most {MOST_TASKS_IN_ALL // tasks:,} versions; people can share them.",
            )
        )
    if method not in METHODS:
        problems.append(unknown_name(method, METHODS, "method"))
    elif overlap is not None and method != "balanced-overlap":
        told = f"`overlap` was given, but method '{method}' has none to set"
        problems.append(Problem(told, "Leave it out, or use method='balanced-overlap'."))
    if overlap is not None and not 0.0 <= overlap <= 1.0:
        told = f"an overlap of {overlap} is not between 0 and 1"
        problems.append(Problem(told, "Give 0 (as little as can be) to 1 (as independent draws)."))
    return problems
