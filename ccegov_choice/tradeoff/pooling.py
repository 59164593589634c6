"""Do groups of people share their tastes? The two-step test of Swait and Louviere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent, Cell, Table, format_number
from ccegov_choice.tradeoff.interval import normal_quantile
from ccegov_choice.tradeoff.scale_of_groups import with_scale, without_scale

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results

NO_CLEAN_READING = "has no clean reading: tastes differ"


@dataclass(frozen=True)
class LikelihoodRatio:
    """A likelihood-ratio test.

    Parameters
    ----------
    statistic : float
        Twice the gain in log-likelihood.
    degrees : int
        Degrees of freedom.
    p : float
        Chance of at least so large a statistic where the restriction holds.
    """

    statistic: float
    degrees: int
    p: float

    @classmethod
    def of(cls, restricted: float, free: float, degrees: int) -> LikelihoodRatio:
        """Test one log-likelihood against another with so many more parameters."""
        statistic = max(2 * (free - restricted), 0.0)
        return cls(statistic, degrees, float(special.chdtrc(degrees, statistic)))


@dataclass(frozen=True)
class PoolingTest:
    """Whether groups share tastes, and if they do, whether some choose more at random.

    Parameters
    ----------
    by : str
        The column that parts people.
    groups : tuple of G str
        Names of the groups; scales are relative to the first.
    tastes : LikelihoodRatio
        Step 1: the same tastes in all groups, each with a scale of its own, against tastes of
        their own; ``(G - 1)(K - 1)`` degrees of freedom for ``K`` coefficients.
    scale : LikelihoodRatio or Absent
        Step 2, only where step 1 does not reject: one scale for all, ``G - 1`` degrees.
    ratios : tuple of (str, Estimate or Absent)
        Scale of each group but the first, relative to it; absent where tastes differ, for what
        looks like noise may then be taste.
    level : float
        One less the significance of the two steps, and the level of the intervals.
    notes : tuple of str
        What a reader must know besides.
    labels : mapping of str to str
        Names of groups in the study's words, for sentences.

    References
    ----------
    Swait & Louviere (1993), Journal of Marketing Research 30, 305-314.
    """

    by: str
    groups: tuple[str, ...]
    tastes: LikelihoodRatio
    scale: LikelihoodRatio | Absent
    ratios: tuple[tuple[str, Estimate | Absent], ...]
    level: float = 0.95
    notes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, group: str) -> str:
        """Return the name of a group in the study's words."""
        return self.labels.get(group, group)

    @property
    def tastes_differ(self) -> bool:
        """Whether step 1 rejects that tastes are the same."""
        return self.tastes.p < 1 - self.level

    def table(self) -> Table:
        """Return both steps and the relative scales."""
        gone = Absent(NO_CLEAN_READING)
        step: tuple[Cell, ...] = (gone, gone, gone)
        if isinstance(self.scale, LikelihoodRatio):
            step = (self.scale.statistic, self.scale.degrees, self.scale.p)
        first = (self.tastes.statistic, self.tastes.degrees, self.tastes.p)
        rows: list[tuple[Cell, ...]] = [
            ("1 same tastes, scale free", *first, None, None, None),
            ("2 same scale too", *step, None, None, None),
        ]
        for name, ratio in self.ratios:
            ends: tuple[Cell, ...] = (None, None, None)
            if isinstance(ratio, Estimate):
                ends = (ratio.value, ratio.low, ratio.high)
            else:
                ends = (ratio, None, None)
            rows.append(
                (
                    f"scale of {self.label(name)} to {self.label(self.groups[0])}",
                    None,
                    None,
                    None,
                    *ends,
                )
            )
        columns = ("held true", "statistic", "df", "p-value", "scale", "low", "high")
        formats = {"statistic": ".2f", "df": "d", "p-value": ".4g"}
        formats |= dict.fromkeys(columns[4:], ".3f")
        title = f"Same tastes in groups by {self.by}? (Swait and Louviere)"
        return Table(title, columns, tuple(rows), self.notes, formats)

    def sentences(self) -> tuple[str, ...]:
        """Say what the test tells."""
        return tuple(_sentences(self))

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def __repr__(self) -> str:
        return self.table().to_text()


