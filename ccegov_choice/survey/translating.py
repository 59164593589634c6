"""What a translator still has to write, as TOML to fill in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.wording import wording
from ccegov_choice.survey.checking.languages import missing_wordings
from ccegov_choice.survey.checking.place import shown_wordings
from ccegov_choice.survey.survey import Survey

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def missing_toml(survey: Survey, language: str) -> str:
    """Return every wording that lacks a language, with the main wording above each.

    Parameters
    ----------
    survey : Survey
        The survey.
    language : str
        Language code; it need not be one of the survey's yet.

    Returns
    -------
    str
        Text for ``translations/LANG.toml``; empty strings count as not yet written. Texts of
        pages are listed in comments: they stand in ``pages/ID.LANG.md``.
    """
    wanted = survey
    if language not in survey.languages:
        wanted = replace(survey, languages=(*survey.languages, language))
    missing = [path for path, code in missing_wordings(wanted) if code == language]
    shown = shown_wordings(wanted)
    bodies = [str(path[1]) for path in missing if path[-1] == "body"]
    short = [path for path in missing if path[-1] != "body"]
    lines = [f"# {len(short)} wordings of '{survey.id}' to be written in '{language}'."]
    lines += [f"# Write the text of pages/{id}.md in pages/{id}.{language}.md." for id in bodies]
    for path in short:
        lines += ["", *_comment(wording(shown[path], survey.language)), f'{toml_key(path)} = ""']
    return "\n".join(lines) + "\n"


def toml_key(path: KeyPath) -> str:
    """Write a path as a dotted key of TOML."""
    return ".".join(key if _BARE.fullmatch(key) else json.dumps(key) for key in map(str, path))


def _comment(text: str) -> Iterator[str]:
    for line in text.strip().splitlines():
        yield f"# {line}".rstrip()
