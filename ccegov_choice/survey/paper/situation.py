"""The situation that tasks speak of, unless a page has described it already."""

from __future__ import annotations

from ccegov_choice.survey.pages.voice import Voice

_BEGINNING = 60


def situation(voice: Voice) -> str:
    """Return the study's context as Markdown; empty if a page's text begins with it anyway.

    Our own pages have it at hand with every task. Read in one go, it would be said twice.
    """
    context = voice.say(voice.survey.study.context)
    beginning = " ".join(context.split())[:_BEGINNING]
    bodies = (" ".join(voice.say(page.body).split()) for page in voice.survey.pages)
    return "" if any(beginning in body for body in bodies) else context
