"""How surely people choose may differ between them: S-MNL and G-MNL, scale by covariates.

All utilities of a person are multiplied by ``sigma = exp(-tau^2 / 2 + tau e + x'g)`` with a
standard normal ``e``; its mean over ``e`` is one at ``x = 0``. With random coefficients ``b + eta``
the coefficients of a person are ``sigma b + (gamma + (1 - gamma) sigma) eta``.

A coefficient whose ``eta`` is not wholly multiplied stands in two columns: ``b + (1 - gamma) eta``,
multiplied, and ``gamma eta``, not. A free ``gamma`` meets spreads as a product of parameters, and
so does ``tau`` itself.

References
----------
Fiebig, Keane, Louviere & Wasi (2010), Marketing Science 29, 393-421. Keane & Wasi (2013), Journal
of Applied Econometrics 28, 1018-1045.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.models.classes.spec import coefficients_of, known_names
from ccegov_choice.models.mixed.distributions import Distribution, LogNormal
from ccegov_choice.models.mixed.taste_map import Load, Value

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.study.utility import Utility

TAU, GAMMA, LOG_SCALE = "tau", "gamma", "log_scale"
FIRST = {TAU: 0.5, GAMMA: 0.3}


@dataclass(frozen=True)
class ScaleHeterogeneity:
    """A scale that differs between people: ``exp(-tau^2 / 2 + tau e)``, on average one.

    Parameters
    ----------
    gamma : float or "free"
        What the scale does to the differences in taste: with 0 they are multiplied like the rest
        (G-MNL-II, the default), with 1 not at all (G-MNL-I), with numbers between in part;
        ``"free"`` estimates it.
    except_for : sequence of str
        Attributes, coefficients or ``"asc"`` (the constants) that the scale leaves alone.

    Examples
    --------
    >>> ScaleHeterogeneity(gamma="free", except_for=["asc"]).free
    True
    """

    gamma: float | Literal["free"] = 0.0
    except_for: Sequence[str] = ()

    def __post_init__(self) -> None:
        alone = (self.except_for,) if isinstance(self.except_for, str) else self.except_for
        object.__setattr__(self, "except_for", tuple(alone))
        if self.gamma == "free":
            return
        number = isinstance(self.gamma, int | float | np.number)
        if not number or not np.isfinite(float(self.gamma)):
            raise UtilityError(
                f"gamma={self.gamma!r} is neither a number nor 'free'",
                where="ScaleHeterogeneity",
                cure="Give 0, 1, a number between, or gamma='free' to estimate it.",
            )
        object.__setattr__(self, "gamma", float(self.gamma))

    @property
    def free(self) -> bool:
        """Whether gamma is estimated."""
        return self.gamma == "free"

    @property
    def splits(self) -> bool:
        """Whether differences in taste are not multiplied like the rest."""
        return self.gamma != 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the arguments, as JSON can hold them."""
        return {"gamma": self.gamma, "except_for": list(self.except_for)}

    def alone(self, utility: Utility) -> frozenset[str]:
        """Return the coefficients that the scale leaves alone."""
        return frozenset(coefficients_of(utility, self.except_for))


class Column(NamedTuple):
    """A column of the kernel: of which column of the utility, its value, and whether scaled."""

    place: int
    value: Value
    scaled: bool


class Pieces(NamedTuple):
    """Columns, and the products of parameters in them."""

    columns: list[Column]
    products: tuple[tuple[int, int], ...]


def scale_value(
    tau: int, square: int, dimension: int, shifts: Mapping[int, Any], random: bool
) -> Value:
    """Return what utilities are multiplied with.

    Parameters
    ----------
    tau, square : int
        Position of the parameter, and of its product with itself.
    dimension : int
        Dimension of the draws.
    shifts : mapping of int to ndarray of shape (N,)
        Covariates that add to the logarithm.
    random : bool
        Whether the scale has a ``tau`` at all.
    """
    if not random:
        return Value(LogNormal(), shifts=shifts)
    return Value(LogNormal(), {square: -0.5}, 0.0, (Load(dimension, {tau: 1.0}),), shifts)


def split_columns(
    columns: Sequence[Column], gamma: float | int, parameters: int, free: bool, first_product: int
) -> Pieces:
    """Put differences in taste in columns of their own, as far as the scale leaves them alone.

    Parameters
    ----------
    columns : sequence of Column
        Each coefficient once.
    gamma : float or int
        Its value, or the position of the parameter where it is free.
    parameters : int
        Their number, ``P``.
    free : bool
        Whether gamma is a parameter.
    first_product : int
        Products that there are already.
    """
    found: list[Column] = []
    products: dict[tuple[int, int], int] = {}

    def times(load: Load, kept: bool) -> Load:
        """Return a load times gamma, or times ``1 - gamma``."""
        if not free:
            share = 1.0 - gamma if kept else float(gamma)
            return Load(load.dimension, {p: c * share for p, c in load.parameters.items()})
        place = {
            p: parameters + products.setdefault((int(gamma), p), first_product + len(products))
            for p in load.parameters
        }
        bilinear = {place[p]: -c if kept else c for p, c in load.parameters.items()}
        return Load(load.dimension, {**(load.parameters if kept else {}), **bilinear})

    for column in columns:
        value = column.value
        if not column.scaled or not value.loads:
            found.append(column)
            continue
        kept = tuple(times(load, True) for load in value.loads)
        left = tuple(times(load, False) for load in value.loads)
        alone = Value(value.distribution, loads=left, stretches=value.stretches)
        if free or gamma != 1.0:
            found.append(column._replace(value=replace(value, loads=kept)))
        else:
            found.append(column._replace(value=replace(value, loads=(), stretches={})))
        found.append(Column(column.place, alone, False))
    return Pieces(found, tuple(products))


def scale_problems(
    model: MixedLogit, utility: Utility, random: Mapping[str, Distribution]
) -> list[Problem]:
    """Return everything that does not fit in what is said about the scale."""
    found: list[Problem] = []
    asked, where = model.scale_heterogeneity, "scale_heterogeneity"
    if model.scale_by and model.pay_in and not isinstance(model.scale, LogNormal | None):
        found.append(
            Problem(
                f"a scale that is {model.scale} cannot depend on covariates",
                "Use scale=LogNormal(), or leave it out.",
                "scale_by",
            )
        )
    if asked is None:
        return found
    if model.pay_in is not None:
        cure = "Use scale=LogNormal(), or leave pay_in out."
        found.append(Problem("trade space has a scale of its own", cure, where))
    found += [
        unknown_name(name, known_names(utility), "attribute or coefficient", where=where)
        for name in asked.except_for
        if name not in known_names(utility)
    ]
    if set(asked.alone(utility)) == set(utility.names):
        found.append(Problem("nothing is left to scale", "Shorten except_for.", where))
    if asked.splits and not random:
        cure = "Name some in random=..., or leave gamma out (S-MNL)."
        found.append(Problem("gamma needs random coefficients, and there are none", cure, where))
    if asked.splits:
        found += [
            Problem(
                f"gamma needs differences in taste that add to a mean, and '{name}' is {shape}",
                "Use Normal, Uniform or Triangular, name it in except_for, or leave gamma out.",
                where,
            )
            for name, shape in random.items()
            if not shape.symmetric and name not in asked.alone(utility)
        ]
    return found
