"""Willingness to trade that a design is asked about: named ones, or one for every attribute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice.design.efficient.criterion import trade_vectors
from ccegov_choice.design.judging.precision import Precision, variances
from ccegov_choice.design.words import gain_text
from ccegov_choice.errors import ChoiceError, DesignError, Problem
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.gain import Gain, parse_gain, payable, sellable
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]
Trades = Sequence[tuple[str, str]]

WORTHLESS = 1e-12


@dataclass(frozen=True, eq=False)
class Trade:
    """A willingness to trade, as a ratio of two combinations of coefficients.

    Parameters
    ----------
    gain, pay_in : str
        In the grammar of `willingness_to_trade`.
    top, bottom : ndarray of shape (K,)
        Multipliers of the coefficients in the value of the gain, and of a unit to pay in.
    unit : str
        What it is paid in, in words.
    label : str
        The gain in the study's words.
    """

    gain: str
    pay_in: str
    top: Floats
    bottom: Floats
    unit: str
    label: str

    @property
    def name(self) -> str:
        """Gain and payment in a line."""
        return f"{self.gain}, paid in {self.pay_in}"

    def value(self, values: Floats) -> Floats:
        """Return the willingness to trade at coefficients ``(..., K)``; NaN if it is undefined."""
        below = values @ self.bottom
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (values @ self.top) / below
        return np.where(np.abs(below) < WORTHLESS, np.nan, ratio)

    def gradient(self, values: Floats) -> Floats:
        """Return its slope ``(..., K)`` in the coefficients (delta method)."""
        below = (values @ self.bottom)[..., None]
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = (self.top - self.value(values)[..., None] * self.bottom) / below
        return np.asarray(slope)

    def precision(self, matrix: Floats, values: Floats, blocks: int) -> Precision:
        """Return how well it is told at coefficients ``(K,)``, given the information."""
        value = float(self.value(values))
        if math.isnan(value):
            why = f"a unit of {self.pay_in} is worth nothing at the coefficients taken here"
            return Precision(self.name, math.nan, math.inf, blocks, self.unit, why, self.label)
        variance = float(variances(matrix, self.gradient(values)[None, :])[0])
        error = math.sqrt(variance)
        return Precision(self.name, value, error, blocks, self.unit, label=self.label)


def named_trades(trades: Trades, utility: Utility) -> tuple[Trade, ...]:
    """Return the trades that were asked for.

    Raises
    ------
    DesignError
        Listing everything that is wrong with any of them.
    """
    problems: list[Problem] = []
    found = []
    for entry in trades:
        try:
            gain, pay_in = entry
        except (TypeError, ValueError):
            cure = "Give pairs of a gain and what it is paid in."
            problems.append(Problem(f"'{entry}' is not a trade", cure, "trades"))
            continue
        try:
            found.append(_trade(gain, pay_in, utility))
        except ChoiceError as error:
            problems += error.problems
    if problems:
        raise DesignError.of(problems, "The trades have {count} problems:")
    return tuple(found)


def default_trades(
    utility: Utility, centre: Floats
) -> tuple[tuple[Trade, ...], tuple[tuple[str, str], ...]]:
    """Return a trade for every attribute, from its base to its best, and what is left out.

    They are paid in the first numeraire of the study that has a value per unit. Without a
    declared direction the best level is the one that the coefficients like best. An attribute
    whose base is its best level is counted from the worst.

    Parameters
    ----------
    utility : Utility
        Bound to its study.
    centre : ndarray of shape (K,)
        Coefficients.

    Returns
    -------
    trades : tuple of Trade
    absent : tuple of (str, str)
        What does not exist, and why.
    """
    study = utility.study
    assert study is not None
    pay_in, absent = _numeraire(utility)
    if pay_in is None:
        why = absent or "the study declares no numeraire that the utility reads"
        return (), (("Any willingness to trade", why),)
    found, missing = [], []
    for name in sellable(utility, study):
        if name == pay_in:
            continue
        try:
            gain = _best_gain(utility, study.attribute(name), centre)
            found.append(_trade(str(gain), pay_in, utility))
        except ChoiceError as error:
            missing.append((name, error.problem))
    missing += [
        (item.id, "it is a legal floor, which is not for sale")
        for item in study.attributes
        if item.tradeable == "no" and item.id in utility.reads
    ]
    return tuple(found), tuple(missing)


def _numeraire(utility: Utility) -> tuple[str | None, str]:
    study = utility.study
    assert study is not None
    why = ""
    for name in payable(utility, study):
        try:
            trade_vectors(utility, name, name)
        except ChoiceError as error:
            why = why or error.problem
            continue
        return name, ""
    return None, why


def _trade(gain: str, pay_in: str, utility: Utility) -> Trade:
    study = utility.study
    assert study is not None
    top, bottom = trade_vectors(utility, gain, pay_in)
    paid = study.attribute(pay_in)
    unit = paid.unit_text(2).removeprefix("2").strip() or paid.text()
    label = f"{gain_text(parse_gain(gain, utility, study), study)} (in {unit})"
    return Trade(gain, pay_in, top, bottom, unit, label)


def _best_gain(utility: Utility, attribute: Attribute, centre: Floats) -> Gain:
    shown = [attribute.cell(level) for level in attribute.shown_levels]
    if attribute.is_numeric:
        shown = sorted(shown, key=float)
    if attribute.direction == "0":
        worth = Standpoint(utility, {}, None).part_worths(attribute) @ centre
        cells = [attribute.cell(level) for level in attribute.shown_levels]
        ranked = [cells[i] for i in np.argsort(worth, kind="stable")]
    else:
        ranked = shown if attribute.direction == "+" else shown[::-1]
    base = attribute.cell(attribute.level(attribute.base_id))
    start = base if base in ranked and base != ranked[-1] else ranked[0]
    return Gain(attribute.id, start, ranked[-1])
