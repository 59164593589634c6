"""Quality annex: results with and without flagged people, and who was not heard."""

from __future__ import annotations

from ccegov_choice.report.answers import answer_blocks
from ccegov_choice.report.blocks import Paragraph, Section
from ccegov_choice.report.material import Material
from ccegov_choice.report.told import told_blocks
from ccegov_choice.report.wording import say


def quality_section(material: Material) -> Section | None:
    """Tell flags, weights and how people answered; None where nothing of it is known."""
    blocks = (
        *told_blocks(material, material.flags, "flags", "quality_flags", "data"),
        *told_blocks(material, material.quality, "withwithout", "with_and_without"),
        *told_blocks(material, material.weighting, "weights", "rake", "data"),
        *answer_blocks(material),
    )
    if not blocks:
        return None
    lead = Paragraph(say("quality.lead"))
    return Section("quality", say("quality.title"), (lead, *blocks), technical=True)
