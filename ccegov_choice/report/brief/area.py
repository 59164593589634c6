"""An area's own numbers: the model of all, applied to the people of the area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice._disclosure.limits import withhold_groups
from ccegov_choice._estimate import Estimate
from ccegov_choice.data.subset import take_people
from ccegov_choice.errors import PolicyError, unknown_name
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.report.brief.content import say
from ccegov_choice.report.brief.extras import welfare_of
from ccegov_choice.report.brief.headlines import as_estimate, chosen_trade, tells_losers
from ccegov_choice.report.scenarios import reform_difference
from ccegov_choice.report.simulator.crowd import group_label
from ccegov_choice.report.wording import between, plain
from ccegov_choice.study.people import people_frame
from ccegov_choice.tradeoff.ratio import willingness_to_trade

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.report.material import Material


@dataclass(frozen=True)
class AreaNumbers:
    """What the brief says of an area.

    Parameters
    ----------
    name : str
        The area.
    people : int
        Of those who answered.
    trade, difference, winners, worth : Estimate or None
        The numbers of `headlines`, for the people of the area.
    """

    name: str
    people: int
    trade: Estimate | None = None
    difference: Estimate | None = None
    winners: Estimate | None = None
    worth: Estimate | None = None

    def amount(self, found: Estimate | None, places: int) -> str:
        """Write an amount of the area with its range; nothing where there is none."""
        if found is None or found.low is None or found.high is None:
            return ""
        return say(
            "area_range",
            area=self.name,
            value=plain(found.value, places),
            range=between(found.low, found.high, places),
        )

    def share(self, found: Estimate | None) -> str:
        """Write a share of the area, as people in 100, with its range."""
        return self.amount(None if found is None else found.map(lambda share: 100 * share), 0)


def told_areas(data: ChoiceData, by: str) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the areas that may be told with their people, and those that may not.

    Those of fewer than ten people may not, nor as many others as it takes that no edition can be
    had as the rest of all.

    Raises
    ------
    PolicyError
        If the data have no such column.
    """
    frame = people_frame(data)
    if by not in frame:
        raise PolicyError.of([unknown_name(by, frame.columns, "column", where="constituency")])
    sizes = frame[by].dropna().astype(str).value_counts()
    counts = {name: int(sizes[name]) for name in sorted(sizes.index)}
    missing = int(frame[by].isna().sum())
    held = withhold_groups(counts | ({"": missing} if missing else {}))
    told = {name: count for name, count in counts.items() if name not in held}
    return told, tuple(sorted(held - {""}))


def area_numbers(material: Material, by: str, name: str) -> AreaNumbers:
    """Work out the numbers of an area.

    Raises
    ------
    PolicyError
        If there is no such area, or nothing may be told about it.
    """
    told, held = told_areas(material.data, by)
    if name in held:
        raise PolicyError(
            f"nothing may be told about '{name}': it, or another area that could be worked out "
            "from it, has too few people",
            where=f"constituency='{name}'",
            cure="Join areas into larger ones, or give the brief of all.",
        )
    if name not in told:
        raise PolicyError.of([unknown_name(name, told, by, where="constituency")])
    frame = people_frame(material.data)
    own = take_people(material.data, np.flatnonzero(frame[by].astype(str) == name))
    return AreaNumbers(
        group_label(material.study, by, name),
        told[name],
        _trade(material, own),
        _difference(material, own),
        **_welfare(material, own),
    )


def _trade(material: Material, own: ChoiceData) -> Estimate | None:
    trade = chosen_trade(material)
    if trade is None:
        return None
    found = willingness_to_trade(
        material.results, gain=trade.gain, pay_in=trade.pay_in, data=own, level=trade.level
    )
    return Estimate(found.estimate, found.conf_low, found.conf_high)


def _difference(material: Material, own: ChoiceData) -> Estimate | None:
    found = material.uptake
    if found is None or material.study.mandatory:
        return None
    again = uptake(
        material.model_of("uptake"),
        found.scenarios,
        opt_out=found.opt_out is not None,
        mode=found.mode,
        people=own,
        level=found.level,
        draws=len(found.sampled),
        seed=found.seed,
    )
    national, item = reform_difference(material), None
    if national is not None:
        item = next(d for d in again.differences() if d.scenario == national.scenario)
    return None if item is None else as_estimate(item)


def _welfare(material: Material, own: ChoiceData) -> dict[str, Estimate]:
    found = welfare_of(material)
    if found is None:
        return {}
    again = welfare_change(
        material.model_of("welfare"),
        found.before,
        found.after,
        pay_in=found.payment.attribute,
        people=own,
        level=found.level,
        draws=max(100, found.draws),
        seed=found.seed,
    )
    return (
        {"winners": again.gain_share, "worth": again.median}
        if tells_losers(found)
        else {"worth": again.median}
    )
