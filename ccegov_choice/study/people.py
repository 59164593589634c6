"""For whom a forecast or trade-off is made: covariate patterns of people and their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import DataError, Problem, unknown_name

if TYPE_CHECKING:
    from ccegov_choice.study.study import Study


class Answers(Protocol):
    """Choice data, as far as people are concerned: `ChoiceData` is one."""

    @property
    def frame(self) -> pd.DataFrame:
        """One row per alternative shown."""

    @property
    def person_rows(self) -> npt.NDArray[np.int64]:
        """First row of each person."""

    @property
    def person_offsets(self) -> npt.NDArray[np.int64]:
        """First task of each person."""

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """Weight of each task."""


@dataclass(frozen=True)
class People:
    """Patterns of covariates and how much of the population each stands for.

    Parameters
    ----------
    covariates : mapping of str to ndarray of shape (M,)
        Value of each covariate in each of ``M`` patterns.
    weights : ndarray of shape (M,)
        Share of the people with each pattern; they sum to one.
    count : int
        People that the patterns were made from; 0 for a single person who is made up.
    """

    covariates: Mapping[str, npt.NDArray[Any]]
    weights: npt.NDArray[np.float64]
    count: int = 0

    @property
    def size(self) -> int:
        """Number of patterns, ``M``."""
        return len(self.weights)


def one_person(values: Mapping[str, Any]) -> People:
    """Return a single pattern of given values."""
    return People({name: np.array([value]) for name, value in values.items()}, np.ones(1))


def people_frame(source: Answers | pd.DataFrame) -> pd.DataFrame:
    """Return one row per person with a positive ``weight``.

    Parameters
    ----------
    source : ChoiceData or DataFrame
        Choice data, or a frame with one row per person (the first row of each ``person``, if it
        has that column); a column ``weight`` is honoured.

    Raises
    ------
    DataError
        If there is nobody, or a weight is missing, negative or not finite.
    """
    if isinstance(source, pd.DataFrame):
        frame = source.drop_duplicates("person") if "person" in source else source
        frame = frame.reset_index(drop=True)
        weights = frame["weight"].to_numpy(float) if "weight" in frame else np.ones(len(frame))
    else:
        frame = source.frame.iloc[source.person_rows].reset_index(drop=True)
        sums = np.add.reduceat(source.weights, source.person_offsets[:-1])
        weights = sums / np.diff(source.person_offsets)
    bad = ~np.isfinite(weights) | (weights < 0)
    if len(frame) == 0 or bad.any() or weights.sum() == 0:
        raise DataError(
            "people cannot be averaged: nobody is given, or a weight is missing, negative or zero "
            "for all",
            where="people",
            cure="Give at least one person, with weights of zero or more.",
        )
    return frame.assign(weight=weights)


def gather_people(source: Answers | pd.DataFrame, names: Sequence[str], study: Study) -> People:
    """Count people by their pattern of covariates.

    Parameters
    ----------
    source : ChoiceData or DataFrame
        See `people_frame`.
    names : sequence of str
        The covariates that matter.
    study : Study
        Says which levels exist.

    Raises
    ------
    DataError
        Listing covariates that are missing, empty for somebody, or hold unknown levels.
    """
    frame = people_frame(source)
    problems = [p for name in names for p in _covariate_problems(frame, name, study)]
    if problems:
        raise DataError.of(problems, "The people given have {count} problems:")
    total = float(frame["weight"].sum())
    if not names:
        return People({}, np.ones(1), len(frame))
    sums = frame.groupby(list(names), sort=False, observed=True)["weight"].sum()
    patterns = sums.index.to_frame(index=False)
    return People(
        {name: patterns[name].to_numpy() for name in names}, sums.to_numpy() / total, len(frame)
    )


def _covariate_problems(frame: pd.DataFrame, name: str, study: Study) -> list[Problem]:
    if name not in frame.columns:
        cure = unknown_name(name, frame.columns, "column").cure
        return [Problem(f"the people have no column '{name}'", cure, "people")]
    empty = int(frame[name].isna().sum())
    if empty:
        return [
            Problem(
                f"'{name}' is empty for {empty} people",
                "Fill it, or leave these people out and say so.",
                "people",
            )
        ]
    known = {covariate.id: covariate for covariate in study.covariates}.get(name)
    if known is None or known.is_numeric or not known.level_ids:
        return []
    unknown = [v for v in pd.unique(frame[name]) if str(v) not in known.level_ids]
    return [unknown_name(v, known.level_ids, f"level of {name}", where="people") for v in unknown]
