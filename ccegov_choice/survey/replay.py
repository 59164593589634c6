"""What one person was shown, made again from the version, their block and their seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import StudyError
from ccegov_choice.study.wording import quantity, wording
from ccegov_choice.survey.content import survey_of
from ccegov_choice.survey.steps import Payload, Step, Way
from ccegov_choice.survey.task import Offer

if TYPE_CHECKING:
    from ccegov_choice.survey.settings import View


@dataclass(frozen=True)
class ShownOption:
    """One option of a task, as it was shown.

    Parameters
    ----------
    alternative : str
        Its name in the design.
    label : str
        Its name on the page; empty for one that is known by its levels only.
    lines : tuple of (str, str)
        Attribute and level, in words, from top to bottom.
    """

    alternative: str
    label: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownTask:
    """One task, as it was shown.

    Parameters
    ----------
    number : int
        Which one it was, from 1.
    task : str
        Its number in the design.
    options : tuple of ShownOption
        From first to last.
    """

    number: int
    task: str
    options: tuple[ShownOption, ...]


@dataclass(frozen=True)
class Replay:
    """The interview of one person, made again.

    Parameters
    ----------
    content : mapping
        The version that they saw, as kept with the answers.
    block, seed, language : str
        The person's, as exported.
    view : {"cards", "table"}
        How options stood.
    answers : mapping
        Item -> answer, on which conditions and personal levels depend.
    """

    content: Mapping[str, Any]
    block: str
    seed: str
    language: str
    view: View = "cards"
    answers: Mapping[str, Payload] | None = None

    @property
    def way(self) -> Way:
        """The person's way through the survey."""
        return Way(survey_of(self.content), self.block, self.seed, self.answers or {})

    def tasks(self) -> tuple[ShownTask, ...]:
        """Return the tasks in the order shown, in words."""
        way = self.way
        steps = [step for step in way.steps if step.kind == "task"]
        return tuple(self._task(step, way) for step in steps)

    def _task(self, step: Step, way: Way) -> ShownTask:
        task, orders = step.task, way.arrangement
        if task is None:
            raise ValueError(f"step '{step.id}' has no task")
        offers = [task.offer(name) for name in orders.offers[task.id]]
        options = tuple(self._option(offer, way) for offer in offers if offer is not None)
        return ShownTask(step.number, task.id, options)

    def _option(self, offer: Offer, way: Way) -> ShownOption:
        study = way.survey.study
        named = {item.id: item for item in study.named_alternatives}.get(offer.alternative)
        label = wording(named.label, self.language) if named else ""
        lines = []
        for id in way.arrangement.attributes:
            cell = offer.levels.get(id)
            if id in offer.personal:
                cell = way.reply(offer.personal[id])
            if cell is not None:
                lines.append((study.attribute(id).text(self.language), self._level(way, id, cell)))
        return ShownOption(offer.alternative, label, tuple(lines))

    def _level(self, way: Way, id: str, cell: str | float) -> str:
        attribute = way.survey.study.attribute(id)
        try:
            return attribute.level(cell).text(self.language)
        except StudyError:  # a number that a person brought along
            return quantity(float(cell), attribute.unit, attribute.unit_plural, self.language)

    def page(self, step: str) -> str:
        """Return one page as HTML; its fingerprint is that of the kept one if it is the same.

        Parameters
        ----------
        step : str
            The step's place in the address, such as ``"task-3"``.

        Raises
        ------
        KeyError
            If this person has no such step.
        """
        from ccegov_choice.survey.pages.frame import Form, Frame
        from ccegov_choice.survey.pages.pages import Pages

        way = self.way
        found = way.step(step)
        if found is None:
            raise KeyError(step)
        frame = Frame(language=self.language, view=self.view)
        return Pages(way.survey).step(found, way, frame, Form(action="", nonce=""))
