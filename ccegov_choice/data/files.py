"""Choices in files: our own folder with everything in it, and tables from elsewhere."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd

from ccegov_choice._files import read_json, read_text, sha256, write_atomic, write_json
from ccegov_choice._provenance import Provenance
from ccegov_choice.data.choice_data import ChoiceData, Response
from ccegov_choice.data.findings import Findings
from ccegov_choice.data.read import ANSWERS, Columns, LongTable, Roles, build, read_long
from ccegov_choice.errors import FileFormatError, ProvenanceError
from ccegov_choice.study.study import Study

TABLE, RECORD, STUDY = "choices.csv", "choices.json", "study.toml"
_KIND, _SCHEMA = "choices", 1


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table: CSV or TSV (also compressed), Parquet, Stata.

    In text files only an empty cell is a missing value: ``none`` and ``NA`` are words.

    Raises
    ------
    FileFormatError
        If there is no such file, or it is not a table of a known kind.
    """
    source = Path(path)
    if not source.is_file():
        raise FileFormatError(
            "there is no such file",
            where=str(source),
            cure=f"Check the path; it was looked for in {Path.cwd()}.",
        )
    kind = next((s for s in reversed(source.suffixes) if s.lower() not in (".gz", ".zip")), "")
    try:
        if kind.lower() in (".csv", ".tsv", ".txt", ".dat"):
            separator = "," if kind.lower() == ".csv" else "\t"
            return _read_csv(source, separator)
        if kind.lower() == ".parquet":
            return pd.read_parquet(source)
        if kind.lower() == ".dta":
            return pd.read_stata(source)
    except (ValueError, UnicodeDecodeError, ImportError, OSError) as error:
        raise FileFormatError(
            f"the file cannot be read as a table: {str(error).splitlines()[0]}",
            where=str(source),
            cure="Save it as CSV in UTF-8, with a header row, and try again.",
        ) from error
    raise FileFormatError(
        f"'{kind or source.name}' is no kind of table that can be read",
        where=str(source),
        cure="Save it as .csv, .tsv, .parquet or .dta.",
    )


# from 3.1 on pandas reads every float exactly; before, that had to be asked for
_PANDAS = tuple(int(part) for part in pd.__version__.split(".")[:2])
_EXACT_FLOATS: dict[str, Any] = {} if _PANDAS >= (3, 1) else {"float_precision": "round_trip"}


def _read_csv(source: Any, separator: str = ",", **options: Any) -> pd.DataFrame:
    table: pd.DataFrame = pd.read_csv(
        source,
        sep=separator,
        keep_default_na=False,
        na_values=[""],
        **_EXACT_FLOATS,
        **options,
    )
    return table


def save_choices(data: ChoiceData, folder: str | Path) -> Path:
    """Write data so that `read_choices` gives the same; see `ChoiceData.save`."""
    target = Path(folder)
    frame = data.frame
    table = frame.to_csv(index=False, lineterminator="\n")
    text = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    record: dict[str, Any] = {
        "kind": _KIND,
        "schema": _SCHEMA,
        "response": data.response,
        "sha256": sha256(table),
        "text_columns": [n for n in text if not pd.api.types.is_bool_dtype(frame[n])],
        "roles": {"weight": data.weight, "strata": data.strata, "cluster": data.cluster},
        "provenance": data.provenance.to_dict() if data.provenance else None,
    }
    write_atomic(target / TABLE, table)
    data.study.write(target / STUDY)
    write_json(target / RECORD, record)
    return target


def read_choices(path: str | Path, *, study: Study | None = None) -> ChoiceData:
    """Read data from a saved folder or a table with our column names; see `ChoiceData.read`."""
    source = Path(path)
    if not source.is_dir():
        table = read_table(source)
        answers = (names for names in ANSWERS.values() if names and set(names) <= set(table))
        given: dict[str, Any] = {name: name for name in next(answers, ())}
        return read_long(table, Columns(**{"chosen": None, **given}), study)
    record = read_json(source / RECORD, kind=_KIND, schema=_SCHEMA)
    text = read_text(source / TABLE)
    if sha256(text) != record["sha256"]:
        raise ProvenanceError(
            "the file is not the one that was saved",
            where=str(source / TABLE),
            cure="Take the saved file, or read the changed one by itself: "
            f"ChoiceData.read('{source / TABLE}', study=...).",
        )
    dtype = dict.fromkeys(record["text_columns"], "str")
    frame = _read_csv(io.StringIO(text), dtype=dtype)
    response: Response = record["response"]
    long = LongTable(frame, response, Findings(), Roles(**record["roles"]))
    kept = record["provenance"]
    return build(
        long,
        study or Study.read(source / STUDY),
        provenance=Provenance.from_dict(kept) if kept else None,
    )
