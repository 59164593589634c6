"""The rule for one number: nothing is printed about fewer than ten people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ccegov_choice._table import Absent

LEAST_PEOPLE = 10
"""A count below this is withheld, and so is whatever rests on so few people."""

WITHHELD = Absent("withheld, so that nothing is told about a few people")
"""What stands in place of a withheld number. It does not say which rule withheld it: knowing that
would tell a small group from one that only hides it."""


def withheld(count: float, minimum: int = LEAST_PEOPLE) -> bool:
    """Say whether a number of people is too small to be printed."""
    return count < minimum


def safe_count(count: int, minimum: int = LEAST_PEOPLE) -> int | Absent:
    """Return a count that stands alone, or `WITHHELD`; tables need `protect`."""
    return WITHHELD if withheld(count, minimum) else count


def safe_share(
    share: float, base: float, minimum: int = LEAST_PEOPLE, *, counted: bool = False
) -> float | Absent:
    """Return a share, or `WITHHELD` where it rests on too few people.

    Parameters
    ----------
    share : float
        From 0 to 1.
    base : float
        How many people it is a share of.
    minimum : int
        The least number of people.
    counted : bool
        True for a share of people who were counted (rather than forecast by a model): then the
        share and the base give the count, which must not be below the minimum either; nor must
        that of all others.

    Returns
    -------
    float or Absent
    """
    few = withheld(base, minimum)
    if counted and not few:
        part = share * base
        few = withheld(min(part, base - part), minimum)
    return WITHHELD if few else share


def withhold_groups(
    counts: Mapping[str, int], minimum: int = LEAST_PEOPLE, *, total_known: bool = True
) -> frozenset[str]:
    """Say which groups nothing may be printed about.

    Those below the minimum; and where everybody's number is known too, as many of the next larger
    ones as it takes until the withheld ones are at least two and have the minimum together: else
    the rest tells them. A group without anybody is not printed, and calls for no second one.

    Parameters
    ----------
    counts : mapping of str to int
        People of each group; each person in one of them.
    minimum : int
        The least number of people.
    total_known : bool
        Whether the number of all people is printed, or known otherwise.

    Returns
    -------
    frozenset of str
        The groups to leave out.
    """
    gone = {name for name, count in counts.items() if withheld(count, minimum)}
    hidden = [count for name, count in counts.items() if name in gone and count > 0]
    if not hidden or not total_known:
        return frozenset(gone)
    others = sorted((n for n in counts if n not in gone), key=lambda name: counts[name])
    for name in others:
        if len(hidden) > 1 and not withheld(sum(hidden), minimum):
            break
        gone.add(name)
        hidden.append(counts[name])
    return frozenset(gone)


def dominates(contributions: Sequence[float], largest: int = 1, share: float = 0.8) -> bool:
    """Say whether few make up most of a sum, so that printing it would tell about them.

    Parameters
    ----------
    contributions : sequence of float
        What each adds to the sum: not negative.
    largest : int
        How many of the largest are looked at.
    share : float
        The share of the sum that they may have.
    """
    total = sum(contributions)
    return total > 0 and sum(sorted(contributions, reverse=True)[:largest]) > share * total
