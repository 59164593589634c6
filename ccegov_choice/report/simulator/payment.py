"""What changes are counted in: units of something that people give up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import PolicyError
from ccegov_choice.study.gain import payment_attribute, payment_sign
from ccegov_choice.study.payment import Payment, payment_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccegov_choice.report.simulator.encoding import Block, Offer
    from ccegov_choice.study.study import Study
    from ccegov_choice.study.utility import Utility

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
    """

    payment: Payment
    slope: FloatArray


def unit_of(
    study: Study, utility: Utility, offers: Sequence[Offer], pay_in: str, language: str | None
) -> Unit:
    """Return what one unit of the numeraire is worth to each pattern of people.

    Raises
    ------
    PolicyError
        If a unit is not worth the same everywhere, so that no change can be counted in it.
    """
    attribute = payment_attribute(pay_in, utility, study)
    slopes = [
        slope
        for offer in offers
        for block in offer.blocks
        if attribute.id in block.attributes
        for slope in [_slope(block, attribute.id)]
    ]
    if not slopes or any(not _alike(slope, slopes[0]) for slope in slopes):
        raise PolicyError(
            f"one unit of '{attribute.id}' is not worth the same in every service",
            where=f"pay_in='{pay_in}'",
            cure="Pay in something with one slope, or leave pay_in out: shares need none.",
        )
    words = payment_words(attribute, study.numeraire(attribute.id), language)
    return Unit(words, payment_sign(attribute) * slopes[0])


def _slope(block: Block, attribute: str) -> FloatArray:
    values = (
        np.array([float(cell[0]) for cell in block.cells]) if len(block.attributes) == 1 else None
    )
    if values is not None and len(values) > 1:
        runs = (block.steps - block.steps[0])[1:] / (values[1:] - values[0])[:, None, None]
        if all(_alike(run, runs[-1]) for run in runs):
            return np.asarray(runs[-1])
    raise PolicyError(
        f"one unit of '{attribute}' is not worth the same everywhere: its utility is a curve, or "
        "it depends on other attributes",
        where=f"pay_in='{attribute}'",
        cure="Pay in something with one slope, or leave pay_in out: shares need none.",
    )


def _alike(one: FloatArray, other: FloatArray) -> bool:
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12))
