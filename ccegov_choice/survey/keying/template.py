"""Files to key forms into: a table per block, and a guide to what is keyed where."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from ccegov_choice.study.wording import wording
from ccegov_choice.survey.keying.columns import FORM_COLUMNS, NOTHING, KeyColumn, key_columns
from ccegov_choice.survey.survey import Survey


def template_csv(survey: Survey, block: str, forms: Iterable[int] = ()) -> str:
    """Return an empty table for one block.

    Parameters
    ----------
    survey : Survey
        The survey.
    block : str
        The block.
    forms : iterable of int
        Numbers of forms to begin rows with.
    """
    columns = key_columns(survey, block)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*FORM_COLUMNS, *(column.name for column in columns)])
    for form in forms:
        start = [str(form), block, survey.sha256[:8], survey.language, "paper"]
        writer.writerow([*start, *("" for _ in columns)])
    return out.getvalue()


def guide(survey: Survey) -> str:
    """Return what whoever keys forms has to know, as Markdown."""
    title = survey.say(survey.title, survey.language)
    lines = [
        f"# Keying forms: {title}",
        "",
        "Two people key every form, each into a file of their own, without seeing the other's.",
        "",
        "- One row for each form. The form's code is printed on it: "
        "`ccegov:SURVEY:VERSION:BLOCK:FORM:LANGUAGE`.",
        "- Key the small number printed beside the box that is ticked. Never guess.",
        f"- Key `{NOTHING}` where an answer cannot be read, or more boxes are ticked than allowed.",
        "- Leave a cell empty where the form is empty.",
        "- Several numbers in one cell: with spaces between them, such as `1 4`.",
        "- Days as `31.12.2026` or `2026-12-31`. Words as they are written.",
        "- `mode`: `paper`, `large-print`, `telephone` or `interviewer`.",
        "- `choice_1` is the first choice on the form, `choice_2` the second, and so on.",
        *_destroyed(survey),
        "",
        "| column | what is asked | what to key |",
        "|---|---|---|",
    ]
    lines += [
        f"| {names} | {_asked(survey, column)} | {_how(survey, column)} |"
        for names, column in _alike(survey)
    ]
    return "\n".join(lines) + "\n"


def _destroyed(survey: Survey) -> Iterator[str]:
    days = survey.retention.answers_days
    if days:
        yield (
            f"- Destroy the forms and what was keyed of them at most {days} days after they came "
            "in: until then, and no longer, people were promised that their answers can be tied "
            "to them. The orders that stay with the answers give the number of a form away."
        )


def _alike(survey: Survey) -> list[tuple[str, KeyColumn]]:
    """Return names and one of the columns of each kind: all choices are keyed alike."""
    alike: dict[tuple[str, ...], dict[str, KeyColumn]] = {}
    for block in survey.tasks.blocks:
        for column in key_columns(survey, block):
            same = ("task", column.part, column.option) if column.choice else (column.name,)
            alike.setdefault(same, {})[column.name] = column
    found = []
    for columns in alike.values():
        names = [f"`{name}`" for name in columns]
        named = names[0] if len(names) == 1 else f"{names[0]} ... {names[-1]}"
        found.append((named, next(iter(columns.values()))))
    return found


def _asked(survey: Survey, column: KeyColumn) -> str:
    language = survey.language
    if column.question is not None:
        text = wording(column.question.text, language)
        rows = {row.id: row for row in column.question.rows}
        if column.part in rows:
            text += f" {wording(rows[column.part].text, language)}"
        return _cell(text + (" (own words)" if column.role == "other" else ""))
    if column.role == "consent" and column.page is not None:
        found = {s.id: wording(s.text, language) for s in column.page.statements}
        return _cell(found.get(column.part, wording(column.page.title, language)))
    if column.role == "task":
        words = {"chosen": "what is chosen", "rank": "rank", "rate": "points", "reason": "why"}
        asked = words.get(column.part, column.part)
        option = f" of the option with the number {column.option}" if column.option else ""
        return f"each choice: {asked}{option}"
    return _cell(wording(column.page.title, language) if column.page is not None else column.name)


def _how(survey: Survey, column: KeyColumn) -> str:
    plain = {
        "words": "the words",
        "number": "the number",
        "date": "the day",
        "tick": "1 if ticked",
        "place": "the number written beside it",
    }
    if column.kind in plain:
        return plain[column.kind]
    if column.role == "task" and column.part in ("chosen", "best", "worst"):
        undecided = ", 0 for “cannot decide”" if "0" in column.codes else ""
        return f"the printed number{undecided}"
    texts = _texts(survey, column)
    listed = "; ".join(f"{code} = {texts.get(id, id)}" for code, id in column.codes.items())
    return _cell(listed)


def _texts(survey: Survey, column: KeyColumn) -> dict[str, str]:
    options = column.question.options if column.question is not None else ()
    if column.role == "task":
        settings = survey.task_settings
        options = settings.follow_options if column.part == "follow" else settings.protest
    found = {option.id: wording(option.text, survey.language) for option in options}
    if column.role == "picked" and column.page is not None and column.page.budget is not None:
        found = {p.id: wording(p.text, survey.language) for p in column.page.budget.projects}
    return found


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
