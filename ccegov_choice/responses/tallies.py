"""Records of what a store counts and logs: tallies, moves of the ledger, deletions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ccegov_choice.responses.records import Ledger


@dataclass(frozen=True)
class BlockTally:
    """One block of the design.

    Parameters
    ----------
    block : str
        The block.
    places : int
        Places handed out so far.
    started : int
        People who got it, also those whose place was given away later.
    completed : int
        Completed interviews.
    in_progress : int
        People under way who hold their place.
    expired : int
        Places whose lease has run out and that wait for somebody else.
    extra : int
        People who came back after their place had been given away.
    """

    block: str
    places: int = 0
    started: int = 0
    completed: int = 0
    in_progress: int = 0
    expired: int = 0
    extra: int = 0


@dataclass(frozen=True)
class QuotaTally:
    """One cell of a quota: interviews completed and under way."""

    quota: str
    cell: str
    completed: int
    in_progress: int


@dataclass(frozen=True)
class HourTally:
    """One hour of the field, by UTC: who started and who completed in it."""

    hour: datetime
    started: int
    completed: int


@dataclass(frozen=True)
class Counts:
    """How a survey stands.

    Parameters
    ----------
    survey, ledger : str
        Of which survey, in which book.
    states : mapping
        State -> people, of those who are not erased.
    erased : int
        People of whom nothing is kept but that they were there.
    blocks : tuple of BlockTally
        By block.
    quotas : tuple of QuotaTally
        By quota cell.
    modes, languages, devices : mapping
        Mode, language, class of device -> state -> people.
    hours : tuple of HourTally
        The hours in which somebody started or completed.
    """

    survey: str
    ledger: Ledger
    states: Mapping[str, int]
    erased: int
    blocks: tuple[BlockTally, ...]
    quotas: tuple[QuotaTally, ...]
    modes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    languages: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    devices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    hours: tuple[HourTally, ...] = ()

    @property
    def completed(self) -> int:
        """Completed interviews."""
        return self.states.get("completed", 0)

    @property
    def spread(self) -> int:
        """Difference between the most and the least often completed block."""
        completed = [tally.completed for tally in self.blocks]
        return max(completed) - min(completed) if completed else 0


@dataclass(frozen=True)
class LedgerMove:
    """One entry of the ledger's audit.

    Parameters
    ----------
    at : datetime
        When, in UTC.
    what : str
        ``"take"`` a fresh place, ``"reclaim"`` one that was free again, ``"release"`` it,
        ``"complete"`` it for good; ``"extra"``: somebody goes on without a place because theirs
        was given away; ``"outside"``: a block that was given and not assigned, as on paper.
    block, stratum : str
        Of the place.
    place : int or None
        Its number in the sequence, from 0.
    mark : str
        Stands for the person; no id.
    previous : str
        Who had the place before it was reclaimed, if they had not given it back.
    """

    at: datetime
    what: str
    block: str
    stratum: str
    place: int | None
    mark: str
    previous: str


@dataclass(frozen=True)
class Deletion:
    """What the retention clock deleted in one run.

    Parameters
    ----------
    what : str
        In words.
    how_many : int
        Of how many people.
    rule : str
        The rule that was applied.
    at : datetime, optional
        When.
    """

    what: str
    how_many: int
    rule: str
    at: datetime | None = None
