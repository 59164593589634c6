"""What nested, cross-nested and scaled logit have in common: fit, shares, what to say of them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from ccegov_choice.errors import ConvergenceError, UtilityMaximisationWarning
from ccegov_choice.kernels.nested import Tree
from ccegov_choice.models.covariance import Covariance
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.models.fitting.fit_people import fit_people
from ccegov_choice.models.fitting.people_search import PeopleProblem
from ccegov_choice.models.logit.log_scale import LogScale
from ccegov_choice.models.nests.constraints import TreeNames, names_of, tree_constraints
from ccegov_choice.models.nests.likelihood import shares as tree_shares
from ccegov_choice.models.nests.points import scaled_points
from ccegov_choice.models.nests.problem import rows_of, tree_problem
from ccegov_choice.models.nests.rule import tree_rule
from ccegov_choice.models.nests.starts import chosen_starts
from ccegov_choice.models.nests.tree import Nest, pack, parents
from ccegov_choice.models.results import Results

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.population.choice_rule import ChoiceRule
    from ccegov_choice.models.population.taste_points import PointsAt
    from ccegov_choice.models.probabilities import Tasks
    from ccegov_choice.study.study import Study
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
# what the kernel reads of rows besides their coding
Layout = tuple[FloatArray, IntArray, IntArray, Tree]
_LAYOUTS: WeakKeyDictionary[Tasks, Layout] = WeakKeyDictionary()
_EDGE = 1e-3  # a share of an alternative that is next to nothing
Bound = tuple[float | None, float | None]


class TreeModel:
    """A model of choices in a tree of nests; see `NestedLogit`, `CrossNestedLogit`, `ScaledLogit`.

    A class of models gives ``utility``, ``scale``, ``fixed``, ``bounds``, ``equal`` and ``tree``.
    """

    shared = False
    logit_shares = False
    utility: Utility
    scale: tuple[str, ...]
    fixed: Mapping[str, float]
    bounds: Mapping[str, Bound]
    equal: Sequence[Sequence[str]]

    @property
    def tree(self) -> tuple[Nest, ...]:
        """The nests of the root."""
        return ()

    @property
    def equalities(self) -> Sequence[Sequence[str]]:
        """Groups of parameters that have the same value."""
        return self.equal

    def problem(self, data: ChoiceData, *, threads: int | None = None) -> PeopleProblem:
        """Check names and data, and lay them out for the search.

        Raises
        ------
        UtilityError, DataError
            If they do not fit each other; all problems are listed.
        IdentificationError
            If the data cannot tell the coefficients of the utility.
        """
        return tree_problem(self, data, threads=threads)

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
            First values. Without it the search starts from the logit under several guesses of
            the dissimilarities, and the best end is kept: the likelihood can have several tops.
        threads : int, optional
            Threads to use, all processors without it; the result is the same to the last bit.
        covariance : Covariance or str, optional
            Kind of standard errors, as in `Logit.fit`.
        options : FitOptions, optional
            When the search stops; from how many points it starts. Large data are approached on
            people drawn by lot, whose log-likelihoods `OptimisationRecord.starts` then holds.

        Returns
        -------
        Results
            Estimates with their covariance. A search stopped by Ctrl-C gives the best point so
            far, marked as not converged.

        Warns
        -----
        UtilityMaximisationWarning
            If a dissimilarity is above one, or above that of the nest around it.

        Raises
        ------
        IdentificationError
            If the data cannot tell all parameters; it names them.
        ConvergenceError
            If the search does not reach the top; ``error.best`` holds the best results.
        DataError, UtilityError
            If data or names do not fit.
        """
        rules = options or FitOptions()
        problem = self.problem(data, threads=threads)
        if not rules.warm_start:
            problem = replace(problem, coarse=None)
        names = names_of(self, data.study)
        starts = chosen_starts(problem, names, start, rules)

        def search(problem: PeopleProblem) -> Results:
            return fit_people(
                self,  # type: ignore[arg-type]  # subclasses have kind, title and to_dict
                data,
                problem,
                covariance=covariance,
                options=rules,
                threads=threads,
            )

        try:
            results = search(replace(problem, starts=starts))
        except ConvergenceError as error:
            again = _other_rests(self, problem, names, error)
            if again is None:
                raise
            results = search(again)
        for text in contradictions(self.tree, results.names, results.estimates):
            warnings.warn(text, UtilityMaximisationWarning, stacklevel=2)
        return results

    def parameter_names(self, study: Study) -> tuple[str, ...]:
        """Return the names of all ``P`` parameters."""
        return names_of(self, study).every

    def shares(self, tasks: Tasks, parameters: npt.NDArray[Any]) -> FloatArray:
        """Return choice probabilities ``(A,)`` of the rows at parameters ``(P,)``."""
        if tasks not in _LAYOUTS:  # effects ask for the same rows at many parameters
            _LAYOUTS[tasks] = self._lay_out(tasks.results.study, tasks.frame, tasks.offsets)
        return tree_shares(tasks.matrix, *_LAYOUTS[tasks], parameters)

    def shares_of(
        self,
        study: Study,
        frame: pd.DataFrame,
        matrix: FloatArray,
        offsets: IntArray,
        parameters: npt.NDArray[Any],
    ) -> FloatArray:
        """Return choice probabilities ``(A,)`` of rows encoded as ``(K, A)``."""
        return tree_shares(matrix, *self._lay_out(study, frame, offsets), parameters)

    def _lay_out(self, study: Study, frame: pd.DataFrame, offsets: IntArray) -> Layout:
        alternatives, leaves = rows_of(self, frame, offsets)
        z = LogScale(self.scale, study).values(frame, offsets)
        return z, leaves, offsets, pack(self.tree, alternatives, self.parameter_names(study))

    def taste_points(self, results: Results, people: pd.DataFrame, draws: int | None) -> PointsAt:
        """Return everybody's coefficients, times the scale of each pattern of people."""
        return scaled_points(LogScale(self.scale, results.study), results.utility.size, people)

    def people_columns(self, results: Results) -> tuple[str, ...]:
        """Return the columns that the scale depends on."""
        return self.scale

    def choice_rule(self, results: Results, alternatives: Sequence[str | None]) -> ChoiceRule:
        """Return how people choose among alternatives in the nests."""
        return tree_rule(self.tree, alternatives, results.names)

    def notes(self, results: Results) -> tuple[str, ...]:
        """Return sentences for the foot of the summary."""
        tested = [text for name in results.names if (text := _against_one(results, name))]
        against = (
            ["Against 1 (no resemblance within the nest): " + "; ".join(tested) + "."]
            if tested
            else []
        )
        told = contradictions(self.tree, results.names, results.estimates)
        return (*against, *told, *_at_the_edge(results))


