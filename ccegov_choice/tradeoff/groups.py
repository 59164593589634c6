"""Willingness to trade by group: a fit for each, a test of the whole, then the differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._disclosure.limits import LEAST_PEOPLE, withhold_groups
from ccegov_choice.errors import ChoiceError, Problem, TradeOffError, unknown_name
from ccegov_choice.models.results import Results
from ccegov_choice.study.payment import lower_first
from ccegov_choice.tradeoff.group_differences import (
    CORRECTIONS,
    call_differences,
    group_differences,
)
from ccegov_choice.tradeoff.group_trades import GroupTrade, GroupTrades
from ccegov_choice.tradeoff.pooling import PoolingTest, pooling_test
from ccegov_choice.tradeoff.ratio import trade_offs
from ccegov_choice.tradeoff.scale_of_groups import without_scale

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.tradeoff.sampling import Method
    from ccegov_choice.tradeoff.trade_off import TradeOffs


def group_trade_offs(
    model: Any,
    data: ChoiceData,
    by: str,
    pay_in: str,
    *,
    method: Method = "krinsky-robb",
    correction: str = "holm",
    level: float = 0.95,
    draws: int = 4_000,
    seed: int = 1,
    minimum: int = LEAST_PEOPLE,
    at: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> GroupTrades:
    """Return what each group of people would give up for every gain, and who differs.

    Each group has a model of its own. Two models may differ only because one group chooses more
    at random, so tastes are tested first with a scale of each group left free (Swait & Louviere).
    A difference of two trade-offs is called one only where that test rejects equal tastes and its
    own p-value, adjusted for all the differences looked at, is below one less `level`.

    Parameters
    ----------
    model : Logit or another specification, or Results
        How people choose; of results, the model they are of.
    data : ChoiceData
        Everybody's choices.
    by : str
        A column that describes the person.
    pay_in : str
        Attribute that the study declares a numeraire.
    method : {"krinsky-robb", "delta", "fieller"}
        How intervals of each group are made; where what is paid in is not told from zero in a
        group, Fieller's.
    correction : {"holm", "bonferroni", "bh", "none"}
        How p-values allow for the number of differences. Holm's keeps the chance of any false
        call, ``"bh"`` the share of false ones among those called.
    level : float
        Confidence level.
    draws, seed : int
        Of the coefficients of each group, and from where.
    minimum : int
        Groups of fewer people are withheld, and a second one where the total would tell the first.
    at, language
        As in `willingness_to_trade`.

    Returns
    -------
    GroupTrades

    Raises
    ------
    TradeOffError
        Listing every group whose model cannot be fitted or has no trade-offs; or if fewer than two
        groups are left.

    References
    ----------
    Swait & Louviere (1993), Journal of Marketing Research 30, 305-314. Poe, Giraud & Loomis
    (2005), American Journal of Agricultural Economics 87, 353-365. Holm (1979), Scandinavian
    Journal of Statistics 6, 65-70.
    """
    if correction not in CORRECTIONS:
        raise TradeOffError.of([unknown_name(correction, CORRECTIONS, "correction")])
    specification = model.model if isinstance(model, Results) else model
    _require_comparable(specification, data, by)
    parts, withheld = _parts(data, by, minimum)
    bare = without_scale(specification, by)
    alone = _fits(bare, {name: data.select(keep) for name, keep in parts.items()}, by)
    options = _Options(pay_in, method, level, dict(at or {}), language)
    trades, notes = _trades(alone, options, by)
    test = pooling_test(
        {name: results for name, (results, _) in alone.items()},
        data.select(np.any(list(parts.values()), axis=0)),
        by,
        level=level,
    )
    found = group_differences(alone, trades, options.at, level=level, draws=draws, seed=seed)
    called = call_differences(found, test, correction, level)
    labels = {name: _label(data, by, name, language) for name in alone}
    if isinstance(test, PoolingTest):
        test = replace(test, labels=labels)
    groups = tuple(
        GroupTrade(name, labels[name], part.people, part.tasks, trades[name], results)
        for name, (results, part) in alone.items()
    )
    if withheld:
        notes.append(
            f"Groups with fewer than {minimum} people are withheld, and so is one that would tell."
        )
    title = _column_label(data, by, language)
    return GroupTrades(by, title, groups, test, called, correction, level, seed, tuple(notes))


@dataclass(frozen=True)
class _Options:
    pay_in: str
    method: Method
    level: float
    at: Mapping[str, Any]
    language: str | None


_Alone = Mapping[str, tuple[Results, "ChoiceData"]]


def _require_comparable(model: Any, data: ChoiceData, by: str) -> None:
    problems = []
    if by in model.utility.bind(data.study).reads:
        cure = f"Leave '{by}' out of the utility: within a group everybody has the same."
        problems.append(Problem(f"the utility depends on '{by}' itself", cure, f"by='{by}'"))
    values = {name: value for name, value in getattr(model, "fixed", {}).items() if value != 0.0}
    if values:
        cure = "Leave fixed out: a fixed value also fixes the scale, which groups must have free."
        problems.append(Problem(f"{', '.join(values)} is fixed", cure, "fixed"))
    if problems:
        raise TradeOffError.of(problems, "Groups cannot be compared for {count} reasons:")


def _parts(
    data: ChoiceData, by: str, minimum: int
) -> tuple[dict[str, npt.NDArray[np.bool_]], bool]:
    codes, names = data.codes(by)
    counts = {name: int((codes == g).sum()) for g, name in enumerate(names)}
    hidden = withhold_groups(counts, minimum)
    parts = {name: codes == g for g, name in enumerate(names) if name not in hidden}
    if len(parts) < 2:
        many = f"only {len(parts)} group" if parts else "no group"
        raise TradeOffError(
            f"'{by}' leaves {many} with {minimum} people or more, so there is nothing to compare",
            where=f"by='{by}'",
            cure="Join small groups into larger ones, or compare by another column.",
        )
    return parts, bool(hidden)


def _fits(
    model: Any, parts: Mapping[str, ChoiceData], by: str
) -> dict[str, tuple[Results, ChoiceData]]:
    found: dict[str, tuple[Results, ChoiceData]] = {}
    problems: list[Problem] = []
    for name, part in parts.items():
        try:
            found[name] = (model.fit(part), part)
        except ChoiceError as error:
            problems += [_of_group(problem, by, name) for problem in error.problems]
    if problems:
        raise TradeOffError.of(problems, "The groups' models have {count} problems:")
    return found


def _of_group(problem: Problem, by: str, name: str) -> Problem:
    place = f"{by} = {name}" + (f", {problem.where}" if problem.where else "")
    return replace(problem, where=place)


def _trades(alone: _Alone, options: _Options, by: str) -> tuple[dict[str, TradeOffs], list[str]]:
    trades: dict[str, TradeOffs] = {}
    problems: list[Problem] = []
    notes: list[str] = []
    for name, (results, part) in alone.items():
        try:
            trades[name] = _one(results, part, options, options.method)
        except TradeOffError as error:
            try:  # what can be said where the payment is not told from zero
                trades[name] = _one(results, part, options, "fieller")
            except ChoiceError:
                problems += [_of_group(problem, by, name) for problem in error.problems]
                continue
            notes.append(f"{by} = {name}: {error.problem}; its intervals are Fieller's.")
    if problems:
        raise TradeOffError.of(problems, "The groups' trade-offs have {count} problems:")
    return trades, notes


def _one(results: Results, part: ChoiceData, options: _Options, method: Method) -> TradeOffs:
    return trade_offs(
        results,
        options.pay_in,
        method=method,
        level=options.level,
        data=part,
        at=options.at,
        language=options.language,
    )


def _label(data: ChoiceData, by: str, name: str, language: str | None) -> str:
    for covariate in data.study.covariates:
        if covariate.id == by and name in covariate.level_ids:
            level = next(level for level in covariate.levels if level.id == name)
            return level.text(language) or name
    return name


def _column_label(data: ChoiceData, by: str, language: str | None) -> str:
    found = [c.text(language) for c in data.study.covariates if c.id == by]
    return lower_first(found[0]) if found else by
