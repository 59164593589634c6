"""A budget task as it is shown: projects with their cost, what is spent, what is left."""

from __future__ import annotations

from dataclasses import dataclass

from ccegov_choice.survey.orders import projects_shown
from ccegov_choice.survey.page import Budget, Page
from ccegov_choice.survey.pages.frame import Form
from ccegov_choice.survey.pages.voice import Voice


@dataclass(frozen=True)
class ProjectView:
    """A project as it is shown; `cost` is for the script that keeps the total."""

    id: str
    text: str
    description: str
    cost: str
    cost_text: str


@dataclass(frozen=True)
class BudgetView:
    """A budget as it is shown; what is left is how much too much it is when `over`."""

    amount: str
    amount_text: str
    spent_text: str
    left_text: str
    over: bool
    reasons: bool
    projects: tuple[ProjectView, ...]


def budget_view(voice: Voice, page: Page, budget: Budget, seed: str, form: Form) -> BudgetView:
    """Return a budget as one person sees it, with the total of what the form holds."""
    picked = {p.id for p in budget.projects if "yes" in form.values.get(f"buy.{p.id}", ())}
    # decimal costs such as 0.1 must not leave a remainder of rounding
    spent = round(sum(p.cost for p in budget.projects if p.id in picked), 9)
    left = round(budget.amount - spent, 9)
    projects = tuple(
        ProjectView(
            id=project.id,
            text=voice.say(project.text),
            description=voice.say(project.description),
            cost=repr(float(project.cost)),
            cost_text=money(voice, budget, project.cost),
        )
        for project in projects_shown(page, seed)
    )
    return BudgetView(
        amount=repr(float(budget.amount)),
        amount_text=money(voice, budget, budget.amount),
        spent_text=money(voice, budget, spent),
        left_text=money(voice, budget, abs(left)),
        over=left < 0,
        reasons=budget.reasons,
        projects=projects,
    )


def money(voice: Voice, budget: Budget, number: float) -> str:
    """Write a number in the budget's unit."""
    return voice.amount(number, budget.unit, budget.unit_plural)
