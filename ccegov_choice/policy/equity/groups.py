"""Groups and how well off they are, read from whatever says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ccegov_choice._estimate import Estimate
from ccegov_choice.errors import PolicyError, Problem, unknown_name

FloatArray = npt.NDArray[np.float64]


@runtime_checkable
class HasGroups(Protocol):
    """A change of welfare by group, such as `WelfareChange`."""

    @property
    def groups(self) -> tuple[Any, ...]:
        """Groups, each with ``name``, ``people``, ``share``, ``mean`` and ``median``."""

    @property
    def sampled(self) -> FloatArray:
        """What each group gains in each draw of the parameters, (R, G)."""

    @property
    def level(self) -> float:
        """Confidence level."""


@dataclass(frozen=True, eq=False)
class GroupNumbers:
    """Groups with their numbers, whatever they came from; ``changes`` where these are gains."""

    names: tuple[str, ...]
    value: FloatArray
    sampled: FloatArray | None
    shares: FloatArray
    people: tuple[int | None, ...]
    changes: bool
    labels: tuple[str, ...]


def read_groups(source: Any, people: Mapping[str, float] | None, sampled: Any) -> GroupNumbers:
    """Read groups from a change of welfare, a mapping or a frame; see `equity`."""
    if isinstance(source, HasGroups):
        return _of_welfare(source)
    if isinstance(source, Mapping):
        given, counted = dict(source), people
    else:
        given = dict(zip(map(str, source["group"]), source["value"], strict=True))
        told = "people" in source
        counted = (
            dict(zip(map(str, source["group"]), source["people"], strict=True)) if told else people
        )
    names = tuple(str(name) for name in given)
    problems = [
        Problem(f"'{value}' is no number", "Give how well off the group is.", f"group '{name}'")
        for name, value in given.items()
        if not isinstance(value, int | float | np.number) or not np.isfinite(value)
    ]
    if not names:
        problems = [Problem("there is no group", "Give {group: level}.", "equity")]
    if counted is not None:
        problems += [
            unknown_name(n, counted, "group", where="people") for n in names if n not in counted
        ]
    draws = None if sampled is None else np.asarray(sampled, np.float64)
    if draws is not None and (draws.ndim != 2 or draws.shape[1] != len(names)):
        problems.append(
            Problem(f"draws have the shape {draws.shape}", f"Give (R, {len(names)}).", "sampled")
        )
    if problems:
        raise PolicyError.of(problems, "The groups have {count} problems:")
    sizes = np.array([1.0 if counted is None else float(counted[name]) for name in names])
    # numbers that sum to one are shares: nobody was counted
    count = counted if counted is not None and sizes.sum() > 1.5 else None
    told_counts = tuple(None if count is None else int(count[name]) for name in names)
    value = np.array([float(v) for v in given.values()])
    return GroupNumbers(names, value, draws, sizes / sizes.sum(), told_counts, False, names)


def _of_welfare(source: HasGroups) -> GroupNumbers:
    names = tuple(str(group.name) for group in source.groups)
    draws = np.asarray(source.sampled, np.float64)
    middles = [_middle(group) for group in source.groups]
    value = np.array([float(m) if m is not None else np.nan for m in middles])
    value = np.where(np.isnan(value), np.median(draws, axis=0), value)
    shares = np.array([float(group.share) for group in source.groups])
    # nobody was counted where one person stands for all
    counts = tuple(int(group.people) or None for group in source.groups)
    labels = tuple(str(getattr(group, "label", group.name)) for group in source.groups)
    return GroupNumbers(names, value, draws, shares / shares.sum(), counts, True, labels)


def _middle(group: Any) -> float | None:
    """Return a group's mean gain; its median where the mean does not exist."""
    for name in ("mean", "median"):
        found = getattr(group, name, None)
        if isinstance(found, Estimate):
            return found.value
    return None


def check_groups(
    found: GroupNumbers, given: Mapping[str, Mapping[str, float] | None], aversion: float
) -> None:
    """Check that what is given by group names all groups and no other."""
    problems = []
    for what, mapping in given.items():
        if mapping is not None:
            problems += [
                unknown_name(n, found.names, "group", where=what)
                for n in mapping
                if n not in found.names
            ]
            problems += [
                Problem(f"group '{name}' is missing", f"Add it to {what}=.", what)
                for name in found.names
                if name not in mapping
            ]
    if not 0 <= aversion < np.inf:
        problems.append(Problem(f"an aversion of {aversion:g}", "Give zero or more.", "aversion"))
    if problems:
        raise PolicyError.of(problems, "Equity cannot be told for {count} reasons:")
