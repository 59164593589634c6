"""What to do: the best package, how sure that is, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Table
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.settings import Judgement
from ccegov_choice.study.payment import Payment
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Package:
    """Levers that are pulled together.

    Parameters
    ----------
    levers : tuple of str
        Their ids; empty for today's service.
    profile : Profile
        The service of people whom all of these levers reach.
    cost, capacity, months : float
        What it takes, and when the last lever works.
    welfare : Estimate
        What people gain against today's service: the mean per person, in units of payment.
    value : Estimate
        The objective, in units of payment.
    groups : tuple of (str, Estimate)
        What each group gains per person.
    best_probability : float
        Share of draws of the parameters at which it is the best package.
    regret : Estimate
        What choosing it costs, in the objective, against the best package of each draw: mean and
        central interval.
    worst_regret : float
        The most it costs at any draw.
    """

    levers: tuple[str, ...]
    profile: Profile
    cost: float
    capacity: float
    months: float
    welfare: Estimate
    value: Estimate
    groups: tuple[tuple[str, Estimate], ...]
    best_probability: float
    regret: Estimate
    worst_regret: float

    def text(self, redesign: Redesign | None = None) -> str:
        """Name the levers; by their labels where the redesign is given."""
        if not self.levers:
            return "today's service"
        names = self.levers if redesign is None else [redesign.lever(n).text() for n in self.levers]
        return " + ".join(names)


@dataclass(frozen=True)
class ValueJudgement:
    """The package that a rule would choose.

    Parameters
    ----------
    rule : str
        Name of the rule.
    words : str
        The rule in words.
    package : Package
        What it chooses, by the estimates.
    """

    rule: str
    words: str
    package: Package


@dataclass(frozen=True)
class SwitchingValue:
    """A value of a parameter at which the best package changes.

    Parameters
    ----------
    parameter : str
        What changes.
    value : float
        Where the best package changes.
    unit : str
        Unit of the value.
    before, after : tuple of str
        Levers of the best package just below and just above it.
    """

    parameter: str
    value: float
    unit: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RedesignDecision:
    """The best package of levers, and how far that can be relied on.

    Parameters
    ----------
    redesign : Redesign
        The levers and limits that were searched.
    judgement : Judgement
        The objective and the conditions on groups.
    best : Package
        The best package by the estimates.
    ranking : tuple of Package
        The best packages by the estimates, and every package that is best at some draw, the best
        first; their probabilities of being best sum to one.
    least_regret : Package
        The package whose worst regret is least.
    pareto : tuple of Package
        Packages that no other beats in mean gain, cost, time and the worst-off group.
    judgements : tuple of ValueJudgement
        What each rule would choose.
    switching : tuple of SwitchingValue
        What would change the best package.
    payment : Payment
        The unit of gains.
    by : str or None
        What made the groups.
    exact : bool
        True if the best package by the estimates is proved to be the best.
    exhaustive : bool
        True if every package within the limits was valued.
    evaluated : int
        How many packages were valued.
    people : int
        People whose gains were averaged; 0 where they do not matter.
    level, seed, draws : float, int, int
        Confidence level; seed and number of draws.
    notes : tuple of str
        What a reader must know.
    """

    redesign: Redesign
    judgement: Judgement
    best: Package
    ranking: tuple[Package, ...]
    least_regret: Package
    pareto: tuple[Package, ...]
    judgements: tuple[ValueJudgement, ...]
    switching: tuple[SwitchingValue, ...]
    payment: Payment
    by: str | None
    exact: bool
    exhaustive: bool
    evaluated: int
    people: int
    level: float
    seed: int
    draws: int
    notes: tuple[str, ...]

    @property
    def value_judgements(self) -> tuple[tuple[str, Package], ...]:
        """Pairs of rule and package."""
        return tuple((item.rule, item.package) for item in self.judgements)

    def package(self, *levers: str) -> Package:
        """Return the package of these levers, if it is among those that were kept.

        Raises
        ------
        PolicyError
            If it is not; `search_redesign` keeps those that matter.
        """
        from ccegov_choice.policy.redesign.showing import find_package

        return find_package(self, levers)

    # -- showing ----------------------------------------------------------------------------

    def table(self) -> Table:
        """Return the best packages."""
        from ccegov_choice.policy.redesign.showing import ranking_table

        return ranking_table(self)

    def pareto_table(self) -> Table:
        """Return the packages that no other beats."""
        from ccegov_choice.policy.redesign.showing import pareto_table

        return pareto_table(self)

    def judgement_table(self) -> Table:
        """Return what each judgement of value would choose."""
        from ccegov_choice.policy.redesign.showing import judgement_table

        return judgement_table(self)

    def switching_table(self) -> Table:
        """Return what would change the best package."""
        from ccegov_choice.policy.redesign.showing import switching_table

        return switching_table(self)

    def tables(self) -> tuple[Table, ...]:
        """Return all tables."""
        found = (self.table(), self.judgement_table(), self.switching_table(), self.pareto_table())
        return tuple(table for table in found if table.rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per package kept, with full precision."""
        from ccegov_choice.policy.redesign.showing import package_frame

        return package_frame(self)

    def sentences(self) -> tuple[str, ...]:
        """Say what to do, how sure that is, who loses, and what would change it."""
        from ccegov_choice.policy.redesign.sentences import decision_sentences

        return decision_sentences(self)

    def sentence(self) -> str:
        """Say what to do."""
        return self.sentences()[0]

    def chart(self) -> Chart:
        """Draw how likely each package is to be the best."""
        from ccegov_choice.policy.redesign.pictures import best_chart

        return best_chart(self)

    plot = chart

    def pareto_chart(self) -> Chart:
        """Draw what the packages gain that no other beats, by what they cost."""
        from ccegov_choice.policy.redesign.pictures import pareto_chart

        return pareto_chart(self)

    def _repr_html_(self) -> str:
        return "".join(table.to_html() for table in self.tables()) + self.chart()._repr_html_()

    def __repr__(self) -> str:
        return "\n\n".join(table.to_text() for table in self.tables())
