"""Putting options side by side: which shift costs, which are beaten, which are no options."""

from __future__ import annotations

from collections.abc import Sequence

from ccegov_choice.errors import PolicyError, Problem
from ccegov_choice.policy.value.account import PublicValue
from ccegov_choice.policy.value.option import ValueOption, measures


def public_value(
    options: Sequence[ValueOption],
    *,
    hour_value: float | None = None,
    unit: str = "units of the budget",
) -> PublicValue:
    """Put options side by side: savings, citizens' time, burden, benefit, distribution, rights.

    Parameters
    ----------
    options : sequence of ValueOption
        What could be done.
    hour_value : float, optional
        Worth of an hour of citizens' time in the unit of the savings; only where somebody answers
        for it. Without it hours stay hours.
    unit : str
        Of the savings; a currency only where it is declared.

    Returns
    -------
    PublicValue

    Raises
    ------
    PolicyError
        Listing names used twice, units that differ, and dimensions that only some options give.
    """
    found = tuple(options)
    problems = _problems(found, hour_value)
    if problems:
        raise PolicyError.of(problems, "The account has {count} problems:")
    refused = tuple(o.id for o in found if o.under_floor)
    rivals = [o for o in found if not o.under_floor]
    best = [o for o in rivals if not any(_dominates(r, o) for r in rivals)]
    beaten = [
        (option.id, next(winner.id for winner in best if _dominates(winner, option)))
        for option in rivals
        if option not in best
    ]
    names = tuple(measures(found[0]))
    pareto = tuple(o.id for o in best)
    return PublicValue(found, unit, hour_value, names, pareto, tuple(beaten), refused)


_DOWNWARDS = ("citizens' hours", "other burden")


def _dominates(one: ValueOption, other: ValueOption) -> bool:
    """Return whether one option is as good in everything and better in something."""
    theirs = measures(other)
    gaps = [
        (value.value - theirs[name].value) * (-1 if name in _DOWNWARDS else 1)
        for name, value in measures(one).items()
    ]
    return min(gaps) >= 0 and max(gaps) > 0


def _problems(options: Sequence[ValueOption], hour_value: float | None) -> list[Problem]:
    if not options:
        return [Problem("there is no option", "Give at least one.", "options")]
    names = [o.id for o in options]
    problems = [
        Problem(f"two options are called '{name}'", "Rename one of them.", "options")
        for name in dict.fromkeys(n for n in names if names.count(n) > 1)
    ]
    if hour_value is not None and not hour_value >= 0:
        problems.append(Problem(f"an hour worth {hour_value}", "Give zero or more.", "hour_value"))
    units = dict.fromkeys(o.benefit_unit for o in options if o.benefit is not None)
    if len(units) > 1:
        problems.append(
            Problem(
                f"benefits in different units: {', '.join(units)}",
                "Count all benefits in one numeraire.",
                "options",
            )
        )
    every = dict.fromkeys(name for o in options for name in measures(o))
    for option in options:
        missing = [name for name in every if name not in measures(option)]
        if missing:
            problems.append(
                Problem(
                    f"{' and '.join(missing)} is not given, but is for other options",
                    "Give it for all options, or for none.",
                    option.id,
                )
            )
    return problems
