"""A covariate: something about a person."""

from __future__ import annotations

from dataclasses import dataclass

from ccegov_choice.errors import StudyError, unknown_name
from ccegov_choice.study.attribute import Kind
from ccegov_choice.study.level import Level
from ccegov_choice.study.wording import Text, own_copy, quantity, wording


@dataclass(frozen=True)
class Covariate:
    """Something about a person that may explain what they choose.

    Parameters
    ----------
    id : str
        The column in data frames and the name in formulas.
    label : str or mapping
        A few words, or language code -> words.
    kind : {"numeric", "categorical", "ordered"}
        Numbers, words, or words with an order.
    levels : tuple of Level
        The answers, unless it is numeric.
    unit : str or mapping
        The unit of a numeric covariate.
    base : str, optional
        Id of the level that others are compared with; the first one by default.
    question : str or mapping
        How the survey asks for it; empty when it comes from elsewhere.
    """

    id: str
    label: Text
    kind: Kind
    levels: tuple[Level, ...] = ()
    unit: Text = ""
    base: str | None = None
    question: Text = ""

    def __post_init__(self) -> None:
        for name in ("label", "unit", "question"):
            object.__setattr__(self, name, own_copy(getattr(self, name)))
        object.__setattr__(self, "levels", tuple(self.levels))

    @property
    def is_numeric(self) -> bool:
        """True if it holds numbers."""
        return self.kind == "numeric"

    @property
    def level_ids(self) -> tuple[str, ...]:
        """Ids of the levels, in order; empty for numbers."""
        return tuple(level.id for level in self.levels)

    @property
    def base_id(self) -> str | None:
        """Id of the level that others are compared with; None for numbers."""
        if self.base is not None:
            return self.base
        return self.levels[0].id if self.levels else None

    def level(self, level: str) -> Level:
        """Return a level by its id.

        Raises
        ------
        StudyError
            If there is no such level; the nearest id is named.
        """
        for candidate in self.levels:
            if candidate.id == level:
                return candidate
        problem = unknown_name(level, self.level_ids, "level", where=f"covariate '{self.id}'")
        raise StudyError.of([problem])

    def text(self, language: str | None = None) -> str:
        """Return the label in a language (the first one when not given)."""
        return wording(self.label, language)

    def unit_text(self, number: float, language: str | None = None) -> str:
        """Write a number with the unit."""
        return quantity(number, self.unit, "", language)
