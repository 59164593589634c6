"""The key to a transfer: which column and code of the other tool's answers means what with us."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from ccegov_choice.survey.exporting.outline import Outline, Version


@dataclass(frozen=True)
class KeyRow:
    """What one code in one column means.

    Parameters
    ----------
    column : str
        Column (or name) in the other tool's file of answers.
    item, field : str
        What we keep it under: the item, such as ``"task:17"``, and the key of its payload, such
        as ``"chosen"``. ``version`` and ``block`` for the version that was drawn.
    code : str
        What the file holds; empty if any answer is taken as it stands.
    value : str
        What that means with us.
    """

    column: str
    item: str
    field: str
    code: str = ""
    value: str = ""


def version_rows(column: str, versions: Iterable[Version]) -> list[KeyRow]:
    """Return what each drawn version means: its block, and the seed of its orders."""
    found = []
    for version in versions:
        found.append(KeyRow(column, "version", "block", version.name, version.block))
        found.append(KeyRow(column, "version", "seed", version.name, version.seed))
        for lot, option in version.lots.items():
            found.append(KeyRow(column, "version", f"lot.{lot}", version.name, option))
    return found


def item_rows(outline: Outline, separator: str) -> list[KeyRow]:
    """Return what each code means in tools that have a column for every row of a matrix.

    Parameters
    ----------
    outline : Outline
        What is asked.
    separator : str
        What stands between the column and the row of a matrix.
    """
    found = []
    for item in outline.answered:
        kept, field = item.kept
        if item.kind == "matrix":
            for row in item.rows:
                for choice in item.choices:
                    column, part = f"{item.column}{separator}{row.value}", f"{field}.{row.value}"
                    found.append(KeyRow(column, kept, part, choice.value, choice.meant))
        elif item.choices:
            found.extend(
                KeyRow(item.column, kept, field, choice.value, choice.meant)
                for choice in item.choices
            )
        else:
            found.append(KeyRow(item.column, kept, field))
    return found


def key_text(rows: Iterable[KeyRow]) -> str:
    """Return the key as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(KeyRow))
    writer.writerows(astuple(row) for row in rows)
    return out.getvalue()
