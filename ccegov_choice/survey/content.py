"""What a version of a survey consists of, as plain data with a fingerprint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

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
