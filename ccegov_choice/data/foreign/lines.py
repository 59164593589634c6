"""Problems of a foreign file, named by its own lines and columns, raised all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ccegov_choice.data.findings import Findings, Integers, Mask
from ccegov_choice.design.foreign.import_source import Source
from ccegov_choice.errors import DataError, Problem


class LineFindings(Findings):
    """Gathers problems of a file; what `Findings` calls rows are lines of that file.

    Parameters
    ----------
    source : Source
        The file.
    names : mapping of str to str
        Our name of a column -> what the file calls it.
    """

    def __init__(self, source: Source, names: Mapping[str, str] | None = None) -> None:
        super().__init__(dict(names or {}))
        self.source = source
        self.lines: Sequence[int] = ()

    def rows(self, found: Mask | Integers) -> str:
        """Name lines of the file."""
        positions = np.flatnonzero(found) if found.dtype == bool else found
        return self.source.where(self.lines[int(position)] for position in positions)

    def say_of(self, lines: Iterable[int], problem: str, cure: str) -> None:
        """Note a problem of some lines."""
        self.problems.append(Problem(problem, cure, self.source.where(lines)))

    def finish(self) -> None:
        """Raise `DataError` with all problems, if there are any."""
        if self.problems:
            headline = f"The answers in {self.source.name} cannot be taken ({{count}} problems):"
            raise DataError.of(self.problems, headline)
