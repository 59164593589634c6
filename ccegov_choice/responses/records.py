"""What a store hands out and takes in: versions, people, answers, as frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Ledger = Literal["live", "preview", "robot"]
"""Which book a person stands in: only ``live`` counts; the others have places of their own."""

State = Literal["started", "completed", "screened_out", "over_quota", "withdrawn"]
FieldState = Literal["open", "paused", "closed"]


@dataclass(frozen=True)
class Version:
    """One version of a survey, as fielded.

    Parameters
    ----------
    survey : str
        Id of the survey.
    sha256 : str
        Fingerprint of its content.
    content : mapping
        Everything people can be shown, as plain data.
    blocks : tuple of str
        Blocks of the design.
    seed : int
        Seed of the sequence of blocks.
    """

    survey: str
    sha256: str
    content: Mapping[str, Any]
    blocks: tuple[str, ...]
    seed: int


@dataclass(frozen=True)
class Start:
    """Somebody who agrees to take part.

    Parameters
    ----------
    nonce : str
        Of the consent form: the same one twice starts one person, not two.
    language, mode : str
        How they begin.
    ledger : {"live", "preview", "robot"}
        Which book they stand in.
    stratum : str
        Blocks are balanced within a stratum.
    panel : mapping
        Panel parameters to keep and hand back.
    device : str
        Class of device: ``"phone"``, ``"tablet"``, ``"desktop"`` or ``""``.
    interviewer : str
        Who asks, in assisted modes.
    code_hash : str
        Hash of the person's code, by which they find their answers again; "" sets it later.
    block : str
        The block, where it is given and not assigned (paper, keyed back). Such forms were filled
        in before, so they are taken when the field has closed as well.
    seed : str
        The seed of all orders, where it is given with the block.
    browser : str
        Mark of the browser they begin in, where the nonce is no proof of who they are: whoever
        comes with a known nonce and another mark is refused. "" asks for no proof.
    """

    nonce: str
    language: str
    mode: str = "web"
    ledger: Ledger = "live"
    stratum: str = ""
    panel: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    interviewer: str = ""
    code_hash: str = ""
    block: str = ""
    seed: str = ""
    browser: str = ""


@dataclass(frozen=True)
class Kept:
    """The answer that counts for one item.

    Parameters
    ----------
    item : str
        What it answers.
    payload : mapping
        The answer as plain data.
    revision : int
        Number of the event that set it; grows with every change.
    at : datetime
        When, in UTC.
    """

    item: str
    payload: Mapping[str, Any]
    revision: int
    at: datetime


@dataclass(frozen=True)
class Person:
    """Somebody who takes part, and what they have answered so far.

    Parameters
    ----------
    id : str
        Random, 128 bits, in hexadecimal.
    version : str
        Fingerprint of the survey's version they see.
    ledger, state, language, mode, stratum, panel, device, interviewer
        See `Start` and `State`.
    block : str
        Their block.
    seed : str
        From which all orders they see are drawn.
    answers : mapping of str to Kept
        Item -> the answer that counts.
    started, finished : datetime
        When, in UTC; `finished` is None until then.
    """

    id: str
    version: str
    ledger: Ledger
    state: State
    language: str
    mode: str
    block: str
    seed: str
    answers: Mapping[str, Kept]
    started: datetime
    finished: datetime | None = None
    stratum: str = ""
    panel: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    interviewer: str = ""


@dataclass(frozen=True)
class Answer:
    """An answer that was posted.

    Parameters
    ----------
    item : str
        What it answers.
    payload : mapping
        The answer as plain data.
    nonce : str
        Of the form: the same one again is the same answer, posted twice.
    revision : int
        Revision of the kept answer that the form showed; 0 if it showed none.
    shown : mapping
        What was seen: orders, view, language, fingerprint of the page.
    timing : mapping
        Seconds and counts told by server and browser.
    language, mode : str
        Of this page.
    """

    item: str
    payload: Mapping[str, Any]
    nonce: str
    revision: int = 0
    shown: Mapping[str, Any] = field(default_factory=dict)
    timing: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    mode: str = "web"


@dataclass(frozen=True)
class Outcome:
    """What became of an answer.

    Parameters
    ----------
    status : {"stored", "repeated", "conflict"}
        Kept; known already (same form, or the same answer again); or different from a kept
        answer that the form did not show, so that the person must say which one counts.
    kept : Kept
        The answer that counts now.
    """

    status: Literal["stored", "repeated", "conflict"]
    kept: Kept


@dataclass(frozen=True)
class AdminAction:
    """Something that an administrator did.

    Parameters
    ----------
    at : datetime
        When, in UTC.
    by : str
        Who: the name they log in with.
    what : str
        Such as ``"log-in"``, ``"state"``, ``"download"``.
    detail : str
        What of it, such as the new state; never anything about a person.
    """

    at: datetime
    by: str
    what: str
    detail: str
