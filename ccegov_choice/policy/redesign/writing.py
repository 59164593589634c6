"""From a redesign to TOML that reads back as an equal redesign."""

from __future__ import annotations

from typing import Any

from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.reading import LIMITS, LISTS, NUMBERS, WORDS
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.study.toml_writer import toml_lines, toml_table


def redesign_to_toml(redesign: Redesign) -> str:
    """Return the whole redesign as TOML."""
    words = {name: getattr(redesign, name) or None for name in ("title",)}
    units = {name: getattr(redesign, name) or None for name in ("cost_unit", "capacity_unit")}
    limits = {name: getattr(redesign, name) for name in LIMITS}
    parts = [toml_lines(schema=1, id=redesign.id, **words, **units, **limits)]
    base: dict[str, Any] = dict(redesign.base.levels)
    if redesign.base.alternative is not None:
        base = {"alternative": redesign.base.alternative, **base}
    tables = (("base", base), ("floors", redesign.floors), ("today", redesign.today))
    parts += [
        [f"[{name}]", *toml_lines(**content)]
        for name, content in tables
        if content or name == "base"
    ]
    parts += [["[[lever]]", *_lever(lever)] for lever in redesign.levers]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _lever(lever: Lever) -> list[str]:
    content: dict[str, Any] = {name: getattr(lever, name) or None for name in NUMBERS}
    content |= {name: getattr(lever, name) or None for name in (*WORDS, *LISTS)}
    return toml_lines(
        id=lever.id,
        attribute=lever.attribute,
        start=lever.start,
        end=lever.end,
        **content,
        people=toml_table(lever.people) if lever.people else None,
        deliverable=None if lever.deliverable else False,
    )
