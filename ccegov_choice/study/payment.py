"""Words for what people pay in: amounts with their unit, and the rules on naming money."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ccegov_choice._table import format_number
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.gain import payment_sign
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.wording import number_text

_MONEY = re.compile(
    r"[$€£¥₹₩₽₺₴₫₱฿¢]"
    r"|\b(?:EUR|USD|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|TRY|ZAR|BRL"
    r"|MXN|KRW|SGD|HKD|(?i:euros?|dollars?|pounds? sterling|pence|cents?|francs?|yen|rupees?))\b"
)
_TIME = re.compile(r"^time (?=(until|to|for|before|after|from|spent|waiting)\b)", re.IGNORECASE)


class Limits(Protocol):
    """A confidence set, as far as rounding is concerned."""

    @property
    def low(self) -> float | None:
        """Lower limit; None where there is none."""

    @property
    def high(self) -> float | None:
        """Upper limit; None where there is none."""


def names_money(words: str) -> bool:
    """Return whether words hold a currency symbol, code or name."""
    return bool(_MONEY.search(words))


def decimals(interval: Limits, estimate: float) -> int:
    """Return how many decimals say what is known: two digits of half the interval's width."""
    if interval.low is not None and interval.high is not None:
        size = (interval.high - interval.low) / 2
        digits = 2
    else:
        size, digits = abs(estimate), 3
    if size <= 0 or not math.isfinite(size):
        size, digits = max(abs(estimate), 1e-9), 3
    return min(max(digits - 1 - math.floor(math.log10(size)), 0), 6)


def plain(value: float, places: int) -> str:
    """Write a number with so many decimals and a true minus sign; never minus zero."""
    rounded = round(value, places)
    return format_number(rounded if rounded else 0.0, f",.{places}f")


def lower_first(words: str) -> str:
    """Start with a small letter for the middle of a sentence; leave ``"VAT"`` as it is."""
    if len(words) > 1 and words[0].isupper() and words[1].islower():
        return words[0].lower() + words[1:]
    return words


@dataclass(frozen=True)
class Payment:
    """What people pay in, in words.

    Parameters
    ----------
    attribute : str
        Its id.
    label : str
        Its label, in the middle of a sentence.
    unit, unit_plural : str
        The unit for one and for several; a currency only where the study declares a vehicle.
    vehicle : str
        How money would be paid; empty for other things.
    more : bool
        True where paying means having more of it.
    """

    attribute: str
    label: str
    unit: str
    unit_plural: str
    vehicle: str
    more: bool

    @property
    def direction(self) -> str:
        """How much of it people would take: more, or less and fewer."""
        if self.more:
            return "more"
        return "less" if self.vehicle or not self.unit_plural else "fewer"

    @property
    def opposite(self) -> str:
        """How much of it would make up for a loss."""
        if not self.more:
            return "more"
        return "less" if self.vehicle or not self.unit_plural else "fewer"

    def word(self, shown: str) -> str:
        """Return the unit for a number as it is shown."""
        return self.unit if shown in ("1", "−1") else self.unit_plural

    def amount(self, value: float, places: int) -> str:
        """Write a number with its unit: ``"12.4 days"``."""
        shown = plain(value, places)
        return f"{shown} {self.word(shown)}".rstrip()

    def things(self, direction: str, value: float, places: int) -> str:
        """Write so much more or less of it: ``"9.4 more days until the decision"``."""
        shown = plain(value, places)
        if self.vehicle:
            return f"{shown} {self.word(shown)} {direction}"
        return f"{shown} {direction} {self.context(shown)}"

    def context(self, shown: str = "2") -> str:
        """Write unit and what it is of: ``"days until the decision"``."""
        word = self.word(shown)
        label = _TIME.sub("", self.label)
        if label != self.label:
            return f"{word} {label}"
        for unit in (self.unit_plural, self.unit):
            if unit and label.casefold().startswith(unit.casefold()):
                return f"{word}{label[len(unit) :]}"
        return f"{word} of {label}"


def payment_words(
    attribute: Attribute, numeraire: Numeraire | None, language: str | None = None
) -> Payment:
    """Return the words for what people pay in.

    A currency is only named where the numeraire declares both it and a vehicle; without, money
    becomes plain units.
    """
    vehicle = numeraire.vehicle_text(language) if numeraire else ""
    currency = numeraire.currency if numeraire and vehicle else None
    label = lower_first(attribute.text(language))
    one, many = unit_word(attribute, 1, language), unit_word(attribute, 2, language)
    if currency and not many:
        one, many = currency, currency
    elif currency:
        # the unit may be a part of the currency, such as a cent
        vehicle = f"{vehicle}, {currency}"
    elif attribute.money or not many or names_money(one + " " + many):
        one, many = "unit", "units"
    if not currency and names_money(label):
        label = attribute.id
    return Payment(
        attribute.id,
        label,
        one,
        many,
        vehicle if currency else "",
        payment_sign(attribute) < 0,
    )


def beyond_shown(
    values: Iterable[float | None], attribute: Attribute, payment: Payment, whose: str = "amounts"
) -> tuple[str, ...]:
    """Say that amounts exceed all that people were shown of what they pay in, if they do.

    Whoever was shown waits of 2 to 40 days never chose between services 60 days apart: such an
    amount prolongs the straight line beyond the answers.

    Parameters
    ----------
    values : iterable of float or None
        The amounts, with their signs or without.
    attribute : Attribute
        What is paid in.
    payment : Payment
        Its words.
    whose : str
        Of what the amounts are.
    """
    shown = [level.value for level in attribute.shown_levels if level.value is not None]
    if not shown:
        return ()
    span = max(shown) - min(shown)
    if not any(value is not None and abs(value) > span * (1 + 1e-9) for value in values):
        return ()
    ends = f"{number_text(min(shown))} to {number_text(max(shown))} {payment.unit_plural}".rstrip()
    most = f"{number_text(span)} {payment.word(number_text(span))}".rstrip()
    return (
        f"people were shown {ends}, which are {most} apart; {whose} beyond {most} go further than "
        "any answer, as if the line went on",
    )


def unit_word(attribute: Attribute, number: float, language: str | None = None) -> str:
    """Return the unit of an attribute for a number, without the number."""
    return attribute.unit_text(number, language).partition(" ")[2]
