"""The templates, compiled once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice.errors import MissingExtraError

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Return the environment in which every page is rendered: escaping, and strict."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError(
            "a survey needs the package jinja2, which is not installed",
            where="Pages",
            cure="Install it with: pip install 'ccegov_choice[survey]'",
        ) from error
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    for name in made.list_templates():
        made.get_template(name)
    return made


def template_sources() -> tuple[str, ...]:
    """Return what stands in every template, in the order of their names."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.j2")))
