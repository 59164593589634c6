"""Step by step or all at once: what a pilot is worth as an option to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Table
from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.policy.failure.chance import Chance
from ccegov_choice.policy.failure.ledger import APART
from ccegov_choice.policy.value.showing import amount, in_100, number_format, page

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class StagedValue:
    """A pilot first, then everywhere or nowhere; against everywhere at once.

    Parameters
    ----------
    sites, trials : int
        Where it would be rolled out, and where it is tried first.
    all_at_once : float
        Expected value of rolling out everywhere now, or zero if that is not worth it.
    staged : float
        Expected value of trying first, the pilot's cost taken off.
    pilot_cost : float
        What the pilot costs, its failures included.
    least_successes : int or None
        Roll out if at least so many trials succeed; None if no result would justify it.
    stops : float
        Probability that the pilot ends it.
    harm_now, harm_staged : float
        Expected harm to citizens of the roll-out, at once and after a pilot, pilot included.
    unit, harm_unit : str
        Of values, and of harm.
    """

    sites: int
    trials: int
    all_at_once: float
    staged: float
    pilot_cost: float
    least_successes: int | None
    stops: float
    harm_now: float
    harm_staged: float
    unit: str
    harm_unit: str

    @property
    def gain(self) -> float:
        """What trying first adds."""
        return self.staged - self.all_at_once

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides."""
        return (
            "Each trial and each site succeeds by the same unknown chance; the pilot tells about "
            "it (beta-binomial).",
            APART,
        )

    def table(self) -> Table:
        """Return both ways side by side."""
        columns = (
            "way",
            f"expected value ({self.unit})",
            f"expected harm to citizens ({self.harm_unit})",
        )
        rows = (
            ("everywhere at once", self.all_at_once, self.harm_now),
            (f"{self.trials} trials first", self.staged, self.harm_staged),
        )
        formats = {columns[j]: number_format(float(row[j]) for row in rows) for j in (1, 2)}
        return Table("Step by step against all at once", columns, rows, self.notes, formats)

    def to_frame(self) -> pd.DataFrame:
        """Return one row with every number."""
        import pandas as pd

        return pd.DataFrame([{**vars(self), "gain": self.gain}])

    def sentences(self) -> tuple[str, ...]:
        """Say which way is better and when to stop, in plain English."""
        better = "more" if self.gain >= 0 else "less"
        said = [
            f"Trying at {self.trials} sites first is worth {amount(abs(self.gain), self.unit)} "
            f"{better} than deciding for all {self.sites} now"
            + ("." if self.all_at_once > 0 else ", which would be not to do it.")
        ]
        if self.least_successes is None:
            said.append("No result of this pilot would justify the roll-out.")
        elif self.least_successes == 0:
            said.append("No result of this pilot would stop the roll-out: it tells too little.")
        else:
            said.append(
                f"Go on if {self.least_successes} or more of {self.trials} trials succeed, else "
                f"stop; it stops with a chance of {in_100(self.stops)}."
            )
        return tuple(said)

    def sentence(self) -> str:
        """Say which way is better, in one paragraph."""
        return " ".join(self.sentences())

    def _repr_html_(self) -> str:
        return page([self.table()])

    def __repr__(self) -> str:
        return self.table().to_text()


def staged_value(
    chance: Chance,
    *,
    gain: float,
    loss: float,
    sites: int,
    trials: int,
    pilot_cost: float = 0.0,
    kept: float = 1.0,
    harm: float = 0.0,
    pilot_harm: float = 0.0,
    unit: str = "units of the budget",
    harm_unit: str = "hours",
) -> StagedValue:
    """Compare a pilot that may end it with a roll-out everywhere at once.

    Parameters
    ----------
    chance : Chance
        That it works at a site.
    gain, loss : float
        Worth of a site where it works, and what a site costs where it does not (above zero).
    sites, trials : int
        Where it would be rolled out, and how many trials the pilot makes.
    pilot_cost : float
        Of the whole pilot, its failures included; zero where it is free.
    kept : float
        Share of the value that is left when the roll-out comes later, 0 to 1.
    harm, pilot_harm : float
        What citizens lose at a site, and in a trial, where it fails.
    unit, harm_unit : str
        Of values, and of harm.

    Returns
    -------
    StagedValue
        Its value is never below that of all at once when the pilot is free and nothing is lost
        by waiting.

    Raises
    ------
    PolicyError
        Listing numbers that make no sense.
    """
    _check(
        {"loss": loss, "pilot_cost": pilot_cost, "harm": harm, "pilot_harm": pilot_harm},
        sites,
        trials,
        kept,
    )
    counts = np.arange(trials + 1)
    weights = _beta_binomial(chance, trials)
    after = (chance.successes + counts) / (chance.successes + chance.failures + trials)
    worth = sites * (after * gain - (1 - after) * loss)
    now = sites * (chance.mean * gain - chance.failure * loss)
    go = worth > 0
    harmed = sites * harm * (1 - after)
    return StagedValue(
        sites,
        trials,
        max(now, 0.0),
        float(kept * (weights @ np.maximum(worth, 0.0)) - pilot_cost),
        pilot_cost,
        int(counts[go].min()) if go.any() else None,
        float(weights[~go].sum()),
        sites * harm * chance.failure if now > 0 else 0.0,
        float(weights[go] @ harmed[go]) + trials * pilot_harm * chance.failure,
        unit,
        harm_unit,
    )


def _beta_binomial(chance: Chance, trials: int) -> FloatArray:
    """Return the probability ``(trials + 1,)`` of each number of successes."""
    from scipy.stats import betabinom

    found = betabinom.pmf(np.arange(trials + 1), trials, chance.successes, chance.failures)
    return np.asarray(found / found.sum())


def _check(costs: dict[str, float], sites: int, trials: int, kept: float) -> None:
    problems = [
        Problem(f"{name} is {value:g}", "Give zero or more.", name)
        for name, value in costs.items()
        if not value >= 0
    ]
    problems += [
        Problem(f"{name} is {value}", "Give one or more.", name)
        for name, value in (("sites", sites), ("trials", trials))
        if value < 1
    ]
    if not 0 <= kept <= 1:
        problems.append(Problem(f"kept is {kept:g}", "Give a share from 0 to 1.", "kept"))
    if problems:
        raise PolicyError.of(problems, "The staged value has {count} problems:")
