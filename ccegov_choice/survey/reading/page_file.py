"""From ``pages/ID.md`` to a page: settings between two lines of +++, then Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ccegov_choice._files import read_text
from ccegov_choice.errors import FileFormatError, Problem
from ccegov_choice.study.lines import KeyPath, Positions
from ccegov_choice.study.section import Section
from ccegov_choice.study.study import Study
from ccegov_choice.survey.page import PAGE_KINDS, Budget, Page, PageKind, Project
from ccegov_choice.survey.reading.questions import read_options, read_question
from ccegov_choice.survey.reading.toml_file import read_section, split_front_matter
from ccegov_choice.survey.task import Offer, Task

PAGE_KEYS = ("kind", "title", "question", "statement", "budget", "offer")
_EXAMPLE = "example"


@dataclass(frozen=True)
class ReadPage:
    """A page and where its parts stand.

    Parameters
    ----------
    page : Page
        The page.
    positions : Positions
        Lines of its file.
    parts : mapping
        Parts that are known by id, such as ``("question", "age")`` -> path in the file.
    """

    page: Page
    positions: Positions
    parts: dict[KeyPath, KeyPath]


def read_page(
    path: Path, name: str, study: Study, languages: tuple[str, ...]
) -> tuple[ReadPage | None, list[Problem]]:
    """Read a page file.

    Parameters
    ----------
    path : Path
        The file; its stem is the page's id.
    name : str
        What the file is called in messages.
    study : Study
        Whose covariates questions may fill.
    languages : tuple of str
        The survey's languages.
    """
    try:
        text = read_text(path)
    except FileFormatError as error:
        return None, [Problem(error.problem, error.cure, name)]
    front, body, problems = split_front_matter(text, name)
    if problems:
        return None, problems
    root, problems = read_section(front, name, f"page '{path.stem}'", languages)
    if root is None:
        return None, problems
    page = _page(root, path.stem, body, study)
    return ReadPage(page, root.notes.all_positions(), dict(_parts(root))), problems


def _parts(root: Section) -> Iterator[tuple[KeyPath, KeyPath]]:
    """Yield questions by id, and where they stand."""
    given = root.content.get("question")
    for index, item in enumerate(given if isinstance(given, list) else []):
        if isinstance(item, dict):
            id = str(item.get("id", item.get("covariate", "")))
            yield ("question", id), ("question", index)


def _page(root: Section, id: str, body: str, study: Study) -> Page:
    root.only(PAGE_KEYS)
    known = ", ".join(PAGE_KINDS)
    root.require("kind", f"Write one of: {known}.")
    root.require("title", 'Write title = "...": the heading.')
    budget = root.table("budget", "the budget")
    language = root.notes.languages[0]
    return Page(
        id=id,
        kind=cast(PageKind, root.choice("kind", PAGE_KINDS, "text")),
        title=root.text("title"),
        body=body if len(root.notes.languages) == 1 or not body else {language: body},
        questions=tuple(read_question(part, study) for part in root.tables("question")),
        statements=read_options(root, "statement"),
        budget=None if budget is None else _budget(budget),
        example=_example(root, study) if "offer" in root else None,
    )


def _budget(part: Section) -> Budget:
    part.only(("amount", "unit", "unit_plural", "reasons", "shuffle", "project"))
    part.require("amount", "Write amount = 100: what there is to spend.")
    return Budget(
        amount=part.number("amount") or 0.0,
        unit=part.text("unit"),
        unit_plural=part.text("unit_plural"),
        projects=tuple(_project(table) for table in part.tables("project")),
        reasons=part.flag("reasons", True),
        shuffle=part.flag("shuffle", True),
    )


def _project(part: Section) -> Project:
    part.only(("id", "text", "description", "cost"))
    part.require("id", 'Write id = "park": what the data hold.')
    part.require("text", 'Write text = "...": what people read.')
    part.require("cost", "Write cost = 20: what it takes from the budget.")
    return Project(
        id=part.words("id"),
        text=part.text("text"),
        cost=part.number("cost") or 0.0,
        description=part.text("description"),
    )


def _example(root: Section, study: Study) -> Task:
    """Read the task of a warm-up; the study's opt-out is added as in the tasks."""
    offers = [_offer(part, study) for part in root.tables("offer")]
    if study.opt_out is not None and study.opt_out.id not in {o.alternative for o in offers}:
        own = study.opt_out
        offers.append(Offer(own.id, own.kind, own.fixed, own.personal))
    return Task(_EXAMPLE, _EXAMPLE, tuple(offers))


def _offer(part: Section, study: Study) -> Offer:
    part.only(("alternative", "levels"))
    part.require("alternative", 'Write alternative = "A": its name in the design.')
    name = part.words("alternative")
    named = {item.id: item for item in study.named_alternatives}
    inside = part.table("levels", f"levels of {part.name}")
    levels = {
        id: level if isinstance(level, str) else float(level)
        for id, level in ({} if inside is None else inside.content).items()
        if isinstance(level, str | int | float)
    }
    known = named.get(name)
    if known is None:
        return Offer(name, "unlabelled", levels)
    return Offer(name, known.kind, {**known.fixed, **levels}, known.personal)
