"""Quality annex: results with and without flagged people, and who was not heard."""

from __future__ import annotations

from dataclasses import replace

from ccegov_choice.data.quality.both_ways import WithAndWithout
from ccegov_choice.design.words import coefficient_text
from ccegov_choice.report.answers import answer_blocks
from ccegov_choice.report.blocks import Paragraph, Section, folded
from ccegov_choice.report.material import Material
from ccegov_choice.report.told import Told, several, told_blocks
from ccegov_choice.report.wording import say


def quality_section(material: Material) -> Section | None:
    """Tell flags, weights and how people answered; None where nothing of it is known."""
    blocks = (
        *told_blocks(material, material.flags, "flags", "quality_flags", "data"),
        *told_blocks(material, _worded(material), "withwithout", "with_and_without"),
        *told_blocks(material, material.weighting, "weights", "rake", "data"),
        *answer_blocks(material),
    )
    if not blocks:
        return None
    lead = Paragraph(say("quality.lead"))
    return Section("quality", say("quality.title"), (lead, *folded(blocks)), technical=True)


def _worded(material: Material) -> tuple[Told, ...]:
    """Name parameters in the words of the study, as the rest of the report does."""

    def worded(found: Told) -> Told:
        if not isinstance(found, WithAndWithout):
            return found
        rows = (replace(r, name=coefficient_text(r.name, material.study)) for r in found.rows)
        flags = tuple(name.replace("_", " ") for name in found.flags)
        return replace(found, rows=tuple(rows), flags=flags)

    return tuple(worded(found) for found in several(material.quality))
