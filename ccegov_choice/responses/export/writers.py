"""Files of a bundle, written row by row: CSV, or Parquet in groups of rows."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from ccegov_choice.errors import MissingExtraError
from ccegov_choice.responses.export.layout import Column, FileLayout

_GROUP = 20_000


@dataclass(frozen=True)
class Written:
    """A file that was written."""

    name: str
    rows: int
    sha256: str


class Writer(Protocol):
    """Takes rows of one file."""

    def add(self, row: Mapping[str, Any]) -> None:
        """Write a row; keys that are no columns are left out."""

    def close(self) -> Written:
        """Finish the file."""

    def give_up(self) -> None:
        """Let go of the file, if it is not finished."""


class CsvWriter:
    """Writes CSV: UTF-8, empty cells where there is nothing, times as in ISO 8601."""

    def __init__(self, folder: Path, layout: FileLayout) -> None:
        self._path = folder / f"{layout.name}.csv"
        self._names = [column.name for column in layout.columns]
        self._stream = self._path.open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._stream, lineterminator="\n")
        self._csv.writerow(self._names)
        self._rows = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Write a row."""
        self._csv.writerow([_cell(row.get(name)) for name in self._names])
        self._rows += 1

    def close(self) -> Written:
        """Finish the file."""
        self._stream.close()
        return _written(self._path, self._rows)

    def give_up(self) -> None:
        """Let go of the file, if it is not finished."""
        self._stream.close()


class ParquetWriter:
    """Writes Parquet with pyarrow, with the type of each column."""

    def __init__(self, folder: Path, layout: FileLayout) -> None:
        pyarrow, parquet = _pyarrow()
        self._arrow = pyarrow
        self._path = folder / f"{layout.name}.parquet"
        self._columns = layout.columns
        types = {
            "text": pyarrow.string(),
            "integer": pyarrow.int64(),
            "number": pyarrow.float64(),
            "time": pyarrow.timestamp("ms", tz="UTC"),
        }
        self._schema = pyarrow.schema([(c.name, types[c.kind]) for c in layout.columns])
        self._file = parquet.ParquetWriter(self._path, self._schema)
        self._waiting: list[dict[str, Any]] = []
        self._rows = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Take a row."""
        self._waiting.append({c.name: _typed(row.get(c.name), c) for c in self._columns})
        self._rows += 1
        if len(self._waiting) >= _GROUP:
            self._flush()

    def close(self) -> Written:
        """Finish the file."""
        self._flush()
        self._file.close()
        return _written(self._path, self._rows)

    def give_up(self) -> None:
        """Let go of the file, if it is not finished."""
        self._file.close()

    def _flush(self) -> None:
        table = self._arrow.Table.from_pylist(self._waiting, schema=self._schema)
        self._file.write_table(table)
        self._waiting = []


def _pyarrow() -> tuple[Any, Any]:
    try:
        pyarrow = import_module("pyarrow")
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingExtraError(
            "Parquet files need the package pyarrow",
            cure="pip install 'ccegov_choice[scale]', or write CSV.",
        ) from error
    return pyarrow, parquet


def _cell(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value


def _typed(value: Any, column: Column) -> Any:
    if value is None or value == "":
        return None if column.kind != "text" else value
    if column.kind == "text":
        return str(value)
    if column.kind in ("number", "integer"):
        try:
            return float(value) if column.kind == "number" else int(value)
        except (TypeError, ValueError):
            return None
    return value


def _written(path: Path, rows: int) -> Written:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        while part := stream.read(1 << 20):
            digest.update(part)
    return Written(path.name, rows, digest.hexdigest())
