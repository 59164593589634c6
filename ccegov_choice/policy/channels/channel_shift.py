"""Channels before and after a change: who uses which, who moves where, and who is left behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._estimate import Estimate
from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.policy.availability import left_without
from ccegov_choice.policy.channels.shift import ChannelShift, Flow, LeftBehind, OfferShift
from ccegov_choice.policy.forecast import central_limits
from ccegov_choice.policy.offers import Offers, PointSource, duty_or_opt_out, gather
from ccegov_choice.policy.people_groups import PeopleGroups
from ccegov_choice.policy.scenario import (
    Scenario,
    as_scenario,
    as_scenarios,
    check_scenarios,
    never_shown,
)
from ccegov_choice.policy.uptake import check_numbers
from ccegov_choice.study.people import people_frame

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results
    from ccegov_choice.study.people import Answers
    from ccegov_choice.study.profile import Profile
    from ccegov_choice.study.study import Study

FloatArray = npt.NDArray[np.float64]

NOTHING = "nothing"
_CELLS = 1_000_000
# Shares of people below this are rounding, not people.
_NOBODY = 1e-9


def channel_shift(
    results: Results,
    before: Scenario | Profile | Sequence[Profile],
    after: Scenario | Profile | Sequence[Profile],
    *,
    people: Answers | pd.DataFrame | None = None,
    by: str | None = None,
    cost: Mapping[str, float] | None = None,
    cost_after: Mapping[str, float] | None = None,
    opt_out: bool | None = None,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 1,
    points: int | None = None,
) -> ChannelShift:
    """Say which ways of using a service people take before and after a change.

    Parameters
    ----------
    results : Results
        A fitted model of any family.
    before, after : Scenario, Profile or sequence of Profile
        What is on offer, and to whom. Offers of the same name are the same way.
    people : ChoiceData or DataFrame, optional
        Whose; needed where anything depends on columns of people.
    by : str, optional
        Count those left behind by this column.
    cost, cost_after : mapping of str to float, optional
        Cost of serving a person once by each offer, before and after (by default the same).
        Choosing nothing costs nothing unless it is named too.
    opt_out : bool, optional
        Whether people may choose nothing; by default, if the study lets them and has no duty.
    level : float
        Confidence level.
    draws, seed : int
        Draws of the parameters (Krinsky & Robb's method), 100 or more, and their seed.
    points : int, optional
        Taste points of each person where tastes are simulated.

    Returns
    -------
    ChannelShift

    Raises
    ------
    PolicyError
        If a scenario is not whole, a cost is missing, people are needed and not given, or an
        opt-out is asked for that does not exist.

    Notes
    -----
    Flows follow each person's tastes: whoever loses chances of some offers spreads them over the
    offers that gain, in proportion to the gains. That is exact where one offer is withdrawn; with
    several changes at once it is the least movement that explains the shares.
    """
    study = results.study
    first, last = as_scenarios([as_scenario(before, "before"), as_scenario(after, "after")])
    check_scenarios((first, last), results.utility, study)
    check_numbers(level, draws)
    free = duty_or_opt_out(results, opt_out)
    population = gather(
        results,
        people,
        (first, last),
        opt_out=free,
        by=[by] if by else [],
        points=points,
        what="shift",
    )
    sets = tuple(Offers.of(population, [s], free and not s.obliged) for s in (first, last))
    ways = _Ways.of(sets[0], sets[1])
    costs = _costs(ways, cost, cost_after, study)
    source = PointSource.of(population)
    theta = np.vstack([results.estimates, draw_parameters(results, draws, seed)])
    moved = [_moves(source, sets[0], sets[1], ways, row) for row in theta]
    shares_before, shares_after, flows, forced = (
        np.array(column) for column in zip(*moved, strict=True)
    )
    found = _Sampled(shares_before, shares_after, flows, forced, level)
    frame = None if people is None else people_frame(people)
    left = np.zeros(1, dtype=bool) if frame is None else left_without(last, frame)
    weights = np.ones(1) if frame is None else frame["weight"].to_numpy(np.float64)
    kept = found.used(ways)
    money = None if costs is None else found.costs(costs)
    return ChannelShift(
        before=first,
        after=last,
        offers=tuple(found.offer(u, ways, study) for u in kept),
        flows=tuple(
            flow for a in kept for b in kept if (flow := found.flow(a, b, ways)) is not None
        ),
        forced=found.estimate(found.forced),
        left_behind=int(left.sum()),
        left_behind_share=float(weights[left].sum() / weights.sum()),
        groups=_groups(PeopleGroups.of(population, by, people), by, frame, left),
        cost_before=money[0] if money else None,
        cost_after=money[1] if money else None,
        cost_change=money[2] if money else None,
        by=by,
        people=population.people.count,
        level=level,
        seed=seed,
        draws=draws,
        sampled=np.stack([found.before, found.after], axis=1)[1:],
        notes=_notes(study, free, source, (first, last)),
    )


@dataclass(frozen=True, eq=False)
class _Ways:
    """All ways of before and after; the last one is having nothing to choose from."""

    names: tuple[str, ...]
    places: tuple[list[int], list[int]]

    @classmethod
    def of(cls, before: Offers, after: Offers) -> _Ways:
        names = list(dict.fromkeys([*before.names, *after.names]))
        places = tuple([names.index(name) for name in o.names] for o in (before, after))
        return cls((*names, NOTHING), (places[0], places[1]))

    def spread(self, shares: FloatArray, open_to: npt.NDArray[np.bool_], which: int) -> FloatArray:
        """Put shares ``(M, S, J)`` in the places of all ways, ``(M, S, U)``."""
        found = np.zeros((*shares.shape[:-1], len(self.names)))
        found[..., self.places[which]] = np.nan_to_num(shares, nan=0.0)
        found[..., -1] = np.asarray(~open_to.any(axis=1))[:, None]
        return found


def _moves(
    source: PointSource, before: Offers, after: Offers, ways: _Ways, parameters: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Return shares before and after ``(U,)``, flows ``(U, U)`` and who is forced to move."""
    size = len(ways.names)
    first, last = np.zeros(size), np.zeros(size)
    flows, forced = np.zeros((size, size)), 0.0
    for part in source.parts(max(1, _CELLS * source.columns // (4 * size))):
        points = source.points(parameters, part)
        shares = [
            ways.spread(
                o.rule.shares(o.values(points.coefficients, part), parameters), o.open_to[part], i
            )
            for i, o in enumerate((before, after))
        ]
        mass = source.population.people.weights[part][:, None] * points.chances
        old, new = shares
        mass = np.broadcast_to(mass, old.shape[:2])
        first += np.einsum("ms,msu->u", mass, old)
        last += np.einsum("ms,msu->u", mass, new)
        gain, loss = np.maximum(new - old, 0.0), np.maximum(old - new, 0.0)
        total = gain.sum(axis=2, keepdims=True)
        gain = np.divide(gain, total, out=np.zeros_like(gain), where=total > 0)
        flows += np.einsum("msa,msb->ab", loss * mass[..., None], gain, optimize=True)
        closed = np.ones((len(old), size), dtype=bool)
        closed[:, ways.places[1]] = ~after.open_to[part]
        closed[:, -1] = False
        forced += float(np.einsum("ms,msu,mu->", mass, old, closed.astype(float), optimize=True))
    return first, last, flows, forced


@dataclass(frozen=True, eq=False)
class _Sampled:
    """Numbers by draw, the first of which is at the estimates."""

    before: FloatArray
    after: FloatArray
    flows: FloatArray
    forced: FloatArray
    level: float

    def estimate(self, values: FloatArray) -> Estimate:
        low, high = central_limits(values[1:], self.level)
        return Estimate(float(values[0]), float(low), float(high))

    def used(self, ways: _Ways) -> list[int]:
        """Return all ways; nothing only where somebody has nothing to choose from."""
        last = len(ways.names) - 1
        nobody = self.before[0, last] + self.after[0, last] <= 0
        return list(range(last if nobody else last + 1))

    def offer(self, u: int, ways: _Ways, study: Study) -> OfferShift:
        change = self.after[:, u] - self.before[:, u]
        return OfferShift(
            ways.names[u],
            _label(ways.names[u], study),
            self.estimate(self.before[:, u]),
            self.estimate(self.after[:, u]),
            self.estimate(change),
        )

    def flow(self, a: int, b: int, ways: _Ways) -> Flow | None:
        """Return a flow, where people go from one to the other at the estimates."""
        share, lost = self.flows[:, a, b], self.flows[:, a].sum(axis=1)
        if share[0] <= _NOBODY:
            return None
        ratio = np.divide(share, lost, out=np.zeros_like(share), where=lost > _NOBODY)
        return Flow(ways.names[a], ways.names[b], self.estimate(share), self.estimate(ratio))

    def costs(self, costs: tuple[FloatArray, FloatArray]) -> tuple[Estimate, Estimate, Estimate]:
        before, after = self.before @ costs[0], self.after @ costs[1]
        return self.estimate(before), self.estimate(after), self.estimate(after - before)


def _label(name: str, study: Study) -> str:
    if name == NOTHING:
        return "nothing is open to them"
    if study.opt_out is not None and name == study.opt_out.id:
        return study.opt_out.text()
    return study.alternative(name).text() if name in study.alternative_ids else name


def _costs(
    ways: _Ways,
    cost: Mapping[str, float] | None,
    cost_after: Mapping[str, float] | None,
    study: Study,
) -> tuple[FloatArray, FloatArray] | None:
    if cost is None:
        return None
    free = {NOTHING: 0.0} | ({study.opt_out.id: 0.0} if study.opt_out is not None else {})
    given = [{**free, **cost}, {**free, **(cost if cost_after is None else cost_after)}]
    problems = []
    for words, mapping, places in zip(("before", "after"), given, ways.places, strict=True):
        for u in places:
            value = mapping.get(ways.names[u])
            if value is None or not np.isfinite(value):
                problems.append(
                    Problem(
                        f"there is no cost of '{ways.names[u]}' {words}",
                        f"Add it: cost={{'{ways.names[u]}': 4.5, ...}}.",
                        "cost",
                    )
                )
    if problems:
        raise PolicyError.of(problems, "The costs have {count} problems:")
    rows = [np.array([float(m.get(name, 0.0)) for name in ways.names]) for m in given]
    return rows[0], rows[1]


def _groups(
    groups: PeopleGroups,
    by: str | None,
    frame: pd.DataFrame | None,
    left: npt.NDArray[np.bool_],
) -> tuple[LeftBehind, ...]:
    if by is None or frame is None:
        return ()
    own = frame[by].astype(str).to_numpy()
    return tuple(
        LeftBehind(name, groups.labels[g], groups.people[g], int((left & (own == name)).sum()))
        for g, name in enumerate(groups.names)
    )


def _notes(
    study: Study, free: bool, source: PointSource, scenarios: Sequence[Scenario]
) -> tuple[str, ...]:
    notes = []
    if study.mandatory:
        notes.append("the service is a duty: shares are of people who do it")
    elif free and study.opt_out is not None:
        notes.append(f"people may also choose '{study.opt_out.text()}', before and after")
    if source.simulated:
        notes.append(f"tastes are simulated: {source.count:,} points for each person")
    return (*notes, *never_shown(scenarios, study))
