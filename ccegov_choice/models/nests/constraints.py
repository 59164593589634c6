"""Names of the parameters of trees of nests, and how all of them follow from the free ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from ccegov_choice.errors import Problem, UtilityError
from ccegov_choice.models.fitting.constraints import Constraints, constrain
from ccegov_choice.models.logit.log_scale import LogScale
from ccegov_choice.models.nests.tree import Nest, allocation_names, dissimilarity_names

if TYPE_CHECKING:
    from ccegov_choice.study.study import Study
    from ccegov_choice.study.utility import Utility

Bound = tuple[float | None, float | None]

# Below this the alternatives of a nest are nearly the same but for their utility, and the
# likelihood has corners that no search by slopes can turn.
LEAST = 0.05
# A share of nothing has a slope of zero, from which a search could not tell which way is up.
LEAST_SHARE = 1e-4


class TreeSpecification(Protocol):
    """What the models of a tree have in common."""

    @property
    def utility(self) -> Utility:
        """The utility of the alternatives."""

    @property
    def tree(self) -> tuple[Nest, ...]:
        """The nests of the root."""

    @property
    def shared(self) -> bool:
        """Whether an alternative may stand in several nests."""

    @property
    def scale(self) -> tuple[str, ...]:
        """Columns that the scale depends on."""

    @property
    def fixed(self) -> Mapping[str, float]:
        """Parameters that keep a value."""

    @property
    def bounds(self) -> Mapping[str, Bound]:
        """Bounds of parameters."""

    @property
    def equalities(self) -> Sequence[Sequence[str]]:
        """Groups of parameters that have the same value."""


@dataclass(frozen=True)
class TreeNames:
    """Names of all parameters, by what they are.

    Parameters
    ----------
    coefficients, log_scales, dissimilarities : tuple of str
        The first ``K``, the next ``G``, and those of nests.
    allocations : mapping of str to tuple of str
        For each alternative in several nests its shares there.
    """

    coefficients: tuple[str, ...]
    log_scales: tuple[str, ...]
    dissimilarities: tuple[str, ...]
    allocations: Mapping[str, tuple[str, ...]]

    @property
    def every(self) -> tuple[str, ...]:
        """All ``P`` names in order."""
        shares = (name for names in self.allocations.values() for name in names)
        return (*self.coefficients, *self.log_scales, *self.dissimilarities, *shares)


def names_of(model: TreeSpecification, study: Study) -> TreeNames:
    """Return the names of a model's parameters."""
    return TreeNames(
        model.utility.bind(study).names,
        LogScale(model.scale, study).names,
        dissimilarity_names(model.tree),
        allocation_names(model.tree) if model.shared else {},
    )


def tree_constraints(
    model: TreeSpecification, names: TreeNames, largest: Mapping[str, float] | None = None
) -> Constraints:
    """Return how all parameters follow from the free ones.

    Dissimilarities are positive, and where alternatives have shares at most one: above it, shares
    of nothing have an infinite slope. Of the shares of an alternative one that is not fixed is
    what the others leave of one.

    Parameters
    ----------
    model : TreeSpecification
        The constraints that the user gave.
    names : TreeNames
        The parameters.
    largest : mapping of str to float, optional
        Values near which the search is: the largest share is what the others leave, so that all
        others may end at their bound. Without it, the last one is.

    Raises
    ------
    UtilityError
        Listing unknown names and contradictions.
    """
    rests = {_rest(model, shares, largest or {}): shares for shares in names.allocations.values()}
    _check_values(model, rests)
    highest = 1.0 if model.shared else None
    bounds: dict[str, Bound] = dict.fromkeys(names.dissimilarities, (LEAST, highest))
    for rest, shares in rests.items():
        most = 1.0 - LEAST_SHARE * (len(shares) - 1)
        bounds |= {name: (LEAST_SHARE, most) for name in shares if name != rest}
    # a rest stands in as fixed until it is put together from the others
    fixed = {**model.fixed, **{rest: 0.0 for rest in rests if rest not in model.fixed}}
    # a value that the user gives needs no bound of ours
    ours = {name: bound for name, bound in bounds.items() if name not in model.fixed}
    built = constrain(
        names.every, fixed=fixed, equal=model.equalities, bounds={**ours, **model.bounds}
    )
    offset, expansion, absent = built.offset.copy(), built.expansion.copy(), dict(built.absent)
    for rest, shares in rests.items():
        row = built.names.index(rest)
        others = [built.names.index(name) for name in shares if name != rest]
        offset[row] = 1.0 - offset[others].sum()
        expansion[row] = -expansion[others].sum(axis=0)
        if expansion[row].any():
            del absent[rest]
        else:
            absent[rest] = "the others leave no choice"
    return replace(built, offset=offset, expansion=expansion, absent=absent)


def _rest(model: TreeSpecification, shares: Sequence[str], value: Mapping[str, float]) -> str:
    """Return the share that is what the others leave: none that the user gave rules for."""
    ruled = {*model.bounds, *(name for group in model.equalities for name in group)}
    free = [name for name in shares if name not in model.fixed]
    open_to_all = [name for name in free if name not in ruled] or free or list(shares)
    return max(reversed(open_to_all), key=lambda name: value.get(name, 0.0))


def _check_values(model: TreeSpecification, rests: Mapping[str, Sequence[str]]) -> None:
    problems = [
        Problem(
            f"'{name}' is fixed at {value:g}",
            "A dissimilarity is above zero; one makes a logit of the nest.",
            "fixed",
        )
        for name, value in model.fixed.items()
        if name.startswith("dissimilarity[") and not value > 0
    ]
    for rest, shares in rests.items():
        given = sum(model.fixed.get(name, 0.0) for name in shares)
        whole = rest in model.fixed
        if given > 1 + 1e-12 or (whole and abs(given - 1) > 1e-12):
            problem = f"{', '.join(shares)} are fixed at a sum of {given:g}"
            problems.append(Problem(problem, "They must sum to one.", "fixed"))
        used = [("bounds", model.bounds), *(("equal", group) for group in model.equalities)]
        for where, group in used:
            if rest in group and not whole:
                problem = f"'{rest}' is what the other shares of its alternative leave of one"
                others = [name for name in shares if name != rest]
                cure = f"Name {' or '.join(others)} instead."
                problems.append(Problem(problem, cure, where))
    if problems:
        raise UtilityError.of(problems, "The parameters of nests have {count} problems:")
