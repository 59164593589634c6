"""Changing every word of a frozen noun, however deep it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from ccegov_choice.report.blocks import Section

_Thing = TypeVar("_Thing")

_REFERENCE = re.compile(r"\[\[([a-z]+)\]\]")


def rewrite(thing: _Thing, change: Callable[[str], str]) -> _Thing:
    """Return a section, or any frozen noun, with all its words changed.

    Fields named ``id`` are anchors, not words, and stay as they are.
    """
    return _rewrite(thing, change)  # type: ignore[no-any-return]


def _rewrite(thing: Any, change: Callable[[str], str]) -> Any:
    if isinstance(thing, str):
        return change(thing)
    if isinstance(thing, tuple):
        return tuple(_rewrite(part, change) for part in thing)
    if isinstance(thing, dict):
        return {_rewrite(key, change): _rewrite(value, change) for key, value in thing.items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        changed = {
            field.name: _rewrite(getattr(thing, field.name), change)
            for field in fields(thing)
            if field.init and field.name != "id"
        }
        return replace(thing, **changed)
    return thing


def numbered(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Write section numbers where the words name a section: ``"see section [[trade]]"``."""
    places = {section.id: str(number) for number, section in enumerate(sections, 1)}
    return tuple(
        rewrite(section, lambda words: _REFERENCE.sub(lambda found: places[found[1]], words))
        for section in sections
    )
