"""From a survey to what all survey tools share, and what none of them can hold."""

from __future__ import annotations

from ccegov_choice.survey.exporting.asking import (
    AGREE,
    budget_items,
    consent_items,
    prose_item,
    question_items,
)
from ccegov_choice.survey.exporting.outline import Condition, Item, Outline, Screen, Version
from ccegov_choice.survey.exporting.task_items import task_items
from ccegov_choice.survey.exporting.tongues import Tongues, column
from ccegov_choice.survey.exporting.versions import versions_of
from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.paper.situation import situation
from ccegov_choice.survey.steps import Step, Way
from ccegov_choice.survey.survey import Survey


def outline(survey: Survey, *, orders: int = 1) -> Outline:
    """Return a survey in the terms that all survey tools share.

    Parameters
    ----------
    survey : Survey
        The survey.
    orders : int
        In how many orders of tasks, attributes and options each block is written out. Other
        tools cannot shuffle the rows and columns of a task, so each order is a version.
    """
    tongues = Tongues(survey)
    versions = versions_of(survey, orders)
    screens: list[Screen] = []
    stops: list[Condition] = []
    for page in survey.pages:
        found = _screens(tongues, page, versions)
        screens.extend(_unless(screen, tuple(stops)) for screen in found)
        stops.extend(_stopping(page))
    return Outline(
        survey.id,
        survey.sha256,
        tongues.say(survey.title),
        survey.languages,
        versions,
        tuple(screens),
        tuple(_losses(survey, orders)),
        survey.task_settings.shuffle_tasks,
    )


def _unless(screen: Screen, stops: tuple[Condition, ...]) -> Screen:
    if screen.kind == "end":
        return screen
    return Screen(screen.id, screen.kind, screen.title, screen.items, screen.version, stops)


def _screens(tongues: Tongues, page: Page, versions: tuple[Version, ...]) -> list[Screen]:
    name, title = column(page.id), tongues.say(page.title)
    prose = prose_item(tongues, page)
    if page.kind == "contact":
        return []
    if page.kind == "consent":
        return [Screen(name, "consent", title, (*prose, *consent_items(tongues, page)))]
    if page.kind == "tasks":
        before = [Screen(name, "plain", title, tuple(prose))] if prose else []
        return [*_explained(tongues, name), *before, *_task_screens(tongues, page, versions)]
    if page.kind == "warm-up":
        way = _way(tongues.survey, versions[0])
        items = task_items(tongues, way, Step(page.id, page.id, "page", page), name)
        return [Screen(name, "task", title, (*prose, *items))]
    if page.kind in ("welcome", "end"):
        return [Screen(name, page.kind, title, tuple(prose))]
    items = [*prose, *question_items(tongues, page)]
    if page.budget is not None:
        items.extend(budget_items(tongues, page, page.budget))
    return [Screen(name, "plain", title, tuple(items))] if items else []


def _explained(tongues: Tongues, name: str) -> list[Screen]:
    """Return what tasks speak of and what their words mean; other tools have no glossary."""
    words = {}
    for code, voice in tongues.voices.items():
        meanings = "\n".join(
            f"- **{voice.say(attribute.label)}**: {meaning}"
            for attribute in tongues.survey.study.attributes
            if (meaning := tongues.survey.glossary_of(attribute.id, code))
        )
        words[code] = "\n\n".join(filter(None, (situation(voice), meanings)))
    if not any(words.values()):
        return []
    note = Item(f"{name}_glossary_text", "note", words)
    return [Screen(f"{name}_glossary", "plain", tongues.shell("task.glossary"), (note,))]


def _task_screens(tongues: Tongues, page: Page, versions: tuple[Version, ...]) -> list[Screen]:
    found = []
    blocks = len(tongues.survey.tasks.blocks)
    for version in versions:
        way = _way(tongues.survey, version)
        first = int(version.name) <= blocks
        for number, id in enumerate(way.arrangement.tasks, 1):
            task = tongues.survey.tasks.task(id)
            name = ("" if first else f"v{version.name}") + f"task{column(id).lstrip('q')}"
            step = Step(f"task-{number}", f"task:{id}", "task", page, task, number)
            items = (*_lots(tongues, version, name), *task_items(tongues, way, step, name))
            found.append(Screen(name, "task", tongues.say(page.title), items, version.name))
    return found


def _lots(tongues: Tongues, version: Version, name: str) -> list[Item]:
    """Return what was drawn by lot, which stands above every task."""
    drawn = lots_drawn(tongues.survey.lots, version.seed).values()
    return [
        Item(f"{name}_{column(option.id)}", "note", tongues.say(option.text)) for option in drawn
    ]


def _way(survey: Survey, version: Version) -> Way:
    return Way(survey, version.block, version.seed, {})


def _stopping(page: Page) -> list[Condition]:
    if page.kind == "consent":
        return [Condition(AGREE, ("no",))]
    found = []
    for question in page.questions:
        out = tuple(option.id for option in question.options if option.screen_out)
        if out:
            found.append(Condition(column(question.id), out))
    return found


def _losses(survey: Survey, orders: int) -> list[str]:
    """Return what none of the tools can hold, in words for whoever exports."""
    settings = survey.task_settings
    found = []
    shuffled = settings.shuffle_attributes or settings.shuffle_alternatives
    if shuffled and orders == 1:
        found.append(
            "Attributes and options of a task stand in one order for each block, not in an order "
            "for each person. --orders 4 writes each block in four orders."
        )
    if settings.highlight:
        found.append("Lines in which the options differ are not marked.")
    found.append("People cannot switch between cards and table; tasks are shown as a table.")
    if any(level.image for a in survey.study.attributes for level in a.levels):
        found.append("Pictures of levels are left out; what they show is said in words.")
    if settings.available:
        named = ", ".join(settings.available)
        found.append(f"Options that not everybody has ({named}) are shown to everybody.")
    if survey.page_of_kind("contact"):
        found.append(
            "The contact page is left out: these tools would keep contacts beside the answers."
        )
    drawn = {lot.id for lot in survey.lots}
    by_lot = [q.id for q in survey.questions.values() if drawn & set(q.when or {})]
    if by_lot:
        found.append(f"Questions asked depending on a lot ({', '.join(by_lot)}) are asked of all.")
    if survey.quotas:
        named = ", ".join(quota.question for quota in survey.quotas)
        found.append(f"Quotas ({named}) are left out; set them up in the tool.")
    found.append(
        "Blocks are drawn by lot at the start, not balanced on completed interviews; the code by "
        "which people see and erase their answers, and the record of what each person saw, exist "
        "in our own survey server only."
    )
    return found
