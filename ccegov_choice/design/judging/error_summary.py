"""D-, Ds-, A-, C- and S-errors of a design, at the mean of a prior and over draws from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.design.efficient.evaluate import Evaluation
from ccegov_choice.design.efficient.information import error_of
from ccegov_choice.design.judging.assumption import Assumption
from ccegov_choice.design.judging.precision import SURE, variances
from ccegov_choice.design.judging.trading import Trade

Floats = npt.NDArray[np.float64]

MOST_DRAWS, FEWEST_DRAWS = 512, 64
# draws times rows times squared coefficients that are worked out at most
MOST_WORK = 3e9
SEED = 104_729  # added to the design's own, so that no search has seen these draws

SAID = {
    "D": "det(covariance)^(1/K) of all coefficients, constants included",
    "Ds": "det(covariance)^(1/K) of the coefficients other than constants, which are estimated too",
    "A": "mean variance of the coefficients, constants included",
    "C": "mean variance of the willingness to trade",
    "S": "times the whole design is answered until |t| ≥ 1.96 for every coefficient",
}
NO_MEAN = "at a part of the draws the design identifies nothing, so the mean is infinite"
NO_VARIANCE = (
    "the prior lets what is paid in be worth nothing or less, so the mean does not exist; a belief "
    "with one sign only mends this"
)
NO_REST = (
    "the prior lets what is paid in be worth next to nothing, so a few draws rule the mean; judge "
    "the median"
)
# a mean so many times the median is made by single draws
RULED = 10.0


@dataclass(frozen=True)
class ErrorSummary:
    """One kind of error; all hold for the whole design answered once.

    Parameters
    ----------
    kind : {"D", "Ds", "A", "C", "S"}
        Which.
    at_mean : float
        At the mean of the prior; NaN where it does not exist.
    mean, median, upper : float
        Over draws of the prior: mean, median and 90 % quantile; NaN without doubt in the prior.
    draws, singular : int
        Draws, and those among them at which the design identifies nothing. They count as infinite.
    absent : str
        Why it does not exist, or why its mean does not.
    """

    kind: str
    at_mean: float
    mean: float
    median: float
    upper: float
    draws: int
    singular: int
    absent: str = ""

    @property
    def said(self) -> str:
        """What it is, in words."""
        return SAID[self.kind]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON can hold them."""
        numbers = {"at_mean": self.at_mean, "mean": self.mean, "median": self.median}
        return {
            "kind": self.kind,
            "said": self.said,
            **{k: v if math.isfinite(v) else None for k, v in numbers.items()},
            "quantile_90": self.upper if math.isfinite(self.upper) else None,
            "draws": self.draws,
            "singular_draws": self.singular,
            "absent": self.absent,
        }


def summarise_errors(
    assumption: Assumption, trades: Sequence[Sequence[Trade]]
) -> tuple[ErrorSummary, ...]:
    """Work the errors of a design out.

    Parameters
    ----------
    assumption : Assumption
        Tasks, priors and people. Several priors are averaged with their weights.
    trades : sequence of sequences of Trade
        For each prior.

    Returns
    -------
    tuple of ErrorSummary
        D, Ds where there are constants, A, C where something is traded, S where a coefficient is
        not zero.
    """
    at_mean, over, weights = [], [], []
    for number, (weight, prior) in enumerate(assumption.priors):
        judge = _Judge(assumption, number, trades[number])
        at_mean.append(judge.errors(prior.centre))
        seed = SEED + (assumption.design.provenance.seed or 0)
        points = prior.draws(_draws(assumption), seed=seed)
        over.append(np.array([judge.errors(values) for values in points.values]))
        weights.append(points.weights * weight)
    central = np.average(at_mean, axis=0, weights=[weight for weight, _ in assumption.priors])
    errors, weighted = np.concatenate(over), np.concatenate(weights)
    local = all(prior.is_local for _, prior in assumption.priors)
    unsigned = _unsigned(assumption, trades)
    found = []
    for k, kind in enumerate(SAID):
        if np.isnan(central[k]) and np.isnan(errors[:, k]).all():
            continue
        found.append(_summary(kind, float(central[k]), errors[:, k], weighted, local, unsigned))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Judge:
    """All kinds of error at given coefficients of one prior."""

    assumption: Assumption
    number: int
    trades: Sequence[Trade]

    def errors(self, values: Floats) -> Floats:
        """Return ``(5,)`` in the order of `SAID`; NaN for what does not exist."""
        prior = self.assumption.priors[self.number][1]
        matrix = self.assumption.information(self.number, values)
        constants = [k for k, name in enumerate(prior.names) if name.startswith("asc[")]
        some = 0 < len(constants) < len(prior.names)
        spread = variances(matrix, np.eye(len(matrix)))
        traded = np.nan
        if self.trades:
            slopes = np.array([trade.gradient(values) for trade in self.trades])
            defined = np.isfinite(slopes).all()
            traded = float(variances(matrix, slopes).mean()) if defined else np.nan
        known = np.abs(prior.centre) > 1e-12
        times = SURE**2 * spread[known] / prior.centre[known] ** 2
        return np.array(
            [
                error_of(matrix),
                error_of(matrix, constants) if some else np.nan,
                spread.mean(),
                traded,
                times.max() if known.any() else np.nan,
            ]
        )


