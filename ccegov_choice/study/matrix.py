"""Alternatives as rows of a data frame, checked and read column by column for coding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import Problem, UtilityError, unknown_name
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.study import Study


class FrameRows:
    """Rows of a data frame as the codings read them; problems are gathered, not raised.

    Parameters
    ----------
    frame : DataFrame of A rows
        Columns ``alternative`` and the attributes and covariates that are read.
    study : Study
        Says which values are allowed, and on which alternatives an attribute exists.
    """

    def __init__(self, frame: pd.DataFrame, study: Study) -> None:
        self._frame = frame
        self._study = study
        self._attributes = {item.id: item for item in study.attributes}
        self._covariates = {item.id: item for item in study.covariates}
        self._numeric: dict[str, npt.NDArray[np.float64]] = {}
        self._codes: dict[str, npt.NDArray[np.int64]] = {}
        self._alternative: dict[str, npt.NDArray[np.bool_]] = {}
        self.problems: list[Problem] = []

    def check_columns(self, names: Sequence[str]) -> None:
        """Note every column that is missing."""
        for name in names:
            if name not in self._frame.columns:
                problem = unknown_name(name, self._frame.columns, "column", where="data frame")
                self.problems.append(
                    Problem(f"the column '{name}' is missing", problem.cure, "data frame")
                )

    @cached_property
    def _names(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        codes, names = pd.factorize(self._frame["alternative"])
        return codes.astype(np.int64), [str(name) for name in names]

    def is_alternative(self, alternative: str) -> npt.NDArray[np.bool_]:
        """Return ``(A,)``, true on the rows of one alternative."""
        if alternative not in self._alternative:
            codes, names = self._names
            position = names.index(alternative) if alternative in names else -2
            self._alternative[alternative] = codes == position
        return self._alternative[alternative]

    def numeric(self, name: str) -> npt.NDArray[np.float64]:
        """Return ``(A,)`` values, NaN where the attribute does not exist."""
        if name not in self._numeric:
            variable = self._variable(name)
            if variable.kind == "numeric":
                values = self._to_float(name)
            else:
                # ordered and categorical levels may carry numbers of their own
                table = [level.value for level in self._levels(name)]
                lookup = np.array([*table, np.nan], dtype=np.float64)
                values = lookup[self.codes(name)]
            self._numeric[name] = values
        return self._numeric[name]

    def codes(self, name: str) -> npt.NDArray[np.int64]:
        """Return ``(A,)`` positions among the levels that may be shown, -1 where there is none."""
        if name not in self._codes:
            variable = self._variable(name)
            levels = self._levels(name)
            ids = [level.id for level in levels]
            if variable.kind == "numeric":
                values = self._to_float(name)
                codes = np.full(len(values), -1, dtype=np.int64)
                for position, level in enumerate(levels):
                    codes[values == level.value] = position
                unknown = (codes < 0) & ~np.isnan(values)
            else:
                cells = self._frame[name]
                found, names = pd.factorize(cells)
                # the last entry is read by -1: an empty cell has no level
                positions = [ids.index(v) if v in ids else -1 for v in map(str, names)]
                codes = np.array([*positions, -1], dtype=np.int64)[found]
                unknown = (codes < 0) & cells.notna().to_numpy()
                self._check_missing(name, (codes < 0) & ~unknown)
            self._say_unknown(name, unknown, ids)
            self._codes[name] = codes
        return self._codes[name]

    def _variable(self, name: str) -> Attribute | Covariate:
        return self._attributes.get(name) or self._covariates[name]

    def _levels(self, name: str) -> tuple[Level, ...]:
        variable = self._variable(name)
        return variable.shown_levels if isinstance(variable, Attribute) else variable.levels

    def _to_float(self, name: str) -> npt.NDArray[np.float64]:
        try:
            values = self._frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        except (ValueError, TypeError):
            cells = pd.to_numeric(self._frame[name], errors="coerce")
            wrong = cells.isna().to_numpy() & self._frame[name].notna().to_numpy()
            shown = self._frame.loc[wrong, name].iloc[0]
            self.problems.append(
                Problem(
                    f"'{name}' is numeric but holds {shown!r}",
                    "Give numbers without units.",
                    _rows(wrong),
                )
            )
            values = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        total = values.sum()
        if np.isnan(total) or np.isinf(total):
            self._check_missing(name, np.isnan(values))
            self._say_infinite(name, np.isinf(values))
        return values

    def _say_infinite(self, name: str, infinite: npt.NDArray[np.bool_]) -> None:
        if infinite.any():
            self.problems.append(
                Problem(f"'{name}' is infinite", "Give a finite number.", _rows(infinite))
            )

    def _say_unknown(self, name: str, unknown: npt.NDArray[np.bool_], ids: list[str]) -> None:
        if not unknown.any():
            return
        for value in pd.unique(self._frame[name][unknown])[:5]:
            rows = unknown & (self._frame[name] == value).to_numpy(dtype=bool)
            self.problems.append(unknown_name(value, ids, f"level of {name}", where=_rows(rows)))

    def _check_missing(self, name: str, missing: npt.NDArray[np.bool_]) -> None:
        """Note cells that are empty though the attribute exists on that alternative."""
        if missing.any():
            missing = missing & ~self._may_be_absent(name)
        if missing.any():
            self.problems.append(
                Problem(
                    f"'{name}' has {int(missing.sum())} empty cells",
                    "Fill them, or leave out the tasks; an attribute may be empty only on "
                    "alternatives that do not have it.",
                    _rows(missing),
                )
            )

    def _may_be_absent(self, name: str) -> npt.NDArray[np.bool_]:
        absent = np.zeros(len(self._frame), dtype=bool)
        attribute = self._attributes.get(name)
        if attribute is None:
            return absent
        opt_out = self._study.opt_out
        if opt_out is not None and name not in (opt_out.levels or {}):
            absent |= self.is_alternative(opt_out.id)
        if attribute.alternatives is not None:
            has_it = np.zeros(len(self._frame), dtype=bool)
            for alternative in attribute.alternatives:
                has_it |= self.is_alternative(alternative)
            absent |= ~has_it
        return absent


def _rows(mask: npt.NDArray[np.bool_]) -> str:
    positions = np.flatnonzero(mask)
    shown = ", ".join(str(position + 1) for position in positions[:5])
    more = f" and {len(positions) - 5} more" if len(positions) > 5 else ""
    return f"row{'s' if len(positions) > 1 else ''} {shown}{more}"


def float_block(frame: pd.DataFrame, names: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return columns as ``(K, A)`` without a copy when they lie side by side as float64.

    Returns None when they do not; the caller then copies column by column.
    """
    positions = frame.columns.get_indexer(pd.Index(names))
    first = int(positions[0]) if len(positions) else -1
    if first < 0 or not np.array_equal(positions, np.arange(first, first + len(positions))):
        return None
    block = frame.iloc[:, first : first + len(positions)].to_numpy()
    if block.dtype != np.float64 or not block.T.flags.c_contiguous:
        return None
    return block.T


