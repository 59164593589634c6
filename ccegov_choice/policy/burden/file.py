"""A burden account as a TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ccegov_choice._files import read_text
from ccegov_choice.errors import FileFormatError, PolicyError, Problem, unknown_name
from ccegov_choice.policy.burden.account import BurdenItem

_KEYS = ("kind", "name", "hours", "people")


def load(path: str | Path) -> dict[str, Any]:
    """Read a TOML file."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise FileFormatError(
            f"the file is not TOML: {error}", where=str(path), cure="Mend the line it names."
        ) from error


def items_of(content: dict[str, Any], where: str) -> tuple[dict[str, float], list[BurdenItem], str]:
    """Return people, items and the name; every problem of the file's shape in one error."""
    problems = [
        unknown_name(key, ("name", "people", "item"), "entry", where=where)
        for key in content
        if key not in ("name", "people", "item")
    ]
    people = _numbers(content.get("people"), "[people]", where, problems)
    items = []
    for position, entry in enumerate(content.get("item", []), 1):
        place = f"{where}: [[item]] {position}"
        problems += [unknown_name(k, _KEYS, "entry", where=place) for k in entry if k not in _KEYS]
        problems += [
            Problem(f"it has no '{key}'", f"Add {key} = ...", place)
            for key in _KEYS[:3]
            if key not in entry
        ]
        hours = entry.get("hours", {})
        if _is_number(hours):
            hours = dict.fromkeys(people, hours)
        spent = _numbers(hours, "hours", place, problems)
        having = _numbers(entry.get("people", {}), "people", place, problems)
        items.append(BurdenItem(str(entry.get("kind")), str(entry.get("name")), spent, having))
    if problems:
        raise PolicyError.of(problems, "The burden account has {count} problems:")
    return people, items, str(content.get("name", ""))


def _numbers(given: Any, what: str, where: str, problems: list[Problem]) -> dict[str, float]:
    if not isinstance(given, dict) or not all(_is_number(value) for value in given.values()):
        problems.append(
            Problem(f"{what} is not a list of groups", "Write GROUP = NUMBER lines.", where)
        )
        return {}
    return {str(group): float(value) for group, value in given.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
