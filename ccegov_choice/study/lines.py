"""Where things stand in a TOML file: the line of each key, table and array item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Positions:
    """Lines of the parts of one file.

    Parameters
    ----------
    file : str
        What the file is called in messages.
    lines : mapping
        Path of keys and list positions -> line, counted from 1.
    """

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)

    def where(self, *path: str | int) -> str:
        """Return ``file:line`` of a part, or of the nearest part around it that has a line."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return f"{self.file}:{line}"
        return self.file
