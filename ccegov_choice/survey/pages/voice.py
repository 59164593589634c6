"""One language of a survey: its wordings, the shell's words, and numbers as people write them."""

from __future__ import annotations

from functools import cached_property

from ccegov_choice.study.wording import Text, number_text, quantity
from ccegov_choice.survey.pages.words import ShellWords, shell_words
from ccegov_choice.survey.survey import Survey, direction


class Voice:
    """Says a survey's wordings in one language.

    Parameters
    ----------
    survey : Survey
        The survey.
    language : str
        Language code; one of the survey's, or else its main language is spoken.
    """

    def __init__(self, survey: Survey, language: str) -> None:
        known = language if language in survey.languages else survey.language
        self.survey = survey
        self.language = known
        self.words: ShellWords = shell_words(known)

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``."""
        return direction(self.language)

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """What options without a name of their own are called by, in the order shown."""
        return tuple(self.words["task.letters"].split())

    def say(self, text: Text) -> str:
        """Return a wording, in the main language where a preview still lacks this one."""
        if isinstance(text, str):
            return text
        for code in (self.language, self.language.partition("-")[0], self.survey.language):
            if code in text:
                return text[code]
        return next(iter(text.values()), "")

    def number(self, number: float) -> str:
        """Write a number."""
        return number_text(number, self.language)

    def amount(self, number: float, unit: Text, unit_plural: Text = "") -> str:
        """Write a number with its unit."""
        one, several = self.say(unit), self.say(unit_plural)
        return quantity(number, one, several, self.language)
