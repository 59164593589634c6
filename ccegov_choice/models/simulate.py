"""Simulated people: choices by citizens whose tastes are known, to try a study before the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice._provenance import Provenance
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.frames import to_pandas
from ccegov_choice.errors import DataError, Problem, UtilityError
from ccegov_choice.models.fitting.assemble import scale_groups
from ccegov_choice.models.tastes import ClassTaste, RandomTaste, Taste, draw_tastes, taste_problems

if TYPE_CHECKING:
    from ccegov_choice.design.design import Design
    from ccegov_choice.study.study import Study
    from ccegov_choice.study.utility import Utility

__all__ = ["ClassTaste", "RandomTaste", "simulate_choices"]

SIMULATED = "simulate_choices"

FloatArray: TypeAlias = npt.NDArray[np.float64]

_OURS = ("block", "task", "alternative", "chosen", "true_class")


class HasUtility(Protocol):
    """A model specification, such as `Logit`."""

    @property
    def utility(self) -> Utility:
        """The utility of the alternatives."""


@runtime_checkable
class ChoosesByShares(Protocol):
    """A model whose errors are not those of a logit, such as `NestedLogit`."""

    def parameter_names(self, study: Study) -> tuple[str, ...]:
        """Return the names of all ``P`` parameters."""

    def shares_of(
        self,
        study: Study,
        frame: pd.DataFrame,
        matrix: FloatArray,
        offsets: npt.NDArray[np.int64],
        parameters: npt.NDArray[Any],
    ) -> FloatArray:
        """Return choice probabilities ``(A,)`` of rows encoded as ``(K, A)``."""


def simulate_choices(
    design: Design,
    model: HasUtility,
    truth: Taste,
    people: int,
    seed: int,
    *,
    covariates: Any = None,
) -> ChoiceData:
    """Let people whose tastes are known answer a design.

    Each person answers the tasks of one block and chooses the alternative with the highest
    utility: its value by the person's tastes plus a standard Gumbel error; errors within a nest
    resemble each other. Blocks are as equally filled as can be, and handed out by lot.

    Parameters
    ----------
    design : Design
        The tasks.
    model : Logit, NestedLogit, CrossNestedLogit or ScaledLogit
        How people choose: its utility, its fixed parameters, scale groups and nests are used.
    truth : mapping, RandomTaste or ClassTaste
        The tastes: the same for everybody, normally distributed, or by class. Every coefficient
        of the utility is named; those the model fixes may be left out.
    people : int
        How many people, ``N``.
    seed : int
        The same seed gives the same people and choices. Blocks, tastes and errors are drawn from
        streams of their own, so that changing one leaves the others as they are.
    covariates : data frame or mapping, optional
        One row per person, for utilities that depend on who answers, for levels that each person
        brings along, and for whatever the data should carry. A column ``person`` names them;
        otherwise they are numbered from 1.

    Returns
    -------
    ChoiceData
        With the column ``true_class`` (for classes) and columns such as ``true[wait]`` (for
        coefficients that differ between people).

    Raises
    ------
    UtilityError
        Listing all coefficients that the truth lacks or that the utility does not have.
    DataError
        If covariates are missing, or are not one row per person.
    """
    utility = model.utility.bind(design.study)
    if people < 1:
        raise DataError(
            f"{people} people cannot answer", where="simulate_choices", cure="Give 1 or more."
        )
    persons = _persons(design, utility, people, covariates)
    for_blocks, for_tastes, for_errors = (
        np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(3)
    )
    responses = _tasks_of_people(design, persons, for_blocks)
    shown = ChoiceData.collect(design, responses, chosen=None)
    names, scale = _names(model, utility, shown)
    fixed = dict(getattr(model, "fixed", None) or {})
    problems = taste_problems(truth, names, fixed)
    if problems:
        raise UtilityError.of(problems, "The truth has {count} problems:")
    tastes = draw_tastes(truth, names, fixed, people, for_tastes)
    if isinstance(model, ChoosesByShares):
        best = _draw_by_shares(model, utility, shown, tastes.coefficients, for_errors)
    else:
        value = _values(utility, shown, tastes.coefficients, scale)
        best = _choose(value + for_errors.gumbel(size=len(value)), shown.task_offsets)
    answered = shown.frame.iloc[best]
    responses["chosen"] = answered["alternative"].to_numpy()
    for name, column in tastes.known.items():
        responses[name] = np.repeat(column, np.diff(shown.person_offsets))
    record = Provenance.record(
        SIMULATED,
        parameters={"people": people, "formula": utility.formula, "truth": _told(truth)},
        seed=seed,
        parents={"design": design.sha256},
    )
    return replace(ChoiceData.collect(design, responses), provenance=record)


def _told(truth: Taste) -> Any:
    """Write the truth down as JSON can hold it."""
    if isinstance(truth, ClassTaste):
        return {name: [share, _told(taste)] for name, (share, taste) in truth.classes.items()}
    if isinstance(truth, RandomTaste):
        return {"mean": dict(truth.mean), "sd": dict(truth.sd), "covariance": truth.covariance}
    return {name: float(value) for name, value in truth.items()}


def _persons(design: Design, utility: Utility, people: int, covariates: Any) -> pd.DataFrame:
    """Return one row per person, with everything that the utility and the design need."""
    study = design.study
    if covariates is None:
        table = pd.DataFrame(index=range(people))
    elif isinstance(covariates, Mapping):
        table = pd.DataFrame(dict(covariates), index=range(people))
    else:
        table = to_pandas(covariates).reset_index(drop=True)
    personal = [name for item in study.named_alternatives for name in item.personal.values()]
    read = [name for name in utility.reads if name in study.covariate_ids]
    problems = [
        Problem(
            f"the covariate '{name}' is needed, and is not given",
            f"Give it for each person: covariates={{'{name}': [...]}}.",
            "covariates",
        )
        for name in dict.fromkeys([*personal, *read])
        if name not in table.columns
    ]
    if len(table) != people:
        problem = f"there are {len(table)} rows for {people} people"
        problems.append(Problem(problem, "Give one row per person.", "covariates"))
    problems += [
        Problem(f"'{name}' is a name of ours", "Rename the column.", "covariates")
        for name in (*_OURS, *study.attribute_ids)
        if name in table.columns
    ]
    if "person" not in table.columns:
        table = table.assign(person=np.arange(1, len(table) + 1))
    elif table["person"].duplicated().any():
        problems.append(Problem("a person comes twice", "Give one row per person.", "covariates"))
    if problems:
        raise DataError.of(problems, "The covariates have {count} problems:")
    # data are sorted by person: tastes and blocks are handed out in that order
    return table.sort_values("person", ignore_index=True)


def _tasks_of_people(
    design: Design, persons: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Give every person a block: one row per person and task."""
    tasks = design.frame[["block", "task"]].drop_duplicates()
    by_block = [group["task"].to_numpy() for _, group in tasks.groupby("block")]
    block = rng.permutation(np.arange(len(persons)) % len(by_block))
    sizes = np.array([len(by_block[b]) for b in block])
    rows = persons.loc[np.repeat(np.arange(len(persons)), sizes)].reset_index(drop=True)
    rows["task"] = np.concatenate([by_block[b] for b in block])
    numbers = np.array(sorted(tasks["block"].unique()))
    rows["block"] = np.repeat(numbers[block], sizes)
    return rows


