"""From the words of a mixed logit to its parameters, its map of tastes and its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.models.distributions import Distribution, Normal
from ccegov_choice.models.scale_heterogeneity import (
    FIRST,
    GAMMA,
    LOG_SCALE,
    TAU,
    Column,
    Pieces,
    scale_value,
    split_columns,
)
from ccegov_choice.models.tabulated import LOCATION, TabulatedDistribution
from ccegov_choice.models.taste_map import Load, TasteMap, Value
from ccegov_choice.study.gain import payment_sign

if TYPE_CHECKING:
    from ccegov_choice.models.mixed import MixedLogit
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SCALE = "scale"
Covariates = Mapping[str, Mapping[str, FloatArray]]
"""Covariate as named in the model -> label of each of its columns -> values ``(N,)``."""


class Inside(NamedTuple):
    """A coefficient that varies from task to task: its column, spread and distribution."""

    column: int
    spread: int
    distribution: Distribution


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


def random_coefficients(model: MixedLogit, utility: Utility) -> dict[str, Distribution]:
    """Return the distribution of each random coefficient: an attribute stands for its levels.

    Raises
    ------
    UtilityError
        Listing every name that is neither a coefficient nor an attribute.
    """
    allowed = [name for name in utility.names if name != model.pay_in]
    return by_coefficient(model.random, allowed, "random")


def by_coefficient(
    given: Mapping[str, Distribution], allowed: Sequence[str], where: str
) -> dict[str, Distribution]:
    """Return the distribution of each coefficient: an attribute stands for its levels.

    Raises
    ------
    UtilityError
        Listing every name that is neither a coefficient nor an attribute.
    """
    found: dict[str, Distribution] = {}
    problems: list[Problem] = []
    for name, distribution in given.items():
        levels = [each for each in allowed if each == name or each.startswith(f"{name}[")]
        if not levels:
            problems.append(unknown_name(name, allowed, "coefficient", where=where))
        found.update(dict.fromkeys(levels, distribution))
    if problems:
        raise UtilityError.of(problems, "The random coefficients have {count} problems:")
    return {name: found[name] for name in allowed if name in found}


def correlated_groups(model: MixedLogit, random: Mapping[str, Distribution]) -> list[list[str]]:
    """Return the groups of coefficients whose draws are correlated.

    Raises
    ------
    UtilityError
        If a group names a coefficient that is not random, or not normal inside, or comes twice.
    """
    if model.correlated is False:
        return []
    if model.correlated is True:
        given: list[Sequence[str]] = [[n for n, d in random.items() if d.normal_inside]]
    else:
        given = [list(group) for group in model.correlated]
    groups = [
        [n for n in random if any(n == name or n.startswith(f"{name}[") for name in group)]
        for group in given
    ]
    problems = [
        unknown_name(name, random, "random coefficient", where="correlated")
        for group in given
        for name in group
        if not any(n == name or n.startswith(f"{name}[") for n in random)
    ]
    members = [name for group in groups for name in group]
    problems += [
        Problem(f"'{name}' stands in two groups", "Name it once.", "correlated")
        for name in dict.fromkeys(members)
        if members.count(name) > 1
    ]
    problems += [
        Problem(
            f"'{name}' is {random[name]}, and only draws that are normal inside can be correlated",
            "Leave it out of the group, or make it Normal, LogNormal, CensoredNormal or JohnsonSB.",
            "correlated",
        )
        for name in dict.fromkeys(members)
        if not random[name].normal_inside
    ]
    if problems:
        raise UtilityError.of(problems, "The correlations have {count} problems:")
    return [group for group in groups if group]


class Drawn(NamedTuple):
    """The draws in a coefficient; and the parameters of its tables, where it is tabulated."""

    loads: tuple[Load, ...] = ()
    arguments: tuple[int, ...] = ()


class _Builder:
    """Hands out positions of parameters and dimensions of draws."""

    def __init__(self, model: MixedLogit, utility: Utility, covariates: Covariates) -> None:
        self.model, self.utility, self.covariates = model, utility, covariates
        self.names = [SCALE if name == model.pay_in else name for name in utility.names]
        self.random = random_coefficients(model, utility)
        self.groups = correlated_groups(model, self.random)
        self.spreads: dict[str, str] = {}
        self.bounds: dict[str, tuple[float, float]] = {}
        self.dimensions = 0

    def parameter(self, name: str) -> int:
        self.names.append(name)
        return len(self.names) - 1

    def dimension(self) -> int:
        self.dimensions += 1
        return self.dimensions - 1

    def spread(self, name: str, coefficient: str) -> int:
        self.spreads[name] = coefficient
        return self.parameter(name)

    def drawn(self, name: str, distribution: Distribution, location: int, axis: int) -> Drawn:
        """Return the draws in a coefficient whose draws are its own, and its parameters."""
        spreads = [self.spread(f"{word}[{name}]", name) for word in distribution.words]
        if isinstance(distribution, TabulatedDistribution):
            named = dict(zip((LOCATION, *distribution.words), (location, *spreads), strict=True))
            for word, bounds in distribution.bounds.items():
                self.bounds[self.names[named[word]]] = bounds
            return Drawn((Load(axis, {}, 1.0),), tuple(named.values()))
        return Drawn((Load(axis, dict.fromkeys(spreads or [location], 1.0)),))

    def loads(self) -> dict[str, Drawn]:
        """Return the draws in each random coefficient."""
        found: dict[str, Drawn] = {}
        grouped = {name: group for group in self.groups for name in group}
        axes: dict[str, int] = {}
        for name, distribution in self.random.items():
            axes[name] = self.dimension()
            if name in grouped:
                group = grouped[name]
                before = group[: group.index(name) + 1]
                found[name] = Drawn(
                    tuple(
                        Load(axes[other], {self.spread(f"cholesky[{name},{other}]", name): 1.0})
                        for other in before
                    )
                )
            else:
                location = self.utility.names.index(name)
                found[name] = self.drawn(name, distribution, location, axes[name])
        return found

    def within(self) -> tuple[Inside, ...]:
        """Return the coefficients that vary from task to task, and name their spreads."""
        found = []
        for name, shape in by_coefficient(self.model.within, self.utility.names, "within").items():
            spread = f"{shape.spread} within[{name}]"
            self.bounds[spread] = (0.0, np.inf)
            place = self.utility.names.index(name)
            found.append(Inside(place, self.spread(spread, name), shape))
        return tuple(found)

    def scale_shifts(self) -> dict[int, FloatArray]:
        """Return the parameters of covariates that act on the scale."""
        return {
            self.parameter(f"{LOG_SCALE}|{label}"): column
            for covariate in self.model.scale_by
            for label, column in self.covariates[covariate].items()
        }

    def shifts(
        self, name: str, given: Mapping[str, Sequence[str]], word: str
    ) -> dict[int, FloatArray]:
        """Return the parameters of covariates that act on a coefficient."""
        return {
            self.parameter(f"{word}|{label}"): column
            for key, covariates in given.items()
            if name == key or name.startswith(f"{key}[")
            for covariate in covariates
            for label, column in self.covariates[covariate].items()
        }


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
    builder = _Builder(model, utility, covariates)
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


def _trade_scale(builder: _Builder) -> Value:
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


def _scaled(builder: _Builder, columns: list[Column]) -> tuple[Pieces, Value | None]:
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


def _arrange(builder: _Builder, columns: list[Column], within: tuple[Inside, ...]) -> Layout:
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
