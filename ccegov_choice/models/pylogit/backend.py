"""pylogit as a second opinion: its families of models on the same data, utility and results.

Likelihood and gradient are computed by pylogit, which also searches first; the search is then
driven to the top with the same trust-region Newton driver as our own models. The utility is coded
by us and handed over column by column, so that a coefficient means the same in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ccegov_choice.errors import ConvergenceError, Problem, UtilityError, unknown_name
from ccegov_choice.models.covariance import Bootstrap, Covariance, covariance_kind
from ccegov_choice.models.fitting.conclude import default_covariance
from ccegov_choice.models.pylogit.fit import alternatives_of, fit_with
from ccegov_choice.models.pylogit.model import FAMILIES, PylogitModel
from ccegov_choice.models.pylogit.repair import running

if TYPE_CHECKING:
    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.models.results import Results
    from ccegov_choice.study.utility import Utility

__all__ = ["FAMILIES", "PylogitModel", "fit"]

# a shape of exp(15) or exp(-15) is zero or infinite for all that data can say
RUNAWAY = 15.0


def fit(
    data: ChoiceData,
    utility: Utility,
    model_type: str = "MNL",
    *,
    nests: Mapping[str, Sequence[str]] | None = None,
    random: Sequence[str] = (),
    draws: int = 200,
    seed: int = 1,
    covariance: Covariance | str | None = None,
) -> Results:
    """Fit one of pylogit's models.

    Parameters
    ----------
    data : ChoiceData
        Choices, one per task.
    utility : Utility
        What makes an alternative better or worse.
    model_type : {"MNL", "Nested Logit", "Mixed Logit", "Asym", "Cloglog", "Scobit", "Uneven"}
        The family, by pylogit's name.
    nests : mapping of str to sequence of str
        Nested logit: nest -> its alternatives. Alternatives in none stand alone.
    random : sequence of str
        Mixed logit: coefficients that are normally distributed over people.
    draws, seed : int
        Mixed logit: draws per person and random coefficient, and their seed (from 1).
    covariance : Covariance or str, optional
        Kind of standard errors, as in `Logit.fit`.

    Returns
    -------
    Results
        The coefficients first, then what the family adds: ``dissimilarity[nest]`` (1 is the
        logit), ``sd[coefficient]`` (its sign has no meaning) or ``log_shape[alternative]``
        (0 for all is the logit; for ``"Asym"`` relative to the last alternative).

    Raises
    ------
    MissingExtraError
        If pylogit is not installed.
    UtilityError, DataError
        If an argument names what there is not, or does not belong to the family.
    ConvergenceError
        If the search does not reach the top; ``error.best`` holds the best results.

    References
    ----------
    Brathwaite, T. and Walker, J. L. (2018). Asymmetric, closed-form, finite-parameter models of
    multinomial choice. Journal of Choice Modelling 29, 78-112.
    """
    bound = utility.bind(data.study)
    kind = covariance_kind(covariance) if covariance is not None else default_covariance(data)
    model = _checked_model(data, bound, model_type, nests, random, draws, seed)
    if isinstance(kind, Bootstrap):
        raise UtilityError(
            "pylogit's models are not fitted again for a bootstrap",
            where="cc.pylogit.fit",
            cure="Choose 'classical', 'robust' or 'clustered', or bootstrap Logit(utility).",
        )
    with running() as pylogit:
        results = fit_with(pylogit, model, data)
    _check_top(results)
    return results.with_covariance(kind)


def _check_top(results: Results) -> None:
    """Refuse estimates that are not at a top, or at one that lies at infinity."""
    runaway = [
        name
        for name, value in zip(results.names, results.estimates, strict=True)
        if name.startswith("log_shape[") and not abs(value) < RUNAWAY
    ]
    if results.converged and not runaway:
        return
    status = results.optimisation.status
    problem, cure = status.message, "Choose another family, or draw other tastes with seed=."
    if runaway:
        problem = f"{', '.join(runaway)} grow without end: these data do not tell them"
        cure = (
            "Choose 'MNL', 'Nested Logit' or 'Cloglog'; shapes need alternatives that are chosen "
            "rarely in some tasks and often in others."
        )
    error = ConvergenceError(problem, where=results.model.title, cure=cure)
    error.best = results
    raise error


def _checked_model(
    data: ChoiceData,
    utility: Utility,
    model_type: str,
    nests: Mapping[str, Sequence[str]] | None,
    random: Sequence[str],
    draws: int,
    seed: int,
) -> PylogitModel:
    """Check that arguments and family belong together, and name every problem."""
    problems = []
    where = "cc.pylogit.fit"
    if model_type not in FAMILIES:
        problems.append(unknown_name(model_type, FAMILIES, "model type", where=where))
    for given, name, family in (
        (nests, "nests", "Nested Logit"),
        (random, "random", "Mixed Logit"),
    ):
        if given and model_type != family:
            text = f"`{name}` has no meaning for {model_type}"
            problems.append(Problem(text, f"Leave it out, or choose '{family}'.", where))
        if not given and model_type == family:
            problems.append(Problem(f"{family} needs `{name}`", f"Give {name}=...", where))
    problems += [
        unknown_name(name, utility.names, "coefficient", where="random")
        for name in random
        if name not in utility.names
    ]
    if model_type == "Mixed Logit" and (draws < 1 or seed < 1):
        problems.append(Problem("draws and seed start at 1", "Give 1 or more.", where))
    alternatives = alternatives_of(data)
    complete = _complete_nests(nests or {}, alternatives, problems)
    if problems:
        raise UtilityError.of(problems, "pylogit cannot fit this ({count} problems):")
    mixed = model_type == "Mixed Logit"
    return PylogitModel(
        utility,
        model_type,
        complete if model_type == "Nested Logit" else {},
        tuple(random),
        draws if mixed else None,
        seed if mixed else None,
    )


def _complete_nests(
    nests: Mapping[str, Sequence[str]], alternatives: Sequence[str], problems: list[Problem]
) -> dict[str, tuple[str, ...]]:
    """Add a nest for every alternative that is in none."""
    placed: dict[str, str] = {}
    for nest, members in nests.items():
        for name in members:
            if name not in alternatives:
                problems.append(
                    unknown_name(name, alternatives, "alternative", where=f"nest '{nest}'")
                )
            elif name in placed:
                text = f"'{name}' is in the nests '{placed[name]}' and '{nest}'"
                problems.append(Problem(text, "Leave it in one of them.", "nests"))
            placed[name] = nest
    complete = {nest: tuple(members) for nest, members in nests.items()}
    for name in alternatives:
        if name not in placed:
            complete[name if name not in complete else f"{name} alone"] = (name,)
    return complete