def _names(
    model: HasUtility, utility: Utility, shown: ChoiceData
) -> tuple[tuple[str, ...], npt.NDArray[np.int64] | None]:
    """Return the names of all parameters, and the scale group of each person."""
    if isinstance(model, ChoosesByShares):
        return model.parameter_names(shown.study), None
    column = getattr(model, "scale", None)
    if column is None:
        return utility.names, None
    groups = scale_groups(shown, column)
    return (*utility.names, *groups.names), groups.codes


def _values(
    utility: Utility,
    shown: ChoiceData,
    coefficients: FloatArray,
    scale: npt.NDArray[np.int64] | None,
) -> FloatArray:
    """Return the value ``(A,)`` of each alternative to the person who sees it."""
    X = utility.matrix(shown.frame)
    rows = np.diff(shown.task_offsets[shown.person_offsets])
    person = np.repeat(np.arange(shown.people), rows)
    value = np.zeros(X.shape[1])
    for k in range(utility.size):
        value += X[k] * coefficients[person, k]
    if scale is not None:
        scales = np.hstack([np.ones((len(coefficients), 1)), coefficients[:, utility.size :]])
        value *= scales[np.arange(len(scale)), scale][person]
    return value


def _draw_by_shares(
    model: ChoosesByShares,
    utility: Utility,
    shown: ChoiceData,
    parameters: FloatArray,
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Return the row ``(T,)`` drawn in each task with the model's probabilities.

    People with the same parameters are worked out together.
    """
    frame, offsets = shown.frame, shown.task_offsets
    matrix = utility.matrix(frame)
    kinds, kind = np.unique(parameters, axis=0, return_inverse=True)
    of_row = np.repeat(kind.ravel()[shown.task_people], np.diff(offsets))
    shares = np.empty(matrix.shape[1])
    for k, theta in enumerate(kinds):
        rows = np.flatnonzero(of_row == k)
        sizes = np.diff(offsets)[kind.ravel()[shown.task_people] == k]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        part = frame.iloc[rows].reset_index(drop=True)
        shares[rows] = model.shares_of(shown.study, part, matrix[:, rows], starts, theta)
    if not np.isfinite(shares).all():
        raise DataError(
            "the truth gives no probabilities",
            where="simulate_choices",
            cure="Give dissimilarities above zero, and shares of alternatives between 0 and 1.",
        )
    sums = np.cumsum(shares)
    before = np.concatenate(([0.0], sums))[offsets[:-1]]
    total = sums[offsets[1:] - 1] - before
    target = before + total * rng.uniform(size=len(offsets) - 1)
    return np.clip(np.searchsorted(sums, target), offsets[:-1], offsets[1:] - 1)


def _choose(utility: FloatArray, task_offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the row ``(T,)`` with the highest utility in each task."""
    task = np.repeat(np.arange(len(task_offsets) - 1), np.diff(task_offsets))
    order = np.lexsort((utility, task))
    best: npt.NDArray[np.int64] = order[task_offsets[1:] - 1]
    return best
