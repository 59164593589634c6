"""From the words of a mixed logit to its parameters, its map of tastes and its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.mixed.builder import SCALE, Builder, Covariates, Drawn, Inside
from ccegov_choice.models.mixed.distributions import Distribution, Normal
from ccegov_choice.models.mixed.scale_heterogeneity import (
    FIRST,
    GAMMA,
    TAU,
    Column,
    Pieces,
    scale_value,
    split_columns,
)
from ccegov_choice.models.mixed.taste_map import Load, TasteMap, Value
from ccegov_choice.study.gain import payment_sign

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Layout:
    """The parameters of a mixed logit and what they do.

    Parameters
    ----------
    names : tuple of P str
        The parameters: locations under the names of the utility, spreads, shifts.
    tastes : TasteMap
        From parameters to coefficients.
    order : ndarray of shape (Kr + Kf,)
        Columns of the utility and of the error components in the order of the map: those that
        vary come first. Error components follow the utility's ``K``. A column may come twice: its
        coefficient is then the sum of two.
    varying : int
        How many vary, ``Kr``.
    spreads : mapping of str to str
        Parameter that is a spread -> the coefficient it belongs to.
    bounds : mapping of str to (low, high)
        Bounds that distributions set to their parameters.
    first : mapping of str to float
        First values of parameters that are neither coefficients nor spreads.
    within : tuple of Inside
        Coefficients that also vary from task to task.
    """

    names: tuple[str, ...]
    tastes: TasteMap
    order: IntArray
    varying: int
    spreads: Mapping[str, str]
    bounds: Mapping[str, tuple[float, float]]
    first: Mapping[str, float]
    within: tuple[Inside, ...]


def lay_out(
    model: MixedLogit, utility: Utility, covariates: Covariates, *, one_task: bool = False
) -> Layout:
    """Name the parameters and say what they do.

    Parameters
    ----------
    model : MixedLogit
        The specification.
    utility : Utility
        Bound to a study.
    covariates : mapping
        The covariates that the model names, coded.
    one_task : bool
        Whether each task is by itself, so that what varies within people is as if between them.

    Raises
    ------
    UtilityError
        Listing what does not fit.
    """
    builder = Builder(model, utility, covariates)
    loads = builder.loads()
    values: dict[int, Value] = {}
    for k, name in enumerate(utility.names):
        if name == model.pay_in:
            study = utility.study
            assert study is not None  # bound
            values[k] = Value(constant=payment_sign(study.attribute(name)))
            continue
        distribution = builder.random.get(name, Normal())
        shifts = builder.shifts(name, model.mean_by, name)
        stretches = builder.shifts(name, model.spread_by, f"spread[{name}]")
        own = loads.get(name, Drawn())
        values[k] = _value(distribution, k, own, shifts, stretches)
    for c, component in enumerate(model.error_components):
        position = builder.spread(f"sd[{component}]", component)
        load = Load(builder.dimension(), {position: 1.0})
        values[utility.size + c] = Value(loads=(load,))
    within = builder.within()
    columns = [Column(k, value, False) for k, value in values.items()]
    if one_task:
        columns += [
            Column(k, Value(shape, loads=(Load(builder.dimension(), {spread: 1.0}),)), False)
            for k, spread, shape in within
        ]
    return _arrange(builder, columns, within)


def _value(
    distribution: Distribution,
    location: int,
    own: Drawn,
    shifts: Mapping[int, FloatArray] | None = None,
    stretches: Mapping[int, FloatArray] | None = None,
) -> Value:
    places = {} if own.arguments else {location: 1.0}
    return Value(distribution, places, 0.0, own.loads, shifts or {}, stretches or {}, own.arguments)


def _trade_scale(builder: Builder) -> Value:
    """Return what multiplies all utilities in trade space."""
    model = builder.model
    assert model.pay_in is not None
    location = builder.utility.names.index(model.pay_in)
    if model.scale is not None:
        own = builder.drawn(SCALE, model.scale, location, builder.dimension())
        return _value(model.scale, location, own, builder.scale_shifts())
    if not model.scale_by:
        return Value(Normal(), {location: 1.0})
    # a load of a constant can be multiplied by covariates
    load = Load(builder.dimension(), {location: 1.0})
    return Value(Distribution(_ones), loads=(load,), stretches=builder.scale_shifts())


def _ones(u: FloatArray) -> FloatArray:
    return np.ones(len(u))


def _scaled(builder: Builder, columns: list[Column]) -> tuple[Pieces, Value | None]:
    """Say which columns are multiplied, and with what."""
    model, asked = builder.model, builder.model.scale_heterogeneity
    if model.pay_in is not None:
        return Pieces([c._replace(scaled=True) for c in columns], ()), _trade_scale(builder)
    if asked is None and not model.scale_by:
        return Pieces(columns, ()), None
    alone = asked.alone(builder.utility) if asked is not None else frozenset()
    names = dict(enumerate(builder.utility.names))
    columns = [c._replace(scaled=names.get(c.place) not in alone) for c in columns]
    tau = builder.parameter(TAU) if asked is not None else -1
    free = asked is not None and asked.free
    gamma = builder.parameter(GAMMA) if free else -1
    shifts = builder.scale_shifts()
    size = len(builder.names)
    if asked is None:
        return Pieces(columns, ()), scale_value(tau, size, -1, shifts, False)
    scale = scale_value(tau, size, builder.dimension(), shifts, True)
    pieces = Pieces(columns, ())
    if asked.splits:
        share = gamma if asked.gamma == "free" else asked.gamma
        pieces = split_columns(columns, share, size, free, 1)
    return pieces._replace(products=((tau, tau), *pieces.products)), scale


def _arrange(builder: Builder, columns: list[Column], within: tuple[Inside, ...]) -> Layout:
    """Put columns that vary first, then the fixed ones; multipliers come last among the values."""
    pieces, scale = _scaled(builder, columns)
    varies = [
        c for c in pieces.columns
        if c.scaled or c.value.loads or c.value.shifts or c.value.stretches
    ]  # fmt: skip
    steady = [c.place for c in pieces.columns if c not in varies]
    # the columns of the kernel come in pairs
    width = max(len(varies) + len(varies) % 2, 2)
    found = [c.value for c in varies] + [Value()] * (width - len(varies))
    multipliers = [width if c.scaled else -1 for c in varies] + [-1] * (width - len(varies))
    tastes = TasteMap(
        len(builder.names),
        (*found, *([scale] if scale is not None else [])),
        tuple(multipliers),
        np.array(steady, dtype=np.int64),
        pieces.products,
    )
    order = np.array([*(c.place for c in varies), *steady], dtype=np.int64)
    first = {name: value for name, value in FIRST.items() if name in builder.names}
    names = tuple(builder.names)
    return Layout(names, tastes, order, len(varies), builder.spreads, builder.bounds, first, within)
