"""The order of classes: from the largest to the smallest, where nothing else tells them apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ccegov_choice.models.classes.assemble import Mixture
    from ccegov_choice.models.classes.latent_class import LatentClass

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def by_size(model: LatentClass, found: Mixture) -> Callable[[FloatArray], FloatArray] | None:
    """Return a function that puts classes in the order of their size; None if they have names."""
    if not model.ordered:
        return None

    scales_too = not (model.fixed or model.bounds or model.equal)

    def ordered(theta: FloatArray) -> FloatArray:
        theta = permuted(found, theta, _falling(class_sizes(found, theta)))
        return rescaled(found, theta, _falling(scale_sizes(found, theta))) if scales_too else theta

    return ordered


def _falling(sizes: FloatArray) -> IntArray:
    return np.argsort(-sizes, kind="stable")


def class_sizes(found: Mixture, theta: FloatArray) -> FloatArray:
    """Return the share ``(C,)`` of the people in each class, before their choices are known."""
    return np.asarray(_sizes(found, theta).sum(axis=1))


def scale_sizes(found: Mixture, theta: FloatArray) -> FloatArray:
    """Return the share ``(S,)`` of the people in each class of scale."""
    return np.asarray(_sizes(found, theta).sum(axis=0))


def _sizes(found: Mixture, theta: FloatArray) -> FloatArray:
    weights = found.likelihood.unit_weights
    shares = weights @ found.likelihood.parts(theta).prior / weights.sum()
    return np.asarray(shares.reshape(len(found.layout.classes), -1))


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


def rescaled(found: Mixture, theta: FloatArray, order: IntArray) -> FloatArray:
    """Return parameters ``(P,)`` of the same likelihood with the scales in another order.

    The first scale is one, so that tastes are multiplied by what was the scale of the new first.
    """
    layout, result = found.layout, theta.copy()
    scales = len(layout.scales)
    log_scale = np.where(layout.scales >= 0, theta[layout.scales], 0.0)[order]
    tastes = np.unique(np.concatenate(layout.positions))
    result[tastes[tastes >= 0]] *= np.exp(log_scale[0])
    result[layout.scales[1:]] = log_scale[1:] - log_scale[0]
    places = np.arange(len(theta) - (scales - 1), len(theta))
    worth = np.append(0.0, theta[places])[order]
    result[places] = worth[1:] - worth[0]
    return result
