"""What the user says about a foreign file, and what was read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ccegov_choice.data.choice_data import Response
from ccegov_choice.data.foreign.lines import LineFindings
from ccegov_choice.design.design import Design
from ccegov_choice.design.foreign.import_source import Source
from ccegov_choice.study.study import Study


@dataclass(frozen=True)
class Request:
    """What the user says; see `import_answers`.

    Parameters
    ----------
    design : Design or None
        What was shown, where the file does not say.
    study : Study or None
        What was asked.
    person : str or None
        The column that tells people apart.
    columns : mapping of str to str
        Column in the file -> what it holds.
    alternatives : mapping of str to str
        What the file calls an alternative -> its id.
    levels : mapping of str to mapping
        Attribute or covariate -> cell -> level.
    covariates : tuple of str
        Columns about people to keep beside those the study declares.
    """

    design: Design | None = None
    study: Study | None = None
    person: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    alternatives: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    covariates: tuple[str, ...] = ()

    def keeps(self, name: str) -> bool:
        """Return whether a column about people is wanted."""
        declared = self.study.covariates if self.study is not None else ()
        return name in self.covariates or any(name == item.id for item in declared)


@dataclass(frozen=True)
class Shown:
    """What a file was read as: one row per alternative that was shown.

    Parameters
    ----------
    source : Source
        The file.
    frame : DataFrame
        ``person``, ``task``, ``alternative``, the answer, attributes, and columns about people.
    lines : sequence of int
        The line of the file each row comes from.
    response : {"choice", "ranking", "best-worst"}
        What people did.
    found : LineFindings
        Problems so far.
    notes : tuple of str
        What was recognised, and what was left out and why.
    """

    source: Source
    frame: pd.DataFrame
    lines: Sequence[int]
    response: Response
    found: LineFindings
    notes: tuple[str, ...]