def _other_rests(
    model: TreeModel, problem: PeopleProblem, names: TreeNames, error: ConvergenceError
) -> PeopleProblem | None:
    """Return the problem in which the largest share of an alternative follows from the others.

    Where the share that follows was to become zero, no free parameter could take it there.
    """
    best = error.best
    if not names.allocations or not isinstance(best, Results):
        return None
    reached = dict(zip(best.names, map(float, best.estimates), strict=True))
    constraints = tree_constraints(model, names, reached)
    if np.array_equal(constraints.expansion, problem.constraints.expansion):
        return None
    return replace(problem, constraints=constraints, starts=(np.array(best.estimates),))


def _at_the_edge(results: Results) -> tuple[str, ...]:
    """Return what says that alternatives do not belong to a nest at all."""
    names = [
        name
        for name, value in zip(results.names, results.estimates, strict=True)
        if name.startswith("allocation[") and value < _EDGE
        if not results.absent.get(name, "").startswith("fixed")
    ]
    if not names:
        return ()
    is_are = "is" if len(names) == 1 else "are"
    return (
        f"{', '.join(names)} {is_are} at the edge, where intervals of a normal law do not hold: "
        "take the alternative out of the nest.",
    )


def _against_one(results: Results, name: str) -> str:
    """Return the test of a dissimilarity against one; empty where there is none."""
    if not name.startswith("dissimilarity[") or name in results.absent:
        return ""
    position = results.names.index(name)
    error = float(np.sqrt(results.covariance[position, position]))
    if not error > 0:
        return ""
    z = (float(results.estimates[position]) - 1) / error
    return f"{name} z = {z:.2f}, P>|z| = {2 * special.ndtr(-abs(z)):.3f}"


def contradictions(
    nests: Sequence[Nest], names: Sequence[str], estimates: FloatArray
) -> tuple[str, ...]:
    """Return what says that choices do not maximise any utility, nest by nest.

    Everywhere consistent with utility maximisation are dissimilarities above zero, at most one,
    and at most that of the nest around.

    References
    ----------
    McFadden (1978); Daly & Zachary (1978); Boersch-Supan (1990), Journal of Econometrics 43,
    373-388 (larger ones may still be consistent in a range of the data).
    """
    value = dict(zip(names, map(float, estimates), strict=True))
    found = []
    for name, around in parents(nests).items():
        limit, what = (1.0, "1") if around is None else (value[around], f"that of {around}")
        if value[name] > limit * (1 + 1e-9):
            found.append(
                f"{name} is {value[name]:.4g}, above {what}: an improvement of one alternative "
                "could make another of the nest more popular, which no maximisation of utility "
                "allows for all values of the attributes. Read the nest as not supported by the "
                "data: regroup it, or drop it."
            )
    return tuple(found)
