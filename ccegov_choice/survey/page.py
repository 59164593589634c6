"""A page: what people read and are asked at one time, and what a project of a budget task is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from ccegov_choice.study.wording import Text, own_copy
from ccegov_choice.survey.question import Option, Question
from ccegov_choice.survey.task import Task

PageKind = Literal[
    "welcome",
    "consent",
    "text",
    "questions",
    "warm-up",
    "tasks",
    "budget",
    "contact",
    "end",
]
PAGE_KINDS: tuple[str, ...] = get_args(PageKind)


@dataclass(frozen=True)
class Project:
    """One thing that a budget can buy.

    Parameters
    ----------
    id : str
        What the data hold.
    text, description : str or mapping
        What people read: a few words, and what it brings.
    cost : float
        What it takes from the budget, in the budget's unit.
    """

    id: str
    text: Text
    cost: float
    description: Text = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", own_copy(self.text))
        object.__setattr__(self, "description", own_copy(self.description))


@dataclass(frozen=True)
class Budget:
    """A budget to spend on projects: nobody can pick more than it pays for.

    Parameters
    ----------
    amount : float
        What there is.
    unit, unit_plural : str or mapping
        In what, for one and for several.
    projects : tuple of Project
        What it may be spent on.
    reasons : bool
        Whether people are asked, in their own words, why.
    shuffle : bool
        Whether projects stand in an order of each person's own.
    """

    amount: float
    projects: tuple[Project, ...]
    unit: Text = ""
    unit_plural: Text = ""
    reasons: bool = True
    shuffle: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", own_copy(self.unit))
        object.__setattr__(self, "unit_plural", own_copy(self.unit_plural))
        object.__setattr__(self, "projects", tuple(self.projects))


@dataclass(frozen=True)
class Page:
    """What people read and are asked at one time.

    Parameters
    ----------
    id : str
        Its file name, and its place in the address.
    kind : str
        One of `PAGE_KINDS`. ``welcome`` (first) and ``consent`` (second) take no place; the
        ``tasks`` page stands for all choice tasks; ``contact`` leaves a contact, kept apart from
        the answers; ``end`` is the last.
    title : str or mapping
        The heading.
    body : str or mapping
        Markdown.
    questions : tuple of Question
        Asked on a ``questions`` page (or as checks of understanding on a ``text`` page).
    statements : tuple of Option
        What people agree to on a ``consent`` page; each is ticked by itself.
    budget : Budget, optional
        On a ``budget`` page.
    example : Task, optional
        The task of a ``warm-up`` page; its answer does not count.
    """

    id: str
    kind: PageKind
    title: Text
    body: Text = ""
    questions: tuple[Question, ...] = ()
    statements: tuple[Option, ...] = ()
    budget: Budget | None = None
    example: Task | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", own_copy(self.title))
        object.__setattr__(self, "body", own_copy(self.body))
        object.__setattr__(self, "questions", tuple(self.questions))
        object.__setattr__(self, "statements", tuple(self.statements))
