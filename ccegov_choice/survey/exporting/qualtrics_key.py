"""What the columns and numbers of a Qualtrics response file mean."""

from __future__ import annotations

from ccegov_choice.survey.exporting.key import KeyRow, version_rows
from ccegov_choice.survey.exporting.outline import Outline
from ccegov_choice.survey.exporting.qualtrics_flow import VERSION


def qualtrics_key(outline: Outline) -> list[KeyRow]:
    """Return what each column and number of the answers means, exported as numeric values."""
    found = version_rows(VERSION, outline.versions)
    for item in outline.answered:
        kept, field = item.kept
        numbered = [(str(number), choice) for number, choice in enumerate(item.choices, 1)]
        if item.kind == "single":
            for code, choice in numbered:
                found.append(KeyRow(item.column, kept, field, code, choice.meant))
        elif item.kind == "multiple":
            for code, choice in numbered:
                found.append(KeyRow(f"{item.column}_{code}", kept, field, "1", choice.value))
        elif item.kind == "matrix":
            for place, row in enumerate(item.rows, 1):
                for code, choice in numbered:
                    column, part = f"{item.column}_{place}", f"{field}.{row.value}"
                    found.append(KeyRow(column, kept, part, code, choice.meant))
        elif item.kind == "ranking":
            for code, choice in numbered:
                found.append(KeyRow(f"{item.column}_{code}", kept, f"{field}.{choice.value}"))
        else:
            found.append(KeyRow(item.column, kept, field))
    return found
