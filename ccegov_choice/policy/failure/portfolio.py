"""Which pilots to run together: within the budget, a failure budget and a ceiling on harm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ccegov_choice._table import Table
from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.policy.failure.ledger import APART, FailureLedger, Pilot
from ccegov_choice.policy.value.showing import amount, number_format, page
from ccegov_choice.policy.value.zero_one import ENUMERATED, Limits, best_subset

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RiskLimits:
    """What a portfolio of pilots must stay within.

    Parameters
    ----------
    budget : float
        Most that all pilots together may cost the agency.
    harm_ceiling : float
        Most that citizens may lose **if every pilot fails**: a ceiling, not an expected value.
    failure_budget : float, optional
        Most that the agency may lose through failures, by their chances.
    """

    budget: float
    harm_ceiling: float
    failure_budget: float | None = None

    def broken(self, pilots: Sequence[Pilot], ledger: FailureLedger) -> list[Problem]:
        """Return which limits some pilots together break."""
        used = (
            ("agency cost", sum(p.agency_cost for p in pilots), self.budget, ledger.unit),
            ("harm to citizens", sum(p.harm for p in pilots), self.harm_ceiling, ledger.harm_unit),
            (
                "expected loss by failure",
                sum(p.expected_loss for p in pilots),
                self.failure_budget,
                ledger.unit,
            ),
        )
        where = ", ".join(p.id for p in pilots)
        return [
            Problem(
                f"{what} of {amount(total, unit)} is above the limit of {amount(limit)}",
                "Leave out a pilot, or make it smaller.",
                where,
            )
            for what, total, limit, unit in used
            if limit is not None and total > limit + 1e-9 * max(abs(limit), 1.0)
        ]


@dataclass(frozen=True)
class PilotPortfolio:
    """The pilots of greatest expected value that stay within all limits.

    Parameters
    ----------
    ledger : FailureLedger
        What could be piloted.
    limits : RiskLimits
        What had to be kept.
    chosen : tuple of str
        Ids of the pilots to run.
    without_ceiling : tuple of str
        What would be run if citizens' harm did not count.
    """

    ledger: FailureLedger
    limits: RiskLimits
    chosen: tuple[str, ...]
    without_ceiling: tuple[str, ...]

    @property
    def pilots(self) -> tuple[Pilot, ...]:
        """The pilots to run."""
        return tuple(pilot for pilot in self.ledger.pilots if pilot.id in self.chosen)

    @property
    def value(self) -> float:
        """Expected value of all chosen, citizens' harm apart."""
        return sum(pilot.expected_value for pilot in self.pilots)

    @property
    def cost(self) -> float:
        """What they cost the agency."""
        return sum(pilot.agency_cost for pilot in self.pilots)

    @property
    def worst_harm(self) -> float:
        """What citizens lose if all chosen fail."""
        return sum(pilot.harm for pilot in self.pilots)

    @property
    def expected_harm(self) -> float:
        """What citizens lose by the chances of failure."""
        return sum(pilot.expected_harm for pilot in self.pilots)

    @property
    def expected_loss(self) -> float:
        """What the agency loses by the chances of failure."""
        return sum(pilot.expected_loss for pilot in self.pilots)

    @property
    def price_of_ceiling(self) -> float:
        """Expected value given up so that citizens' harm stays under its ceiling."""
        free = [p for p in self.ledger.pilots if p.id in self.without_ceiling]
        return sum(p.expected_value for p in free) - self.value

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides."""
        many = len(self.ledger.pilots) > ENUMERATED
        how = "branch and bound without a gap" if many else "all portfolios were looked at"
        return (APART, f"The best portfolio exactly: {how}.")

    def table(self) -> Table:
        """Return every pilot and whether it is run, with the totals of those that are."""
        columns = (
            "pilot",
            "run",
            f"expected value ({self.ledger.unit})",
            "agency cost",
            "expected loss",
            f"harm if it fails ({self.ledger.harm_unit})",
        )
        rows = [
            (
                p.text(),
                "yes" if p.id in self.chosen else "no",
                p.expected_value,
                p.agency_cost,
                p.expected_loss,
                p.harm,
            )
            for p in self.ledger.pilots
        ]
        total = (self.value, self.cost, self.expected_loss, self.worst_harm)
        rows.append(("all that are run", f"{len(self.chosen)}", *total))
        formats = {
            columns[j]: number_format(float(row[j]) for row in rows) for j in range(2, len(columns))
        }
        return Table("Pilots to run", columns, tuple(rows), self.notes, formats)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pilot of the ledger, with ``chosen``."""
        frame = self.ledger.to_frame()
        return frame.assign(chosen=frame["pilot"].isin(self.chosen))

    def sentences(self) -> tuple[str, ...]:
        """Say what to run and what it risks, in plain English."""
        unit, harm = self.ledger.unit, self.ledger.harm_unit
        if not self.chosen:
            said = ["No pilot that keeps every limit is worth its cost."]
        else:
            names = ", ".join(f"'{p.text()}'" for p in self.pilots)
            said = [
                f"Run {names}: expected value {amount(self.value, unit)} for "
                f"{amount(self.cost, unit)}.",
                f"If all fail, the harm to citizens is {amount(self.worst_harm, harm)}, within "
                f"the ceiling of {amount(self.limits.harm_ceiling)}.",
            ]
        if self.price_of_ceiling > 1e-9 * max(abs(self.value), 1.0):
            free = [p for p in self.ledger.pilots if p.id in self.without_ceiling]
            said.append(
                f"Another portfolio has {amount(self.price_of_ceiling, unit)} more expected value, "
                f"but its harm to citizens could be {amount(sum(p.harm for p in free), harm)}, "
                "above the ceiling: it may not be run."
            )
        return tuple(said)

    def sentence(self) -> str:
        """Say what to run, in one paragraph."""
        return " ".join(self.sentences())

    def _repr_html_(self) -> str:
        return page([self.table()])

    def __repr__(self) -> str:
        return self.table().to_text()


