"""The tastes of latent classes as points: one for each class, or its draws where it has some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import DataError
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.classes.shares import Fitted
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.points import mixed_points
from ccegov_choice.models.population.taste_points import PointsAt, TastePoints

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


def class_columns(model: LatentClass, results: Results) -> tuple[str, ...]:
    """Return the columns of people that membership, or tastes within a class, depend on."""
    found = list(Fitted.made(model, results.utility, results.names).about.reads)
    for spec in model.specs:
        if isinstance(spec.model, LatentClass):
            found += class_columns(spec.model, results)
        elif isinstance(spec.model, MixedLogit):
            found += spec.model.people_columns(results)
    return tuple(dict.fromkeys(found))


def class_points(
    model: LatentClass, results: Results, people: pd.DataFrame, draws: int | None
) -> PointsAt:
    """Return the points of people as a function of the parameters ``(P,)`` of the model.

    Parameters
    ----------
    model : LatentClass
        That of the results, or of one of their classes.
    results : Results
        Their utility and names.
    people : DataFrame of M rows
        With the columns that `class_columns` names.
    draws : int, optional
        For each class whose tastes are drawn.

    Raises
    ------
    DataError
        If a class holds a model whose choices are not those of a logit given tastes.
    """
    fitted = Fitted.made(model, results.utility, results.names)
    inner: dict[int, PointsAt] = {}
    for c, spec in enumerate(model.specs):
        if isinstance(spec.model, MixedLogit) and not spec.model.error_components:
            inner[c] = mixed_points(spec.model, results, people, draws)
        elif isinstance(spec.model, LatentClass):
            inner[c] = class_points(spec.model, results, people, draws)
        elif spec.model is not None and not _is_plain(spec.model):
            raise DataError(
                f"class '{spec.name}' holds a {spec.model.title}, in which people with the same "
                "tastes do not choose by logit shares",
                where=model.title,
                cure="Forecast the tasks of a frame with predict(results, frame), or give the "
                "class a MixedLogit without error components.",
            )
    # the shares of classes are the same for everybody unless they depend on something
    known = people if fitted.about.reads else people.iloc[:1]
    return ClassPoints(fitted, known, inner)


def _is_plain(model: Any) -> bool:
    return isinstance(model, Logit) and model.scale is None


@dataclass(frozen=True, eq=False)
class ClassPoints:
    """From parameters to the points of all classes, side by side.

    Parameters
    ----------
    fitted : Fitted
        Where parameters stand.
    people : DataFrame of M rows, or of one
        What membership depends on.
    inner : mapping of int to callable
        Points of the classes that have a model of their own, by that model's parameters.
    """

    fitted: Fitted
    people: pd.DataFrame
    inner: dict[int, PointsAt]

    def own(self, theta: FloatArray, c: int) -> FloatArray:
        """Return the parameters of a class; zero for the coefficients that it ignores."""
        positions = self.fitted.layout.positions[c]
        return np.where(positions >= 0, theta[positions], 0.0)

    def __call__(self, theta: FloatArray) -> TastePoints:
        """Return the points at parameters ``(P,)``."""
        layout, size = self.fitted.layout, self.fitted.model.utility.size
        prior = self.fitted.priors(self.people, theta)
        tastes: list[FloatArray] = []
        chances: list[FloatArray] = []
        labels: list[str] = []
        simulated = False
        for j, (c, s) in enumerate(layout.cells):
            own = self.own(theta, c)
            if c in self.inner:
                points = self.inner[c](own)
                simulated |= points.simulated
            else:
                scale = np.exp(theta[layout.scales[s]]) if s > 0 else 1.0
                points = TastePoints(scale * own[None, None, :size], np.ones((1, 1)))
            tastes.append(points.coefficients)
            chances.append(prior[:, j : j + 1] * points.chances)
            labels += [layout.classes[c]] * points.chances.shape[1]
        return TastePoints(_beside(tastes), _beside(chances), tuple(labels), simulated)


def _beside(parts: list[FloatArray]) -> FloatArray:
    """Put points of some patterns of people, or of all alike, side by side."""
    patterns = max(len(part) for part in parts)
    return np.concatenate(
        [np.broadcast_to(part, (patterns, *part.shape[1:])) for part in parts], axis=1
    )
