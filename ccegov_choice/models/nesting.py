"""Whether one model is a special case of another, so that a likelihood ratio compares them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.study.coding import Constants, Specific
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    from ccegov_choice.models.results import Model, Results
    from ccegov_choice.study.study import Study

_WITH_NESTS = ("nested logit", "scaled logit")
_ROWS_EACH = 40  # probing rows for each coefficient: more than can agree by accident


def is_special_case(small: Results, large: Results) -> bool:
    """Return whether a model is another with restrictions on coefficients.

    It is, if both are of one kind and study and every utility the first can have, the second can
    have too: a straight line is a special case of a curve and of one coefficient per level.
    """
    if small.study != large.study or not _same_family(small, large):
        return False
    if small.parameters >= large.parameters or not _reaches(small, large):
        return False
    # a special case cannot fit better; where it does, the two are not what they seem
    return large.log_likelihood >= small.log_likelihood - 1e-6 * abs(small.log_likelihood)


def _same_family(small: Results, large: Results) -> bool:
    """Return whether both models have the same shares for the same parameters."""
    if small.model.kind == large.model.kind == "logit":
        return True
    if large.model.kind in _WITH_NESTS or large.model.kind == "cross-nested logit":
        return _same_nests(small.model, large.model)
    if not all(getattr(r.model, "common_tastes", True) for r in (small, large)):
        return False  # coefficients are not in one block, so they cannot be told apart here
    one, other = ({"kind": r.model.kind, **r.model.to_dict()} for r in (small, large))
    return one == other


def _same_nests(small: Model, large: Model) -> bool:
    """Return whether the small model is the large one with dissimilarities of one, or equal ones.

    A cross-nested logit with dissimilarities of one is a logit whatever its allocations, so that
    there is no likelihood ratio between the two.
    """
    if small.kind == "logit":
        return large.kind in _WITH_NESTS and not small.to_dict()["scale"]
    if small.kind == "scaled logit":
        return large.kind in _WITH_NESTS
    same = small.to_dict().get("nests") == large.to_dict().get("nests")
    return small.kind == large.kind and same


def _reaches(small: Results, large: Results) -> bool:
    """Return whether the large model's parameters can do all that the small one's can."""
    translation = _translation(small, large)
    if translation is None:
        return False
    target = translation @ small.expansion
    # where the small model stands, and each direction in which it can move
    point = translation @ small.estimates
    scales = np.arange(len(large.names)) >= large.utility.size
    own = np.isin(large.names, small.names)
    # scales and dissimilarities that the small model does not have are one, slopes of a log zero
    ones = np.array([not name.startswith("log_scale[") for name in large.names])
    point[scales & ~own] = np.where(ones, 1.0, 0.0)[scales & ~own]
    gaps = np.column_stack([target, point - large.estimates])
    solution, *_ = np.linalg.lstsq(large.expansion, gaps, rcond=None)
    size = max(1.0, float(np.abs(gaps).max()))
    return bool(np.allclose(large.expansion @ solution, gaps, atol=1e-8 * size))


def _translation(small: Results, large: Results) -> npt.NDArray[np.float64] | None:
    """Return the matrix that turns the small model's parameters into the large one's."""
    matrix = np.zeros((len(large.names), len(small.names)))
    coded = _recoded(small.utility, large.utility)
    if coded is None:
        return None
    matrix[: large.utility.size, : small.utility.size] = coded
    for column in range(small.utility.size, len(small.names)):
        name = small.names[column]
        if name not in large.names[large.utility.size :]:
            return None
        matrix[large.names.index(name), column] = 1.0
    return matrix


def _recoded(small: Utility, large: Utility) -> npt.NDArray[np.float64] | None:
    """Write the columns of one utility as sums of another's; None if that cannot be done."""
    study = small.study
    assert study is not None  # utilities of results are bound
    alternatives = _alternatives(study, (small, large))
    rows = _ROWS_EACH * (small.size + large.size)
    frame = _probe(study, alternatives, rows)
    x, z = large.matrix(frame).T, small.matrix(frame).T
    # what is the same for all alternatives of a task changes no choice, so it is free of charge
    free = np.column_stack([x, *_same_for_all(study, frame)])
    solution, *_ = np.linalg.lstsq(free, z, rcond=None)
    size = np.abs(z).max(axis=0, initial=1e-300)
    if not (np.abs(free @ solution - z) <= 1e-8 * size).all():
        return None
    solution = solution[: large.size]
    rounded: npt.NDArray[np.float64] = np.where(np.abs(solution) < 1e-12, 0.0, solution)
    return rounded


def _same_for_all(study: Study, frame: pd.DataFrame) -> Iterator[npt.NDArray[np.float64]]:
    """Yield columns that do not differ between alternatives: a constant, and covariates."""
    yield np.ones(len(frame))
    for covariate in study.covariates:
        if covariate.is_numeric:
            yield frame[covariate.id].to_numpy(dtype=np.float64)
        for level in covariate.level_ids:
            yield np.where(frame[covariate.id].to_numpy() == level, 1.0, 0.0)


def _alternatives(study: Study, utilities: Sequence[Utility]) -> list[str]:
    """Return all alternatives that the study or a constant names."""
    factors = [factor for u in utilities for term in u.terms for factor in term.factors]
    named = [
        name
        for factor in factors
        if isinstance(factor, Constants | Specific)
        for name in factor.alternatives
    ]
    return list(dict.fromkeys(["A", *study.alternative_ids, *named]))


def _probe(study: Study, alternatives: Sequence[str], rows: int) -> pd.DataFrame:
    """Return rows with any level of any attribute, on every alternative; the same each time."""
    rng = np.random.default_rng(0)
    names = rng.choice(np.array(alternatives, dtype=object), rows)
    columns: dict[str, Any] = {"alternative": names}
    for covariate in study.covariates:
        if covariate.is_numeric:
            columns[covariate.id] = rng.uniform(1.0, 2.0, rows)
        else:
            columns[covariate.id] = rng.choice(np.array(covariate.level_ids, dtype=object), rows)
    opt_out = study.opt_out
    for attribute in study.attributes:
        shown = attribute.shown_levels
        numeric = attribute.kind == "numeric"
        cells = np.array([level.value if numeric else level.id for level in shown], dtype=object)
        drawn = pd.Series(rng.choice(cells, rows))
        has = np.ones(rows, dtype=bool)
        if attribute.alternatives is not None:
            has &= np.isin(names.astype(str), attribute.alternatives)
        if opt_out is not None and attribute.id not in (opt_out.levels or {}):
            has &= names.astype(str) != opt_out.id
        drawn = drawn.where(has)
        columns[attribute.id] = drawn.astype(float) if numeric else drawn
    return pd.DataFrame(columns)
