"""Templates of pages: one way to fill them, for report, brief and simulator."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice.errors import MissingExtraError

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment(folder: Path, what: str) -> Environment:
    """Return the templates of a folder: everything escaped, nothing undefined passed over.

    Parameters
    ----------
    folder : Path
        Of the templates.
    what : str
        What is made of them, for the error: ``"report"``.

    Raises
    ------
    MissingExtraError
        If Jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError(
            f"a {what} needs the package jinja2, which is not installed",
            where=what.capitalize(),
            cure="Install it with: pip install 'ccegov_choice[report]'",
        ) from error
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
