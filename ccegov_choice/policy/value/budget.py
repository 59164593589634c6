"""Which projects to pay for: the most value under a budget, with rules on what goes together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Table
from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.policy.value.showing import amount, number_format, page
from ccegov_choice.policy.value.zero_one import ENUMERATED, Limits, best_subset

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
GroupLimits = Mapping[str, tuple[int, int | None]]


@dataclass(frozen=True)
class Project:
    """Something that a budget may pay for.

    Parameters
    ----------
    id : str
        Short name.
    value : float
        What it is worth, in the unit of all projects.
    cost : float
        What it takes from the budget, zero or more.
    label : str
        Words for tables and sentences; the id where there are none.
    group : str
        A district, theme or group of people, for rules on how many of each.
    requires, excludes : tuple of str
        Ids of projects without which, and with which, it cannot be done.
    """

    id: str
    value: float
    cost: float
    label: str = ""
    group: str = ""
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "requires", tuple(self.requires))
        object.__setattr__(self, "excludes", tuple(self.excludes))

    def text(self) -> str:
        """Return the label, or the id."""
        return self.label or self.id


@dataclass(frozen=True)
class BudgetPortfolio:
    """The projects of greatest total value that the budget and the rules allow.

    Parameters
    ----------
    projects : tuple of Project
        What could be paid for.
    budget : float
        What there is.
    chosen : tuple of str
        Ids of those to pay for.
    unit, cost_unit : str
        Of values and of costs.
    """

    projects: tuple[Project, ...]
    budget: float
    chosen: tuple[str, ...]
    unit: str
    cost_unit: str

    @property
    def paid(self) -> tuple[Project, ...]:
        """The projects to pay for."""
        return tuple(p for p in self.projects if p.id in self.chosen)

    @property
    def value(self) -> float:
        """What they are worth together."""
        return sum(p.value for p in self.paid)

    @property
    def cost(self) -> float:
        """What they cost together."""
        return sum(p.cost for p in self.paid)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides."""
        many = len(self.projects) > ENUMERATED
        how = "branch and bound without a gap" if many else "all portfolios were looked at"
        return (
            f"The best portfolio exactly: {how}.",
            "Values are added up: it is not known here whether one project makes another worth "
            "more or less.",
        )

    def table(self) -> Table:
        """Return every project, and the totals of those that are paid for."""
        columns = ("project", "paid for", f"value ({self.unit})", f"cost ({self.cost_unit})")
        rows = [
            (p.text(), "yes" if p.id in self.chosen else "no", p.value, p.cost)
            for p in self.projects
        ]
        rows.append(("all that are paid for", f"{len(self.chosen)}", self.value, self.cost))
        formats = {columns[j]: number_format(float(row[j]) for row in rows) for j in (2, 3)}
        return Table("Projects under the budget", columns, tuple(rows), self.notes, formats)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per project, with ``chosen``."""
        import pandas as pd

        rows = [
            {
                "project": p.id,
                "group": p.group,
                "value": p.value,
                "cost": p.cost,
                "chosen": p.id in self.chosen,
            }
            for p in self.projects
        ]
        return pd.DataFrame(rows)

    def sentence(self) -> str:
        """Say what to pay for, in plain English."""
        if not self.chosen:
            return "No project is worth paying for under these rules."
        names = ", ".join(f"'{p.text()}'" for p in self.paid)
        return (
            f"Pay for {names}: together worth {amount(self.value, self.unit)}, for "
            f"{amount(self.cost)} of {amount(self.budget, self.cost_unit)}."
        )

    def _repr_html_(self) -> str:
        return page([self.table()])

    def __repr__(self) -> str:
        return self.table().to_text()


def budget_portfolio(
    projects: Sequence[Project],
    *,
    budget: float,
    groups: GroupLimits | None = None,
    unit: str = "units of worth",
    cost_unit: str = "units of the budget",
) -> BudgetPortfolio:
    """Find the projects of greatest total value under a budget.

    Parameters
    ----------
    projects : sequence of Project
        What could be paid for.
    budget : float
        Most that all may cost.
    groups : mapping of str to (least, most), optional
        How many projects of a group must and may be paid for; None for no upper limit.
    unit, cost_unit : str
        Of values and of costs; a currency only where it is declared.

    Returns
    -------
    BudgetPortfolio
        Exact: all subsets up to 20 projects (of equal value the cheapest), HiGHS above.

    Raises
    ------
    PolicyError
        Listing names that are unknown or used twice and numbers that make no sense; or if no
        portfolio keeps the rules.
    """
    found = tuple(projects)
    rules = dict(groups or {})
    problems = _problems(found, budget, rules)
    if problems:
        raise PolicyError.of(problems, "The projects have {count} problems:")
    values = np.array([p.value for p in found])
    costs = np.array([p.cost for p in found])
    taken = best_subset(values, _limits(found, budget, rules), costs)
    if taken is None:
        raise PolicyError(
            "no portfolio keeps all rules within the budget",
            where="groups",
            cure="Ask for fewer projects of a group, or raise the budget.",
        )
    chosen = tuple(p.id for p, paid in zip(found, taken, strict=True) if paid)
    return BudgetPortfolio(found, budget, chosen, unit, cost_unit)


def _limits(projects: Sequence[Project], budget: float, groups: GroupLimits) -> Limits:
    place = {p.id: i for i, p in enumerate(projects)}
    rows, low, high = [np.array([p.cost for p in projects])], [-np.inf], [budget]

    def rule(marks: Mapping[int, float], least: float, most: float) -> None:
        row = np.zeros(len(projects))
        for i, mark in marks.items():
            row[i] = mark
        rows.append(row)
        low.append(least)
        high.append(most)

    for i, project in enumerate(projects):
        for other in project.requires:
            rule({i: 1.0, place[other]: -1.0}, -np.inf, 0.0)
        for other in project.excludes:
            rule({i: 1.0, place[other]: 1.0}, -np.inf, 1.0)
    for name, (least, most) in groups.items():
        members = {i: 1.0 for i, p in enumerate(projects) if p.group == name}
        rule(members, least, np.inf if most is None else most)
    return Limits(np.array(rows), np.array(low), np.array(high))


def _problems(projects: Sequence[Project], budget: float, groups: GroupLimits) -> list[Problem]:
    if not projects:
        return [Problem("there is no project", "Give at least one.", "projects")]
    names = [p.id for p in projects]
    problems = [
        Problem(f"two projects are called '{name}'", "Rename one of them.", "projects")
        for name in dict.fromkeys(n for n in names if names.count(n) > 1)
    ]
    if not budget >= 0:
        problems.append(Problem(f"a budget of {budget}", "Give zero or more.", "budget"))
    for p in projects:
        if not math.isfinite(p.value):
            problems.append(Problem(f"a value of {p.value}", "Give a number.", p.id))
        if not (math.isfinite(p.cost) and p.cost >= 0):
            problems.append(Problem(f"a cost of {p.cost}", "Give zero or more.", p.id))
        problems += [
            unknown_name(other, names, "project", where=p.id)
            for other in (*p.requires, *p.excludes)
            if other not in names
        ]
        if p.id in (*p.requires, *p.excludes):
            problems.append(Problem("it names itself", "Name other projects.", p.id))
    known = dict.fromkeys(p.group for p in projects)
    problems += [unknown_name(g, known, "group", where="groups") for g in groups if g not in known]
    problems += [
        Problem(f"at least {least} and at most {most}", "Give 0 <= least <= most.", name)
        for name, (least, most) in groups.items()
        if least < 0 or (most is not None and most < least)
    ]
    return problems
