"""Criteria: what a good design makes small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy import stats

from ccegov_choice.errors import DesignError, Problem, unknown_name
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.gain import (
    improvement_sign,
    parse_gain,
    payment_attribute,
    payment_sign,
)
from ccegov_choice.study.profile import Profile
from ccegov_choice.study.utility import Utility

Floats = npt.NDArray[np.float64]
Kind = Literal["D", "A", "C", "S", "G", "I"]
Average = Literal["mean", "log-mean", "median", "quantile"]

KINDS: tuple[str, ...] = get_args(Kind)
AVERAGES: tuple[str, ...] = get_args(Average)
SAID = {
    "D": "D-error: det(covariance)^(1/K)",
    "A": "A-error: mean variance of the coefficients",
    "C": "C-error: mean variance of the willingness to trade",
    "S": "S-error: people needed for every coefficient to differ from zero",
    "G": "G-error: largest variance of the utility of a profile",
    "I": "I-error: mean variance of the utility of the profiles",
}


@dataclass(frozen=True)
class Criterion:
    """What the search makes small; all of them hold for the whole design answered once.

    Parameters
    ----------
    kind : {"D", "A", "C", "S", "G", "I"}
        ``D``: the determinant of the covariance to the power of ``1/K`` (with `nuisance`, of the
        other coefficients: Ds). ``A``: the mean variance of the coefficients. ``C``: the mean
        variance of the willingness to trade named in `trades` (delta method). ``S``: how often the
        whole design has to be answered until every coefficient, at its mean in the prior, differs
        from zero (|t| >= 1.96). ``G`` and ``I``: the largest and the mean variance of the utility
        of `profiles`, each compared with their average.
    average : {"mean", "log-mean", "median", "quantile"}
        How errors are averaged over the draws of the prior.
    quantile : float
        Which quantile, for ``average="quantile"``: 0.9 guards against bad luck.
    nuisance : tuple of str
        Coefficients that have to be estimated but whose precision does not matter, such as
        constants (D, A and S).
    trades : tuple of (str, str)
        ``(gain, pay_in)`` in the grammar of `willingness_to_trade` (C).
    profiles : tuple of Profile
        Profiles that matter (G, I).

    Raises
    ------
    DesignError
        If a word is unknown, or what the kind needs is missing.
    """

    kind: Kind = "D"
    average: Average = "mean"
    quantile: float = 0.9
    nuisance: tuple[str, ...] = ()
    trades: tuple[tuple[str, str], ...] = ()
    profiles: tuple[Profile, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "nuisance", tuple(self.nuisance))
        object.__setattr__(self, "trades", tuple((a, b) for a, b in self.trades))
        object.__setattr__(self, "profiles", tuple(self.profiles))
        problems = _problems(self)
        if problems:
            raise DesignError.of(problems, "The criterion has {count} problems:")

    @classmethod
    def read(cls, given: Criterion | str | Mapping[str, Any]) -> Criterion:
        """Return a criterion from itself, its letter, or what `to_dict` gave."""
        if isinstance(given, Criterion):
            return given
        if isinstance(given, str):
            return cls(given)  # type: ignore[arg-type]
        content = dict(given)
        content["profiles"] = tuple(
            Profile(dict(item["levels"]), item["alternative"]) for item in content["profiles"]
        )
        content["trades"] = tuple(tuple(pair) for pair in content["trades"])
        return cls(**content)

    def to_dict(self) -> dict[str, Any]:
        """Return the criterion as JSON can hold it."""
        return {
            "kind": self.kind,
            "average": self.average,
            "quantile": self.quantile,
            "nuisance": list(self.nuisance),
            "trades": [list(pair) for pair in self.trades],
            "profiles": [
                {"levels": dict(item.levels), "alternative": item.alternative}
                for item in self.profiles
            ],
        }

    @property
    def name(self) -> str:
        """Short name, such as ``"D-error"`` or ``"Ds-error"``."""
        return f"{self.kind}{'s' if self.nuisance and self.kind == 'D' else ''}-error"

    @property
    def said(self) -> str:
        """What it is, in words, with how it is averaged."""
        text = SAID[self.kind]
        if self.nuisance:
            text += f", without {', '.join(self.nuisance)}"
        return text

    @property
    def averaging(self) -> int:
        """How draws are averaged, as the kernels count it."""
        return {"mean": 0, "log-mean": 1, "median": 2, "quantile": 2}[self.average]

    @property
    def share(self) -> float:
        """Which quantile of the draws."""
        return 0.5 if self.average == "median" else self.quantile

    @property
    def largest(self) -> bool:
        """Whether the largest of several variances counts, not their sum."""
        return self.kind in ("S", "G")

    def nuisance_mask(self, names: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return ``(K,)``, true for coefficients whose precision does not matter.

        Raises
        ------
        DesignError
            If a name is unknown, or nothing is left.
        """
        unknown = [name for name in self.nuisance if name not in names]
        if unknown:
            raise DesignError.of(
                [unknown_name(n, names, "coefficient", where="nuisance") for n in unknown]
            )
        mask = np.array([name in self.nuisance for name in names])
        if mask.all():
            raise DesignError(
                "every coefficient is called a nuisance",
                where="criterion",
                cure="Leave out of `nuisance` what the study is about.",
            )
        return mask

    def loads(self, utility: Utility, values: Floats, centre: Floats) -> Floats:
        """Return the combinations whose variances count, at each draw.

        Parameters
        ----------
        utility : Utility
            Bound to its study.
        values : ndarray of shape (R, K)
            Draws of the coefficients.
        centre : ndarray of shape (K,)
            Their means in the prior.

        Returns
        -------
        ndarray of shape (R, F, K)
            Each times the square root of its weight; ``F`` is 0 for D.
        """
        draws, size = values.shape
        matters = ~self.nuisance_mask(utility.names)
        if self.kind == "D":
            return np.zeros((draws, 0, size))
        if self.kind == "A":
            rows = np.eye(size)[matters] / np.sqrt(matters.sum())
        elif self.kind == "S":
            known = np.flatnonzero(matters & (np.abs(centre) > 1e-12))
            if len(known) == 0:
                raise DesignError(
                    "the S-error does not exist: every coefficient has a mean of zero",
                    where="criterion",
                    cure="Give a prior with means, or use the D-error.",
                )
            rows = np.eye(size)[known] * (stats.norm.ppf(0.975) / np.abs(centre[known]))[:, None]
        elif self.kind == "C":
            return self._trade_loads(utility, values)
        else:
            encoded = utility.encode(self.profiles)
            rows = encoded - encoded.mean(axis=0)
            if self.kind == "I":
                rows = rows / np.sqrt(len(rows))
        return np.broadcast_to(rows, (draws, *rows.shape)).copy()

    def _trade_loads(self, utility: Utility, values: Floats) -> Floats:
        """Gradients of the ratios: ``(a - w b) / (b'beta)`` for ``w = a'beta / b'beta``."""
        loads = []
        for gain, pay_in in self.trades:
            top, bottom = trade_vectors(utility, gain, pay_in)
            below = values @ bottom
            if (np.abs(below) < 1e-12).any():
                raise DesignError(
                    f"the willingness to trade '{gain}' in '{pay_in}' does not exist where a unit "
                    f"of '{pay_in}' is worth nothing, and the prior holds that possible",
                    where="criterion 'C'",
                    cure=f"Give '{pay_in}' a belief with one sign only, such as Belief.lognormal.",
                )
            ratio = values @ top / below
            loads.append((top - ratio[:, None] * bottom) / below[:, None])
        return np.asarray(np.stack(loads, axis=1) / np.sqrt(len(loads)))