def _draws(assumption: Assumption) -> int:
    tasks = assumption.patterns[0][0][1]
    each = tasks.rows.shape[0] * tasks.rows.shape[1] * tasks.rows.shape[2] ** 2
    affordable = int(MOST_WORK / (each * len(assumption.people) * len(assumption.priors)))
    return max(FEWEST_DRAWS, min(MOST_DRAWS, affordable))


def _unsigned(assumption: Assumption, trades: Sequence[Sequence[Trade]]) -> bool:
    """Return whether a prior holds both signs of what is paid in possible."""
    for (_, prior), asked in zip(assumption.priors, trades, strict=True):
        values = prior.draws(MOST_DRAWS, seed=SEED).values
        for bottom in {id(trade.bottom): trade.bottom for trade in asked}.values():
            below = values @ bottom
            if below.min() <= 0.0 <= below.max() and below.min() < below.max():
                return True
    return False


def _summary(
    kind: str, central: float, errors: Floats, weights: Floats, local: bool, unsigned: bool
) -> ErrorSummary:
    singular = int(np.isinf(errors).sum())
    nothing = (math.nan, math.nan, math.nan)
    if local:
        why = "what is paid in is worth nothing at these coefficients" if np.isnan(central) else ""
        return ErrorSummary(kind, central, *nothing, 1, singular, why)
    spread = Evaluation(math.nan, np.where(np.isnan(errors), np.inf, errors), weights)
    mean, why = float(weights @ spread.errors), ""
    if kind == "C" and unsigned:
        mean, why = math.nan, NO_VARIANCE
    elif kind == "C" and mean > RULED * spread.quantile(0.5):
        mean, why = math.nan, NO_REST
    elif singular:
        why = NO_MEAN
    return ErrorSummary(
        kind, central, mean, spread.quantile(0.5), spread.quantile(0.9), len(errors), singular, why
    )


def error_table(errors: Sequence[ErrorSummary], assumption: Assumption) -> Table:
    """Return the errors as a table, with the conventions in its notes."""
    local = all(math.isnan(item.median) for item in errors)
    central = "Error" if local else "At the mean of the prior"
    columns = ["Error of", central]
    if not local:
        columns += ["Mean", "Median", "90 % quantile", "Singular draws"]
    rows: list[tuple[Cell, ...]] = []
    for item in errors:
        row: list[Cell] = [f"{item.kind}-error", _cell(item.at_mean, item.absent)]
        if not local:
            row += [_cell(value, item.absent) for value in (item.mean, item.median, item.upper)]
            row.append(f"{item.singular} of {item.draws}")
        rows.append(tuple(row))
    notes = [f"{item.kind}-error: {item.said}." for item in errors]
    notes.append(
        "All hold for the whole design answered once by one person, under a multinomial logit. "
        "D-, Ds- and A-errors depend on units and coding: compare them only between designs for "
        "the same utility."
    )
    if not local:
        notes.append("Draws are scrambled Sobol points that no search for the design has seen.")
    if len(assumption.priors) > 1:
        notes.append(f"Averaged over {len(assumption.priors)} priors with their weights.")
    formats = dict.fromkeys(columns[1:5], ".5g")
    return Table("Errors of the design", tuple(columns), tuple(rows), tuple(notes), formats)


def _cell(value: float, absent: str) -> Cell:
    if math.isnan(value):
        return Absent(absent or "it does not exist here")
    if math.isinf(value):
        return Absent(absent or "infinite: the design does not identify all coefficients")
    return value
