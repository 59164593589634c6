"""The shell's words: everything on a page that no survey brings along, in every language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "shell"
FALLBACK = "en"
"""Language of the shell's words where a survey is in a language that the shell lacks."""


class ShellWords(Mapping[str, str]):
    """Key -> words in one language, such as ``"button.continue"``.

    Parameters
    ----------
    language : str
        Language of the words.
    words : mapping of str to str
        Key -> words, with ``{name}`` where something is filled in.
    """

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        self.language = language
        self._words = dict(words)

    def __getitem__(self, key: str) -> str:
        return self._words[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def say(self, key: str, /, **values: object) -> str:
        """Return the words of a key with values filled in."""
        words = self._words[key]
        return words.format_map(values) if values else words


@cache
def shell_languages() -> tuple[str, ...]:
    """Return the codes of all languages the shell has words in."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def shell_words(language: str) -> ShellWords:
    """Return the shell's words in a language.

    Parameters
    ----------
    language : str
        Language code; ``"de-AT"`` falls back to ``"de"``, and an unknown one to English.
    """
    known = shell_languages()
    short = language.partition("-")[0]
    code = next((code for code in (language, short) if code in known), FALLBACK)
    return ShellWords(code, dict(_flat(tomllib.loads(_file(code)), "")))


def _file(code: str) -> str:
    return (_FOLDER / f"{code}.toml").read_text(encoding="utf-8")


def _flat(table: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)