def pilot_portfolio(
    ledger: FailureLedger,
    *,
    budget: float,
    harm_ceiling: float,
    failure_budget: float | None = None,
) -> PilotPortfolio:
    """Find the pilots of greatest expected value that stay within all limits.

    Parameters
    ----------
    ledger : FailureLedger
        What could be piloted.
    budget, harm_ceiling, failure_budget
        See `RiskLimits`. A ceiling must be given: there is no portfolio without one.

    Returns
    -------
    PilotPortfolio
        Exact: all subsets up to 20 pilots, HiGHS above.

    Raises
    ------
    PolicyError
        If a limit is not a number of zero or more.
    """
    limits = RiskLimits(budget, harm_ceiling, failure_budget)
    given = {"budget": budget, "harm_ceiling": harm_ceiling, "failure_budget": failure_budget}
    problems = [
        Problem(f"a limit of {value}", "Give zero or more.", name)
        for name, value in given.items()
        if value is not None and not value >= 0
    ]
    if problems:
        raise PolicyError.of(problems, "{count} limits make no sense:")
    return PilotPortfolio(
        ledger, limits, _best(ledger, limits), _best(ledger, limits, harm_counts=False)
    )


def check_portfolio(ledger: FailureLedger, chosen: Iterable[str], limits: RiskLimits) -> None:
    """Check a portfolio that somebody proposes, whatever it is worth.

    Raises
    ------
    PolicyError
        Listing unknown pilots, or every limit that it breaks.
    """
    names = list(chosen)
    problems = [unknown_name(n, ledger.ids, "pilot") for n in names if n not in ledger.ids]
    if not problems:
        problems = limits.broken([p for p in ledger.pilots if p.id in names], ledger)
    if problems:
        raise PolicyError.of(problems, "The portfolio breaks {count} limits:")


def _best(
    ledger: FailureLedger, limits: RiskLimits, *, harm_counts: bool = True
) -> tuple[str, ...]:
    pilots = ledger.pilots
    used = np.array(
        [
            [p.agency_cost for p in pilots],
            [p.harm for p in pilots],
            [p.expected_loss for p in pilots],
        ]
    )
    most = np.array(
        [
            limits.budget,
            limits.harm_ceiling if harm_counts else np.inf,
            np.inf if limits.failure_budget is None else limits.failure_budget,
        ]
    )
    values = np.array([p.expected_value for p in pilots])
    taken = best_subset(values, Limits(used, np.full(3, -np.inf), most), used[0])
    assert taken is not None  # running nothing keeps every limit
    return tuple(p.id for p, run in zip(pilots, taken, strict=True) if run)
