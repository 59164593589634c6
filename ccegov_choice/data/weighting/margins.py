"""Declared margins of the population, and where people of the sample stand in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._files import read_text
from ccegov_choice.data.labels import as_labels, label
from ccegov_choice.errors import DataError, FileFormatError, Problem, unknown_name

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Margin:
    """How the population is split by one column.

    Parameters
    ----------
    column : str
        A column about people.
    categories : tuple of str
        Its categories, as declared.
    shares : ndarray of shape (C,)
        Share of the population in each; they sum to one.
    codes : ndarray of shape (N,)
        Category of each person of the sample.
    """

    column: str
    categories: tuple[str, ...]
    shares: Floats
    codes: Integers

    @property
    def counts(self) -> Integers:
        """People of the sample in each category, (C,)."""
        return np.bincount(self.codes, minlength=len(self.categories)).astype(np.int64)

    @property
    def reachable(self) -> Floats:
        """Shares among the categories that somebody was heard from, (C,); they sum to one."""
        heard = np.where(self.counts > 0, self.shares, 0.0)
        return np.asarray(heard / heard.sum())


def load_margins(path: str | Path) -> dict[str, Any]:
    """Read margins from TOML: a table per column, with a share or number per category."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise FileFormatError(
            f"the file is not TOML: {error}", where=str(path), cure="Mend the line it names."
        ) from error


def read_margins(people: pd.DataFrame, given: Mapping[str, Any]) -> tuple[Margin, ...]:
    """Check margins against the people; one error with all problems.

    Parameters
    ----------
    people : DataFrame
        One row per person.
    given : mapping of str to mapping
        Column -> {category: share of the population, or number of people}.
    """
    problems: list[Problem] = []
    if not given:
        problems.append(
            Problem("no margin is given", "Give {column: {category: share}}.", "margins")
        )
    margins = []
    for column, split in given.items():
        before = len(problems)
        if column not in people:
            problems.append(unknown_name(column, people.columns, "column", where="margins"))
            continue
        if not isinstance(split, Mapping):
            problems.append(
                Problem(
                    "it is no list of categories", "Give category = share.", f"margin '{column}'"
                )
            )
            continue
        names = [label(category) for category in split]
        values = _values(column, names, list(split.values()), problems)
        codes = _codes(column, people[column], names, problems)
        if len(problems) == before:
            _check_filled(column, names, values, codes, problems)
            margins.append(Margin(column, tuple(names), values / values.sum(), codes))
    if problems:
        raise DataError.of(problems, "The margins have {count} problems:")
    return tuple(margins)


def _values(column: str, names: list[str], given: list[Any], problems: list[Problem]) -> Floats:
    where = f"margin '{column}'"
    numbers = np.array(
        [float(v) if isinstance(v, int | float | np.number) else np.nan for v in given]
    )
    bad = [n for n, v in zip(names, numbers, strict=True) if not (np.isfinite(v) and v >= 0)]
    if bad:
        problems.append(
            Problem(
                f"{', '.join(bad)}: no share of the population",
                "Give a share from 0 to 1, or a number of people.",
                where,
            )
        )
        return numbers
    total = float(numbers.sum())
    # numbers above one are counts of people; shares sum to one but for rounding
    shares = bool((numbers <= 1).all()) and len(numbers) > 0
    if total <= 0 or (shares and abs(total - 1) > 0.005):
        problems.append(
            Problem(
                f"its shares sum to {total:g}",
                "Give all categories, so that they sum to 1; or numbers of people.",
                where,
            )
        )
    return numbers


def _codes(column: str, cells: pd.Series, names: list[str], problems: list[Problem]) -> Integers:
    empty = cells.isna().to_numpy()
    if empty.any():
        problems.append(
            Problem(
                f"'{column}' is empty for {int(empty.sum()):,} people",
                "Fill it in, or leave these people out and say so.",
                "people",
            )
        )
    position = {name: i for i, name in enumerate(names)}
    labels = as_labels(cells[~empty])
    unknown = [name for name in dict.fromkeys(labels) if name not in position]
    problems += [
        unknown_name(name, names, "category", where=f"margin '{column}'") for name in unknown
    ]
    return np.array([position.get(name, 0) for name in labels], dtype=np.int64)


def _check_filled(
    column: str, names: list[str], values: Floats, codes: Integers, problems: list[Problem]
) -> None:
    counts = np.bincount(codes, minlength=len(names))
    for name, value, count in zip(names, values, counts, strict=True):
        if value == 0 and count:
            problems.append(
                Problem(
                    f"'{name}' has no share of the population, but {count:,} people are in it",
                    "Give it its share, or leave these people out and say so.",
                    f"margin '{column}'",
                )
            )
    if not values[counts > 0].sum() > 0:
        problems.append(
            Problem("nobody was heard from", "Check the categories.", f"margin '{column}'")
        )
