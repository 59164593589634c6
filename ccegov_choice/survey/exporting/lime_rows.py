"""The tables of a LimeSurvey survey file (LSS): an XML element with rows for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, indent, tostring

Row = Mapping[str, str | int]


@dataclass
class Tables:
    """Rows by table, numbered as they are added.

    The names of tables and columns are those of LimeSurvey's database, which its survey files
    mirror.
    """

    survey: int
    languages: Sequence[str]
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: str | int) -> int:
        """Add a row; return its number within the table, from 1."""
        found = self.rows.setdefault(table, [])
        found.append(row)
        return len(found)

    def next_number(self, *tables: str) -> int:
        """Return the number that the next row has, counted over some tables together."""
        return 1 + sum(len(self.rows.get(table, ())) for table in tables)

    def say(self, table: str, owner: str, id: int, **texts: Mapping[str, str]) -> None:
        """Add a row of texts for each language."""
        for code in self.languages:
            number = self.next_number(table)
            said = {name: text.get(code, "") for name, text in texts.items()}
            self.add(table, id=number, **{owner: id}, language=code, **said)

    def xml(self, database_version: int) -> str:
        """Return the survey file."""
        root = Element("document")
        SubElement(root, "LimeSurveyDocType").text = "Survey"
        SubElement(root, "DBVersion").text = str(database_version)
        languages = SubElement(root, "languages")
        for code in self.languages:
            SubElement(languages, "language").text = code
        for table, rows in self.rows.items():
            element = SubElement(root, table)
            names = list(dict.fromkeys(name for row in rows for name in row))
            listed = SubElement(element, "fields")
            for name in names:
                SubElement(listed, "fieldname").text = name
            body = SubElement(element, "rows")
            for row in rows:
                written = SubElement(body, "row")
                for name in names:
                    SubElement(written, name).text = str(row.get(name, ""))
        indent(root, space=" ")
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"
        )
