"""What a class of people is made of: any model that has a likelihood of people.

Letters: ``U`` units that belong to one class each (people; or tasks, where the classes are mixed
task by task), ``K`` parameters of a class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.likelihood import LogitLikelihood
from ccegov_choice.models.fitting.person_likelihood import PersonLikelihood, PersonValues

FloatArray = npt.NDArray[np.float64]


class Component(Protocol):
    """The model of one class, unweighted: weights belong to the mixture."""

    @property
    def parameters(self) -> int:
        """Number of its parameters, ``K``."""

    @property
    def exact(self) -> bool:
        """Whether it knows its second derivatives."""

    def units(self, theta: FloatArray) -> PersonValues:
        """Return the log-likelihood ``(U,)`` of each unit and its slope ``(U, K)``."""

    def hessian(self, theta: FloatArray, weights: FloatArray) -> FloatArray | None:
        """Return second derivatives ``(K, K)`` with units weighted ``(U,)``; None if unknown."""


@dataclass(frozen=True, eq=False)
class LogitClass:
    """A class that chooses by a logit.

    Parameters
    ----------
    likelihood : LogitLikelihood
        With weights of one, and units in the place of people.
    scaled : bool
        Whether a last parameter ``s`` multiplies all utilities by ``exp(s)``.
    """

    likelihood: LogitLikelihood
    scaled: bool = False

    @property
    def parameters(self) -> int:
        """Number of parameters: coefficients, and the scale."""
        return self.likelihood.parameters + self.scaled

    @property
    def exact(self) -> bool:
        """Whether it knows its second derivatives: a logit does."""
        return True

    def units(self, theta: FloatArray) -> PersonValues:
        """Return values and slopes of units."""
        if not self.scaled:
            return self.likelihood.people(theta)
        factor = np.exp(theta[-1])
        at = self.likelihood.people(factor * theta[:-1])
        slope = factor * at.score
        return PersonValues(at.value, np.column_stack([slope, slope @ theta[:-1]]))

    def hessian(self, theta: FloatArray, weights: FloatArray) -> FloatArray:
        """Return second derivatives: one weighted pass of the kernel."""
        sizes = np.diff(self.likelihood.choices.person_offsets)
        weighted = self.likelihood.reweighted(np.repeat(weights, sizes))
        if not self.scaled:
            return weighted.evaluate(theta).hessian
        factor = np.exp(theta[-1])
        at = weighted.evaluate(factor * theta[:-1])
        # the utility is b exp(s): its slope in s is itself, and so is the slope of that
        jacobian = factor * np.column_stack([np.eye(len(theta) - 1), theta[:-1]])
        result = jacobian.T @ at.hessian @ jacobian
        slope = factor * at.gradient
        result[-1, :-1] += slope
        result[:-1, -1] += slope
        result[-1, -1] += slope @ theta[:-1]
        return np.asarray(result)


@dataclass(frozen=True, eq=False)
class PeopleClass:
    """A class that chooses by a model with a likelihood of people, such as a mixed logit.

    Parameters
    ----------
    likelihood : PersonLikelihood
        With weights of one, and units in the place of people.
    parameters : int
        Number of its parameters.
    exact : bool
        Whether the model knows its second derivatives.
    """

    likelihood: PersonLikelihood
    parameters: int
    exact: bool = False

    def units(self, theta: FloatArray) -> PersonValues:
        """Return values and slopes of units."""
        return self.likelihood.people(theta)

    def hessian(self, theta: FloatArray, weights: FloatArray) -> FloatArray | None:
        """Return second derivatives with units weighted, where the model has them."""
        return self.likelihood.reweighted(weights).hessian(theta) if self.exact else None
