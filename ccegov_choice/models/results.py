"""Results: what a fitted model says, kept so that everything after needs no refit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from ccegov_choice._provenance import Provenance
from ccegov_choice._table import Absent
from ccegov_choice.errors import ChoiceError, CovarianceError, TasteError, unknown_name
from ccegov_choice.models.certificate.trust import Trust
from ccegov_choice.models.covariance import Bootstrap, Covariance, covariance_kind
from ccegov_choice.models.evidence import Evidence
from ccegov_choice.models.fitting.estimate import OptimisationRecord
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

if TYPE_CHECKING:
    from ccegov_choice._table import Table
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.certificate.certificate import Certificate

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


class Model(Protocol):
    """A frozen specification that results can name, save and refit."""

    @property
    def kind(self) -> str:
        """Word for files, such as ``logit``."""

    @property
    def title(self) -> str:
        """Words for tables, such as ``Multinomial logit``."""

    @property
    def utility(self) -> Utility:
        """The utility of the alternatives."""

    def to_dict(self) -> dict[str, Any]:
        """Return the specification, without the utility, as JSON can hold it."""


@dataclass(frozen=True, eq=False, repr=False)
class Results:
    """Estimates of a model, with what their uncertainty is computed from.

    Letters: ``K`` utility coefficients come first among the ``P`` parameters (scales follow),
    ``F`` of which are free; ``N`` people.

    Parameters
    ----------
    model : Model
        The specification.
    utility : Utility
        The model's utility, bound to its study.
    names : tuple of P str
        Names of the parameters.
    estimates : ndarray of shape (P,)
        Their values.
    free : ndarray of shape (P,), bool
        False where a parameter is fixed or lies at a bound.
    absent : mapping of str to str
        Parameters without a standard error, and why.
    expansion : ndarray of shape (P, F)
        Change of each parameter with each free one: an identity without constraints, zero rows for
        fixed parameters, a shared column for parameters held equal.
    log_likelihood : float
        At the estimates, weighted.
    log_likelihood_null : float
        With equal shares within each task.
    log_likelihood_constants : float or None
        With alternative-specific constants only; None where alternatives have no names.
    hessian : ndarray of shape (P, P)
        Second derivatives of the log-likelihood.
    scores : ndarray of shape (N, P) or None
        Slope of each person's weighted log-likelihood; None where the backend gives none.
    person_ids : ndarray of shape (N,)
        Whose scores they are.
    clusters : mapping of str to ndarray of shape (N,)
        Groupings of people for clustered errors: codes by column name.
    covariance_kind : Covariance
        The kind chosen.
    covariance : ndarray of shape (P, P)
        Of the estimates; zero rows and columns where a standard error is absent.
    covariance_note : str
        How it was made, with its small-sample factor.
    optimisation : OptimisationRecord
        How the estimates were found.
    provenance : Provenance
        What they were made from.
    people, tasks, rows : int
        Counts: people, tasks answered, alternatives shown.
    weighted : bool
        Whether tasks have weights other than one.
    trust : Trust, optional
        What was looked at besides, for the certificate; None where another package estimated.
    """

    model: Model
    utility: Utility
    names: tuple[str, ...]
    estimates: FloatArray
    free: BoolArray
    absent: Mapping[str, str]
    expansion: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    log_likelihood_constants: float | None
    hessian: FloatArray
    scores: FloatArray | None
    person_ids: npt.NDArray[Any]
    clusters: Mapping[str, IntArray]
    covariance_kind: Covariance
    covariance: FloatArray
    covariance_note: str
    optimisation: OptimisationRecord
    provenance: Provenance
    people: int
    tasks: int
    rows: int
    weighted: bool
    trust: Trust | None = None

    def __post_init__(self) -> None:
        for array in (self.estimates, self.free, self.expansion, self.hessian, self.covariance):
            array.setflags(write=False)
        if self.scores is not None:
            self.scores.setflags(write=False)

    # --- what was found -----------------------------------------------------------------------

    @property
    def study(self) -> Study:
        """The study whose attributes the utility codes."""
        study = self.utility.study
        assert study is not None  # a bound utility has one
        return study

    @property
    def converged(self) -> bool:
        """Whether the estimates are at the top of the likelihood."""
        return self.optimisation.converged

    @property
    def parameters(self) -> int:
        """Number of free parameters, ``F``."""
        return int(self.expansion.shape[1])

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def _position(self, name: str) -> int:
        if name not in self._positions:
            problem = unknown_name(name, self.names, "coefficient")
            raise ChoiceError(problem.problem, where="results", cure=problem.cure)
        return self._positions[name]

    def coefficient(self, name: str) -> float:
        """Return the estimate of one parameter."""
        return float(self.estimates[self._position(name)])

    def std_error(self, name: str) -> float | Absent:
        """Return the standard error of one parameter, or why there is none."""
        position = self._position(name)
        if name in self.absent:
            return Absent(self.absent[name])
        return float(np.sqrt(self.covariance[position, position]))

    @property
    def utility_estimates(self) -> FloatArray:
        """The ``K`` utility coefficients, without scales.

        Raises
        ------
        TasteError
            If the model has no one vector of coefficients that everybody has.
        """
        require_common_tastes(self)
        return self.estimates[: self.utility.size]

    @property
    def utility_covariance(self) -> FloatArray:
        """Covariance ``(K, K)`` of the utility coefficients; zero where one is fixed.

        Raises
        ------
        TasteError
            If the model has no one vector of coefficients that everybody has.
        """
        require_common_tastes(self)
        size = self.utility.size
        return self.covariance[:size, :size]

    # --- another covariance -------------------------------------------------------------------

    def with_covariance(
        self, kind: Covariance | str, *, data: ChoiceData | None = None, threads: int | None = None
    ) -> Results:
        """Return the same estimates with another kind of standard errors.

        Parameters
        ----------
        kind : Covariance or str
            ``"classical"``, ``"bhhh"``, ``"robust"``, ``"clustered"`` (by person),
            ``Clustered("region")``, ``Bootstrap(500, seed=1)``.
        data : ChoiceData, optional
            Only for the bootstrap: the data of the fit.
        threads : int, optional
            Only for the bootstrap: threads to use.

        Raises
        ------
        CovarianceError
            If errors of this kind do not exist here; the cure says what to use.
        """
        chosen = covariance_kind(kind)
        if isinstance(chosen, Bootstrap) and data is not None:
            from ccegov_choice.models.bootstrap import bootstrap_covariance

            computed = bootstrap_covariance(self, data, chosen, threads=threads)
        else:
            computed = chosen.compute(self._evidence())
        matrix = self.expansion @ computed.matrix @ self.expansion.T
        return replace(
            self, covariance_kind=chosen, covariance=matrix, covariance_note=computed.note
        )

    def _evidence(self) -> Evidence:
        if not self.converged:
            raise CovarianceError(
                "the estimates did not converge, so they have no standard errors",
                where=self.model.title,
                cure=self.optimisation.status.cure,
            )
        return Evidence(self.hessian, self.scores, self.expansion, self.clusters)

    # --- tables -------------------------------------------------------------------------------

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row per parameter.

        Parameters
        ----------
        level : float
            Confidence level of the intervals.

        Returns
        -------
        DataFrame
            ``term, estimate, std_error, statistic, p_value, conf_low, conf_high``; the statistic
            is standard normal. NaN where a standard error is absent, with the reason in
            ``frame.attrs["absent"]``.
        """
        has_error = np.array([name not in self.absent for name in self.names], dtype=bool)
        variance = np.where(has_error, np.diag(self.covariance), np.nan)
        error = np.sqrt(variance)
        statistic = self.estimates / error
        quantile = float(special.ndtri(0.5 + level / 2))
        frame = pd.DataFrame(
            {
                "term": list(self.names),
                "estimate": self.estimates,
                "std_error": error,
                "statistic": statistic,
                "p_value": 2 * special.ndtr(-np.abs(statistic)),
                "conf_low": self.estimates - quantile * error,
                "conf_high": self.estimates + quantile * error,
            }
        )
        frame.attrs["absent"] = dict(self.absent)
        frame.attrs["level"] = level
        return frame

    def glance(self) -> pd.DataFrame:
        """Return one row about the whole model.

        Information criteria count tasks as observations; rho-squared is against equal shares.
        """
        loss, null, free = self.log_likelihood, self.log_likelihood_null, self.parameters
        return pd.DataFrame(
            [
                {
                    "model": self.model.title,
                    "log_likelihood": loss,
                    "log_likelihood_null": null,
                    "log_likelihood_constants": self.log_likelihood_constants,
                    "parameters": free,
                    "aic": 2 * free - 2 * loss,
                    "bic": free * np.log(self.tasks) - 2 * loss,
                    "rho_squared": 1 - loss / null,
                    "rho_squared_adjusted": 1 - (loss - free) / null,
                    "people": self.people,
                    "tasks": self.tasks,
                    "rows": self.rows,
                    "weighted": self.weighted,
                    "covariance": self.covariance_kind.name,
                    "converged": self.converged,
                }
            ]
        )

    def table(self, level: float = 0.95) -> Table:
        """Return the table of coefficients."""
        from ccegov_choice.models.summary import coefficient_table

        return coefficient_table(self, level=level)

    def summary(self, level: float = 0.95) -> Any:
        """Return the full summary: text, HTML in Jupyter, LaTeX."""
        from ccegov_choice.models.summary import summarise

        return summarise(self, level=level)

    @cached_property
    def certificate(self) -> Certificate | None:
        """How far to believe these estimates, check by check.

        None where another package made them. Standard errors of another kind
        (`with_covariance`) make another certificate.
        """
        from ccegov_choice.models.certificate.certificate import certify

        return certify(self)

    def __repr__(self) -> str:
        mark = "" if self.converged else f", NOT CONVERGED ({self.optimisation.status.label})"
        return (
            f"<Results of {self.model.title}: log-likelihood {self.log_likelihood:.4f}, "
            f"{self.parameters} parameters, {self.people:,} people, {self.tasks:,} tasks{mark}>"
        )

    def _repr_html_(self) -> str:
        return str(self.summary().to_html())

    # --- files --------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Save as JSON with provenance; `load` gives it back exactly."""
        from ccegov_choice.models.files import save_results

        return save_results(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Results:
        """Read results that `save` wrote."""
        from ccegov_choice.models.files import load_results

        return load_results(path)


def require_common_tastes(results: Results) -> None:
    """Refuse models in which there are no coefficients of everybody.

    Raises
    ------
    TasteError
        For latent classes and mixed logits: those of the first class, or the means, are not
        everybody's.
    """
    if not getattr(results.model, "common_tastes", True):
        classes = results.model.kind == "latent_class"
        see = "each class with class_table(results)" if classes else "them with results.table()"
        trades = "" if classes else "In trade space (pay_in=...) they are trade-offs. "
        raise TasteError(
            f"tastes differ between {'classes' if classes else 'people'}, so there are no "
            "coefficients of everybody to make this of",
            where=results.model.title,
            cure=f"See {see}. {trades}Forecasts of everybody are made by predict(results, data). "
            "Logit(utility).fit(data) has one set of coefficients.",
        )


def draw_coefficients(results: Results, draws: int, seed: int) -> FloatArray:
    """Draw utility coefficients from the normal law of their estimates (Krinsky & Robb).

    Parameters
    ----------
    results : Results
        The estimates and their covariance.
    draws : int
        Number of draws, ``R``.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    ndarray of shape (R, K)
        Fixed coefficients do not vary.

    Raises
    ------
    CovarianceError
        If the estimates did not converge.

    References
    ----------
    Krinsky & Robb (1986), Review of Economics and Statistics 68, 715-719.
    """
    if not results.converged:
        raise CovarianceError(
            "the estimates did not converge, so their uncertainty is unknown",
            where=results.model.title,
            cure=results.optimisation.status.cure,
        )
    covariance = results.utility_covariance
    values, vectors = np.linalg.eigh(covariance)
    # LAPACK may give an eigenvector or its negative: fix the sign so that draws do not depend on it
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(values))])
    root = vectors * signs * np.sqrt(np.maximum(values, 0.0))
    normal = np.random.default_rng(seed).standard_normal((draws, len(values)))
    drawn: FloatArray = results.utility_estimates + normal @ root.T
    return drawn
