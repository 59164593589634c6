"""The decision in plain English: what to do, how sure that is, who loses, what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ccegov_choice._estimate import Estimate
from ccegov_choice.study.payment import decimals, plain

if TYPE_CHECKING:
    from ccegov_choice.policy.redesign.decision import Package, RedesignDecision

_TINY = 1e-3


def decision_sentences(decision: RedesignDecision) -> tuple[str, ...]:
    """Return the sentences; see `RedesignDecision.sentences`."""
    found = [_best(decision), _sure(decision), _groups(decision), _others(decision)]
    found += [_judgements(decision), *_switches(decision)]
    return tuple(text for text in found if text)


def _quoted(package: Package, decision: RedesignDecision) -> str:
    if not package.levers:
        return "keeping today's service"
    return listed([decision.redesign.lever(name).text() for name in package.levers])


def listed(names: Sequence[str]) -> str:
    """Return names in quotes, as a sentence lists them."""
    quoted = [f"'{name}'" for name in names]
    return " and ".join([part for part in (", ".join(quoted[:-1]), *quoted[-1:]) if part])


def _cost(package: Package, decision: RedesignDecision) -> str:
    unit = decision.redesign.cost_unit
    amount = f"{package.cost:,.0f}" if abs(package.cost) >= 100 else f"{package.cost:g}"
    return f"{amount} {unit}".rstrip()


def _amount(estimate: Estimate, decision: RedesignDecision) -> str:
    # a loss is told as so much lost, with limits of the loss; what may be either keeps its sign
    told = estimate.map(lambda value: -value) if estimate.sign < 0 else estimate
    places = decimals(told, told.value)
    low, high = (plain(end or 0.0, places) for end in (told.low, told.high))
    return f"{decision.payment.amount(told.value, places)} ({low} to {high})"


def _best(decision: RedesignDecision) -> str:
    best = decision.best
    rule = decision.judgement.words()
    proved = "" if decision.exact else " It is the best one found; a better one may exist."
    if not best.levers:
        return f"By the rule '{rule}', no package is better than today's service.{proved}"
    head = (
        f"By the rule '{rule}', the best package within the limits is {_quoted(best, decision)}: "
        f"it costs {_cost(best, decision)} and is ready in month {best.months:g}."
    )
    gain = best.welfare
    if gain.sign == 0:
        return (
            f"{head} This study cannot tell whether people gain by it on average "
            f"({_amount(gain, decision)} per person).{proved}"
        )
    word = "worth" if gain.value > 0 else "a loss of"
    return f"{head} It is {word} {_amount(gain, decision)} to people on average.{proved}"


def _sure(decision: RedesignDecision) -> str:
    best = decision.best
    share = round(100 * best.best_probability)
    text = f"It is the best of all in {share} of 100 draws of what the study leaves uncertain"
    regret = best.regret
    if regret.value > 0:
        places = decimals(Estimate(regret.value, 0.0, regret.high), regret.value)
        text += (
            "; knowing for sure which one is best would be worth another "
            f"{decision.payment.amount(regret.value, places)} per person on average"
        )
    return f"{text}."


def _groups(decision: RedesignDecision) -> str:
    if len(decision.best.groups) < 2 or not decision.best.levers:
        return ""
    parts = []
    for name, estimate in decision.best.groups:
        # the name and the number stand together, so that the sentence can be checked
        if estimate.sign == 0:
            parts.append(f"for {name} this study cannot tell ({_amount(estimate, decision)})")
        else:
            word = "gains" if estimate.value > 0 else "loses"
            parts.append(f"{name} {word} {_amount(estimate, decision)}")
    losers = [name for name, estimate in decision.best.groups if estimate.sign < 0]
    tail = f" Who loses: {', '.join(losers)}." if losers else ""
    return f"Group by group: {'; '.join(parts)}.{tail}"


def _others(decision: RedesignDecision) -> str:
    rivals = [p for p in decision.ranking if p is not decision.best and p.best_probability > 0]
    if not rivals:
        return ""
    rival = max(rivals, key=lambda package: package.best_probability)
    text = (
        f"Next most often, in {round(100 * rival.best_probability)} of 100 draws, the best is "
        f"{_against(rival.levers, decision.best.levers, decision)}, for {_cost(rival, decision)}."
    )
    calm = decision.least_regret
    if calm.levers == rival.levers:
        text += " That one can go least wrong."
    elif calm.levers != decision.best.levers:
        other = _against(calm.levers, decision.best.levers, decision)
        text += f" What can go least wrong is {other}."
    return text


def _against(levers: tuple[str, ...], other: tuple[str, ...], decision: RedesignDecision) -> str:
    """Say how a package differs from another."""

    def named(ids: tuple[str, ...], less: tuple[str, ...]) -> str:
        return listed([decision.redesign.lever(n).text() for n in ids if n not in less])

    more, fewer = named(levers, other), named(other, levers)
    if not levers:
        return "today's service"
    if not other:
        return more
    if not fewer:
        return f"the same package with {more} too"
    if not more:
        return f"the same package without {fewer}"
    return f"one with {more} instead of {fewer}"


def _judgements(decision: RedesignDecision) -> str:
    chosen = {item.package.levers for item in decision.judgements}
    if len(decision.judgements) < 2:
        return ""
    if len(chosen) == 1:
        return "All judgements of value that were tried choose the same package."
    parts = [
        f"'{item.words}' chooses {_quoted(item.package, decision)}" for item in decision.judgements
    ]
    return f"It depends on a judgement of value: {'; '.join(parts)}."


def _switches(decision: RedesignDecision) -> list[str]:
    found, told = [], set()
    for item in decision.switching:
        # of what a unit may be worth, the first value says when anything is worth its cost
        if item.parameter.startswith("value of") and item.parameter in told:
            continue
        told.add(item.parameter)
        # what is worth it at next to nothing is no condition; the table holds the number
        if item.parameter.startswith("value of") and 0 < item.value < _TINY:
            continue
        what = _against(item.after, item.before, decision)
        value = f"{item.value:,.4g} {item.unit}".rstrip()
        found.append(f"From a {item.parameter} of {value} up, the best package is {what}.")
    return [text.replace("From a aversion", "From an aversion") for text in found]
