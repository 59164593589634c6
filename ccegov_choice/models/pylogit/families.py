"""The model families of pylogit: their estimators, extra parameters and starting values."""

from __future__ import annotations

import importlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.models.fitting.estimate import Evaluation
from ccegov_choice.models.pylogit.repair import RowMap

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# pylogit's module and estimator class of each family
_ESTIMATORS = {
    "MNL": ("conditional_logit", "MNLEstimator"),
    "Nested Logit": ("nested_logit", "NestedEstimator"),
    "Mixed Logit": ("mixed_logit", "MixedEstimator"),
    "Asym": ("asym_logit", "AsymEstimator"),
    "Cloglog": ("clog_log", "ClogEstimator"),
    "Scobit": ("scobit", "ScobitEstimator"),
    "Uneven": ("uneven_logit", "UnevenEstimator"),
}
# logit of the dissimilarity of a nest: 40 is one to the last bit, 1.4 is about 0.8
ALONE = 40.0
_NEST_START = 1.4
_SD_START = 0.1
_STEP = 6e-6


@dataclass(frozen=True, eq=False)
class LongData:
    """Choice data as pylogit takes them.

    Parameters
    ----------
    frame : DataFrame of A rows
        ``alternative``, ``task`` and ``person`` numbered from 1, ``chosen`` 0 or 1, and a column
        per coefficient, divided by its scale.
    columns : tuple of K str
        Names of the coefficient columns.
    scale : ndarray of shape (K,)
        What each column was divided by.
    alternatives : tuple of str
        Names of the alternatives, by their number.
    weights : ndarray of shape (A,)
        Weight of the task of each row.
    """

    frame: pd.DataFrame
    columns: tuple[str, ...]
    scale: FloatArray
    alternatives: tuple[str, ...]
    weights: FloatArray


@dataclass(frozen=True)
class Extras:
    """Parameters of a family besides the coefficients, in pylogit's order.

    Parameters
    ----------
    names : tuple of str
        As they are reported.
    start : ndarray
        First values, in pylogit's scale.
    held : tuple of str
        Why a parameter stays at its first value; empty where it moves.
    """

    names: tuple[str, ...] = ()
    start: tuple[float, ...] = ()
    held: tuple[str, ...] = ()


