"""Multinomial logit: a frozen specification, and its fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccegov_choice.models.covariance import Covariance
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results

Bound = tuple[float | None, float | None]


@dataclass(frozen=True, eq=False)
class Logit:
    """People choose the alternative with the highest utility plus Gumbel noise.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    scale : str, optional
        A categorical covariate: each of its groups but the base multiplies all utilities by a
        scale of its own, ``scale[group]``; a larger one means that choices are less random.
    fixed : mapping of str to float
        Parameters that keep a value.
    bounds : mapping of str to (low, high)
        Bounds of parameters, None where there is none. Scales have a lower bound of zero.
    equal : sequence of sequences of str
        Groups of parameters that are to have the same value.

    Examples
    --------
    >>> from ccegov_choice.study.utility import Utility
    >>> Logit(Utility("wait + price"), bounds={"price": (None, 0.0)}).title
    'Multinomial logit'
    """

    utility: Utility
    scale: str | None = None
    fixed: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    equal: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "fixed", MappingProxyType(dict(self.fixed)))
        object.__setattr__(self, "bounds", MappingProxyType(dict(self.bounds)))
        object.__setattr__(self, "equal", tuple(tuple(group) for group in self.equal))

    def __reduce__(self) -> tuple[type[Logit], tuple[Any, ...]]:
        """Pickle by the arguments: a read-only view of a mapping cannot be pickled itself."""
        given = (self.utility, self.scale, dict(self.fixed), dict(self.bounds), self.equal)
        return Logit, given

    @property
    def kind(self) -> str:
        """Word for files."""
        return "logit"

    @property
    def title(self) -> str:
        """Words for tables."""
        scaled = f", scale by {self.scale}" if self.scale else ""
        return f"Multinomial logit{scaled}"

    def fit(
        self,
        data: ChoiceData,
        *,
        start: Mapping[str, float] | Sequence[float] | None = None,
        threads: int | None = None,
        covariance: Covariance | str | None = None,
        options: FitOptions | None = None,
    ) -> Results:
        """Estimate by maximum likelihood.

        Parameters
        ----------
        data : ChoiceData
            Choices, one per task.
        start : mapping of str to float, or sequence of floats, optional
            First values; zero for coefficients and one for scales without it. The likelihood of
            a logit without scales has one top, so the start does not change the result.
        threads : int, optional
            Threads to use, all processors without it; the result is the same to the last bit.
        covariance : Covariance or str, optional
            Kind of standard errors; clustered by person where somebody answers more than one
            task or tasks have weights, else classical. It can be changed later:
            ``results.with_covariance(...)``.
        options : FitOptions, optional
            When the search stops.

        Returns
        -------
        Results
            Estimates with their covariance. A search stopped by Ctrl-C gives the best point so
            far, marked as not converged.

        Raises
        ------
        IdentificationError
            If the data cannot tell all coefficients; it names them and says what to do.
        ConvergenceError
            If the search does not reach the top; ``error.best`` holds the best results.
        DataError, UtilityError
            If data or names do not fit.
        """
        from ccegov_choice.models.logit.fit import fit_logit

        return fit_logit(
            self,
            data,
            start=start,
            threads=threads,
            covariance=covariance,
            options=options or FitOptions(),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the specification without its utility, as JSON can hold it."""
        return {
            "kind": self.kind,
            "scale": self.scale,
            "fixed": dict(self.fixed),
            "bounds": {name: list(bound) for name, bound in self.bounds.items()},
            "equal": [list(group) for group in self.equal],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], utility: Utility) -> Logit:
        """Read what `to_dict` gave."""
        return cls(
            utility,
            scale=content["scale"],
            fixed=content["fixed"],
            bounds={name: (low, high) for name, (low, high) in content["bounds"].items()},
            equal=content["equal"],
        )
