"""A survey's wordings in all its languages at once, as other tools want them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from ccegov_choice.study.wording import Text
from ccegov_choice.survey.exporting.outline import Choice, Words
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.paper.words import words
from ccegov_choice.survey.question import Option
from ccegov_choice.survey.survey import Survey


@dataclass(frozen=True)
class Tongues:
    """Says wordings in every language of a survey."""

    survey: Survey

    @cached_property
    def voices(self) -> dict[str, Voice]:
        """Language code -> who speaks it."""
        return {code: Voice(self.survey, code) for code in self.survey.languages}

    def say(self, text: Text) -> Words:
        """Return a wording of the survey in every language."""
        return {code: voice.say(text) for code, voice in self.voices.items()}

    def word(self, key: str, **values: object) -> Words:
        """Return words of paper and scripts in every language, with values filled in."""
        return {code: words(code)[key].format(**values) for code in self.voices}

    def shell(self, key: str) -> Words:
        """Return words that our own pages use too, in every language."""
        return {code: voice.words[key] for code, voice in self.voices.items()}

    def made(self, make: Callable[[Voice], str]) -> Words:
        """Return what is made in every language."""
        return {code: make(voice) for code, voice in self.voices.items()}

    def choice(self, option: Option) -> Choice:
        """Return an option as a choice, its hint behind it."""
        return Choice(
            option.id,
            self.made(lambda voice: _with_hint(voice.say(option.text), voice.say(option.hint))),
            option.exclusive,
            last=option.exclusive or option.write_in,
        )

    def yes_no(self) -> tuple[Choice, Choice]:
        """Return the choices yes and no."""
        return Choice("yes", self.word("choice.yes")), Choice("no", self.word("choice.no"))


def _with_hint(text: str, hint: str) -> str:
    return f"{text} ({hint})" if hint else text


def column(name: str) -> str:
    """Return a name that every tool takes: lower-case letters, digits and underscores."""
    plain = re.sub(r"[^a-z0-9_]", "_", name.lower())
    return plain if plain[:1].isalpha() else f"q{plain}"
