"""A form being filled: what templates ask about each field."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ccegov_choice.survey.pages.frame import Form
from ccegov_choice.survey.pages.problems import Trouble, troubles
from ccegov_choice.survey.pages.words import ShellWords


class Filling:
    """Answers what templates ask about each field.

    Parameters
    ----------
    words : ShellWords
        Words of the language.
    form : Form
        What the fields hold, and what is wrong with them.
    about : mapping of str to str, optional
        Field -> question it belongs to, for the list of problems.
    """

    def __init__(
        self, words: ShellWords, form: Form, about: Mapping[str, str] | None = None
    ) -> None:
        self.words = words
        self.form = form
        self.troubles: tuple[Trouble, ...] = troubles(words, form.problems, about or {})

    def t(self, key: str, /, **values: object) -> str:
        """Return words of the shell."""
        return self.words.say(key, **values)

    def held(self, name: str) -> str:
        """Return what a field holds; empty if nothing."""
        values = self.form.values.get(name)
        return values[-1] if values else ""

    def ticked(self, name: str, value: str) -> bool:
        """Return whether one of a field's values is this one."""
        return value in self.form.values.get(name, ())

    @cached_property
    def _errors(self) -> dict[str, str]:
        return {trouble.field: trouble.text for trouble in reversed(self.troubles)}

    def error(self, name: str) -> str:
        """Return what is wrong with a field; empty if nothing."""
        return self._errors.get(name, "") if self.troubles else ""

    def described(self, name: str, hint: object = "", *more: str) -> str:
        """Return the ids of what describes a field: its hint, its error, and more."""
        ids = [f"{name}-hint"] if hint else []
        if self.error(name):
            ids.append(f"{name}-error")
        return " ".join([*ids, *more])
