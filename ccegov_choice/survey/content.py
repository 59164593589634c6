"""What a version of a survey consists of, as plain data with a fingerprint, and back again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from ccegov_choice._files import sha256

if TYPE_CHECKING:
    from ccegov_choice.survey.survey import Survey

# looks and house-keeping may change in the field without making another version
_APART = ("theme", "fieldwork", "retention", "folder", "positions")


def content_of(survey: Survey) -> dict[str, object]:
    """Return everything people can be shown or asked; see `Survey.content`."""
    found: dict[str, object] = {}
    for part in fields(survey):
        if part.name in _APART:
            continue
        value = getattr(survey, part.name)
        found[part.name] = value.to_toml() if part.name == "study" else _plain(value)
    return found


def fingerprint(content: Mapping[str, object]) -> str:
    """Return the SHA-256 of plain data, written as JSON with sorted keys."""
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def survey_of(content: Mapping[str, Any]) -> Survey:
    """Return the survey that some content was made of, with the usual looks and house-keeping.

    Parameters
    ----------
    content : mapping
        What `content_of` returned, perhaps written as JSON and read again.
    """
    from ccegov_choice.study.study import Study
    from ccegov_choice.survey.survey import Survey

    hints = _hints(Survey)
    parts = {name: _noun(hints[name], value) for name, value in content.items() if name != "study"}
    return Survey(study=Study.from_toml(content["study"]), **parts)


@cache
def _hints(noun: type) -> dict[str, Any]:
    return get_type_hints(noun)


def _noun(hint: Any, value: Any) -> Any:
    """Return plain data as what a type hint asks for."""
    origin = get_origin(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = _hints(hint)
        return hint(**{name: _noun(hints[name], item) for name, item in value.items()})
    if origin is tuple:
        return tuple(_noun(get_args(hint)[0], item) for item in value)
    if origin in (Union, UnionType):
        nouns = [part for part in get_args(hint) if is_dataclass(part)]
        return value if value is None or not nouns else _noun(nouns[0], value)
    if origin is not None and isinstance(value, Mapping):
        inner = get_args(hint)[1]
        return {key: _noun(inner, item) for key, item in value.items()}
    return value
