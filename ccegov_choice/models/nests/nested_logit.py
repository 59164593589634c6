"""Nested logit of any depth: a frozen specification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ccegov_choice.errors import Problem, UtilityError
from ccegov_choice.models.logit.log_scale import scale_columns
from ccegov_choice.models.nests.model import Bound, TreeModel
from ccegov_choice.models.nests.tree import Nest, dissimilarity_names, freeze, read_nests, thaw
from ccegov_choice.study.utility import Utility

_WAYS = ("separate", "common")


@dataclass(frozen=True, eq=False)
class NestedLogit(TreeModel):
    """People choose as in a logit, but alternatives of a nest resemble each other.

    Each nest with two members or more has a parameter ``dissimilarity[nest]``: one where its
    alternatives share nothing (a logit), towards zero where they are the same but for their
    utility. It is the coefficient of the logsum (inclusive value), lambda in Apollo and mlogit, and
    ``1 / mu`` of Biogeme. In nests inside nests it is relative to the root, so that it should be no
    larger than that of the nest around.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    nests : mapping of str to members
        The members of a nest: names of alternatives, or a mapping of further nests, or a list of
        both. Alternatives named nowhere stand alone.
    dissimilarity : {"separate", "common"}
        One for each nest, or the same for all (where no nest has nests inside).
    scale : str or sequence of str, optional
        Covariates or other columns such as ``task`` that make choices more or less random, as in
        `ScaledLogit`.
    fixed : mapping of str to float
        Parameters that keep a value.
    bounds : mapping of str to (low, high)
        Bounds of parameters, None where there is none. Dissimilarities are at least 0.05.
    equal : sequence of sequences of str
        Groups of parameters that are to have the same value.

    References
    ----------
    McFadden (1978), Modelling the choice of residential location. Train (2009), Discrete Choice
    Methods with Simulation, chapter 4.

    Examples
    --------
    >>> from ccegov_choice.study.utility import Utility
    >>> nests = {"road": ["car", "taxi"], "transit": ["bus", "train"]}
    >>> NestedLogit(Utility("wait + price"), nests=nests).title
    'Nested logit'
    >>> deeper = {"motor": {"private": ["car"], "public": ["train", "bus"]}}
    >>> NestedLogit(Utility("wait + price"), nests=deeper).nests["motor"]["public"]
    ('train', 'bus')
    """

    utility: Utility
    nests: Mapping[str, Any]
    dissimilarity: str = "separate"
    scale: tuple[str, ...] = ()
    fixed: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    equal: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "nests", freeze(self.nests))
        object.__setattr__(self, "scale", scale_columns(self.scale))
        object.__setattr__(self, "fixed", MappingProxyType(dict(self.fixed)))
        object.__setattr__(self, "bounds", MappingProxyType(dict(self.bounds)))
        object.__setattr__(self, "equal", tuple(tuple(group) for group in self.equal))
        problems = self._problems()
        if problems:
            raise UtilityError.of(problems)

    def _problems(self) -> list[Problem]:
        if self.dissimilarity not in _WAYS:
            problem = f"dissimilarity='{self.dissimilarity}' is neither 'separate' nor 'common'"
            return [Problem(problem, "Give one of the two.", "dissimilarity")]
        deep = [nest.name for nest in self.tree if nest.nests]
        if self.dissimilarity == "common" and deep:
            inner = f"of {', '.join(deep)}"
            return [
                Problem(
                    f"with one dissimilarity for all, the nests inside {inner} would be no nests",
                    "Leave dissimilarity out, and name nests of the same depth in equal=[...].",
                    "dissimilarity",
                )
            ]
        return []

    def __reduce__(self) -> tuple[type[NestedLogit], tuple[Any, ...]]:
        """Pickle by the arguments: a read-only view of a mapping cannot be pickled itself."""
        given = (self.scale, dict(self.fixed), dict(self.bounds), self.equal)
        return NestedLogit, (self.utility, thaw(self.nests), self.dissimilarity, *given)

    @property
    def kind(self) -> str:
        """Word for files."""
        return "nested logit"

    @property
    def title(self) -> str:
        """Words for tables."""
        scaled = f", scale by {', '.join(self.scale)}" if self.scale else ""
        return f"Nested logit{scaled}"

    @property
    def tree(self) -> tuple[Nest, ...]:
        """The nests of the root."""
        return read_nests(self.nests)

    @property
    def equalities(self) -> Sequence[Sequence[str]]:
        """Groups of parameters that have the same value, a common dissimilarity among them."""
        names = dissimilarity_names(self.tree)
        if self.dissimilarity == "separate" or len(names) < 2:
            return self.equal
        return (*self.equal, names)

    def to_dict(self) -> dict[str, Any]:
        """Return the specification without its utility, as JSON can hold it."""
        return {
            "kind": self.kind,
            "nests": thaw(self.nests),
            "dissimilarity": self.dissimilarity,
            "scale": list(self.scale),
            "fixed": dict(self.fixed),
            "bounds": {name: list(bound) for name, bound in self.bounds.items()},
            "equal": [list(group) for group in self.equal],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], utility: Utility) -> NestedLogit:
        """Read what `to_dict` gave."""
        return cls(
            utility,
            content["nests"],
            dissimilarity=content["dissimilarity"],
            scale=tuple(content["scale"]),
            fixed=content["fixed"],
            bounds={name: (low, high) for name, (low, high) in content["bounds"].items()},
            equal=content["equal"],
        )
