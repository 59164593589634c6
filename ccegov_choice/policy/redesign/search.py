"""The search for the best package of levers, under limits, floors and conditions on groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice._disclosure.limits import LEAST_PEOPLE
from ccegov_choice._estimate import Estimate
from ccegov_choice.errors import PolicyError
from ccegov_choice.models.results import Results
from ccegov_choice.policy.equity.welfare_functions import RULES
from ccegov_choice.policy.forecast import central_limits
from ccegov_choice.policy.offers import duty_or_opt_out
from ccegov_choice.policy.redesign.bound import best_by_bounds
from ccegov_choice.policy.redesign.decision import (
    Package,
    RedesignDecision,
    SwitchingValue,
    ValueJudgement,
)
from ccegov_choice.policy.redesign.enumerate import MOST_PACKAGES, all_packages, package_order
from ccegov_choice.policy.redesign.front import pareto_front
from ccegov_choice.policy.redesign.program import best_by_program
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.rules import FloatArray, IntArray, Rules, levels_with
from ccegov_choice.policy.redesign.settings import Judgement, rule_words
from ccegov_choice.policy.redesign.standing import Standing, first_best, stand
from ccegov_choice.policy.redesign.switching import (
    Crossing,
    aversion_crossings,
    budget_crossings,
    unit_crossings,
)
from ccegov_choice.policy.redesign.valuation import Valuation
from ccegov_choice.study.payment import beyond_shown, payment_words
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.study.people import Answers

NET_BENEFIT = "net benefit"
_SHOWN = 10
_MOST_PARETO = 200
# About a minute of valuing packages at all draws; above it only the best stand for a draw.
_MOST_WORK = 2e10
_SHORT = 20_000
_NODES_A_DRAW = 5_000


def search_redesign(
    results: Results,
    redesign: Redesign,
    *,
    pay_in: str,
    people: pd.DataFrame | Answers | None = None,
    by: str | None = None,
    objective: str = "sum",
    aversion: float = 1.0,
    minimum: float | None = None,
    no_group_worse_off: bool = False,
    largest_loss: float | None = None,
    budget: float | None = None,
    opt_out: bool | None = None,
    level: float = 0.95,
    draws: int = 200,
    seed: int = 1,
    points: int | None = None,
    least_people: int = LEAST_PEOPLE,
    most: int = MOST_PACKAGES,
) -> RedesignDecision:
    """Search for the best package of levers, and say how far the answer can be relied on.

    Gains are compensating variations against today's service, per person and on average over
    each group. Every package within budget, capacity, time, dependencies, floors and constraints
    is valued, up to `most`; above, the best is searched for by mixed-integer programming where
    gains add up (no opt-out, objective "sum" or "maximin") and by branch and bound elsewhere.

    Parameters
    ----------
    results : Results
        A fitted model of any family.
    redesign : Redesign
        Today's service, levers and limits.
    pay_in : str
        The numeraire of the study that gains are told in.
    people : DataFrame or ChoiceData, optional
        The people; needed where tastes, levers or groups depend on them.
    by : str, optional
        Column of people that makes the groups.
    objective : {"sum", "prioritarian", "maximin", "guarantee"}
        How the welfare of groups is judged; see `social_value`. Groups stand where the redesign
        declares them today; else where the service stands against doing without it; else at zero.
    aversion : float
        Aversion to inequality of the prioritarian objective.
    minimum : float, optional
        How well off each group must be: the guarantee, and a condition under other objectives.
    no_group_worse_off : bool
        Whether no group may lose, by the estimates.
    largest_loss : float, optional
        What a group may lose at most, by the estimates.
    budget : float, optional
        Instead of that of the redesign.
    opt_out : bool, optional
        Whether people may do without the service; by default, if the study lets them. For a duty
        gains are those of people who do it.
    level, draws, seed : float, int, int
        Confidence level; number and seed of the draws of the parameters.
    points : int, optional
        Points for tastes that are simulated.
    least_people : int
        Groups of fewer people are refused; 0 where rows are kinds of people and not persons.
    most : int
        Up to how many packages every one is valued.

    Returns
    -------
    RedesignDecision

    Raises
    ------
    PolicyError
        If the redesign or the settings have problems (all are listed), no package keeps all
        rules, or the numeraire is not worth anything to people.

    Notes
    -----
    Equity conditions and limits are kept by the estimates. Probabilities and regrets are over
    Krinsky & Robb's draws of all parameters, the same for all packages.
    """
    if budget is not None:
        changed = replace(redesign, budget=float(budget))
        redesign = (
            changed if redesign.positions is None else changed.standing_at(redesign.positions)
        )
    judgement = Judgement(objective, aversion, minimum, no_group_worse_off, largest_loss)
    judgement.check()
    _check_numbers(level, draws)
    redesign.require_valid(results.study)
    valuation = Valuation.of(
        results,
        redesign,
        pay_in=pay_in,
        people=people,
        by=by,
        opt_out=duty_or_opt_out(results, opt_out),
        draws=draws,
        seed=seed,
        points=points,
        least_people=least_people,
        level=level,
    )
    _check_levels(valuation, judgement)
    rules = Rules.of(redesign, results.study, valuation.order, valuation.kinds)
    pool = _gather(valuation, rules, judgement, most)
    return _Deciding(valuation, rules, judgement, pool, level, seed, by, most).decision()


def _check_numbers(level: float, draws: int) -> None:
    if not 0 < level < 1:
        raise PolicyError(
            f"a confidence level lies between 0 and 1, not at {level:g}",
            where="level",
            cure="Give 0.95 for 95 %.",
        )
    if draws < 20:
        raise PolicyError(
            f"{draws} draws are too few to tell how sure a choice is",
            where="draws",
            cure="Give 100 or more.",
        )


def _check_levels(valuation: Valuation, judgement: Judgement) -> None:
    missing = [name for name in valuation.groups if name not in valuation.redesign.today]
    if valuation.redesign.today and missing:
        raise PolicyError(
            f"it is not declared how well off these groups are today: {', '.join(missing)}",
            where="today",
            cure="Name each group with its level, as they are called in the data: "
            f"{', '.join(valuation.groups)}.",
        )
    if judgement.rule == "prioritarian" and (valuation.levels() <= 0).any():
        raise PolicyError(
            "priority for the worse off needs to know how well off each group is, above zero",
            where="objective='prioritarian'",
            cure="Declare it as [today] in the redesign, in the unit of payment; or use "
            "'maximin' or 'guarantee'.",
        )


@dataclass(frozen=True, eq=False)
class _Pool:
    """The packages that come into question, the cheapest first."""

    masks: IntArray
    exhaustive: bool
    exact: bool
    notes: tuple[str, ...] = ()


def _gather(valuation: Valuation, rules: Rules, judgement: Judgement, most: int) -> _Pool:
    masks = all_packages(rules, most)
    if masks is None:
        return _search_many(valuation, rules, judgement)
    if len(masks) == 0:
        raise PolicyError(
            "no package of levers, nor today's service, keeps all limits, floors and constraints",
            where=f"redesign '{valuation.redesign.id}'",
            cure="Raise a limit, or add levers that lift the service above the floors.",
        )
    fair = judgement.allows(valuation.gains(masks), valuation.levels())
    if not fair.any():
        raise PolicyError(
            f"none of {len(masks):,} packages keeps the conditions on groups",
            where="no_group_worse_off, largest_loss, minimum",
            cure="Ease a condition, raise a limit, or add levers for the groups that lose.",
        )
    return _Pool(masks[fair], True, True)


def _search_many(valuation: Valuation, rules: Rules, judgement: Judgement) -> _Pool:
    """Find the best package by the estimates and at each draw, without valuing all."""
    found: dict[int, None] = {}
    unproved: list[int] = []
    for draw in range(valuation.draws + 1):
        mask, proved = _best_of_many(valuation, rules, judgement, draw)
        if not proved:
            unproved.append(draw)
        if mask is not None:
            found[mask] = None
        elif draw == 0:
            raise PolicyError(
                "no package was found that keeps all limits, floors and conditions on groups",
                where=f"redesign '{valuation.redesign.id}'",
                cure="Ease a condition, raise a limit, or search over fewer levers.",
            )
    masks = np.array(list(found), np.int64)
    nothing = np.zeros(1, np.int64)
    if (
        rules.allows(nothing)[0]
        and judgement.allows(valuation.gains(nothing), valuation.levels())[0]
    ):
        masks = np.union1d(masks, nothing)
    notes = [
        f"There are more than {MOST_PACKAGES:,} packages: the best was searched for, by the "
        "estimates and at each draw; other lists hold only packages that are best at some draw."
    ]
    if unproved:
        notes.append(
            f"The search was broken off at {len(unproved)} of {valuation.draws + 1} draws, where a "
            "better package may exist."
        )
    return _Pool(masks[package_order(rules, masks)], False, 0 not in unproved, tuple(notes))


def _best_of_many(
    valuation: Valuation, rules: Rules, judgement: Judgement, draw: int
) -> tuple[int | None, bool]:
    adds_up = all(len(unit) == 1 or _one_attribute(valuation, unit) for unit in _units(valuation))
    if not valuation.opt_out and adds_up and judgement.rule in ("sum", "maximin"):
        single = np.array([1 << i for i in range(rules.size)], np.int64)
        today = valuation.levels(draw)
        mask = best_by_program(
            rules,
            judgement,
            valuation.gains(single, draw),
            today,
            valuation.shares,
            judgement.least_gains(valuation.levels()),
            valuation.gains(single),
        )
        if mask is not None:
            return mask, True
    nodes = 50_000 if draw == 0 else _NODES_A_DRAW
    found = best_by_bounds(valuation, rules, judgement, draw, nodes)
    return found.mask, found.proved


def _units(valuation: Valuation) -> list[tuple[int, ...]]:
    return [unit for run in valuation.runs for unit in run.units]


def _one_attribute(valuation: Valuation, unit: tuple[int, ...]) -> bool:
    return len({valuation.redesign.levers[i].attribute for i in unit}) == 1


@dataclass(frozen=True, eq=False)
class _Deciding:
    """From the packages that come into question to the decision."""

    valuation: Valuation
    rules: Rules
    judgement: Judgement
    pool: _Pool
    level: float
    seed: int
    by: str | None
    most: int

    def decision(self) -> RedesignDecision:
        masks, valuation = self.pool.masks, self.valuation
        gains, today = valuation.gains(masks), valuation.levels()
        values = self.judgement.value(gains, today, valuation.shares)
        best = first_best(values)
        order = np.argsort(-values, kind="stable")
        short, note = self._shortlist(order)
        standing = stand(valuation, masks[short], self.judgement)
        winners = np.unique(short[standing.winners])
        calm = int(short[np.lexsort((-values[short], standing.worst_regret))[0]])
        front = self._front(gains, today)
        rules_best, skipped = self._rules_best(gains, today)
        listed = np.unique(np.concatenate([[best, calm], order[:_SHOWN], winners]))
        needed = np.unique(np.concatenate([listed, front[:_MOST_PARETO], [*rules_best.values()]]))
        packages = self._packages(masks[needed], standing, short, needed)
        place = {int(p): i for i, p in enumerate(needed)}
        ranked = sorted(listed, key=lambda p: (int(p) != best, -values[p], int(p)))
        cut = (
            f"Of {len(front):,} packages that no other beats, {_MOST_PARETO} are kept."
            if len(front) > _MOST_PARETO
            else ""
        )
        words = payment_words(
            valuation.worth.attribute,
            valuation.results.study.numeraire(valuation.worth.attribute.id),
        )
        judgements = [
            ValueJudgement(
                rule,
                self._words(rule, words.unit),
                packages[place[p]],
            )
            for rule, p in rules_best.items()
        ]
        told = [e for p in packages for e in (p.welfare, *(own for _, own in p.groups))]
        amounts = [end for e in told for end in (e.value, e.low, e.high)]
        beyond = beyond_shown(amounts, valuation.worth.attribute, words, "gains")
        notes = (*valuation.notes(), *self.rules.notes, *self.pool.notes, note, cut, skipped)
        notes += beyond
        return RedesignDecision(
            valuation.redesign,
            self.judgement,
            packages[place[best]],
            tuple(packages[place[int(p)]] for p in ranked),
            packages[place[calm]],
            tuple(packages[place[int(p)]] for p in front[:_MOST_PARETO]),
            tuple(judgements),
            self._switching(masks, gains, today),
            words,
            self.by,
            self.pool.exact,
            self.pool.exhaustive,
            len(masks),
            valuation.population.people.count,
            self.level,
            self.seed,
            valuation.draws,
            tuple(text for text in notes if text),
        )

    def _shortlist(self, order: IntArray) -> tuple[IntArray, str]:
        """Return which packages stand for the draws: all, or the best by the estimates."""
        cells = len(self.valuation.moment(0).gap)
        work = len(order) * cells * self.valuation.draws
        if work <= _MOST_WORK or len(order) <= _SHORT:
            return np.arange(len(order)), ""
        return np.sort(order[:_SHORT]), (
            f"Probabilities and regrets are among the {_SHORT:,} best packages by the estimates."
        )

    def _front(self, gains: FloatArray, today: FloatArray) -> IntArray:
        shares, masks = self.valuation.shares / self.valuation.shares.sum(), self.pool.masks
        criteria = np.column_stack(
            [
                shares @ gains,
                -self.rules.total(masks, self.rules.cost),
                (today[:, None] + gains).min(axis=0),
                -self.rules.latest(masks),
            ]
        )
        # differences by rounding only are none
        return pareto_front(np.round(criteria, 10))

    def _rules_best(self, gains: FloatArray, today: FloatArray) -> tuple[dict[str, int], str]:
        """Return the position of the package that each rule would choose."""
        found, skipped = {}, ""
        for rule in RULES:
            if rule == "guarantee" and self.judgement.minimum is None:
                continue
            if rule == "prioritarian" and (today[:, None] + gains <= 0).any():
                skipped = (
                    "What priority for the worse off would choose is not told: it needs to know "
                    "how well off each group is, above zero; declare [today]."
                )
                continue
            judged = replace(self.judgement, rule=rule)
            found[rule] = first_best(judged.value(gains, today, self.valuation.shares))
        redesign = self.valuation.redesign
        if redesign.users is not None and redesign.unit_value is not None:
            shares = self.valuation.shares / self.valuation.shares.sum()
            cost = self.rules.total(self.pool.masks, self.rules.cost)
            benefit = redesign.users * redesign.unit_value * (shares @ gains)
            found[NET_BENEFIT] = first_best(benefit - cost)
        return found, skipped

    def _words(self, rule: str, unit: str) -> str:
        redesign = self.valuation.redesign
        if rule == NET_BENEFIT:
            worth = f"{redesign.unit_value:g} {redesign.cost_unit}".rstrip()
            return f"the most net benefit, at {worth} for one {unit or 'unit'}"
        return rule_words(rule, self.judgement.aversion, self.judgement.minimum)

    # -- packages ---------------------------------------------------------------------------

    def _packages(
        self, masks: IntArray, standing: Standing, short: IntArray, needed: IntArray
    ) -> list[Package]:
        valuation, draws = self.valuation, self.valuation.draws
        shares = valuation.shares / valuation.shares.sum()
        gains = np.empty((draws + 1, len(valuation.groups), len(masks)))
        values = np.empty((draws + 1, len(masks)))
        for draw in range(draws + 1):
            gains[draw] = valuation.gains(masks, draw)
            levels = valuation.levels(draw)
            values[draw] = self.judgement.value(gains[draw], levels, valuation.shares)
        welfare = np.einsum("g,rgp->rp", shares, gains)
        # one that stands for no draw may beat the winner of the others
        regret = np.maximum(standing.top[:, None] - values[1:], 0.0)
        chance = np.zeros(len(self.pool.masks))
        chance[short] = standing.best_probability(len(short))
        cost, capacity = (
            self.rules.total(masks, of) for of in (self.rules.cost, self.rules.capacity)
        )
        months = self.rules.latest(masks)
        found = []
        for p, mask in enumerate(masks):
            groups = tuple(
                (name, self._estimate(gains[:, g, p])) for g, name in enumerate(valuation.labels)
            )
            low, high = central_limits(regret[:, p], self.level)
            found.append(
                Package(
                    *self._levers(int(mask)),
                    float(cost[p]),
                    float(capacity[p]),
                    float(months[p]),
                    self._estimate(welfare[:, p]),
                    self._estimate(values[:, p]),
                    groups,
                    float(chance[needed[p]]),
                    Estimate(float(regret[:, p].mean()), float(low), float(high)),
                    float(regret[:, p].max()),
                )
            )
        return found

    def _estimate(self, sampled: FloatArray) -> Estimate:
        low, high = central_limits(sampled[1:], self.level)
        return Estimate(float(sampled[0]), float(low), float(high))

    def _levers(self, mask: int) -> tuple[tuple[str, ...], Profile]:
        redesign = self.valuation.redesign
        names = set(self.rules.names(mask))
        ordered = tuple(name for name in redesign.lever_ids if name in names)
        levels = levels_with(redesign, [redesign.lever(name) for name in ordered])
        return ordered, Profile(levels, redesign.base.alternative)

    # -- switching --------------------------------------------------------------------------

    def _switching(
        self, masks: IntArray, gains: FloatArray, today: FloatArray
    ) -> tuple[SwitchingValue, ...]:
        if not self.pool.exhaustive:
            return ()
        valuation, redesign = self.valuation, self.valuation.redesign
        found: list[SwitchingValue] = []
        if len(valuation.groups) > 1:
            levels = (today[:, None] + gains).T
            crossings = aversion_crossings(levels, valuation.shares)
            found += self._named("aversion to inequality", "", crossings, masks)
        found += self._budget()
        if redesign.users is not None:
            unit = payment_words(
                valuation.worth.attribute,
                valuation.results.study.numeraire(valuation.worth.attribute.id),
            ).unit
            shares = valuation.shares / valuation.shares.sum()
            benefit = redesign.users * (shares @ gains)
            cost = self.rules.total(masks, self.rules.cost)
            name = f"value of one {unit or 'unit'} to the agency"
            crossings = unit_crossings(benefit, cost)
            found += self._named(name, redesign.cost_unit, crossings, masks)
        return tuple(found)

    def _budget(self) -> list[SwitchingValue]:
        free = replace(self.rules, budget=np.inf)
        masks = all_packages(free, self.most)
        if masks is None:
            return []
        gains, today = self.valuation.gains(masks), self.valuation.levels()
        masks = masks[self.judgement.allows(gains, today)]
        values = self.judgement.value(self.valuation.gains(masks), today, self.valuation.shares)
        cost = self.rules.total(masks, self.rules.cost)
        unit = self.valuation.redesign.cost_unit
        crossings = budget_crossings(values, cost, self.rules.budget)
        return self._named("budget", unit, crossings, masks)

    def _named(
        self, parameter: str, unit: str, crossings: Sequence[Crossing], masks: IntArray
    ) -> list[SwitchingValue]:
        return [
            SwitchingValue(
                parameter,
                c.value,
                unit,
                self._levers(int(masks[c.before]))[0],
                self._levers(int(masks[c.after]))[0],
            )
            for c in crossings
        ]
