"""The answer: the importance of each attribute, in numbers, words and a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, Row, nice_axis
from ccegov_choice._drawing.make import make_chart
from ccegov_choice._table import Table, format_number
from ccegov_choice.study.payment import lower_first
from ccegov_choice.tradeoff.importance_kinds import Kind

if TYPE_CHECKING:
    import pandas as pd

RANGES = (
    "Importance depends on the levels that were shown: a wider range of an attribute makes it "
    "count for more."
)
_WHAT = {
    "range": "range of utility from the worst to the best level",
    "variance": "variance of utility between services",
    "elasticity": "mean change of a choice between two services when one of them changes in this "
    "attribute alone",
}


@dataclass(frozen=True)
class AttributeImportance:
    """The importance of one attribute.

    Parameters
    ----------
    attribute, label : str
        Its id and its label.
    share : float
        Its share of the whole, 0 to 1; on average over people where tastes differ.
    conf_low, conf_high : float
        Limits of the share.
    span : float
        Range of utility from its worst to its best level, of people on average.
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
    kind : {"range", "variance", "elasticity"}
        What is shared out.
    profiles : str
        Which services it is about.
    sample : str
        Whom it rests on.
    """

    items: tuple[AttributeImportance, ...]
    level: float
    draws: int
    seed: int
    notes: tuple[str, ...]
    kind: Kind = "range"
    profiles: str = "every level equally often"
    sample: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each attribute; shares from 0 to 1."""
        import pandas as pd

        frame = pd.DataFrame([vars(item) for item in self.items])
        return frame.assign(kind=self.kind, profiles=self.profiles)

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
        own = f"Share of the {_WHAT[self.kind]}; {self.profiles}."
        return Table("What matters most", columns, rows, (own, *self.notes), formats)

    def sentence(self) -> str:
        """Say what matters most."""
        first = self.items[0]
        return (
            f"Of 100 points of what moved people's choices, {lower_first(first.label)} holds "
            f"{100 * first.share:.0f} ({100 * self.level:g}% interval {100 * first.conf_low:.0f} "
            f"to {100 * first.conf_high:.0f})."
        )

    def chart(self) -> Chart:
        """Chart the shares as bars, largest first."""
        rows = [_bar(item) for item in self.items]
        axis = nice_axis(rows, "points of 100", at_least=(0.0, 10.0), limits=(0.0, 100.0))
        return make_chart(
            f"importance-{self.kind}",
            "bars",
            self.sentence(),
            f"Share of the {_WHAT[self.kind]}; {self.profiles}",
            rows,
            axis,
            note=f"Lines are {100 * self.level:g}% intervals. {RANGES}",
            sample=self.sample or "Everybody who answered.",
            first="attribute",
            formats=".1f",
        )

    plot = chart

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def _bar(item: AttributeImportance) -> Row:
    share, low, high = (100 * value for value in (item.share, item.conf_low, item.conf_high))
    shown = [format_number(value, ".0f") for value in (share, low, high)]
    return Row(item.label, share, low, high, f"{shown[0]} ({shown[1]} to {shown[2]})")
