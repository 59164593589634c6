"""Where the search for a mixed logit starts: at the logit, with moderate spreads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccegov_choice.models.fitting.assemble import starting_values
from ccegov_choice.models.fitting.estimate import FitOptions, unbroken
from ccegov_choice.models.logit.fit import logit_problem, search
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.mixed.builder import SCALE
from ccegov_choice.models.mixed.distributions import Distribution, Normal
from ccegov_choice.models.mixed.layout import Layout
from ccegov_choice.models.mixed.names import random_coefficients
from ccegov_choice.models.mixed.tabulated import TabulatedDistribution
from ccegov_choice.study.gain import payment_sign

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.study.utility import Utility

FloatArray = npt.NDArray[np.float64]

# A first spread, as a share of the coefficient and in utility units of a typical difference.
_SHARE, _UTILITY = 0.3, 0.2


def mixed_start(
    model: MixedLogit,
    utility: Utility,
    data: ChoiceData,
    layout: Layout,
    given: Mapping[str, float] | Sequence[float] | None,
    options: FitOptions,
) -> tuple[FloatArray, ...]:
    """Return one start, or as many as the options ask for.

    Parameters
    ----------
    model : MixedLogit
        The specification.
    utility : Utility
        Bound to the study.
    data : ChoiceData
        The choices.
    layout : Layout
        The parameters.
    given : mapping of str to float, or sequence of P floats, optional
        Values that the user gives.
    options : FitOptions
        How many starts, and the seed of those beyond the first.

    Raises
    ------
    UtilityError
        If a given name is unknown or a value is not a finite number.
    """
    names = layout.names
    asked = starting_values(names, len(names), given)
    if given is None:
        known: set[str] = set()
    else:
        known = set(given) if isinstance(given, Mapping) else set(names)
    own = asked
    if not known.issuperset(names):
        own = _from_logit(model, utility, data, layout)
        for position, name in enumerate(names):
            if name in known:
                own[position] = asked[position]
    count = max(options.starts or 1, 1)
    rng = np.random.default_rng(options.seed)
    return (own, *(_moved(own, layout, rng) for _ in range(count - 1)))


def _from_logit(
    model: MixedLogit, utility: Utility, data: ChoiceData, layout: Layout
) -> FloatArray:
    fixed = {n: v for n, v in model.fixed.items() if n in utility.names} if not model.pay_in else {}
    problem = logit_problem(Logit(utility, fixed=fixed), data)
    with problem.likelihood.running():
        optimum = unbroken(search(problem, np.zeros(utility.size), FitOptions(tolerance=1e-3)))
    coefficients = problem.constraints.full(optimum.point)
    size = np.maximum(problem.likelihood.choices.x.std(axis=1), 1e-300)
    moderate = np.maximum(_SHARE * np.abs(coefficients), _UTILITY / size)
    start = np.zeros(len(layout.names))
    scale = 1.0
    if model.pay_in is not None:
        position = utility.names.index(model.pay_in)
        study = utility.study
        assert study is not None  # bound
        sign = payment_sign(study.attribute(model.pay_in))
        # a numeraire of the wrong sign or of no weight would throw all others far away
        least = 0.1 * float(np.abs(coefficients).max(initial=1e-6)) * 0.1
        scale = max(float(coefficients[position]) * sign, least)
        moderate = np.maximum(_SHARE * np.abs(coefficients), _UTILITY / size) / scale
    random = random_coefficients(model, utility)
    for k, name in enumerate(utility.names):
        if name == model.pay_in:
            start[k] = (model.scale or Normal()).inverse(scale, scale)
        else:
            shape = random.get(name, Normal())
            start[k] = shape.inverse(float(coefficients[k]) / scale, float(moderate[k]))
    for name, value in layout.first.items():
        start[layout.names.index(name)] = value
    by_name = dict(zip(utility.names, moderate, strict=True))
    for name, coefficient in layout.spreads.items():
        shape = random.get(coefficient, model.scale if coefficient == SCALE else None) or Normal()
        diagonal = name == f"cholesky[{coefficient},{coefficient}]" or "," not in name
        if diagonal:
            moderate_one = float(by_name.get(coefficient, 0.5))
            start[layout.names.index(name)] = _first_spread(shape, name, moderate_one)
    return start


def _first_spread(shape: Distribution, name: str, moderate: float) -> float:
    """Return a first spread: that of the logarithm does not depend on units."""
    if " within[" in name:
        return moderate
    if isinstance(shape, TabulatedDistribution):
        return shape.first_value(name.partition("[")[0], moderate)
    return moderate if shape.symmetric or shape.low == 0.0 == shape.kind else 0.3


def _moved(start: FloatArray, layout: Layout, rng: np.random.Generator) -> FloatArray:
    """Return another start: locations and spreads moved by about the size they have."""
    size = np.maximum(np.abs(start), 0.1)
    return np.asarray(start + size * rng.normal(0.0, 0.7, len(start)))
