"""What a change of a service is worth to people: compensating variation, winners and losers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.models.draws import draw_parameters
from ccegov_choice.policy.no_mean import why_no_mean
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
from ccegov_choice.policy.welfare.change import WelfareChange
from ccegov_choice.policy.welfare.comparison import Comparison
from ccegov_choice.policy.welfare.noise import simulation_noise
from ccegov_choice.policy.welfare.people import per_person
from ccegov_choice.policy.welfare.summary import Summary, summarise
from ccegov_choice.policy.welfare.worth import Worth
from ccegov_choice.study.payment import beyond_shown, payment_words

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results
    from ccegov_choice.study.people import Answers
    from ccegov_choice.study.profile import Profile

FloatArray = npt.NDArray[np.float64]


def welfare_change(
    results: Results,
    before: Scenario | Profile | Sequence[Profile],
    after: Scenario | Profile | Sequence[Profile],
    *,
    pay_in: str,
    people: Answers | pd.DataFrame | None = None,
    by: str | None = None,
    opt_out: bool | None = None,
    at: Mapping[str, Any] | None = None,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 1,
    points: int | None = None,
    language: str | None = None,
) -> WelfareChange:
    """Say what people gain or lose if one scenario takes the place of another.

    A person is as well off as the best of what is on offer is to them, on average over what the
    model leaves to chance: the log-sum. The difference of two log-sums, over the utility of one
    unit of what is paid in, is the amount that could be taken from them after the change so that
    they are as well off as before. It is exact where utility is a straight line in what is paid
    in. Where tastes differ, amounts are a distribution over people.

    Parameters
    ----------
    results : Results
        A fitted model of any family.
    before, after : Scenario, Profile or sequence of Profile
        What is on offer; several profiles stand side by side.
    pay_in : str
        The numeraire: attribute whose units amounts are told in.
    people : ChoiceData or DataFrame, optional
        For whom; needed where tastes, availability or the opt-out depend on columns of people.
    by : str, optional
        A column of the people: results by group.
    opt_out : bool, optional
        Whether people may choose nothing; by default, if the study lets them and has no duty.
    at : mapping, optional
        Where a unit of payment is valued, as in `willingness_to_trade`; needed where its utility
        is a curve.
    level : float
        Confidence level.
    draws, seed : int
        Draws of the parameters (Krinsky & Robb's method), 100 or more, and their seed.
    points : int, optional
        Taste points of each person where tastes are simulated.
    language : str, optional
        Of the study's words in text.

    Returns
    -------
    WelfareChange

    Raises
    ------
    PolicyError
        If a scenario is not whole, a right is changed that is not for sale, people are needed and
        not given, an opt-out is asked for that does not exist, or what is paid in is not told from
        zero.
    TradeOffError
        If people cannot pay in it.

    References
    ----------
    Small & Rosen (1981), Econometrica 49, 105-130. Krinsky & Robb (1986), Review of Economics and
    Statistics 68, 715-719. Daly, Hess & Train (2012), Transportation 39, 19-31.
    """
    study = results.study
    first, last = as_scenarios([as_scenario(before, "before"), as_scenario(after, "after")])
    check_scenarios((first, last), results.utility, study)
    _check_rights(first, last, results)
    check_numbers(level, draws)
    free = duty_or_opt_out(results, opt_out)
    comparison, groups, worth = compare(
        results,
        first,
        last,
        pay_in=pay_in,
        people=people,
        by=by,
        opt_out=free,
        at=at,
        points=points,
    )
    source = comparison.source
    theta = np.vstack([results.estimates, draw_parameters(results, draws, seed)])
    why = (
        why_no_mean(source.population, comparison.worth, results.estimates)
        if source.simulated
        else None
    )
    found = summarise(
        [comparison.outcome(row) for row in theta],
        groups,
        worth.attribute.id,
        level,
        why,
    )
    numeraire = study.numeraire(worth.attribute.id)
    return WelfareChange(
        before=first,
        after=last,
        payment=payment_words(worth.attribute, numeraire, language),
        mean=found.mean,
        median=found.median,
        quantiles=found.quantiles,
        gain_share=found.gain,
        loss_share=found.loss,
        same_share=found.same,
        majority_probability=found.majority,
        refuse=found.refuse,
        shut_out=found.shut_out,
        let_in=found.let_in,
        groups=found.groups,
        by=by,
        per_person=per_person(comparison, results.estimates),
        people=source.population.people.count,
        simulated=source.simulated,
        level=level,
        seed=seed,
        draws=len(found.sampled),
        sampled=found.sampled,
        notes=_notes(results, comparison, found, worth, (first, last), free, at),
    )


def compare(
    results: Results,
    before: Scenario,
    after: Scenario,
    *,
    pay_in: str,
    people: Answers | pd.DataFrame | None = None,
    by: str | None = None,
    opt_out: bool = False,
    at: Mapping[str, Any] | None = None,
    points: int | None = None,
) -> tuple[Comparison, PeopleGroups, Worth]:
    """Set two scenarios side by side, for whoever works with amounts at any parameters.

    Arguments are those of `welfare_change`, checked by whoever calls.
    """
    population = gather(
        results,
        people,
        (before, after),
        opt_out=opt_out,
        by=[by] if by else [],
        points=points,
        what="change of welfare",
    )
    source = PointSource.of(population)
    worth = Worth.of(results, population, pay_in, dict(at or {}))
    groups = PeopleGroups.of(population, by, people)
    comparison = Comparison(
        source,
        Offers.of(population, [before], opt_out and not before.obliged),
        Offers.of(population, [after], opt_out and not after.obliged),
        np.pad(worth.rows, ((0, 0), (0, source.columns - worth.rows.shape[1]))),
        groups.codes,
        len(groups.names),
    )
    return comparison, groups, worth


def _check_rights(before: Scenario, after: Scenario, results: Results) -> None:
    """Refuse to put a price on a right: attributes that may not be traded stay as they are."""
    rights = [a for a in results.study.attributes if a.tradeable == "no"]
    problems = [
        Problem(
            f"'{attribute.id}' is a legal floor and not for sale, but it differs before and after",
            "Keep it the same in both, and say apart what happens to it.",
            "after",
        )
        for attribute in rights
        if attribute.id in results.utility.reads
        and len({o.levels.get(attribute.id) for s in (before, after) for o in s.offers}) > 1
    ]
    if problems:
        raise PolicyError.of(problems, "The change cannot be valued for {count} reasons:")


def _notes(
    results: Results,
    comparison: Comparison,
    found: Summary,
    worth: Worth,
    scenarios: Sequence[Scenario],
    free: bool,
    at: Mapping[str, Any] | None,
) -> tuple[str, ...]:
    study, name = results.study, worth.attribute.id
    notes = ["gains and losses are those that the model explains; chance is averaged out"]
    if comparison.source.population.people.count:
        notes.append("the mix of people is taken as given; intervals are of their tastes")
    if study.mandatory:
        notes.append("the service is a duty: amounts are for people who do it")
    elif free and study.opt_out is not None:
        notes.append(f"people may also choose '{study.opt_out.text()}', before and after")
    if name in (at or {}):
        notes.append(f"a unit of {name} is valued at {(at or {})[name]:g}: close, not exact")
    if comparison.source.count == 1:
        notes.append(
            "the model gives people of one kind the same tastes, so all of them gain or all lose"
        )
    if comparison.source.simulated:
        notes.append(f"tastes are simulated: {comparison.source.count:,} points for each person")
        noise = simulation_noise(comparison, results.estimates)
        if noise is not None:
            unit = payment_words(worth.attribute, study.numeraire(name)).unit_plural or "units"
            notes.append(
                f"with other points the amount of the typical person would move by about "
                f"{noise:.2g} {unit} (its standard deviation)"
            )
    if not comparison.exact:
        notes.append("quantiles over people are read from bins 1.6 % wide")
    if isinstance(found.mean, Absent):
        notes.append("groups are compared by their medians, since means do not exist")
    told = [found.mean, found.median, *(median for _, median in found.quantiles)]
    told += [e for group in found.groups for e in (group.mean, group.median)]
    values = [end for e in told if isinstance(e, Estimate) for end in (e.value, e.low, e.high)]
    words = payment_words(worth.attribute, study.numeraire(name))
    notes += beyond_shown(values, worth.attribute, words)
    return (*notes, *worth.notes, *found.notes, *never_shown(scenarios, study))
