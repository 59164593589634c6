"""Every wording of a survey by its path: what translators write, and what checks read.

The paths are those of the keys in ``translations/LANG.toml``: ``attribute.wait.label``,
``question.age.option.young.text``, ``page.welcome.title``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.study import Study
from ccegov_choice.study.wording import Text, quantity
from ccegov_choice.survey.page import Budget, Page, Project
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.settings import TaskSettings
from ccegov_choice.survey.survey import Survey

Change = Callable[[KeyPath, Text], Text]
"""Takes the path of a wording and the wording, returns what shall stand there."""

_Noun = TypeVar(
    "_Noun", Study, Attribute, Level, Alternative, Covariate, Page, Question, Project, Option
)


def wordings(survey: Survey) -> dict[KeyPath, Text]:
    """Return every wording that is not empty, in the order of study, pages and settings."""
    found: dict[KeyPath, Text] = {}

    def note(path: KeyPath, text: Text) -> Text:
        if text:
            found[path] = text
        return text

    reworded(survey, note)
    return found


def reworded(survey: Survey, change: Change) -> Survey:
    """Return the survey with every wording replaced by what `change` makes of it."""

    def one(text: Text, *path: str) -> Text:
        return change(path, text)

    changed = replace(
        survey,
        title=one(survey.title, "title"),
        study=_study(survey.study, change),
        consequence=one(survey.consequence, "consequence"),
        owner=replace(survey.owner, name=one(survey.owner.name, "owner", "name")),
        theme=replace(survey.theme, logo_alt=one(survey.theme.logo_alt, "theme", "logo_alt")),
        glossary={id: one(text, "glossary", id) for id, text in survey.glossary.items()},
        lots=tuple(
            replace(lot, options=_options(lot.options, ("lot", lot.id, "option"), change))
            for lot in survey.lots
        ),
        task_settings=_task_settings(survey.task_settings, change),
        pages=tuple(_page(page, change) for page in survey.pages),
    )
    return changed if survey.positions is None else changed.standing_at(survey.positions)


def _fields(noun: _Noun, path: KeyPath, change: Change, names: Iterable[str]) -> _Noun:
    changed: dict[str, Any] = {n: change((*path, n), getattr(noun, n)) for n in names}
    return replace(noun, **changed)


def _study(study: Study, change: Change) -> Study:
    changed = _fields(study, ("study",), change, ("title", "context", "question"))
    changed = replace(
        changed,
        attributes=tuple(_attribute(attribute, change) for attribute in study.attributes),
        alternatives=tuple(_alternative(item, change) for item in study.alternatives),
        opt_out=None if study.opt_out is None else _alternative(study.opt_out, change),
        covariates=tuple(_covariate(item, change) for item in study.covariates),
    )
    return changed if study.positions is None else changed.standing_at(study.positions)


def _attribute(attribute: Attribute, change: Change) -> Attribute:
    path: KeyPath = ("attribute", attribute.id)
    names = ("label", "definition", "unit", "unit_plural")
    changed = _fields(attribute, path, change, names)
    levels = tuple(_level(level, path, change, changed, attribute) for level in attribute.levels)
    return replace(changed, levels=levels)


def _level(
    level: Level, path: KeyPath, change: Change, changed: Attribute, before: Attribute
) -> Level:
    """Change a level; one that only names its number follows the changed unit.

    A translation may still word it, for languages whose unit has more than two forms.
    """
    path = (*path, "level", level.id)
    if before.is_numeric and _names_number(level, before):
        level = replace(level, label=_numbered(level.value or 0.0, changed))
    level = _fields(level, path, change, ("label",))
    level = _fields(level, path, change, ("description",))
    if level.image_alt is not None:
        level = _fields(level, path, change, ("image_alt",))
    return level


def _names_number(level: Level, attribute: Attribute) -> bool:
    return level.value is not None and level.label == _numbered(level.value, attribute)


def _numbered(number: float, attribute: Attribute) -> Text:
    unit, plural = attribute.unit, attribute.unit_plural
    if isinstance(unit, str):
        return quantity(number, unit, plural)
    several = {} if isinstance(plural, str) else plural
    same = plural if isinstance(plural, str) else ""
    return {code: quantity(number, unit[code], several.get(code, same), code) for code in unit}


def _alternative(alternative: Alternative, change: Change) -> Alternative:
    return _fields(alternative, ("alternative", alternative.id), change, ("label", "description"))


def _covariate(covariate: Covariate, change: Change) -> Covariate:
    path: KeyPath = ("covariate", covariate.id)
    changed = _fields(covariate, path, change, ("label", "unit", "question"))
    levels = tuple(
        _fields(level, (*path, "level", level.id), change, ("label", "description"))
        for level in covariate.levels
    )
    return replace(changed, levels=levels)


def _task_settings(settings: TaskSettings, change: Change) -> TaskSettings:
    return replace(
        settings,
        follow_up=change(("tasks", "follow_up"), settings.follow_up),
        follow_options=_options(settings.follow_options, ("tasks", "follow_option"), change),
        protest=_options(settings.protest, ("tasks", "protest"), change),
    )


def _options(options: Iterable[Option], path: KeyPath, change: Change) -> tuple[Option, ...]:
    return tuple(
        _fields(option, (*path, option.id), change, ("text", "hint")) for option in options
    )


def _page(page: Page, change: Change) -> Page:
    path: KeyPath = ("page", page.id)
    changed = _fields(page, path, change, ("title", "body"))
    return replace(
        changed,
        questions=tuple(_question(question, change) for question in page.questions),
        statements=_options(page.statements, (*path, "statement"), change),
        budget=None if page.budget is None else _budget(page.budget, path, change),
    )


def _question(question: Question, change: Change) -> Question:
    path: KeyPath = ("question", question.id)
    names = ("text", "hint", "low_text", "high_text", "unit")
    return replace(
        _fields(question, path, change, names),
        options=_options(question.options, (*path, "option"), change),
        rows=_options(question.rows, (*path, "row"), change),
    )


def _budget(budget: Budget, path: KeyPath, change: Change) -> Budget:
    return replace(
        budget,
        unit=change((*path, "budget", "unit"), budget.unit),
        unit_plural=change((*path, "budget", "unit_plural"), budget.unit_plural),
        projects=tuple(
            _fields(project, (*path, "project", project.id), change, ("text", "description"))
            for project in budget.projects
        ),
    )
