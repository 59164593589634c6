"""A survey in the terms that all survey tools share: screens, items, choices, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ccegov_choice.survey.pages.task_view import TaskView

Words = Mapping[str, str]
"""Language code -> wording."""

ItemKind = Literal["note", "single", "multiple", "matrix", "number", "text", "date", "ranking"]
ScreenKind = Literal["welcome", "consent", "plain", "task", "end"]


@dataclass(frozen=True)
class Condition:
    """Holds when one of some choices was made.

    Parameters
    ----------
    column : str
        The item that was answered.
    values : tuple of str
        The choices, one of which must have been made.
    """

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One answer to choose from, or one row of a matrix.

    Parameters
    ----------
    value : str
        What the answer is kept as with us.
    words : mapping
        What people read.
    exclusive : bool
        In a multiple choice: goes with no other.
    last : bool
        Stays last when the others are shuffled.
    number : str, optional
        What the data hold instead, for options that stand for a number; empty for those that
        stand for no answer.
    """

    value: str
    words: Words
    exclusive: bool = False
    last: bool = False
    number: str | None = None

    @property
    def meant(self) -> str:
        """What an analysis reads: the number it stands for, or its id."""
        return self.value if self.number is None else self.number


@dataclass(frozen=True)
class Spending:
    """What the choices of an item cost, and what there is to spend."""

    amount: float
    costs: Mapping[str, float]


@dataclass(frozen=True)
class ShownTask:
    """A task in one language.

    Parameters
    ----------
    view : TaskView
        Its options and levels, exactly as our own pages show them.
    personal : mapping
        (alternative, attribute) -> (column whose answer is the level, unit behind it).
    """

    view: TaskView
    personal: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """Something to read or to answer.

    Parameters
    ----------
    column : str
        Its name in the tool: lower-case letters, digits and underscores.
    kind : str
        A ``note`` is only read.
    words : mapping
        The question as plain text; of a note, Markdown.
    kept : tuple of str
        What the answer is kept under with us: the item, such as ``"task:17"``, and the key of
        its payload, such as ``"chosen"``.
    task : mapping
        Language code -> the task that a note shows.
    choices, rows : tuple of Choice
        What to choose from, and for what.
    when : tuple of Condition
        Asked only when all hold.
    differs_from : str
        Column whose choice may not be made again: the worst is not the best.
    spending : Spending, optional
        What the choices cost, where they must stay within a budget.
    refusal : mapping
        What people read when their answer breaks one of these two rules.
    """

    column: str
    kind: ItemKind
    words: Words
    kept: tuple[str, str] = ("", "")
    hint: Words = field(default_factory=dict)
    task: Mapping[str, ShownTask] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    required: bool = True
    low: float | None = None
    high: float | None = None
    max_length: int = 2000
    shuffle: bool = False
    when: tuple[Condition, ...] = ()
    differs_from: str = ""
    spending: Spending | None = None
    refusal: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Screen:
    """What is seen at one time.

    Parameters
    ----------
    id : str
        Its name, unique.
    kind : str
        What it is for.
    title : mapping
        The heading.
    items : tuple of Item
        What is on it.
    version : str
        Of tasks: the version of the questionnaire that has them.
    unless : tuple of Condition
        Not shown when any of these holds: consent refused, screened out before.
    """

    id: str
    kind: ScreenKind
    title: Words
    items: tuple[Item, ...]
    version: str = ""
    unless: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Version:
    """One set of tasks in fixed orders; every person answers one version.

    Parameters
    ----------
    name : str
        ``"1"``, ``"2"``, ... as the tool draws it.
    block : str
        Block of the design.
    seed : str
        Seed of the orders in which tasks, attributes and options stand, and of lots.
    lots : mapping
        What is drawn in each lot: lot -> option.
    """

    name: str
    block: str
    seed: str
    lots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outline:
    """A survey in the terms that all survey tools share."""

    id: str
    sha256: str
    title: Words
    languages: tuple[str, ...]
    versions: tuple[Version, ...]
    screens: tuple[Screen, ...]
    losses: tuple[str, ...]
    shuffle_tasks: bool

    @property
    def language(self) -> str:
        """The main language."""
        return self.languages[0]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in order."""
        return tuple(item for screen in self.screens for item in screen.items)

    @property
    def answered(self) -> tuple[Item, ...]:
        """All items that are answered."""
        return tuple(item for item in self.items if item.kind != "note")

    def item(self, column: str) -> Item:
        """Return an item by its column."""
        return next(item for item in self.items if item.column == column)
