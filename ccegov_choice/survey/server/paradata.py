"""What is recorded beside an answer: how long it took, what was seen, the class of device.

Nothing here tells who somebody is: neither the address nor the name of the browser is kept.
"""

from __future__ import annotations

import re
from typing import Any

from ccegov_choice.survey.answers.problem import Fields, one
from ccegov_choice.survey.server.form_token import FormToken
from ccegov_choice.survey.steps import Step, Way

_LONGEST_MS = 24 * 3600 * 1000
_MOST_CHANGES = 10_000
_MOST_HELPS = 50
_HELP = re.compile(r"[A-Za-z0-9_-]{1,60}")
_TABLET = re.compile(r"iPad|Tablet|Kindle|Silk|PlayBook|Android(?!.*Mobile)")
_PHONE = re.compile(r"Mobi|iPhone|iPod|Phone|Opera Mini")
_DESKTOP = re.compile(r"Windows NT|Macintosh|X11|CrOS|Linux")


def device_class(user_agent: str) -> str:
    """Return ``"phone"``, ``"tablet"``, ``"desktop"``, or ``""`` where it cannot be told."""
    for name, pattern in (("tablet", _TABLET), ("phone", _PHONE), ("desktop", _DESKTOP)):
        if pattern.search(user_agent):
            return name
    return ""


def timing_of(fields: Fields, token: FormToken, now_ms: int) -> dict[str, Any]:
    """Return seconds by the server's clock, and what the browser counted if its script ran."""
    found: dict[str, Any] = {
        "shown_ms": token.shown_ms,
        "seconds": round(max(0, now_ms - token.shown_ms) / 1000, 3),
    }
    for name, most in (
        ("seen_ms", _LONGEST_MS),
        ("first_ms", _LONGEST_MS),
        ("changes", _MOST_CHANGES),
    ):
        text = one(fields, name)
        if re.fullmatch(r"[0-9]{1,8}", text):
            found[name] = min(int(text), most)
    if opened := _opened(fields):
        found["opened"] = opened
    return found


def _opened(fields: Fields) -> list[str]:
    names = dict.fromkeys(one(fields, "opened")[:2000].split(","))
    return [name for name in names if _HELP.fullmatch(name)][:_MOST_HELPS]


def shown_of(
    way: Way, step: Step, token: FormToken, *, fingerprint: str, began_with: str
) -> dict[str, Any]:
    """Return what was seen: language, the page's fingerprint; of a task view and all orders."""
    found: dict[str, Any] = {"language": token.language, "page": fingerprint}
    if began_with != way.survey.sha256:  # texts were changed while this person was on the way
        found["version"] = way.survey.sha256
    if step.task is not None:
        orders = way.arrangement
        found.update(
            view=token.view,
            number=step.number,
            attributes=list(orders.attributes),
            offers=list(orders.offers[step.task.id]),
        )
    return found
