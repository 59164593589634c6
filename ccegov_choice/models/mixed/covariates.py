"""Covariates of a fitted mixed logit in other data: columns by the names of its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.data.labels import as_labels
from ccegov_choice.errors import DataError, Problem, unknown_name
from ccegov_choice.models.mixed.check import named

if TYPE_CHECKING:
    from ccegov_choice.models.mixed.builder import Covariates
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.study.study import Study

FloatArray = npt.NDArray[np.float64]


def covariates_of(model: MixedLogit) -> tuple[str, ...]:
    """Return the covariates that means, spreads or the scale depend on."""
    return tuple(dict.fromkeys([*named(model.mean_by), *named(model.spread_by), *model.scale_by]))


def known_covariates(
    wanted: Sequence[str], names: Sequence[str], study: Study, frame: pd.DataFrame
) -> Covariates:
    """Return the covariates of a frame in the columns that the parameters have.

    Parameters
    ----------
    wanted : sequence of str
        Which covariates.
    names : sequence of P str
        The parameters of the fit, such as ``wait|age`` and ``wait|region[south]``.
    study : Study
        It may declare levels, and which is the base.
    frame : DataFrame of N rows
        Whose covariates.

    Raises
    ------
    DataError
        Listing columns that are missing or empty, and levels that the fit did not know.
    """
    found: dict[str, dict[str, FloatArray]] = {}
    problems: list[Problem] = []
    for name in wanted:
        if name not in frame.columns:
            missing = unknown_name(name, frame.columns, "column", where="data")
            cure = f"Add the column '{name}': tastes depend on it. {missing.cure}"
            problems.append(Problem(f"the column '{name}' is missing", cure, "data"))
            continue
        labels = covariate_labels(name, names)
        if labels == [name]:
            found[name], wrong = _numbers(name, frame[name])
        else:
            found[name], wrong = _indicators(name, labels, study, frame[name])
        problems += wrong
    if problems:
        raise DataError.of(problems, "The covariates have {count} problems:")
    return found


def covariate_labels(name: str, parameters: Sequence[str]) -> list[str]:
    """Return the columns of a covariate, in their order."""
    after = [parameter.rpartition("|")[2] for parameter in parameters if "|" in parameter]
    return list(
        dict.fromkeys(label for label in after if label == name or label.startswith(f"{name}["))
    )


def _numbers(name: str, column: pd.Series) -> tuple[dict[str, FloatArray], list[Problem]]:
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    wrong = ~np.isfinite(values)
    if not wrong.any():
        return {name: values}, []
    problem = f"'{name}' is not a number in row {int(np.flatnonzero(wrong)[0]) + 1}"
    return {}, [Problem(problem, "Fill it with numbers: tastes depend on it.", "data")]


def _indicators(
    name: str, labels: Sequence[str], study: Study, column: pd.Series
) -> tuple[dict[str, FloatArray], list[Problem]]:
    codes, levels = pd.factorize(column)
    if (codes < 0).any():
        return {}, [Problem(f"'{name}' is empty", "Fill it: tastes depend on it.", "data")]
    met = as_labels(levels)
    known = [label[len(name) + 1 : -1] for label in labels]
    declared = {covariate.id: covariate.base_id for covariate in study.covariates}
    base = declared.get(name)
    others = [level for level in met if level not in known and level != base]
    # without a declaration the base is the one level that has no parameter
    if base is not None or len(others) > 1:
        allowed = [*([base] if base is not None else []), *known]
        problems = [unknown_name(level, allowed, f"level of {name}") for level in others]
        if problems:
            return {}, problems
    text = np.array(met, dtype=object)[codes]
    return {
        label: (text == level).astype(np.float64)
        for label, level in zip(labels, known, strict=True)
    }, []
