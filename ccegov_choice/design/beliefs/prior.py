"""Priors: what is believed about the coefficients before the survey, and draws from it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ccegov_choice._files import read_text, sha256, write_atomic
from ccegov_choice._table import Table
from ccegov_choice.design.beliefs.belief import Belief
from ccegov_choice.design.beliefs.quadrature import Rule, normal_points
from ccegov_choice.errors import DesignError, FileFormatError, Problem, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.coding import Levels
from ccegov_choice.study.gain import improvement_sign
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]
Loose = Belief | float | tuple[float, float]


class PriorDraws(NamedTuple):
    """Values that stand for a prior in an average.

    Attributes
    ----------
    weights : ndarray of shape (R,)
        They sum to one.
    values : ndarray of shape (R, K)
        Coefficients.
    """

    weights: Floats
    values: Floats


class Estimated(Protocol):
    """What a prior needs of results: `Results` is one."""

    @property
    def utility(self) -> Utility:
        """The utility that was estimated."""

    @property
    def utility_estimates(self) -> Floats:
        """Its ``K`` coefficients."""

    @property
    def utility_covariance(self) -> Floats:
        """Their covariance ``(K, K)``."""


@dataclass(frozen=True, eq=False, repr=False)
class Prior:
    """What is believed about every coefficient of a utility.

    Parameters
    ----------
    utility : Utility
        Bound to its study.
    beliefs : mapping of str to Belief
        Coefficient -> belief; every coefficient is named.
    correlation : ndarray of shape (K, K), optional
        Correlation of the normal scores that the beliefs are quantiles of: the correlation itself
        for normal beliefs.

    Raises
    ------
    DesignError
        Listing every coefficient that is missing or unknown, and a correlation that cannot be.
    """

    utility: Utility
    beliefs: Mapping[str, Belief]
    correlation: Floats | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        names = self.names
        where = f"prior for '{self.utility.formula}'"
        problems = [
            unknown_name(name, names, "coefficient", where=where)
            for name in self.beliefs
            if name not in names
        ]
        problems += [
            Problem(f"nothing is believed about '{name}'", "Give a belief, or 0.", where)
            for name in names
            if name not in self.beliefs
        ]
        if self.correlation is not None:
            problems += _correlation_problems(self.correlation, len(names), where)
        if problems:
            raise DesignError.of(problems, "The prior has {count} problems:")
        object.__setattr__(self, "beliefs", {name: self.beliefs[name] for name in names})

    # -- making ------------------------------------------------------------------------------

    @classmethod
    def zero(cls, utility: Utility) -> Prior:
        """Take every coefficient as zero: nothing is known, all alternatives are equally likely."""
        return cls(utility, {name: Belief.known(0.0) for name in utility.names})

    @classmethod
    def of(
        cls,
        utility: Utility,
        beliefs: Mapping[str, Loose],
        *,
        default: Loose | None = None,
        correlation: Mapping[tuple[str, str], float] | None = None,
    ) -> Prior:
        """Make a prior from beliefs by name.

        Parameters
        ----------
        utility : Utility
            Bound to its study.
        beliefs : mapping
            Coefficient -> `Belief`, a number (known), or ``(mean, sd)`` (normal).
        default : Belief, number or (mean, sd), optional
            For coefficients not named; without it every coefficient has to be named.
        correlation : mapping, optional
            ``(coefficient, coefficient)`` -> correlation of their normal scores.
        """
        made = {name: _belief(given) for name, given in beliefs.items()}
        if default is not None:
            made = {name: _belief(default) for name in utility.names} | made
        return cls(utility, made, _pairs_to_matrix(correlation, utility.names))

    @classmethod
    def normal(
        cls,
        utility: Utility,
        mean: Mapping[str, float],
        sd: float | Mapping[str, float] = 0.0,
        *,
        covariance: npt.ArrayLike | None = None,
    ) -> Prior:
        """Make a normal prior; with an sd of zero it is a point ("local" prior).

        Parameters
        ----------
        utility : Utility
            Bound to its study.
        mean : mapping of str to float
            Coefficient -> mean; those not named have mean zero.
        sd : float or mapping of str to float
            Standard deviation of all, or of each (zero for those not named).
        covariance : array of shape (K, K), optional
            Instead of `sd`, in the order of ``utility.names``, as from a pilot.
        """
        names = utility.names
        problems = [
            unknown_name(name, names, "coefficient", where="prior")
            for name in dict.fromkeys([*mean, *(sd if isinstance(sd, Mapping) else ())])
            if name not in names
        ]
        if problems:
            raise DesignError.of(problems, "The prior has {count} problems:")
        if covariance is None:
            spread = {
                name: float(sd.get(name, 0.0)) if isinstance(sd, Mapping) else float(sd)
                for name in names
            }
            correlation = None
        else:
            matrix = np.asarray(covariance, dtype=np.float64)
            _check_covariance(matrix, len(names))
            deviations = np.sqrt(np.diag(matrix))
            spread = dict(zip(names, map(float, deviations), strict=True))
            scale = np.where(deviations > 0, deviations, 1.0)
            correlation = matrix / np.outer(scale, scale)
            np.fill_diagonal(correlation, 1.0)
        beliefs = {name: Belief.normal(float(mean.get(name, 0.0)), spread[name]) for name in names}
        return cls(utility, beliefs, correlation)

    @classmethod
    def from_results(cls, results: Estimated, *, widen: float = 1.0) -> Prior:
        """Make a normal prior from fitted results, such as those of a pilot.

        Parameters
        ----------
        results : Results
            Its utility coefficients and their covariance are used.
        widen : float
            Factor on the standard errors, for a main survey among other people.
        """
        utility = results.utility
        mean = dict(zip(utility.names, map(float, results.utility_estimates), strict=True))
        covariance = np.asarray(results.utility_covariance, dtype=np.float64)
        return cls.normal(utility, mean, covariance=covariance * widen**2)

    @classmethod
    def signs(cls, utility: Utility, size: float = 1.0) -> Prior:
        """Make a prior that knows only signs, from the directions that the study declares.

        A coefficient whose attribute has a direction has a half-normal belief of the known sign;
        others have a normal belief around zero. Spreads are set so that one step between
        neighbouring levels (numeric attributes: the whole range) has a typical effect of `size`
        on utility.

        Parameters
        ----------
        utility : Utility
            Bound to its study.
        size : float
            Typical difference in utility between the ends of an attribute.
        """
        if size <= 0:
            raise DesignError(f"size {size:g} is not above zero", where="prior", cure="Give 1.")
        return cls(utility, _sign_beliefs(utility, size))

    # -- looking -----------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the ``K`` coefficients."""
        return self.utility.names

    @property
    def study(self) -> Study:
        """The study that codes the utility."""
        study = self.utility.study
        if study is None:
            raise DesignError(
                "the utility of the prior does not know its study",
                where="prior",
                cure="Bind it: Utility(formula, study), or Utility.main_effects(study).",
            )
        return study

    @property
    def mean(self) -> dict[str, float]:
        """Expected value of each coefficient."""
        return {name: belief.mean for name, belief in self.beliefs.items()}

    @property
    def sd(self) -> dict[str, float]:
        """Standard deviation of each coefficient."""
        return {name: belief.sd for name, belief in self.beliefs.items()}

    @property
    def is_local(self) -> bool:
        """True if every coefficient is taken as known: one point instead of an average."""
        return all(belief.is_known for belief in self.beliefs.values())

    @cached_property
    def centre(self) -> Floats:
        """Expected values ``(K,)``."""
        return np.array(list(self.mean.values()))

    def draws(self, count: int, *, rule: Rule = "sobol", seed: int = 1) -> PriorDraws:
        """Return values that stand for the prior in an average.

        Parameters
        ----------
        count : int
            How many to aim at; one point when every coefficient is known.
        rule : {"sobol", "mlhs", "gauss-hermite", "spherical-radial"}
            How they are placed; see `ccegov_choice.design.beliefs.quadrature.normal_points`.
        seed : int
            Seed of the placement.
        """
        uncertain = [k for k, belief in enumerate(self.beliefs.values()) if not belief.is_known]
        weights, points = normal_points(len(uncertain), count, rule, seed)
        if self.correlation is not None and uncertain:
            points = points @ _root(self.correlation[np.ix_(uncertain, uncertain)]).T
        scores = np.zeros((len(weights), len(self.names)))
        scores[:, uncertain] = points
        columns = [belief.at(scores[:, k]) for k, belief in enumerate(self.beliefs.values())]
        return PriorDraws(weights, np.stack(columns, axis=1))

    def table(self) -> Table:
        """Return the beliefs as a table."""
        rows = tuple(
            (name, belief.shape, belief.mean, None if belief.is_known else belief.sd)
            for name, belief in self.beliefs.items()
        )
        columns = ("Coefficient", "Belief", "Mean", "Standard deviation")
        return Table(f"Prior for '{self.utility.formula}'", columns, rows)

    def __str__(self) -> str:
        return self.table().to_text()

    def __repr__(self) -> str:
        doubtful = sum(not belief.is_known for belief in self.beliefs.values())
        return f"<Prior over {len(self.names)} coefficients, {doubtful} of them uncertain>"

    def _repr_html_(self) -> str:
        return self.table().to_html()

    # -- files -------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return the prior as JSON can hold it; the study is not part of it."""
        return {
            "formula": self.utility.formula,
            "coefficients": {name: belief.to_dict() for name, belief in self.beliefs.items()},
            "correlation": None if self.correlation is None else self.correlation.tolist(),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], study: Study) -> Prior:
        """Read what `to_dict` gave."""
        beliefs = {k: Belief.from_dict(v) for k, v in content["coefficients"].items()}
        matrix = content.get("correlation")
        correlation = None if matrix is None else np.array(matrix, dtype=np.float64)
        return cls(Utility(content["formula"], study), beliefs, correlation)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of `to_toml`, in hexadecimal."""
        return sha256(self.to_toml())

    def to_toml(self) -> str:
        """Return the prior as TOML, from which `read` makes an equal one."""
        lines = [
            "schema = 1",
            f"formula = {json.dumps(self.utility.formula, ensure_ascii=False)}",
            "",
        ]
        lines.append("[coefficients]")
        for name, belief in self.beliefs.items():
            lines.append(f'"{name}" = {_inline(belief)}')
        if self.correlation is not None:
            for i, first in enumerate(self.names):
                for j, second in enumerate(self.names[:i]):
                    if self.correlation[i, j] != 0:
                        lines += ["", "[[correlation]]", f'between = ["{second}", "{first}"]']
                        lines.append(f"value = {float(self.correlation[i, j])!r}")
        return "\n".join(lines) + "\n"

    def write(self, path: str | Path) -> Path:
        """Write ``prior.toml``, whole or not at all; return its path."""
        return write_atomic(path, self.to_toml())

    @classmethod
    def read(cls, path: str | Path, study: Study) -> Prior:
        """Read a ``prior.toml``.

        Parameters
        ----------
        path : str or Path
            The file. ``formula`` may be left out (main effects), and a table ``[default]`` holds
            the belief about coefficients that are not listed.
        study : Study
            The study that the coefficients belong to.

        Raises
        ------
        FileFormatError
            If the file is missing or not TOML.
        DesignError
            Listing every unknown coefficient and every belief that makes no sense.
        """
        where = str(path)
        try:
            content = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise FileFormatError(
                f"the file is not TOML: {error}", where=where, cure="Mend the line it names."
            ) from error
        return _from_toml(content, study, where)


def _from_toml(content: Mapping[str, Any], study: Study, where: str) -> Prior:
    known = ("schema", "formula", "coefficients", "default", "correlation")
    problems = [unknown_name(k, known, "key", where=where) for k in content if k not in known]
    formula = content.get("formula")
    utility = Utility(formula, study) if formula else Utility.main_effects(study)
    beliefs: dict[str, Belief] = {}
    for name, given in dict(content.get("coefficients", {})).items():
        try:
            beliefs[name] = Belief.from_dict(given)
        except (DesignError, TypeError, ValueError) as error:
            found = error.problems if isinstance(error, DesignError) else None
            problems += [
                Problem(p.problem, p.cure, f"{where}, {name}")
                for p in found or (Problem(f"'{given}' is no belief", 'Write { shape = "..." }.'),)
            ]
    pairs = {
        (str(item["between"][0]), str(item["between"][1])): float(item["value"])
        for item in content.get("correlation", ())
    }
    if problems:
        raise DesignError.of(problems, "The prior has {count} problems:")
    default = Belief.from_dict(content["default"]) if "default" in content else None
    return Prior.of(utility, beliefs, default=default, correlation=pairs or None)


def _belief(given: Loose) -> Belief:
    if isinstance(given, Belief):
        return given
    if isinstance(given, Sequence):
        return Belief.normal(*map(float, given))
    return Belief.known(float(given))


def _inline(belief: Belief) -> str:
    if belief.is_known:
        return repr(belief.numbers["value"])
    numbers = ", ".join(f"{key} = {value!r}" for key, value in belief.numbers.items())
    return f'{{ shape = "{belief.shape}", {numbers} }}'


def _pairs_to_matrix(
    pairs: Mapping[tuple[str, str], float] | None, names: Sequence[str]
) -> Floats | None:
    if not pairs:
        return None
    unknown = [n for pair in pairs for n in pair if n not in names]
    if unknown:
        raise DesignError.of(
            [unknown_name(n, names, "coefficient", where="correlation") for n in unknown]
        )
    matrix = np.eye(len(names))
    for (first, second), value in pairs.items():
        i, j = names.index(first), names.index(second)
        matrix[i, j] = matrix[j, i] = value
    return matrix


def _correlation_problems(matrix: Floats, size: int, where: str) -> list[Problem]:
    if matrix.shape != (size, size) or not np.allclose(matrix, matrix.T, atol=1e-10):
        text = f"the correlation is not a symmetric {size} x {size} matrix"
        return [Problem(text, "Give one row and column per coefficient.", where)]
    if not np.allclose(np.diag(matrix), 1.0) or np.linalg.eigvalsh(matrix).min() < -1e-8:
        text = "these correlations cannot occur together"
        return [Problem(text, "Bring them nearer to zero.", where)]
    return []


def _check_covariance(matrix: Floats, size: int) -> None:
    if matrix.shape != (size, size) or not np.allclose(matrix, matrix.T):
        raise DesignError(
            f"the covariance is not a symmetric {size} x {size} matrix",
            where="prior",
            cure="Give one row and column per coefficient, in the order of utility.names.",
        )
    if np.linalg.eigvalsh(matrix).min() < -1e-8 * max(float(np.abs(matrix).max()), 1e-300):
        raise DesignError(
            "the covariance has a negative variance in some direction",
            where="prior",
            cure="Give a covariance matrix as it comes from an estimation.",
        )


def _root(correlation: Floats) -> Floats:
    """Return a square root of a correlation matrix, which may be singular."""
    values, vectors = np.linalg.eigh(correlation)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


# --- only signs are known ------------------------------------------------------------------------


def _sign_beliefs(utility: Utility, size: float) -> dict[str, Belief]:
    study = utility.study
    assert study is not None
    beliefs: dict[str, Belief] = {}
    for term in utility.terms:
        sizes = _term_sizes(utility, term.names)
        for name in term.names:
            spread = size / sizes[name] if sizes[name] > 0 else size
            sign = _sign_of(name, term.factors, study)
            if sign == 0:
                beliefs[name] = Belief.normal(0.0, spread)
            elif sign > 0:
                beliefs[name] = Belief.truncated(0.0, spread, low=0.0)
            else:
                beliefs[name] = Belief.truncated(0.0, spread, high=0.0)
    return beliefs


def _sign_of(name: str, factors: Sequence[Any], study: Study) -> float:
    """Return the sign that the declared direction gives a coefficient; 0 where it says nothing."""
    if len(factors) != 1:
        return 0.0
    factor = getattr(factors[0], "factor", factors[0])
    source = getattr(factor, "source", None)
    if source is None or source not in study.attribute_ids:
        return 0.0
    attribute: Attribute = study.attribute(source)
    if attribute.direction == "0":
        return 0.0
    if not isinstance(factor, Levels):
        # the first column of a line, logarithm or curve rises with the value itself
        first = name.startswith(factor.names[0])
        return improvement_sign(attribute) if first and attribute.is_numeric else 0.0
    if attribute.kind == "categorical" and len(factor.levels) > 2:
        return 0.0
    level = name.split("[", 1)[1].split("]", 1)[0]
    later = factor.levels.index(level) > factor.levels.index(factor.base)
    rises = attribute.direction == "+"
    if factor.effects and len(factor.levels) > 2:
        # with effects coding only the ends lie on a known side of the average
        if level not in (factor.levels[0], factor.levels[-1]):
            return 0.0
        later = level == factor.levels[-1]
    return 1.0 if later == rises else -1.0


def _term_sizes(utility: Utility, names: Sequence[str]) -> dict[str, float]:
    """Return the range of each column over the levels that are shown."""
    from ccegov_choice.design.efficient.encoding import column_ranges

    ranges = column_ranges(utility)
    return {name: ranges[name] for name in names}
