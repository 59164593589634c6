"""What people are promised: who asks, on what ground, how long answers stay, what they change."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from ccegov_choice.errors import Problem
from ccegov_choice.survey.checking.identifiers import id_problems
from ccegov_choice.survey.checking.place import place
from ccegov_choice.survey.survey import Survey

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PANEL_NAME = re.compile(r"\{([^{}]*)\}")
_FILES = {
    "ethics.md": "who approved the survey, what could harm people, and what is done against it",
    "deploy.md": "where and how it runs, who has access, and how it is backed up",
    "people.toml": "simulated citizens, to rehearse the survey with `ccegov survey walk`",
}
LONG_LEASE = 24 * 60


def promise_problems(survey: Survey) -> Iterator[Problem]:
    """Yield everything about owner, law, retention and consequence that is missing or wrong."""
    yield from id_problems("survey", survey.id, place(survey, "id"))
    yield from _owner_problems(survey)
    yield from _retention_problems(survey)
    yield from _panel_problems(survey)
    if not survey.consequence:
        yield Problem(
            "people are not told what their answers will change",
            'Write consequence = "...": what will be decided with them, by whom and when.',
            place(survey, "consequence"),
        )
    for attribute in survey.study.attributes:
        if not survey.glossary.get(attribute.id) and not attribute.definition:
            yield Problem(
                f"nothing explains what '{attribute.id}' means",
                f'Write {attribute.id} = "..." under [glossary].',
                place(survey, "glossary"),
            )
    for id in survey.glossary:
        if id not in survey.study.attribute_ids:
            yield Problem(
                f"the glossary explains '{id}', which is no attribute of the study",
                f"Known: {', '.join(survey.study.attribute_ids)}.",
                place(survey, "glossary", id),
            )


def promise_advice(survey: Survey) -> Iterator[Problem]:
    """Yield files and ways to answer that a survey of citizens should have."""
    for name, holds in _FILES.items():
        if survey.folder is not None and not (survey.folder / name).is_file():
            yield Problem(f"there is no {name}", f"Write it: {holds}.", str(survey.folder))
    if not set(survey.fieldwork.modes) - {"web", "kiosk"}:
        yield Problem(
            "the survey can only be answered on a screen",
            'Offer another way too, such as modes = ["web", "telephone", "paper"]: people whom '
            "a digital service leaves out are left out of this survey as well.",
            place(survey, "fieldwork", "modes"),
        )
    panel = survey.fieldwork.panel
    if panel.parameters and not panel.signed:
        yield Problem(
            "anybody can make the address of a panel's member",
            "Let the panel sign its addresses and write signed = true; otherwise members who "
            "change the browser are asked for their code.",
            place(survey, "fieldwork", "panel"),
        )
    yield from _consent_advice(survey)
    if survey.page_of_kind("contact") is None:
        yield Problem(
            "people cannot ask to hear what becomes of their answers",
            'Add a page of kind "contact"; contacts are kept apart from the answers.',
            place(survey, "pages"),
        )


def _consent_advice(survey: Survey) -> Iterator[Problem]:
    """Yield what the consent page should say and does not: whom to write to."""
    page = survey.page_of_kind("consent")
    if page is None:
        return
    for language in survey.languages:
        text = page.body if isinstance(page.body, str) else page.body.get(language, "")
        for key in ("contact", "data_protection"):
            address = getattr(survey.owner, key)
            if text and address and address not in text:
                yield Problem(
                    f"the consent page does not give the address '{address}' in '{language}'",
                    "Say there whom people can write to about the survey, and about their data.",
                    place(survey, "page", page.id),
                )


def _owner_problems(survey: Survey) -> Iterator[Problem]:
    owner = survey.owner
    needed = {
        "name": "the public body that asks",
        "contact": "an e-mail address for questions about the survey",
        "data_protection": "an e-mail address for questions about one's data",
    }
    for key, what in needed.items():
        given, where = getattr(owner, key), place(survey, "owner", key)
        if not given:
            yield Problem(f"the owner has no {key}", f'Write {key} = "...": {what}.', where)
        elif key != "name" and not _ADDRESS.fullmatch(given):
            yield Problem(
                f"'{given}' is not an e-mail address",
                f'Write {key} = "name@office.example".',
                where,
            )


def _retention_problems(survey: Survey) -> Iterator[Problem]:
    retention = survey.retention
    for key, what in (
        ("lawful_basis", "the legal ground for keeping answers"),
        ("purpose", "what the answers are used for"),
    ):
        if not getattr(retention, key).strip():
            where = place(survey, "retention", key)
            yield Problem(f"the retention has no {key}", f'Write {key} = "...": {what}.', where)
    for key in ("answers_days", "contacts_days", "unfinished_days"):
        if getattr(retention, key) < 1:
            where = place(survey, "retention", key)
            yield Problem(f"{key} is not a number of days", f"Write {key} = 90, or more.", where)
    if retention.closes:
        where = place(survey, "retention", "closes")
        try:
            dt.date.fromisoformat(retention.closes)
        except ValueError:
            cure = "Write closes = 2027-03-31: year, month, day."
            yield Problem(f"'{retention.closes}' is not a day", cure, where)
    lease = survey.fieldwork.lease_minutes
    if not 5 <= lease <= LONG_LEASE:
        yield Problem(
            f"a place is kept for {lease} minutes after the last answer",
            f"Keep it 5 minutes at least and {LONG_LEASE} at most: in less people lose their "
            "place while they read, in more a block that nobody finishes stays empty.",
            place(survey, "fieldwork", "lease_minutes"),
        )


def _panel_problems(survey: Survey) -> Iterator[Problem]:
    panel = survey.fieldwork.panel
    known = (*panel.parameters, "signature")
    for key in ("completed", "screened_out", "over_quota"):
        address, where = getattr(panel, key), place(survey, "fieldwork", "panel", key)
        if address and not address.startswith("https://"):
            yield Problem(
                f"the panel's address '{address}' is not protected",
                "Begin it with https://.",
                where,
            )
        for name in _PANEL_NAME.findall(address):
            if name not in known:
                yield Problem(
                    f"the panel's address holds {{{name}}}, which is not kept",
                    f"Add '{name}' to parameters. Known: {', '.join(known)}.",
                    where,
                )
