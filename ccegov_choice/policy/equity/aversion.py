"""How averse to inequality people are, from their choices between ways of sharing something out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Table
from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.equity.aversion_choices import Shares, read_shares
from ccegov_choice.policy.equity.welfare_functions import social_value

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

_STARTS = (0.0, 1.0, 3.0)
_STEP = 1e-4


@dataclass(frozen=True, eq=False)
class AversionEstimate:
    """Aversion to inequality, estimated from choices.

    Parameters
    ----------
    aversion : Estimate
        0 for who minds only the total; below 0 for who likes inequality.
    scale : Estimate
        Utility of one unit more for everybody.
    own : Estimate or None
        Utility of one unit more for the chooser's own group; None where it is not looked at.
    log_likelihood, log_likelihood_null : float
        At the estimates; with equal chances.
    people, tasks : int
        Who chose, and how often.
    groups : tuple of str
        Among whom something is shared out.
    level : float
        Confidence level.
    notes : tuple of str
        What to keep in mind.
    """

    aversion: Estimate
    scale: Estimate
    own: Estimate | None
    log_likelihood: float
    log_likelihood_null: float
    people: int
    tasks: int
    groups: tuple[str, ...]
    level: float
    notes: tuple[str, ...] = ()

    def table(self) -> Table:
        """Return the estimates with their intervals."""
        named = [("Aversion to inequality", self.aversion), ("Scale", self.scale)]
        named += [("Own group", self.own)] if self.own is not None else []
        limits = (f"{100 * self.level:g}% low", f"{100 * self.level:g}% high")
        return Table(
            "Aversion to inequality",
            ("Parameter", "Estimate", *limits),
            tuple((name, e.value, e.low, e.high) for name, e in named),
            (f"{self.tasks:,} choices of {self.people:,} people.", *self.notes),
            dict.fromkeys(("Estimate", *limits), ".3g"),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the table with full precision."""
        return self.table().to_frame()

    def sentence(self) -> str:
        """Say what the aversion means for two people, one of whom has twice as much."""
        found = self.aversion
        interval = f"{100 * self.level:g}% interval {found.low:.2g} to {found.high:.2g}"
        if not found.sign:
            return (
                "This study cannot tell whether people mind how a given total is shared out "
                f"(aversion to inequality {found.value:.2g}, {interval})."
            )
        if found.sign < 0:
            return (
                "People would rather have a given total shared out unevenly (aversion to "
                f"inequality {found.value:.2g}, {interval})."
            )
        return (
            f"People mind inequality (aversion {found.value:.2g}, {interval}): one unit more "
            f"counts {2**found.value:.2g} times as much for somebody who has half as much."
        )

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def estimate_inequality_aversion(
    choices: pd.DataFrame,
    groups: Sequence[str] | Mapping[str, float],
    *,
    own: str | None = None,
    person: str = "person",
    task: str = "task",
    chosen: str = "chosen",
    level: float = 0.95,
) -> AversionEstimate:
    """Estimate aversion to inequality from choices between ways of sharing something out.

    The utility of an option is ``scale * EDE(aversion)`` (and ``own`` times what the chooser's own
    group gets), with the logit's errors; both are found by maximum likelihood, with errors
    clustered by person.

    Parameters
    ----------
    choices : DataFrame
        One row per option of a task.
    groups : sequence of str, or mapping of str to float
        Columns with what each group gets, above zero; or column -> how many people the group has.
    own : str, optional
        Column with what the group of the person choosing gets, so that self-interest is not taken
        for a love or dislike of inequality.
    person, task, chosen : str
        Columns that say who chose, in which task, and what (true or 1).
    level : float
        Confidence level.

    Returns
    -------
    AversionEstimate

    Raises
    ------
    PolicyError
        Listing columns that are missing, amounts that are not above zero, tasks without one choice;
        or if the choices do not tell the aversion.
    """
    data = read_shares(choices, groups, own, person, task, chosen)
    fits = [_fit(data, start) for start in _STARTS]
    best = max(fits, key=lambda fit: -float(fit.fun))
    theta = np.asarray(best.x, np.float64)
    scores = _scores(data, theta)
    hessian = _hessian(data, theta)
    covariance = _clustered(hessian, scores, data)
    quantile = float(stats.norm.ppf(0.5 + level / 2))
    errors = np.sqrt(np.diag(covariance))
    found = [
        Estimate(float(v), float(v - quantile * e), float(v + quantile * e))
        for v, e in zip(theta, errors, strict=True)
    ]
    notes = []
    if not found[1].sign:
        notes.append("Choices hardly follow the amounts, so little can be said about aversion.")
    elif found[1].sign < 0:
        notes.append("People chose what leaves less: check what the amounts mean.")
    if own is None:
        notes.append("What people's own group gets was not looked at.")
    return AversionEstimate(
        found[0],
        found[1],
        found[2] if own is not None else None,
        -float(best.fun),
        float(-np.log(data.sizes).sum()),
        data.people,
        len(data.sizes),
        data.groups,
        level,
        tuple(notes),
    )


