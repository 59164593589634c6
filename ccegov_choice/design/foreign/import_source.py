"""Reading a design made elsewhere as lines of text cells, before anybody knows what they mean."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from ccegov_choice._files import read_text, sha256
from ccegov_choice.errors import ChoiceError, DesignError
from ccegov_choice.study.wording import number_id

SEPARATORS = (",", "\t", ";", "|")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SHOWN = 4

Line = tuple[int, tuple[str, ...]]
"""A line number (a row number in a data frame) and its cells."""


@dataclass(frozen=True)
class Source:
    """What was given, as text.

    Parameters
    ----------
    name : str
        The path, or ``"data frame"``.
    kind : {"file", "frame"}
        A file or a data frame.
    sha256 : str
        Hash of the bytes of the file, or of the frame written as CSV.
    readings : mapping of str to tuple of Line
        Separator -> the lines it cuts the text into.
    """

    name: str
    kind: str
    sha256: str
    readings: dict[str, tuple[Line, ...]]

    @property
    def short_name(self) -> str:
        """The name without folders, for records that are the same on every machine."""
        return Path(self.name).name if self.kind == "file" else self.name

    @property
    def searched(self) -> int:
        """How many lines may be the header."""
        return 200 if self.kind == "file" else 1

    def where(self, lines: Iterable[int]) -> str:
        """Name lines of the file, or rows of the frame, as a person would."""
        listed = listing(sorted(set(lines)))
        if self.kind == "file":
            return f"{self.name}:{listed}"
        return f"{'row' if listed.isdigit() else 'rows'} {listed} of the data frame"


def listing(items: Sequence[object], shown: int = _SHOWN) -> str:
    """Write a list as a person would: ``3``, ``3 and 5``, ``3, 5, 7, 9 and 12 more``."""
    texts = [str(item) for item in items]
    if len(texts) > shown + 1:
        return f"{', '.join(texts[:shown])} and {len(texts) - shown} more"
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def read_source(
    source: Any, what: str = "design", error: type[ChoiceError] = DesignError
) -> Source:
    """Read a file or a data frame.

    Parameters
    ----------
    source : str, Path or data frame
        A text file in UTF-8 or UTF-16, whatever separates its cells; or a table of pandas, polars
        or another library that narwhals knows.
    what : str
        What the user takes it for: messages name it.
    error : type
        The error to raise.

    Raises
    ------
    FileFormatError
        If the file is missing or is no text.
    ChoiceError
        If it is neither a path nor a data frame, or holds nothing.
    """
    if isinstance(source, str | Path):
        return _from_file(Path(source), what, error)
    header, rows = _table(source, what, error)
    lines = [header, *([as_text(cell) for cell in row] for row in rows)]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(lines)
    numbered = tuple((i, tuple(cell.strip() for cell in line)) for i, line in enumerate(lines))
    return Source("data frame", "frame", sha256(stream.getvalue()), {",": numbered})


def _from_file(path: Path, what: str, error: type[ChoiceError]) -> Source:
    content = path.read_bytes() if path.is_file() else b""
    text = content.decode("utf-16") if content.startswith(_UTF16) else read_text(path)
    if not text.strip():
        raise error("the file is empty", where=str(path), cure=f"Export the {what} again.")
    readings = {separator: _lines(text, separator) for separator in SEPARATORS if separator in text}
    return Source(str(path), "file", sha256(content), readings or {",": _lines(text, ",")})


def _lines(text: str, separator: str) -> tuple[Line, ...]:
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    lines, start = [], 1
    for cells in reader:
        lines.append((start, tuple(cell.strip() for cell in cells)))
        start = reader.line_num + 1
    return tuple(lines)


def _table(
    frame: Any, what: str, error: type[ChoiceError]
) -> tuple[list[str], Iterable[Sequence[object]]]:
    """Return the column names and the rows of any data frame."""
    if isinstance(frame, pd.DataFrame):
        return [str(n) for n in frame.columns], frame.itertuples(index=False, name=None)
    try:
        known = nw.from_native(frame)
    except TypeError as problem:
        raise error(
            f"{type(frame).__name__} is neither a path nor a data frame",
            where=f"import_{what}",
            cure="Give the path of a CSV or TSV file, or a pandas or polars table.",
        ) from problem
    eager = known.collect() if isinstance(known, nw.LazyFrame) else known
    return list(eager.columns), eager.iter_rows()


def as_text(cell: Any) -> str:
    """Write a cell of a data frame as a file would hold it."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return number_id(cell) if isinstance(cell, float) else str(cell)
