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
    person answered.

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
        One row per person: ``person`` and what the model tells of each.

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
            cure="Fit a model in which they differ, such as LatentClass(utility, classes=3).",
        )
    return results.model.individual_coefficients(results, data, threads=threads)
