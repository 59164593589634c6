"""The further answers of a report that a brief tells of: the first of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ccegov_choice.policy.channels.shift import ChannelShift
from ccegov_choice.policy.redesign.decision import RedesignDecision
from ccegov_choice.policy.welfare.change import WelfareChange
from ccegov_choice.report.told import several
from ccegov_choice.tradeoff.group_trades import GroupTrades

if TYPE_CHECKING:
    from ccegov_choice.report.material import Material

_Kind = TypeVar("_Kind")


def _first(given: Any, kind: type[_Kind]) -> _Kind | None:
    return next((item for item in several(given) if isinstance(item, kind)), None)


def welfare_of(material: Material) -> WelfareChange | None:
    """Return who wins and who loses, if that was worked out."""
    return _first(material.welfare, WelfareChange)


def redesign_of(material: Material) -> RedesignDecision | None:
    """Return which plan is best, if plans were compared."""
    return _first(material.redesign, RedesignDecision)


def shift_of(material: Material) -> ChannelShift | None:
    """Return who moves where, if that was worked out."""
    return _first(material.shift, ChannelShift)


def group_trades_of(material: Material) -> GroupTrades | None:
    """Return the comparison of groups, if there is one."""
    return _first(material.group_trades, GroupTrades)
