"""Where an attribute, its wording or its expected direction comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A reference.

    Parameters
    ----------
    text : str
        Authors and year, or what else identifies it.
    title : str
        Title and place of publication, where known.
    doi : str
        Digital object identifier, where known.
    note : str
        What kind of study it is, or what it found.
    checked : bool
        False where the reference is cited from memory and nobody has read it for this purpose.
    """

    text: str
    title: str = ""
    doi: str = ""
    note: str = ""
    checked: bool = True

    def __str__(self) -> str:
        parts = [self.text, self.title, f"doi:{self.doi}" if self.doi else ""]
        marks = [self.note, "" if self.checked else "not checked"]
        inside = "; ".join(mark for mark in marks if mark)
        return ", ".join(part for part in parts if part) + (f" ({inside})" if inside else "")
