"""A change of welfare in plain English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccegov_choice._estimate import Estimate
from ccegov_choice.study.payment import Payment, decimals, plain

if TYPE_CHECKING:
    from ccegov_choice.policy.welfare.change import GroupWelfare, WelfareChange


def amount(value: float, payment: Payment, places: int) -> str:
    """Write an amount as what it is worth: ``"6.2 fewer days until the decision"``."""
    direction = payment.opposite if value >= 0 else payment.direction
    return payment.things(direction, abs(value), places)


def headline(change: WelfareChange) -> str:
    """Say for whom it is worth what, in one line."""
    typical = change.median
    places = decimals(typical, typical.value)
    if typical.sign == 0:
        return (
            f"This study cannot tell whether '{change.after.text()}' is a gain for the typical "
            "person"
        )
    worth = amount(typical.value, change.payment, places)
    return f"To the typical person, '{change.after.text()}' {_is_as(typical)} {worth}"


def _is_as(found: Estimate) -> str:
    return "is worth as much as" if found.sign > 0 else "is as bad as"


def sentences(change: WelfareChange) -> tuple[str, ...]:
    """Say what the typical person gains, who wins and loses, and what each group gains."""
    said = [_typical(change), _winners(change), _majority(change)]
    if change.by is not None:
        said += [_group(group, change) for group in change.groups]
    return tuple(said)


def _typical(change: WelfareChange) -> str:
    found, per = change.median, f"{100 * change.level:g}%"
    places = decimals(found, found.value)
    after, before = f"'{change.after.text()}'", f"'{change.before.text()}'"
    if found.sign == 0:
        return (
            f"This study cannot tell whether the typical person is better off with {after} than "
            f"with {before} ({_interval(found, change.payment, places, per)})."
        )
    return (
        f"To the typical person, {after} instead of {before} {_is_as(found)} "
        f"{amount(found.value, change.payment, places)} "
        f"({_interval(found, change.payment, places, per)})."
    )


def _interval(found: Estimate, payment: Payment, places: int, per: str) -> str:
    if found.low is None or found.high is None:
        return "no interval"
    if found.sign == 0:
        return (
            f"{per} interval from {amount(found.low, payment, places)} to "
            f"{amount(found.high, payment, places)}"
        )
    ends = sorted((abs(found.low), abs(found.high)))
    return f"{per} interval {plain(ends[0], places)} to {plain(ends[1], places)}"


def _winners(change: WelfareChange) -> str:
    per = f"{100 * change.level:g}%"
    gain, loss, same = (
        _people(e) for e in (change.gain_share, change.loss_share, change.same_share)
    )
    return (
        f"Of 100 people about {gain[0]} would gain ({per} interval {gain[1]}), {loss[0]} would "
        f"lose ({loss[1]}) and {same[0]} would see no difference ({same[1]})."
    )


def _people(share: Estimate) -> tuple[str, str]:
    ends = "not known"
    if share.low is not None and share.high is not None:
        ends = f"{100 * share.low:.0f} to {100 * share.high:.0f}"
    return f"{100 * share.value:.0f}", ends


def _majority(change: WelfareChange) -> str:
    chance = change.majority_probability
    if chance >= 0.5 + change.level / 2:
        return "Among these people, more gain than lose."
    if chance <= 0.5 - change.level / 2:
        return "Among these people, no more gain than lose."
    return (
        "This study cannot tell whether more people gain than lose: the chance that they do is "
        f"about {100 * chance:.0f} in 100."
    )


def _group(group: GroupWelfare, change: WelfareChange) -> str:
    found, per = group.median, f"{100 * change.level:g}%"
    places = decimals(found, found.value)
    interval = _interval(found, change.payment, places, per)
    if found.sign == 0:
        if found.low == found.high == 0.0:
            return f"{group.label}: no difference to the typical person."
        return (
            f"{group.label}: this study cannot tell whether the typical person gains or loses "
            f"({interval})."
        )
    off = "better" if found.sign > 0 else "worse"
    worth = amount(found.value, change.payment, places)
    return (
        f"{group.label}: the typical person is {off} off, as by {worth} ({interval}); about "
        f"{100 * group.losers.value:.0f} in 100 lose."
    )
