"""Plain data as text and back: the same data always give the same text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def to_text(data: Mapping[str, Any]) -> str:
    """Write plain data as JSON with sorted keys."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return storable(text)


def from_text(text: str) -> dict[str, Any]:
    """Read plain data again."""
    read: dict[str, Any] = json.loads(text)
    return read


def storable(text: str) -> str:
    """Return text that every database takes: without NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
