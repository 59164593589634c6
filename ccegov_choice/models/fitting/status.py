"""How a search for estimates can end."""

from __future__ import annotations

import enum


class Status(enum.Enum):
    """How a search ended: a message for the reader, and what to do about it."""

    CONVERGED = (
        "converged",
        "The estimates are at the top of the likelihood.",
        "Nothing to do.",
    )
    TOO_MANY_ITERATIONS = (
        "too many iterations",
        "The search used all its iterations before it reached the top of the likelihood.",
        "Allow more with options=FitOptions(max_iterations=...), or start nearer with start=.",
    )
    NO_PROGRESS = (
        "no progress",
        "No step, however small, raised the likelihood any more, though its slope is not zero.",
        "Check for attributes of very different size (divide one by 100, say) and extreme values.",
    )
    NOT_FINITE = (
        "not finite",
        "The likelihood cannot be computed at the starting values: a utility overflows.",
        "Check the starting values and look for extreme numbers in the attributes.",
    )
    INTERRUPTED = (
        "interrupted",
        "The search was stopped by the user before it reached the top of the likelihood.",
        "Run it again to the end; start=results.estimates goes on from here.",
    )

    @property
    def label(self) -> str:
        """One or two words, as saved in files."""
        return str(self.value[0])

    @property
    def message(self) -> str:
        """What happened, in a sentence."""
        return str(self.value[1])

    @property
    def cure(self) -> str:
        """What to do about it."""
        return str(self.value[2])

    @classmethod
    def from_label(cls, label: str) -> Status:
        """Return the status saved under a label."""
        return next(status for status in cls if status.label == label)
