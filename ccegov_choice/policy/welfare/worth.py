"""What one unit of payment is worth to people, as a row of coefficients for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.population.population import Population
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.gain import payment_attribute, payment_sign

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results

FloatArray = npt.NDArray[np.float64]

# So many kinds of people are asked one by one; more are coded together.
_FEW = 50


@dataclass(frozen=True, eq=False)
class Worth:
    """The utility of gaining one unit of what is paid in.

    Parameters
    ----------
    attribute : Attribute
        What is paid in.
    rows : ndarray of shape (M or 1, K)
        Multipliers of the coefficients of the utility, for each pattern of people.
    notes : tuple of str
        At which point it is valued.
    """

    attribute: Attribute
    rows: FloatArray
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls, results: Results, population: Population, pay_in: str, at: Mapping[str, Any]
    ) -> Worth:
        """Work out the rows, pattern by pattern where the payment's value depends on covariates.

        Raises
        ------
        TradeOffError
            If the study does not let people pay in it, it is coded by level, or its utility is a
            curve and `at` does not say where.
        """
        utility, study = results.utility, results.study
        attribute = payment_attribute(pay_in, utility, study)
        read = {name for term in utility.terms_of(attribute.id) for name in term.reads}
        names = [n for n in study.covariate_ids if n in read and n not in at]
        sign = payment_sign(attribute)
        if not names:
            stand = Standpoint(utility, at)
            notes = _notes(stand, attribute)
            return cls(attribute, sign * stand.slope(attribute)[None, :], notes)
        frame = population.frame[names]
        codes = frame.groupby(names, sort=False, observed=True).ngroup().to_numpy()
        _, first = np.unique(codes, return_index=True)
        stand = _stand(results, at, frame, int(first[0]))
        if len(first) > _FEW and stand.is_straight(attribute):
            rows = _differences(population, stand, attribute)
        else:
            rows = np.array([_stand(results, at, frame, int(i)).slope(attribute) for i in first])[
                codes
            ]
        return cls(attribute, sign * rows, _notes(stand, attribute, names))


def _stand(results: Results, at: Mapping[str, Any], frame: pd.DataFrame, row: int) -> Standpoint:
    own = {str(name): frame[name].iloc[row] for name in frame}
    return Standpoint(results.utility, {**at, **own})


def _differences(population: Population, stand: Standpoint, attribute: Attribute) -> FloatArray:
    """Return slopes ``(M, K)`` of a straight line, for all patterns at once.

    The first pattern's own slope has been looked at: it is the same for all alternatives.
    """
    stand.slope(attribute)
    values = [level.value for level in attribute.shown_levels if level.value is not None]
    low, high = min(values), max(values)
    ends = [stand.reference(attribute, value)[0] for value in (low, high)]
    rows = population.encode(ends)
    return np.asarray((rows[:, 1] - rows[:, 0]) / (high - low))[
        :, : population.results.utility.size
    ]


def _notes(stand: Standpoint, attribute: Attribute, own: Sequence[str] = ()) -> tuple[str, ...]:
    """Say where the payment is valued, and that its direction is assumed where it is."""
    mine = tuple(f"for people with {name} = " for name in own)
    notes = [note for note in stand.notes(attribute) if not (mine and note.startswith(mine))]
    if attribute.direction == "0":
        notes.append(
            f"the study declares no direction for {attribute.id}; having more of it is taken as "
            "the cost"
        )
    return tuple(notes)
