"""A numeraire: an attribute that other things may be paid in."""

from __future__ import annotations

from dataclasses import dataclass

from ccegov_choice.study.wording import Text, own_copy, wording


@dataclass(frozen=True)
class Numeraire:
    """An attribute that other things may be paid in: days, minutes, or declared money.

    Parameters
    ----------
    attribute : str
        Id of a numeric attribute.
    vehicle : str or mapping, optional
        How people would pay, in words: "a fee when you apply". Required for money.
    currency : str, optional
        ISO 4217 code such as ``"EUR"``. Required for money, and only for money.
    """

    attribute: str
    vehicle: Text | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        if self.vehicle is not None:
            object.__setattr__(self, "vehicle", own_copy(self.vehicle))

    def vehicle_text(self, language: str | None = None) -> str:
        """Return how people would pay, in a language; empty where it is not declared."""
        return "" if self.vehicle is None else wording(self.vehicle, language)
