"""A task as people see it: the options to choose from, read from a design without numerics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ccegov_choice.study.alternative import AlternativeKind


@dataclass(frozen=True)
class Offer:
    """One option of a task.

    Parameters
    ----------
    alternative : str
        Its name in the design: ``"A"``, ``"phone"``, ``"no_claim"``.
    kind : {"unlabelled", "labelled", "opt_out", "status_quo"}
        An option known by its levels only, one with a name, choosing nothing, staying as one is.
    levels : mapping
        Attribute id -> level id, or number; attributes that it does not have are left out.
    personal : mapping
        Attribute id -> question id: levels that each person brings along.
    """

    alternative: str
    kind: AlternativeKind | str
    levels: Mapping[str, str | float]
    personal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """A choice to make.

    Parameters
    ----------
    id : str
        Its number in the design.
    block : str
        The block it belongs to.
    offers : tuple of Offer
        The options, in the design's order.
    """

    id: str
    block: str
    offers: tuple[Offer, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "offers", tuple(self.offers))

    def offer(self, alternative: str) -> Offer | None:
        """Return an option by its name, if there is such a one."""
        return next((offer for offer in self.offers if offer.alternative == alternative), None)

    def attributes(self) -> tuple[str, ...]:
        """Attributes that at least one option has, in the design's order."""
        found: dict[str, None] = {}
        for offer in self.offers:
            found.update(dict.fromkeys([*offer.levels, *offer.personal]))
        return tuple(found)

    def differing(self) -> frozenset[str]:
        """Attributes in which options with levels differ."""
        offers = [offer for offer in self.offers if offer.levels or offer.personal]
        return frozenset(
            name for name in self.attributes() if not _same(o.levels.get(name) for o in offers)
        )


def _same(cells: Iterable[object]) -> bool:
    return len(set(cells)) <= 1


@dataclass(frozen=True)
class Tasks:
    """All tasks of a design.

    Parameters
    ----------
    tasks : tuple of Task
        In the design's order.
    sha256 : str
        Fingerprint of the design.
    """

    tasks: tuple[Task, ...]
    sha256: str

    @property
    def blocks(self) -> tuple[str, ...]:
        """Names of the blocks, in order."""
        return tuple(dict.fromkeys(task.block for task in self.tasks))

    def of_block(self, block: str) -> tuple[Task, ...]:
        """Return the tasks of a block, in the design's order."""
        return tuple(task for task in self.tasks if task.block == block)

    def task(self, id: str) -> Task | None:
        """Return a task by its number, if there is such a one."""
        return next((task for task in self.tasks if task.id == id), None)