class FamilyLikelihood:
    """The likelihood of one of pylogit's families, computed by pylogit.

    Parameters are in pylogit's order (extra ones first, but standard deviations last) and scale.

    Parameters
    ----------
    pylogit : module
        From `pylogit_repair.running`; calls are only valid inside it.
    family : str
        One of `pylogit_model.FAMILIES`.
    data : LongData
        The choices.
    nests : mapping of str to sequence of str
        Nest -> alternatives, for the nested logit.
    random : sequence of int
        Positions of the coefficients that differ between people, for the mixed logit.
    draws, seed : int
        Draws per person and their seed, for the mixed logit.
    """

    def __init__(
        self,
        pylogit: ModuleType,
        family: str,
        data: LongData,
        *,
        nests: Mapping[str, Sequence[str]] | None = None,
        random: Sequence[int] = (),
        draws: int = 200,
        seed: int = 1,
    ) -> None:
        self.family = family
        self.data = data
        self._pylogit = pylogit
        self._random = list(random)
        self._model = self._make_model(nests or {})
        self._estimator = self._make_estimator(draws, seed)
        self.extras = _extras(family, data, nests or {}, [data.columns[k] for k in random])
        self._person = data.frame["person"].to_numpy() - 1
        first = np.flatnonzero(np.diff(data.frame["task"].to_numpy(), prepend=0))
        self._task_person = self._person[first]
        self._task_weight = data.weights[first]

    @property
    def size(self) -> int:
        """Number of parameters, ``P``."""
        return len(self.data.columns) + len(self.extras.names)

    @property
    def coefficients(self) -> slice:
        """Where pylogit keeps the ``K`` coefficients."""
        first = 0 if self.family == "Mixed Logit" else len(self.extras.names)
        return slice(first, first + len(self.data.columns))

    def start(self, coefficients: FloatArray) -> FloatArray:
        """Return first values from the coefficients of the multinomial logit.

        Where the family contains the logit exactly, they have the logit's likelihood.
        """
        values = np.empty(self.size)
        mask = np.ones(self.size, dtype=bool)
        mask[self.coefficients] = False
        values[mask] = self.extras.start
        shrink = np.log(len(self.data.alternatives)) if self.family == "Asym" else 1.0
        values[self.coefficients] = coefficients / shrink
        return values

    def pylogit_search(self, start: FloatArray, free: BoolArray) -> FloatArray:
        """Let pylogit search by its own means (BFGS of SciPy) and return where it ended."""
        held = [int(i) for i in np.flatnonzero(~free)]
        self._estimator.constrained_pos = held or None
        found = self._pylogit.estimation.estimate(
            start.copy(),
            self._estimator,
            "BFGS",
            1e-8,
            1e-6,
            1000,
            False,
            use_hessian=False,
            just_point=True,
        )
        self._estimator.constrained_pos = None
        return np.asarray(found["x"], dtype=np.float64)

    def value(self, parameters: FloatArray) -> float:
        """Return pylogit's log-likelihood."""
        return float(self._estimator.convenience_calc_log_likelihood(parameters))

    def gradient(self, parameters: FloatArray) -> FloatArray:
        """Return pylogit's gradient ``(P,)``."""
        slope = self._estimator.convenience_calc_gradient(parameters)
        return np.asarray(slope, dtype=np.float64).ravel()

    def evaluate(self, parameters: FloatArray) -> Evaluation:
        """Return value, gradient and Hessian.

        The Hessian of the multinomial logit is pylogit's. For the other families pylogit has
        approximations only (outer products, or leaving out a term), so it is taken as central
        differences of pylogit's gradient.
        """
        value, gradient = self.value(parameters), self.gradient(parameters)
        if self.family == "MNL":
            exact = self._estimator.convenience_calc_hessian(parameters)
            return Evaluation(value, gradient, np.asarray(exact, dtype=np.float64))
        hessian = np.empty((self.size, self.size))
        for i in range(self.size):
            up, down, width = _around(parameters, i)
            hessian[i] = (self.gradient(up) - self.gradient(down)) / width
        return Evaluation(value, gradient, (hessian + hessian.T) / 2)

    def person_values(self, parameters: FloatArray) -> FloatArray:
        """Return the weighted log-likelihood ``(N,)`` of each person, from pylogit's shares."""
        people = int(self._person[-1]) + 1
        if self.family == "Mixed Logit":
            return self._mixed_person_values(parameters, people)
        chosen = np.asarray(self._estimator.convenience_calc_probs(parameters)[0]).ravel()
        each = self._task_weight * np.log(chosen)
        values = np.bincount(self._task_person, weights=each, minlength=people)
        return values.astype(np.float64)

    def scores(self, parameters: FloatArray) -> FloatArray:
        """Return the slope ``(N, P)`` of each person's log-likelihood, by central differences."""
        columns = []
        for i in range(self.size):
            up, down, width = _around(parameters, i)
            columns.append((self.person_values(up) - self.person_values(down)) / width)
        return np.column_stack(columns)

    def _mixed_person_values(self, parameters: FloatArray, people: int) -> FloatArray:
        estimator = self._estimator
        shares = estimator.convenience_calc_probs(parameters)[1]
        calculate = self._pylogit.mixed_logit_calcs.calc_choice_sequence_probs
        likelihood = calculate(shares, estimator.choice_vector, estimator.rows_to_mixers)
        weight = np.zeros(people)
        weight[self._task_person] = self._task_weight
        values: FloatArray = weight * np.log(np.asarray(likelihood).ravel())
        return values

    def _make_model(self, nests: Mapping[str, Sequence[str]]) -> Any:
        data = self.data
        numbers = {name: i for i, name in enumerate(data.alternatives, 1)}
        more: dict[str, Any] = {}
        if self.family == "Nested Logit":
            more["nest_spec"] = OrderedDict(
                (nest, [numbers[name] for name in members]) for nest, members in nests.items()
            )
        elif self.family == "Mixed Logit":
            more["mixing_id_col"] = "person"
            more["mixing_vars"] = [data.columns[k] for k in self._random]
        elif self.family == "Asym":
            more["shape_ref_pos"] = len(data.alternatives) - 1
        return self._pylogit.create_choice_model(
            data=data.frame,
            alt_id_col="alternative",
            obs_id_col="task",
            choice_col="chosen",
            specification=OrderedDict((name, "all_same") for name in data.columns),
            names=OrderedDict((name, name) for name in data.columns),
            model_type=self.family,
            **more,
        )

    def _make_estimator(self, draws: int, seed: int) -> Any:
        """Make pylogit's estimator as its ``fit_mle`` does, with our weights and maps."""
        place, name = _ESTIMATORS[self.family]
        module = importlib.import_module(f"pylogit.{place}")
        maps = self._model.get_mappings_for_fit()
        for key in ("rows_to_obs", "rows_to_mixers"):
            if maps[key] is not None:
                maps[key] = RowMap(maps[key])
        if self.family == "Mixed Logit":
            calculations = self._pylogit.mixed_logit_calcs
            mixers = maps["rows_to_mixers"]
            normal = calculations.get_normal_draws(
                int(mixers.shape[1]), draws, len(self._random), seed=seed
            )
            self._model.design_3d = calculations.create_expanded_design_for_mixing(
                self._model.design, normal, self._random, mixers
            )
        estimator = getattr(module, name)(
            self._model,
            maps,
            None,
            np.zeros(1),
            module.split_param_vec,
            weights=np.ascontiguousarray(self.data.weights),
        )
        if hasattr(estimator, "set_derivatives"):
            estimator.set_derivatives()
        return estimator


