"""How large classes are, who is in them, and what they choose together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from ccegov_choice.errors import DataError
from ccegov_choice.models.classes.assemble import Mixture, mixture
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.classes.layout import Layout, lay_out
from ccegov_choice.models.classes.membership import Membership, MembershipFormula
from ccegov_choice.study.people import people_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.probabilities import Tasks
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Results of a latent class model with the place of each parameter.

    Parameters
    ----------
    model : LatentClass
        The specification, its utility bound.
    layout : Layout
        Where parameters stand.
    about : MembershipFormula
        What membership depends on.
    """

    model: LatentClass
    layout: Layout
    about: MembershipFormula

    @classmethod
    def of(cls, results: Results, what: str) -> Fitted:
        """Read results.

        Raises
        ------
        DataError
            If the model has no classes.
        """
        model = results.model
        if not isinstance(model, LatentClass):
            raise DataError(
                f"a {model.title} has no classes of people",
                where=what,
                cure="Give the results of LatentClass(utility, classes=...).fit(data).",
            )
        return cls.made(model, results.utility, results.names)

    @classmethod
    def made(cls, model: LatentClass, utility: Utility, names: Sequence[str]) -> Fitted:
        """Find the places of parameters by the names of all of them."""
        assert utility.study is not None  # bound
        about = MembershipFormula(model.membership, utility.study)
        inner = {
            spec.name: [
                name.removeprefix(f"{spec.name}: ")
                for name in names
                if name.startswith(f"{spec.name}: ")
            ]
            for spec in model.specs
            if spec.model is not None
        }
        layout = lay_out(model, utility, about.names, inner)
        return cls(replace(model, utility=utility), layout, about)

    def membership(self, frame: pd.DataFrame) -> Membership:
        """Return the membership of people, one row each."""
        layout = self.layout
        known = self.about.matrix(frame, where="people")
        return Membership(layout.structure, layout.trait, layout.column, known)

    def priors(self, frame: pd.DataFrame, parameters: npt.NDArray[Any]) -> FloatArray:
        """Return the share ``(U, C * S)`` of each class among people like these."""
        gamma = parameters[self.layout.shares_start :]
        return np.exp(self.membership(frame).log_shares(gamma))

    def coefficients(self, parameters: npt.NDArray[Any]) -> FloatArray:
        """Return coefficients ``(C * S, K)`` of the classes, scales multiplied in."""
        rows = []
        for c, s in self.layout.cells:
            positions = self.layout.positions[c]
            own = np.where(positions >= 0, parameters[positions], 0.0)
            scale = np.exp(parameters[self.layout.scales[s]]) if s > 0 else 1.0
            rows.append(own * scale)
        return np.array(rows)

    def by_class(self, cells: FloatArray) -> FloatArray:
        """Add columns that differ in scale only: ``(U, C * S)`` to ``(U, C)``."""
        return np.asarray(cells.reshape(len(cells), len(self.layout.classes), -1).sum(axis=2))

    def over(self, data: ChoiceData, threads: int | None) -> Mixture:
        """Lay the model out over data."""
        return mixture(self.model, data, threads=threads)


def population_shares(model: LatentClass, tasks: Tasks, parameters: npt.NDArray[Any]) -> FloatArray:
    """Return choice probabilities ``(A,)``: those of the classes, by their shares."""
    # the model of a class may itself be one of classes: its names are not those of the results
    fitted = Fitted.made(model, tasks.results.utility, tasks.results.names)
    frame = tasks.frame.iloc[tasks.offsets[:-1]].reset_index(drop=True)
    prior = fitted.priors(frame, parameters)[tasks.task]
    total = np.zeros(len(tasks.frame))
    for j, (c, s) in enumerate(fitted.layout.cells):
        shares_of = getattr(model.specs[c].model, "shares", None)
        own = parameters[fitted.layout.positions[c]]
        if shares_of is not None:
            total += prior[:, j] * shares_of(tasks, own)
            continue
        own = np.where(fitted.layout.positions[c] >= 0, own, 0.0)
        values = own[: len(tasks.matrix)] @ tasks.matrix
        if s > 0:
            values = values * np.exp(parameters[fitted.layout.scales[s]])
        highest = np.maximum.reduceat(values, tasks.offsets[:-1])[tasks.task]
        powers = np.exp(values - highest)
        total += prior[:, j] * powers / tasks.sums(powers)
    return total