def profile_frame(
    study: Study,
    profiles: Sequence[Profile],
    covariates: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Lay profiles out as rows: ``alternative``, attributes and covariates.

    A profile that names the opt-out takes the opt-out's own levels. Covariates are single values
    or one value per profile.

    Raises
    ------
    UtilityError
        If an opt-out level depends on a covariate that is not given.
    """
    given = dict(covariates or {})
    rows: list[dict[str, object]] = []
    for position, profile in enumerate(profiles):
        levels: dict[str, object] = dict(profile.levels)
        opt_out = study.opt_out
        if opt_out is not None and profile.alternative == opt_out.id:
            levels = {**_own_levels(opt_out, given, position), **levels}
        rows.append({"alternative": profile.alternative, **levels})
    columns = ["alternative", *study.attribute_ids]
    frame = pd.DataFrame(rows, columns=columns)
    for name, value in given.items():
        frame[name] = value
    return frame


def _own_levels(
    opt_out: Alternative, covariates: Mapping[str, Any], position: int
) -> dict[str, object]:
    levels: dict[str, object] = {}
    for name, level in (opt_out.levels or {}).items():
        if not isinstance(level, FromCovariate):
            levels[name] = level
            continue
        if level.covariate not in covariates:
            raise UtilityError(
                f"'{opt_out.id}' takes {name} from the person's '{level.covariate}', "
                "which is not given",
                where="profiles",
                cure=f"Give covariates={{'{level.covariate}': ...}}.",
            )
        value = covariates[level.covariate]
        levels[name] = value if np.ndim(value) == 0 else value[position]
    return levels
