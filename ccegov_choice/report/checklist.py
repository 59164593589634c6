"""Reporting checklists as data, filled with what the study, design, data and models show.

The items stand in ``checklists/*.toml`` in our own words, so that they can be corrected without
touching code. A declaration of the authors in ``study.toml`` answers an item. Evidence from the
files answers it too where the item asks for a fact; where it asks for a reason, evidence answers it
only in part.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from ccegov_choice._files import read_text
from ccegov_choice.errors import FileFormatError
from ccegov_choice.report.wording import say

State = Literal["open", "partly", "done"]

CHECKLISTS = ("ispor-2011", "estimate-2016", "aapor-2021", "johnston-2017")
"""The guidelines that every report is held against, by the name of their file."""

_FOLDER = Path(__file__).parent / "checklists"
_SIGNS: dict[State, str] = {"open": "○", "partly": "◐", "done": "●"}


@dataclass(frozen=True)
class Item:
    """One question of a checklist.

    Parameters
    ----------
    id : str
        Number of the item and part, such as ``"4b"``.
    topic : str
        Name of the item.
    question : str
        What a reader should be able to find out, in our words.
    evidence : str
        Name of the evidence that can answer it; empty when only people can.
    declaration : str
        Key under ``[declarations]`` of study.toml with which the authors answer it.
    """

    id: str
    topic: str
    question: str
    evidence: str = ""
    declaration: str = ""


@dataclass(frozen=True)
class Evidence:
    """What the files show about an item.

    Parameters
    ----------
    text : str
        What they show.
    enough : bool
        True if that answers the item; False if a person must still give the reason.
    """

    text: str
    enough: bool = False


@dataclass(frozen=True)
class Answer:
    """An item with its answer.

    Parameters
    ----------
    item : Item
        The question.
    text : str
        The answer; empty when there is none.
    state : {"open", "partly", "done"}
        How far it is answered.
    """

    item: Item
    text: str
    state: State

    @property
    def cure(self) -> str:
        """What to write where, so that the item is answered; empty when it is."""
        if self.state == "done":
            return ""
        key = "checklist.cure" if self.state == "open" else "checklist.cure_partly"
        return say(key, key=self.item.declaration)


@dataclass(frozen=True)
class Group:
    """The items in one state, with the words and the sign that tell it without colour."""

    state: State
    sign: str
    answers: tuple[Answer, ...]

    @property
    def title(self) -> str:
        """Heading of the group."""
        return say(f"checklist.{self.state}")

    @property
    def label(self) -> str:
        """What is written at each item."""
        return say(f"checklist.state_{self.state}")


@dataclass(frozen=True)
class Checklist:
    """A filled checklist.

    Parameters
    ----------
    title : str
        Its name.
    source : str
        Where the items come from.
    answers : tuple of Answer
        All items, in the order of the guideline.
    """

    title: str
    source: str
    answers: tuple[Answer, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The items by state: those still to be answered come first."""
        return tuple(
            Group(state, sign, tuple(a for a in self.answers if a.state == state))
            for state, sign in _SIGNS.items()
        )

    @property
    def complete(self) -> bool:
        """True only if every item is answered."""
        return all(answer.state == "done" for answer in self.answers)

    @property
    def status(self) -> str:
        """How far it is filled; says "complete" only when it is."""
        if self.complete:
            return say("checklist.complete", total=len(self.answers))
        counts = {group.state: len(group.answers) for group in self.groups}
        return say("checklist.status", total=len(self.answers), **counts)


@cache
def items(name: str = "ispor-2011") -> tuple[str, str, tuple[Item, ...]]:
    """Read the items of a checklist.

    Parameters
    ----------
    name : str
        Name of the file in ``checklists``, without its ending.

    Returns
    -------
    tuple
        Title, source and items.

    Raises
    ------
    FileFormatError
        If the file is missing, is not TOML, or an item can be answered by nothing.
    """
    path = _FOLDER / f"{name}.toml"
    content = tomllib.loads(read_text(path))
    found = tuple(
        Item(f"{number}{letter}", topic["topic"], **part)
        for number, topic in enumerate(content["item"], 1)
        for letter, part in zip(_letters(topic["part"]), topic["part"], strict=True)
    )
    closed = [item.id for item in found if not item.declaration]
    if closed:
        raise FileFormatError(
            f"items {', '.join(closed)} name no declaration",
            where=str(path),
            cure="Give each part a declaration, so that its authors can always answer it.",
        )
    return content["title"], content["source"], found


def _letters(parts: Sequence[object]) -> Sequence[str]:
    """Return a letter for each part; an item of one part needs none."""
    return "abcdefghijkl"[: len(parts)] if len(parts) > 1 else ("",)


def fill(
    declarations: Mapping[str, str],
    evidence: Mapping[str, Evidence | None],
    *,
    name: str = "ispor-2011",
) -> Checklist:
    """Answer a checklist from the authors' declarations and from what the files show.

    Parameters
    ----------
    declarations : mapping
        What the authors say, from ``[declarations]`` of study.toml.
    evidence : mapping
        Name of the evidence -> what it shows; None where it shows nothing.
    name : str
        Which checklist.

    Returns
    -------
    Checklist
        Every item, answered or not.

    Raises
    ------
    KeyError
        If an item names evidence that is not in the mapping.
    """
    title, source, found = items(name)
    answers = []
    for item in found:
        declared = declarations.get(item.declaration, "").strip()
        shown = evidence[item.evidence] if item.evidence else None
        text = " ".join(part for part in (declared, shown.text if shown else "") if part)
        done = bool(declared) or (shown is not None and shown.enough)
        answers.append(Answer(item, text, "done" if done else "partly" if text else "open"))
    return Checklist(title, source, tuple(answers))
