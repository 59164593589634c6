"""Which kinds of personal data a survey collects, read from its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccegov_choice.study.wording import wording
from ccegov_choice.survey.question import Question
from ccegov_choice.survey.survey import Survey

# words that hint at data of Article 9 GDPR; a person decides, so a false alarm does no harm
_SPECIAL = {
    "health or disability": r"health|disab|illness|impair|medic|diagnos|pregnan|care level",
    "ethnic origin": r"ethnic|racial|\brace\b|migration background|nationality|country of birth",
    "religion or belief": r"religio|\bfaith\b|church|belief",
    "political opinion": r"politic|\bparty\b|\bvote|voting|election",
    "trade union membership": r"trade union|union member",
    "sex life or sexual orientation": r"sexual|orientation",
}


@dataclass(frozen=True)
class Asked:
    """A question and what is particular about its answers.

    Parameters
    ----------
    question : Question
        The question.
    text : str
        Its wording in the survey's main language.
    special : str
        Kind of special category (Article 9 GDPR) that its words hint at; empty if none.
    free_text : bool
        Whether people write own words, which may name anybody or anything.
    """

    question: Question
    text: str
    special: str = ""
    free_text: bool = False


def asked_of(survey: Survey) -> tuple[Asked, ...]:
    """Return every question of a survey with what its answers may reveal."""
    return tuple(_asked(question, survey.language) for question in survey.questions.values())


def _asked(question: Question, language: str) -> Asked:
    text = wording(question.text, language)
    words = [question.id.replace("_", " "), text]
    words += [wording(option.text, language) for option in (*question.options, *question.rows)]
    return Asked(
        question,
        text,
        special=_special(" ".join(words)),
        free_text=question.kind == "text" or any(o.write_in for o in question.options),
    )


def _special(words: str) -> str:
    found = [kind for kind, hint in _SPECIAL.items() if re.search(hint, words, re.IGNORECASE)]
    return ", ".join(found)


def collects_contacts(survey: Survey) -> bool:
    """Whether people may leave a contact."""
    return survey.page_of_kind("contact") is not None


def data_categories(survey: Survey) -> tuple[str, ...]:
    """Return the categories of personal data a survey collects, one sentence each."""
    asked = asked_of(survey)
    names = ", ".join(f"{item.question.id} ({item.question.kind})" for item in asked)
    found = ["Choices between described options, with the order in which they were shown."]
    if asked:
        found.append(f"Answers to {len(asked)} questions: {names}.")
    if any(item.free_text for item in asked) or _budget_reasons(survey):
        found.append("Own words, which may hold personal data of the writer or of others.")
    if collects_contacts(survey):
        found.append(
            "Contact (e-mail, telephone, wish), kept in a vault apart from the answers; "
            "no key leads from one to the other."
        )
    if survey.fieldwork.panel.parameters:
        listed = ", ".join(survey.fieldwork.panel.parameters)
        found.append(f"Identifiers handed over by a panel: {listed}.")
    if set(survey.fieldwork.modes) & {"interviewer", "telephone"}:
        found.append("The interviewer's identifier, in assisted interviews.")
    found += [
        "Times of pages and number of changes, language, class of device (phone, tablet, desktop).",
        "A receipt code, stored only as a hash, by which people find their own answers.",
        "Not collected: name, IP address, browser identification, cookies beyond the one needed.",
    ]
    return tuple(found)


def _budget_reasons(survey: Survey) -> bool:
    return any(page.budget is not None and page.budget.reasons for page in survey.pages)
