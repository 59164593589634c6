"""Attribute importance: how much of what moves choices each attribute holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ccegov_choice._table import Table
from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.results import Results, draw_coefficients
from ccegov_choice.study.contrast import Standpoint, Vector
from ccegov_choice.tradeoff.phrases import lower_first

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.study.attribute import Attribute

_RANGES = (
    "Importance depends on the levels that were shown: a wider range of an attribute makes it "
    "count for more."
)
_UPWARD = (
    "A range cannot be below zero, so an attribute without any effect still shows a small share."
)


@dataclass(frozen=True)
class AttributeImportance:
    """The importance of one attribute.

    Parameters
    ----------
    attribute, label : str
        Its id and its label.
    share : float
        Its share of the sum of ranges, 0 to 1.
    conf_low, conf_high : float
        Limits of the share.
    span : float
        Range of utility from its worst to its best shown level.
    worst, best : str
        Ids of those levels.
    """

    attribute: str
    label: str
    share: float
    conf_low: float
    conf_high: float
    span: float
    worst: str
    best: str


@dataclass(frozen=True)
class Importance:
    """Importance of every attribute, largest first.

    Parameters
    ----------
    items : tuple of AttributeImportance
        One for each attribute in the utility.
    level : float
        Confidence level.
    draws, seed : int
        Of the draws that the intervals come from.
    notes : tuple of str
        What a reader must know besides.
    """

    items: tuple[AttributeImportance, ...]
    level: float
    draws: int
    seed: int
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each attribute; shares from 0 to 1."""
        import pandas as pd

        return pd.DataFrame([vars(item) for item in self.items])

    def table(self) -> Table:
        """Return shares in per cent."""
        percent = f"{100 * self.level:g} %"
        rows = tuple(
            (
                item.label,
                100 * item.share,
                100 * item.conf_low,
                100 * item.conf_high,
                item.worst,
                item.best,
            )
            for item in self.items
        )
        columns = ("attribute", "share (%)", f"{percent} low", f"{percent} high", "worst", "best")
        formats = dict.fromkeys(columns[1:4], ".1f")
        return Table("What matters most", columns, rows, self.notes, formats)

    def sentence(self) -> str:
        """Say what matters most."""
        first = self.items[0]
        return (
            f"Of 100 points of what moved people's choices, {lower_first(first.label)} holds "
            f"{100 * first.share:.0f} ({100 * self.level:g}% interval {100 * first.conf_low:.0f} "
            f"to {100 * first.conf_high:.0f})."
        )

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def importance(
    results: Results,
    *,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 1,
    at: Mapping[str, Any] | None = None,
    data: ChoiceData | None = None,
    language: str | None = None,
) -> Importance:
    """Return each attribute's share of what moves choices.

    The range of its utility over the levels that may be shown, as a share of the sum of all
    ranges; intervals by draws of the coefficients.

    Parameters
    ----------
    results : Results
        A fitted model.
    level : float
        Confidence level.
    draws, seed : int
        Number of draws and their seed.
    at : mapping, optional
        Covariates of a person, the ``"alternative"``, or levels of attributes that interact;
        others are held at their base level, which the notes say.
    data : ChoiceData, optional
        For the average over people, where tastes depend on covariates.
    language : str, optional
        Of the labels.

    Returns
    -------
    Importance

    Raises
    ------
    TradeOffError
        If tastes depend on covariates and neither `at` nor `data` says whose, or differ between
        alternatives and none is named.

    Notes
    -----
    The share depends on the levels chosen: it compares ranges, not attributes as such.
    """
    if not 0 < level < 1:
        raise TradeOffError(
            f"a confidence level lies between 0 and 1, not at {level:g}",
            where="level",
            cure="Give 0.95 for 95 %.",
        )
    stand = Standpoint(results.utility, dict(at or {}), data)
    read = [a for a in results.study.attributes if a.id in results.utility.reads]
    attributes = [a for a in read if stand.has(a)]
    if not attributes:
        raise TradeOffError(
            "the utility contains no attribute",
            where=f"utility '{results.utility.formula}'",
            cure="Put attributes into it.",
        )
    rows = [stand.part_worths(attribute) for attribute in attributes]
    sampled = draw_coefficients(results, draws, seed)
    spans = np.column_stack([np.ptp(sampled @ part.T, axis=1) for part in rows])
    worth = [part @ results.utility_estimates for part in rows]
    total = float(sum(np.ptp(values) for values in worth))
    if total == 0.0:
        raise TradeOffError(
            "every level of every attribute is worth the same, so nothing matters most",
            where=results.model.title,
            cure="Estimate the coefficients instead of fixing them at zero.",
        )
    shares = spans / spans.sum(axis=1, keepdims=True)
    low, high = np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    items = [
        _item(attribute, values, total, float(low[j]), float(high[j]), language)
        for j, (attribute, values) in enumerate(zip(attributes, worth, strict=True))
    ]
    items.sort(key=lambda item: -item.share)
    notes = [
        _RANGES,
        _UPWARD,
        *stand.missing(),
        *(note for a in attributes for note in stand.notes(a)),
    ]
    return Importance(tuple(items), level, draws, seed, tuple(dict.fromkeys(notes)))


def _item(
    attribute: Attribute,
    worth: Vector,
    total: float,
    low: float,
    high: float,
    language: str | None,
) -> AttributeImportance:
    ids = [level.id for level in attribute.shown_levels]
    span = float(np.ptp(worth))
    return AttributeImportance(
        attribute.id,
        attribute.text(language),
        span / total,
        low,
        high,
        span,
        ids[int(worth.argmin())],
        ids[int(worth.argmax())],
    )
