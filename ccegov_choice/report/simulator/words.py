"""The page's own words, in one file for each language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from ccegov_choice.errors import PolicyError, unknown_name

_FOLDER = Path(__file__).parent / "words"


@cache
def words(language: str) -> dict[str, str]:
    """Return the words of a language by name.

    Raises
    ------
    PolicyError
        If there are none.
    """
    known = sorted(path.stem for path in _FOLDER.glob("*.toml"))
    short = language.partition("-")[0]
    if short not in known:
        raise PolicyError.of([unknown_name(language, known, "language", where="Simulator")])
    content = tomllib.loads((_FOLDER / f"{short}.toml").read_text(encoding="utf-8"))
    return {name: " ".join(text.split()) for name, text in content.items()}