def _sentences(test: PoolingTest) -> list[str]:
    found, quoted = test.tastes, [f"'{test.label(name)}'" for name in test.groups]
    listed = f"{', '.join(quoted[:-1])} and {quoted[-1]}"
    base = test.label(test.groups[0])
    aside = f"p {p_words(found.p)}, likelihood ratio {found.statistic:.1f} on {found.degrees} df"
    if test.tastes_differ:
        return [
            f"What people want differs between {listed} ({aside}). Whether one group also chooses "
            "more at random cannot be told apart from that."
        ]
    said = [f"This study cannot tell the tastes of {listed} apart ({aside})."]
    for name, ratio in test.ratios:
        if not isinstance(ratio, Estimate) or ratio.low is None or ratio.high is None:
            continue
        limits = f"{100 * test.level:g}% interval {ratio.low:.2f} to {ratio.high:.2f}"
        told = "more" if ratio.high < 1 else "less" if ratio.low > 1 else ""
        if told:
            said.append(
                f"The choices of '{test.label(name)}' are {told} random than those of '{base}' "
                f"(relative scale {ratio.value:.2f}, {limits})."
            )
        else:
            said.append(
                f"It cannot tell either whether '{test.label(name)}' choose more at random than "
                f"'{base}' (relative scale {ratio.value:.2f}, {limits})."
            )
    return said


def p_words(p: float) -> str:
    """Write a p-value: ``"= 0.023"``, ``"< 0.001"``."""
    return "< 0.001" if p < 0.001 else f"= {format_number(p, '.3f')}"


def pooling_test(
    alone: Mapping[str, Results], data: ChoiceData, by: str, *, level: float = 0.95
) -> PoolingTest | Absent:
    """Test whether groups share tastes.

    Parameters
    ----------
    alone : mapping of str to Results
        Results of each group by itself, of one specification; the first group is the base.
    data : ChoiceData
        The people of these groups, and nobody else.
    by : str
        The column that parts them.
    level : float
        One less the significance, and the level of the intervals.

    Returns
    -------
    PoolingTest or Absent
        Absent, with the reason, where the family has no relative scale.
    """
    model = next(iter(alone.values())).model
    scaled_model = with_scale(model, by)
    if isinstance(scaled_model, Absent):
        return scaled_model
    equal = without_scale(model, by).fit(data)
    scaled = scaled_model.fit(data, start=dict(zip(equal.names, equal.estimates, strict=True)))
    separate = sum(item.log_likelihood for item in alone.values())
    degrees = sum(item.parameters for item in alone.values()) - scaled.parameters
    tastes = LikelihoodRatio.of(scaled.log_likelihood, separate, degrees)
    names = tuple(alone)
    differ = tastes.p < 1 - level
    step_2: LikelihoodRatio | Absent = Absent(NO_CLEAN_READING)
    ratios: list[tuple[str, Estimate | Absent]] = [(n, Absent(NO_CLEAN_READING)) for n in names]
    if not differ:
        extra = scaled.parameters - equal.parameters
        step_2 = LikelihoodRatio.of(equal.log_likelihood, scaled.log_likelihood, extra)
        found = scaled.names[-extra:] if extra else ()
        ratios = [(n, _ratio(scaled, found, n, by, level)) for n in names]
    first = _base(scaled, names, by)
    order = (first, *(n for n in names if n != first))
    kept = tuple(pair for pair in ratios if pair[0] != first)
    return PoolingTest(by, order, tastes, step_2, kept, level, _notes(scaled))


def _scale_name(results: Results, group: str, by: str) -> str | None:
    written = (f"scale[{group}]", f"log_scale[{by}: {group}]", f"log_scale|{by}[{group}]")
    return next((name for name in written if name in results.names), None)


def _base(results: Results, groups: tuple[str, ...], by: str) -> str:
    return next((g for g in groups if _scale_name(results, g, by) is None), groups[0])


def _ratio(
    results: Results, found: tuple[str, ...], group: str, by: str, level: float
) -> Estimate | Absent:
    name = _scale_name(results, group, by)
    if name is None:
        return Absent("everybody else is measured by this group")
    value, error = results.coefficient(name), results.std_error(name)
    if isinstance(error, Absent):
        return Absent(error.reason)
    logarithm = name.startswith("log_scale")
    # symmetric on the scale of logarithms: a scale is above zero
    half = normal_quantile(level) * (error if logarithm else error / value)
    ends = np.exp([-half, half])
    ratio = float(np.exp(value)) if logarithm else value
    return Estimate(ratio, float(ratio * ends[0]), float(ratio * ends[1]))


def _notes(results: Results) -> tuple[str, ...]:
    notes = []
    if results.weighted:
        notes.append("The log-likelihoods are weighted, so the test is only a guide.")
    same = getattr(results.model, "common_tastes", True)
    if same and results.tasks > results.people:
        notes.append(
            "The test takes the answers of one person as independent; where tastes differ within "
            "groups it calls tastes different too easily."
        )
    return tuple(notes)
