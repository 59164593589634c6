"""Mixed logit: tastes that differ between people; a frozen specification, and its fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.covariance import Covariance
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.mixed.distributions import Distribution, distribution_from_dict
from ccegov_choice.models.mixed.scale_heterogeneity import ScaleHeterogeneity
from ccegov_choice.models.mixed.standard_draws import Sobol, StandardDraws, draws_from_dict
from ccegov_choice.models.mixed.words import MAPPINGS, plain_words
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.fitting.people_search import PeopleProblem
    from ccegov_choice.models.logit.logit import Bound
    from ccegov_choice.models.population.taste_points import PointsAt
    from ccegov_choice.models.probabilities import Tasks
    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MixedLogit:
    """A logit whose coefficients differ between people by distributions that are estimated.

    Parameters
    ----------
    utility : Utility
        What makes an alternative better or worse.
    random : mapping of str to Distribution
        Coefficient, or attribute for all of its levels -> how it differs between people.
    correlated : bool or sequence of sequences of str
        Whether all random coefficients that are normal inside are correlated, or groups of those
        that are.
    draws : StandardDraws or int
        What the likelihood is simulated with; a number stands for so many Sobol draws.
    panel : bool
        Whether a person keeps the same tastes over tasks; if not, each task has tastes of its own.
    pay_in : str, optional
        A numeraire: the model is then in *trade space* (willingness-to-pay space), where every
        coefficient is what people would give up for one unit, in units of the numeraire. Its own
        coefficient makes way for ``scale``.
    scale : Distribution, optional
        In trade space, how the scale differs between people; it is fixed without it.
    mean_by : mapping of str to sequence of str
        Random coefficient -> covariates that shift its location: ``wait|age``.
    spread_by : mapping of str to sequence of str
        Random coefficient -> covariates that multiply its spread by ``exp`` of their sum:
        ``spread[wait]|age``.
    scale_heterogeneity : ScaleHeterogeneity, optional
        A scale of all utilities that differs between people: G-MNL, or S-MNL without random
        coefficients. Its spread is ``tau``; ``gamma`` where it is free.
    scale_by : sequence of str
        Covariates that multiply all utilities by ``exp`` of their sum: ``log_scale|age``.
    within : mapping of str to Distribution
        Coefficients that also vary from task to task around a person's own: Normal, Uniform or
        Triangular, ``sd within[wait]``.
    within_draws : int
        Draws for each task where there are such coefficients; each is combined with each draw of
        the person, so that a pass costs as much as the product of both numbers.
    error_components : mapping of str to sequence of str
        Name -> alternatives that share a normal error of each person, which makes them closer
        substitutes: ``sd[name]``.
    fixed : mapping of str to float
        Parameters that keep a value.
    bounds : mapping of str to (low, high)
        Bounds of parameters, None where there is none.
    equal : sequence of sequences of str
        Groups of parameters that are to have the same value.

    Notes
    -----
    Parameters are, in this order: the names of the utility, each the location of its
    distribution; spreads ``sd[wait]`` (``spread[wait]`` for uniform and triangular ones), or
    ``cholesky[wait,price]`` within a correlated group; then shifts by covariates.

    References
    ----------
    McFadden & Train (2000), Journal of Applied Econometrics 15, 447-470. Train & Weeks (2005),
    Discrete choice models in preference space and willingness-to-pay space.

    Examples
    --------
    >>> from ccegov_choice.models.mixed.distributions import Normal
    >>> MixedLogit(Utility("wait + price"), random={"wait": Normal()}).title
    'Mixed logit'
    """

    utility: Utility
    random: Mapping[str, Distribution] = field(default_factory=dict)
    correlated: bool | Sequence[Sequence[str]] = False
    draws: StandardDraws = field(default_factory=lambda: Sobol(1000, seed=1))
    panel: bool = True
    pay_in: str | None = None
    scale: Distribution | None = None
    mean_by: Mapping[str, Sequence[str]] = field(default_factory=dict)
    spread_by: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scale_heterogeneity: ScaleHeterogeneity | None = None
    scale_by: Sequence[str] = ()
    within: Mapping[str, Distribution] = field(default_factory=dict)
    within_draws: int = 64
    error_components: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fixed: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    equal: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        for name, value in plain_words(self).items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the arguments: a read-only view of a mapping cannot be pickled itself."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        plain = {name: dict(value) if name in MAPPINGS else value for name, value in values.items()}
        return _rebuild, (plain,)

    @property
    def kind(self) -> str:
        """Word for files."""
        return "mixed"

    @property
    def title(self) -> str:
        """Words for tables."""
        if self.scale_heterogeneity is not None:
            kind = "Generalised" if self.random else "Scaled"
            return f"{kind} multinomial logit"
        space = f" in trade space, paid in {self.pay_in}" if self.pay_in else ""
        return f"Mixed logit{space}"

    @property
    def logit_shares(self) -> bool:
        """Whether choice probabilities are those of the multinomial logit."""
        return False

    @property
    def common_tastes(self) -> bool:
        """Whether everybody has the same coefficients."""
        return False

    def problem(self, data: ChoiceData, *, threads: int | None = None) -> PeopleProblem:
        """Check names and data, and lay them out for the search.

        Raises
        ------
        UtilityError, DataError
            Listing what does not fit.
        """
        from ccegov_choice.models.mixed.fit import mixed_problem

        return mixed_problem(self, data, threads=threads)

    def fit(
        self,
        data: ChoiceData,
        *,
        start: Mapping[str, float] | Sequence[float] | None = None,
        threads: int | None = None,
        covariance: Covariance | str | None = None,
        options: FitOptions | None = None,
    ) -> Results:
        """Estimate by maximum simulated likelihood.

        Parameters
        ----------
        data : ChoiceData
            Choices, one per task.
        start : mapping of str to float, or sequence of floats, optional
            First values; those of a logit and moderate spreads where they are not given.
        threads : int, optional
            Threads to use, all processors without it; the result is the same to the last bit.
        covariance : Covariance or str, optional
            Kind of standard errors, as for `Logit.fit`.
        options : FitOptions, optional
            When the search stops, and from how many points it starts.

        Returns
        -------
        Results
            Estimates with their covariance. A search stopped by Ctrl-C gives the best point so
            far, marked as not converged.

        Raises
        ------
        IdentificationError
            If the data cannot tell all parameters; it names them and says what to do.
        ConvergenceError
            If the search does not reach the top; ``error.best`` holds the best results.
        DataError, UtilityError
            If data or names do not fit.
        """
        from ccegov_choice.models.mixed.fit import fit_mixed

        return fit_mixed(
            self,
            data,
            start=start,
            threads=threads,
            covariance=covariance,
            options=options or FitOptions(),
        )

    def shares(self, tasks: Tasks, parameters: npt.NDArray[Any]) -> FloatArray:
        """Return choice probabilities ``(A,)``: averages over people with these tastes."""
        from ccegov_choice.models.mixed.shares import mixed_shares

        return mixed_shares(self, tasks, parameters)

    def taste_points(self, results: Results, people: pd.DataFrame, draws: int | None) -> PointsAt:
        """Return what tastes people have, as draws; see `HasTastePoints`."""
        from ccegov_choice.models.mixed.points import mixed_points

        return mixed_points(self, results, people, draws)

    def people_columns(self, results: Results) -> tuple[str, ...]:
        """Return the columns of people that tastes depend on."""
        from ccegov_choice.models.mixed.covariates import covariates_of

        return covariates_of(self)

    def individual_coefficients(
        self, results: Results, data: ChoiceData, *, threads: int | None = None
    ) -> pd.DataFrame:
        """Return the coefficients expected of each person; see `individual_coefficients`."""
        from ccegov_choice.models.mixed.individual import mixed_individual

        return mixed_individual(self, results, data, threads=threads)

    def to_dict(self) -> dict[str, Any]:
        """Return the specification without its utility, as JSON can hold it."""
        groups, wide = self.correlated, self.scale_heterogeneity
        return {
            "kind": self.kind,
            "random": {name: shape.to_dict() for name, shape in self.random.items()},
            "correlated": groups if isinstance(groups, bool) else [list(g) for g in groups],
            "draws": self.draws.to_dict(),
            "panel": self.panel,
            "pay_in": self.pay_in,
            "scale": None if self.scale is None else self.scale.to_dict(),
            "mean_by": {name: list(by) for name, by in self.mean_by.items()},
            "spread_by": {name: list(by) for name, by in self.spread_by.items()},
            "scale_heterogeneity": None if wide is None else wide.to_dict(),
            "scale_by": list(self.scale_by),
            "within": {name: shape.to_dict() for name, shape in self.within.items()},
            "within_draws": self.within_draws,
            "error_components": {n: list(who) for n, who in self.error_components.items()},
            "fixed": dict(self.fixed),
            "bounds": {name: list(bound) for name, bound in self.bounds.items()},
            "equal": [list(group) for group in self.equal],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], utility: Utility) -> MixedLogit:
        """Read what `to_dict` gave."""
        shapes = {n: distribution_from_dict(shape) for n, shape in content["random"].items()}
        within = content.get("within", {})
        scale, wide = content["scale"], content.get("scale_heterogeneity")
        given = {
            **{name: value for name, value in content.items() if name != "kind"},
            "random": shapes,
            "within": {n: distribution_from_dict(shape) for n, shape in within.items()},
            "draws": draws_from_dict(content["draws"]),
            "scale": None if scale is None else distribution_from_dict(scale),
            "scale_heterogeneity": None if wide is None else ScaleHeterogeneity(**wide),
            "bounds": {name: (low, high) for name, (low, high) in content["bounds"].items()},
        }
        return cls(utility, **given)


def _rebuild(values: dict[str, Any]) -> MixedLogit:
    return MixedLogit(**values)
