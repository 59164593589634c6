"""How a study shows itself: one table of attributes and levels."""

from __future__ import annotations

from ccegov_choice._table import Cell, Table
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study

_DIRECTIONS = {"+": "more is better", "-": "less is better", "0": "open"}
_ORDER = {"+": "last is best", "-": "first is best", "0": "open"}


def study_table(study: Study) -> Table:
    """Return the attributes and levels of a study, with the rest of it in the notes."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (a.id, a.text(_language(a, study)), _levels(a), direction_text(a), _trade(a, study))
        for a in study.attributes
    )
    columns = ("attribute", "wording", "levels", "direction", "trade")
    title = f"Study '{study.id}': {study.text()}"
    return Table(title, columns, rows, notes=study_notes(study))


def study_notes(study: Study) -> tuple[str, ...]:
    """Return what the table of attributes does not show, a line each."""
    duty = ", a duty" if study.mandatory else ""
    found = [f"Role: {study.role}{duty}. Languages: {', '.join(study.languages)}."]
    if study.alternatives:
        found.append(f"Alternatives: {', '.join(a.id for a in study.alternatives)}.")
    if study.opt_out is not None:
        kind = "Status quo" if study.opt_out.kind == "status_quo" else "Opt-out"
        found.append(f'{kind}: {study.opt_out.id} ("{study.opt_out.text()}").')
    if study.constraints:
        found.append(f"Constraints: {len(study.constraints)}.")
    if study.covariates:
        found.append(f"About each person: {', '.join(study.covariate_ids)}.")
    if study.numeraires:
        names = [
            f"{n.attribute} ({n.currency})" if n.currency else n.attribute for n in study.numeraires
        ]
        found.append(f"May be paid in: {', '.join(names)}.")
    return tuple(found)


def direction_text(attribute: Attribute) -> str:
    """Say in words which levels are better."""
    words = _DIRECTIONS if attribute.is_numeric else _ORDER
    return words.get(attribute.direction, attribute.direction)


def _language(attribute: Attribute, study: Study) -> str | None:
    """Return the main language if the attribute has a wording in it."""
    label = attribute.label
    return study.language if isinstance(label, str) or study.language in label else None


def _levels(attribute: Attribute) -> str:
    shown = []
    for level in attribute.levels:
        mark = "*" if level.id == attribute.base_id and not attribute.is_numeric else ""
        floor = " (under the floor)" if level.id in attribute.floor else ""
        shown.append(f"{level.id}{mark}{floor}")
    unit = attribute.unit_text(2).partition(" ")[2] if attribute.unit else ""
    return " · ".join(shown) + (f" {unit}" if unit else "")


def _trade(attribute: Attribute, study: Study) -> str:
    numeraire = any(n.attribute == attribute.id for n in study.numeraires)
    return f"{attribute.tradeable}, numeraire" if numeraire else attribute.tradeable
