"""The failure ledger: what each pilot may cost the agency, and, apart from it, citizens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ccegov_choice._drawing.chart import Chart, nice_axis
from ccegov_choice._drawing.make import estimate_row, make_chart
from ccegov_choice._table import Absent, Table
from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.policy.failure.chance import Chance
from ccegov_choice.policy.value.showing import amount, in_100, number_format, page

if TYPE_CHECKING:
    import pandas as pd

APART = (
    "Citizens' harm is never added to the agency's cost: an agency can spread its losses over "
    "many projects, a person who was harmed cannot."
)


@dataclass(frozen=True)
class Pilot:
    """Something new that may fail.

    Parameters
    ----------
    id : str
        Short name.
    chance : Chance
        Of success.
    benefit : float
        Worth of a success, in the ledger's unit.
    agency_cost : float
        What the agency spends, whatever comes of it; in the ledger's unit.
    exit_cost : float
        What the agency spends besides to undo a failure.
    harm : float
        What citizens lose if it fails, in the ledger's unit of harm.
    label : str
        Words for tables and sentences; the id where there are none.
    """

    id: str
    chance: Chance
    benefit: float
    agency_cost: float
    exit_cost: float = 0.0
    harm: float = 0.0
    label: str = ""

    def text(self) -> str:
        """Return the label, or the id."""
        return self.label or self.id

    @property
    def expected_value(self) -> float:
        """Benefit less the agency's costs, each by its chance; citizens' harm is not in it."""
        return (
            self.chance.mean * self.benefit
            - self.agency_cost
            - self.chance.failure * self.exit_cost
        )

    @property
    def expected_loss(self) -> float:
        """What the agency loses through failure, by its chance."""
        return self.chance.failure * (self.agency_cost + self.exit_cost)

    @property
    def expected_harm(self) -> float:
        """What citizens lose through failure, by its chance."""
        return self.chance.failure * self.harm


@dataclass(frozen=True)
class FailureLedger:
    """Pilots with their chances, costs and harms.

    Parameters
    ----------
    pilots : tuple of Pilot
        At least one.
    unit : str
        Of benefits and costs. A currency only where the study declares how money is paid.
    harm_unit : str
        Of what citizens lose: hours, people, ...
    level : float
        Of the intervals.

    Raises
    ------
    PolicyError
        Listing names used twice and numbers that are no costs.
    """

    pilots: tuple[Pilot, ...]
    unit: str = "units of the budget"
    harm_unit: str = "hours"
    level: float = 0.95

    def __post_init__(self) -> None:
        object.__setattr__(self, "pilots", tuple(self.pilots))
        problems = _problems(self.pilots)
        if problems:
            raise PolicyError.of(problems, "The failure ledger has {count} problems:")

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the pilots."""
        return tuple(pilot.id for pilot in self.pilots)

    @property
    def expected_failures(self) -> float:
        """How many pilots will fail, on average."""
        return sum(pilot.chance.failure for pilot in self.pilots)

    @property
    def any_failure(self) -> float:
        """Probability that at least one fails, if they fail independently."""
        return -math.expm1(sum(math.log(pilot.chance.mean) for pilot in self.pilots))

    def updated(self, seen: Mapping[str, tuple[int, int]]) -> FailureLedger:
        """Return the ledger after pilots have run.

        Parameters
        ----------
        seen : mapping of str to (successes, failures)
            What was counted in each pilot, by its id; pilots not named stay as they are.
        """
        problems = [unknown_name(n, self.ids, "pilot") for n in seen if n not in self.ids]
        if problems:
            raise PolicyError.of(problems, "{count} pilots are unknown:")
        pilots = tuple(
            replace(pilot, chance=pilot.chance.after(*seen[pilot.id]))
            if pilot.id in seen
            else pilot
            for pilot in self.pilots
        )
        return replace(self, pilots=pilots)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides."""
        unseen = [pilot.text() for pilot in self.pilots if not pilot.chance.source]
        sources = [pilot.chance.source for pilot in self.pilots if pilot.chance.source]
        notes = [APART]
        if sources:
            notes.append(f"Chances from: {'; '.join(dict.fromkeys(sources))}.")
        if unseen:
            notes.append(
                f"No class of finished projects stands behind the chance of {', '.join(unseen)}."
            )
        return tuple(notes)

    def table(self) -> Table:
        """Return the chances of each pilot, in per cent."""
        percent = f"{100 * self.level:g} %"
        columns = (
            "pilot",
            "succeeds (%)",
            f"{percent} low",
            f"{percent} high",
            "owners say (%)",
        )
        rows = []
        for pilot in self.pilots:
            found = pilot.chance.estimate(self.level).map(lambda share: 100 * share)
            stated = pilot.chance.stated
            said = Absent("the owners state no chance") if stated is None else 100 * stated
            rows.append((pilot.text(), found.value, found.low, found.high, said))
        formats = dict.fromkeys(columns[1:], ".0f")
        return Table("Failure ledger: chances", columns, tuple(rows), self.notes[1:], formats)

    def stakes_table(self) -> Table:
        """Return what the agency and, apart from it, citizens have at stake."""
        columns = (
            "pilot",
            f"benefit ({self.unit})",
            "agency cost",
            "exit cost",
            "expected loss of the agency",
            f"harm to citizens if it fails ({self.harm_unit})",
            "expected harm",
        )
        rows = tuple(
            (
                pilot.text(),
                pilot.benefit,
                pilot.agency_cost,
                pilot.exit_cost,
                pilot.expected_loss,
                pilot.harm,
                pilot.expected_harm,
            )
            for pilot in self.pilots
        )
        formats = {
            name: number_format(float(row[j]) for row in rows)
            for j, name in enumerate(columns)
            if j
        }
        return Table("Failure ledger: what is at stake", columns, rows, (APART,), formats)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pilot; chances from 0 to 1."""
        import pandas as pd

        rows = []
        for pilot in self.pilots:
            found = pilot.chance.estimate(self.level)
            rows.append(
                {
                    "pilot": pilot.id,
                    "success": found.value,
                    "conf_low": found.low,
                    "conf_high": found.high,
                    "stated": pilot.chance.stated,
                    "benefit": pilot.benefit,
                    "agency_cost": pilot.agency_cost,
                    "exit_cost": pilot.exit_cost,
                    "expected_value": pilot.expected_value,
                    "expected_loss": pilot.expected_loss,
                    "harm": pilot.harm,
                    "expected_harm": pilot.expected_harm,
                }
            )
        return pd.DataFrame(rows)

    def sentences(self) -> tuple[str, ...]:
        """Say what to expect, in plain English."""
        count = len(self.pilots)
        loss = sum(pilot.expected_loss for pilot in self.pilots)
        worst = sum(pilot.harm for pilot in self.pilots)
        likely = sum(pilot.expected_harm for pilot in self.pilots)
        said = [
            f"Of {count} pilots about {self.expected_failures:.1f} will fail; that at least one "
            f"does has a chance of {in_100(self.any_failure)}.",
            f"Failures will cost the agency about {amount(loss, self.unit)}.",
            f"If all fail, the harm to citizens is {amount(worst, self.harm_unit)}; by their "
            f"chances {amount(likely)}.",
        ]
        said += [
            f"'{pilot.text()}' is {amount(pilot.chance.uplift)} times as likely to fail as its "
            "owners say."
            for pilot in self.pilots
            if pilot.chance.uplift is not None and pilot.chance.uplift > 1.5
        ]
        return tuple(said)

    def sentence(self) -> str:
        """Say what to expect, in one paragraph."""
        return " ".join(self.sentences())

    def chart(self) -> Chart:
        """Chart the chance of success of each pilot, in 100."""
        rows = [
            estimate_row(
                pilot.text(),
                pilot.chance.estimate(self.level).map(lambda share: 100 * share),
                spec=".0f",
            )
            for pilot in self.pilots
        ]
        axis = nice_axis(rows, "succeed, in 100", at_least=(0.0, 100.0), limits=(0.0, 100.0))
        return make_chart(
            "failure",
            "dots",
            self.sentences()[0],
            "Chance that each pilot succeeds, by what happened to others like it",
            rows,
            axis,
            note=f"Lines are {100 * self.level:g}% intervals of the chance.",
            sample=f"{len(self.pilots)} pilots",
            table=self.table(),
        )

    plot = chart

    def _repr_html_(self) -> str:
        return page([self.table(), self.stakes_table()], self.chart())

    def __repr__(self) -> str:
        return f"{self.table().to_text()}\n\n{self.stakes_table().to_text()}"


def _problems(pilots: Sequence[Pilot]) -> list[Problem]:
    if not pilots:
        return [Problem("there is no pilot", "Give at least one.", "pilots")]
    names = [pilot.id for pilot in pilots]
    problems = [
        Problem(f"two pilots are called '{name}'", "Rename one of them.", "pilots")
        for name in dict.fromkeys(n for n in names if names.count(n) > 1)
    ]
    for pilot in pilots:
        for name in ("benefit", "agency_cost", "exit_cost", "harm"):
            value = getattr(pilot, name)
            if not math.isfinite(value):
                problems.append(Problem(f"{name} is {value}", "Give a number.", pilot.id))
            elif value < 0 and name != "benefit":
                problems.append(
                    Problem(
                        f"{name} is {value:g}",
                        "Give zero or more: costs and harms are counted upwards.",
                        pilot.id,
                    )
                )
    return problems
