"""A redesign: today's service, the levers that could change it, and what there is to spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice.errors import PolicyError, Problem, unknown_name
from ccegov_choice.policy.redesign.lever import Cell, Lever
from ccegov_choice.study.lines import Positions
from ccegov_choice.study.profile import Profile

if TYPE_CHECKING:
    from ccegov_choice._table import Table
    from ccegov_choice.study.study import Study


@dataclass(frozen=True)
class Redesign:
    """Today's service, the levers that could change it, and the limits on them.

    Parameters
    ----------
    id : str
        Short name.
    levers : tuple of Lever
        What could be done.
    base : Profile
        Today's service, from ``study.profile(...)``.
    budget, capacity, months : float, optional
        Limits on the sum of costs, on the sum of capacities, and on the time until the last lever
        works; None for no limit.
    floors : mapping of str to str or float
        Attribute -> the least good level that the service may have, by the direction that the
        study declares. A right: a package under it is not considered, whatever it is worth.
    today : mapping of str to float
        Group -> how well off it is today, in the unit of payment; see `search_redesign`.
    title : str
        What it is called.
    cost_unit, capacity_unit : str
        Words for the units, such as ``"EUR"`` and ``"posts"``.
    users : float, optional
        People who meet the service in a year.
    unit_value : float, optional
        What the agency declares one unit of payment of one person to be worth, in units of cost;
        with `users`, the package of most net benefit is told too.

    Attributes
    ----------
    positions : Positions or None
        Lines of the file it was read from.
    """

    id: str
    levers: tuple[Lever, ...]
    base: Profile
    budget: float | None = None
    capacity: float | None = None
    months: float | None = None
    floors: Mapping[str, Cell] = field(default_factory=dict)
    today: Mapping[str, float] = field(default_factory=dict)
    title: str = ""
    cost_unit: str = ""
    capacity_unit: str = ""
    users: float | None = None
    unit_value: float | None = None
    positions: Positions | None = field(default=None, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "levers", tuple(self.levers))
        floors = {k: v if isinstance(v, str) else float(v) for k, v in self.floors.items()}
        object.__setattr__(self, "floors", floors)
        object.__setattr__(self, "today", {str(k): float(v) for k, v in self.today.items()})

    def __hash__(self) -> int:
        return hash((self.id, self.levers))

    def standing_at(self, positions: Positions) -> Redesign:
        """Return the redesign with the lines of the file it was read from."""
        placed = replace(self)
        object.__setattr__(placed, "positions", positions)
        return placed

    @cached_property
    def lever_ids(self) -> tuple[str, ...]:
        """Ids of the levers, in order."""
        return tuple(lever.id for lever in self.levers)

    def lever(self, id: str) -> Lever:
        """Return a lever by id; `PolicyError` names the nearest one."""
        if id not in self.lever_ids:
            raise PolicyError.of([unknown_name(id, self.lever_ids, "lever", where=self.id)])
        return self.levers[self.lever_ids.index(id)]

    def with_lever(self, id: str, **changes: object) -> Redesign:
        """Return a redesign in which some fields of one lever are changed."""
        changed = replace(self.lever(id), **changes)  # type: ignore[arg-type]
        levers = tuple(changed if lever.id == id else lever for lever in self.levers)
        new = replace(self, levers=levers)
        return new if self.positions is None else new.standing_at(self.positions)

    def start_of(self, lever: Lever) -> Cell | None:
        """Return the level before a lever: its own, or that of today's service."""
        return self.base.levels.get(lever.attribute) if lever.start is None else lever.start

    # -- checking ---------------------------------------------------------------------------

    def check(self, study: Study) -> tuple[Problem, ...]:
        """Return every problem of the redesign, each with its place and its cure."""
        from ccegov_choice.policy.redesign.check import problems_of

        return problems_of(self, study)

    def require_valid(self, study: Study) -> None:
        """Raise `PolicyError` listing every problem, if there is any."""
        found = self.check(study)
        if found:
            raise PolicyError.of(found, f"The redesign '{self.id}' has {{count}} problems:")

    # -- files ------------------------------------------------------------------------------

    @classmethod
    def read(cls, path: str | Path) -> Redesign:
        """Read a ``redesign.toml``.

        Raises
        ------
        PolicyError
            If it is not TOML or has unknown or misshapen keys; file and line are named. What a
            study is needed for, `check` finds.
        """
        from ccegov_choice.policy.redesign.reading import read_redesign

        return read_redesign(path)

    @classmethod
    def from_toml(cls, text: str, where: str = "redesign.toml") -> Redesign:
        """Read a redesign from TOML text; `where` names it in messages. See `read`."""
        from ccegov_choice.policy.redesign.reading import redesign_from_toml

        return redesign_from_toml(text, where)

    def to_toml(self) -> str:
        """Return TOML that reads back as an equal redesign."""
        from ccegov_choice.policy.redesign.writing import redesign_to_toml

        return redesign_to_toml(self)

    def save(self, path: str | Path) -> Path:
        """Save as ``redesign.toml``, if exactly one owner answers for each lever.

        Raises
        ------
        PolicyError
            Listing levers with no accountable owner, or with several.
        """
        from ccegov_choice._files import write_atomic
        from ccegov_choice.policy.redesign.responsibility import require_one_owner

        require_one_owner(self)
        return write_atomic(path, self.to_toml())

    def plan_table(self) -> Table:
        """Return the plan: levers with cost, time and owner. Refused as `save` is."""
        from ccegov_choice.policy.redesign.responsibility import plan_table

        return plan_table(self)
