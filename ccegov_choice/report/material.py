"""Everything a report is made from, with the few words that all its sections share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ccegov_choice._files import sha256
from ccegov_choice.report.wording import between, count, say
from ccegov_choice.study.attribute import Attribute

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.design.design import Design
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.uptake import Uptake
    from ccegov_choice.study.study import Study
    from ccegov_choice.tradeoff.importance import Importance
    from ccegov_choice.tradeoff.ratio import TradeOff

LEVEL = 0.95
"""Confidence level of the intervals that the report makes itself."""

FEW_PEOPLE = 100
"""Below this number of people a report warns that all its numbers are rough."""


_FIELDS = {
    "choice": "redesign",
    "group": "group_trades",
    "withwithout": "quality",
    "scenarios": "uptake",
    "forecast": "uptake",
    "first": "importance",
}
"""Fields of a report whose charts have another name."""


@dataclass(frozen=True)
class Material:
    """What the sections of a report draw on.

    Parameters
    ----------
    study : Study
        What was asked.
    design : Design or None
        The tasks shown.
    data : ChoiceData
        What people chose.
    models : tuple of Results
        Fitted models; the report speaks of the first one.
    tradeoffs : tuple of TradeOff
        What people would give up for what, protected attributes left out.
    protected : tuple of Attribute
        Attributes that are not for trade.
    uptake : Uptake or None
        Shares by scenario.
    importance : Importance or None
        How much each attribute counts.
    groups : mapping of str to tuple of TradeOff
        Trade-offs of each group of people, by its name.
    simulated : bool
        True if no real person answered.
    notes : tuple of str
        What the authors add to the limits.
    distribution, group_trades, shift, welfare, equity, burden, redesign, failure, value, index
        Further answers, each one result, several, or None; see `Report`.
    flags, quality, weighting
        Flagged people, results with and without them, weights; see `Report`.
    model_of_answer : mapping of str to Results
        The model of an answer, where it is not the first.
    """

    study: Study
    design: Design | None
    data: ChoiceData
    models: tuple[Results, ...]
    tradeoffs: tuple[TradeOff, ...]
    uptake: Uptake | None
    importance: Importance | None
    groups: Mapping[str, tuple[TradeOff, ...]] = field(default_factory=dict)
    simulated: bool = False
    notes: tuple[str, ...] = ()
    distribution: Any = None
    group_trades: Any = None
    shift: Any = None
    welfare: Any = None
    equity: Any = None
    burden: Any = None
    redesign: Any = None
    failure: Any = None
    value: Any = None
    index: Any = None
    flags: Any = None
    quality: Any = None
    weighting: Any = None
    model_of_answer: Mapping[str, Results] = field(default_factory=dict)

    @property
    def results(self) -> Results:
        """The model that the report speaks of."""
        return self.models[0]

    def model_of(self, name: str) -> Results:
        """Return the model that an answer comes from: ``"welfare"``, ``"distribution-2"``."""
        first = name.partition("-")[0]
        return self.model_of_answer.get(_FIELDS.get(first, first), self.results)

    @property
    def protected(self) -> tuple[Attribute, ...]:
        """Attributes that are not for trade, and are never priced."""
        return tuple(a for a in self.study.attributes if a.tradeable == "no")

    @property
    def people(self) -> str:
        """``"600 people"``, or ``"600 simulated people"``."""
        return count(self.data.people, "simulated" if self.simulated else "people")

    @property
    def choices(self) -> str:
        """``"7,200 choices"``."""
        return count(self.data.tasks, "choices")

    @cached_property
    def data_sha256(self) -> str:
        """Fingerprint of the choices: SHA-256 of their rows as CSV."""
        return sha256(self.data.frame.to_csv(index=False, lineterminator="\n"))

    @property
    def sample(self) -> str:
        """What the numbers rest on, below each chart."""
        base = say("sample.base", choices=self.choices, people=self.people)
        return f"{base} {say('sample.weighted')}" if self.results.weighted else base

    @property
    def opt_out(self) -> str:
        """Label of the opt-out; empty where there is none."""
        return "" if self.study.opt_out is None else self.study.opt_out.text()

    def label(self, alternative: str) -> str:
        """Return the label of an alternative; unlabelled ones keep their id."""
        known = {a.id: a.text() for a in self.study.named_alternatives}
        return known.get(alternative, alternative)


def level_percent(level: float) -> str:
    """Write a confidence level for a sentence: ``"95"``."""
    return f"{100 * level:g}"


def range_note(level: float) -> str:
    """Say what the intervals of a chart mean."""
    return say("interval.note", level=level_percent(level))


def with_range(value: str, low: float | None, high: float | None, digits: int = 0) -> str:
    """Write a value with its interval beside it, or alone where there is none."""
    if low is None or high is None:
        return value
    return say("interval.row", value=value, range=between(low, high, digits))
