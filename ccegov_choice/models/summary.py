"""The summary of results, laid out as readers of statsmodels know it; text, HTML and LaTeX."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice._table import Absent, Cell, Table, format_number

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]
Field = tuple[str, str]
_NARROWEST = 78


@dataclass(frozen=True)
class Summary:
    """Everything about a fitted model on one page.

    Parameters
    ----------
    title : str
        The heading.
    left, right : tuple of (str, str)
        Fields of the head, beside each other: name and value.
    coefficients : Table
        Estimates, errors, statistics and intervals; notes below.
    """

    title: str
    left: tuple[Field, ...]
    right: tuple[Field, ...]
    coefficients: Table

    def to_text(self) -> str:
        """Return the summary for a terminal."""
        # rule, header, rule, rows, rule
        _, header, _, *rows, _ = _without_heading(self.coefficients).to_text().splitlines()
        width = max(_NARROWEST, len(header), *(len(row) for row in rows), self._head_width())
        heavy, light = "=" * width, "-" * width
        head = [self._head_line(left, right, width) for left, right in self._pairs()]
        lines = [
            self.title.center(width).rstrip(),
            heavy,
            *head,
            heavy,
            header,
            light,
            *rows,
            heavy,
        ]
        notes = [
            textwrap.fill(f"[{n}] {note}", width, subsequent_indent="    ")
            for n, note in enumerate(self.coefficients.all_notes, 1)
        ]
        return "\n".join([*lines, *(["Notes:", *notes] if notes else [])])

    def _pairs(self) -> list[tuple[Field, Field]]:
        blank = ("", "")
        rows = max(len(self.left), len(self.right))
        left = [*self.left, *[blank] * (rows - len(self.left))]
        right = [*self.right, *[blank] * (rows - len(self.right))]
        return list(zip(left, right, strict=True))

    def _head_width(self) -> int:
        sides = [max(len(n) + len(v) + 2 for n, v in side) for side in (self.left, self.right)]
        return 2 * max(sides) + 2

    @staticmethod
    def _head_line(left: Field, right: Field, width: int) -> str:
        half = (width - 2) // 2

        def side(pair: Field, size: int) -> str:
            name, value = pair
            return f"{name}:{value.rjust(size - len(name) - 1)}" if name else " " * size

        return f"{side(left, half)}  {side(right, width - 2 - half)}".rstrip()

    def to_html(self) -> str:
        """Return two tables with captions and header scopes."""
        rows = []
        for left, right in self._pairs():
            cells = "".join(
                f'<th scope="row" style="text-align:left">{html.escape(name)}</th>'
                f'<td style="text-align:right">{html.escape(value)}</td>'
                for name, value in (left, right)
                if name
            )
            rows.append(f"<tr>{cells}</tr>")
        head = (
            f"<table><caption>{html.escape(self.title)}</caption>"
            f"<tbody>{''.join(rows)}</tbody></table>"
        )
        return head + self.coefficients.to_html()

    def to_latex(self) -> str:
        """Return two LaTeX tables that need the package booktabs."""
        rows = tuple((*left, *right) for left, right in self._pairs())
        head = Table(self.title, ("", " ", "  ", "   "), rows)
        return head.to_latex() + "\n" + self.coefficients.to_latex()

    def to_markdown(self) -> str:
        """Return two Markdown tables."""
        rows = tuple((*left, *right) for left, right in self._pairs())
        head = Table(self.title, ("", " ", "  ", "   "), rows)
        return head.to_markdown() + "\n\n" + self.coefficients.to_markdown()

    def to_frame(self) -> pd.DataFrame:
        """Return the coefficients at full precision."""
        return self.coefficients.to_frame()

    # the names that users of statsmodels type
    def as_text(self) -> str:
        """Return `to_text`."""
        return self.to_text()

    def as_html(self) -> str:
        """Return `to_html`."""
        return self.to_html()

    def as_latex(self) -> str:
        """Return `to_latex`."""
        return self.to_latex()

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return self.to_text()


def summarise(results: Results, *, level: float = 0.95) -> Summary:
    """Return the summary of results.

    Parameters
    ----------
    results : Results
        A fitted model.
    level : float
        Confidence level of the intervals.
    """
    mark = "" if results.converged else " (NOT CONVERGED)"
    title = f"{results.model.title} results{mark}"
    table = coefficient_table(results, level=level)
    if results.certificate is not None:
        line = f"Trust: {results.certificate.line}; see results.certificate."
        table = replace(table, notes=(*table.notes, line))
    return Summary(title, _left(results), _right(results), table)


def _left(results: Results) -> tuple[Field, ...]:
    record = results.optimisation
    held = len(results.names) - results.parameters
    steps = f"{record.iterations} iteration{'' if record.iterations == 1 else 's'}"
    return (
        ("Model", results.model.title),
        ("Study", results.study.id),
        ("People", f"{results.people:,}"),
        ("Tasks", f"{results.tasks:,}"),
        ("Alternatives shown", f"{results.rows:,}"),
        ("Free parameters", f"{results.parameters}" + (f" (and {held} held)" if held else "")),
        ("Weights", "yes" if results.weighted else "no"),
        ("Converged", f"yes, {steps}" if results.converged else f"NO: {record.status.label}"),
    )


def _right(results: Results) -> tuple[Field, ...]:
    row = results.glance().iloc[0]
    constants = results.log_likelihood_constants
    fields = [
        ("Log-likelihood", format_number(results.log_likelihood, ",.3f")),
        ("LL, equal shares", format_number(results.log_likelihood_null, ",.3f")),
    ]
    if constants is not None:
        fields.append(("LL, constants only", format_number(constants, ",.3f")))
    fields += [
        ("Rho-squared", format_number(float(row["rho_squared"]), ".4f")),
        ("Adj. rho-squared", format_number(float(row["rho_squared_adjusted"]), ".4f")),
        ("AIC", format_number(float(row["aic"]), ",.2f")),
        ("BIC", format_number(float(row["bic"]), ",.2f")),
        ("Covariance", results.covariance_kind.name),
    ]
    return tuple(fields)


def coefficient_table(results: Results, *, level: float = 0.95) -> Table:
    """Return estimates with errors, statistics and intervals.

    What does not exist is a dash, and a note says why: a parameter that is fixed or lies at a
    bound has no standard error.

    Parameters
    ----------
    results : Results
        A fitted model.
    level : float
        Confidence level of the intervals.
    """
    frame = results.tidy(level)
    columns = (
        "term",
        "coef",
        "std err",
        "z",
        "P>|z|",
        f"[{(1 - level) / 2:.3g}",
        f"{(1 + level) / 2:.3g}]",
    )
    values = frame.drop(columns="term").to_numpy(np.float64)
    rows = tuple(
        (name, *_cells(name, numbers, results.absent))
        for name, numbers in zip(results.names, values, strict=True)
    )
    places = f".{_decimals(values[:, 0], values[:, 1])}f"
    formats = dict.fromkeys(columns, places) | {"z": ".2f", "P>|z|": ".3f"}
    return Table(f"Coefficients: {results.model.title}", columns, rows, _notes(results), formats)


def _cells(name: str, numbers: FloatArray, absent: Mapping[str, str]) -> list[Cell]:
    first, *others = (float(number) for number in numbers)
    if name in absent:
        return [first, *[Absent(absent[name])] * len(others)]
    return [first, *others]


def _decimals(estimates: FloatArray, errors: FloatArray) -> int:
    """Return decimals that show three digits of the smallest standard error, four at least."""
    sizes = errors[np.isfinite(errors) & (errors > 0)]
    if not sizes.size:
        sizes = np.abs(estimates[estimates != 0])
    smallest = float(sizes.min()) if sizes.size else 1.0
    return min(max(2 - math.floor(math.log10(smallest)), 4), 9)


def _notes(results: Results) -> tuple[str, ...]:
    notes = []
    if not results.converged:
        status = results.optimisation.status
        notes.append(f"NOT CONVERGED: {status.message} {status.cure}")
    kind, made = results.covariance_kind.name, results.covariance_note
    notes.append(f"Standard errors: {kind}" + (f" ({made})." if made else "."))
    own = getattr(results.model, "notes", None)
    if own is not None:
        notes += own(results)
    if results.weighted:
        notes.append(
            "The log-likelihood is weighted, so likelihood ratios, AIC and BIC are only a guide."
        )
    return tuple(notes)


def _without_heading(table: Table) -> Table:
    rows = tuple(
        tuple("–" if isinstance(cell, Absent) else cell for cell in row) for row in table.rows
    )
    return Table("", table.columns, rows, (), table.formats)
