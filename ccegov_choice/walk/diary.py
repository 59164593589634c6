"""What one simulated citizen lived through: kept by the client, compared with the store later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Ending = Literal["", "completed", "gave_up", "declined", "turned_away", "still_answering", "failed"]
Fields = Mapping[str, list[str]]


@dataclass
class Diary:
    """One citizen's visit, written as it happens.

    Parameters
    ----------
    number : int
        Of the citizen.
    known : mapping
        What is known of their tastes.
    began, answering, finished : float
        When they came, began to answer and ended: seconds of a clock that all processes of a
        machine share; 0 for what did not happen.
    consented : bool
        Whether the server took their consent.
    ended : str
        How it ended: at the end, given up, declined, turned away by the survey (closed, screened
        out, quota full), still answering when the walk ended, or failed.
    code : str
        The code that they were shown.
    acknowledged : dict
        Step -> the fields last sent that the server accepted.
    posts : int
        Answers accepted in all, with those sent again.
    times : dict of str to list of float
        Kind of request -> seconds each took; ``"turn"`` is from pressing the button until the
        next page stands.
    retries : int
        Requests made again because the server was busy or away.
    trouble : list of str
        What should not have happened.
    """

    number: int
    known: Mapping[str, Any] = field(default_factory=dict)
    began: float = 0.0
    answering: float = 0.0
    finished: float = 0.0
    consented: bool = False
    ended: Ending = ""
    code: str = ""
    acknowledged: dict[str, Fields] = field(default_factory=dict)
    posts: int = 0
    times: dict[str, list[float]] = field(default_factory=dict)
    retries: int = 0
    trouble: list[str] = field(default_factory=list)

    def took(self, kind: str, seconds: float) -> None:
        """Note how long something took."""
        self.times.setdefault(kind, []).append(seconds)
