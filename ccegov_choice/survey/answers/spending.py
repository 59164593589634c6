"""The answer to a budget task: what was picked never costs more than there is."""

from __future__ import annotations

from typing import Any

from ccegov_choice.study.wording import number_text
from ccegov_choice.survey.answers.problem import FieldProblem, Fields, one
from ccegov_choice.survey.page import Budget
from ccegov_choice.survey.steps import Payload

LONGEST_WHY = 2000


def read_spending(
    budget: Budget, fields: Fields, language: str | None
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Read what was picked, and why; picking nothing must be said of at least one project."""
    said = {project.id: one(fields, f"buy.{project.id}") for project in budget.projects}
    picked = [project.id for project in budget.projects if said[project.id] == "yes"]
    # costs are decimal numbers such as 0.1, whose sum must not overrun by rounding alone
    spent = round(sum(p.cost for p in budget.projects if p.id in picked), 9)
    why = one(fields, "why") if budget.reasons else ""
    first = f"buy.{budget.projects[0].id}" if budget.projects else "why"
    problems = [
        FieldProblem(f"buy.{id}", "error.option") for id, v in said.items() if v not in _WORDS
    ]
    if budget.projects and not any(said.values()):
        problems.append(FieldProblem(first, "error.required_budget"))
    if spent > budget.amount:
        numbers = {"spent": spent, "amount": budget.amount, "over": round(spent - budget.amount, 9)}
        values = {name: number_text(number, language) for name, number in numbers.items()}
        problems.append(FieldProblem(first, "error.over_budget", values))
    if len(why) > LONGEST_WHY:
        values = {"limit": str(LONGEST_WHY), "length": str(len(why))}
        problems.append(FieldProblem("why", "error.too_long", values))
    return {"picked": picked, "spent": spent, **({"why": why} if why else {})}, problems


_WORDS = ("yes", "no", "")


def spending_fields(budget: Budget, payload: Payload) -> dict[str, list[str]]:
    """Return the fields that show a budget's answer again."""
    picked = payload.get("picked", ())
    found = {f"buy.{p.id}": ["yes" if p.id in picked else "no"] for p in budget.projects}
    if payload.get("why"):
        found["why"] = [str(payload["why"])]
    return found
