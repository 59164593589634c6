"""One option in an account of public value: what it saves, costs and gives, kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ccegov_choice._disclosure.limits import withheld
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.study.payment import Payment

if TYPE_CHECKING:
    from ccegov_choice.study.profile import Profile
    from ccegov_choice.study.study import Study

Number = float | Estimate


class GroupLike(Protocol):
    """What a reform is worth to a group: `GroupWelfare` is one."""

    @property
    def label(self) -> str:
        """Name of the group, in words."""

    @property
    def people(self) -> int:
        """How many people were given; 0 where nobody was."""

    @property
    def mean(self) -> Estimate | Absent:
        """Mean worth."""

    @property
    def median(self) -> Estimate:
        """Median worth."""


class WelfareLike(Protocol):
    """What a reform is worth to people: `WelfareChange` is one."""

    @property
    def payment(self) -> Payment:
        """What worth is counted in."""

    @property
    def mean(self) -> Estimate | Absent:
        """Mean worth of a person."""

    @property
    def median(self) -> Estimate:
        """Median worth."""

    @property
    def groups(self) -> Sequence[GroupLike]:
        """Worth by group; empty where none was asked for."""


def as_estimate(number: Number) -> Estimate:
    """Return a number as an estimate without an interval."""
    return number if isinstance(number, Estimate) else Estimate(float(number))


@dataclass(frozen=True)
class ValueOption:
    """One option, with everything it does kept apart.

    Parameters
    ----------
    id : str
        Short name.
    agency_saving : float or Estimate
        What the agency saves in a year; below zero where it spends more.
    citizen_hours : float or Estimate
        Hours that citizens spend more in a year, all together; below zero where they save time.
    burden : float or Estimate, optional
        Burden besides that time, such as hours of learning and worry, all together.
    benefit : float or Estimate, optional
        What people would give for it, in `benefit_unit`.
    benefit_unit : str
        Of the benefit: ``"days"``, ...
    worst_group : (str, float or Estimate), optional
        The group that gains least, and its benefit.
    under_floor : tuple of str
        Rights whose floor it breaks; it is then no option, whatever it saves.
    label : str
        Words for tables and sentences; the id where there are none.
    """

    id: str
    agency_saving: Number
    citizen_hours: Number
    burden: Number | None = None
    benefit: Number | None = None
    benefit_unit: str = ""
    worst_group: tuple[str, Number] | None = None
    under_floor: tuple[str, ...] = ()
    label: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "under_floor", tuple(self.under_floor))

    @classmethod
    def from_welfare(
        cls,
        id: str,
        welfare: WelfareLike,
        *,
        agency_saving: Number,
        citizen_hours: Number,
        burden: Number | None = None,
        under_floor: Sequence[str] = (),
        label: str = "",
    ) -> ValueOption:
        """Take benefit and worst group from a welfare change.

        The mean over people, or the median where the mean does not exist. Groups of fewer than
        ten people are left out: the worst one would be told.
        """

        def centre(found: WelfareLike | GroupLike) -> Estimate:
            return found.median if isinstance(found.mean, Absent) else found.mean

        groups = [
            (group.label, centre(group))
            for group in welfare.groups
            if group.people == 0 or not withheld(group.people)
        ]
        if len(groups) < 2:
            groups = []  # everybody together is no group
        worst = min(groups, key=lambda pair: pair[1].value, default=None)
        return cls(
            id,
            agency_saving,
            citizen_hours,
            burden,
            centre(welfare),
            welfare.payment.unit_plural,
            worst,
            tuple(under_floor),
            label,
        )

    def text(self) -> str:
        """Return the label, or the id."""
        return self.label or self.id

    @property
    def saving(self) -> Estimate:
        """What the agency saves."""
        return as_estimate(self.agency_saving)

    @property
    def hours(self) -> Estimate:
        """Hours that citizens spend more."""
        return as_estimate(self.citizen_hours)

    @property
    def shifts_cost(self) -> bool:
        """Whether the agency saves and citizens pay for it with their time."""
        return self.saving.value > 0 and self.hours.value > 0

    @property
    def break_even(self) -> float | None:
        """The worth of an hour above which the saving is none; None if no cost is shifted."""
        return self.saving.value / self.hours.value if self.shifts_cost else None

    def net(self, hour_value: float) -> Estimate:
        """Return the saving less citizens' time at a declared worth of an hour.

        Where both have intervals, the limits are the worst and best of both together: at least
        as wide as the interval of the difference.
        """
        saving, hours = self.saving, self.hours
        value = saving.value - hour_value * hours.value
        if saving.low is None and hours.low is None:
            return Estimate(value)
        least = saving.value if saving.low is None else saving.low
        most = saving.value if saving.high is None else saving.high
        few = hours.value if hours.low is None else hours.low
        many = hours.value if hours.high is None else hours.high
        return Estimate(value, least - hour_value * many, most - hour_value * few)


def measures(option: ValueOption) -> dict[str, Estimate]:
    """Return what is given of an option, by dimension."""
    worst = option.worst_group[1] if option.worst_group else None
    given = {
        "agency saving": option.agency_saving,
        "citizens' hours": option.citizen_hours,
        "other burden": option.burden,
        "benefit": option.benefit,
        "worst group": worst,
    }
    return {name: as_estimate(value) for name, value in given.items() if value is not None}


def floors_broken(study: Study, profile: Profile) -> tuple[str, ...]:
    """Return the ids of attributes that a profile sets under the floor of a right.

    Parameters
    ----------
    study : Study
        Says where the floors are.
    profile : Profile
        A service.
    """
    broken = []
    for attribute in study.attributes:
        cells = {attribute.cell(level) for level in attribute.levels if level.id in attribute.floor}
        if profile.levels.get(attribute.id) in cells | set(attribute.floor):
            broken.append(attribute.id)
    return tuple(broken)
