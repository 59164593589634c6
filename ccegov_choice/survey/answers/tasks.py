"""Answers to choice tasks of all kinds, and to the second question of a dual response."""

from __future__ import annotations

from typing import Any

from ccegov_choice.survey.answers.problem import FieldProblem, Fields, one
from ccegov_choice.survey.settings import DONT_KNOW, TaskSettings
from ccegov_choice.survey.steps import Payload
from ccegov_choice.survey.task import Task

Read = tuple[dict[str, Any], list[FieldProblem]]

_UNDECIDED_BY = {"choice": "chosen", "dual": "chosen", "best-worst": "best"}
_STAYS_OUT = ("opt_out", "status_quo")


def read_task(settings: TaskSettings, task: Task, fields: Fields) -> Read:
    """Read the answer to a task, in the way that the survey asks for it."""
    undecided = _UNDECIDED_BY.get(settings.response, "chosen")
    if settings.dont_know and one(fields, undecided) == DONT_KNOW:
        return {"dont_know": True, **_reason(settings, fields)}, []
    names = tuple(offer.alternative for offer in asked_about(settings, task))
    if settings.response == "best-worst":
        return _best_worst(names, fields)
    if settings.response == "ranking":
        return _ranking(names, fields)
    if settings.response == "rating":
        return _rating(names, settings.points, fields)
    return _choice(settings, task, names, fields)


def asked_about(settings: TaskSettings, task: Task) -> tuple[Any, ...]:
    """Return the options to answer about: a dual response asks about the real ones first."""
    if settings.response != "dual":
        return task.offers
    return tuple(offer for offer in task.offers if offer.kind != "opt_out")


def read_follow(settings: TaskSettings, fields: Fields) -> Read:
    """Read the answer to the second question of a dual response."""
    chosen = one(fields, "follow")
    if chosen in {option.id for option in settings.follow_options}:
        return {"follow": chosen}, []
    return {}, [FieldProblem("follow", "error.option" if chosen else "error.required")]


def task_fields(payload: Payload) -> dict[str, list[str]]:
    """Return the fields that show an answer to a task, or to its second question, again."""
    found = {
        name: [str(payload[name])]
        for name in ("chosen", "best", "worst", "follow", "reason")
        if payload.get(name)
    }
    if payload.get("dont_know"):
        found.update({name: [DONT_KNOW] for name in set(_UNDECIDED_BY.values())})
    for rank, name in enumerate(payload.get("ranking", ()), 1):
        found[f"rank.{name}"] = [str(rank)]
    for name, points in payload.get("ratings", {}).items():
        found[f"rating.{name}"] = [str(points)]
    return found


def _choice(settings: TaskSettings, task: Task, names: tuple[str, ...], fields: Fields) -> Read:
    chosen = one(fields, "chosen")
    if chosen not in names:
        return {}, [FieldProblem("chosen", "error.option" if chosen else "error.required_choice")]
    offer = task.offer(chosen)
    stays_out = offer is not None and offer.kind in _STAYS_OUT
    return {"chosen": chosen, **(_reason(settings, fields) if stays_out else {})}, []


def _reason(settings: TaskSettings, fields: Fields) -> dict[str, str]:
    # answering is optional, and so is nothing to complain about
    reason = one(fields, "reason")
    return {"reason": reason} if reason in {option.id for option in settings.protest} else {}


def _best_worst(names: tuple[str, ...], fields: Fields) -> Read:
    picked = {name: one(fields, name) for name in ("best", "worst")}
    problems = [
        FieldProblem(name, "error.option" if value else f"error.required_{name}")
        for name, value in picked.items()
        if value not in names
    ]
    if not problems and picked["best"] == picked["worst"]:
        problems = [FieldProblem("worst", "error.best_is_worst")]
    return dict(picked), problems


def _ranking(names: tuple[str, ...], fields: Fields) -> Read:
    ranks = {name: one(fields, f"rank.{name}") for name in names}
    allowed = {str(rank) for rank in range(1, len(names) + 1)}
    problems = []
    taken: set[str] = set()
    for name, rank in ranks.items():
        if rank not in allowed:
            key = "error.option" if rank else "error.required_rank"
        elif rank in taken:
            key = "error.rank_twice"
        else:
            taken.add(rank)
            continue
        problems.append(FieldProblem(f"rank.{name}", key, {"rank": rank}))
    return {"ranking": sorted(names, key=lambda name: (ranks[name], name))}, problems


def _rating(names: tuple[str, ...], points: int, fields: Fields) -> Read:
    allowed = {str(point) for point in range(1, points + 1)}
    given = {name: one(fields, f"rating.{name}") for name in names}
    problems = [
        FieldProblem(f"rating.{name}", "error.option" if value else "error.required_rating")
        for name, value in given.items()
        if value not in allowed
    ]
    return {"ratings": {n: int(value) for n, value in given.items() if value in allowed}}, problems
