"""Findings about the make-up of a design: balance, overlap, association, repetition, blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ccegov_choice.design import measures
from ccegov_choice.design.design import Design
from ccegov_choice.design.judging.assumption import made_by
from ccegov_choice.design.judging.finding import Finding, listed
from ccegov_choice.design.judging.shown import Shown

# Cramér's V above this is worth a look: attributes share more than a tenth of their variation
STRONG = 0.33


def structure_findings(shown: Shown, design: Design) -> Iterator[Finding]:
    """Say what there is to say about the make-up of a design.

    Parameters
    ----------
    shown : Shown
        The tasks that estimates are made from.
    design : Design
        All its tasks.
    """
    yield _balance(shown)
    yield _overlap(shown)
    yield from _partial(shown)
    yield _association(shown)
    yield _repetition(shown)
    if shown.identical:
        text = f"two alternatives show the same in {len(shown.identical)} tasks: "
        cure = "Change one of them: a choice between equals tells nothing."
        yield Finding("Identical alternatives", "problem", text + listed(shown.identical), cure)
    yield _dominance(shown)
    yield from _availability(shown)
    yield from _purposes(design)
    if design.blocks > 1:
        yield _blocks(shown)


def _balance(shown: Shown) -> Finding:
    about = "Level balance"
    uneven, missing = [], []
    for m, table in enumerate(shown.counts):
        name = shown.space.study.attribute_ids[m]
        rows = table[[j for j, slot in enumerate(shown.space.slots) if m in slot.attributes]]
        if rows.size == 0:
            continue
        if (rows.sum(axis=0) == 0).any():
            missing.append(name)
        elif int((rows.max(axis=1) - rows.min(axis=1)).max()) > 1:
            uneven.append(name)
    if missing:
        text = f"levels that are never shown in {', '.join(missing)}"
        cure = "Show more tasks, or take these levels out."
        if made_by(shown.design) == "efficient_design":
            cure = "The search shows what tells most: ask for Rules(balance='even') to show all."
        return Finding(about, "problem", text, cure)
    if uneven:
        text = f"some levels are shown more often than others in {', '.join(uneven)}"
        return Finding(about, "note", text, _balance_cure(shown, uneven))
    return Finding(about, "good", "every level is shown equally often, to within one showing")


def _balance_cure(shown: Shown, uneven: list[str]) -> str:
    maker = made_by(shown.design)
    if maker == "efficient_design":
        numeric = [n for n in uneven if shown.space.study.attribute(n).is_numeric]
        why = "The search shows most what tells most."
        if numeric:
            why += f" A middle level of {numeric[0]} is shown rarely because its ends tell more."
        return f"{why} Nothing is wrong; ask for Rules(balance='even') to avoid it."
    if maker == "person_designs":
        return (
            "Levels are drawn for each person, towards the target: small differences are chance. "
            "method='enumeration' or 'shortcut' evens them out."
        )
    if maker == "random_design":
        return "Constraints may force this; otherwise use balanced=True or another number of tasks."
    return "Constraints may force this; otherwise exchange levels between tasks, or add tasks."


def _overlap(shown: Shown) -> Finding:
    found = measures.overlap(shown.space, shown.codes)
    values = [(share, least) for share, least in found if not math.isnan(share)]
    about = "Overlap"
    if not values:
        return Finding(about, "good", "no attribute is shared by several alternatives")
    share = float(np.mean([value for value, _ in values]))
    least = float(np.mean([value for _, value in values]))
    text = f"pairs of alternatives tie on {share:.0%} of attributes (at least {least:.0%} must)"
    return Finding(about, "good" if share <= least + 1e-9 else "note", text)


def _partial(shown: Shown) -> Iterator[Finding]:
    """Say how many attributes differ in a task, where it is never all of them."""
    if shown.space.study.labelled or len(shown.space.slots) < 2:
        return
    found = measures.varying(shown.space, shown.codes)
    most = len(shown.space.level_counts)
    if found.max() < most:
        low, high = int(found.min()), int(found.max())
        span = str(low) if low == high else f"{low} to {high}"
        text = f"alternatives differ in {span} of {most} attributes in each task; the others tie"
        yield Finding("Partial profiles", "good", text)


def _association(shown: Shown) -> Finding:
    table = shown.associations
    about = "Attributes varying together"
    if np.isnan(table).all():
        return Finding(about, "good", "there are no two attributes in one alternative")
    strongest = float(np.nanmax(table))
    a, b = np.unravel_index(int(np.nanargmax(table)), table.shape)
    names = f"{shown.space.study.attribute_ids[a]} and {shown.space.study.attribute_ids[b]}"
    if strongest < 1e-9:
        return Finding(about, "good", "no two attributes are associated in any alternative")
    text = f"strongest association {strongest:.2f} (Cramér's V), of {names}"
    if strongest > 1 - 1e-9:
        cure = "One follows from the other; show more tasks, or use orthogonal_design."
        return Finding(about, "note", text, cure)
    if strongest > STRONG:
        cure = "More tasks or orthogonal_design would weaken it."
        if made_by(shown.design) == "efficient_design":
            cure = (
                "The search allows for it: the standard errors below are what counts. Look at the "
                "two attributes there; more tasks would weaken it."
            )
        return Finding(about, "note", text, cure)
    return Finding(about, "good", text)


def _repetition(shown: Shown) -> Finding:
    about = "Repeated tasks"
    where = " for the same person" if shown.per_person else ""
    if not shown.repeated:
        return Finding(about, "good", f"no task comes twice{where}")
    named = ", ".join(f"{b} repeats {a}" for a, b in shown.repeated[:6])
    more = " and more" if len(shown.repeated) > 6 else ""
    cure = "Fewer tasks or more levels leave room for new ones; a repeat may be wanted as a check."
    text = f"{len(shown.repeated)}{where}: task {named}{more}"
    return Finding(about, "note", text, cure)


def _dominance(shown: Shown) -> Finding:
    about = "Dominated alternatives"
    if not shown.space.exchangeable:
        return Finding(about, "good", "not applicable: alternatives have labels of their own")
    if not shown.space.has_directions:
        text = "cannot be judged: no attribute has a direction"
        return Finding(about, "note", text, "Declare direction = '+' or '-' where it is known.")
    if not shown.dominated:
        return Finding(about, "good", "none by the attributes' directions")
    cure = "Such tasks tell little; try another seed, or keep one as a check of attention."
    if made_by(shown.design) == "efficient_design":
        cure = (
            "One alternative is at least as good in everything, so hardly anybody will choose the "
            "other: ask for Rules(dominated=False), or keep one as a check of attention."
        )
    text = f"in {len(shown.dominated)} tasks: {listed(shown.dominated)}"
    return Finding(about, "note", text, cure)


def _availability(shown: Shown) -> Iterator[Finding]:
    often = shown.present.sum(axis=0).astype(int)
    total = len(shown.present)
    names = [slot.alternative for slot in shown.space.slots]
    if shown.space.study.opt_out is not None:
        names.append(shown.space.study.opt_out.id)
    partly = [(name, n) for name, n in zip(names, often, strict=True) if n < total]
    if not partly:
        return
    about = "Alternatives on offer"
    never = [name for name, n in partly if n == 0]
    if never:
        text = f"never on offer: {', '.join(never)}"
        yield Finding(about, "problem", text, "Offer them in some tasks, or take them out.")
        return
    told = ", ".join(f"{name} in {n}" for name, n in partly)
    yield Finding(about, "good", f"not always all: of {total} tasks, {told}")


def _purposes(design: Design) -> Iterator[Finding]:
    if not design.purposes:
        return
    fixed = [t for t, why in sorted(design.purposes.items()) if why == "fixed"]
    told = [f"task {t} is a {why}" for t, why in sorted(design.purposes.items()) if why != "fixed"]
    parts = [f"given beforehand: tasks {listed(fixed)}"] if fixed else []
    if told:
        parts.append(f"for checks, and left out of everything else said here: {listed(told, 6)}")
    yield Finding("Tasks with a purpose of their own", "good", "; ".join(parts))


def _blocks(shown: Shown) -> Finding:
    about = "Versions" if shown.per_person else "Blocks"
    sizes = np.bincount(shown.block)
    if shown.per_person:
        text = f"{len(sizes)} versions of {sizes.min()} tasks; each person answers one"
        return Finding(about, "good", text)
    values = measures.block_association(shown.space, shown.codes, shown.block)
    known = [value for value in values if not math.isnan(value)]
    strongest = max(known, default=0.0)
    text = f"strongest association of an attribute with the block {strongest:.2f} (Cramér's V)"
    if sizes.min() != sizes.max():
        text += f"; blocks have {sizes.min()} to {sizes.max()} tasks"
        cure = "Use a number of tasks that the number of blocks divides."
        return Finding(about, "note", text, cure)
    if strongest > STRONG:
        cure = "Few tasks per block force this; use fewer blocks or more tasks."
        return Finding(about, "note", text, cure)
    return Finding(about, "good", text)
