"""Heteroscedastic logit: a frozen specification whose scale depends on covariates or the task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ccegov_choice.errors import UtilityError
from ccegov_choice.models.logit.log_scale import scale_columns
from ccegov_choice.models.nests.model import Bound, TreeModel
from ccegov_choice.study.utility import Utility


@dataclass(frozen=True, eq=False)
class ScaledLogit(TreeModel):
    """People choose as in a logit, but some choices are more random than others.

    All utilities of a task are multiplied by ``exp(z'g)``. The slopes ``g`` are the parameters
    ``log_scale[column]`` of columns of numbers, such as an age or the number of the task, and
    ``log_scale[column: level]`` of the levels but the base of a categorical covariate. A positive
    one means that choices are less random. Coefficients are those where all columns are zero or
    at their base, so that numbers are best measured from a typical value.

    `Logit` with ``scale=`` has the scale of each group itself, not its logarithm.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    scale : str or sequence of str
        Covariates of the study, or other columns of numbers that do not vary within a task.
    fixed : mapping of str to float
        Parameters that keep a value.
    bounds : mapping of str to (low, high)
        Bounds of parameters, None where there is none.
    equal : sequence of sequences of str
        Groups of parameters that are to have the same value.

    References
    ----------
    Swait & Louviere (1993), Journal of Marketing Research 30, 305-314. Dellaert, Brazell &
    Louviere (1999), Marketing Letters 10, 139-147.

    Examples
    --------
    >>> from ccegov_choice.study.utility import Utility
    >>> ScaledLogit(Utility("wait + price"), scale=["age", "task"]).title
    'Logit with scale by age, task'
    """

    utility: Utility
    scale: tuple[str, ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    equal: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", scale_columns(self.scale))
        object.__setattr__(self, "fixed", MappingProxyType(dict(self.fixed)))
        object.__setattr__(self, "bounds", MappingProxyType(dict(self.bounds)))
        object.__setattr__(self, "equal", tuple(tuple(group) for group in self.equal))
        if not self.scale:
            raise UtilityError(
                "the scale depends on nothing",
                where="scale",
                cure="Name columns, such as scale=['age', 'task'], or use Logit.",
            )

    def __reduce__(self) -> tuple[type[ScaledLogit], tuple[Any, ...]]:
        """Pickle by the arguments: a read-only view of a mapping cannot be pickled itself."""
        given = (self.utility, self.scale, dict(self.fixed), dict(self.bounds), self.equal)
        return ScaledLogit, given

    @property
    def kind(self) -> str:
        """Word for files."""
        return "scaled logit"

    @property
    def title(self) -> str:
        """Words for tables."""
        return f"Logit with scale by {', '.join(self.scale)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the specification without its utility, as JSON can hold it."""
        return {
            "kind": self.kind,
            "scale": list(self.scale),
            "fixed": dict(self.fixed),
            "bounds": {name: list(bound) for name, bound in self.bounds.items()},
            "equal": [list(group) for group in self.equal],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], utility: Utility) -> ScaledLogit:
        """Read what `to_dict` gave."""
        return cls(
            utility,
            tuple(content["scale"]),
            fixed=content["fixed"],
            bounds={name: (low, high) for name, (low, high) in content["bounds"].items()},
            equal=content["equal"],
        )
