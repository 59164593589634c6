"""How the coefficients of a mixed logit are correlated over people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import special

from ccegov_choice._table import Cell, Table
from ccegov_choice.errors import DataError
from ccegov_choice.models.delta import delta_method
from ccegov_choice.models.mixed.fitted import FittedMixed
from ccegov_choice.models.mixed.names import correlated_groups, random_coefficients
from ccegov_choice.models.mixed.random_coefficients import error_cell

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.taste_map import TasteMap
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


def random_correlations(results: Results, *, level: float = 0.95) -> Table:
    """Return the correlations of coefficients within correlated groups.

    Parameters
    ----------
    results : Results
        Of a `MixedLogit` with ``correlated``.
    level : float
        Confidence level of the intervals, which are made on Fisher's z and stay within -1 and 1.

    Returns
    -------
    Table
        A row per pair. For lognormal and other shapes the correlation is that of the normal draws
        inside.

    Raises
    ------
    DataError
        If no coefficients are correlated.
    """
    fitted = FittedMixed.of(results, "random_correlations", {})
    random = random_coefficients(fitted.model, results.utility)
    groups = correlated_groups(fitted.model, random)
    pairs = [(a, b) for group in groups for n, b in enumerate(group) for a in group[:n]]
    if not pairs:
        raise DataError(
            "no coefficients are correlated in this model",
            where="random_correlations",
            cure="Fit MixedLogit(..., correlated=True), or name groups of coefficients.",
        )
    places = {name: columns[0] for name, (columns, _) in fitted.rows(results).items()}
    one, other = (np.array([places[pair[k]] for pair in pairs]) for k in (0, 1))

    def told(theta: FloatArray) -> FloatArray:
        loads = _directions(fitted.layout.tastes, theta)
        return np.asarray((loads[one] * loads[other]).sum(axis=1))

    derived = delta_method(results, told)
    quantile = float(special.ndtri(0.5 + level / 2))
    rows = []
    for (a, b), value, error in zip(pairs, *derived, strict=True):
        rows.append((a, b, float(value), error_cell(error), *_fisher(value, error, quantile)))
    low, high = (f"{p:.1%}".replace(".0%", "%").replace("%", " %") for p in _ends(level))
    columns = ("", "with", "correlation", "s.e.", low, high)
    return Table(
        f"Correlations over people: {results.model.title}",
        columns,
        tuple(rows),
        _inside(random, groups),
        dict.fromkeys(columns[2:], ".3f"),
    )


def _directions(tastes: TasteMap, theta: FloatArray) -> FloatArray:
    """Return the loads ``(I, Q)`` of values on dimensions of draws, each row of length one."""
    loads = np.zeros((len(tastes.values), tastes.dimensions))
    sizes = tastes.loads_before(theta)
    for e, (i, f) in enumerate(zip(tastes.owner, tastes.structure.features, strict=True)):
        # a coefficient that is minus a lognormal falls where its draw rises
        sign = np.sign(tastes.values[i].distribution.span)
        loads[i, tastes.features[f].dimension] += sizes[e] * sign
    length = np.sqrt((loads**2).sum(axis=1, keepdims=True))
    return np.asarray(loads / np.where(length > 0, length, 1.0))


def _ends(level: float) -> tuple[float, float]:
    return 0.5 - level / 2, 0.5 + level / 2


def _fisher(value: float, error: float, quantile: float) -> tuple[Cell, Cell]:
    if np.isnan(error) or abs(value) >= 1:
        return None, None
    half = quantile * error / (1 - value**2)
    z = np.arctanh(value)
    return float(np.tanh(z - half)), float(np.tanh(z + half))


def _inside(random: Mapping[str, Any], groups: list[list[str]]) -> tuple[str, ...]:
    bent = [name for group in groups for name in group if not random[name].symmetric]
    if not bent:
        return ()
    return (f"Of {', '.join(bent)}: the correlation of the normal draws inside.",)