def trade_vectors(utility: Utility, gain: str, pay_in: str) -> tuple[Floats, Floats]:
    """Return what multiplies the coefficients in the utility of a gain, and of a unit to pay in.

    Parameters
    ----------
    utility : Utility
        Bound to its study.
    gain, pay_in : str
        As in `willingness_to_trade`.

    Returns
    -------
    top, bottom : ndarray of shape (K,)
        Their products with the coefficients have the willingness to trade as their ratio.
    """
    study = utility.study
    assert study is not None
    standpoint = Standpoint(utility, {}, None)
    found = parse_gain(gain, utility, study)
    payment = payment_attribute(pay_in, utility, study)
    attribute = study.attribute(found.attribute)
    if found.one_unit:
        top = improvement_sign(attribute) * standpoint.slope(attribute)
    else:
        top = standpoint.change(found)
    # paying is the loss of a unit: what it is worth to be spared one
    bottom = payment_sign(payment) * standpoint.slope(payment)
    return np.asarray(top), np.asarray(bottom)


def _problems(criterion: Criterion) -> list[Problem]:
    problems = []
    if criterion.kind not in KINDS:
        problems.append(unknown_name(criterion.kind, KINDS, "criterion"))
    if criterion.average not in AVERAGES:
        problems.append(unknown_name(criterion.average, AVERAGES, "average"))
    if not 0 < criterion.quantile < 1:
        text = f"quantile {criterion.quantile:g} is not between 0 and 1"
        problems.append(Problem(text, "Give a share of the draws, such as 0.9."))
    if criterion.kind == "C" and not criterion.trades:
        cure = 'Name them: Criterion("C", trades=[("dr_treatment: polite", "te_decision_days")]).'
        problems.append(Problem("the C-error is about trades, and none is named", cure))
    if criterion.kind in ("G", "I") and len(criterion.profiles) < 2:
        cure = "Give at least two: Criterion('G', profiles=[study.profile(...), ...])."
        problems.append(
            Problem(f"the {criterion.kind}-error is about profiles, and too few are given", cure)
        )
    return problems
