"""What is drawn by lot for each person, such as the role or the outcome that tasks speak of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ccegov_choice.survey.arrangement import shuffled
from ccegov_choice.survey.question import Option


@dataclass(frozen=True)
class Lot:
    """One thing drawn by lot, each of its options as likely as the others.

    Parameters
    ----------
    id : str
        The column in the data; that of a study's covariate fills the covariate.
    options : tuple of Option
        What may be drawn; its text stands above every task.
    """

    id: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", tuple(self.options))

    def drawn(self, seed: str) -> Option:
        """Return what a person with this seed has drawn."""
        first = shuffled((option.id for option in self.options), seed, f"lot {self.id}")[0]
        return next(option for option in self.options if option.id == first)


def lots_drawn(lots: Iterable[Lot], seed: str) -> dict[str, Option]:
    """Return what a person has drawn in every lot, by its id."""
    return {lot.id: lot.drawn(seed) for lot in lots}
