"""Diagnosis: what a design can and cannot tell, with a plain verdict and a cure for each point."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ccegov_choice._table import Table
from ccegov_choice.design import measures, tables
from ccegov_choice.design.candidates import Codes, TaskSpace, task_space
from ccegov_choice.design.design import Design, coded
from ccegov_choice.errors import DesignError
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

Verdict = Literal["good", "note", "problem"]

# Cramér's V above this is worth a look: attributes share more than a tenth of their variation
STRONG = 0.33
CONVENTION = (
    "D-error = det(inverse of M)^(1/K), where M is the Fisher information of the multinomial logit "
    "with all coefficients zero (the linear model), the whole design answered once, and K counts "
    "all coefficients, constants included. It depends on units and coding: compare it only "
    "between designs for the same utility."
)


@dataclass(frozen=True)
class Finding:
    """One point of a diagnosis.

    Parameters
    ----------
    about : str
        What was looked at.
    verdict : {"good", "note", "problem"}
        Whether something has to be done.
    text : str
        What was found.
    cure : str
        What to do; empty when nothing needs doing.
    """

    about: str
    verdict: Verdict
    text: str
    cure: str = ""


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
        Pairs of tasks that show the same.
    """

    title: str
    findings: tuple[Finding, ...]
    details: tuple[Table, ...]
    d_error: float
    coefficients: tuple[str, ...]
    unidentified: tuple[str, ...]
    dominated: tuple[int, ...]
    repeated: tuple[tuple[int, int], ...]
    convention: str = CONVENTION

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
        details = [table.to_text() for table in self.details]
        return "\n\n".join(["\n".join(lines), *details, self.convention])

    def to_html(self) -> str:
        """Return the diagnosis as HTML tables with captions and header scopes."""
        shown = "".join(table.to_html() for table in (self.table(), *self.details))
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
            "findings": [
                {"about": f.about, "verdict": f.verdict, "text": f.text, "cure": f.cure}
                for f in self.findings
            ],
        }

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


def diagnose(design: Design, utility: Utility | None = None) -> Diagnosis:
    """Judge a design.

    Parameters
    ----------
    design : Design
        The tasks.
    utility : Utility, optional
        What will be estimated; main effects and constants when not given.

    Returns
    -------
    Diagnosis

    Raises
    ------
    DesignError
        If the utility depends on who answers: a design alone cannot say what it tells about that.

    Notes
    -----
    Associations are Cramér's V of the level codes. Levels that each person brings along are taken
    at the middle of the levels shown.
    """
    study = design.study
    chosen = Utility.main_effects(study) if utility is None else utility.bind(study)
    shown = [name for name in design.alternatives if not _is_opt_out(study, name)]
    space = task_space(study, None if study.labelled else len(shown))
    codes = coded(design, space)
    block = design.frame.groupby("task")["block"].first().to_numpy()
    matrix = _information(design, chosen, space)
    unidentified = measures.unidentified(matrix, chosen.names)
    d_error = float("inf") if unidentified else measures.d_error(matrix)
    repeated = [(a + 1, b + 1) for a, b in measures.repeated_tasks(space, codes)]
    dominated = measures.dominated(space, codes)
    findings = [
        _identification(design, chosen, unidentified, d_error),
        _balance(space, codes),
        _overlap(space, codes),
        _association(space, codes),
        _repetition(repeated),
        _dominance(space, dominated),
    ]
    details = [
        tables.balance_table(space, codes),
        tables.overlap_table(space, codes),
        tables.association_table(space, codes),
    ]
    if design.blocks > 1:
        findings.append(_blocks(space, codes, block))
        details.append(tables.block_table(space, codes, block))
    findings += [Finding("How it was made", "note", note) for note in design.notes]
    tasks = tuple(dict.fromkeys(t + 1 for t, _, _ in dominated))
    return Diagnosis(
        design._title,
        tuple(findings),
        tuple(details),
        d_error,
        chosen.names,
        tuple(unidentified),
        tasks,
        tuple(repeated),
    )


def _is_opt_out(study: Study, name: str) -> bool:
    return study.opt_out is not None and study.opt_out.id == name


