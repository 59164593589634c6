"""Section 9: the method annex, for analysts."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ccegov_choice._table import Cell, Table, format_number
from ccegov_choice.models.compare import compare
from ccegov_choice.models.results import Results
from ccegov_choice.report.blocks import (
    Block,
    Bullets,
    ChecklistPanel,
    Panel,
    Paragraph,
    Section,
    Subheading,
    folded,
)
from ccegov_choice.report.checklist import CHECKLISTS, Checklist, fill
from ccegov_choice.report.evidence import gather
from ccegov_choice.report.material import Material, level_percent
from ccegov_choice.report.people import tasks_shown
from ccegov_choice.report.wording import say, upper_first

MOST_KINDS = 20
"""How many kinds of people a design is judged for."""


def annex_section(material: Material) -> Section:
    """Give the design, the model, the coding, the methods and the checklist."""
    blocks = (
        Paragraph(say("annex.lead")),
        *_design(material),
        *_model(material),
        *_methods(material),
        Subheading(say("annex.checklists")),
        Paragraph(say("annex.checklists_text")),
        *(ChecklistPanel(checklist) for checklist in checklists_of(material)),
    )
    return Section("annex", say("annex.title"), folded(blocks), technical=True)


def checklists_of(material: Material) -> tuple[Checklist, ...]:
    """Fill every checklist from the study, design, data and models."""
    evidence = gather(material)
    return tuple(fill(material.study.declarations, evidence, name=name) for name in CHECKLISTS)


def _design(material: Material) -> Iterator[Block]:
    design = material.design
    yield Subheading(say("annex.design"))
    if design is None:
        yield Paragraph(say("annex.no_design"))
        return
    seed = design.provenance.seed
    rows: list[tuple[Cell, ...]] = [
        (say("annex.method"), design.provenance.made_by),
        (say("annex.tasks"), str(design.tasks)),
        (say("annex.blocks"), str(design.blocks)),
        (say("annex.per_person"), str(tasks_shown(material))),
        (say("annex.alternatives"), ", ".join(map(material.label, design.alternatives))),
        (say("annex.seed"), "–" if seed is None else str(seed)),
    ]
    columns = (say("annex.fact"), say("annex.value"))
    yield Panel(Table(say("annex.design_facts"), columns, tuple(rows), tuple(design.notes)))
    diagnosis = design.diagnose(material.results.utility, people=kinds_of_people(material))
    for table in (diagnosis.table(), *diagnosis.details):
        yield Panel(table, folded=True)


def kinds_of_people(material: Material) -> pd.DataFrame | None:
    """Return the people that a model tells apart, with their weight; None where it tells none.

    Of many kinds those with most people are kept, for judging a design takes time for each.
    """
    read = [n for n in material.study.covariate_ids if n in material.results.utility.reads]
    if not read:
        return None
    people = material.data.frame.iloc[material.data.person_rows][read]
    kinds = people.dropna().value_counts(sort=True).head(MOST_KINDS).rename("weight")
    return kinds.reset_index()


def _model(material: Material) -> Iterator[Block]:
    several = len(material.models) > 1
    yield Subheading(say("annex.model_several" if several else "annex.model"))
    for results in material.models:
        yield Panel(results.table())
        yield Panel(fit_table(results), folded=True)
    yield Paragraph(say("annex.coding_formula", formula=material.results.utility.formula))
    yield Panel(coding_table(material.results), folded=True)
    if several:
        yield Panel(compare(*material.models).table())


def fit_table(results: Results) -> Table:
    """Return the facts of a fit, one per row."""
    rows: list[tuple[Cell, ...]] = []
    for name, value in results.glance().iloc[0].items():
        if not pd.isna(value):
            shown = format_number(value, ",.4f") if isinstance(value, float) else str(value)
            rows.append((upper_first(str(name).replace("_", " ")), shown))
    title = f"{say('annex.fit')}: {results.model.title}"
    notes = (say("annex.errors", note=results.covariance_note),)
    return Table(title, (say("annex.fact"), say("annex.value")), tuple(rows), notes)


def coding_table(results: Results) -> Table:
    """Return how each attribute and covariate became coefficients."""
    study, utility = results.study, results.utility
    columns = tuple(say(f"annex.coding_{name}") for name in ("term", "kind", "base", "names"))
    rows: list[tuple[Cell, ...]] = []
    for attribute in study.attributes:
        terms = utility.terms_of(attribute.id)
        if not terms:
            continue
        names = ", ".join(name for term in terms for name in term.names)
        numbers = attribute.is_numeric and attribute.default_coding != "dummy"
        base = "–" if numbers else attribute.level(attribute.base_id).text()
        rows.append((attribute.text(), attribute.default_coding, base, names))
    listed = {name for row in rows for name in str(row[-1]).split(", ")}
    rest = ", ".join(name for name in utility.names if name not in listed)
    if rest:
        rows.append((say("annex.alone"), "–", "–", rest))
    return Table(say("annex.coding"), columns, tuple(rows))


def _methods(material: Material) -> Iterator[Block]:
    yield Subheading(say("annex.methods"))
    lines = [say("annex.method_levels")]
    kinds = dict.fromkeys((trade.method, trade.level) for trade in material.tradeoffs)
    lines += [
        say("annex.method_trade", method=method, level=level_percent(level))
        for method, level in kinds
    ]
    for key, found in (("importance", material.importance), ("uptake", material.uptake)):
        if found is not None:
            draws, level = f"{found.draws:,}", level_percent(found.level)
            lines.append(say(f"annex.method_{key}", draws=draws, seed=found.seed, level=level))
    yield Bullets(tuple(lines))
