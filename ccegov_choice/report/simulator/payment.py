"""What changes are counted in: units of something that people give up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.policy.welfare.worth import Worth
from ccegov_choice.study.payment import Payment, payment_words

if TYPE_CHECKING:
    from ccegov_choice.models.population.population import Population

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Unit:
    """One unit of what people pay in.

    Parameters
    ----------
    payment : Payment
        Its words.
    slope : ndarray of shape (M, Q)
        Multipliers of the coefficients in the utility of being spared one unit.
    notes : tuple of str
        At which point it is valued.
    """

    payment: Payment
    slope: FloatArray
    notes: tuple[str, ...]


def unit_of(
    population: Population, pay_in: str, at: Mapping[str, Any], columns: int, language: str | None
) -> Unit:
    """Return what one unit of the numeraire is worth to each pattern of people.

    Parameters
    ----------
    population : Population
        The people.
    pay_in : str
        The numeraire.
    at : mapping
        Where it is valued, if it bends.
    columns : int
        ``Q``; those of error components get nothing.
    language : str or None
        Of the words.
    """
    results = population.results
    worth = Worth.of(results, population, pay_in, at)
    slope = np.zeros((population.size, columns))
    slope[:, : worth.rows.shape[1]] = worth.rows
    numeraire = results.study.numeraire(worth.attribute.id)
    return Unit(payment_words(worth.attribute, numeraire, language), slope, worth.notes)
