"""Which redesign is best: options, value judgements, what could go wrong, what it is worth."""

from __future__ import annotations

from ccegov_choice.report.blocks import Paragraph, Section
from ccegov_choice.report.material import Material
from ccegov_choice.report.told import several, told_blocks
from ccegov_choice.report.wording import say


def redesign_section(material: Material) -> Section | None:
    """Tell the decision, its failure costs, its value and the index; None where there is none."""
    parts = (material.redesign, material.failure, material.value, material.index)
    if not any(several(part) for part in parts):
        return None
    blocks = (
        Paragraph(say("redesign.lead"), lead=True),
        *told_blocks(material, material.redesign, "choice", "search_redesign"),
        *told_blocks(material, material.failure, "failure", "FailureLedger", "given"),
        *told_blocks(material, material.value, "value", "public_value", "given"),
        *told_blocks(material, material.index, "index", "service_index"),
    )
    return Section("redesign", say("redesign.title"), blocks)
