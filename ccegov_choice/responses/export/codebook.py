"""The codebook of a bundle: every column, every question, what each value means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ccegov_choice.responses.export.content import Content, one_wording
from ccegov_choice.responses.export.layout import Column, FileLayout

CODEBOOK = FileLayout(
    "codebook",
    "What every column and every value means.",
    (
        Column("file", "text", "In which file."),
        Column("column", "text", "Which column, or question of answers and free_text."),
        Column("kind", "text", "What it holds."),
        Column("value", "text", "One of its values; empty: the column itself."),
        Column("meaning", "text", "In words, in the survey's main language."),
    ),
)


def codebook_rows(
    layouts: Iterable[FileLayout], contents: Sequence[Content]
) -> Iterator[dict[str, str]]:
    """Yield the codebook as a table."""
    questions: dict[str, Mapping[str, Any]] = {}
    for content in contents:
        questions |= content.questions
    for layout in layouts:
        for column in layout.columns:
            row = {"file": layout.name, "column": column.name, "kind": column.kind}
            yield {**row, "value": "", "meaning": column.about}
            if layout.name == "choices" and column.name in questions:
                yield from _values(row, questions[column.name])
    for id, question in questions.items():
        file = "free_text" if question["kind"] == "text" else "answers"
        row = {"file": file, "column": id, "kind": str(question["kind"])}
        yield {**row, "value": "", "meaning": one_wording(question.get("text"))}
        yield from _values(row, question)


def _values(row: Mapping[str, str], question: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for part in ("options", "rows"):
        for option in question.get(part) or ():
            value = option["id"] if part == "options" else f"{question['id']}.{option['id']}"
            number = option.get("value")
            meaning = one_wording(option.get("text"))
            if number is not None:
                meaning += f" (= {number:g})"
            yield {**row, "value": str(value), "meaning": meaning}
    for end in ("low", "high"):
        if question.get("kind") == "scale" and question.get(end) is not None:
            said = one_wording(question.get(f"{end}_text"))
            yield {**row, "value": f"{question[end]:g}", "meaning": said}


def codebook_text(
    survey: str, layouts: Sequence[FileLayout], rows: Iterable[Mapping[str, str]]
) -> str:
    """Return the codebook as Markdown, one table for each file."""
    listed = list(rows)
    parts = [f"# Codebook of '{survey}'\n"]
    for layout in layouts:
        parts.append(f"\n## {layout.name}\n\n{layout.about}\n")
        parts.append("\n| column | kind | value | meaning |\n|---|---|---|---|\n")
        parts.extend(
            "| "
            + " | ".join(_safe(row[key]) for key in ("column", "kind", "value", "meaning"))
            + " |\n"
            for row in listed
            if row["file"] == layout.name
        )
    return "".join(parts)


def _safe(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
