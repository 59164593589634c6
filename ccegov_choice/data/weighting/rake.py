"""Raking: weights under which the sample has the margins of the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.weighting.margins import Margin, load_margins, read_margins
from ccegov_choice.data.weighting.weighting import MarginRow, Weighting
from ccegov_choice.errors import DataError, Problem
from ccegov_choice.study.people import people_frame

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData

Floats = npt.NDArray[np.float64]


def rake(
    data: ChoiceData | pd.DataFrame,
    margins: Mapping[str, Mapping[Any, float]] | str | Path,
    *,
    most: float | None = 5.0,
    tolerance: float = 1e-6,
    rounds: int = 1000,
) -> Weighting:
    """Weigh people so that the sample has the margins of the population.

    Weights are multiplied for one margin after the other until all fit (iterative proportional
    fitting), starting from the data's own weights. Categories that nobody was heard from cannot be
    weighted up: they are named, and the others share their place.

    Parameters
    ----------
    data : ChoiceData or DataFrame
        The people; a frame has one row per person (and a column ``weight``, if people were drawn
        with unequal chances).
    margins : mapping, or path of a TOML file
        Column -> {category: share of the population, or number of people}.
    most : float or None
        No weight is more than this many times the mean; None for no limit. A limit makes estimates
        steadier and margins less exact; what is left open is reported.
    tolerance : float
        How near shares must be to the population's.
    rounds : int
        When to give up.

    Returns
    -------
    Weighting

    Raises
    ------
    DataError
        Listing unknown columns, categories that the margins do not have, shares that do not sum to
        one, and empty cells.

    References
    ----------
    Deming and Stephan (1940), On a least squares adjustment of a sampled frequency table when the
    expected marginal totals are known; Kish (1965), Survey Sampling.
    """
    _check_settings(most, tolerance, rounds)
    people = people_frame(data)
    given = load_margins(margins) if isinstance(margins, str | Path) else margins
    read = read_margins(people, given)
    start = people["weight"].to_numpy(dtype=np.float64)
    weights, gap, used = _fit(start / start.mean(), read, most, tolerance, rounds)
    ids = people["person"].to_numpy() if "person" in people else np.arange(1, len(people) + 1)
    trimmed = 0 if most is None else int((weights >= most * (1 - 1e-9)).sum())
    return Weighting(
        ids,
        weights,
        tuple(row for margin in read for row in _rows(margin, weights)),
        gap,
        gap <= tolerance,
        used,
        most,
        trimmed,
    )


def _check_settings(most: float | None, tolerance: float, rounds: int) -> None:
    problems = []
    if most is not None and not most > 1:
        problems.append(
            Problem(f"no weight can be below {most:g} times the mean", "Give 3 to 8.", "most")
        )
    if not tolerance > 0:
        problems.append(Problem("shares never fit exactly", "Give 1e-6.", "tolerance"))
    if rounds < 1:
        problems.append(Problem("there is no round to fit in", "Give 1000.", "rounds"))
    if problems:
        raise DataError.of(problems)


def _fit(
    weights: Floats, margins: Sequence[Margin], most: float | None, tolerance: float, rounds: int
) -> tuple[Floats, float, int]:
    """Return weights of mean one, the largest distance of a share from its target, and rounds."""
    size, gap = len(weights), np.inf
    for turn in range(1, rounds + 1):
        for margin in margins:
            sums = np.bincount(margin.codes, weights, len(margin.categories))
            target = margin.reachable * size
            factor = np.divide(target, sums, out=np.ones_like(sums), where=sums > 0)
            weights = weights * factor[margin.codes]
        if most is not None:
            weights = np.minimum(weights / weights.mean(), most)
        weights = weights / weights.mean()
        before, gap = gap, _gap(weights, margins)
        # a limit on weights leaves a distance that no further round makes smaller
        if gap <= tolerance or (turn > 10 and abs(before - gap) <= 1e-12):
            break
    if most is not None:
        weights = np.minimum(weights, most)
    return weights, gap, turn


def _gap(weights: Floats, margins: Sequence[Margin]) -> float:
    shares = [np.bincount(m.codes, weights, len(m.categories)) / weights.sum() for m in margins]
    return max(float(np.abs(s - m.reachable).max()) for s, m in zip(shares, margins, strict=True))


def _rows(margin: Margin, weights: Floats) -> list[MarginRow]:
    size = len(margin.categories)
    after = np.bincount(margin.codes, weights, size) / weights.sum()
    counts = margin.counts
    return [
        MarginRow(
            margin.column,
            name,
            float(margin.shares[i]),
            float(counts[i] / counts.sum()),
            float(after[i]),
            int(counts[i]),
        )
        for i, name in enumerate(margin.categories)
    ]
