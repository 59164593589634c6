"""From tallies at many parameters to estimates with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import PolicyError
from ccegov_choice.kernels.welfare import AMOUNT, GAIN, LET_IN, LOSS, PAID, SHUT_OUT, WRONG
from ccegov_choice.policy.forecast import central_limits
from ccegov_choice.policy.people_groups import PeopleGroups
from ccegov_choice.policy.welfare.change import GroupWelfare
from ccegov_choice.policy.welfare.comparison import MEDIAN, SHARES, Outcome

FloatArray = npt.NDArray[np.float64]

# A share of people below this is rounding.
_NOBODY = 1e-9


@dataclass(frozen=True, eq=False)
class Summary:
    """What `WelfareChange` tells, as numbers; see there."""

    mean: Estimate | Absent
    median: Estimate
    quantiles: tuple[tuple[float, Estimate], ...]
    gain: Estimate
    loss: Estimate
    same: Estimate
    majority: float
    refuse: Estimate
    shut_out: float
    let_in: float
    groups: tuple[GroupWelfare, ...]
    sampled: FloatArray
    notes: tuple[str, ...]


def summarise(
    outcomes: Sequence[Outcome],
    groups: PeopleGroups,
    attribute: str,
    level: float,
    no_mean: str | None,
) -> Summary:
    """Summarise outcomes, the first of which is that of the estimates.

    ``no_mean`` says why amounts have no mean, nothing where the distribution of tastes lets them
    have one; None where tastes are no draws, so that whoever has the wrong sign is left out.

    Raises
    ------
    PolicyError
        If what is paid in has the wrong sign for all people of a group, at the estimates or in so
        many draws that there is no interval.
    """
    counts = np.array([outcome.counts for outcome in outcomes])
    quantiles = np.array([outcome.quantiles for outcome in outcomes])
    met = _met(counts)
    # groups whose people all have nothing to choose from have no amounts in any draw
    wrong = (counts[:, :, PAID] <= _NOBODY * met) & (met > 0)
    _check_payment(wrong, groups, attribute, level)
    kept = ~wrong.any(axis=1)
    counts, quantiles, met = counts[kept], quantiles[kept], met[kept]
    _check_met(met, groups)
    shares = np.append(groups.shares, 1.0)
    refused = counts[:, :, WRONG] / shares
    absent = None if no_mean is None else _absent(no_mean, float(refused[0, -1]), attribute)
    means = counts[:, :, AMOUNT] / counts[:, :, PAID]
    table = _Table(means, quantiles, counts / shares[None, :, None], absent, level)
    last = len(shares) - 1
    gain, loss = counts[1:, last, GAIN], counts[1:, last, LOSS]
    return Summary(
        mean=table.mean(last),
        median=table.quantile(last, MEDIAN),
        quantiles=tuple((q, table.quantile(last, i)) for i, q in enumerate(SHARES)),
        gain=table.share(last, GAIN),
        loss=table.share(last, LOSS),
        same=_estimate(1 - table.shares[:, last, GAIN] - table.shares[:, last, LOSS], level, True),
        majority=float(np.mean((gain > loss) + 0.5 * (gain == loss))),
        refuse=table.share(last, WRONG),
        shut_out=float(counts[0, last, SHUT_OUT]),
        let_in=float(counts[0, last, LET_IN]),
        groups=tuple(
            GroupWelfare(
                name,
                groups.labels[g],
                groups.people[g],
                float(groups.shares[g]),
                table.mean(g),
                table.quantile(g, MEDIAN),
                table.share(g, GAIN),
                table.share(g, LOSS),
            )
            for g, name in enumerate(groups.names)
        ),
        sampled=(means if absent is None else quantiles[:, :, MEDIAN])[1:, :last],
        notes=_notes(refused, counts, int((~kept).sum()), attribute),
    )


@dataclass(frozen=True, eq=False)
class _Table:
    """Numbers by draw (the estimates first) and group (everybody last)."""

    means: FloatArray
    quantiles: FloatArray
    shares: FloatArray
    no_mean: Absent | None
    level: float

    def mean(self, group: int) -> Estimate | Absent:
        return self.no_mean or _estimate(self.means[:, group], self.level)

    def quantile(self, group: int, which: int) -> Estimate:
        return _estimate(self.quantiles[:, group, which], self.level)

    def share(self, group: int, column: int) -> Estimate:
        return _estimate(self.shares[:, group, column], self.level, True)


def _estimate(values: FloatArray, level: float, share: bool = False) -> Estimate:
    low, high = central_limits(values[1:], level)
    ends = float(values[0]), float(low), float(high)
    if share:  # sums of weights, which rounding may push out by a bit
        ends = tuple(min(max(end, 0.0), 1.0) for end in ends)  # type: ignore[assignment]
    return Estimate(*ends)


def _met(counts: FloatArray) -> FloatArray:
    """Return the weight of people who have something to choose from before and after."""
    return np.asarray(counts[:, :, PAID] + counts[:, :, WRONG])


def _check_payment(
    wrong: npt.NDArray[np.bool_], groups: PeopleGroups, attribute: str, level: float
) -> None:
    names = [*groups.labels, "everybody"]
    lost = wrong.mean(axis=0)
    worst = int(lost.argmax())
    of = "" if len(groups.names) == 1 else f" (group: {names[worst]})"
    if wrong[0].any():
        raise PolicyError(
            f"'{attribute}' has the wrong sign in these answers, so amounts in it mean nothing{of}",
            where=f"pay_in='{attribute}'",
            cure="Pay in another numeraire, or leave out by= where it is one group's.",
        )
    if lost[worst] > (1 - level) / 2:
        raise PolicyError(
            f"'{attribute}' is not told from zero, so amounts in it have no interval{of}",
            where=f"pay_in='{attribute}'",
            cure="Pay in another numeraire, or ask more people.",
        )


def _check_met(met: FloatArray, groups: PeopleGroups) -> None:
    empty = [name for g, name in enumerate(groups.labels) if not met[0, g] > 0]
    if empty:
        raise PolicyError(
            f"nobody in {', '.join(empty)} has something to choose from before and after, so there "
            "is no amount to tell",
            where="available",
            cure="Use channel_shift, which counts who is left behind; or join groups.",
        )


def _absent(why: str, refused: float, attribute: str) -> Absent | None:
    if refused > 0:
        return Absent(
            f"{100 * refused:.2g} in 100 people have tastes for {attribute} at zero or beyond, so "
            "amounts near them grow without bound and no mean exists"
        )
    return Absent(f"no mean exists: of {attribute}, {why}") if why else None


def _notes(
    refused: FloatArray, counts: FloatArray, dropped: int, attribute: str
) -> tuple[str, ...]:
    notes = []
    if refused[0, -1] > 0:
        notes.append(
            f"to {100 * refused[0, -1]:.2g} in 100 people {attribute} has the wrong sign: they are "
            "counted among those who gain or lose, but no amount exists for them"
        )
    elif (some := float(np.mean(refused[1:, -1] > _NOBODY))) > 0:
        notes.append(
            f"in {100 * some:.2g} in 100 draws {attribute} has the wrong sign for some people: no "
            "amount exists for them there"
        )
    nothing = counts[0, -1, SHUT_OUT], counts[0, -1, LET_IN]
    for share, words in zip(nothing, ("after", "before"), strict=True):
        if share > 0:
            kind = "lose" if words == "after" else "gain"
            notes.append(
                f"{100 * share:.2g} in 100 people have nothing to choose from {words}: they "
                f"{kind}, by no amount that can be told"
            )
    if dropped:
        notes.append(
            f"{dropped} draws in which {attribute} has the wrong sign for everybody "
            "(of a group) are left out of the intervals"
        )
    return tuple(notes)
