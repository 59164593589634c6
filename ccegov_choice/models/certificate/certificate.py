"""The trust certificate: what was checked about a fit, what was found, and what to do.

Each check is passed, to be watched, failed or not checked, with the number it rests on. It says
nothing about whether the model is the right one, or the people asked are the right people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.models.certificate.check import FAILED, PASSED, UNCHECKED, WATCH, Check
from ccegov_choice.models.certificate.draws import check_doubling, check_noise
from ccegov_choice.models.certificate.edges import check_edges
from ccegov_choice.models.certificate.numeraire import check_numeraires
from ccegov_choice.models.certificate.search import check_curvature, check_starts, check_top

if TYPE_CHECKING:
    from ccegov_choice.models.results import Results

_CHECKS: tuple[Callable[[Results], Check | None], ...] = (
    check_top,
    check_curvature,
    check_starts,
    check_noise,
    check_doubling,
    check_numeraires,
    check_edges,
)


@dataclass(frozen=True)
class Certificate:
    """What was checked about a fit.

    Parameters
    ----------
    title : str
        The model.
    checks : tuple of Check
        In the order of reading: without the first, the others mean nothing.
    draws : Table or None
        Where the likelihood is simulated: each estimate with its noise, see `noise`.
    """

    title: str
    checks: tuple[Check, ...]
    draws: Table | None = None

    @property
    def verdicts(self) -> Mapping[str, str]:
        """Verdict of each check by its name."""
        return MappingProxyType({check.name: check.verdict for check in self.checks})

    @property
    def passed(self) -> bool:
        """Whether everything that could be checked was, and passed."""
        return all(check.verdict == PASSED for check in self.checks)

    @property
    def line(self) -> str:
        """All verdicts in a line: ``passed 6 of 7 checks; watch: simulation noise``."""
        count = sum(check.verdict == PASSED for check in self.checks)
        whole = len(self.checks)
        parts = [f"passed all {whole} checks" if count == whole else f"passed {count} of {whole}"]
        if count < whole:
            parts[0] += " checks"
        for verdict in (FAILED, WATCH, UNCHECKED):
            names = [check.name for check in self.checks if check.verdict == verdict]
            if names:
                parts.append(f"{verdict}: {', '.join(names)}")
        return "; ".join(parts)

    def noise(self) -> Table:
        """Return each estimate with its simulation noise and its change with twice the draws.

        Raises
        ------
        LookupError
            If the likelihood is not simulated, or this was not looked at.
        """
        if self.draws is None:
            raise LookupError(f"{self.title}: nothing is known about draws; see the checks")
        return self.draws

    def to_table(self) -> Table:
        """Return a row per check, with sentences below."""
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (check.name, check.verdict, check.found) for check in self.checks
        )
        notes = tuple(f"{check.name}: {check.sentence}" for check in self.checks)
        return Table(f"Trust: {self.title}", ("check", "verdict", "found"), rows, notes)

    def to_text(self) -> str:
        """Return the checks for a terminal."""
        return self.to_table().to_text()

    def to_html(self) -> str:
        """Return an HTML table."""
        return self.to_table().to_html()

    def to_markdown(self) -> str:
        """Return a Markdown table."""
        return self.to_table().to_markdown()

    def to_latex(self) -> str:
        """Return a LaTeX table that needs the package booktabs."""
        return self.to_table().to_latex()

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return self.to_text()


def certify(results: Results) -> Certificate | None:
    """Return the certificate of results; None where another package made them.

    Parameters
    ----------
    results : Results
        A fitted model, converged or not.
    """
    if results.trust is None:
        return None
    found = [check(results) for check in _CHECKS]
    checks = tuple(check for check in found if check is not None)
    return Certificate(results.model.title, checks, _noise_table(results))


def _noise_table(results: Results) -> Table | None:
    noise = results.trust.noise if results.trust is not None else None
    if noise is None:
        return None
    rows: list[tuple[Cell, ...]] = []
    for name, estimate, sd, change in zip(
        results.names, results.estimates, noise.sd, noise.doubled, strict=True
    ):
        error = results.std_error(name)
        share: Cell = error if isinstance(error, Absent) else sd / error
        rows.append((name, float(estimate), error, sd, share, change))
    columns = ("term", "estimate", "std err", "noise", "noise / error", "doubled")
    notes = (
        f"noise: standard deviation of the estimate over {noise.sets} sets of {noise.draws}; "
        "doubled: its change with twice as many draws. Both by one Newton step from the estimates.",
        f"Log-likelihood: noise {noise.log_likelihood_sd:.3g}, doubled "
        f"{noise.log_likelihood_doubled:+.3g}.",
    )
    formats = {"noise": ".2g", "noise / error": ".1%", "doubled": ".2g"}
    return Table(f"Simulation noise: {results.model.title}", columns, tuple(rows), notes, formats)
