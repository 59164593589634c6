"""Section 5: who was asked, how they differ, and who is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ccegov_choice._disclosure.limits import LEAST_PEOPLE
from ccegov_choice._table import Cell, Table
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.report.blocks import (
    Block,
    Bullets,
    Fact,
    Facts,
    Panel,
    Paragraph,
    Section,
    Subheading,
)
from ccegov_choice.report.group_test import group_test_blocks
from ccegov_choice.report.material import Material
from ccegov_choice.report.trading import group_blocks
from ccegov_choice.report.wording import between, plain, points, quoted, say
from ccegov_choice.study.covariate import Covariate

_CODED = re.compile(r"\s*\((?:1\s*=?\s*yes,?\s*0\s*=?\s*no|0\s*=?\s*no,?\s*1\s*=?\s*yes)\)")
_DECLARED = ("population", "sampling", "representativeness", "missing")


def people_section(material: Material) -> Section:
    """Say who answered, how much, and who could not be heard."""
    blocks = (
        *_size(material),
        *_who(material),
        *group_blocks(material),
        *group_test_blocks(material),
        *_missing(material),
    )
    return Section("people", say("people.title"), blocks)


def _size(material: Material) -> Iterator[Block]:
    key = "people.lead_simulated" if material.simulated else "people.lead"
    yield Paragraph(say(key, people=material.people, choices=material.choices), lead=True)
    per_person = np.diff(material.data.person_offsets)
    shown = tasks_shown(material)
    least, most = int(per_person.min()), int(per_person.max())
    facts = [Fact(f"{material.data.people:,}", say("people.fact_people"))]
    tasks = f"{most}" if least == most else between(least, most)
    facts.append(Fact(tasks, say("people.fact_tasks")))
    finished = points(100 * float(np.mean(per_person >= shown)))
    if material.design is not None:
        facts.append(Fact(f"{finished} %", say("people.fact_all")))
    shares = alternative_shares(material.data)
    if material.study.opt_out is not None:
        row = shares[shares["alternative"] == material.study.opt_out.id]
        taken = 100 * float(row["chosen"].sum()) / material.data.tasks
        facts.append(
            Fact(points(taken), say("people.fact_opt_out", label=quoted(material.opt_out)))
        )
    yield Facts(tuple(facts))
    if material.design is not None and least >= shown:
        yield Paragraph(say("people.all_tasks", n=shown))
    elif material.design is not None:
        yield Paragraph(say("people.some_tasks", done=finished, n=shown))
    elif least != most:
        yield Paragraph(say("people.varied", least=least, most=most))
    yield Panel(_share_table(material, shares), folded=True)


def tasks_shown(material: Material) -> int:
    """Return how many tasks each person was shown: by the design, or the most that anyone did."""
    if material.design is not None:
        sizes = material.design.frame.groupby("block")["task"].nunique()
        return int(sizes.min())
    return int(np.diff(material.data.person_offsets).max())


def alternative_shares(data: ChoiceData) -> pd.DataFrame:
    """Count how often each alternative was shown and chosen.

    Returns
    -------
    DataFrame
        Columns ``alternative``, ``shown``, ``chosen``, in the order of the data.
    """
    choices = data.first_choices()
    frame = choices.frame.groupby("alternative", sort=False)["chosen"].agg(["size", "sum"])
    frame = frame.reindex([name for name in choices.alternatives if name in frame.index])
    named = frame.rename(columns={"size": "shown", "sum": "chosen"}).astype(int)
    return named.rename_axis("alternative").reset_index()


def _share_table(material: Material, shares: pd.DataFrame) -> Table:
    columns = tuple(
        say(f"people.share_{name}") for name in ("option", "shown", "chosen", "percent")
    )
    rows: list[tuple[Cell, ...]] = [
        (material.label(str(name)), int(shown), int(chosen), 100 * int(chosen) / int(shown))
        for name, shown, chosen in shares.itertuples(index=False)
    ]
    formats = {columns[1]: ",d", columns[2]: ",d", columns[3]: ".0f"}
    return Table(say("people.shares"), columns, tuple(rows), formats=formats)


def _who(material: Material) -> Iterator[Block]:
    tables, refused, merged = [], [], False
    people = material.data.frame.iloc[material.data.person_rows]
    for covariate in material.study.covariates:
        if covariate.id not in people:
            continue
        values = people[covariate.id].dropna()
        if covariate.is_numeric and values.isin((0, 1)).all():
            table, together = _yes_no_table(covariate, people[covariate.id])
            merged = merged or together
        elif covariate.is_numeric:
            table = _number_table(covariate, values)
        else:
            table, together = _word_table(covariate, people[covariate.id])
            merged = merged or together
        if table is None:
            refused.append(say("people.too_few", label=covariate.text(), least=LEAST_PEOPLE))
        else:
            tables.append(table)
    yield Subheading(say("people.groups"))
    if not tables and not refused:
        yield Paragraph(say("people.no_groups"))
    for table in tables:
        yield Panel(table, folded=True)
    for text in refused:
        yield Paragraph(text)
    if merged:
        yield Paragraph(say("people.grouped", least=LEAST_PEOPLE))


def merge_small(counts: dict[str, int], least: int) -> dict[str, int] | None:
    """Put groups with fewer than `least` people together until none is left.

    Parameters
    ----------
    counts : dict
        People by group.
    least : int
        The smallest number that may be shown.

    Returns
    -------
    dict or None
        The groups to show, in the order given, merged ones last; None where fewer than two
        groups of that size can be made.
    """
    kept = {name: number for name, number in counts.items() if number > 0}
    if all(number >= least for number in kept.values()):
        return kept or None
    rising = sorted(kept, key=lambda name: kept[name])
    together: list[str] = []
    while rising and (kept[rising[0]] < least or sum(kept[name] for name in together) < least):
        together.append(rising.pop(0))
    if not rising:
        return None
    shown = {name: number for name, number in kept.items() if name not in together}
    merged = ", ".join(name for name in kept if name in together)
    return {**shown, merged: sum(kept[name] for name in together)}


def _unsaid(people: pd.Series) -> dict[str, int]:
    """Count those who did not say, where the others would give away how few they are."""
    missing = int(people.isna().sum())
    return {say("people.unsaid"): missing} if 0 < missing < LEAST_PEOPLE else {}


def _word_table(covariate: Covariate, people: pd.Series) -> tuple[Table | None, bool]:
    values = people.dropna()
    labels = {level.id: level.text() for level in covariate.levels}
    found = values.astype(str).value_counts()
    order = [name for name in covariate.level_ids if name in found.index]
    order += sorted(str(name) for name in found.index if name not in labels)
    counts = {labels.get(name, name): int(found[name]) for name in order}
    counts |= _unsaid(people)
    shown = merge_small(counts, LEAST_PEOPLE)
    if shown is None:
        return None, False
    return _counted(covariate.text(), shown), len(shown) < len(counts)


def _yes_no_table(covariate: Covariate, people: pd.Series) -> tuple[Table | None, bool]:
    """Count zeros and ones: of them a middle value says nothing."""
    values = people.dropna()
    yes = int((values == 1).sum())
    counts = {say("people.yes"): yes, say("people.no"): len(values) - yes} | _unsaid(people)
    shown = merge_small(counts, LEAST_PEOPLE)
    if shown is None:
        return None, False
    # the label explains how it was coded, which a table in words needs not
    title = _CODED.sub("", covariate.text())
    return _counted(title, shown), False


def _counted(title: str, shown: dict[str, int]) -> Table:
    total = sum(shown.values())
    columns = (say("people.group"), say("people.people_column"), say("people.in_100"))
    rows = tuple((name, number, 100 * number / total) for name, number in shown.items())
    formats = {columns[1]: ",d", columns[2]: ".0f"}
    return Table(title, columns, rows, formats=formats)


def _number_table(covariate: Covariate, values: pd.Series) -> Table | None:
    if len(values) < 4 * LEAST_PEOPLE:
        return None
    low, middle, high = (float(q) for q in np.quantile(values.to_numpy(float), [0.25, 0.5, 0.75]))
    digits = 0 if max(abs(low), abs(high)) >= 10 else 1
    columns = (say("people.measure"), say("people.middle"), say("people.half"))
    row = (covariate.text(), plain(middle, digits), between(low, high, digits))
    return Table(covariate.text(), columns, (row,))


def _missing(material: Material) -> Iterator[Block]:
    yield Subheading(say("people.missing"))
    if material.simulated:
        yield Paragraph(say("people.missing_simulated"))
        return
    said = {name: material.study.declarations.get(name, "").strip() for name in _DECLARED}
    told = tuple(say(f"people.missing_{name}", text=text) for name, text in said.items() if text)
    if told:
        yield Bullets(told)
    if not said["missing"]:
        yield Paragraph(say("people.missing_unknown"))
