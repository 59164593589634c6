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
        said += _groups(change)
    return tuple(said)


def _groups(change: WelfareChange) -> list[str]:
    """Say what each group gains; those of whom nothing can be told share one sentence."""
    groups = change.told
    unclear = [group for group in groups if group.median.sign == 0]
    open_ends = [group for group in unclear if group.median.low != group.median.high]
    if change.median.sign == 0 and len(open_ends) == len(groups) > 1:
        return [
            "Nor can it tell, for any of the groups, whether the typical person gains or loses."
        ]
    return [_group(group, change) for group in groups]


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
    told = [
        (share, word)
        for share, word in (
            (change.gain_share, "gain"),
            (change.loss_share, "lose"),
            (change.same_share, "see no difference"),
        )
        if not _nobody(share)
    ]
    before = [f"{per} interval ", *[""] * len(told)]
    parts = [
        f"{100 * share.value:.0f} would {word} ({_ends(share, said)})"
        for (share, word), said in zip(told, before, strict=False)
    ]
    said = f"Of 100 people about {', '.join(parts[:-1])}{' and ' if parts[1:] else ''}{parts[-1]}."
    if _nobody(change.loss_share):
        said += " The model sees nobody who loses, which does not mean that there is nobody."
    return said


def _nobody(share: Estimate) -> bool:
    """Return whether a share is nought in the estimate and at both ends, as it is told."""
    ends = (share.value, share.low, share.high)
    return all(end is not None and round(100 * end) == 0 for end in ends)


def _ends(share: Estimate, before: str) -> str:
    if share.low is None or share.high is None:
        return "no interval"
    return f"{before}{100 * share.low:.0f} to {100 * share.high:.0f}"


def _majority(change: WelfareChange) -> str:
    chance = change.majority_probability
    if _nobody(change.gain_share) and _nobody(change.loss_share):
        return "Among these people, nobody gains and nobody loses."
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
            return f"In the group '{group.label}' it makes no difference to the typical person."
        return (
            f"In the group '{group.label}' this study cannot tell whether the typical person gains "
            f"or loses ({interval})."
        )
    off = "better" if found.sign > 0 else "worse"
    worth = amount(found.value, change.payment, places)
    return (
        f"In the group '{group.label}' the typical person is {off} off, as by {worth} "
        f"({interval}); about {100 * group.losers.value:.0f} in 100 lose."
    )
