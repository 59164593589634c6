"""The check of what is paid in: everything that people would give up is divided by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice._table import format_number
from ccegov_choice.models.certificate.check import FAILED, PASSED, UNCHECKED, WATCH, Check, no_top
from ccegov_choice.models.mixed.builder import SCALE
from ccegov_choice.models.mixed.fitted import FittedMixed
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.study.gain import payment_sign

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

NUMERAIRE = "numeraire"
# By Fieller's theorem a 95 % interval of a ratio has an end on both sides only where the z of what
# it is divided by is above 1.96, a 99 % one above 2.58.
_NO_INTERVAL, _WEAK = 1.96, 2.6
# Share of people who would want to be paid more: with this few, quantiles of ratios are sound.
_FEW, _MANY = 1e-4, 0.05
# So many are shown in the table; all are in the sentences.
_SHOWN = 2
_ORDER = (FAILED, WATCH, UNCHECKED, PASSED)
_CURE = (
    "Pay in another numeraire, or ask more people; willingness_to_trade(..., method='fieller') "
    "says what can be said."
)
_RANDOM_CURE = (
    "Give it one sign, random={'%s': LogNormal(sign=%+d)}, or fit in trade space: pay_in='%s'."
)


def check_numeraires(results: Results) -> Check | None:
    """Check every numeraire that the utility reads; None where there is none.

    Looked at are what a trade space is paid in, and the numeraires of the study for which it says
    which direction is better: of others nobody knows which sign would be wrong.

    References
    ----------
    Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185. Daly, Hess & Train
    (2012), Transportation 39, 19-31 (ratios of random coefficients need not have moments).
    """
    used = _used(results)
    if not used:
        return None
    if not results.converged:
        return no_top(NUMERAIRE)
    found = [check for attribute in used for check in _of(results, attribute)]
    worst = min((check.verdict for check in found), key=_ORDER.index)
    shown = [check for check in found if check.verdict == worst]
    rest = f"; and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return Check(
        NUMERAIRE,
        worst,
        "; ".join(check.found for check in shown[:_SHOWN]) + rest,
        " ".join(dict.fromkeys(check.said for check in shown)),
        " ".join(dict.fromkeys(check.cure for check in shown)),
    )


def _used(results: Results) -> list[str]:
    pay_in = getattr(results.model, "pay_in", None)
    return [
        numeraire.attribute
        for numeraire in results.study.numeraires
        if any(_about(name, numeraire.attribute) for name in results.utility.names)
        if numeraire.attribute == pay_in
        or results.study.attribute(numeraire.attribute).direction != "0"
    ]


def _about(name: str, attribute: str) -> bool:
    return name == attribute or name.startswith((f"{attribute}[", f"{attribute}:"))


def _of(results: Results, attribute: str) -> list[Check]:
    """Return a check for each parameter that stands for the numeraire."""
    if isinstance(results.model, MixedLogit):
        if results.model.pay_in == attribute:
            return [_of_mixed(results, SCALE, 1.0, attribute)]
        sign = payment_sign(results.study.attribute(attribute))
        if attribute in results.names:
            return [_of_mixed(results, attribute, sign, attribute)]
    sign = payment_sign(results.study.attribute(attribute))
    names = [n for n in results.names if n == attribute or n.endswith(f": {attribute}")]
    if not names or getattr(results.model, "random", None):
        said = f"{attribute} has no single coefficient in this utility, so it was not looked at."
        return [Check(NUMERAIRE, UNCHECKED, f"{attribute}: no single coefficient", said)]
    return [_of_fixed(results, name, sign) for name in names]


def _of_fixed(results: Results, name: str, sign: float) -> Check:
    """Check a coefficient that is the same for everybody (of a class)."""
    position = results.names.index(name)
    estimate = float(results.estimates[position])
    error = float(np.sqrt(results.covariance[position, position]))
    if name in results.absent or not error > 0:
        why = results.absent.get(name, "without an error")
        verdict = PASSED if estimate * sign > 0 and why.startswith("fixed") else WATCH
        return Check(NUMERAIRE, verdict, f"{name}: {why}", f"{name} is {why}.")
    z = estimate / error
    shown = f"{name}: z = {format_number(z, '.1f')}"
    if estimate * sign <= 0:
        said = f"{name} has the wrong sign: people seem to want to pay (z = {z:.1f})."
        return Check(NUMERAIRE, FAILED, shown, said, _CURE)
    if abs(z) >= _WEAK:
        said = f"{name} is well told from zero (z = {z:.1f}), so ratios to it have intervals."
        return Check(NUMERAIRE, PASSED, shown, said)
    said = f"{name} is hardly told from zero (z = {z:.1f}): ratios to it are known badly or not."
    return Check(NUMERAIRE, WATCH if abs(z) >= _NO_INTERVAL else FAILED, shown, said, _CURE)


def _of_mixed(results: Results, name: str, sign: float, attribute: str) -> Check:
    """Check a coefficient of a mixed logit: one of everybody, or how it is distributed."""
    fitted = FittedMixed.of(results, "certificate", {})
    row = fitted.rows(results).get(name)
    if row is None:
        return _of_fixed(results, name, sign)
    moments = fitted.moments(row[0], results.estimates)
    beyond = moments.below if sign > 0 else 1.0 - moments.below - moments.zero
    wrong = max(beyond, 0.0) + moments.zero
    shown = f"{name} ({row[1]}): {wrong:.1%} of people beyond zero"
    if wrong <= _FEW:
        how_many = f"{wrong:.2g} of people are" if wrong > 0 else "nobody is"
        said = f"{name} is {row[1]}, and {how_many} at zero or beyond it."
        shown = shown if wrong > 0 else f"{name} ({row[1]}): one sign"
        return Check(NUMERAIRE, PASSED, shown, said)
    said = (
        f"{name} is {row[1]} and puts {wrong:.1%} of people at zero or beyond it, where it is not "
        "a payment: the ratios of these people have no meaning, and the mean of all has none."
    )
    verdict = WATCH if wrong <= _MANY else FAILED
    cure = _RANDOM_CURE % (attribute, int(sign), attribute)
    if name == SCALE:
        cure = "Give the scale one sign: scale=LogNormal()."
    return Check(NUMERAIRE, verdict, shown, said, cure)
