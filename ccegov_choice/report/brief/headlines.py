"""The three numbers of a brief: what people want most, what they would give, what would happen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ccegov_choice._estimate import Estimate
from ccegov_choice.report.brief.content import Headline, say
from ccegov_choice.report.brief.extras import welfare_of
from ccegov_choice.report.priorities import leaders
from ccegov_choice.report.scenarios import reform_difference
from ccegov_choice.report.trading import (
    clearest,
    gain_phrase,
    gained_attribute,
    places_of,
    tested_span,
)
from ccegov_choice.report.wording import between, lower_first, plain, points, upper_first
from ccegov_choice.study.payment import decimals

if TYPE_CHECKING:
    from ccegov_choice.policy.uptake import Difference, Uptake
    from ccegov_choice.policy.welfare.change import WelfareChange
    from ccegov_choice.report.brief.area import AreaNumbers
    from ccegov_choice.report.material import Material
    from ccegov_choice.study.payment import Payment
    from ccegov_choice.tradeoff.trade_off import TradeOff


def headlines(material: Material, area: AreaNumbers | None) -> tuple[Headline, ...]:
    """Return the numbers there are, three at most, with those of an area beside them."""
    return (*_want(material), *_give(material, area), *_reform(material, area))


def _want(material: Material) -> Iterator[Headline]:
    found = material.importance
    if found is None:
        return
    first = found.items[0]
    tied = len(leaders(found)) > 1
    n = points(100 * first.share)
    yield Headline(
        say("want"),
        n,
        say("want_unit"),
        say("want_tied" if tied else "want_text", label=upper_first(first.label), n=n),
        say("range", range=between(100 * first.conf_low, 100 * first.conf_high)),
    )


def chosen_trade(material: Material) -> TradeOff | None:
    """Return the trade that the brief tells: for what people want most, or else the largest."""
    if not material.tradeoffs:
        return None
    same = [t for t in material.tradeoffs if t.pay_in == material.tradeoffs[0].pay_in]
    if material.importance is not None:
        first = material.importance.items[0].attribute
        wanted = clearest([trade for trade in same if gained_attribute(trade) == first])
        if wanted is not None:
            return wanted
    return clearest(same)


def _give(material: Material, area: AreaNumbers | None) -> Iterator[Headline]:
    trade = chosen_trade(material)
    if trade is None:
        return
    wanted = material.importance.items[0].attribute if material.importance else None
    same = gained_attribute(trade) == wanted
    places, payment = places_of(trade), trade.payment
    shown = plain(trade.estimate, places)
    text = say(
        "give_text",
        amount=payment.things(payment.direction, trade.estimate, places),
        gain=lower_first(gain_phrase(material.study, trade)),
    )
    far = abs(trade.estimate) > tested_span(material, trade.pay_in)
    yield Headline(
        say("give" if same else "give_other"),
        shown,
        unit_words(payment, shown, payment.direction),
        f"{text} {say('give_far')}" if far else text,
        say("range", range=between(trade.conf_low or 0.0, trade.conf_high or 0.0, places)),
        "" if area is None else area.amount(area.trade, places),
    )


def _reform(material: Material, area: AreaNumbers | None) -> Iterator[Headline]:
    welfare, forecast = welfare_of(material), material.uptake
    if welfare is not None and tells_losers(welfare):
        yield _winners(welfare, area)
    elif forecast is not None and not material.study.mandatory:
        yield _forecast(material, forecast, area)
    elif welfare is not None and welfare.median.sign > 0:
        yield _worth(welfare, area)


def tells_losers(welfare: WelfareChange) -> bool:
    """Return whether tastes differ, so that who loses can be told at all."""
    return 0.0 < welfare.gain_share.value < 1.0 or 0.0 < welfare.loss_share.value < 1.0


def _winners(welfare: WelfareChange, area: AreaNumbers | None) -> Headline:
    gain = welfare.gain_share
    n = points(100 * gain.value)
    text = say("gain_text", n=n, reform=welfare.after.text(), today=welfare.before.text())
    return Headline(
        say("reform"),
        n,
        say("gain_unit"),
        text if welfare.median.sign else f"{text} {say('gain_unsure')}",
        say("range", range=shares_between(gain)),
        "" if area is None else area.share(area.winners),
    )


def _forecast(material: Material, found: Uptake, area: AreaNumbers | None) -> Headline:
    item = reform_difference(material)
    if item is None:
        best = int(found.shares.argmax())
        share = Estimate(
            float(found.shares[best]), float(found.conf_low[best]), float(found.conf_high[best])
        )
        n = points(100 * share.value)
        text = say("alone_text", n=n, reform=found.scenarios[best].text())
        return Headline(
            say("reform"), n, say("alone_unit"), text, say("range", range=shares_between(share))
        )
    names = {scenario.name: scenario.text() for scenario in found.scenarios}
    gaps = {"reform": names[item.scenario], "today": names[item.baseline]}
    size = as_estimate(item)
    verdict = {1: "more", -1: "fewer", 0: "same"}[size.sign]
    number = points(100 * abs(size.value))
    return Headline(
        say("reform"),
        number,
        say("more_unit" if size.value >= 0 else "fewer_unit"),
        say(f"{verdict}_text", n=number, **gaps),
        say("range", range=shares_between(size)),
        "" if area is None else area.share(area.difference),
    )


def _worth(welfare: WelfareChange, area: AreaNumbers | None) -> Headline:
    found, payment = welfare.median, welfare.payment
    places = decimals(found, found.value)
    shown = plain(found.value, places)
    amount = payment.things(payment.opposite, found.value, places)
    return Headline(
        say("reform"),
        shown,
        unit_words(payment, shown, payment.opposite),
        say("worth_text", reform=welfare.after.text(), amount=amount),
        say("range", range=between(found.low or 0.0, found.high or 0.0, places)),
        "" if area is None else area.amount(area.worth, places),
    )


def unit_words(payment: Payment, shown: str, direction: str) -> str:
    """Say the unit beside a number: ``"more days"``, ``"EUR more"``."""
    word = payment.word(shown)
    return f"{word} {direction}" if payment.vehicle else f"{direction} {word}".rstrip()


def as_estimate(item: Difference) -> Estimate:
    """Return a difference as an estimate."""
    return Estimate(item.estimate, item.conf_low, item.conf_high)


def shares_between(share: Estimate) -> str:
    """Write the range of a share as people in 100, from the smaller to the larger size."""
    low, high = 100 * (share.low or 0.0), 100 * (share.high or 0.0)
    return between(-high, -low) if share.sign < 0 else between(low, high)
