"""Laying other languages over a survey: ``translations/LANG.toml`` and ``pages/ID.LANG.md``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ccegov_choice._files import read_text
from ccegov_choice.errors import FileFormatError, Problem, unknown_name
from ccegov_choice.study.lines import KeyPath, Positions
from ccegov_choice.study.wording import Text, in_order
from ccegov_choice.survey.reading.toml_file import prose, read_section
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.wordings import reworded

_SHORT = ("text", "label")
"""``option.yes = "Oui"`` is short for ``option.yes.text``, ``level.low`` for its label."""


def translated(survey: Survey, folder: Path, name: str) -> tuple[Survey, list[Problem]]:
    """Return the survey in all its languages, and what is wrong with its translations.

    Parameters
    ----------
    survey : Survey
        In its main language, perhaps with others in the files of study and survey.
    folder : Path
        The survey's folder.
    name : str
        What the folder is called in messages.
    """
    problems = list(_stray_files(survey, folder, name))
    translations = []
    for language in survey.languages:
        translation, found = _read(folder, language, name)
        translation.words.update(_bodies(survey, folder, language))
        translations.append(translation)
        problems.extend(found)
    known: list[str] = []

    def lay(path: KeyPath, text: Text) -> Text:
        known.append(dotted(path))
        given = {t.language: own for t in translations if (own := t.take(path))}
        if not given:
            return text
        base = {survey.language: text} if isinstance(text, str) and text else dict(text or {})
        return in_order({**base, **given}, survey.languages)

    whole = reworded(_speaking(survey), lay)
    for translation in translations:
        problems.extend(translation.unknown(known))
    return whole, problems


def _speaking(survey: Survey) -> Survey:
    """Return the survey with a study that has the survey's languages."""
    study = replace(survey.study, languages=survey.languages)
    if survey.study.positions is not None:
        study = study.standing_at(survey.study.positions)
    spoken = replace(survey, study=study)
    return spoken if survey.positions is None else spoken.standing_at(survey.positions)


def dotted(path: KeyPath) -> str:
    """Write the path of a wording as a key of TOML."""
    return ".".join(map(str, path))


@dataclass
class _Translation:
    """The wordings of one language, and which of them found their place."""

    language: str
    words: dict[KeyPath, str]
    lines: Positions
    used: set[KeyPath] = field(default_factory=set)

    def take(self, path: KeyPath) -> str | None:
        """Return the wording for a path, in its full or its short form."""
        keys = (path, path[:-1]) if path[-1] in _SHORT else (path,)
        key = next((key for key in keys if key in self.words), None)
        if key is None:
            return None
        self.used.add(key)
        return self.words[key]

    def unknown(self, known: list[str]) -> Iterator[Problem]:
        """Yield wordings for which the survey has no place."""
        for key in self.words:
            if key not in self.used:
                yield unknown_name(dotted(key), known, "wording", where=self.lines.where(*key))


def _read(folder: Path, language: str, name: str) -> tuple[_Translation, list[Problem]]:
    """Return the wordings of one translation file by path."""
    path = folder / "translations" / f"{language}.toml"
    file = f"{name}/translations/{language}.toml"
    nothing = _Translation(language, {}, Positions(file))
    if not path.exists():
        return nothing, []
    try:
        text = read_text(path)
    except FileFormatError as error:
        return nothing, [Problem(error.problem, error.cure, file)]
    root, problems = read_section(text, file, "the translation")
    if root is None:
        return nothing, problems
    words: dict[KeyPath, str] = {}
    for key, value in _leaves(root.content, ()):
        if not isinstance(value, str):
            root.notes.add(f"'{dotted(key)}' must be text, not {value!r}", "Quote it.", key)
        elif value.strip():
            words[key] = value
    return _Translation(language, words, root.notes.positions), problems


def _leaves(content: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _bodies(survey: Survey, folder: Path, language: str) -> dict[KeyPath, str]:
    """Return the prose of pages in another language."""
    found: dict[KeyPath, str] = {}
    for page in survey.pages:
        path = folder / "pages" / f"{page.id}.{language}.md"
        if path.exists():
            found["page", page.id, "body"] = prose(read_text(path))
    return found


def _stray_files(survey: Survey, folder: Path, name: str) -> Iterator[Problem]:
    """Yield files of languages or pages that the survey does not have."""
    for path in sorted((folder / "translations").glob("*.toml")):
        if path.stem not in survey.languages:
            where = f"{name}/translations/{path.name}"
            yield unknown_name(path.stem, survey.languages, "language", where=where)
    ids = [page.id for page in survey.pages]
    for path in sorted((folder / "pages").glob("*.md")):
        id, _, language = path.stem.partition(".")
        where = f"{name}/pages/{path.name}"
        if id not in ids:
            problem = unknown_name(id, ids, "page", where=where)
            cure = f"{problem.cure} List it under pages in survey.toml, or remove the file."
            yield Problem(problem.problem, cure, where)
        elif language and language not in survey.languages:
            yield unknown_name(language, survey.languages, "language", where=where)
