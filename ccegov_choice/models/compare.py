"""Which of several models of the same choices to prefer, and what the tests say."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from ccegov_choice._table import Absent, Cell, Table
from ccegov_choice.errors import DataError, Problem
from ccegov_choice.models.classes.nesting import has_classes, is_restricted, why_no_test
from ccegov_choice.models.nesting import is_special_case

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.models.results import Results


@dataclass(frozen=True)
class Fit:
    """How well one model fits.

    Parameters
    ----------
    name : str
        What it is called in the comparison.
    log_likelihood : float
        At the estimates.
    parameters : int
        Free parameters.
    aic, bic : float
        Information criteria; tasks count as observations.
    rho_squared_adjusted : float
        ``1 - (LL - K) / LL_0`` against equal shares.
    converged : bool
        Whether its estimates are at the top of the likelihood.
    """

    name: str
    log_likelihood: float
    parameters: int
    aic: float
    bic: float
    rho_squared_adjusted: float
    converged: bool


@dataclass(frozen=True)
class Test:
    """A test of one model against another.

    Parameters
    ----------
    kind : {"likelihood ratio", "Ben-Akiva & Swait", "none"}
        Likelihood ratio where the first is a special case of the second, else the other; none
        where the number of classes differs.
    null, alternative : str
        The model that is held true, and the one that fits better.
    statistic : float
        Twice the gain in log-likelihood (also where there is no test); or the difference of
        adjusted rho-squared.
    degrees : int or None
        Degrees of freedom of the likelihood ratio.
    p_value : float or None
        Its p-value, or the upper bound of the chance that the worse of two models would fit so
        much better if it were true; None where it does not exist.
    reason : str
        Why it does not exist.
    """

    __test__ = False  # no test case, whatever pytest thinks of the name

    kind: str
    null: str
    alternative: str
    statistic: float
    degrees: int | None
    p_value: float | None
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """Fit of several models, and a test of each pair.

    Parameters
    ----------
    fits : tuple of Fit
        One for each model, in the order given.
    tests : tuple of Test
        One for each pair.
    notes : tuple of str
        What a reader must know besides.
    """

    fits: tuple[Fit, ...]
    tests: tuple[Test, ...]
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each model."""
        import pandas as pd

        return pd.DataFrame([vars(fit) for fit in self.fits])

    def tests_frame(self) -> pd.DataFrame:
        """Return one row for each pair; missing where a test does not exist."""
        import pandas as pd

        return pd.DataFrame([vars(test) for test in self.tests])

    def table(self) -> Table:
        """Return the fit of each model."""
        columns = ("model", "log-likelihood", "parameters", "AIC", "BIC", "adj. rho-squared")
        rows = tuple(
            (
                fit.name if fit.converged else f"{fit.name} (NOT CONVERGED)",
                fit.log_likelihood,
                fit.parameters,
                fit.aic,
                fit.bic,
                fit.rho_squared_adjusted,
            )
            for fit in self.fits
        )
        formats = dict(zip(columns[1:], (",.3f", "d", ",.2f", ",.2f", ".4f"), strict=True))
        return Table("Models compared", columns, rows, self.notes, formats)

    def tests_table(self) -> Table:
        """Return the tests of each pair."""
        columns = ("held true", "against", "test", "statistic", "df", "p-value")
        rows = tuple(self._test_row(test) for test in self.tests)
        notes = (
            "Likelihood ratio: the first model is a special case of the second. Ben-Akiva & "
            "Swait: an upper bound of the chance that the first fits worse by so much although it "
            "is the true one; the statistic is the difference of adjusted rho-squared.",
        )
        formats = {"statistic": ".4f", "p-value": ".4g"}
        return Table("Tests of pairs of models", columns, rows, notes, formats)

    @staticmethod
    def _test_row(test: Test) -> tuple[Cell, ...]:
        p_value: Cell = Absent(test.reason) if test.p_value is None else test.p_value
        return (test.null, test.alternative, test.kind, test.statistic, test.degrees, p_value)

    def _repr_html_(self) -> str:
        return self.table().to_html() + (self.tests_table().to_html() if self.tests else "")

    def __repr__(self) -> str:
        parts = [self.table().to_text()]
        return "\n\n".join([*parts, self.tests_table().to_text()] if self.tests else parts)


def compare(*results: Results, names: Sequence[str] | None = None) -> Comparison:
    """Compare models that were fitted to the same choices.

    Parameters
    ----------
    *results : Results
        Two or more fitted models.
    names : sequence of str, optional
        What to call them; by default model and number.

    Returns
    -------
    Comparison
        Log-likelihood, AIC, BIC and adjusted rho-squared of each; for each pair the likelihood
        ratio test where one is a special case of the other, else the bound of Ben-Akiva & Swait.

    Raises
    ------
    DataError
        If there are fewer than two, or they were fitted to different choices.

    Notes
    -----
    With adjusted rho-squared ``r = 1 - (LL - K) / LL_0``, the chance that model 1, if true, has
    ``r_2 - r_1 >= z > 0`` is at most ``Phi(-sqrt(-2 z LL_0 + K_2 - K_1))``.

    References
    ----------
    Ben-Akiva & Swait (1986), Transportation Science 20, 133-136.
    """
    labels = _names(results, names)
    _require_same_data(results, labels)
    fits = tuple(_fit(item, name) for item, name in zip(results, labels, strict=True))
    pairs = itertools.combinations(zip(results, labels, strict=True), 2)
    tests = tuple(_test(*first, *second) for first, second in pairs)
    return Comparison(fits, tests, _notes(results, labels))


