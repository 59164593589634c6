"""What packages are worth to groups of people, at each draw of the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ccegov_choice._disclosure.limits import LEAST_PEOPLE
from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.kernels.redesign import package_gains
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.models.fitting.likelihood import default_threads
from ccegov_choice.models.fitting.threads import over_people
from ccegov_choice.models.population.choice_rule import ChoiceRule, LogitRule
from ccegov_choice.models.population.population import Population
from ccegov_choice.models.results import Results
from ccegov_choice.policy.people_groups import PeopleGroups
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.rules import BoolArray, FloatArray, IntArray
from ccegov_choice.policy.redesign.runs import Run, make_runs, run_rows
from ccegov_choice.policy.welfare.worth import Worth
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    from ccegov_choice.study.people import Answers

_SMALL = 20_000  # packages that one thread values sooner than two
_KEPT = 4_000_000  # numbers of tables that are kept for all draws


@dataclass(frozen=True, eq=False)
class Moment:
    """What the kernel needs at one draw; see `ccegov_choice.kernels.redesign.package_gains`."""

    parameters: FloatArray
    tables: FloatArray
    gap: FloatArray
    weight: FloatArray
    group: IntArray
    today: FloatArray


@dataclass(frozen=True, eq=False)
class Valuation:
    """The gains of ``G`` groups from packages of ``L`` levers, at ``R`` draws.

    Parameters
    ----------
    results, redesign, population : Results, Redesign, Population
        The model, the levers, the people.
    worth : Worth
        What a unit of payment is worth to them.
    groups, labels : tuple of G str
        As the data call them, and in words.
    shares : ndarray of shape (G,)
        Share of the people in each, by weight.
    group_of : ndarray of int of shape (M,)
        Position of the group of each pattern.
    reach : ndarray of bool of shape (M, L)
        Which lever of the redesign reaches which pattern.
    runs : tuple of Run
        The order of the bits.
    opt_out : bool
        Whether people may do without the service.
    parameters : ndarray of shape (1 + R, P)
        The estimates, then the draws.
    dropped : int
        Draws that are left out, since a unit of payment is worth nothing to somebody there.
    """

    results: Results
    redesign: Redesign
    population: Population
    worth: Worth
    groups: tuple[str, ...]
    labels: tuple[str, ...]
    shares: FloatArray
    group_of: IntArray
    reach: BoolArray
    runs: tuple[Run, ...]
    opt_out: bool
    parameters: FloatArray
    dropped: int = 0

    @classmethod
    def of(
        cls,
        results: Results,
        redesign: Redesign,
        *,
        pay_in: str,
        people: Answers | pd.DataFrame | None,
        by: str | None,
        opt_out: bool,
        draws: int,
        seed: int,
        points: int | None,
        least_people: int = LEAST_PEOPLE,
        level: float = 0.95,
    ) -> Valuation:
        """Gather people, code the levers, draw the parameters.

        Raises
        ------
        PolicyError
            If a group is too small to be told of, or the numeraire is not worth anything, or not
            told from that at a level.
        DataError
            If people are needed and not given, or lack a column.
        """
        if by is not None and people is None:
            raise PolicyError(
                f"groups by '{by}' need people",
                where=f"by='{by}'",
                cure="Give people=data, or a frame with one row per person and this column.",
            )
        study = results.study
        profiles = [redesign.base]
        if opt_out and study.opt_out is not None:
            profiles.append(Profile({}, study.opt_out.id))
        columns = [name for lever in redesign.levers for name in lever.people]
        names = tuple(dict.fromkeys([*([by] if by else []), *columns]))
        population = Population.of(
            results, people, by=names, profiles=profiles, draws=points, where="search_redesign"
        )
        groups = PeopleGroups.of(population, by, people)
        _require_large(groups, by, least_people)
        at: dict[str, Any] = dict(redesign.base.levels)
        if redesign.base.alternative is not None:
            at["alternative"] = redesign.base.alternative
        found = cls(
            results,
            redesign,
            population,
            Worth.of(results, population, pay_in, at),
            groups.names,
            groups.labels,
            groups.shares,
            groups.codes,
            _reach(population.frame, redesign.levers),
            make_runs(redesign, results.utility, population.size),
            opt_out,
            np.vstack([results.estimates, draw_parameters(results, draws, seed)]),
        )
        found._require_one_worth(pay_in)
        return found._with_good_draws(pay_in, level)

    def _require_one_worth(self, pay_in: str) -> None:
        """Refuse levers that change what a unit of payment is worth."""
        moved = {lever.attribute for lever in self.redesign.levers} - {pay_in}
        for term in self.results.utility.terms_of(pay_in):
            both = moved & set(term.reads)
            if both:
                raise PolicyError(
                    f"what one unit of '{pay_in}' is worth depends on {', '.join(sorted(both))}, "
                    "which levers change",
                    where=f"utility '{self.results.utility.formula}'",
                    cure="Pay in something else, or fit a utility without this interaction.",
                )

    def _with_good_draws(self, pay_in: str, level: float) -> Valuation:
        """Drop draws at which a unit of payment is worth nothing to somebody."""
        worth = np.array([self._worth(theta)[1].min() for theta in self.parameters])
        if worth[0] <= 0:
            raise PolicyError(
                f"by the estimates, paying in '{pay_in}' costs some people nothing",
                where=f"pay_in='{pay_in}'",
                cure="Pay in something that everybody would rather not give up.",
            )
        good = worth > 0
        wrong = 1 - float(good[1:].mean())
        if wrong > (1 - level) / 2:  # as in `welfare_change`
            raise PolicyError(
                f"it is not known whether paying in '{pay_in}' costs people anything: by "
                f"{100 * wrong:.2g} in 100 draws it does not",
                where=f"pay_in='{pay_in}'",
                cure="Pay in something whose coefficient is known better.",
            )
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        kept = {"parameters": self.parameters[good], "dropped": int((~good).sum())}
        return Valuation(**{**fields, **kept})

    def _worth(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what a unit is worth at each taste ``(M|1, S)``, and on average ``(M|1,)``."""
        points = self.population.points(theta)
        size = self.worth.rows.shape[1]
        each = np.einsum(
            "msk,mk->ms", *_same_size(points.coefficients[..., :size], self.worth.rows)
        )
        chances, each = _same_size(points.chances, each)
        return each, (chances * each).sum(axis=1)

    @property
    def draws(self) -> int:
        """Number of draws, ``R``."""
        return len(self.parameters) - 1

    @property
    def order(self) -> tuple[int, ...]:
        """Positions of the levers in the redesign, in the order of the bits."""
        return tuple(i for run in self.runs for i in run.levers)

    @cached_property
    def kinds(self) -> BoolArray:
        """Kinds of people by the levers that reach them, in the order of the bits."""
        return np.asarray(np.unique(self.reach[:, list(self.order)], axis=0))

    @cached_property
    def lever_reach(self) -> FloatArray:
        """Share of the people that each lever of the redesign reaches, ``(L,)``."""
        weights = self.population.people.weights
        return np.asarray(weights @ self.reach)

    @cached_property
    def rows(self) -> tuple[tuple[FloatArray, BoolArray], ...]:
        """What each run changes, by combination of its levers; see `run_rows`."""
        return tuple(run_rows(self.redesign, run, self.population, self.reach) for run in self.runs)

    @cached_property
    def first_bit(self) -> IntArray:
        """Lowest bit of each run."""
        sizes = [len(run.levers) for run in self.runs]
        return np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)

    @cached_property
    def offset(self) -> IntArray:
        """Where the table of each run starts, and where the last ends."""
        sizes = [1 << len(run.levers) for run in self.runs]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @cached_property
    def rule(self) -> ChoiceRule:
        """How people choose between the service and doing without."""
        study = self.results.study
        profiles = [self.redesign.base]
        if self.opt_out and study.opt_out is not None:
            profiles.append(Profile({}, study.opt_out.id))
        return self.population.rule(profiles)

    @cached_property
    def _moments(self) -> dict[int, Moment]:
        return {}

    def moment(self, draw: int) -> Moment:
        """Return the tables of one draw; draw 0 is the estimates."""
        if draw not in self._moments:
            made = self._moment(self.parameters[draw])
            if made.tables.size * len(self.parameters) > _KEPT:
                return made
            self._moments[draw] = made
        return self._moments[draw]

    def _moment(self, theta: FloatArray) -> Moment:
        points = self.population.points(theta)
        _, worth = self._worth(theta)
        weights = self.population.people.weights / self.shares[self.group_of] / worth
        if not self.opt_out:
            return self._straight(theta, points.coefficients, points.chances, weights)
        patterns, tastes = self.population.size, points.coefficients.shape[1]
        shape = (patterns, tastes)
        chances = np.broadcast_to(points.chances, shape)
        tables = np.empty((patterns * tastes, self.offset[-1]))
        for run, (rows, _) in enumerate(self.rows):
            utilities = np.einsum("mtq,msq->mst", *_same_size(rows, points.coefficients))
            wide = np.broadcast_to(utilities, (*shape, utilities.shape[2]))
            tables[:, self.offset[run] : self.offset[run + 1]] = wide.reshape(-1, wide.shape[2])
        values = np.einsum("mjq,msq->msj", *_same_size(self._offers, points.coefficients))
        values = np.broadcast_to(values, (*shape, 2))
        logsum = self.rule.logsum(values, theta) - values[..., 1]
        weight = weights[:, None] * chances
        owned = (weight * logsum).sum(axis=1)
        today = np.bincount(self.group_of, owned, len(self.groups)).astype(np.float64)
        group = np.repeat(self.group_of, tastes)
        gap = np.ascontiguousarray(values[..., 0] - values[..., 1]).ravel()
        return Moment(theta, tables, gap, weight.ravel(), group, today)

    def _straight(
        self, theta: FloatArray, coefficients: FloatArray, chances: FloatArray, weights: FloatArray
    ) -> Moment:
        """Without an opt-out gains are linear in tastes, so that a group is one cell."""
        mean = np.einsum("ms,msq->mq", *_same_size(chances, coefficients))
        count = len(self.groups)
        tables = np.zeros((count, self.offset[-1]))
        own = weights[:, None] * mean  # (M, Q)
        for run, (rows, _) in enumerate(self.rows):
            part = tables[:, self.offset[run] : self.offset[run + 1]]
            if len(rows) == 1:
                sums = np.zeros((count, own.shape[1]))
                np.add.at(sums, self.group_of, own)
                part += sums @ rows[0].T
            else:
                np.add.at(part, self.group_of, np.einsum("mtq,mq->mt", rows, own))
        nothing = np.zeros(count)
        return Moment(theta, tables, nothing, np.ones(count), np.arange(count), nothing)

    @cached_property
    def _offers(self) -> FloatArray:
        study = self.results.study
        assert study.opt_out is not None
        return self.population.encode([self.redesign.base, Profile({}, study.opt_out.id)])

    # -- gains ------------------------------------------------------------------------------

    def gains(self, masks: IntArray, draw: int = 0) -> FloatArray:
        """Return what groups gain from packages against today's service.

        Parameters
        ----------
        masks : ndarray of int64 of shape (P,)
            Packages, as bits.
        draw : int
            The draw; 0 for the estimates.

        Returns
        -------
        ndarray of shape (G, P)
            Compensating variation per person on average, in units of payment.
        """
        moment = self.moment(draw)
        out = np.empty((len(self.groups), len(masks)))
        if self.opt_out and not isinstance(self.rule, LogitRule):
            return self._gains_by_rule(masks, moment, out)

        def work(first: int, last: int, _: int) -> None:
            package_gains(
                masks[first:last],
                self.first_bit,
                self.offset,
                moment.tables,
                moment.gap,
                moment.weight,
                moment.group,
                self.opt_out,
                out[:, first:last],
            )

        over_people(work, len(masks), default_threads() if len(masks) > _SMALL else 1)
        return out

    def _gains_by_rule(self, masks: IntArray, moment: Moment, out: FloatArray) -> FloatArray:
        out[:] = 0.0
        for cell in range(len(moment.gap)):
            utility = np.full(len(masks), moment.gap[cell])
            for run, low in enumerate(self.first_bit):
                last = self.offset[run + 1] - self.offset[run] - 1
                utility += moment.tables[cell, self.offset[run] + (masks >> low & last)]
            both = np.stack([np.append(utility, moment.gap[cell]), np.zeros(len(masks) + 1)], -1)
            logsum = self.rule.logsum(both, moment.parameters)
            out[moment.group[cell]] += moment.weight[cell] * (logsum[:-1] - logsum[-1])
        return out

    def cell_gains(self, moment: Moment, utility: FloatArray) -> FloatArray:
        """Return what the cells of a moment gain if their utility rises so much, ``(C,)``."""
        if not self.opt_out:
            return utility
        pair = np.stack([np.concatenate([moment.gap + utility, moment.gap])] * 2, axis=-1)
        pair[:, 1] = 0.0
        logsum = self.rule.logsum(pair, moment.parameters)
        return np.asarray(logsum[: len(utility)] - logsum[len(utility) :])

    def levels(self, draw: int = 0) -> FloatArray:
        """Return how well off groups are today ``(G,)``, in units of payment.

        As declared; else what the service is worth to them against doing without; else zero.
        """
        declared = self.redesign.today
        if declared:
            return np.array([declared[name] for name in self.groups])
        return self.moment(draw).today

    def notes(self) -> tuple[str, ...]:
        """Say what a reader must know of the values."""
        points = self.population.points()
        each, _ = self._worth(self.results.estimates)
        notes = list(self.worth.notes)
        if self.dropped:
            notes.append(
                f"{self.dropped} draws in which {self.worth.attribute.id} has the wrong sign for "
                "some people are left out of intervals, probabilities and regrets."
            )
        if np.ptp(each, axis=1).max() > 1e-12 * np.abs(each).max():
            notes.append(
                "What a unit of payment is worth differs between people: gains are added up as "
                "utility and divided by what a unit is worth on average (a ratio of means)."
            )
        if points.simulated:
            notes.append(
                f"Tastes are simulated by {points.coefficients.shape[1]} points for each kind of "
                "people."
            )
        if not self.redesign.today and not self.opt_out:
            notes.append(
                "All groups are taken as equally well off today; declare [today] to judge gains "
                "by how well off people are."
            )
        return tuple(notes)