def _information(design: Design, utility: Utility, space: TaskSpace) -> Any:
    covariates = [name for name in utility.reads if name in design.study.covariate_ids]
    if covariates:
        raise DesignError(
            f"the utility depends on who answers ({', '.join(covariates)})",
            where=f"Utility('{utility.formula}')",
            cure="Diagnose the design with a utility of attributes alone.",
        )
    frame = design.frame.copy()
    for item in design.study.named_alternatives:
        for attribute in item.personal:
            cells = space.cells[design.study.attribute_ids.index(attribute)]
            rows = frame["alternative"] == item.id
            frame.loc[rows, attribute] = cells[len(cells) // 2]
    return measures.information(utility.matrix(frame), frame["task"].to_numpy())


def _identification(
    design: Design, utility: Utility, unidentified: list[str], d_error: float
) -> Finding:
    about = "What it can estimate"
    if not unidentified:
        text = f"all {utility.size} coefficients; D-error {d_error:.4g}"
        return Finding(about, "good", text)
    named = ", ".join(unidentified[:8]) + (" and more" if len(unidentified) > 8 else "")
    room = design.tasks * (len(design.alternatives) - 1)
    cure = "Show more tasks, or drop or merge attributes that always change together."
    if room < utility.size:
        cure = f"Show more tasks: these tell at most {room} of {utility.size} coefficients."
    return Finding(about, "problem", f"not identified: {named}", cure)


def _balance(space: TaskSpace, codes: Codes) -> Finding:
    about = "Level balance"
    uneven, missing = [], []
    for m, table in enumerate(measures.level_counts(space, codes)):
        name = space.study.attribute_ids[m]
        rows = table[[j for j, slot in enumerate(space.slots) if m in slot.attributes]]
        if rows.size == 0:
            continue
        if (rows.sum(axis=0) == 0).any():
            missing.append(name)
        elif int((rows.max(axis=1) - rows.min(axis=1)).max()) > 1:
            uneven.append(name)
    if missing:
        text = f"levels that are never shown in {', '.join(missing)}"
        return Finding(about, "problem", text, "Show more tasks, or take these levels out.")
    if uneven:
        text = f"some levels are shown more often than others in {', '.join(uneven)}"
        cure = "Constraints may force this; otherwise use balanced=True or another number of tasks."
        return Finding(about, "note", text, cure)
    return Finding(about, "good", "every level is shown equally often, to within one showing")


def _overlap(space: TaskSpace, codes: Codes) -> Finding:
    values = [
        (share, least) for share, least in measures.overlap(space, codes) if not math.isnan(share)
    ]
    about = "Overlap"
    if not values:
        return Finding(about, "good", "no attribute is shared by several alternatives")
    share = float(np.mean([value for value, _ in values]))
    least = float(np.mean([value for _, value in values]))
    text = f"pairs of alternatives tie on {share:.0%} of attributes (at least {least:.0%} must)"
    return Finding(about, "good" if share <= least + 1e-9 else "note", text)


def _association(space: TaskSpace, codes: Codes) -> Finding:
    table = measures.associations(space, codes)
    about = "Attributes varying together"
    if np.isnan(table).all():
        return Finding(about, "good", "there are no two attributes in one alternative")
    strongest = float(np.nanmax(table))
    a, b = np.unravel_index(int(np.nanargmax(table)), table.shape)
    names = f"{space.study.attribute_ids[a]} and {space.study.attribute_ids[b]}"
    if strongest < 1e-9:
        return Finding(about, "good", "no two attributes are associated in any alternative")
    text = f"strongest association {strongest:.2f} (Cramér's V), of {names}"
    if strongest > 1 - 1e-9:
        cure = "One follows from the other; show more tasks, or use orthogonal_design."
        return Finding(about, "note", text, cure)
    if strongest > STRONG:
        return Finding(about, "note", text, "More tasks or orthogonal_design would weaken it.")
    return Finding(about, "good", text)


def _repetition(repeated: list[tuple[int, int]]) -> Finding:
    about = "Repeated tasks"
    if not repeated:
        return Finding(about, "good", "no task comes twice")
    named = ", ".join(f"{b} repeats {a}" for a, b in repeated[:6])
    more = " and more" if len(repeated) > 6 else ""
    cure = "Fewer tasks or more levels leave room for new ones; a repeat may be wanted as a check."
    return Finding(about, "note", f"{len(repeated)}: task {named}{more}", cure)


def _dominance(space: TaskSpace, dominated: list[tuple[int, int, int]]) -> Finding:
    about = "Dominated alternatives"
    if not space.exchangeable:
        return Finding(about, "good", "not applicable: alternatives have labels of their own")
    if not any(item.direction != "0" for item in space.study.attributes):
        text = "cannot be judged: no attribute has a direction"
        return Finding(about, "note", text, "Declare direction = '+' or '-' where it is known.")
    tasks = list(dict.fromkeys(t + 1 for t, _, _ in dominated))
    if not tasks:
        return Finding(about, "good", "none by the attributes' directions")
    named = ", ".join(str(t) for t in tasks[:10]) + (" and more" if len(tasks) > 10 else "")
    cure = "Such tasks tell little; try another seed, or keep one as a check of attention."
    return Finding(about, "note", f"in {len(tasks)} tasks: {named}", cure)


def _blocks(space: TaskSpace, codes: Codes, block: Codes) -> Finding:
    values = measures.block_association(space, codes, block)
    strongest = float(np.nanmax(values))
    sizes = np.bincount(block)[1:]
    text = f"strongest association of an attribute with the block {strongest:.2f} (Cramér's V)"
    if sizes.min() != sizes.max():
        text += f"; blocks have {sizes.min()} to {sizes.max()} tasks"
        cure = "Use a number of tasks that the number of blocks divides."
        return Finding("Blocks", "note", text, cure)
    if strongest > STRONG:
        cure = "Few tasks per block force this; use fewer blocks or more tasks."
        return Finding("Blocks", "note", text, cure)
    return Finding("Blocks", "good", text)
