"""What the page of a step consists of: template, heading, and what the template is filled with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.page import Budget
from ccegov_choice.survey.pages.budget_view import budget_view
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.pages.prose import prose
from ccegov_choice.survey.pages.question_view import Choice, question_view
from ccegov_choice.survey.pages.task_view import task_view
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.question import Option
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.steps import Step, Way

_ABOUT_ALL = ("error.over_budget", "error.required_budget")


@dataclass(frozen=True)
class StepPage:
    """What a step's page consists of.

    Attributes
    ----------
    template : str
        Name of its template.
    heading : str
        Its first heading.
    values : dict
        What the template is filled with.
    about : dict
        Field -> question it belongs to, for the list of problems.
    form : Form
        The form, its problems filled with what the page knows of them.
    """

    template: str
    heading: str
    values: dict[str, Any]
    form: Form
    about: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The heading with what tells it from other pages."""
        caption = self.values.get("caption")
        return f"{caption}: {self.heading}" if caption else self.heading


def step_page(voice: Voice, step: Step, way: Way, frame: Frame, form: Form) -> StepPage:
    """Return what the page of a step consists of, for one person."""
    page = step.page
    plain = {
        "body": prose(voice.say(page.body), f"{frame.base}/media"),
        "place": _place(step, way) if frame.progress else None,
    }
    if step.kind == "follow":
        return _follow(voice, step, way, form, plain)
    if step.kind == "task" or page.kind == "warm-up":
        return _task(voice, step, way, frame, form, plain)
    heading = voice.say(page.title)
    if page.budget is not None:
        return _budget(voice, step, page.budget, way, form, plain)
    if page.kind == "contact":
        about = {f"contact.{name}": voice.words[f"contact.{name}"] for name in ("email", "phone")}
        return StepPage("contact", heading, plain, form, about)
    if page.kind == "end":
        return StepPage("end", heading, plain, form)
    questions = tuple(question_view(voice, question, way.seed) for question in way.asked(page))
    alone = len(questions) == 1 and not heading
    about = {q.name: q.text for q in questions}
    about |= {f"{q.name}.{row.id}": row.text for q in questions for row in q.rows}
    values = {**plain, "questions": questions, "alone": alone}
    return StepPage("read", questions[0].text if alone else heading, values, form, about)


def _place(step: Step, way: Way) -> tuple[int, int] | None:
    """Return which step this is, of how many; second questions count with their task."""
    counted = [one.id for one in way.steps if one.kind != "follow" and one.page.kind != "end"]
    id = step.id.removesuffix("-follow") if step.kind == "follow" else step.id
    return (counted.index(id) + 1, len(counted)) if id in counted else None


def _budget(
    voice: Voice, step: Step, budget: Budget, way: Way, form: Form, plain: dict[str, Any]
) -> StepPage:
    view = budget_view(voice, step.page, budget, way.seed, form)
    # what concerns all projects leads to the total, and is told in the budget's own unit
    numbers = {"spent": view.spent_text, "amount": view.amount_text, "over": view.left_text}
    told = tuple(
        replace(problem, field="purse", values=numbers) if problem.key in _ABOUT_ALL else problem
        for problem in form.problems
    )
    about = {f"buy.{p.id}": voice.say(p.text) for p in budget.projects}
    about["why"] = voice.words["budget.why"]
    heading = voice.say(step.page.title)
    values = {**plain, "budget": view}
    return StepPage("budget", heading, values, replace(form, problems=told), about)


def _task(
    voice: Voice, step: Step, way: Way, frame: Frame, form: Form, plain: dict[str, Any]
) -> StepPage:
    t, survey = voice.words, way.survey
    settings, study = survey.task_settings, survey.study
    view = task_view(voice, step, way, highlight=frame.highlight)
    example = step.kind == "page"
    situation = [voice.say(study.context), "" if example else voice.say(step.page.body)]
    heading = voice.say(study.question) or voice.say(step.page.title)
    values = {
        **plain,
        "body": plain["body"] if example else "",
        "caption": t["task.caption_example"] if example else _caption(voice, step, way),
        "situation": prose("\n\n".join(filter(None, situation)), f"{frame.base}/media"),
        "first": example or (step.number == 1 and survey.page_of_kind("warm-up") is None),
        "lots": [voice.say(one.text) for one in lots_drawn(survey.lots, way.seed).values()],
        "response": settings.response,
        "view": view,
        "dont_know": DONT_KNOW if settings.dont_know else "",
        "reasons": _choices(voice, settings.protest),
        "rating": [Choice(str(n), voice.number(n)) for n in range(1, settings.points + 1)],
    }
    about = {f"{kind}.{c.name}": c.title for c in view.everything for kind in ("rank", "rating")}
    about |= {"best": t["task.best"], "worst": t["task.worst"]}
    return StepPage("task", heading, values, form, about)


def _follow(voice: Voice, step: Step, way: Way, form: Form, plain: dict[str, Any]) -> StepPage:
    settings = way.survey.task_settings
    view = task_view(voice, step, way, highlight=False)
    task = step.item.replace("follow:", "task:")
    values = {
        **plain,
        "caption": _caption(voice, step, way),
        "view": view,
        "card": view.card(way.answers.get(task, {}).get("chosen", "")),
        "follow_options": _choices(voice, settings.follow_options),
    }
    return StepPage("follow", voice.say(settings.follow_up), values, form)


def _caption(voice: Voice, step: Step, way: Way) -> str:
    total = len(way.arrangement.tasks)
    return voice.words.say("task.caption", number=step.number, total=total)


def _choices(voice: Voice, options: tuple[Option, ...]) -> list[Choice]:
    return [Choice(one.id, voice.say(one.text), voice.say(one.hint)) for one in options]
