"""The codebook of a bundle: every column, every question, what each value means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ccegov_choice.responses.export.content import Content
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
    # a question that was reworded is told as it was asked last
    asked = {id: content for content in contents for id in content.questions}
    for layout in layouts:
        for column in layout.columns:
            row = {"file": layout.name, "column": column.name, "kind": column.kind}
            yield {**row, "value": "", "meaning": column.about}
            if layout.name == "choices" and column.name in asked:
                yield from _values(row, column.name, asked[column.name])
    for id, content in asked.items():
        question = content.questions[id]
        file = "free_text" if question["kind"] == "text" else "answers"
        row = {"file": file, "column": id, "kind": str(question["kind"])}
        yield {**row, "value": "", "meaning": content.say(question.get("text"))}
        yield from _values(row, id, content)


def _values(row: Mapping[str, str], id: str, content: Content) -> Iterator[dict[str, str]]:
    question = content.questions[id]
    for part in ("options", "rows"):
        for option in question.get(part) or ():
            value = option["id"] if part == "options" else f"{id}.{option['id']}"
            number = option.get("value")
            meaning = content.say(option.get("text"))
            if number is not None:
                meaning += f" (= {number:g})"
            yield {**row, "value": str(value), "meaning": meaning}
    for end in ("low", "high"):
        if question.get("kind") == "scale" and question.get(end) is not None:
            said = content.say(question.get(f"{end}_text"))
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
