"""Answers to choice tasks as a table: one row for each task that somebody decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ccegov_choice.responses.export.content import Content

_TASK = "task:"
_FOLLOW = "follow:"
_ANSWER_COLUMNS = {
    "choice": ("chosen",),
    "dual": ("chosen", "forced", "follow"),
    "best-worst": ("best", "worst"),
    "ranking": ("ranking",),
}
BETWEEN = " > "
"""Between the alternatives of a ranking, and of those offered."""


def answer_columns(content: Content) -> tuple[str, ...]:
    """Return the columns that hold the answer itself."""
    if content.response == "rating":
        return tuple(f"rating_{name}" for name in content.alternatives)
    return _ANSWER_COLUMNS.get(content.response, ("chosen",))


def choices_of(person: Mapping[str, Any], content: Content) -> Iterator[dict[str, Any]]:
    """Yield one person's choices, in the order they were shown.

    Of a dual response, ``chosen`` is the opt-out where the follow-up says so, and ``forced`` what
    was chosen before. Tasks left undecided are not among them; see `undecided_of`.
    """
    about = content.about(person)
    for id, kept in _tasks_of(person):
        said = _said(id, kept["payload"], person, content)
        if said:
            yield {**_shown(person, id, kept, said), **said, **about}


def undecided_of(person: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the tasks that somebody could not decide, and why if they said so."""
    for id, kept in _tasks_of(person):
        if kept["payload"].get("dont_know"):
            yield {**_shown(person, id, kept, {}), "reason": kept["payload"].get("reason", "")}


def shown_of(person: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every alternative that somebody saw, with its place, in every task answered."""
    for id, kept in _tasks_of(person):
        shown = kept["shown"]
        for position, alternative in enumerate(shown.get("offers", ()), 1):
            yield {
                "person": person["person"],
                "task": id,
                "number": shown.get("number"),
                "alternative": alternative,
                "position": position,
                "attributes": BETWEEN.join(shown.get("attributes", ())),
                "view": shown.get("view", ""),
                "language": kept["language"],
                "page": shown.get("page", ""),
            }


def _tasks_of(person: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    found = [
        (item.removeprefix(_TASK), kept)
        for item, kept in person["answers"].items()
        if item.startswith(_TASK)
    ]
    return sorted(found, key=_order)


def _order(task: tuple[str, Mapping[str, Any]]) -> tuple[int, int]:
    kept = task[1]
    return kept["shown"].get("number", 0), kept["revision"]


def _said(
    id: str, payload: Mapping[str, Any], person: Mapping[str, Any], content: Content
) -> dict[str, Any]:
    if payload.get("dont_know"):
        return {}
    if content.response == "rating":
        return {f"rating_{name}": value for name, value in payload.get("ratings", {}).items()}
    if content.response == "ranking":
        ranking = payload.get("ranking")
        return {"ranking": BETWEEN.join(ranking)} if ranking else {}
    if content.response == "best-worst":
        both = {name: payload[name] for name in ("best", "worst") if payload.get(name)}
        return both if len(both) == 2 else {}
    chosen = payload.get("chosen")
    if not chosen:
        return {}
    if content.response != "dual":
        return {"chosen": chosen}
    after = person["answers"].get(f"{_FOLLOW}{id}")
    follow = after["payload"].get("follow", "") if after else ""
    final = follow if follow in content.offered.get(id, ()) else chosen
    return {"chosen": final, "forced": chosen, "follow": follow}


def _shown(
    person: Mapping[str, Any], id: str, kept: Mapping[str, Any], said: Mapping[str, Any]
) -> dict[str, Any]:
    shown, timing = kept["shown"], kept["timing"]
    offers = list(shown.get("offers", ()))
    first = said.get("forced") or said.get("chosen") or said.get("best")
    return {
        "person": person["person"],
        "block": person["block"],
        "task": id,
        "number": shown.get("number"),
        "offered": BETWEEN.join(offers),
        "position": offers.index(first) + 1 if first in offers else None,
        "reason": kept["payload"].get("reason", ""),
        "seconds": timing.get("seconds"),
        "changes": timing.get("changes"),
        "view": shown.get("view", ""),
        "language": kept["language"],
        "mode": kept["mode"],
        "device": person["device"],
    }
