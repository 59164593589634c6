"""What those who lose by a reform mind most about it, at the estimates of its model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.errors import ChoiceError
from ccegov_choice.kernels.welfare import SAME
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.welfare.welfare_change import compare

if TYPE_CHECKING:
    from ccegov_choice.policy.welfare.change import WelfareChange
    from ccegov_choice.policy.welfare.comparison import Comparison
    from ccegov_choice.report.material import Material
    from ccegov_choice.study.attribute import Attribute

FloatArray = npt.NDArray[np.float64]


def minded_most(material: Material, welfare: WelfareChange) -> Attribute | None:
    """Return the attribute whose change, made alone, takes most from those who lose.

    Losers are the people, or classes of them, whose log-sum falls with the whole reform. Each of
    its changes is then made alone, from what there is before, and the fall of their log-sums is
    averaged by their chances. Nothing is returned where nobody loses, where several services
    stand side by side, or where the model cannot be asked.

    Parameters
    ----------
    material : Material
        What the report is made from; the model is the one that the welfare comes from.
    welfare : WelfareChange
        The reform.
    """
    if len(welfare.before.offers) != 1 or len(welfare.after.offers) != 1:
        return None
    losing = _fall(material, welfare, welfare.after)
    if losing is None:
        return None
    lost, mass = losing[0] > SAME, losing[1]
    falls = {
        name: float((fall * mass)[lost].sum()) for name, fall in _alone(material, welfare).items()
    }
    worst = max(falls, key=lambda name: falls[name], default=None)
    return None if worst is None or falls[worst] <= 0 else material.study.attribute(worst)


def sizes_of_changes(material: Material, welfare: WelfareChange) -> dict[str, float]:
    """Return how far each change of a reform, made alone, moves people's log-sums on average.

    Parameters
    ----------
    material : Material
        What the report is made from.
    welfare : WelfareChange
        The reform, of one service.
    """
    whole = _fall(material, welfare, welfare.after)
    if whole is None:
        return {}
    return {
        name: float((np.abs(fall) * whole[1]).sum())
        for name, fall in _alone(material, welfare).items()
    }


def _alone(material: Material, welfare: WelfareChange) -> dict[str, FloatArray]:
    """Return how far log-sums fall with each change alone, from what there is before."""
    old, new = welfare.before.profile, welfare.after.profile
    falls: dict[str, FloatArray] = {}
    for name, level in old.levels.items():
        if level == new.levels.get(name, level):
            continue
        alone = Scenario("alone", replace(old, levels={**old.levels, name: new.levels[name]}))
        found = _fall(material, welfare, alone)
        if found is not None:
            falls[name] = found[0]
    return falls


def _fall(
    material: Material, welfare: WelfareChange, after: Scenario
) -> tuple[FloatArray, FloatArray] | None:
    """Return how far log-sums fall, ``(people, points)``, and the share of each."""
    results = material.model_of("welfare")
    study = material.study
    try:
        found, _, _ = compare(
            results,
            welfare.before,
            after,
            pay_in=welfare.payment.attribute,
            people=material.data,
            opt_out=study.opt_out is not None and not study.mandatory,
        )
    except ChoiceError:
        return None
    return _by_person(found, results.estimates)


def _by_person(found: Comparison, estimates: FloatArray) -> tuple[FloatArray, FloatArray]:
    falls, masses = [], []
    for part in found.parts():
        before, after, _, chances = found.log_sums(estimates, part)
        fall = before - after
        falls.append(fall)
        masses.append(np.broadcast_to(chances, fall.shape) * found.weights[part, None])
    return np.concatenate(falls), np.concatenate(masses)
