"""Who wins and who loses by a reform, and whether that is fair."""

from __future__ import annotations

from ccegov_choice.report.blocks import Paragraph, Section
from ccegov_choice.report.material import Material
from ccegov_choice.report.told import several, told_blocks
from ccegov_choice.report.wording import say


def winners_section(material: Material) -> Section | None:
    """Tell welfare, equity and burden; None where none of them was worked out."""
    if not several(material.welfare) + several(material.equity) + several(material.burden):
        return None
    blocks = (
        Paragraph(say("winners.lead"), lead=True),
        *told_blocks(material, material.welfare, "welfare", "welfare_change"),
        *told_blocks(material, material.equity, "equity", "equity"),
        *told_blocks(material, material.burden, "burden", "burden_account", "given"),
    )
    return Section("winners", say("winners.title"), blocks)