def _utility(data: Shares, theta: FloatArray) -> FloatArray:
    """Return the utility of each option, (A,)."""
    found = theta[1] * _ede(data, float(theta[0]))
    return np.asarray(found if data.own is None else found + theta[2] * data.own)


def _ede(data: Shares, aversion: float) -> FloatArray:
    """Return the equally distributed equivalent of each option, for any aversion, (A,)."""
    if aversion >= 0:
        return social_value(data.amounts, data.weights, "prioritarian", aversion)
    power = 1.0 - aversion
    scaled = power * np.log(data.amounts)
    top = scaled.max(axis=1)
    inner = np.log(np.exp(scaled - top[:, None]) @ data.weights)
    return np.asarray(np.exp((top + inner) / power))


def _chances(data: Shares, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the chance of each option (A,) and the log-likelihood of each task (T,)."""
    utility = _utility(data, theta)
    utility = utility - np.maximum.reduceat(utility, data.starts)[data.task]
    powers = np.exp(utility)
    total = np.add.reduceat(powers, data.starts)
    return powers / total[data.task], utility[data.chosen] - np.log(total)


def _scores(data: Shares, theta: FloatArray) -> FloatArray:
    """Return the slope of each task's log-likelihood, (T, P)."""
    chances, _ = _chances(data, theta)
    step = np.array([_STEP, 0.0, 0.0])[: len(theta)]
    slope = (_utility(data, theta + step) - _utility(data, theta - step)) / (2 * _STEP)
    columns = [slope, _ede(data, float(theta[0]))]
    columns += [] if data.own is None else [data.own]
    design = np.column_stack(columns)
    mean = np.add.reduceat(chances[:, None] * design, data.starts, axis=0)
    return np.asarray(design[data.chosen] - mean)


def _fit(data: Shares, start: float) -> Any:
    """Search from an aversion, with the scale that makes a typical difference worth one."""
    spread = float(np.std(_ede(data, start))) or 1.0
    first = np.array([start, 1.0 / spread, 0.0])[: 2 if data.own is None else 3]

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        with np.errstate(over="ignore", invalid="ignore"):
            value = -float(_chances(data, theta)[1].sum())
            slope = -_scores(data, theta).sum(axis=0)
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            return 1e300, np.zeros(len(theta))
        return value, slope

    found: Any = optimize.minimize(loss, first, jac=True, method="BFGS", options={"gtol": 1e-6})
    return found


def _hessian(data: Shares, theta: FloatArray) -> FloatArray:
    """Return the second derivatives of the log-likelihood, (P, P), from differences of scores."""
    columns = []
    for p in range(len(theta)):
        step = np.zeros(len(theta))
        step[p] = 1e-4 * max(1.0, abs(float(theta[p])))
        up, down = _scores(data, theta + step), _scores(data, theta - step)
        columns.append((up - down).sum(axis=0) / (2 * step[p]))
    found = np.column_stack(columns)
    return np.asarray((found + found.T) / 2)


def _clustered(hessian: FloatArray, scores: FloatArray, data: Shares) -> FloatArray:
    """Return the covariance, robust to choices of one person being alike."""
    size = np.sqrt(np.abs(np.diag(hessian)))
    # below this, slopes are the noise of differences
    told = bool((size > 0).all() and (scores**2).mean(axis=0).min() > 1e-12)
    if not told or np.linalg.eigvalsh(-hessian / np.outer(size, size)).min() < 1e-8:
        raise PolicyError(
            "these choices do not tell how averse to inequality people are",
            where="estimate_inequality_aversion",
            cure="Ask tasks in which one option has the larger total and the other is more even.",
        )
    inverse = np.linalg.inv(-hessian)
    sums = np.zeros((data.people, scores.shape[1]))
    np.add.at(sums, data.person, scores)
    factor = data.people / (data.people - 1) if data.people > 1 else 1.0
    return np.asarray(factor * inverse @ (sums.T @ sums) @ inverse)
