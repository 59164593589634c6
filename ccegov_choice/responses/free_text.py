"""Which values of an answer are people's own words, as the version they answered says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OWN_WORDS = ("why",)  # the reasons for a budget
_WRITE_IN = ".other"


def text_questions(content: Mapping[str, Any]) -> frozenset[str]:
    """Return the questions of a version that are answered in one's own words."""
    return frozenset(
        str(question.get("id"))
        for page in content.get("pages", ())
        for question in page.get("questions", ())
        if question.get("kind") == "text"
    )


def split(
    payload: Mapping[str, Any], questions: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split an answer into what is not free text, and what is."""
    words = {
        key: value
        for key, value in payload.items()
        if key in questions or key in _OWN_WORDS or key.endswith(_WRITE_IN)
    }
    rest = {key: value for key, value in payload.items() if key not in words}
    return rest, words
