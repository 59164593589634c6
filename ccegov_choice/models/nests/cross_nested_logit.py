"""Cross-nested logit: a frozen specification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ccegov_choice.errors import UtilityError
from ccegov_choice.models.logit.log_scale import scale_columns
from ccegov_choice.models.nests.model import Bound, TreeModel
from ccegov_choice.models.nests.tree import Nest, freeze, read_nests, thaw
from ccegov_choice.study.utility import Utility


@dataclass(frozen=True, eq=False)
class CrossNestedLogit(TreeModel):
    """People choose as in a nested logit, but an alternative may belong to several nests in part.

    The parameters after those of the utility are ``dissimilarity[nest]``, as in `NestedLogit`, and
    for each alternative in several nests its shares ``allocation[alternative, nest]``, which are
    between zero and one and sum to one. The last share of an alternative is what the others leave;
    it is reported with its error, and counts as no parameter.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    nests : mapping of str to sequence of str
        The alternatives of each nest; the same one may stand in several. Alternatives named
        nowhere stand alone.
    scale : str or sequence of str, optional
        Covariates or other columns such as ``task`` that make choices more or less random, as in
        `ScaledLogit`.
    fixed : mapping of str to float
        Parameters that keep a value.
    bounds : mapping of str to (low, high)
        Bounds of parameters, None where there is none. Dissimilarities are from 0.05 to one, and
        shares at least 0.0001, unless bounds are given.
    equal : sequence of sequences of str
        Groups of parameters that are to have the same value.

    Notes
    -----
    The generating function is ``sum_m (sum_i (a_im y_i)^(1 / l_m))^l_m``. Where all dissimilarities
    are one this is the logit, whatever the allocations: they have no test against it.

    References
    ----------
    Vovsha (1997), Transportation Research Record 1607, 6-15. Wen & Koppelman (2001),
    Transportation Research B 35, 627-641.

    Examples
    --------
    >>> from ccegov_choice.study.utility import Utility
    >>> nests = {"existing": ["train", "car"], "public": ["train", "sm"]}
    >>> CrossNestedLogit(Utility("time + cost"), nests).title
    'Cross-nested logit'
    """

    utility: Utility
    nests: Mapping[str, Any]
    scale: tuple[str, ...] = ()
    fixed: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    equal: Sequence[Sequence[str]] = ()

    shared = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "nests", freeze(self.nests))
        object.__setattr__(self, "scale", scale_columns(self.scale))
        object.__setattr__(self, "fixed", MappingProxyType(dict(self.fixed)))
        object.__setattr__(self, "bounds", MappingProxyType(dict(self.bounds)))
        object.__setattr__(self, "equal", tuple(tuple(group) for group in self.equal))
        deep = [nest.name for nest in self.tree if nest.nests]
        if deep:
            raise UtilityError(
                f"{', '.join(deep)} hold nests inside, and only alternatives can be allotted",
                where="nests",
                cure="Name the alternatives of each nest, or use NestedLogit.",
            )

    def __reduce__(self) -> tuple[type[CrossNestedLogit], tuple[Any, ...]]:
        """Pickle by the arguments: a read-only view of a mapping cannot be pickled itself."""
        given = (self.scale, dict(self.fixed), dict(self.bounds), self.equal)
        return CrossNestedLogit, (self.utility, thaw(self.nests), *given)

    @property
    def kind(self) -> str:
        """Word for files."""
        return "cross-nested logit"

    @property
    def title(self) -> str:
        """Words for tables."""
        scaled = f", scale by {', '.join(self.scale)}" if self.scale else ""
        return f"Cross-nested logit{scaled}"

    @property
    def tree(self) -> tuple[Nest, ...]:
        """The nests of the root."""
        return read_nests(self.nests)

    def to_dict(self) -> dict[str, Any]:
        """Return the specification without its utility, as JSON can hold it."""
        return {
            "kind": self.kind,
            "nests": thaw(self.nests),
            "scale": list(self.scale),
            "fixed": dict(self.fixed),
            "bounds": {name: list(bound) for name, bound in self.bounds.items()},
            "equal": [list(group) for group in self.equal],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], utility: Utility) -> CrossNestedLogit:
        """Read what `to_dict` gave."""
        return cls(
            utility,
            content["nests"],
            scale=tuple(content["scale"]),
            fixed=content["fixed"],
            bounds={name: (low, high) for name, (low, high) in content["bounds"].items()},
            equal=content["equal"],
        )
