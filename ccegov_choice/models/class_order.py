"""The order of classes: from the largest to the smallest, where nothing else tells them apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ccegov_choice.models.class_problem import Mixture
    from ccegov_choice.models.latent_class import LatentClass

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def by_size(model: LatentClass, found: Mixture) -> Callable[[FloatArray], FloatArray] | None:
    """Return a function that puts classes in the order of their size; None if they have names."""
    if not model.ordered:
        return None

    def ordered(theta: FloatArray) -> FloatArray:
        return permuted(found, theta, np.argsort(-class_sizes(found, theta), kind="stable"))

    return ordered


def class_sizes(found: Mixture, theta: FloatArray) -> FloatArray:
    """Return the share ``(C,)`` of the people in each class, before their choices are known."""
    weights = found.likelihood.unit_weights
    shares = weights @ found.likelihood.parts(theta).prior / weights.sum()
    return np.asarray(shares.reshape(len(found.layout.classes), -1).sum(axis=1))


def permuted(found: Mixture, theta: FloatArray, order: IntArray) -> FloatArray:
    """Return parameters ``(P,)`` of the same likelihood with the classes in another order."""
    layout, result = found.layout, theta.copy()
    for new, old in enumerate(order):
        result[layout.positions[new]] = theta[layout.positions[old]]
    first = layout.shares_start
    classes = len(layout.classes)
    of_class = layout.trait < classes - 1
    places = first + np.flatnonzero(of_class)
    worth = np.zeros((classes, int(layout.column.max(initial=0)) + 1))
    worth[layout.trait[of_class] + 1, layout.column[of_class]] = theta[places]
    worth = worth[order] - worth[order[0]]
    result[places] = worth[layout.trait[of_class] + 1, layout.column[of_class]]
    return result
