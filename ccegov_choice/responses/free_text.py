"""Which values of an answer are people's own words, as the version they answered says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_REASONS, _BUDGET = "why", {"picked", "spent", "why"}
_WRITE_IN = ".other"


def text_questions(content: Mapping[str, Any]) -> frozenset[str]:
    """Return the questions of a version that are answered in one's own words."""
    return frozenset(
        str(question.get("id"))
        for page in content.get("pages", ())
        for question in page.get("questions", ())
        if question.get("kind") == "text"
    )


def _own_words(key: str, payload: Mapping[str, Any], questions: frozenset[str]) -> bool:
    # the reasons for a budget stand beside what was picked; a question may be called `why` as well
    reasons = key == _REASONS and payload.keys() == _BUDGET
    return reasons or key in questions or key.endswith(_WRITE_IN)


def split(
    payload: Mapping[str, Any], questions: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split an answer into what is not free text, and what is."""
    words = {key: value for key, value in payload.items() if _own_words(key, payload, questions)}
    rest = {key: value for key, value in payload.items() if key not in words}
    return rest, words
