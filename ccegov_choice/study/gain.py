"""What is gained and what it is paid in: the grammar, and the rules on what is for sale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ccegov_choice.errors import Problem, TradeOffError, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

_ARROWS = ("->", "→")


@dataclass(frozen=True)
class Gain:
    """A change of one attribute.

    Parameters
    ----------
    attribute : str
        Id of the attribute that changes.
    start, end : str, float or None
        Level ids, or numbers of a numeric attribute; both None for one unit of improvement.
    """

    attribute: str
    start: str | float | None = None
    end: str | float | None = None

    @property
    def one_unit(self) -> bool:
        """True for one unit of improvement of a numeric attribute."""
        return self.end is None

    def __str__(self) -> str:
        if self.end is None:
            return self.attribute
        return f"{self.attribute}: {_plain(self.start)} -> {_plain(self.end)}"


def _plain(level: str | float | None) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)


def improvement_sign(attribute: Attribute) -> float:
    """Return what one unit of improvement adds to a numeric attribute: -1 where fewer is better.

    Without a declared direction, one more unit counts as the improvement.
    """
    return -1.0 if attribute.direction == "-" else 1.0


def payment_sign(attribute: Attribute) -> float:
    """Return what gaining one unit of what is paid in adds to it.

    Without a declared direction, more of it is taken to be costly.
    """
    return 1.0 if attribute.direction == "+" else -1.0


def parse_gain(text: str, utility: Utility, study: Study) -> Gain:
    """Read a gain.

    Parameters
    ----------
    text : str
        ``"dignity: respectful"`` (from the base level), ``"dignity: brusque -> respectful"``,
        ``"wait"`` (one unit of improvement) or ``"wait: 30 -> 14"``.
    utility : Utility
        The utility that must read the attribute.
    study : Study
        The study that names attributes and levels.

    Raises
    ------
    TradeOffError
        If a name is unknown, the attribute is not for sale, a level lies under its floor, or
        nothing changes.
    """
    name, colon, rest = text.partition(":")
    where = f"gain '{text}'"
    attribute = tradeable_attribute(name.strip(), utility, study, where)
    if not colon or not rest.strip():
        if not attribute.is_numeric:
            shown = [level.id for level in attribute.shown_levels]
            raise TradeOffError(
                f"'{attribute.id}' is not a number, so it has no unit to gain",
                where=where,
                cure=f"Name the level, as in gain='{attribute.id}: {shown[-1]}'. "
                f"Levels: {', '.join(shown)}.",
            )
        return Gain(attribute.id)
    start, end = _two_levels(rest.strip(), attribute, where)
    problems = [
        problem
        for level in (start, end)
        if (problem := _level_problem(attribute, level, where)) is not None
    ]
    if problems:
        raise TradeOffError.of(problems, "The gain has {count} problems:")
    gain = Gain(attribute.id, _cell(attribute, start), _cell(attribute, end))
    if gain.start == gain.end:
        raise TradeOffError(
            f"nothing changes: '{attribute.id}' is {end} before and after",
            where=where,
            cure=f"Name two levels, as in '{attribute.id}: {_example(attribute)}'.",
        )
    return gain


def _example(attribute: Attribute) -> str:
    shown = attribute.shown_levels
    return f"{shown[0].id} -> {shown[-1].id}"


def _two_levels(rest: str, attribute: Attribute, where: str) -> tuple[str, str]:
    if rest in attribute.level_ids:
        return attribute.base_id, rest
    for arrow in _ARROWS:
        if arrow in rest:
            start, _, end = rest.partition(arrow)
            if not start.strip() or not end.strip() or arrow in end:
                raise TradeOffError(
                    "a gain names one level before and one level after the arrow",
                    where=where,
                    cure=f"Write '{attribute.id}: {_example(attribute)}'.",
                )
            return start.strip(), end.strip()
    return attribute.base_id, rest


def _cell(attribute: Attribute, level: str) -> str | float:
    if not attribute.is_numeric:
        return level
    if level in attribute.level_ids:
        return attribute.cell(attribute.level(level))
    return float(level)


def _level_problem(attribute: Attribute, level: str, where: str) -> Problem | None:
    shown = [item.id for item in attribute.shown_levels]
    if level in attribute.floor:
        return Problem(
            f"'{level}' of '{attribute.id}' lies under the floor: it is never offered",
            f"Trade among the levels that may be shown: {', '.join(shown)}.",
            where,
        )
    if not attribute.is_numeric:
        return None if level in shown else unknown_name(level, shown, "level", where=where)
    try:
        number = float(level)
    except ValueError:
        if level in shown:
            return None
        return Problem(
            f"'{level}' is not a number", f"Give numbers without units: {', '.join(shown)}.", where
        )
    values = [item.value for item in attribute.shown_levels if item.value is not None]
    if min(values) <= number <= max(values) or level in shown:
        return None
    low, high = attribute.unit_text(min(values)), attribute.unit_text(max(values))
    if attribute.tradeable == "above-floor":
        return Problem(
            f"{attribute.unit_text(number)} lies outside what may be shown of '{attribute.id}'",
            f"Stay between {low} and {high}.",
            where,
        )
    return Problem(
        f"{attribute.unit_text(number)} lies outside what people were asked about '{attribute.id}'",
        f"Stay between {low} and {high}: beyond, nobody has answered.",
        where,
    )


def tradeable_attribute(name: str, utility: Utility, study: Study, where: str) -> Attribute:
    """Return an attribute that may be traded and that the utility reads.

    Raises
    ------
    TradeOffError
        If it is unknown, not in the utility, or a right that is not for sale.
    """
    read = [a.id for a in study.attributes if a.id in utility.reads]
    if name not in study.attribute_ids:
        raise TradeOffError.of([unknown_name(name, read, "attribute", where=where)])
    attribute = study.attribute(name)
    if attribute.tradeable == "no":
        raise TradeOffError(
            f"a legal floor is not for sale: '{name}' can be neither gained nor paid",
            where=where,
            cure=f"Trade among {_listed(sellable(utility, study))}.",
        )
    if name not in read:
        raise TradeOffError(
            f"the model says nothing about '{name}': its utility does not contain it",
            where=where,
            cure=f"Add it to the utility and fit again, or trade among {_listed(read)}.",
        )
    return attribute


def sellable(utility: Utility, study: Study) -> list[str]:
    """Return ids of the attributes in the utility that may be traded at all."""
    return [a.id for a in study.attributes if a.tradeable != "no" and a.id in utility.reads]


def payable(utility: Utility, study: Study) -> list[str]:
    """Return ids of the attributes in the utility that people may pay in."""
    declared = [numeraire.attribute for numeraire in study.numeraires]
    return [name for name in sellable(utility, study) if name in declared]


def payment_attribute(name: str, utility: Utility, study: Study) -> Attribute:
    """Return an attribute that people may pay in.

    Raises
    ------
    TradeOffError
        If the study does not declare it a numeraire, or it is not measured in units.
    """
    where = f"pay_in='{name}'"
    attribute = tradeable_attribute(name, utility, study, where)
    allowed = payable(utility, study)
    if name not in allowed:
        declare = f"Numeraire('{name}')" if attribute.is_numeric else "a numeric attribute"
        cure = (
            f"Pay in {_listed(allowed)}, or declare another numeraire in the study."
            if allowed
            else f"The study declares no numeraire; add {declare} to Study(numeraires=...)."
        )
        raise TradeOffError(
            f"the study does not let people pay in '{name}'", where=where, cure=cure
        )
    if not attribute.is_numeric:
        raise TradeOffError(
            f"'{name}' has no unit to pay in: its levels are words",
            where=where,
            cure="Declare numeric attributes as numeraires.",
        )
    return attribute


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "nothing (no attribute qualifies)"
