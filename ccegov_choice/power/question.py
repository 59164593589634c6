"""What a survey is to find out: a coefficient, a trade, or a difference between groups in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from ccegov_choice.power.precision import Precision
from ccegov_choice.power.strength import Number, Strength, Traded
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]
Kind = Literal["coefficient", "trade", "difference"]


@dataclass(frozen=True, eq=False)
class Question:
    """One thing that is to be detected.

    Parameters
    ----------
    kind : {"coefficient", "trade", "difference"}
        What it is.
    name : str
        Coefficient, or trade as ``"dignity: brusque -> respectful, paid in wait"``.
    text : str
        The same in the words of the study.
    gain : ndarray of shape (K,)
        Multipliers of the coefficients: of the coefficient itself, or the utility of the gain.
    payment : ndarray of shape (K,) or None
        Multipliers in the utility of one unit of what is paid in, for a trade.
    pay_in : str
        Id of what is paid in; empty for a coefficient.
    unit : str
        Unit of the effect.
    between : (str, str, str) or None
        Covariate, group and reference group of a difference.
    """

    kind: Kind
    name: str
    text: str
    gain: Floats
    payment: Floats | None = None
    pay_in: str = ""
    unit: str = "utility"
    between: tuple[str, str, str] | None = None

    def strength(self, found: Sequence[Precision]) -> Strength:
        """Return the strength in scenarios whose precision is given."""
        if self.payment is None:
            effect, _, error, _, _ = self._moments(found)
            return Number(effect, error)
        gain, payment, gain_error, payment_error, correlation = self._moments(found)
        return Traded(gain, payment, gain_error, payment_error, correlation)

    def difference(
        self,
        group: Sequence[Precision],
        reference: Sequence[Precision],
        shares: tuple[float, float],
    ) -> Strength:
        """Return the strength of a difference between two groups that are fitted apart.

        Parameters
        ----------
        group, reference : sequence of R Precision
            Of the two groups.
        shares : (float, float)
            Their shares of the people.
        """
        here, there = self.strength(group), self.strength(reference)
        variance = here.std_error(shares[0]) ** 2 + there.std_error(shares[1]) ** 2
        return Number(here.effect - there.effect, np.sqrt(variance))

    def compared(self, covariate: str, group: str, reference: str) -> Question:
        """Return the question whether two groups differ in this."""
        between = f"{covariate} {group} against {reference}"
        return replace(
            self,
            kind="difference",
            name=f"{self.name}: {between}",
            text=f"the difference in {self.text}, {between}",
            between=(covariate, group, reference),
        )

    def _moments(self, found: Sequence[Precision]) -> tuple[Floats, ...]:
        estimates = np.stack([each.estimates for each in found])
        covariances = np.stack([each.covariance for each in found])
        payment = np.zeros_like(self.gain) if self.payment is None else self.payment
        v_nn = np.einsum("k,rkl,l->r", self.gain, covariances, self.gain)
        v_dd = np.einsum("k,rkl,l->r", payment, covariances, payment)
        v_nd = np.einsum("k,rkl,l->r", self.gain, covariances, payment)
        errors = np.sqrt(np.maximum(v_nn, 0.0)), np.sqrt(np.maximum(v_dd, 0.0))
        scale = errors[0] * errors[1]
        correlation = np.where(scale > 0, v_nd / np.where(scale > 0, scale, 1.0), 0.0)
        return estimates @ self.gain, estimates @ payment, *errors, np.clip(correlation, -1, 1)


def coefficient_questions(utility: Utility, fixed: Mapping[str, float]) -> list[Question]:
    """Return a question for every coefficient that the model does not fix."""
    unit = np.eye(utility.size)
    return [
        Question("coefficient", name, f"the effect of '{name}'", unit[k])
        for k, name in enumerate(utility.names)
        if name not in fixed
    ]
