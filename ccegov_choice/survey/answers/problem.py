"""What may be wrong with one field of a form, and reading fields with it in mind."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made

Fields = Mapping[str, list[str]]
"""A posted form: name of a field -> its values."""


@dataclass(frozen=True)
class FieldProblem:
    """Something to put right in a form.

    Parameters
    ----------
    field : str
        Name of the field that an error link leads to.
    key : str
        Key of the message among the shell's words, such as ``"error.required"``.
    values : mapping
        What the message is filled with.
    """

    field: str
    key: str
    values: Mapping[str, str] = made(default_factory=dict)


def one(fields: Fields, name: str) -> str:
    """Return the last value of a field, cleaned; empty if there is none."""
    values = fields.get(name) or [""]
    return clean(values[-1])


def many(fields: Fields, name: str) -> list[str]:
    """Return all values of a field that hold something."""
    return [value for value in map(clean, fields.get(name, ())) if value]


def clean(text: str) -> str:
    """Return text without control characters, with one kind of line end, and trimmed.

    Databases refuse the character NUL; others could disturb whoever reads an export.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
