"""Refusals that a survey's session answers with a page of its own."""

from __future__ import annotations

from typing import Literal

from ccegov_choice.errors import ResponseError
from ccegov_choice.responses.records import FieldState, State

Closing = Literal["paused", "closed", "target"]
"""Why nobody can start: paused, closed, or enough people have taken part."""

_CURES = {
    "paused": "Open the field again on the admin page, or ask people to come back later.",
    "closed": "Open the field again on the admin page, if it was closed by mistake.",
    "target": "Raise `target` in survey.toml, or wait: places that people leave become free.",
}


class FieldClosed(ResponseError):  # noqa: N818 - says what happened, as its page does
    """Nobody can start now.

    Attributes
    ----------
    why : {"paused", "closed", "target"}
        Paused, closed, or enough people have taken part.
    """

    why: Closing = "closed"

    @classmethod
    def because(cls, survey: str, why: Closing | FieldState) -> FieldClosed:
        """Say why."""
        reason: Closing = "closed" if why == "open" else why
        said = "has enough people" if reason == "target" else f"is {reason}"
        error = cls(f"the survey '{survey}' {said}", cure=_CURES[reason])
        error.why = reason
        return error


class BegunElsewhere(ResponseError):  # noqa: N818 - says what happened, as its page does
    """Somebody with this nonce has begun in another browser."""

    @classmethod
    def in_survey(cls, survey: str) -> BegunElsewhere:
        """Say so."""
        return cls(
            f"somebody has begun the survey '{survey}' like this already, in another browser",
            cure="Ask for their code: it proves that it is them.",
        )


class NotTakingPart(ResponseError):  # noqa: N818 - says what happened, as its page does
    """An answer came from somebody who has finished, or whom the store does not know.

    Attributes
    ----------
    state : str
        How they finished; ``"unknown"`` if there is no such person, or they had themselves
        erased.
    """

    state: State | Literal["unknown"] = "unknown"

    @classmethod
    def because(cls, state: State | Literal["unknown"]) -> NotTakingPart:
        """Say how they finished."""
        said = "is not known" if state == "unknown" else f"has finished ({state})"
        error = cls(
            f"an answer cannot be kept: the person {said}",
            cure="Show them the page for this; answers given before are safe.",
        )
        error.state = state
        return error
