"""Hands out the parameters of a mixed logit, and the dimensions of its draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.mixed.distributions import Distribution
from ccegov_choice.models.mixed.names import by_coefficient, correlated_groups, random_coefficients
from ccegov_choice.models.mixed.scale_heterogeneity import LOG_SCALE
from ccegov_choice.models.mixed.tabulated import LOCATION, TabulatedDistribution
from ccegov_choice.models.mixed.taste_map import Load

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]

SCALE = "scale"
Covariates = Mapping[str, Mapping[str, FloatArray]]
"""Covariate as named in the model -> label of each of its columns -> values ``(N,)``."""


class Inside(NamedTuple):
    """A coefficient that varies from task to task: its column, spread and distribution."""

    column: int
    spread: int
    distribution: Distribution


class Drawn(NamedTuple):
    """The draws in a coefficient; and the parameters of its tables, where it is tabulated."""

    loads: tuple[Load, ...] = ()
    arguments: tuple[int, ...] = ()


class Builder:
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
        """Name a parameter; return its position."""
        self.names.append(name)
        return len(self.names) - 1

    def dimension(self) -> int:
        """Return a dimension of the draws that nothing else uses."""
        self.dimensions += 1
        return self.dimensions - 1

    def spread(self, name: str, coefficient: str) -> int:
        """Name a spread of a coefficient; return its position."""
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
