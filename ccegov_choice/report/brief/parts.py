"""What follows the three numbers: who loses, who disagrees, how sure, what is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice._disclosure.limits import LEAST_PEOPLE
from ccegov_choice.models.population.population import people_read
from ccegov_choice.report.brief.content import Part, Remark, say
from ccegov_choice.report.brief.extras import (
    group_trades_of,
    redesign_of,
    shift_of,
    welfare_of,
)
from ccegov_choice.report.brief.headlines import (
    shares_between,
    tells_losers,
)
from ccegov_choice.report.brief.losers import minded_most, sizes_of_changes
from ccegov_choice.report.material import FEW_PEOPLE, level_percent
from ccegov_choice.report.scenarios import reform_difference
from ccegov_choice.report.simulator.payload import level_text
from ccegov_choice.report.told import several
from ccegov_choice.report.trading import gain_phrase, sound, tested_span
from ccegov_choice.report.wording import (
    between,
    join_words,
    lower_first,
    plain,
    points,
    upper_first,
)
from ccegov_choice.study.payment import decimals

if TYPE_CHECKING:
    from ccegov_choice.policy.welfare.change import WelfareChange
    from ccegov_choice.report.brief.area import AreaNumbers
    from ccegov_choice.report.checklist import Checklist
    from ccegov_choice.report.material import Material
    from ccegov_choice.study.attribute import Attribute
    from ccegov_choice.study.level import Level

MOST_CHANGES = 3
"""Changes of a reform that are told, from the one that counts most."""

SPOKEN = 2
"""Things that one sentence may list."""


def parts(material: Material, checklist: Checklist, area: AreaNumbers | None) -> tuple[Part, ...]:
    """Return the parts that have something to say, in reading order."""
    found = [
        *_means(material),
        Part(say("lose"), tuple(_lose(material))),
        Part(say("dissent"), tuple(_dissent(material))),
        Part(say("plan"), tuple(_plan(material))),
        Part(say("change"), tuple(_change(material))),
        Part(say("sure"), tuple(_sure(material, area))),
        Part(say("open"), tuple(_open(material, checklist))),
        Part(say("rights"), tuple(_rights(material))),
    ]
    return tuple(part for part in found if part.remarks)


def _means(material: Material) -> Iterator[Part]:
    """Say what the scenario of the third number changes, for who has not met it."""
    welfare, forecast = welfare_of(material), material.uptake
    if welfare is not None:
        pair = (welfare.before, welfare.after)
    elif forecast is not None and (item := reform_difference(material)) is not None:
        named = {scenario.name: scenario for scenario in forecast.scenarios}
        pair = (named[item.baseline], named[item.scenario])
    else:
        return
    if any(len(scenario.offers) > 1 for scenario in pair):
        return
    old, new = (scenario.profile.levels for scenario in pair)
    changed = [
        attribute
        for attribute in material.study.attributes
        if attribute.id in old and attribute.id in new and old[attribute.id] != new[attribute.id]
    ]
    sizes = _sizes(material, welfare)
    largest = sorted(changed, key=lambda attribute: -sizes.get(attribute.id, 0.0))[:MOST_CHANGES]
    remarks = tuple(
        Remark(
            say(
                "means_change",
                label=attribute.text(),
                new=lower_first(level_text(attribute, new[attribute.id], None)),
                old=lower_first(level_text(attribute, old[attribute.id], None)),
            )
        )
        for attribute in largest
    )
    title = "means" if len(largest) == len(changed) else "means_most"
    yield Part(say(title, reform=pair[1].text()), remarks)


def _sizes(material: Material, welfare: WelfareChange | None) -> dict[str, float]:
    """Return how much each change counts: its own size, or else that of its attribute."""
    if welfare is not None:
        return sizes_of_changes(material, welfare)
    items = () if material.importance is None else material.importance.items
    return {item.attribute: item.share for item in items}


def _lose(material: Material) -> Iterator[Remark]:
    welfare, shift = welfare_of(material), shift_of(material)
    if welfare is not None and tells_losers(welfare):
        yield Remark(
            say(
                "lose_share",
                n=points(100 * welfare.loss_share.value),
                range=shares_between(welfare.loss_share),
            )
        )
        yield from _mind(material, welfare)
        yield from _worst_group(welfare)
    elif welfare is not None or material.uptake is not None:
        yield Remark(say("lose_unknown"))
    else:
        yield Remark(say("lose_unasked"))
    if shift is not None and shift.left_behind_share > 0:
        yield Remark(say("lose_left", n=points(100 * shift.left_behind_share)))
    yield from _groups(material)


def _mind(material: Material, welfare: WelfareChange) -> Iterator[Remark]:
    """Say what losers lose, which says who they are where no group of people stands out."""
    attribute = minded_most(material, welfare)
    if attribute is None:
        return
    old, new = (
        lower_first(level_text(attribute, scenario.profile.levels[attribute.id], None))
        for scenario in (welfare.before, welfare.after)
    )
    yield Remark(say("lose_mind", label=lower_first(attribute.text()), new=new, old=old))


def _worst_group(welfare: WelfareChange) -> Iterator[Remark]:
    """Name the group of whom most lose, where groups are told and it has enough people."""
    if welfare.by is None or len(welfare.groups) < 2:
        return
    told = [group for group in welfare.groups if group.people >= LEAST_PEOPLE]
    if len(told) < len(welfare.groups):
        return
    worst = max(told, key=lambda group: group.losers.value)
    if round(100 * worst.losers.value) > round(100 * welfare.loss_share.value):
        n = points(100 * worst.losers.value)
        yield Remark(say("lose_group", group=worst.label, n=n), 1)


def _groups(material: Material) -> Iterator[Remark]:
    found = group_trades_of(material)
    if found is None or not found.called:
        return
    names = {group.name: group.label for group in found.groups}
    item = found.called[0]
    yield Remark(
        say(
            "group_gives",
            first=names.get(item.first, item.first),
            second=names.get(item.second, item.second),
            gain=item.gain_text,
        ),
        2,
    )


def _dissent(material: Material) -> Iterator[Remark]:
    opposite = _opposite(material)
    if opposite:
        yield Remark(opposite, 1)
    if material.study.opt_out is not None:
        n = points(100 * opt_out_share(material))
        yield Remark(say("dissent_opt_out", n=n, label=material.opt_out))
    if not opposite:
        yield Remark(say("dissent_none"), 2)


def _opposite(material: Material) -> str:
    """Say how many want the opposite of what most want, where tastes differ."""
    for found in several(material.distribution):
        share = getattr(found, "opposite", None)
        if share is not None and round(100 * share.value) > 0:
            n = points(100 * share.value)
            return say("dissent_opposite", n=n, gain=getattr(found, "gain_text", ""))
    return ""


def opt_out_share(material: Material) -> float:
    """Return the share of choices, by their weights, in which people took the opt-out."""
    data = material.data
    assert material.study.opt_out is not None
    chosen = data.frame["alternative"].astype(str).to_numpy()[data.chosen]
    return float(np.average(chosen == material.study.opt_out.id, weights=data.weights))


def _plan(material: Material) -> Iterator[Remark]:
    """Say which plan is best: an answer of its own, not one about the reform above."""
    decision = redesign_of(material)
    if decision is not None:
        best = decision.best
        package = f"“{best.text(decision.redesign)}”"
        yield Remark(say("change_best", package=package, n=points(100 * best.best_probability)))


def _change(material: Material) -> Iterator[Remark]:
    decision, welfare = redesign_of(material), welfare_of(material)
    if decision is not None:
        best = decision.best
        if decision.switching:
            first = decision.switching[0]
            value = plain(first.value)
            yield Remark(say("change_switch", value=value, parameter=first.parameter))
        if any(package.levers != best.levers for _, package in decision.value_judgements):
            yield Remark(say("change_judgement"), 2)
    if welfare is not None and tells_losers(welfare):
        yield Remark(say("change_majority", chance=chance_text(welfare.majority_probability)))
    yield from _turning_point(material, welfare)
    if decision is None and welfare is None:
        yield Remark(say("change_unasked"))


def chance_text(chance: float) -> str:
    """Say a chance in 100, never as none or all."""
    n = round(100 * chance)
    return say("chance_least") if n < 1 else say("chance_most") if n > 99 else f"{n} in 100"


def _turning_point(material: Material, welfare: WelfareChange | None) -> Iterator[Remark]:
    """Say at which price the answer turns, where people were asked about such prices."""
    if welfare is not None and welfare.median.sign > 0:
        found, payment = welfare.median, welfare.payment
        if found.value <= tested_span(material, payment.attribute):
            places = decimals(found, found.value)
            amount = payment.things(payment.direction, found.value, places)
            told = between(found.low or 0.0, found.high or 0.0, places)
            reform = welfare.after.text()
            yield Remark(say("change_welfare", reform=reform, amount=amount, range=told))


def _sure(material: Material, area: AreaNumbers | None) -> Iterator[Remark]:
    level = material.tradeoffs[0].level if material.tradeoffs else 0.95
    yield Remark(say("sure_range", level=level_percent(level)))
    if material.data.people < FEW_PEOPLE:
        yield Remark(say("sure_few", people=material.people))
    if area is not None:
        differs = people_read(material.results)
        yield Remark(say("sure_area" if differs else "sure_area_same", area=area.name))


def _open(material: Material, checklist: Checklist) -> Iterator[Remark]:
    unclear = [
        lower_first(gain_phrase(material.study, trade))
        for trade in material.tradeoffs
        if not (sound(trade) and trade.conclusive)
    ]
    if unclear:
        yield Remark(say("open_unclear", gains="; ".join(unclear[:SPOKEN])), 2)
    said = material.study.declarations.get("missing", "")
    first = said.partition(". ")[0].strip().rstrip(".")
    if first:
        yield Remark(say("open_missing", text=f"{upper_first(first)}."))
    else:
        yield Remark(say("open_missing_unknown"))
    yield Remark(say("open_said"))
    yield Remark(say("open_cost"), 3)
    unanswered = sum(
        len(group.answers) for group in checklist.groups if group.state in ("open", "partly")
    )
    total = sum(len(group.answers) for group in checklist.groups)
    if unanswered:
        yield Remark(say("open_checks", n=unanswered, total=total), 3)


def _rights(material: Material) -> Iterator[Remark]:
    names = [lower_first(attribute.text()) for attribute in material.protected]
    if names:
        yield Remark(say("rights_named", names=join_words(names)))
    floors = [
        _floor_text(attribute, attribute.level(level))
        for attribute in material.study.attributes
        for level in attribute.floor
    ]
    if floors:
        yield Remark(say("rights_floor", levels="; ".join(floors[:SPOKEN])))


def _floor_text(attribute: Attribute, level: Level) -> str:
    """Say a level by its description, a sentence, where it has one; else by its label."""
    described = level.long_text().strip() if level.description else ""
    if described:
        return f"“{described.rstrip('.')}”"
    return f"{lower_first(attribute.text())}: {lower_first(level.text())}"
