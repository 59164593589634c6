"""Words for trade-offs: gains; those for what is paid in are the study's."""

from __future__ import annotations

from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.gain import Gain, improvement_sign
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.payment import (
    Payment,
    decimals,
    lower_first,
    names_money,
    payment_words,
    plain,
    unit_word,
)
from ccegov_choice.study.wording import number_text

__all__ = [
    "Payment",
    "decimals",
    "gain_words",
    "lower_first",
    "names_money",
    "payment_words",
    "plain",
    "unit_word",
]


def gain_words(
    gain: Gain, attribute: Attribute, numeraire: Numeraire | None, language: str | None = None
) -> str:
    """Say a gain: ``"polite instead of brusque (how staff behave)"``.

    Parameters
    ----------
    gain : Gain
        The change.
    attribute : Attribute
        Of the gain.
    numeraire : Numeraire or None
        The attribute's own numeraire: only it can let a currency be named.
    language : str, optional
        Of the study's own words.
    """
    currency = numeraire.currency or "" if numeraire and numeraire.vehicle else ""
    label = lower_first(attribute.text(language))
    if not currency and names_money(label):
        label = attribute.id
    if gain.end is None:
        less = "less" if improvement_sign(attribute) < 0 else "more"
        return f"{_quantity(attribute, 1.0, currency, language)} {less} ({label})"
    assert gain.start is not None
    after = _level_words(attribute, gain.end, currency, language)
    before = _level_words(attribute, gain.start, currency, language)
    return f"{after} instead of {before} ({label})"


def _level_words(
    attribute: Attribute, level: str | float, currency: str, language: str | None
) -> str:
    if attribute.is_numeric:
        return _quantity(attribute, float(level), currency, language)
    words = attribute.level(level).text(language)
    if not currency and names_money(words):
        return str(level)
    return lower_first(words)


def _quantity(attribute: Attribute, number: float, currency: str, language: str | None) -> str:
    words = attribute.unit_text(number, language)
    money = attribute.money or names_money(words)
    unit = unit_word(attribute, number, language)
    if money and currency:
        return words if unit else f"{number_text(number, language)} {currency}"
    if money or not unit:
        return f"{number_text(number, language)} {'unit' if abs(number) == 1 else 'units'}"
    return words
