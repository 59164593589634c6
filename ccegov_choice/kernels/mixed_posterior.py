"""Mixed logit after the fit: tastes of people given their choices, and shares of everybody.

Names and axes as in `ccegov_choice.kernels.mixed`. The weight of a draw for a person is the
probability of all that the person chose, so with ``x(r)`` a coefficient at draw ``r``::

    E[x | choices]   = sum_r w_r x(r)              w_r = P(r) / sum P
    Var[x | choices] = sum_r w_r (x(r) - E)^2

Means and sums of squares of tiles are merged one after the other, so that no small variance is the
difference of two large numbers.

References
----------
Train (2009), Discrete Choice Methods with Simulation, chapter 11. Chan, Golub & LeVeque (1983), The
American Statistician 37, 242-247.
"""

from __future__ import annotations

from typing import Any

from ccegov_choice.kernels.compiled import kernel
from ccegov_choice.kernels.elementary import bounded_powers
from ccegov_choice.kernels.mixed import (
    NOTHING,
    draw_features,
    draw_values,
    multiply,
    new_scratch,
    not_finite,
    set_constant_slopes,
    set_levels,
    tile_paths,
    weigh,
    zero_or_nan,
)
from ccegov_choice.kernels.products import TILE, products


@kernel
def _merge(x: Any, weight: Any, mass: float, before: float, mean: float, square: float) -> Any:
    """Merge a tile of mass ``mass`` into a mean and a sum of squares of mass ``before``."""
    total = 0.0
    for t in range(TILE):
        total += weight[t] * x[t]
    centre = total / mass
    apart = 0.0
    for t in range(TILE):
        apart += weight[t] * (x[t] - centre) * (x[t] - centre)
    step = centre - mean
    share = mass / (before + mass)
    return mean + step * share, square + apart + step * step * before * share


@kernel
def mixed_posterior(
    data: Any,
    draws: Any,
    structure: Any,
    places: Any,
    room: Any,
    people: Any,
    multiplied: bool,
    mean: Any,
    variance: Any,
    partners: Any = None,
) -> None:
    """Fill the mean and variance of each coefficient given what a person chose.

    Parameters
    ----------
    data : Differences
        The choices.
    draws : Draws
        Standard draws.
    structure : Structure
        From draws to values and coefficients.
    places : Places
        ``a`` (N or 1, I), ``b`` (N or 1, E) and ``fixed`` (Kf,), as for
        `ccegov_choice.kernels.mixed.mixed_people`.
    room : (2,) int64
        Rows done at once, and the most rows of a person.
    people : (2,) int64
        First person, and one beyond the last.
    multiplied : bool
        Whether columns are told after multiplication by their multipliers.
    mean, variance : (N, I) float64
        Receive their part, columns first; NaN where a coefficient is not finite.
    partners : (Kr,) int64, optional
        Where columns are told after multiplication: the column that each is added to, or -1.
    """
    columns = data.random.shape[1]
    values = len(structure.kind)
    s = new_scratch(len(draws.dimensions), values, columns, room[0], room[1])
    set_constant_slopes(structure, s.slope)
    beta = s.beta if structure.multiplied else s.value
    for n in range(people[0], people[1]):
        a, b = places.a[n if len(places.a) > 1 else 0], places.b[n if len(places.b) > 1 else 0]
        start = data.task_rows[data.person_tasks[n]]
        rows = data.task_rows[data.person_tasks[n + 1]] - start
        set_levels(data.fixed, start, rows, places.fixed, s.level)
        for i in range(values):
            mean[n, i], variance[n, i] = 0.0, 0.0
        best, mass = NOTHING, 0.0
        wrong = not_finite(a) + not_finite(b) + not_finite(places.fixed)
        for first in range(0, draws.base.shape[1], TILE):
            draw_features(draws, n, first, s.phi)
            draw_values(structure, a, b, s.phi, s.value, s.slope)
            if structure.multiplied:
                wrong += multiply(structure, s.value, s.beta)
            tile_paths(data, n, beta, s, False)
            best, shrink = weigh(s.path, s.weight, s.bits, best, draws.number - first)
            mass *= shrink
            for i in range(values):
                variance[n, i] *= shrink
            tile_mass = 0.0
            for t in range(TILE):
                tile_mass += s.weight[t]
            if tile_mass == 0.0:
                continue
            if multiplied and partners is not None:
                for k in range(columns):
                    if partners[k] >= 0:
                        both = beta[partners[k] * TILE :]
                        for t in range(TILE):
                            both[t] += beta[k * TILE + t]
            for i in range(values):
                told = beta if multiplied and i < columns else s.value
                x = told[i * TILE : (i + 1) * TILE]
                mean[n, i], variance[n, i] = _merge(
                    x, s.weight, tile_mass, mass, mean[n, i], variance[n, i]
                )
            mass += tile_mass
        for i in range(values):
            mean[n, i] += wrong
            variance[n, i] = variance[n, i] / mass + wrong


