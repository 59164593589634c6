"""The simulator: one page on which anybody can ask "what if?", without us and without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccegov_choice._files import write_atomic
from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.policy.scenario import Scenario, as_scenarios, check_scenarios
from ccegov_choice.report.simulator.crowd import Crowd, gather_crowd
from ccegov_choice.report.simulator.page import render
from ccegov_choice.report.simulator.payload import Ingredients, offers_of, payload, place
from ccegov_choice.report.simulator.payment import unit_of
from ccegov_choice.report.simulator.tastes import FEWEST_DRAWS, Tastes, gather_tastes
from ccegov_choice.study.gain import payable
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results
    from ccegov_choice.policy.scenario import Scenarios

MOST_BYTES = 2_000_000
"""A page larger than this does not travel well by e-mail."""


@dataclass(frozen=True, eq=False, repr=False)
class Simulator:
    """A page that answers "what if?": shares, worth, winners and losers of any tested levels.

    It is a single HTML file that works from disk. Its script holds no formula of the model: rows
    of the utility and tastes of people are worked out here, so that the page only adds,
    multiplies and walks the tree of nests. Its numbers are those of `uptake` and
    `welfare_change` to nine digits.

    Parameters
    ----------
    results : Results
        A fitted model: logit, nested, mixed, latent class.
    scenarios : mapping of str to Profile, or sequence of Scenario
        What the page starts with: today first, then the reform; further ones can be filled in.
        Every level must have been tested.
    people : ChoiceData or DataFrame, optional
        Whom to average over. Needed where the model reads covariates.
    by : str, optional
        A column of people that tells groups apart. Groups of fewer than ten people are withheld.
    pay_in : str, optional
        Numeraire of worth; by default the first one that the study declares. An empty text
        gives no worth.
    at : mapping, optional
        Levels at which `pay_in` is valued, where its utility is a curve.
    draws, seed : int
        Draws of the coefficients for intervals, fewer where the page would grow too large.
    level : float
        Confidence level.
    title : str, optional
        Title of the page; that of the study by default.
    simulated : bool
        True if no real person answered.
    language : str, optional
        Of the page and of the study's words.

    Raises
    ------
    PolicyError
        If a scenario has a level that was not tested, too many attributes interact, people could
        be picked out, or nothing can be counted in `pay_in`.

    Examples
    --------
    ``Simulator(results, {"today": today, "reform": reform}, people=data).save("what-if.html")``
    """

    results: Results
    scenarios: Scenarios
    _: KW_ONLY
    people: ChoiceData | pd.DataFrame | None = None
    by: str | None = None
    pay_in: str | None = None
    at: Mapping[str, Any] = field(default_factory=dict)
    draws: int = 500
    seed: int = 1
    level: float = 0.95
    title: str | None = None
    simulated: bool = False
    language: str | None = None

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise PolicyError.of(problems, "The simulator cannot be made ({count} problems):")
        _ = self.ingredients

    def _problems(self) -> list[Problem]:
        found = self.started
        check_scenarios(found, self.results.utility, self.results.study)
        problems = [p for scenario in found for p in _scenario_problems(scenario)]
        problems += [
            Problem(
                f"'{name}' of scenario '{scenario.name}' is at a level that was not tested",
                f"Choose one of {', '.join(level.id for level in attribute.shown_levels)}.",
                f"scenario '{scenario.name}'",
            )
            for scenario in found
            for profile in scenario.offers
            for name in profile.levels
            for attribute in [self.results.study.attribute(name)]
            if place(attribute, profile) < 0
        ]
        if len(found) < 2:
            cure = "Give today and the reform: {'today': ..., 'reform': ...}."
            problems.append(Problem("there is only one scenario", cure, "scenarios"))
        if not 0 < self.level < 1:
            cure = "Give 0.95 for 95 %."
            problems.append(Problem(f"a level of {self.level:g} is none", cure, "level"))
        if self.draws < FEWEST_DRAWS:
            cure = f"Give {FEWEST_DRAWS} or more."
            problems.append(Problem(f"{self.draws} draws are too few", cure, "draws"))
        return problems

    @cached_property
    def started(self) -> tuple[Scenario, ...]:
        """The scenarios that the page starts with."""
        return as_scenarios(self.scenarios)

    @cached_property
    def crowd(self) -> Crowd:
        """The people, by pattern of covariates and group."""
        study = self.results.study
        out = [] if study.opt_out is None or study.mandatory else [Profile({}, study.opt_out.id)]
        return gather_crowd(self.results, self.people, self.by, out)

    @cached_property
    def tastes(self) -> Tastes:
        """Their tastes, at the estimates and at draws of the parameters."""
        return gather_tastes(self.crowd.population, self.draws, self.seed)

    @cached_property
    def ingredients(self) -> Ingredients:
        """What the page is made of."""
        study, utility = self.results.study, self.results.utility
        offers = offers_of(self.crowd.population)
        allowed = payable(utility, study)
        name = self.pay_in if self.pay_in is not None else next(iter(allowed), "")
        columns = self.tastes.estimate.coefficients.shape[-1]
        people = self.crowd.population
        unit = unit_of(people, name, self.at, columns, self.language) if name else None
        return Ingredients(
            self.results,
            self.started,
            self.crowd,
            self.tastes,
            offers,
            unit,
            self.level,
            self.language,
        )

    @cached_property
    def payload(self) -> dict[str, Any]:
        """What the script reads, as plain data."""
        return payload(self.ingredients)

    def to_html(self) -> str:
        """Return the whole page.

        Raises
        ------
        PolicyError
            If it would be larger than 2 MB.
        """
        title = self.title or self.results.study.text(self.language)
        text = render(self.ingredients, self.payload, title, simulated=self.simulated)
        size = len(text.encode())
        if size > MOST_BYTES:
            raise PolicyError(
                f"the page has {size / 1e6:.1f} MB, more than {MOST_BYTES / 1e6:g}",
                where="Simulator",
                cure=f"Tell fewer groups apart, or give draws={self.draws // 2}.",
            )
        return text

    def save(self, path: str | Path) -> Path:
        """Write the page to a file, whole or not at all; return its path."""
        return write_atomic(path, self.to_html())

    def __repr__(self) -> str:
        names = ", ".join(scenario.text() for scenario in self.started)
        mark = ", SIMULATED" if self.simulated else ""
        size = len(self.to_html().encode()) / 1000
        return f"<Simulator of '{self.results.study.text()}': {names}; {size:,.0f} kB{mark}>"

    def _repr_html_(self) -> str:
        """Show the page in a frame that may run its own script and nothing else."""
        name = escape(repr(self)[1:-1], quote=True)
        return (
            f'<iframe title="{name}" srcdoc="{escape(self.to_html(), quote=True)}" '
            'style="width:100%;height:48rem;border:1px solid #d5dde3" '
            'sandbox="allow-scripts"></iframe>'
        )


def _scenario_problems(scenario: Scenario) -> Sequence[Problem]:
    where = f"scenario '{scenario.name}'"
    found = []
    if scenario.available or scenario.obliged:
        found.append(
            Problem(
                "it is not open to everybody alike",
                "Leave out available= and obliged=: the page lets everybody choose. Use "
                "channel_shift or welfare_change for it.",
                where,
            )
        )
    nameless = [p for p in scenario.offers if p.alternative is None]
    if len(nameless) > 1:
        cure = "Offer one service; several side by side need names (alternatives)."
        found.append(Problem("it offers several services without names", cure, where))
    return found
