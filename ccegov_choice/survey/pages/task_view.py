"""A choice task as it is shown: cards or columns, lines that differ, what each line means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccegov_choice.errors import StudyError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.survey.answers.tasks import asked_about
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.pages.voice import Voice
from ccegov_choice.survey.steps import Step, Way
from ccegov_choice.survey.task import Offer, Task

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
class Meaning:
    """What an attribute means, and what its levels mean."""

    attribute: str
    label: str
    definition: str
    levels: tuple[tuple[str, str], ...]


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
    glossary : tuple of Meaning
        What the lines mean.
    """

    lines: tuple[Line, ...]
    cards: tuple[Card, ...]
    others: tuple[Card, ...]
    aligned: bool
    marked: bool
    glossary: tuple[Meaning, ...]

    @property
    def everything(self) -> tuple[Card, ...]:
        """All options in the order shown."""
        return (*self.cards, *self.others)

    def card(self, name: str) -> Card | None:
        """Return an option by its name."""
        return next((card for card in self.everything if card.name == name), None)

    @property
    def staying(self) -> tuple[str, ...]:
        """Names of options that mean choosing nothing new."""
        return tuple(c.name for c in self.everything if c.kind in ("opt_out", "status_quo"))


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
    found = sum(line.differs for line in lines)
    places = len(with_levels) * len(lines)
    filled = sum(len(card.levels) for card in with_levels)
    return TaskView(
        lines=lines,
        cards=with_levels,
        others=tuple(card for card in cards if not card.levels),
        aligned=filled >= (1 - _MOST_GAPS) * places,
        marked=highlight and settings.highlight and 0 < found < len(lines),
        glossary=_glossary(voice, attributes),
    )


def titles(voice: Voice, task: Task, order: tuple[str, ...]) -> dict[str, str]:
    """Return what each option of a task is called on the page, in the order shown."""
    found, free = {}, 0
    for name in order or tuple(offer.alternative for offer in task.offers):
        offer = task.offer(name)
        if offer is None:
            continue
        found[name] = _title(voice, offer, free)
        free += offer.kind == "unlabelled"
    return found


def _title(voice: Voice, offer: Offer, position: int) -> str:
    named = {a.id: a for a in voice.survey.study.named_alternatives}.get(offer.alternative)
    if named is not None:
        return voice.say(named.label)
    letters = voice.letters
    letter = letters[position] if position < len(letters) else str(position + 1)
    return voice.words.say("task.option", letter=letter)


def _attributes(voice: Voice, task: Task, order: tuple[str, ...]) -> tuple[Attribute, ...]:
    present = task.attributes()
    study = voice.survey.study
    return tuple(study.attribute(id) for id in order if id in present)


def _cards(
    voice: Voice, offers: tuple[Offer, ...], attributes: tuple[Attribute, ...], way: Way
) -> tuple[Card, ...]:
    found, free = [], 0
    named = {a.id: a for a in voice.survey.study.named_alternatives}
    for offer in offers:
        alternative = named.get(offer.alternative)
        levels = {}
        for attribute in attributes:
            if attribute.id in offer.levels:
                levels[attribute.id] = _level(voice, attribute, offer.levels[attribute.id])
            elif attribute.id in offer.personal:
                reply = way.reply(offer.personal[attribute.id])
                levels[attribute.id] = _own_level(voice, attribute, offer, reply)
        description = voice.say(alternative.description) if alternative else ""
        title = _title(voice, offer, free)
        free += offer.kind == "unlabelled"
        found.append(Card(offer.alternative, title, description, offer.kind, levels))
    return tuple(found)


def _level(voice: Voice, attribute: Attribute, cell: str | float) -> Level:
    try:
        level = attribute.level(cell)
    except StudyError:
        if isinstance(cell, str):
            return Level(cell)
        return Level(voice.amount(cell, attribute.unit, attribute.unit_plural))
    alt = voice.say(level.image_alt) if level.image_alt else ""
    return Level(voice.say(level.label), level.image or "", alt)


def _own_level(voice: Voice, attribute: Attribute, offer: Offer, reply: object) -> Level:
    """Return the level a person brings along, as they said it."""
    if reply is None or isinstance(reply, (list, dict)):
        return Level(voice.words["task.as_today"])
    if isinstance(reply, (int, float)):
        return _level(voice, attribute, float(reply))
    if reply in attribute.level_ids:
        return _level(voice, attribute, str(reply))
    question = voice.survey.questions.get(offer.personal[attribute.id])
    option = question.option(str(reply)) if question else None
    return Level(voice.say(option.text) if option else str(reply))


def _glossary(voice: Voice, attributes: tuple[Attribute, ...]) -> tuple[Meaning, ...]:
    found = []
    for attribute in attributes:
        text = voice.survey.glossary.get(attribute.id) or attribute.definition
        levels = tuple(
            (voice.say(level.label), voice.say(level.description))
            for level in attribute.shown_levels
            if level.description and level.description != level.label
        )
        if text or levels:
            label, definition = voice.say(attribute.label), voice.say(text)
            found.append(Meaning(attribute.id, label, definition, levels))
    return tuple(found)


def page_of_tasks(way: Way) -> Page | None:
    """Return the page that stands for all tasks, if the survey has one."""
    return way.survey.page_of_kind("tasks")