def _around(parameters: FloatArray, i: int) -> tuple[FloatArray, FloatArray, float]:
    """Return the points on both sides of a parameter, and their distance as computed."""
    up, down = parameters.copy(), parameters.copy()
    step = _STEP * (1.0 + abs(parameters[i]))
    up[i] += step
    down[i] -= step
    return up, down, float(up[i] - down[i])


def _extras(
    family: str, data: LongData, nests: Mapping[str, Sequence[str]], random: Sequence[str]
) -> Extras:
    if family == "Nested Logit":
        alone = [len(members) == 1 for members in nests.values()]
        return Extras(
            tuple(f"dissimilarity[{nest}]" for nest in nests),
            tuple(ALONE if one else _NEST_START for one in alone),
            tuple("one alternative alone is a logit" if one else "" for one in alone),
        )
    if family == "Mixed Logit":
        count = len(random)
        return Extras(tuple(f"sd[{name}]" for name in random), (_SD_START,) * count, ("",) * count)
    if family == "Asym":
        names = data.alternatives[:-1]
        return Extras(
            tuple(f"log_shape[{name}]" for name in names), (0.0,) * len(names), ("",) * len(names)
        )
    if family in ("Scobit", "Uneven"):
        constant = [_never_varies(data, i) for i in range(1, len(data.alternatives) + 1)]
        why = "its utility is the same in every task, so that its shape cannot be told"
        return Extras(
            tuple(f"log_shape[{name}]" for name in data.alternatives),
            (0.0,) * len(constant),
            tuple(why if same else "" for same in constant),
        )
    return Extras()


def _never_varies(data: LongData, number: int) -> bool:
    rows = data.frame.loc[data.frame["alternative"] == number, list(data.columns)].to_numpy()
    return bool((rows == rows[:1]).all())
