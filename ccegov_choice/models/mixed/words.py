"""The words of a mixed logit as they were given: of the right kind, and plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import Problem, UtilityError
from ccegov_choice.models.mixed.distributions import Distribution
from ccegov_choice.models.mixed.standard_draws import Sobol, StandardDraws

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit

MAPPINGS = ("random", "within", "mean_by", "spread_by", "error_components", "fixed", "bounds")
_SHAPES = ("random", "within")
_LISTS = {
    "mean_by": "covariates: mean_by={'wait': ['age']}",
    "spread_by": "covariates: spread_by={'wait': ['age']}",
    "error_components": "alternatives: error_components={'services': ['office', 'online']}",
    "fixed": "numbers: fixed={'price': -1.0}",
    "bounds": "pairs: bounds={'wait': (None, 0.0)}",
}


def plain_words(model: MixedLogit) -> dict[str, Any]:
    """Return the arguments of a model that are given in other words than they are kept in.

    A single name stands for a list of one, and a number of draws for so many Sobol draws.

    Raises
    ------
    UtilityError
        Listing every argument that is not of its kind.
    """
    problems = _mappings(model) or _shapes(model)
    problems += _others(model)
    if problems:
        raise UtilityError.of(problems, "The mixed logit has {count} problems:")
    kept: dict[str, Any] = {}
    for name in MAPPINGS:
        given: Mapping[str, Any] = getattr(model, name)
        listed = name in _LISTS and name not in {"fixed", "bounds"}
        kept[name] = MappingProxyType(
            {key: _listed(value) if listed else value for key, value in given.items()}
        )
    kept["equal"] = tuple(_listed(group) for group in model.equal)
    kept["scale_by"] = _listed(model.scale_by)
    if not isinstance(model.correlated, bool):
        kept["correlated"] = tuple(_listed(group) for group in model.correlated)
    draws: Any = model.draws
    if not isinstance(draws, StandardDraws):
        kept["draws"] = Sobol(draws, seed=1)
    return kept


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _mappings(model: MixedLogit) -> list[Problem]:
    """Return the arguments that should be mappings and are not."""
    return [
        Problem(
            f"{getattr(model, name)!r} is no mapping",
            f"Give each name its {_LISTS[name]}."
            if name in _LISTS
            else f"Give each coefficient its distribution: {name}={{'wait': Normal()}}.",
            name,
        )
        for name in MAPPINGS
        if not isinstance(getattr(model, name), Mapping)
    ]


def _shapes(model: MixedLogit) -> list[Problem]:
    """Return the coefficients whose distribution is none."""
    given = [
        (f"{where} '{name}'", shape)
        for where in _SHAPES
        for name, shape in getattr(model, where).items()
    ]
    if model.scale is not None:
        given.append(("scale", model.scale))
    found = [
        Problem(
            f"{_told(shape)} is no distribution",
            f"Give one, with brackets: {shape.__name__}()."
            if isinstance(shape, type) and issubclass(shape, Distribution)
            else "Give one, such as Normal(), LogNormal(-1) or Uniform().",
            where,
        )
        for where, shape in given
        if not isinstance(shape, Distribution)
    ]
    if model.pay_in is not None and model.pay_in in model.random:
        found.append(
            Problem(
                f"'{model.pay_in}' is what people pay in, and has no trade-off with itself",
                "Leave it out of random; scale=LogNormal() lets its weight differ between people.",
                "random",
            )
        )
    return found


def _told(shape: object) -> str:
    return shape.__name__ if isinstance(shape, type) else repr(shape)


def _others(model: MixedLogit) -> list[Problem]:
    found = []
    if isinstance(model.correlated, str):
        cure = "Give True, or groups of at least two: correlated=[['wait', 'price']]."
        found.append(Problem(f"{model.correlated!r} is no list of groups", cure, "correlated"))
    draws: Any = model.draws
    if isinstance(draws, bool) or not isinstance(draws, StandardDraws | Integral):
        cure = "Give draws such as Sobol(1000), or their number."
        found.append(Problem(f"{draws!r} are no draws", cure, "draws"))
    return found
