"""Log-likelihoods that a model is compared with: equal shares, and constants only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.kernels.logit import Choices
from ccegov_choice.models.fitting.estimate import FitOptions, maximise
from ccegov_choice.models.fitting.likelihood import LogitLikelihood, frozen
from ccegov_choice.models.fitting.trust_region import Box

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Choice sets are told apart by the bits of one integer.
_MOST_ALTERNATIVES = 62


def equal_shares(data: ChoiceData) -> float:
    """Return the log-likelihood when every alternative of a task is equally likely."""
    return -float(data.weights @ np.log(np.diff(data.task_offsets)))


def constants_only(data: ChoiceData) -> float | None:
    """Return the highest log-likelihood that constants of the alternatives reach.

    None where the names of alternatives mean nothing (an unlabelled study without an opt-out),
    where a task has an alternative twice, and for more than 62 alternatives.

    Notes
    -----
    Tasks with the same choice set and choice are counted together, so that the search is over a
    handful of tasks however many people answered.
    """
    study = data.study
    if not study.labelled and study.opt_out is None:
        return None
    codes, labels = pd.factorize(data.frame["alternative"])
    if len(labels) > _MOST_ALTERNATIVES:
        return None
    bits = np.left_shift(np.int64(1), codes.astype(np.int64))
    sets = np.add.reduceat(bits, data.task_offsets[:-1])
    if (np.bitwise_or.reduceat(bits, data.task_offsets[:-1]) != sets).any():
        return None
    set_codes, distinct = pd.factorize(sets)
    cell = set_codes * len(labels) + codes[data.chosen]
    totals = np.bincount(cell, weights=data.weights).astype(np.float64)
    used = np.flatnonzero(totals > 0)
    cells = np.stack([distinct[used // len(labels)], used % len(labels)], axis=1)
    # without names, only the opt-out has a constant
    opt_out = study.opt_out.id if study.opt_out is not None else None
    constants = np.arange(len(labels)) if study.labelled else (labels == opt_out).astype(np.int64)
    return _fit_constants(cells, totals[used], constants)


def _fit_constants(cells: IntArray, weights: FloatArray, constants: IntArray) -> float:
    """Fit constants to cells of (choice set as bits, choice); ``constants[a]`` is that of ``a``."""
    sets, choices = cells.T
    available = (sets[:, None] >> np.arange(len(constants))) & 1 == 1
    # a constant that nobody chose falls without end: its alternatives are as good as not there
    wanted = np.unique(constants[choices])
    available &= np.isin(constants, wanted)
    tasks, alternatives = np.nonzero(available)
    x = (constants[alternatives] == wanted[1:, None]).astype(np.float64)
    count = len(cells)
    data = Choices(
        frozen(x),
        frozen(np.searchsorted(tasks, np.arange(count + 1))),
        frozen(np.arange(count + 1)),
        frozen(np.flatnonzero(alternatives == choices[tasks])),
        frozen(weights),
        frozen(np.zeros(count, dtype=np.int64)),
    )
    best = maximise(
        LogitLikelihood(data, len(x), threads=1).evaluate,
        np.zeros(len(x)),
        Box.unbounded(len(x)),
        mass=float(weights.sum()),
        options=FitOptions(tolerance=1e-5),
    )
    return best.at.value
