"""A diagnosis: verdicts, numbers and pictures, as text, HTML, JSON or a page of its own."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccegov_choice._files import write_atomic
from ccegov_choice._table import Table
from ccegov_choice.design.judging.finding import Finding

if TYPE_CHECKING:
    from ccegov_choice.design.efficient.certificate import Certificate
    from ccegov_choice.design.judging.error_summary import ErrorSummary
    from ccegov_choice.design.judging.expected import Expected
    from ccegov_choice.design.judging.pictures import Picture
    from ccegov_choice.design.judging.precision import Precision


@dataclass(frozen=True)
class Diagnosis:
    """What a design can and cannot tell.

    Parameters
    ----------
    title : str
        Which design.
    findings : tuple of Finding
        The verdicts.
    details : tuple of Table
        Level balance, overlap, association and block balance in numbers.
    d_error : float
        See `convention`; infinite when the design does not identify all coefficients.
    coefficients : tuple of str
        Names of the coefficients that the D-error is about.
    unidentified : tuple of str
        Coefficients that the design cannot tell apart.
    dominated : tuple of int
        Numbers of the tasks with a dominated alternative.
    repeated : tuple of (int, int)
        Numbers of pairs of tasks that show the same; where each person has a version of the
        design, within one version.
    convention : str
        What a D-error is here.
    errors : tuple of ErrorSummary
        D-, Ds-, A-, C- and S-errors, at the mean of the prior and over draws from it.
    precision : tuple of Precision
        Standard error of each coefficient, and the people needed.
    trades : tuple of Precision
        The same for each willingness to trade.
    expected : Expected, optional
        Choice probabilities and utility balance of each task.
    certificate : Certificate, optional
        How far the design is, at most, from the best possible one.
    numbers : tuple of Table
        Errors, precision, probabilities and correlations.
    pictures : tuple of Picture
        Charts for the page, each with its words and its table.
    """

    title: str
    findings: tuple[Finding, ...]
    details: tuple[Table, ...]
    d_error: float
    coefficients: tuple[str, ...]
    unidentified: tuple[str, ...]
    dominated: tuple[int, ...]
    repeated: tuple[tuple[int, int], ...]
    convention: str
    errors: tuple[ErrorSummary, ...] = ()
    precision: tuple[Precision, ...] = ()
    trades: tuple[Precision, ...] = ()
    expected: Expected | None = None
    certificate: Certificate | None = None
    numbers: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def ok(self) -> bool:
        """True if nothing has to be done before the design goes to the field."""
        return all(finding.verdict != "problem" for finding in self.findings)

    def table(self) -> Table:
        """Return the verdicts as a table."""
        rows = tuple((f.about, f.verdict, f.text, f.cure) for f in self.findings)
        notes = (self.convention,)
        return Table(f"Diagnosis: {self.title}", ("Point", "Verdict", "Found", "Cure"), rows, notes)

    def to_text(self) -> str:
        """Return the diagnosis for a terminal: verdicts as lines, then the numbers."""
        lines = [f"Diagnosis: {self.title}", ""]
        for finding in self.findings:
            lines.append(f"[{finding.verdict}] {finding.about}: {finding.text}")
            if finding.cure:
                lines.append(f"    -> {finding.cure}")
        tables = [table.to_text() for table in (*self.numbers, *self.details)]
        return "\n\n".join(["\n".join(lines), *tables, self.convention])

    def to_html(self) -> str:
        """Return the diagnosis as HTML tables with captions and header scopes."""
        tables = (self.table(), *self.numbers, *self.details)
        shown = "".join(table.to_html() for table in tables)
        return f'<section aria-label="{html.escape(self.title, quote=True)}">{shown}</section>'

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as JSON can hold it."""
        return {
            "title": self.title,
            "ok": self.ok,
            "d_error": self.d_error if math.isfinite(self.d_error) else None,
            "d_error_convention": self.convention,
            "coefficients": list(self.coefficients),
            "unidentified": list(self.unidentified),
            "dominated_tasks": list(self.dominated),
            "repeated_tasks": [list(pair) for pair in self.repeated],
            "errors": [item.to_dict() for item in self.errors],
            "certificate": None if self.certificate is None else self.certificate.to_dict(),
            "precision": [item.to_dict() for item in self.precision],
            "trades": [item.to_dict() for item in self.trades],
            "expected": None if self.expected is None else self.expected.to_dict(),
            "findings": [
                {"about": f.about, "verdict": f.verdict, "text": f.text, "cure": f.cure}
                for f in self.findings
            ],
        }

    def page(self) -> str:
        """Return the diagnosis as one HTML page with charts: no script, no request, no date."""
        from ccegov_choice.design.judging.page import render_page

        return render_page(self)

    def save(self, path: str | Path) -> Path:
        """Write the page, whole or not at all; return its path.

        Parameters
        ----------
        path : str or Path
            Such as ``diagnosis.html``; of a folder, ``diagnosis.html`` in it.
        """
        target = Path(path)
        if target.is_dir():
            target = target / "diagnosis.html"
        return write_atomic(target, self.page())

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()
