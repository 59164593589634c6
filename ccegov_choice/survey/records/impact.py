"""A draft of the data protection impact assessment (Article 35 GDPR), with its open questions.

Whether one is needed is judged by the nine criteria of the guidelines of the Article 29 Working
Party (WP 248 rev.01, endorsed by the European Data Protection Board): two or more usually mean
that it is.
"""

from __future__ import annotations

from ccegov_choice.study.wording import wording
from ccegov_choice.survey.records.categories import Asked, asked_of, collects_contacts
from ccegov_choice.survey.records.measures import SECURITY_MEASURES
from ccegov_choice.survey.records.record import Entry, Record
from ccegov_choice.survey.survey import Survey

LARGE_SCALE = 5000
"""People from which we ask whether processing is on a large scale; the law names no number."""

_NOTE = (
    "A draft made by ccegov_choice from the survey's own files. The questions under 'still open' "
    "are for people: the controller, the data protection officer and those who may be affected."
)


def impact_assessment(survey: Survey) -> Record:
    """Return the draft of a survey's impact assessment.

    Parameters
    ----------
    survey : Survey
        The survey.

    Returns
    -------
    Record
        Screening, description, necessity, risks with what is done against them, consultation.
    """
    title = wording(survey.title, survey.language)
    asked = asked_of(survey)
    return Record(
        f"Data protection impact assessment (draft): {title}",
        (
            _screening(survey, asked),
            _description(survey, asked),
            _necessity(survey, asked),
            *_risks(survey, asked),
            Entry("Measures", "Article 35(7)(d)", SECURITY_MEASURES),
            Entry(
                "Consultation",
                "Article 35(2) and (9)",
                (),
                (
                    "Ask the data protection officer and record the advice.",
                    "Ask people who may be affected, or say why not.",
                    "Say who accepts the risk that remains, and when this is looked at again.",
                ),
            ),
        ),
        _NOTE,
    )


def _screening(survey: Survey, asked: tuple[Asked, ...]) -> Entry:
    special = sorted({item.special for item in asked if item.special})
    target = survey.fieldwork.target
    found = [
        "Evaluation or scoring of a person: no; results are about groups.",
        "Automated decision with legal effect: no; an answer decides nothing about its writer.",
        "Systematic monitoring: no; only pages of this survey, after agreement.",
        f"Sensitive data: {'possible (' + '; '.join(special) + ')' if special else 'none seen'}.",
        f"Large scale: {f'{target:,} people wanted' if target else 'no target is set'}.",
        "Matching of data sets: "
        + (
            "panel identifiers make it possible."
            if survey.fieldwork.panel.parameters
            else "not by this software."
        ),
        "New technology: no.",
        "Prevents people from using a right or service: no; taking part is free.",
    ]
    open_items = ["Vulnerable people: say whether those invited depend on the asking body."]
    if target >= LARGE_SCALE or not target:
        open_items.append("Decide whether this is on a large scale (Recital 91).")
    return Entry("Screening", "WP 248 rev.01", tuple(found), tuple(open_items))


def _description(survey: Survey, asked: tuple[Asked, ...]) -> Entry:
    tasks = max((len(survey.tasks.of_block(b)) for b in survey.tasks.blocks), default=0)
    return Entry(
        "Description",
        "Article 35(7)(a)",
        (
            f"A questionnaire of {len(survey.pages)} pages with {len(asked)} questions and "
            f"{tasks} choice tasks. Languages: {', '.join(survey.languages)}.",
            f"Ways to answer: {', '.join(survey.fieldwork.modes)}.",
            "Answers are stored when a page is sent, in a database of the controller's choice.",
        ),
    )


def _necessity(survey: Survey, asked: tuple[Asked, ...]) -> Entry:
    used = {quota.question for quota in survey.quotas}
    used |= {covariate.id for covariate in survey.study.covariates}
    others = [item.question.id for item in asked if item.question.id not in used]
    found = ["Choices alone answer the research question; a person's name is never needed."]
    open_items = []
    if others:
        open_items.append(
            "These questions are neither a covariate of the study nor a quota; say what each is "
            f"needed for, or drop it: {', '.join(others)}."
        )
    forced = [item.question.id for item in asked if item.special and item.question.required]
    if forced:
        open_items.append(f"Nobody should have to answer these: {', '.join(forced)}.")
    return Entry("Necessity and proportion", "Article 35(7)(b)", tuple(found), tuple(open_items))


def _risks(survey: Survey, asked: tuple[Asked, ...]) -> list[Entry]:
    source = "Article 35(7)(c)"
    entries = [
        Entry(
            "Risk: somebody is recognised by a rare combination of answers",
            source,
            ("Exports hold single people; they are for administrators and analysts, not for all.",),
            ("Say who receives exports, and how small groups are kept out of what is published.",),
        ),
        Entry(
            "Risk: somebody else sees answers on a shared device",
            source,
            ("Kiosks are reset after each person; only the code leads back to the answers.",),
        ),
        Entry(
            "Risk: the server or a backup is read by strangers",
            source,
            ("See measures. Backups hold what was erased until they are deleted themselves.",),
            ("Say how long backups are kept (deploy/backup.sh: 14 days) and who encrypts them.",),
        ),
        Entry(
            "Risk: people feel forced, or believe that their answer decides their own case",
            source,
            ("People agree first, can stop at any time and delete what they said.",),
            ("Check that the invitation says that nothing depends on taking part.",),
        ),
    ]
    words = [item.question.id for item in asked if item.free_text]
    if words:
        entries.append(
            Entry(
                "Risk: own words name somebody or reveal more than was asked",
                source,
                (
                    f"Own words can be written at: {', '.join(words)}.",
                    "They are exported in a file of their own and deleted by the retention clock.",
                ),
                ("Say who reads own words before anything is quoted.",),
            )
        )
    if collects_contacts(survey):
        entries.append(
            Entry(
                "Risk: a contact is tied to answers",
                source,
                ("Another database, no key, the day instead of the time, an order of its own.",),
            )
        )
    return entries
