"""Sections 7 and 8: how sure we are, and what the study cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ccegov_choice.models.results import Results
from ccegov_choice.report.blocks import Block, Bullets, Callout, Paragraph, Section
from ccegov_choice.report.material import FEW_PEOPLE, LEVEL, Material, level_percent
from ccegov_choice.report.wording import points, quoted, say

FEW_RANGES = 2
"""How many tested ranges are repeated among the limits; more are left to section 2."""


def certainty_section(material: Material) -> Section:
    """Say how far chance could move the numbers, and how well the model knows people."""
    return Section("certainty", say("certainty.title"), tuple(_certainty(material)))


def _certainty(material: Material) -> Iterator[Block]:
    results = material.results
    if not results.converged:
        yield Callout(say("certainty.title"), say("certainty.not_converged"))
    sentences = [say("certainty.range", level=level_percent(LEVEL))]
    if results.covariance_kind.name.lower().startswith(("cluster", "bootstrap")):
        sentences.append(say("certainty.range_person"))
    yield Paragraph(" ".join(sentences))
    model, guess = average_chances(results, float(material.data.weights.sum()))
    yield Paragraph(say("certainty.fit", model=points(100 * model), guess=points(100 * guess)))
    yield from _clear_effects(results)
    remarks = []
    if material.data.people < FEW_PEOPLE:
        remarks.append(say("certainty.small", people=material.people))
    if results.weighted:
        remarks.append(say("certainty.weights"))
    if len(material.models) > 1:
        remarks.append(say("certainty.several", n=len(material.models)))
    remarks.append(say("certainty.holdout"))
    yield Bullets(tuple(remarks))


def average_chances(results: Results, tasks: float) -> tuple[float, float]:
    """Return the typical chance of the chosen alternative, by the model and by a blind guess.

    Both are geometric means: ``exp(log-likelihood / tasks)``, tasks counted with their weights.
    """
    return (
        math.exp(results.log_likelihood / tasks),
        math.exp(results.log_likelihood_null / tasks),
    )


def _clear_effects(results: Results) -> Iterator[Block]:
    frame = results.tidy(LEVEL)
    known = frame[frame["std_error"].notna() & (frame["std_error"] > 0)]
    if known.empty:
        return
    clear = np.sign(known["conf_low"]) == np.sign(known["conf_high"])
    if clear.all():
        yield Paragraph(say("certainty.all_clear", total=len(known)))
        return
    yield Paragraph(say("certainty.clear", total=len(known), clear=int(clear.sum())))


def limits_section(material: Material) -> Section:
    """Say what the study cannot tell, from how it was made, with the authors' own remarks."""
    blocks = (
        Paragraph(say("limits.lead")),
        Bullets((*_limits(material), *material.notes)),
    )
    return Section("limits", say("limits.title"), blocks)


def _limits(material: Material) -> Iterator[str]:
    study = material.study
    if material.simulated:
        yield say("limits.simulated")
    yield say("limits.said")
    ranges = list(_tested(material))
    if 0 < len(ranges) <= FEW_RANGES:
        yield say("limits.tested", ranges=" ".join(ranges))
    else:
        yield say("limits.tested_many")
    yield say("limits.average")
    yield say("limits.missing")
    if study.mandatory:
        yield say("limits.mandatory")
    elif material.opt_out:
        yield say("limits.opt_out", label=quoted(material.opt_out))
    else:
        yield say("limits.forced")
    yield say("limits.rights")
    yield say("limits.losers" if material.welfare is not None else "limits.others")
    yield say("limits.cost")


def _tested(material: Material) -> Iterator[str]:
    for attribute in material.study.attributes:
        if attribute.is_numeric and len(attribute.shown_levels) > 1:
            shown = [level.value for level in attribute.shown_levels if level.value is not None]
            low, high = attribute.unit_text(min(shown)), attribute.unit_text(max(shown))
            yield say("limits.tested_range", attribute=attribute.text(), low=low, high=high)
