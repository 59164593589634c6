"""Trades to detect: those that are asked for, or one for every attribute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import ChoiceError, Problem, TradeOffError
from ccegov_choice.power.question import Question
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.gain import (
    Gain,
    improvement_sign,
    parse_gain,
    payable,
    payment_attribute,
    payment_sign,
    sellable,
)
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]
Trades = Sequence[tuple[str, str]]


def trade_questions(
    trades: Trades, utility: Utility, population: Any = None
) -> tuple[Question, ...]:
    """Return a question for every trade.

    Parameters
    ----------
    trades : sequence of (gain, pay_in)
        As `willingness_to_trade` takes them.
    utility : Utility
        Bound to its study.
    population : DataFrame, optional
        Whose covariates tastes depend on.

    Raises
    ------
    TradeOffError
        Listing everything that is wrong with any of them.
    """
    study = _study(utility)
    stand = Standpoint(utility, {}, population)
    problems: list[Problem] = []
    found = []
    for entry in trades:
        try:
            gain, pay_in = entry
        except (TypeError, ValueError):
            cure = "Give pairs, such as ('dignity: respectful', 'wait')."
            problems.append(Problem(f"'{entry}' is not a gain with what it is paid in", cure))
            continue
        try:
            paid = payment_attribute(pay_in, utility, study)
            found.append(_trade(parse_gain(gain, utility, study), paid, stand))
        except ChoiceError as error:
            problems += error.problems
    if problems:
        raise TradeOffError.of(problems, "The trades have {count} problems:")
    return tuple(found)


def default_trades(
    utility: Utility, mean: Floats, population: Any = None
) -> tuple[tuple[Question, ...], tuple[str, ...]]:
    """Return a trade for every attribute, from its base to its best, and what is left out.

    They are paid in the first numeraire of the study that the utility has a value per unit of.
    Without a declared direction the best level is the one that the truth likes best. An attribute
    whose base is its best level is counted from the worst.
    """
    study = _study(utility)
    stand = Standpoint(utility, {}, population)
    for name in payable(utility, study):
        paid = study.attribute(name)
        if paid.is_numeric and _has_slope(stand, paid):
            break
    else:
        return (), ("no trades are planned for: nothing in the utility may be paid in",)
    found, notes = [], []
    for name in sellable(utility, study):
        if name == paid.id:
            continue
        try:
            found.append(_trade(_best_gain(stand, study.attribute(name), mean), paid, stand))
        except TradeOffError as error:
            notes.append(f"no trade is planned for {name}: {error.problem}")
    return tuple(found), tuple(notes)


def _study(utility: Utility) -> Study:
    assert utility.study is not None  # bound by whoever plans
    return utility.study


def _has_slope(stand: Standpoint, attribute: Attribute) -> bool:
    try:
        stand.slope(attribute)
    except TradeOffError:
        return False
    return True


def _trade(gain: Gain, paid: Attribute, stand: Standpoint) -> Question:
    gained = stand.study.attribute(gain.attribute)
    if gain.one_unit:
        numerator = improvement_sign(gained) * stand.slope(gained)
    else:
        numerator = stand.change(gain)
    denominator = payment_sign(paid) * stand.slope(paid)
    name = f"{gain}, paid in {paid.id}"
    unit = paid.unit_text(2).removeprefix("2").strip()
    text = f"how much of '{paid.text()}' people would trade for {_words(gain, gained)}"
    return Question("trade", name, text, numerator, denominator, paid.id, unit)


def _words(gain: Gain, attribute: Attribute) -> str:
    label = f"'{attribute.text()}'"
    if gain.one_unit:
        return f"{attribute.unit_text(1)} of {label}"
    ends = []
    for cell in (gain.start, gain.end):
        if isinstance(cell, float):
            ends.append(attribute.unit_text(cell))
        else:
            ends.append(attribute.level(str(cell)).text())
    return f"{label}, from {ends[0]} to {ends[1]}"


def _best_gain(stand: Standpoint, attribute: Attribute, mean: Floats) -> Gain:
    shown = [attribute.cell(level) for level in attribute.shown_levels]
    if attribute.direction == "0":
        worth = stand.part_worths(attribute) @ mean
        ranked = [shown[i] for i in np.argsort(worth, kind="stable")]
    else:
        ranked = shown if attribute.direction == "+" else shown[::-1]
    base = attribute.cell(attribute.level(attribute.base_id))
    start = base if base in ranked and base != ranked[-1] else ranked[0]
    return Gain(attribute.id, start, ranked[-1])