def _same_size(one: FloatArray, other: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Repeat what is given once for all patterns of people."""
    size = max(len(one), len(other))
    return (
        np.broadcast_to(one, (size, *one.shape[1:])),
        np.broadcast_to(other, (size, *other.shape[1:])),
    )


def _require_large(groups: PeopleGroups, by: str | None, least: int) -> None:
    """Refuse groups that are too small to be told of.

    Raises
    ------
    PolicyError
        Listing them.
    """
    small = [
        Problem(
            f"group '{name}' has too few people to tell what they gain",
            "Join it with another, or, where rows are kinds of people and not persons, say "
            "least_people=0.",
            f"by='{by}'",
        )
        for name, count in zip(groups.names, groups.people, strict=True)
        if by is not None and count < least
    ]
    if small:
        raise PolicyError.of(small, "{count} groups are too small:")


def _reach(people: pd.DataFrame, levers: Sequence[Lever]) -> BoolArray:
    """Return which lever reaches which pattern of people, ``(M, L)``."""
    found = np.ones((len(people), len(levers)), dtype=bool)
    for position, lever in enumerate(levers):
        for name, values in lever.people.items():
            words = {str(value) for value in values}
            words |= {f"{value:g}" for value in values if not isinstance(value, str)}
            column = people[name]
            cells = column.map(lambda v: f"{v:g}" if isinstance(v, (int, float)) else str(v))
            found[:, position] &= cells.isin(words).to_numpy()
    return found
