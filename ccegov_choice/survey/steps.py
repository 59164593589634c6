"""The way through a survey: which steps one person has, which are done, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ccegov_choice.survey.arrangement import Arrangement, arrange
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

    @property
    def arrangement(self) -> Arrangement:
        """The orders this person sees."""
        survey = self.survey
        return arrange(
            survey.tasks.of_block(self.block),
            survey.study.attribute_ids,
            survey.task_settings,
            self.seed,
        )

    @property
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
            task = self.survey.tasks.task(id)
            found.append(Step(f"task-{number}", f"task:{id}", "task", page, task, number))
            chosen = self.answers.get(f"task:{id}", {}).get("chosen")
            if dual and chosen is not None:
                item = f"follow:{id}"
                found.append(Step(f"task-{number}-follow", item, "follow", page, task, number))
        return found

    def asked(self, page: Page) -> tuple[Question, ...]:
        """Return the questions of a page that are asked of this person."""
        return tuple(question for question in page.questions if self._applies(question))

    def _applies(self, question: Question) -> bool:
        return all(
            self._chosen(other) & set(options) for other, options in (question.when or {}).items()
        )

    def _chosen(self, question: str) -> set[str]:
        value = self.reply(question)
        return set(value) if isinstance(value, list) else {str(value)}

    def reply(self, question: str) -> Any:
        """Return what was answered to a question, or None."""
        for page in self.survey.pages:
            if any(asked.id == question for asked in page.questions):
                return self.answers.get(page.id, {}).get(question)
        return None

    def step(self, id: str) -> Step | None:
        """Return a step by its place in the address, if this person has it."""
        return next((step for step in self.steps if step.id == id), None)

    @property
    def current(self) -> Step | None:
        """The first step without an answer; None when all is done.

        The ``end`` page is never answered, so it is what remains.
        """
        return next((step for step in self.steps if step.item not in self.answers), None)

    def after(self, step: Step) -> Step | None:
        """Return the step after one, or None."""
        return self._beside(step, 1)

    def before(self, step: Step) -> Step | None:
        """Return the step before one, or None."""
        return self._beside(step, -1)

    def _beside(self, step: Step, by: int) -> Step | None:
        ids = [other.id for other in self.steps]
        if step.id not in ids:
            return None
        position = ids.index(step.id) + by
        return self.steps[position] if 0 <= position < len(ids) else None

    @property
    def progress(self) -> tuple[int, int]:
        """Steps answered, and steps in all without the end."""
        steps = [step for step in self.steps if step.page.kind != "end"]
        return sum(step.item in self.answers for step in steps), len(steps)
