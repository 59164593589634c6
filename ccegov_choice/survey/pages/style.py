"""Style sheets and script: some are served as they are, one is made from a survey's colours."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from ccegov_choice.survey.settings import Theme

STATIC = Path(__file__).parent / "static"
"""Folder of the files that are served as they are."""


@cache
def static_address(name: str) -> str:
    """Return a file's name with a mark of its content, so that it may be cached for ever."""
    return marked(name, (STATIC / name).read_bytes())


def marked(name: str, content: bytes) -> str:
    """Return a name with a mark of the content."""
    return f"{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def theme_css(theme: Theme) -> str:
    """Return a survey's colours as custom properties; they cannot be inline, by our own policy."""
    return (
        ":root{"
        f"--survey-brand:{theme.brand};--survey-link:{theme.link};"
        f"--govuk-brand-colour:{theme.brand};--govuk-link-colour:{theme.link}"
        "}\n"
    )
