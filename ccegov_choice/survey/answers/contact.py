"""A contact that somebody leaves: never part of the answers, only that one was left."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccegov_choice.survey.answers.problem import FieldProblem, Fields, many, one

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"\+?[\d\s()/.-]{5,30}")
_LONGEST_EMAIL = 254


@dataclass(frozen=True)
class Contact:
    """How somebody can be reached, and for what.

    Parameters
    ----------
    email, phone : str
        As typed; at least one of them.
    wish : str
        What for, such as ``"results"``.
    """

    email: str
    phone: str
    wish: str

    @property
    def fields(self) -> dict[str, str]:
        """What of it was given."""
        given = {"email": self.email, "phone": self.phone}
        return {name: value for name, value in given.items() if value}


def read_contact(fields: Fields) -> tuple[Contact | None, list[FieldProblem]]:
    """Read a contact; None if nothing was left, which is fine."""
    email, phone = one(fields, "contact.email"), one(fields, "contact.phone")
    problems = []
    if email and (len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email)):
        problems.append(FieldProblem("contact.email", "error.email"))
    if phone and not _PHONE.fullmatch(phone):
        problems.append(FieldProblem("contact.phone", "error.phone"))
    wish = ",".join(sorted(many(fields, "contact.wish")))[:100]
    if not (email or phone) or problems:
        return None, problems
    return Contact(email, phone, wish), []
