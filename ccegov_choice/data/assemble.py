"""The checked columns put together as the one frame of `ChoiceData`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.layout import Layout
from ccegov_choice.data.levels import Reading, Values
from ccegov_choice.study.matrix import float_block

_COPY_ON_WRITE = int(pd.__version__.split(".")[0]) >= 3


@dataclass(frozen=True)
class Checked:
    """Columns that were read and checked, over rows of the table.

    Parameters
    ----------
    answers : mapping of str to ndarray
        ``chosen``, or ``rank``, or ``best`` and ``worst``.
    attributes, covariates : mapping of str to Values
        What the study declares and the table has.
    weights : mapping of str to ndarray
        Survey weights, under the name of their column.
    """

    answers: Mapping[str, npt.NDArray[Any]]
    attributes: Mapping[str, Values]
    covariates: Mapping[str, Values]
    weights: Mapping[str, npt.NDArray[np.float64]]


def assemble(reading: Reading, checked: Checked) -> pd.DataFrame:
    """Put the columns in order, numeric attributes side by side in one block."""
    frame, layout = reading.frame, reading.layout
    first: dict[str, Any] = {
        "person": _identifiers(frame["person"], layout),
        "task": _identifiers(frame["task"], layout),
        "alternative": _alternatives(reading),
        **{name: np.array(layout.placed(values)) for name, values in checked.answers.items()},
    }
    numbers = {name: v.array for name, v in checked.attributes.items() if not v.levels}
    words = {name: v for name, v in checked.attributes.items() if v.levels}
    last = {name: _cells(v, layout) for name, v in {**words, **checked.covariates}.items()}
    last |= {name: np.array(layout.placed(w)) for name, w in checked.weights.items()}
    used = {*first, *numbers, *last}
    extra = frame[[name for name in frame.columns if name not in used]]
    if layout.order is not None:
        extra = extra.take(layout.order).reset_index(drop=True)
    block = _block(frame, numbers, layout)
    parts = [pd.DataFrame(first, copy=False), block, pd.DataFrame(last, copy=False), extra]
    return pd.concat([part for part in parts if part.shape[1]], axis=1)


def _alternatives(reading: Reading) -> pd.Categorical:
    """Return the alternative of each place; the study's order of alternatives comes first."""
    layout = reading.layout
    known = [name for name in reading.study.alternative_ids if name in layout.alternatives]
    names = [*known, *(name for name in layout.alternatives if name not in known)]
    position = np.array([names.index(name) for name in layout.alternatives])
    codes = position[layout.placed(layout.alternative_codes)]
    return _categorical(codes, names)


def _categorical(codes: npt.NDArray[np.int64], names: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(names), dtype="object"))


def _cells(values: Values, layout: Layout) -> Any:
    array = np.array(layout.placed(values.array))
    return _categorical(array, values.levels) if values.levels else array


def _identifiers(column: pd.Series, layout: Layout) -> Any:
    """Return identifiers in order; whole numbers kept as floats become integers."""
    out = column if layout.order is None else column.take(layout.order)
    if pd.api.types.is_float_dtype(out):
        values = out.to_numpy(dtype=np.float64)
        if np.array_equal(values, np.floor(values)):
            return values.astype(np.int64)
    return out.reset_index(drop=True)


def _block(
    frame: pd.DataFrame, columns: Mapping[str, npt.NDArray[np.float64]], layout: Layout
) -> pd.DataFrame:
    """Return numeric attributes in one float64 block, a contiguous column each.

    A user's block that is fit for use is not copied: pandas copies it when either side writes.
    """
    names = list(columns)
    if names and layout.order is None and _COPY_ON_WRITE:
        own = float_block(frame, names)
        if own is not None and all(map(np.shares_memory, own, columns.values())):
            return frame.loc[:, names[0] : names[-1]]
    block = np.empty((len(names), layout.task_offsets[-1]))
    for row, values in zip(block, columns.values(), strict=True):
        if layout.order is None:
            row[:] = values
        else:
            np.take(values, layout.order, out=row)
    return pd.DataFrame(block.T, columns=names, copy=False)
