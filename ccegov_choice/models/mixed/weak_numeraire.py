"""Why a search in trade space may not arrive: people hardly weigh what they are to pay in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccegov_choice.errors import ChoiceError, ConvergenceError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.study.gain import payment_sign

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit

# A numeraire whose coefficient is less than so many standard errors from zero divides by nothing.
_LEAST = 2.0


def weak_numeraire(
    model: MixedLogit, data: ChoiceData, error: ConvergenceError
) -> ConvergenceError:
    """Return the error in words of its cause, where the cause is the numeraire.

    Parameters
    ----------
    model : MixedLogit
        What did not arrive.
    data : ChoiceData
        The choices, in which a logit sees how much the numeraire weighs.
    error : ConvergenceError
        As the search gave it; returned as it is where the numeraire is not the cause.
    """
    if model.pay_in is None:
        return error
    try:
        logit = Logit(model.utility).fit(data)
        weight, spread = logit.coefficient(model.pay_in), logit.std_error(model.pay_in)
    except ChoiceError:  # a logit has troubles of its own
        return error
    sign = payment_sign(logit.study.attribute(model.pay_in))
    if not isinstance(spread, float) or sign * weight >= _LEAST * spread:
        return error
    problem = "has the wrong sign" if sign * weight < -_LEAST * spread else "hardly weighs anything"
    found = ConvergenceError(
        f"'{model.pay_in}' {problem} (in a logit its coefficient is {weight:.3g} with a standard "
        f"error of {spread:.2g}), so trade-offs in its units are not determined",
        where=model.title,
        cure="Pay in another numeraire, or fit the model in preference space, without pay_in.",
    )
    found.best = error.best
    return found
