"""What the lines of a task mean: one explanation for each attribute, rendered once a language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from ccegov_choice.survey.pages.environment import environment
from ccegov_choice.survey.pages.voice import Voice

if TYPE_CHECKING:
    from markupsafe import Markup


@lru_cache(maxsize=64)
def glossary(voice: Voice) -> Mapping[str, Markup]:
    """Return attribute id -> its explanation, with the long wordings of its levels.

    Attributes about which there is nothing to say are left out.
    """
    render = environment().get_template("glossary.html.j2").module.explanation  # type: ignore[attr-defined]
    found = {}
    for attribute in voice.survey.study.attributes:
        text = voice.say(voice.survey.glossary.get(attribute.id) or attribute.definition)
        levels = [
            (voice.say(level.label), voice.say(level.description))
            for level in attribute.shown_levels
            if level.description and level.description != level.label
        ]
        if text or levels:
            found[attribute.id] = render(attribute.id, voice.say(attribute.label), text, levels)
    return found
