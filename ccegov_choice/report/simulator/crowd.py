"""The people whom a page speaks of: patterns of covariates, none so rare that it names somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._disclosure.limits import LEAST_PEOPLE, withhold_groups
from ccegov_choice.errors import PolicyError, unknown_name
from ccegov_choice.models.population.population import Population, people_read
from ccegov_choice.study.people import People, gather_people, people_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccegov_choice.models.results import Results
    from ccegov_choice.study.people import Answers
    from ccegov_choice.study.profile import Profile
    from ccegov_choice.study.study import Study

MOST_LEFT_OUT = 0.1
"""Share of the people that may be left out because too few share their covariates."""

_GROUP = "_group"
_OTHERS = ""


@dataclass(frozen=True)
class Group:
    """A group of people that numbers are given for.

    Parameters
    ----------
    name : str
        In the study's words.
    people : int
        How many.
    """

    name: str
    people: int


@dataclass(frozen=True, eq=False)
class Crowd:
    """The people of a page.

    Parameters
    ----------
    population : Population
        Patterns of covariates that at least `LEAST_PEOPLE` share.
    groups : tuple of Group
        Groups told apart; empty where none are.
    of_group : ndarray of shape (M,)
        Which group each pattern belongs to; -1: none that is told.
    withheld : tuple of str
        Groups that are not told, because they are too small or would give small ones away.
    left_out : int
        People left out because fewer than `LEAST_PEOPLE` share their covariates.
    people : int
        People that the page speaks of; 0 for a single made-up person.
    """

    population: Population
    groups: tuple[Group, ...]
    of_group: npt.NDArray[np.int64]
    withheld: tuple[str, ...]
    left_out: int
    people: int


def gather_crowd(
    results: Results,
    source: Answers | pd.DataFrame | None,
    by: str | None,
    profiles: Sequence[Profile],
) -> Crowd:
    """Gather people by what the model reads of them and by group.

    Parameters
    ----------
    results : Results
        A fitted model.
    source : ChoiceData or DataFrame, optional
        The people.
    by : str, optional
        A column that tells groups apart.
    profiles : sequence of Profile
        What may be on offer.

    Raises
    ------
    DataError
        If people are needed and not given, or lack a column.
    PolicyError
        If so few people share their covariates that they could be picked out.
    """
    if source is None:
        if by is not None:
            raise PolicyError(
                f"there are no people to tell apart by {by}",
                where=f"by='{by}'",
                cure="Give people=data.",
            )
        population = Population.of(results, profiles=profiles, where="Simulator")
        return Crowd(population, (), np.full(population.size, -1), (), 0, 0)
    frame = people_frame(source)
    if by is not None and by not in frame:
        raise PolicyError.of([unknown_name(by, frame.columns, "column", where="by")])
    names = [n for n in people_read(results, profiles) if n != by]
    reads = [*names, by] if by in people_read(results, profiles) else names
    gather_people(frame, reads, results.study)  # says what is wrong with the covariates
    counts = _counts(source, frame)
    told, withheld = _groups(results.study, frame, by, counts)
    frame = frame.assign(_group=told, _count=counts)
    return _patterns(results, frame, by, reads, withheld)


def _counts(source: Answers | pd.DataFrame, frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return how many people each row stands for: one, or its weight in a table of a population."""
    people = not isinstance(source, pd.DataFrame) or "person" in source or "weight" not in source
    return np.ones(len(frame)) if people else frame["weight"].to_numpy(float)


def _groups(
    study: Study, frame: pd.DataFrame, by: str | None, counts: npt.NDArray[np.float64]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the told group of each row, and the names that are not told."""
    if by is None:
        return [_OTHERS] * len(frame), ()
    named = [group_label(study, by, value) for value in frame[by]]
    sizes = pd.Series(counts).groupby(named).sum().round()
    withheld = withhold_groups({str(name): int(size) for name, size in sizes.items()})
    return [_OTHERS if name in withheld else name for name in named], tuple(sorted(withheld))


def group_label(study: Study, by: str, value: object) -> str:
    """Return the name of a group: ``"Confident"``, or ``"area 7"`` where the study has no words."""
    known = {covariate.id: covariate for covariate in study.covariates}.get(by)
    if known is not None and str(value) in known.level_ids:
        return next(level.text() for level in known.levels if level.id == str(value))
    if isinstance(value, str):
        return value
    label = by if known is None else known.text()
    return f"{label}: {value:g}" if isinstance(value, int | float | np.number) else str(value)


def _patterns(
    results: Results,
    frame: pd.DataFrame,
    by: str | None,
    reads: Sequence[str],
    withheld: tuple[str, ...],
) -> Crowd:
    keys = [*reads, _GROUP]
    found = frame.groupby(keys, sort=True, observed=True)[["weight", "_count"]].sum().reset_index()
    rare = found["_count"] < LEAST_PEOPLE
    left_out = float(found.loc[rare, "_count"].sum())
    if rare.all() or left_out > MOST_LEFT_OUT * float(found["_count"].sum()):
        listed = ", ".join([*reads, *([by] if by and by not in reads else [])])
        raise PolicyError(
            f"fewer than {LEAST_PEOPLE} people share the same {listed} in so many cases that "
            "people could be picked out",
            where="people",
            cure="Put values into bands before fitting, tell fewer groups apart, or fit a model "
            "without this covariate.",
        )
    kept = found[~rare].reset_index(drop=True)
    names = [str(name) for name in dict.fromkeys(kept[_GROUP]) if name != _OTHERS]
    groups = tuple(
        Group(name, int(kept.loc[kept[_GROUP] == name, "_count"].sum())) for name in names
    )
    weights = kept["weight"].to_numpy(float)
    people = People(
        {name: kept[name].to_numpy() for name in reads},
        weights / weights.sum(),
        int(kept["_count"].sum()),
    )
    of_group = np.array([names.index(g) if g in names else -1 for g in kept[_GROUP]])
    return Crowd(
        Population(results, people), groups, of_group, withheld, round(left_out), people.count
    )
