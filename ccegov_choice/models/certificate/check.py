"""One line of a trust certificate."""

from __future__ import annotations

from dataclasses import dataclass

PASSED, WATCH, FAILED, UNCHECKED = "passed", "watch", "failed", "not checked"


@dataclass(frozen=True)
class Check:
    """What was looked at, and what came of it.

    Parameters
    ----------
    name : str
        What was looked at.
    verdict : str
        ``passed``, ``watch``, ``failed`` or ``not checked``.
    found : str
        The number the verdict rests on, in a few words.
    said : str
        The same in sentences.
    cure : str
        What to do; empty where there is nothing to do.
    """

    name: str
    verdict: str
    found: str
    said: str
    cure: str = ""

    @property
    def sentence(self) -> str:
        """What came of it, and what to do."""
        return f"{self.said} {self.cure}".strip()


def graded(number: float, watch: float, failed: float) -> str:
    """Return the verdict on a number that should be small; NaN fails."""
    if number <= watch:
        return PASSED
    return WATCH if number <= failed else FAILED


def no_top(name: str) -> Check:
    """Return the check of something that only means something at the top."""
    return Check(name, UNCHECKED, "no top", "There is no top of the likelihood to look at.")
