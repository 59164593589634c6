"""What can be wrong with the words of a mixed logit, all of it listed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ccegov_choice.errors import ConvergenceError, Problem, UtilityError, unknown_name
from ccegov_choice.models.mixed.names import by_coefficient, correlated_groups, random_coefficients
from ccegov_choice.models.mixed.scale_heterogeneity import scale_problems
from ccegov_choice.models.mixed.tabulated import TruncatedNormal
from ccegov_choice.study.gain import payment_attribute

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.mixed.mixed_logit import MixedLogit
    from ccegov_choice.study.utility import Utility


# So many standard deviations beyond its bound a normal is an exponential to two digits.
_FAR = 10.0


def named(given: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all covariates named for some coefficient."""
    return [covariate for covariates in given.values() for covariate in covariates]


def check_model(model: MixedLogit, utility: Utility, data: ChoiceData) -> None:
    """Check the words of a mixed logit.

    Raises
    ------
    UtilityError, TradeOffError
        Listing every problem with its cure.
    """
    random = random_coefficients(model, utility)
    by_coefficient(model.within, utility.names, "within")
    correlated_groups(model, random)
    problems: list[Problem] = []
    scaled = (model.scale, model.scale_heterogeneity) != (None, None) or model.scale_by
    if not random and not model.error_components and not scaled and not model.within:
        problems.append(
            Problem(
                "no coefficient differs between people",
                "Name some: random={'wait': Normal()}, or fit a Logit.",
                "random",
            )
        )
    for where, given in (("mean_by", model.mean_by), ("spread_by", model.spread_by)):
        problems += [
            unknown_name(name, random, "random coefficient", where=where)
            for name in given
            if not any(each == name or each.startswith(f"{name}[") for each in random)
        ]
        problems += [
            Problem(
                f"'{name}' is {random[name]}, whose location cannot be moved by covariates",
                "Use Normal or another distribution without a table, or leave it out.",
                where,
            )
            for name in random
            if random[name].tabulated and any(n == name or name.startswith(f"{n}[") for n in given)
        ]
    met = set(data.frame["alternative"].astype(str)) if model.error_components else set()
    for component, who in model.error_components.items():
        problems += [
            unknown_name(name, sorted(met), "alternative", where=f"error_components '{component}'")
            for name in who
            if name not in met
        ]
    if model.scale is not None and model.pay_in is None:
        problems.append(
            Problem(
                "a random scale belongs to trade space, and there is no numeraire",
                "Say what is paid in: pay_in='cost', or leave scale out.",
                "scale",
            )
        )
    problems += _within_problems(model)
    problems += scale_problems(model, utility, random)
    if problems:
        raise UtilityError.of(problems, "The mixed logit has {count} problems:")
    if model.pay_in is not None:
        payment_attribute(model.pay_in, utility, data.study)
        if model.pay_in not in utility.names:
            raise UtilityError(
                f"'{model.pay_in}' has no single coefficient to pay with",
                where=f"pay_in='{model.pay_in}'",
                cure=f"Let it enter the utility as a number, by itself: '... + {model.pay_in}'.",
            )


def explained(model: MixedLogit, error: ConvergenceError) -> ConvergenceError:
    """Return the error in words of its cause, where the cause is a truncated normal."""
    best = error.best
    names: tuple[str, ...] = getattr(best, "names", ())
    estimates: Mapping[str, float] = dict(zip(names, getattr(best, "estimates", ()), strict=True))
    for coefficient in names:
        name = coefficient.partition("[")[0]
        shape = model.random.get(coefficient, model.random.get(name))
        sd = estimates.get(f"sd[{coefficient}]")
        if sd is None or not isinstance(shape, TruncatedNormal):
            continue
        location = estimates[coefficient]
        if max(shape.lowest - location, location - shape.highest) > _FAR * sd:
            found = ConvergenceError(
                f"'{coefficient}' falls off from its bound like an exponential, which a truncated "
                "normal comes to only with an infinite location and sd",
                where=model.title,
                cure=f"Fix one of them, such as fixed={{'{coefficient}': 0.0}}, or use another "
                "distribution, such as LogNormal.",
            )
            found.best = best
            return found
    return error


def _within_problems(model: MixedLogit) -> list[Problem]:
    """Return what does not fit in what is said about tastes that vary from task to task."""
    if not model.within:
        return []
    found = [
        Problem(
            f"'{name}' is {shape} within people, which is not an addition to their own taste",
            "Use Normal, Uniform or Triangular.",
            "within",
        )
        for name, shape in model.within.items()
        if not shape.symmetric or not shape.spread
    ]
    if not model.panel:
        cure = "Leave panel=False out, or name the coefficient in random=... instead."
        found.append(Problem("each task is a person of its own already", cure, "within"))
    scaled = model.pay_in or model.scale_heterogeneity is not None or model.scale_by
    if scaled:
        cure = "Leave out either of them."
        found.append(
            Problem("tastes that vary within people are not multiplied by a scale", cure, "within")
        )
    count = model.within_draws
    if isinstance(count, bool) or int(count) != count or count < 1:
        cure = "Give a whole number, such as 64."
        found.append(Problem(f"{count!r} is not a number of draws", cure, "within_draws"))
    return found
