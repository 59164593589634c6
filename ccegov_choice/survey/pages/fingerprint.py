"""One number for all that a page shows: the same for the same words in the same order."""

from __future__ import annotations

import hashlib
from functools import cache

from ccegov_choice.survey.pages.environment import template_sources
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.pages.step_page import step_page
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.pages.words import shell_words
from ccegov_choice.survey.settings import View
from ccegov_choice.survey.steps import Step, Way

_EMPTY = Form(action="", nonce="")


def fingerprint(voice: Voice, step: Step, way: Way, *, view: View, highlight: bool) -> str:
    """Return the SHA-256 of what a step shows.

    It is taken of the data that the page's template is filled with, because rendering takes four
    times as long, and of templates and words of the shell, which are the same for everybody.

    Parameters
    ----------
    voice : Voice
        The language.
    step : Step
        What is shown.
    way : Way
        To whom.
    view : {"cards", "table"}
        How options stand.
    highlight : bool
        Whether lines in which options differ may be marked.
    """
    plain = Frame(voice.language, highlight=highlight)
    page = step_page(voice, step, way, plain, _EMPTY)
    options = step.task is not None or step.page.example is not None
    stands = view if options else ""
    shown = (_same_for_all(voice.language), page.template, page.heading, stands, page.values)
    return hashlib.sha256(repr(shown).encode()).hexdigest()


@cache
def _same_for_all(language: str) -> str:
    told = (language, sorted(shell_words(language).items()), template_sources())
    return hashlib.sha256(repr(told).encode()).hexdigest()
