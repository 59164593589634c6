"""Languages of a survey: codes, words of the pages around it, and wordings that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ccegov_choice.errors import Problem
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.place import duplicates
from ccegov_choice.study.wording import Text
from ccegov_choice.survey.checking.place import called, place, shown_wordings
from ccegov_choice.survey.pages.words import shell_languages
from ccegov_choice.survey.survey import Survey

_OF_STUDY = ("study", "attribute", "alternative")
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def language_problems(survey: Survey) -> Iterator[Problem]:
    """Yield every problem of languages, and every wording that lacks one."""
    yield from _code_problems(survey)
    untranslated = [code for code in survey.languages[1:] if not _has_any(survey, code)]
    for language in untranslated:
        yield _no_translation(survey, language)
    lacking: dict[KeyPath, list[str]] = {}
    for path, language in missing_wordings(survey):
        if language not in untranslated:
            lacking.setdefault(path, []).append(language)
    for path, languages in lacking.items():
        yield _missing(path, languages, place(survey, *path))
    for path, text in shown_wordings(survey).items():
        for code in () if isinstance(text, str) else text:
            if code not in survey.languages:
                yield Problem(
                    f"{called(path)} is worded in '{code}', which is not a language of the survey",
                    f"Add '{code}' to languages, or remove the wording.",
                    place(survey, *path),
                )


def missing_wordings(survey: Survey) -> list[tuple[KeyPath, str]]:
    """Return paths of wordings, each with a language that it lacks."""
    shown = shown_wordings(survey)
    found = [
        (path, language)
        for path, text in shown.items()
        for language in survey.languages
        if _lacks(text, language, survey.languages)
    ]
    without_unit = {(path[:2], language) for path, language in found if path[2:] == ("unit",)}
    # a level that only names its number has it from the unit, which is listed already
    return [
        (path, language)
        for path, language in found
        if not (path[2:3] == ("level",) and (path[:2], language) in without_unit)
    ]


def _lacks(text: Text, language: str, languages: tuple[str, ...]) -> bool:
    if isinstance(text, str):
        return language != languages[0] and any(letter.isalpha() for letter in text)
    return not text.get(language, "").strip()


def _has_any(survey: Survey, language: str) -> bool:
    """Say whether any of the survey's own texts is worded in a language; a study brings its own."""
    return any(
        path[0] not in _OF_STUDY and not isinstance(text, str) and text.get(language, "").strip()
        for path, text in shown_wordings(survey).items()
    )


def _no_translation(survey: Survey, language: str) -> Problem:
    folder = survey.folder.as_posix() if survey.folder is not None else f"surveys/{survey.id}"
    file = f"{folder}/translations/{language}.toml"
    command = f"ccegov survey check {folder} --missing {language} > {file}"
    if survey.folder is None or not (survey.folder / "translations").is_dir():
        command = f"mkdir -p {folder}/translations && {command}"
    begun = survey.folder is not None and Path(file).is_file()
    cure = f"Write the texts into {file}" if begun else f"Run `{command}` and write the texts"
    return Problem(
        f"the survey has no translation at all in '{language}'",
        f"{cure}, or take '{language}' out of languages.",
        place(survey, "languages"),
    )


def _missing(path: KeyPath, languages: Sequence[str], where: str) -> Problem:
    if path[0] == "page" and path[-1] == "body":
        files = [f"pages/{path[1]}.{language}.md" for language in languages]
        cure = f"Write the text of the page in {', '.join(files)}."
    else:
        files = [f"translations/{language}.toml" for language in languages]
        cure = f'Write {called(path)} = "..." in {", ".join(files)}.'
    listed = ", ".join(f"'{language}'" for language in languages)
    return Problem(f"{called(path)} has no wording in {listed}", cure, where)


def _code_problems(survey: Survey) -> Iterator[Problem]:
    where = place(survey, "languages")
    if not survey.languages:
        yield Problem("the survey has no language", 'Write languages = ["en"].', where)
    for position in duplicates(survey.languages):
        yield Problem(
            f"language '{survey.languages[position]}' is listed twice", "List it once.", where
        )
    shell = shell_languages()
    for code in survey.languages:
        if not _CODE.fullmatch(code):
            yield Problem(
                f"'{code}' is not a language code",
                'Write the code, such as "en", "cy" or "pt-BR", not the name of the language.',
                where,
            )
        elif shell and code not in shell and code.partition("-")[0] not in shell:
            yield Problem(
                f"buttons and messages are not worded in '{code}'",
                f"They exist in {', '.join(shell)}. Translate survey/pages/shell/en.toml as "
                f"{code}.toml, or take '{code}' out of languages.",
                where,
            )