def class_shares(
    results: Results, data: ChoiceData | pd.DataFrame | None = None, *, level: float = 0.95
) -> pd.DataFrame:
    """Return how large each class is.

    Parameters
    ----------
    results : Results
        Of a `LatentClass`.
    data : ChoiceData or DataFrame, optional
        Whose shares: needed where membership depends on covariates; the mean over these people.
        A data frame has one row per person.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        ``class, share, std_error, conf_low, conf_high``. Errors by the delta method; intervals on
        the scale of log-odds, so that they stay between zero and one. NaN where a share is fixed.

    Raises
    ------
    DataError
        If the model has no classes, or people are needed and not given.
    """
    fitted = Fitted.of(results, "class_shares")
    if data is None and fitted.about.reads:
        raise DataError(
            f"the shares depend on {', '.join(fitted.about.reads)}",
            where="class_shares",
            cure="Say whose shares: class_shares(results, data).",
        )
    people = pd.DataFrame({"weight": [1.0]}) if data is None else people_frame(data)
    weights = people["weight"].to_numpy(np.float64) / float(people["weight"].sum())
    membership = fitted.membership(people)
    first = fitted.layout.shares_start
    prior = np.exp(membership.log_shares(results.estimates[first:]))
    share = fitted.by_class((weights @ prior)[None, :])[0]
    slope = np.zeros((len(share), membership.size))
    for j, (c, _) in enumerate(fitted.layout.cells):
        slope[c] += (weights * prior[:, j]) @ membership.slopes_of(j, prior)
    variance = np.einsum("cr,rs,cs->c", slope, results.covariance[first:, first:], slope)
    error = np.where(variance > 0, np.sqrt(np.maximum(variance, 0.0)), np.nan)
    half = special.ndtri(0.5 + level / 2) * error / (share * (1 - share))
    odds = special.logit(share)
    return pd.DataFrame(
        {
            "class": list(fitted.layout.classes),
            "share": share,
            "std_error": error,
            "conf_low": special.expit(odds - half),
            "conf_high": special.expit(odds + half),
        }
    )


def class_membership(
    results: Results, data: ChoiceData, *, threads: int | None = None
) -> pd.DataFrame:
    """Return the chance that each person belongs to each class, given what the person chose.

    Parameters
    ----------
    results : Results
        Of a `LatentClass`.
    data : ChoiceData
        The data of the fit, or choices of other people in the same study.
    threads : int, optional
        Threads to use.

    Returns
    -------
    DataFrame
        ``person`` (and ``task``, for classes mixed task by task), a column per class, and
        ``likeliest``. Chances of a person sum to one.

    Raises
    ------
    DataError, UtilityError
        If the model has no classes, or the data lack what it reads.
    """
    fitted = Fitted.of(results, "class_membership")
    found = fitted.over(data, threads)
    chances = fitted.by_class(found.likelihood.parts(results.estimates).posterior)
    names = list(fitted.layout.classes)
    frame = pd.DataFrame(chances, columns=names)
    frame["likeliest"] = np.array(names, dtype=object)[chances.argmax(axis=1)]
    return _with_people(frame, fitted, data)


def unit_coefficients(
    results: Results, data: ChoiceData, *, threads: int | None = None
) -> pd.DataFrame:
    """Return the coefficients expected of each person: means over classes by their chances."""
    fitted = Fitted.of(results, "individual_coefficients")
    if any(spec.model is not None for spec in fitted.model.specs):
        raise DataError(
            "coefficients of people are not known where a class has a model of its own",
            where=results.model.title,
            cure="Use class_membership(results, data).",
        )
    found = fitted.over(data, threads)
    posterior = found.likelihood.parts(results.estimates).posterior
    means = posterior @ fitted.coefficients(results.estimates)
    frame = pd.DataFrame(means, columns=list(results.utility.names))
    return _with_people(frame, fitted, data)


def _with_people(frame: pd.DataFrame, fitted: Fitted, data: ChoiceData) -> pd.DataFrame:
    """Put first whom, and where classes are mixed task by task which task, a row is about."""
    if fitted.model.panel:
        frame.insert(0, "person", data.person_ids)
        return frame
    rows = data.frame.iloc[data.task_offsets[:-1]]
    for position, name in enumerate(("person", "task")):
        frame.insert(position, name, rows[name].to_numpy())
    return frame
