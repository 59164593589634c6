"""The likelihood of a mixture of classes: value, score and Hessian from those of its classes.

Letters: ``U`` units that belong to one class each, ``J`` classes, ``P`` parameters of everything,
``R`` of them of the membership. With ``f_j`` the likelihood of a unit in class ``j``, ``p_j`` the
share of the class and ``h_j = p_j f_j / sum_i p_i f_i`` the chance that the unit belongs to it::

    value  = log sum_j p_j f_j                 in the log domain: a person's product may underflow
    score  = sum_j h_j s_j                     s_j: slope of log p_j + log f_j
    second = sum_j h_j (K_j + s_j s_j') - score score'           K_j: its second derivatives

``sum_u h_uj K_uj`` over units is one pass of the class's own model, with ``h`` as weights.

References
----------
Louis (1982), Journal of the Royal Statistical Society B 44, 226-233.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.classes.components import Component
from ccegov_choice.models.classes.membership import Membership
from ccegov_choice.models.fitting.person_likelihood import PersonValues
from ccegov_choice.models.fitting.threads import pool

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Cell:
    """A class, and where its parameters stand among all.

    Parameters
    ----------
    component : Component
        Its model.
    positions : ndarray of shape (K,)
        Position of each of its parameters; -1 where it has the value in `base`.
    base : ndarray of shape (K,)
        Values of parameters that are no parameters of the mixture, such as zeros for what the
        class ignores.
    """

    component: Component
    positions: IntArray
    base: FloatArray

    def own(self, theta: FloatArray) -> FloatArray:
        """Return the parameters ``(K,)`` of the class."""
        return np.where(self.positions >= 0, theta[self.positions], self.base)


@dataclass(frozen=True, eq=False)
class Parts:
    """A mixture at some parameters.

    Parameters
    ----------
    value : ndarray of shape (U,)
        Log-likelihood of each unit.
    posterior : ndarray of shape (U, J)
        Chance that it belongs to each class, given its choices.
    prior : ndarray of shape (U, J)
        The same before its choices are known.
    classes : tuple of J PersonValues
        Values and slopes within each class.
    """

    value: FloatArray
    posterior: FloatArray
    prior: FloatArray
    classes: tuple[PersonValues, ...]


@dataclass(frozen=True, eq=False)
class MixtureLikelihood:
    """The log-likelihood of classes of people as a function of ``P`` parameters.

    Parameters
    ----------
    cells : tuple of J Cell
        The classes.
    membership : Membership
        Shares of the classes; its parameters are the last ``R``.
    parameters : int
        Number of all parameters, ``P``.
    unit_weights : ndarray of shape (U,)
        Weight of each unit.
    first_unit : ndarray of shape (N,)
        First unit of each person.
    threads : int
        Classes to evaluate at once; the result does not depend on it.
    """

    cells: tuple[Cell, ...]
    membership: Membership
    parameters: int
    unit_weights: FloatArray
    first_unit: IntArray
    threads: int = 1
    _last: list[tuple[FloatArray, Parts]] = field(init=False, repr=False, default_factory=list)

    @property
    def weights(self) -> FloatArray:
        """Weight ``(N,)`` of each person; the mean over units where a person has several."""
        count = np.diff(np.append(self.first_unit, len(self.unit_weights)))
        return np.asarray(self._by_person(self.unit_weights) / count)

    def reweighted(self, times: FloatArray) -> MixtureLikelihood:
        """Return the likelihood with each person counted ``(N,)`` times as much."""
        count = np.diff(np.append(self.first_unit, len(self.unit_weights)))
        return replace(self, unit_weights=self.unit_weights * np.repeat(times, count))

    def _by_person(self, units: FloatArray) -> FloatArray:
        if len(self.first_unit) == len(units):
            return units
        return np.asarray(np.add.reduceat(units, self.first_unit, axis=0))

    def _each(self, call: Callable[[int], Result]) -> list[Result]:
        """Call for every class, in threads; each leaves its result in a place of its own."""
        places = range(len(self.cells))
        if self.threads == 1:
            return [call(place) for place in places]
        return list(pool(self.threads, "classes").map(call, places))

    def parts(self, theta: FloatArray) -> Parts:
        """Return the mixture at parameters ``(P,)``; the last one is remembered."""
        if self._last and np.array_equal(self._last[0][0], theta):
            return self._last[0][1]
        classes = self._each(lambda j: self.cells[j].component.units(self.cells[j].own(theta)))
        log_prior = self.membership.log_shares(theta[self.parameters - self.membership.size :])
        joint = log_prior + np.column_stack([at.value for at in classes])
        top = joint.max(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):  # a likelihood that is not a number stays one
            powers = np.exp(joint - top)
        total = powers.sum(axis=1, keepdims=True)
        value = (top + np.log(total))[:, 0]
        made = Parts(value, powers / total, np.exp(log_prior), tuple(classes))
        self._last[:] = [(theta.copy(), made)]
        return made

    def people(self, theta: FloatArray) -> PersonValues:
        """Return weighted values ``(N,)`` and scores ``(N, P)`` of people."""
        at = self.parts(theta)
        weights = self.unit_weights
        score = self._unit_scores(at) * weights[:, None]
        return PersonValues(self._by_person(at.value * weights), self._by_person(score))

    def _unit_scores(self, at: Parts) -> FloatArray:
        score = np.zeros((len(at.value), self.parameters))
        for j, cell in enumerate(self.cells):
            used = cell.positions >= 0
            slope = at.classes[j].score if used.all() else at.classes[j].score[:, used]
            score[:, cell.positions[used]] += at.posterior[:, j, None] * slope
        shares = self.membership.slopes(at.posterior - at.prior)
        score[:, self.parameters - self.membership.size :] = shares
        return score

    def complete(self, theta: FloatArray) -> FloatArray:
        """Return the Hessian ``(P, P)`` with everybody's chances of belonging held as they are.

        It is ``sum_u sum_j h_uj K_uj``: what an M-step of the EM algorithm climbs by.
        """
        at = self.parts(theta)
        result = np.zeros((self.parameters, self.parameters))
        found = self._each(lambda j: self._class_hessian(j, at, theta))
        for cell, own in zip(self.cells, found, strict=True):
            used = cell.positions >= 0
            places = cell.positions[used]
            result[np.ix_(places, places)] += own[np.ix_(used, used)]
        first = self.parameters - self.membership.size
        result[first:, first:] = self.membership.hessian(at.prior, self.unit_weights)
        return result

    def _class_hessian(self, j: int, at: Parts, theta: FloatArray) -> FloatArray:
        cell, weights = self.cells[j], self.unit_weights * at.posterior[:, j]
        own = cell.component.hessian(cell.own(theta), weights)
        if own is None:
            slope = at.classes[j].score * np.sqrt(weights)[:, None]
            own = -(slope.T @ slope)
        return own

    def hessian(self, theta: FloatArray) -> FloatArray | None:
        """Return second derivatives ``(P, P)``; None where a class has none of its own."""
        if not all(cell.component.exact for cell in self.cells):
            return None
        at, weights = self.parts(theta), self.unit_weights
        result = self.complete(theta)
        for j, cell in enumerate(self.cells):
            used = cell.positions >= 0
            own = at.classes[j].score if used.all() else at.classes[j].score[:, used]
            shares = self.membership.slopes_of(j, at.prior)
            slope = np.column_stack([own, shares])
            places = np.concatenate([cell.positions[used], self._last_places()])
            root = np.sqrt(weights * at.posterior[:, j])[:, None]
            slope *= root
            result[np.ix_(places, places)] += slope.T @ slope
        mean = self._unit_scores(at) * np.sqrt(weights)[:, None]
        result -= mean.T @ mean
        return result

    def _last_places(self) -> IntArray:
        return np.arange(self.parameters - self.membership.size, self.parameters)
