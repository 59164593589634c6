"""What surrounds a page, and what a form brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccegov_choice.survey.answering import FieldProblem
from ccegov_choice.survey.settings import Mode, View


@dataclass(frozen=True)
class Frame:
    """What surrounds every page.

    Parameters
    ----------
    language : str
        Language code of the page.
    view : {"cards", "table"}
        How options of a task stand.
    mode : str
        How the survey is answered; one of `MODES`.
    base : str
        What stands before every address, such as ``"/claim"``; empty at the root.
    here : str
        Address of this page without `base`; links that switch language or view lead to it.
    back : str
        Where the back link leads; no link without it.
    code : str
        The person's code, shown so that they can come back.
    progress : tuple of int, optional
        Whether, and how far, the person is on the way: steps done and steps in all. A step's
        page counts by its own place on the way.
    preview : bool
        Whether a banner says that nothing counts.
    highlight : bool
        Whether lines in which options differ may be marked.
    finished : bool
        Whether the person is through; nothing is offered for later then.
    """

    language: str
    view: View = "cards"
    mode: Mode = "web"
    base: str = ""
    here: str = "/"
    back: str = ""
    code: str = ""
    progress: tuple[int, int] | None = None
    preview: bool = False
    highlight: bool = True
    finished: bool = False


@dataclass(frozen=True)
class Form:
    """What a form brings along.

    Parameters
    ----------
    action : str
        Where it is posted to.
    nonce : str
        Signed, for once.
    revision : int
        Of the answer that it was filled with.
    values : mapping of str to list of str
        What its fields hold.
    problems : tuple of FieldProblem
        What has to be put right.
    """

    action: str
    nonce: str
    revision: int = 0
    values: Mapping[str, list[str]] = field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()
