"""Where the parts of a survey stand: one set of lines for each of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccegov_choice.study.lines import KeyPath, Positions


@dataclass(frozen=True)
class Places:
    """Lines of a survey's files.

    Parameters
    ----------
    survey : Positions
        Of ``survey.toml``.
    pages : mapping of str to Positions
        Page id -> lines of its file.
    parts : mapping of KeyPath to tuple
        Part of the survey -> file it stands in and its path there, where these differ:
        ``("question", "age")`` stands in a page.
    """

    survey: Positions
    pages: Mapping[str, Positions] = field(default_factory=dict)
    parts: Mapping[KeyPath, tuple[Positions, KeyPath]] = field(default_factory=dict)

    def where(self, *path: str | int) -> str:
        """Return ``file:line`` of a part, or of the nearest part around it that has a line."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.parts:
                file, start = self.parts[path[:length]]
                return file.where(*start, *path[length:])
        if len(path) > 1 and path[0] == "page" and str(path[1]) in self.pages:
            return self.pages[str(path[1])].where(*path[2:])
        return self.survey.where(*path)