@kernel
def mixed_shares(
    rows: Any,
    draws: Any,
    structure: Any,
    places: Any,
    room: int,
    tasks: Any,
    out: Any,
) -> None:
    """Fill choice probabilities averaged over people.

    Everybody is drawn from the first row of the shifts, so that the same task has the same shares
    wherever it stands.

    Parameters
    ----------
    rows : Differences
        Attributes of all alternatives, in the place of differences; ``person_tasks`` is not read.
    draws : Draws
        Standard draws.
    structure : Structure
        From draws to coefficients.
    places : Places
        ``a`` (T or 1, I), ``b`` (T or 1, E), by task; ``fixed`` (Kf,).
    room : int
        The most alternatives of a task.
    tasks : (2,) int64
        First task, and one beyond the last.
    out : (A,) float64
        Receives their part; NaN where a utility is not finite.
    """
    columns = rows.random.shape[1]
    values = len(structure.kind)
    s = new_scratch(len(draws.dimensions), values, columns, room, room)
    set_constant_slopes(structure, s.slope)
    beta = s.beta if structure.multiplied else s.value
    for task in range(tasks[0], tasks[1]):
        a = places.a[task if len(places.a) > 1 else 0]
        b = places.b[task if len(places.b) > 1 else 0]
        start, size = rows.task_rows[task], rows.task_rows[task + 1] - rows.task_rows[task]
        wrong = not_finite(a) + not_finite(b) + not_finite(places.fixed)
        set_levels(rows.fixed, start, size, places.fixed, s.level)
        for row in range(size):
            s.mean[row] = 0.0
        for first in range(0, draws.base.shape[1], TILE):
            draw_features(draws, 0, first, s.phi)
            draw_values(structure, a, b, s.phi, s.value, s.slope)
            if structure.multiplied:
                multiply(structure, s.value, s.beta)
            products(rows.random, start, size, s.level, beta, s.v)
            live = min(TILE, draws.number - first)
            wrong += _add_shares(s.v, s.e, s.path, s.weight, size, live, s.mean)
        for row in range(size):
            out[start + row] = s.mean[row] / draws.number + wrong


@kernel
def _add_shares(v: Any, e: Any, top: Any, total: Any, size: int, live: int, mean: Any) -> float:
    """Add probabilities of a tile of draws to ``mean``; return zero, or NaN where there is none."""
    for t in range(TILE):
        top[t] = v[t]
        total[t] = 0.0
    for row in range(1, size):
        here = v[row * TILE : (row + 1) * TILE]
        for t in range(TILE):
            top[t] = here[t] if here[t] > top[t] else top[t]
    wrong = 0.0
    for row in range(size):
        here = v[row * TILE : (row + 1) * TILE]
        for t in range(TILE):
            here[t] -= top[t]
        for t in range(live):
            wrong += zero_or_nan(here[t])
    bounded_powers(v, e, size * TILE)
    for row in range(size):
        here = e[row * TILE : (row + 1) * TILE]
        for t in range(TILE):
            total[t] += here[t]
    for row in range(size):
        here = e[row * TILE : (row + 1) * TILE]
        for t in range(live):
            mean[row] += here[t] / total[t]
    return wrong
