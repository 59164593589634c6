"""The way through a survey: which steps one person has, which are done, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from ccegov_choice.survey.arrangement import Arrangement, arrange
from ccegov_choice.survey.available import left_over, names_in, task_of
from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.question import Question
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Task

Payload = Mapping[str, Any]
"""One answered step as plain data; what its keys are is said in `survey/answering`."""

StepKind = Literal["page", "task", "follow"]
_BEFORE = ("welcome", "consent")


@dataclass(frozen=True)
class Step:
    """One thing to answer or read on the way.

    Parameters
    ----------
    id : str
        Its place in the address: a page's id, ``"task-3"`` (the third one shown), or
        ``"task-3-follow"``.
    item : str
        What the answer is kept under: the page's id, ``"task:17"`` by the design's number, or
        ``"follow:17"``. One person has one answer for each.
    kind : {"page", "task", "follow"}
        A page, a choice task, or the second question of a dual response.
    page : Page
        The page it is on.
    task : Task, optional
        The task.
    number : int
        Which task of this person it is, from 1; 0 for pages.
    """

    id: str
    item: str
    kind: StepKind
    page: Page
    task: Task | None = None
    number: int = 0


@dataclass(frozen=True)
class Way:
    """One person's way through a survey.

    Parameters
    ----------
    survey : Survey
        The survey.
    block : str
        The person's block.
    seed : str
        The person's seed.
    answers : mapping
        Item -> answer, for what has been answered.
    """

    survey: Survey
    block: str
    seed: str
    answers: Mapping[str, Payload]

    @cached_property
    def arrangement(self) -> Arrangement:
        """The orders this person sees, of the options that they have."""
        everything = _arrangement(self.survey, self.block, self.seed)
        available = self.survey.task_settings.available
        return left_over(everything, self.tasks) if available else everything

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks of this person's block by number, with the options that they have."""
        available = self.survey.task_settings.available
        return {
            task.id: task_of(task, available, self.reply) if available else task
            for task in self.survey.tasks.of_block(self.block)
        }

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step after consent, in order, as the answers given so far open them."""
        found: list[Step] = []
        for page in self.survey.pages:
            if page.kind in _BEFORE:
                continue
            if page.kind == "tasks":
                found.extend(self._task_steps(page))
            elif page.kind != "questions" or self.asked(page):
                found.append(Step(page.id, page.id, "page", page))
        return tuple(found)

    def _task_steps(self, page: Page) -> list[Step]:
        found = []
        dual = self.survey.task_settings.response == "dual"
        for number, id in enumerate(self.arrangement.tasks, 1):
            task = self.tasks[id]
            found.append(Step(f"task-{number}", f"task:{id}", "task", page, task, number))
            chosen = self.answers.get(f"task:{id}", {}).get("chosen")
            if dual and chosen is not None:
                item = f"follow:{id}"
                found.append(Step(f"task-{number}-follow", item, "follow", page, task, number))
        return found

    def asked(self, page: Page) -> tuple[Question, ...]:
        """Return the questions of a page that are asked of this person."""
        return tuple(question for question in page.questions if question.id in self._asked)

    @cached_property
    def _asked(self) -> dict[str, Any]:
        # question -> reply, for all that are asked: a condition on a question that is not asked
        # any more does not hold, whatever was once answered to it
        found: dict[str, Any] = {
            id: option.id for id, option in lots_drawn(self.survey.lots, self.seed).items()
        }
        for page in self.survey.pages:
            kept = self.answers.get(page.id, {})
            for question in page.questions:
                conditions = (question.when or {}).items()
                if all(_chosen(found.get(other)) & set(wanted) for other, wanted in conditions):
                    found[question.id] = kept.get(question.id)
        return found

    def reply(self, question: str) -> Any:
        """Return what was answered to a question, or drawn in a lot.

        None if nothing was answered, or the question is not asked.
        """
        return self._asked.get(question)

    def answered(self, step: Step) -> bool:
        """Whether a step is done: it has an answer, and one to every question now asked."""
        kept = self.answers.get(step.item)
        if kept is None or not _fits(step, kept):
            return False
        return all(question.id in kept for question in self.asked(step.page))

    def step(self, id: str) -> Step | None:
        """Return a step by its place in the address, if this person has it."""
        place = self.position(id)
        return None if place is None else self.steps[place]

    @property
    def current(self) -> Step | None:
        """The first step without an answer; None when all is done.

        The ``end`` page is never answered, so it is what remains.
        """
        return next((step for step in self.steps if not self.answered(step)), None)

    def after(self, step: Step) -> Step | None:
        """Return the step after one, or None."""
        return self._beside(step, 1)

    def before(self, step: Step) -> Step | None:
        """Return the step before one, or None."""
        return self._beside(step, -1)

    def _beside(self, step: Step, by: int) -> Step | None:
        position = self.position(step.id)
        if position is None or not 0 <= position + by < len(self.steps):
            return None
        return self.steps[position + by]

    def position(self, id: str) -> int | None:
        """Return at which place, from 0, a step stands; None if this person does not have it."""
        return self._places.get(id)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {step.id: place for place, step in enumerate(self.steps)}

    @property
    def progress(self) -> tuple[int, int]:
        """Steps answered, and steps in all without the end."""
        steps = [step for step in self.steps if step.page.kind != "end"]
        return sum(map(self.answered, steps)), len(steps)

    def counted(self, item: str) -> Payload:
        """Return what counts of an answer: nothing of a step or question that is not asked now.

        Whoever goes back and answers otherwise may close questions that they had answered.
        """
        kept = self.answers.get(item, {})
        step = next((step for step in self.steps if step.item == item), None)
        if step is None or not _fits(step, kept):
            return {}
        page = self.survey.page(item)
        closed = {q.id for q in page.questions if q.id not in self._asked} if page else set()
        return {key: value for key, value in kept.items() if key.split(".")[0] not in closed}


def _fits(step: Step, kept: Payload) -> bool:
    """Whether an answer names only options that are (still) shown."""
    if step.task is None or step.kind != "task":
        return True
    return all(step.task.offer(name) is not None for name in names_in(kept))


def _chosen(reply: Any) -> set[str]:
    return {str(value) for value in (reply if isinstance(reply, list) else [reply])}


@lru_cache(maxsize=4096)  # the orders of one person are asked for with each of their pages
def _arrangement(survey: Survey, block: str, seed: str) -> Arrangement:
    return arrange(
        survey.tasks.of_block(block), survey.study.attribute_ids, survey.task_settings, seed
    )
