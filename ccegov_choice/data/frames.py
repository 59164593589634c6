"""Any data frame in, pandas out: the border between the user's tables and ours."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import DataError

_TRUE = ("true", "t", "yes", "y", "1", "1.0")
_FALSE = ("false", "f", "no", "n", "0", "0.0")


def to_pandas(frame: Any) -> pd.DataFrame:
    """Return any data frame as pandas, with a plain row index and text column names.

    Parameters
    ----------
    frame : data frame
        pandas, polars (lazy too), pyarrow, or another that narwhals knows.

    Raises
    ------
    DataError
        If it is not a data frame, has no rows, or two columns of one name.
    """
    if not isinstance(frame, pd.DataFrame):
        frame = _through_narwhals(frame)
    names = pd.Index([str(name) for name in frame.columns])
    if names.has_duplicates:
        raise DataError(
            f"several columns are called '{names[names.duplicated()][0]}'",
            where="data frame",
            cure="Give every column a name of its own.",
        )
    if not len(frame):
        raise DataError("there are no rows", where="data frame", cure="Give a frame with rows.")
    out: pd.DataFrame = frame.reset_index(drop=True)
    out.columns = names
    return out


def _through_narwhals(frame: Any) -> pd.DataFrame:
    try:
        known = nw.from_native(frame)
    except TypeError as error:
        raise DataError(
            f"{type(frame).__name__} is not a data frame",
            cure="Give a pandas, polars or pyarrow table; pd.DataFrame(...) makes one of most "
            "things.",
        ) from error
    eager = known.collect() if isinstance(known, nw.LazyFrame) else known
    try:
        table: pd.DataFrame = eager.to_pandas()
    except ModuleNotFoundError as error:
        raise DataError(
            f"turning this table into pandas needs the package {error.name}",
            cure=f"pip install {error.name}, or give a pandas data frame.",
        ) from error
    return table


def to_floats(column: pd.Series) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_] | None]:
    """Read a column as numbers.

    Returns
    -------
    values : ndarray of float64
        NaN where the cell is empty or no number.
    wrong : ndarray of bool or None
        Cells that hold something that is no number; None if there are none.
    """
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan), None
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if not pd.api.types.is_object_dtype(column) and not pd.api.types.is_string_dtype(column):
        return np.full(len(column), np.nan), column.notna().to_numpy()
    text = column.where(column.astype(str).str.strip() != "")
    values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.isnan(values) & text.notna().to_numpy(dtype=bool)
    return values, wrong if wrong.any() else None


def to_flags(
    column: pd.Series,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_] | None]:
    """Read a column as true or false.

    Booleans, 0 and 1, and the words true/false, yes/no, t/f, y/n in any case are understood.

    Returns
    -------
    flags : ndarray of bool
        False where the cell is not understood.
    wrong : ndarray of bool or None
        Cells that are empty or not understood; None if there are none.
    """
    if column.dtype == bool:
        return column.to_numpy(), None
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        flags = values == 1
        wrong = ~flags & (values != 0)
        return flags, wrong if wrong.any() else None
    codes, words = pd.factorize(column)
    meanings = [str(word).strip().lower() for word in words]
    known = np.array([*(word in _TRUE or word in _FALSE for word in meanings), False])
    true = np.array([*(word in _TRUE for word in meanings), False])
    wrong = ~known[codes]
    return true[codes], wrong if wrong.any() else None
