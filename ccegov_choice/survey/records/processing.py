"""The record of processing activities (Article 30 GDPR), made from the survey itself."""

from __future__ import annotations

from ccegov_choice.study.wording import wording
from ccegov_choice.survey.records.categories import asked_of, collects_contacts, data_categories
from ccegov_choice.survey.records.measures import SECURITY_MEASURES
from ccegov_choice.survey.records.record import Entry, Record
from ccegov_choice.survey.survey import Survey

_NOTE = (
    "Made by ccegov_choice from the survey's own files. It states what the software does and what "
    "the survey declares; whether that is lawful is for the controller to decide."
)


def processing_record(survey: Survey) -> Record:
    """Return the record of processing of a survey (Article 30(1) GDPR).

    Parameters
    ----------
    survey : Survey
        The survey.

    Returns
    -------
    Record
        One entry for each field of the article; fields that the survey leaves empty are open.
    """
    title = wording(survey.title, survey.language)
    return Record(
        f"Record of processing: {title}",
        (
            _controller(survey),
            _purpose(survey),
            _basis(survey),
            _people(survey),
            _data(survey),
            _recipients(survey),
            Entry(
                "Transfers to third countries",
                "Article 30(1)(e)",
                ("The pages load nothing from other servers.",),
                ("Name the country in which the server and its backups stand.",),
            ),
            _time_limits(survey),
            Entry("Security measures", "Article 30(1)(g), Article 32", SECURITY_MEASURES),
        ),
        _NOTE,
    )


def _controller(survey: Survey) -> Entry:
    owner = survey.owner
    name = wording(owner.name, survey.language)
    parts = [part for part in (name, owner.address, owner.phone, owner.contact) if part]
    found = [", ".join(parts) + "."] if parts else []
    open_items = []
    if not name:
        open_items.append("Name the public body: [owner] name in survey.toml.")
    if not owner.contact:
        open_items.append("Give an address for questions: [owner] contact.")
    if owner.data_protection:
        found.append(f"Data protection: {owner.data_protection}.")
    else:
        open_items.append("Name the data protection officer: [owner] data_protection.")
    return Entry("Controller", "Article 30(1)(a)", tuple(found), tuple(open_items))


def _purpose(survey: Survey) -> Entry:
    purpose = survey.retention.purpose
    consequence = wording(survey.consequence, survey.language)
    found = tuple(text for text in (purpose, consequence) if text)
    missing = () if purpose else ("Say what the answers are used for: [retention] purpose.",)
    return Entry("Purposes", "Article 30(1)(b)", found, missing)


def _basis(survey: Survey) -> Entry:
    basis = survey.retention.lawful_basis
    found = [f"{basis}."] if basis else []
    open_items = [] if basis else ["Name the lawful basis: [retention] lawful_basis."]
    if any(item.special for item in asked_of(survey)):
        open_items.append(
            "Some questions hint at special categories; name the condition of Article 9(2)."
        )
    consent = survey.page_of_kind("consent")
    if consent is not None:
        count = len(consent.statements)
        found.append(f"Nobody is asked anything before agreeing to {count} separate statements.")
    else:
        open_items.append("Nobody is asked to agree: add a page of kind 'consent'.")
    return Entry("Lawful basis", "Articles 6 and 9", tuple(found), tuple(open_items))


def _people(survey: Survey) -> Entry:
    found = ["Members of the public who choose to take part."]
    if survey.fieldwork.target:
        found.append(f"About {survey.fieldwork.target:,} completed interviews are wanted.")
    if survey.fieldwork.panel.parameters:
        found.append("Members of a panel, sent by its operator.")
    return Entry(
        "People",
        "Article 30(1)(c)",
        tuple(found),
        ("Say whom you invite and how, and whether children can be among them.",),
    )


def _data(survey: Survey) -> Entry:
    hints = tuple(
        f"'{item.question.id}' may reveal {item.special}: confirm that it is needed, or drop it."
        for item in asked_of(survey)
        if item.special
    )
    return Entry("Personal data", "Article 30(1)(c)", data_categories(survey), hints)


def _recipients(survey: Survey) -> Entry:
    found = ["Those who hold an administrator's password; every download is logged with a name."]
    open_items = ["Name who hosts the server, and the contract under Article 28 if it is not you."]
    panel = survey.fieldwork.panel
    if panel.parameters or panel.completed:
        found.append(
            "The panel operator learns who completed, was screened out or came too late; no answer."
        )
        open_items.append("Name the panel operator and the agreement with it.")
    return Entry("Recipients", "Article 30(1)(d)", tuple(found), tuple(open_items))


def _time_limits(survey: Survey) -> Entry:
    kept = survey.retention
    found = [
        f"{kept.answers_days} days after completion the link from code to answers and all free "
        "text are deleted; what remains can no longer be tied to the person by us.",
        f"Answers of those who do not finish are deleted after {kept.unfinished_days} days.",
        "People can see, download and delete their answers with their receipt code until then.",
    ]
    if collects_contacts(survey):
        found.append(f"Contacts are deleted after {kept.contacts_days} days.")
    closes: tuple[str, ...] = ()
    if kept.closes:
        found.append(f"No answers are taken after {kept.closes}.")
    else:
        closes = ("Set the day on which the survey closes: [retention] closes.",)
    return Entry("Time limits", "Article 30(1)(f)", tuple(found), closes)
