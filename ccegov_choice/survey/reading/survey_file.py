"""Reading a survey's folder: every problem of every file at once, with file and line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ccegov_choice._files import read_text
from ccegov_choice.errors import FileFormatError, Problem, SurveyError
from ccegov_choice.study.files import examine as examine_study
from ccegov_choice.study.lines import KeyPath, Positions
from ccegov_choice.study.section import Section
from ccegov_choice.study.study import Study
from ccegov_choice.survey.places import Places
from ccegov_choice.survey.reading.design_file import CSV, read_tasks
from ccegov_choice.survey.reading.page_file import ReadPage, read_page
from ccegov_choice.survey.reading.questions import read_lot
from ccegov_choice.survey.reading.settings_tables import (
    read_fieldwork,
    read_owner,
    read_quotas,
    read_retention,
    read_task_settings,
    read_theme,
)
from ccegov_choice.survey.reading.toml_file import read_section
from ccegov_choice.survey.reading.translations import translated
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Tasks

SURVEY = "survey.toml"
KEYS = (
    *(
        "id",
        "title",
        "languages",
        "design",
        "pages",
        "consequence",
        "owner",
        "tasks",
        "lot",
        "quota",
    ),
    *("fieldwork", "retention", "theme", "glossary"),
)


def read_survey(folder: str | Path) -> Survey:
    """Read a survey's folder; see `Survey.read`."""
    source = Path(folder)
    source = source.parent if source.name == SURVEY else source
    survey, problems = examine(source)
    if problems or survey is None:
        raise SurveyError.of(problems, f"{source} has {{count}} problems:")
    return survey


def examine(folder: Path) -> tuple[Survey | None, list[Problem]]:
    """Return a survey as far as it can be read, and every problem of reading it.

    Parameters
    ----------
    folder : Path
        Holds ``survey.toml``.

    Raises
    ------
    FileFormatError
        If there is no ``survey.toml``, or it is not UTF-8.
    """
    file = f"{folder}/{SURVEY}"
    root, problems = read_section(read_text(folder / SURVEY), file, "the survey")
    if root is None:
        return None, problems
    root.only(KEYS)
    for key, example in (("id", '"benefit-claim"'), ("title", '"..."'), ("pages", '["welcome"]')):
        root.require(key, f"Write near the top: {key} = {example}.")
    root.notes.languages = root.words_list("languages", ("en",)) or ("en",)
    study, tasks, found = _design(root, folder)
    if study is None or tasks is None:
        return None, [*problems, *found]
    pages, page_problems = _pages(root, folder, study)
    survey = _survey(root, study, tasks, pages, folder)
    survey, translation_problems = translated(survey, folder, str(folder))
    return survey, [*problems, *found, *page_problems, *translation_problems]


def _design(root: Section, folder: Path) -> tuple[Study | None, Tasks | None, list[Problem]]:
    """Read the study and tasks of the design folder that the survey names."""
    part = root.table("design", "the design")
    if part is None:
        root.require("design", 'Write design = { folder = "...", sha256 = "..." }.')
        return None, None, []
    part.only(("folder", "sha256"))
    part.require("folder", 'Write folder = "../../designs/NAME".')
    place = Path(os.path.normpath(folder / part.words("folder")))
    name = str(place)
    try:
        study, problems = examine_study(read_text(place / "study.toml"), f"{name}/study.toml")
    except FileFormatError as error:
        where = root.notes.positions.where("design", "folder")
        cure = "Name the folder of the design as seen from the survey's folder."
        return None, None, [Problem(f"{place}/study.toml: {error.problem}", cure, where)]
    found = list(problems)
    if study is None:
        return None, None, found
    tasks, more = read_tasks(place, study, name)
    found.extend(more)
    if tasks is not None and part.words("sha256") != tasks.sha256:
        found.append(_other_design(part, tasks.sha256))
    return study, tasks, found


def _other_design(part: Section, fingerprint: str) -> Problem:
    line = f'sha256 = "{fingerprint}"'
    where = part.notes.positions.where(*part.path, "sha256")
    if "sha256" not in part:
        return Problem("the design has no fingerprint", f"Write {line}.", where)
    return Problem(
        f"{CSV} is not the design that this survey was made for",
        f"Put the old design back; or, if people shall see the new one, write {line}.",
        where,
    )


def _pages(root: Section, folder: Path, study: Study) -> tuple[list[ReadPage], list[Problem]]:
    found, problems = [], []
    for index, id in enumerate(root.words_list("pages")):
        name = f"{folder}/pages/{id}.md"
        path = folder / "pages" / f"{id}.md"
        if not path.exists():
            problems.append(
                Problem(
                    f"page '{id}' has no file",
                    f"Write {name}, or take the page out of the list.",
                    root.notes.positions.where("pages", index),
                )
            )
            continue
        page, noted = read_page(path, name, study, root.notes.languages)
        problems.extend(noted)
        if page is not None:
            found.append(page)
    return found, problems


def _survey(
    root: Section, study: Study, tasks: Tasks, pages: list[ReadPage], folder: Path
) -> Survey:
    glossary = root.table("glossary", "the glossary")
    survey = Survey(
        id=root.words("id"),
        title=root.text("title"),
        study=study,
        tasks=tasks,
        pages=tuple(read.page for read in pages),
        owner=read_owner(root),
        languages=root.notes.languages,
        task_settings=read_task_settings(root),
        lots=tuple(read_lot(part, study) for part in root.tables("lot")),
        quotas=read_quotas(root),
        fieldwork=read_fieldwork(root),
        retention=read_retention(root),
        theme=read_theme(root),
        glossary={} if glossary is None else {id: glossary.text(id) for id in glossary.content},
        consequence=root.text("consequence"),
        folder=folder,
    )
    return survey.standing_at(_places(root.notes.all_positions(), study, pages))


def _places(survey: Positions, study: Study, pages: list[ReadPage]) -> Places:
    parts: dict[KeyPath, tuple[Positions, KeyPath]] = {}
    for read in pages:
        for canonical, actual in read.parts.items():
            parts.setdefault(canonical, (read.positions, actual))
    if study.positions is not None:
        for path, actual in _study_parts(study):
            parts[path] = (study.positions, actual)
    return Places(survey, {read.page.id: read.positions for read in pages}, parts)


def _study_parts(study: Study) -> Iterator[tuple[KeyPath, KeyPath]]:
    """Yield parts of the study by id, and their paths in its file."""
    yield ("study",), ()
    for index, attribute in enumerate(study.attributes):
        yield ("attribute", attribute.id), ("attribute", index)
    for index, covariate in enumerate(study.covariates):
        yield ("covariate", covariate.id), ("covariate", index)
    for index, alternative in enumerate(study.alternatives):
        yield ("alternative", alternative.id), ("alternative", index)
    if study.opt_out is not None:
        yield ("alternative", study.opt_out.id), ("opt_out",)
