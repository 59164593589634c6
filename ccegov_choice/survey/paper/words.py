"""What stands on paper and in scripts beside a survey's own wordings, in each language."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files

from ccegov_choice.errors import SurveyError


@functools.cache
def languages() -> tuple[str, ...]:
    """Languages in which these words exist."""
    folder = files("ccegov_choice.survey.paper") / "words"
    return tuple(sorted(name.name.removesuffix(".toml") for name in folder.iterdir()))


@functools.cache
def words(language: str) -> Mapping[str, str]:
    """Return the words of a language by ``"section.key"``.

    Raises
    ------
    SurveyError
        If they do not exist in this language.
    """
    code = language if language in languages() else language.partition("-")[0]
    if code not in languages():
        raise SurveyError(
            f"there are no words for paper and scripts in '{language}'",
            where=f"language '{language}'",
            cure=f"Choose one of {', '.join(languages())}, or write survey/paper/words/{code}.toml "
            "after the English one.",
        )
    path = files("ccegov_choice.survey.paper") / "words" / f"{code}.toml"
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{name}.{key}": text for name, part in sections.items() for key, text in part.items()}
