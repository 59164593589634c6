"""A choice task as it is shown: cards or columns, lines that differ, what each line means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ccegov_choice.errors import StudyError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.survey.answers.tasks import asked_about
from ccegov_choice.survey.pages.glossary import glossary
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.steps import Step, Way
from ccegov_choice.survey.task import Offer, Task

if TYPE_CHECKING:
    from markupsafe import Markup

# beyond this share of empty places, lines of cards are not aligned: gaps would look like errors
_MOST_GAPS = 0.25


@dataclass(frozen=True)
class Level:
    """What an option is like in one attribute: words, and a picture where there is one."""

    text: str
    image: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Line:
    """One attribute, across all options."""

    attribute: str
    label: str
    differs: bool


@dataclass(frozen=True)
class Card:
    """One option as it is shown."""

    name: str
    title: str
    description: str
    kind: str
    levels: Mapping[str, Level]


@dataclass(frozen=True)
class TaskView:
    """A task as it is shown.

    Attributes
    ----------
    lines : tuple of Line
        Attributes in the person's order.
    cards : tuple of Card
        Options that have levels.
    others : tuple of Card
        Options without: the opt-out, or staying as one is; they stand last.
    aligned : bool
        Whether the same line of all cards stands at the same height.
    marked : bool
        Whether lines that differ are marked: some do, and some do not.
    glossary : tuple of Markup
        What the lines mean, in their order.
    """

    lines: tuple[Line, ...]
    cards: tuple[Card, ...]
    others: tuple[Card, ...]
    aligned: bool
    marked: bool
    glossary: tuple[Markup, ...]

    @property
    def everything(self) -> tuple[Card, ...]:
        """All options in the order shown."""
        return (*self.cards, *self.others)

    def card(self, name: str) -> Card | None:
        """Return an option by its name."""
        return next((card for card in self.everything if card.name == name), None)


def task_view(voice: Voice, step: Step, way: Way, *, highlight: bool) -> TaskView:
    """Return a step's task as one person sees it.

    Parameters
    ----------
    voice : Voice
        The language.
    step : Step
        A choice task, its second question, or a warm-up page.
    way : Way
        The person's way, which knows their orders and the levels they bring along.
    highlight : bool
        Whether lines in which options differ may be marked.
    """
    task = step.task or step.page.example
    if task is None:
        raise ValueError(f"step '{step.id}' has no task")
    arrangement = way.arrangement
    order = arrangement.offers.get(task.id, ()) if step.task else ()
    settings = way.survey.task_settings
    shown = {offer.alternative: offer for offer in asked_about(settings, task)}
    offers = tuple(shown[name] for name in (order or shown) if name in shown)
    attributes = _attributes(voice, task, arrangement.attributes)
    cards = _cards(voice, offers, attributes, way)
    with_levels = tuple(card for card in cards if card.levels)
    differing = task.differing()
    lines = tuple(Line(a.id, voice.say(a.label), a.id in differing) for a in attributes)
    meanings = glossary(voice)
    found = sum(line.differs for line in lines)
    places = len(with_levels) * len(lines)
    filled = sum(len(card.levels) for card in with_levels)
    return TaskView(
        lines=lines,
        cards=with_levels,
        others=tuple(card for card in cards if not card.levels),
        aligned=filled >= (1 - _MOST_GAPS) * places,
        marked=highlight and settings.highlight and 0 < found < len(lines),
        glossary=tuple(meanings[a.id] for a in attributes if a.id in meanings),
    )


def _attributes(voice: Voice, task: Task, order: tuple[str, ...]) -> tuple[Attribute, ...]:
    present = task.attributes()
    study = voice.survey.study
    return tuple(study.attribute(id) for id in order if id in present)


def _cards(
    voice: Voice, offers: tuple[Offer, ...], attributes: tuple[Attribute, ...], way: Way
) -> tuple[Card, ...]:
    named = {a.id: a for a in voice.survey.study.named_alternatives}
    letters = iter(voice.letters)
    found = []
    for offer in offers:
        alternative = named.get(offer.alternative)
        if alternative is None:
            letter = next(letters, offer.alternative)
            title, description = voice.words.say("task.option", letter=letter), ""
        else:
            title, description = voice.say(alternative.label), voice.say(alternative.description)
        levels = {a.id: level for a in attributes if (level := _level_of(voice, offer, a, way))}
        found.append(Card(offer.alternative, title, description, offer.kind, levels))
    return tuple(found)


def _level_of(voice: Voice, offer: Offer, attribute: Attribute, way: Way) -> Level | None:
    if attribute.id in offer.levels:
        return _level(voice, attribute.id, offer.levels[attribute.id])
    if attribute.id not in offer.personal:
        return None
    question = offer.personal[attribute.id]
    return _own_level(voice, attribute, question, way.reply(question))


@lru_cache(maxsize=20_000)
def _level(voice: Voice, attribute_id: str, cell: str | float) -> Level:
    attribute = voice.survey.study.attribute(attribute_id)
    try:
        level = attribute.level(cell)
    except StudyError:  # a number between those of the study, such as people bring along
        if isinstance(cell, str):
            return Level(cell)
        return Level(voice.amount(cell, attribute.unit, attribute.unit_plural))
    alt = voice.say(level.image_alt) if level.image_alt else ""
    return Level(voice.say(level.label), level.image or "", alt)


def _own_level(voice: Voice, attribute: Attribute, asked: str, reply: object) -> Level:
    """Return the level a person brings along, as they said it."""
    if reply is None or isinstance(reply, (list, dict)):
        return Level(voice.words["task.as_today"])
    if isinstance(reply, (int, float)):
        return _level(voice, attribute.id, float(reply))
    if reply in attribute.level_ids:
        return _level(voice, attribute.id, str(reply))
    question = voice.survey.questions.get(asked)
    option = question.option(str(reply)) if question else None
    return Level(voice.say(option.text) if option else str(reply))