def _names(results: Sequence[Results], names: Sequence[str] | None) -> list[str]:
    if len(results) < 2:
        raise DataError(
            "one model cannot be compared", where="compare", cure="Give two results or more."
        )
    if names is None:
        return [f"{n}. {item.model.title}" for n, item in enumerate(results, 1)]
    if len(names) != len(results) or len(set(names)) != len(names):
        raise DataError(
            f"{len(names)} names for {len(results)} models, or one twice",
            where="compare(names=...)",
            cure="Give each model a name of its own, in the same order.",
        )
    return [str(name) for name in names]


def _require_same_data(results: Sequence[Results], labels: Sequence[str]) -> None:
    first, problems = results[0], []
    for item, name in zip(results[1:], labels[1:], strict=True):
        differs = [
            f"{getattr(first, what):,} against {getattr(item, what):,} {words}"
            for what, words in (("people", "people"), ("tasks", "tasks"), ("rows", "alternatives"))
            if getattr(first, what) != getattr(item, what)
        ]
        if not differs and not _close(first.log_likelihood_null, item.log_likelihood_null):
            differs = ["other choice sets or weights"]
        if not differs and not np.array_equal(first.person_ids, item.person_ids):
            differs = ["other people"]
        constants = first.log_likelihood_constants, item.log_likelihood_constants
        if not differs and not _close(*constants):
            differs = ["other shares of the alternatives"]
        if not differs and _other_content(first, item):
            differs = ["other choices on the same tasks"]
        if differs:
            problems.append(
                Problem(
                    f"'{name}' was fitted to other choices than '{labels[0]}': "
                    f"{', '.join(differs)}",
                    "Fit all models to the same ChoiceData; then their likelihoods can be "
                    "compared.",
                    "compare",
                )
            )
    if problems:
        raise DataError.of(problems, "{count} models cannot be compared with the first:")


def _close(first: float | None, second: float | None) -> bool:
    return first is None or second is None or math.isclose(first, second, rel_tol=1e-9)


def _fit(results: Results, name: str) -> Fit:
    row = results.glance().iloc[0]
    return Fit(
        name,
        results.log_likelihood,
        results.parameters,
        float(row["aic"]),
        float(row["bic"]),
        float(row["rho_squared_adjusted"]),
        results.converged,
    )


def _test(first: Results, first_name: str, second: Results, second_name: str) -> Test:
    if has_classes(first) or has_classes(second):
        if first.log_likelihood > second.log_likelihood:
            first, first_name, second, second_name = second, second_name, first, first_name
        if is_restricted(first, second):
            return _likelihood_ratio(first, first_name, second, second_name)
        gain = 2 * (second.log_likelihood - first.log_likelihood)
        reason = why_no_test(first, second)
        return Test("none", first_name, second_name, gain, None, None, reason)
    if is_special_case(first, second):
        return _likelihood_ratio(first, first_name, second, second_name)
    if is_special_case(second, first):
        return _likelihood_ratio(second, second_name, first, first_name)
    if _adjusted(first) > _adjusted(second):
        first, first_name, second, second_name = second, second_name, first, first_name
    return _ben_akiva_swait(first, first_name, second, second_name)


def _likelihood_ratio(small: Results, small_name: str, large: Results, large_name: str) -> Test:
    statistic = max(2 * (large.log_likelihood - small.log_likelihood), 0.0)
    degrees = large.parameters - small.parameters
    p_value = float(special.chdtrc(degrees, statistic))
    return Test("likelihood ratio", small_name, large_name, statistic, degrees, p_value)


def _adjusted(results: Results) -> float:
    return 1 - (results.log_likelihood - results.parameters) / results.log_likelihood_null


def _ben_akiva_swait(worse: Results, worse_name: str, better: Results, better_name: str) -> Test:
    gap = _adjusted(better) - _adjusted(worse)
    inside = -2 * gap * worse.log_likelihood_null + better.parameters - worse.parameters
    reason = ""
    bound: float | None = None
    if gap <= 0:
        reason = "the two fit equally well"
    elif inside < 0:
        reason = "the gain is smaller than the difference in parameters"
    else:
        bound = float(special.ndtr(-math.sqrt(inside)))
    return Test("Ben-Akiva & Swait", worse_name, better_name, gap, None, bound, reason)


def _notes(results: Sequence[Results], labels: Sequence[str]) -> tuple[str, ...]:
    notes = ["BIC counts tasks as observations; rho-squared is against equal shares."]
    if any(item.weighted for item in results):
        notes.append("The log-likelihoods are weighted, so tests, AIC and BIC are only a guide.")
    elif any(item.tasks > item.people for item in results):
        notes.append("People answered several tasks; the tests take their answers as independent.")
    if any(has_classes(item) for item in results):
        notes.append(
            "Numbers of classes are compared by BIC, and by whether each class means something: "
            "no likelihood ratio tests them, for a class less is a share at the edge."
        )
    for item, name in zip(results, labels, strict=True):
        if not item.converged:
            notes.append(f"{name} did not converge: {item.optimisation.status.cure}")
    return tuple(notes)


def _other_content(first: Results, other: Results) -> bool:
    """Whether the records of both fits name choices or files, and not the same ones."""
    mine, theirs = first.provenance.parents, other.provenance.parents
    return any(
        mine[key] != theirs[key] for key in ("choices", "data") if key in mine and key in theirs
    )
