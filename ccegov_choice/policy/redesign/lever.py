"""A lever: one change of a service that somebody can decide on, pay for and carry out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Cell = str | float


@dataclass(frozen=True)
class Lever:
    """One change of a level, with what it takes and who answers for it.

    Parameters
    ----------
    id : str
        Short name.
    attribute : str
        Id of the attribute that changes.
    end : str or float
        The level afterwards: a level id, or the number of a numeric attribute.
    start : str or float, optional
        The level before; that of today's service where it is not given.
    label : str
        What is done, in words for the people who decide.
    cost : float
        What it costs, in the redesign's unit of cost; below zero where it saves.
    capacity : float
        What it takes of what is scarce besides money, such as posts.
    lead_time : float
        Months from the decision, or from the end of what it depends on, until people notice.
    accountable : tuple of str
        Who answers for the result. Exactly one must; any number can be written down.
    delivery, budget_holder, controller : str
        Who carries it out, who has the money set aside (empty: nobody has, it is not funded), and
        who is the data controller.
    legal_basis : str
        The law that allows it.
    depends_on, excludes : tuple of str
        Ids of levers that must be, or must not be, in the same package.
    indicator : str
        How the service will show that it worked.
    route : str
        The way agreed on between who answers for it and who carries it out, where they differ.
    people : mapping of str to tuple
        Whom it reaches: column of people -> values, as in ``{"language": ("other",)}``; everybody
        where it is empty.
    deliverable : bool
        False where those who own it cannot deliver it.
    """

    id: str
    attribute: str
    end: Cell
    start: Cell | None = None
    label: str = ""
    cost: float = 0.0
    capacity: float = 0.0
    lead_time: float = 0.0
    accountable: tuple[str, ...] = ()
    delivery: str = ""
    budget_holder: str = ""
    controller: str = ""
    legal_basis: str = ""
    depends_on: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    indicator: str = ""
    route: str = ""
    people: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    deliverable: bool = True

    def __post_init__(self) -> None:
        for name in ("accountable", "depends_on", "excludes"):
            object.__setattr__(self, name, as_tuple(getattr(self, name)))
        for name in ("start", "end"):
            object.__setattr__(self, name, _cell(getattr(self, name)))
        people = {key: tuple(map(_cell, as_tuple(value))) for key, value in self.people.items()}
        object.__setattr__(self, "people", people)

    def __hash__(self) -> int:
        return hash((self.id, self.attribute, self.end))

    def text(self) -> str:
        """Return the label, or the id."""
        return self.label or self.id

    @property
    def funded(self) -> bool:
        """True where somebody has set the money aside."""
        return bool(self.budget_holder)

    @property
    def change(self) -> str:
        """The change, as in ``"wait: 40 -> 20"``."""
        return f"{self.attribute}: {plain_cell(self.start)} -> {plain_cell(self.end)}"


def as_tuple(given: object) -> tuple[str, ...]:
    """Return several things as a tuple; a text or number alone counts as one thing."""
    if given is None or given == "":
        return ()
    if isinstance(given, Sequence) and not isinstance(given, str):
        return tuple(given)
    return (given,)  # type: ignore[return-value]


def plain_cell(cell: Cell | None) -> str:
    """Write a level as users do."""
    if cell is None:
        return "today's"
    return cell if isinstance(cell, str) else f"{cell:g}"


def _cell(given: Cell | None) -> Cell | None:
    return given if given is None or isinstance(given, str) else float(given)
