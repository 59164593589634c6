"""From the tables of ``survey.toml`` to the settings of a survey."""

from __future__ import annotations

from typing import cast

from ccegov_choice.study.section import Section
from ccegov_choice.survey.reading.questions import read_limits, read_options
from ccegov_choice.survey.settings import (
    MODES,
    TASK_RESPONSES,
    VIEWS,
    Fieldwork,
    Owner,
    Panel,
    Quota,
    Retention,
    TaskResponse,
    TaskSettings,
    Theme,
    View,
)

TASK_KEYS = (
    *("response", "view", "highlight", "dont_know", "protest", "points", "follow_up"),
    *("follow_option", "shuffle_tasks", "shuffle_attributes", "shuffle_alternatives"),
    *("first_attributes", "last_attributes", "available"),
)
RETENTION_KEYS = (
    *("answers_days", "contacts_days", "unfinished_days", "closes", "lawful_basis", "purpose"),
)


def read_owner(root: Section) -> Owner:
    """Read who asks."""
    part = root.table("owner", "the owner")
    if part is None:
        return Owner("")
    part.only(("name", "contact", "address", "phone", "data_protection"))
    part.require("name", 'Write name = "...": the public body that asks.')
    return Owner(
        name=part.text("name"),
        contact=part.words("contact"),
        address=part.words("address"),
        phone=part.words("phone"),
        data_protection=part.words("data_protection"),
    )


def read_task_settings(root: Section) -> TaskSettings:
    """Read how tasks are asked."""
    part = root.table("tasks", "the tasks")
    if part is None:
        return TaskSettings()
    part.only(TASK_KEYS)
    usual = TaskSettings()
    return TaskSettings(
        response=cast(TaskResponse, part.choice("response", TASK_RESPONSES, usual.response)),
        view=cast(View, part.choice("view", VIEWS, usual.view)),
        highlight=part.flag("highlight", usual.highlight),
        dont_know=part.flag("dont_know", usual.dont_know),
        protest=read_options(part, "protest"),
        points=part.whole("points", usual.points),
        follow_up=part.text("follow_up"),
        follow_options=read_options(part, "follow_option"),
        shuffle_tasks=part.flag("shuffle_tasks", usual.shuffle_tasks),
        shuffle_attributes=part.flag("shuffle_attributes", usual.shuffle_attributes),
        shuffle_alternatives=part.flag("shuffle_alternatives", usual.shuffle_alternatives),
        first_attributes=part.words_list("first_attributes"),
        last_attributes=part.words_list("last_attributes"),
        available=_available(part),
    )


def _available(tasks: Section) -> dict[str, dict[str, tuple[str, ...]]]:
    part = tasks.table("available", "'available' of the tasks")
    found = {}
    for name in () if part is None else part.content:
        inside = None if part is None else part.table(name, f"'available' of '{name}'")
        if inside is not None:
            found[name] = {key: inside.words_list(key) for key in inside.content}
    return found


def read_quotas(root: Section) -> tuple[Quota, ...]:
    """Read how many of each kind of person are wanted."""
    found = []
    for part in root.tables("quota"):
        part.only(("question", "limits"))
        part.require("question", 'Write question = "age": a single-choice question.')
        part.require("limits", "Write limits = { young = 200, old = 200 }.")
        found.append(Quota(part.words("question"), read_limits(part, "limits")))
    return tuple(found)


def read_fieldwork(root: Section) -> Fieldwork:
    """Read how places are handed out."""
    part = root.table("fieldwork", "the fieldwork")
    if part is None:
        return Fieldwork()
    part.only(("seed", "lease_minutes", "target", "modes", "panel"))
    usual = Fieldwork()
    modes = part.words_list("modes", usual.modes)
    for mode in modes:
        if mode not in MODES:
            part.wrong("modes", "modes that exist", f"Known: {', '.join(MODES)}.")
    return Fieldwork(
        seed=part.whole("seed", usual.seed),
        lease_minutes=part.whole("lease_minutes", usual.lease_minutes),
        target=part.whole("target", usual.target),
        modes=modes,
        panel=_panel(part),
    )


def _panel(fieldwork: Section) -> Panel:
    part = fieldwork.table("panel", "the panel")
    if part is None:
        return Panel()
    part.only(("parameters", "completed", "screened_out", "over_quota", "signed"))
    return Panel(
        parameters=part.words_list("parameters"),
        completed=part.words("completed"),
        screened_out=part.words("screened_out"),
        over_quota=part.words("over_quota"),
        signed=part.flag("signed"),
    )


def read_retention(root: Section) -> Retention:
    """Read how long what is kept."""
    part = root.table("retention", "the retention")
    if part is None:
        return Retention()
    part.only(RETENTION_KEYS)
    usual = Retention()
    return Retention(
        answers_days=part.whole("answers_days", usual.answers_days),
        contacts_days=part.whole("contacts_days", usual.contacts_days),
        unfinished_days=part.whole("unfinished_days", usual.unfinished_days),
        closes=_day(part, "closes"),
        lawful_basis=part.words("lawful_basis"),
        purpose=part.words("purpose"),
    )


def _day(part: Section, key: str) -> str:
    """Return an ISO day, whether it was written as a TOML date or as text."""
    given = part.content.get(key, "")
    return given if isinstance(given, str) else str(given)


def read_theme(root: Section) -> Theme:
    """Read how the survey looks."""
    part = root.table("theme", "the theme")
    if part is None:
        return Theme()
    part.only(("logo", "logo_alt", "brand", "link"))
    usual = Theme()
    return Theme(
        logo=part.words("logo"),
        logo_alt=part.text("logo_alt"),
        brand=part.words("brand", usual.brand),
        link=part.words("link", usual.link),
    )
