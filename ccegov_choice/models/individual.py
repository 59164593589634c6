"""Coefficients of single people, given what they chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ccegov_choice.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results


@runtime_checkable
class HasIndividuals(Protocol):
    """A model in which tastes differ between people."""

    def individual_coefficients(
        self, results: Results, data: ChoiceData, *, threads: int | None = None
    ) -> pd.DataFrame:
        """Return coefficients expected of each person, given the person's choices."""


def individual_coefficients(
    results: Results, data: ChoiceData, *, threads: int | None = None
) -> pd.DataFrame:
    """Return the coefficients that are expected of each person, given what the person chose.

    They are means: differences between people are understated, the more so the fewer tasks a
    person answered. The mean over people is close to that of the model, and the variance of means
    plus the mean of variances to the model's variance; where they are not, the shape is wrong.

    Parameters
    ----------
    results : Results
        Of a model in which tastes differ between people.
    data : ChoiceData
        The data of the fit, or choices of other people in the same study.
    threads : int, optional
        Threads to use.

    Returns
    -------
    DataFrame
        One row per person: ``person`` and a column per coefficient; for a mixed logit also the
        standard deviation ``sd[...]`` of what remains unknown of each. Where tasks have tastes of
        their own, one row per ``person`` and ``task``. In trade space coefficients are trade-offs.

    Raises
    ------
    DataError
        If the model gives everybody the same tastes.

    References
    ----------
    Train (2009), Discrete Choice Methods with Simulation, chapter 11.
    """
    if not isinstance(results.model, HasIndividuals):
        raise DataError(
            f"a {results.model.title} has the same tastes for everybody",
            where="individual_coefficients",
            cure="Fit a model in which they differ, such as LatentClass(utility, classes=3) or "
            "MixedLogit(utility, random={...}).",
        )
    return results.model.individual_coefficients(results, data, threads=threads)
