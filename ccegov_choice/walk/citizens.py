"""Citizens with known tastes: whom a survey meets, and what each option is worth to them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ccegov_choice.errors import Problem, SurveyError
from ccegov_choice.models.tastes import draw_tastes
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.utility import Utility
from ccegov_choice.survey.question import Question
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.people import People, Shares
from ccegov_choice.walk.replies import Reply, draw_reply

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Citizen:
    """A simulated citizen.

    Parameters
    ----------
    number : int
        From 1.
    known : mapping
        What the data should say of their tastes, such as ``true_class``.
    replies : mapping
        Question -> what they answer when asked.
    language, view : str
        How they take part; "" stays with what the survey opens with.
    worth : mapping of str to mapping
        Task -> alternative -> utility with its error: the highest is chosen.
    spoiled : mapping of str to mapping
        Task -> alternative -> disutility with another error: the highest is named the worst.
    """

    number: int
    known: Mapping[str, Any]
    replies: Mapping[str, Reply]
    language: str
    view: str
    worth: Mapping[str, Mapping[str, float]]
    spoiled: Mapping[str, Mapping[str, float]]


def draw_citizens(
    survey: Survey, people: People, number: int, seed: int, *, keep: Sequence[int] | None = None
) -> tuple[Citizen, ...]:
    """Draw citizens; the first ones are the same however many are drawn.

    Parameters
    ----------
    survey : Survey
        What they will answer.
    people : People
        Their tastes and answers.
    number : int
        How many.
    seed : int
        The same seed gives the same citizens, and the same choice in each task.
    keep : sequence of int, optional
        Numbers of those wanted; all by default.

    Raises
    ------
    SurveyError
        If their utility or own levels depend on something that no question asks.
    """
    utility = people.utility(survey)
    _require_asked(survey, utility)
    wanted = list(range(1, number + 1) if keep is None else keep)
    # tastes are drawn one by one from each person's own stream, so that numbers mean people
    tastes, known = _tastes(people, utility, wanted, seed)
    replies = [_replies(survey, people.answers, seed, one) for one in wanted]
    rows = _task_rows(survey)
    values = _values(survey, utility, rows, replies, tastes)
    errors = [_stream(seed, one, 1).gumbel(size=(2, len(rows))) for one in wanted]
    places = [(row["task"], row["alternative"]) for row in rows]
    return tuple(
        Citizen(
            one,
            known[i],
            replies[i],
            _pick(people.languages, seed, one, "language"),
            _pick(people.views, seed, one, "view"),
            _by_task(places, values[i] + errors[i][0]),
            _by_task(places, errors[i][1] - values[i]),
        )
        for i, one in enumerate(wanted)
    )


def _stream(seed: int, number: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number, purpose)))


def _tastes(
    people: People, utility: Utility, wanted: Sequence[int], seed: int
) -> tuple[FloatArray, list[dict[str, Any]]]:
    drawn = [draw_tastes(people.truth, utility.names, {}, 1, _stream(seed, n, 0)) for n in wanted]
    coefficients = np.concatenate([one.coefficients for one in drawn])
    return coefficients, [{name: value[0] for name, value in one.known.items()} for one in drawn]


def _replies(
    survey: Survey, shares: Mapping[str, Shares], seed: int, number: int
) -> dict[str, Reply]:
    return {
        id: draw_reply(question, shares.get(id, {}), random.Random(f"replies {seed} {number} {id}"))
        for id, question in survey.questions.items()
    }


def _pick(shares: Shares, seed: int, number: int, purpose: str) -> str:
    if not shares:
        return ""
    rng = random.Random(f"{purpose} {seed} {number}")
    return rng.choices(list(shares), list(shares.values()))[0]


def _task_rows(survey: Survey) -> list[dict[str, Any]]:
    """Lay the options of all tasks out as rows; levels of one's own are left to be filled."""
    return [
        {"task": task.id, "alternative": offer.alternative, **offer.levels, "own": offer.personal}
        for task in survey.tasks.tasks
        for offer in task.offers
    ]


def _values(
    survey: Survey,
    utility: Utility,
    rows: Sequence[dict[str, Any]],
    replies: Sequence[Mapping[str, Reply]],
    tastes: FloatArray,
) -> FloatArray:
    """Return what each option is worth to each person, ``(N, A)``: coded by the one encoder."""
    read = [name for name in utility.reads if name in survey.study.covariate_ids]
    own = dict.fromkeys(question for row in rows for question in row["own"].values())
    needed = tuple(dict.fromkeys([*read, *own]))
    alike: dict[tuple[str, ...], list[int]] = {}
    for i, one in enumerate(replies):
        alike.setdefault(tuple(str(one[id]) for id in needed), []).append(i)
    values = np.empty((len(replies), len(rows)))
    for members in alike.values():  # who answers alike sees the same codes
        X = utility.matrix(_frame(survey, rows, replies[members[0]], read))
        values[members] = _weighed(tastes[members], X)
    return values


def _weighed(tastes: FloatArray, X: FloatArray) -> FloatArray:
    """Return ``(N, A)`` from tastes ``(N, K)`` and codes ``(K, A)``.

    Term by term: a matrix product would round differently with the number of people.
    """
    value = np.zeros((len(tastes), X.shape[1]))
    for k in range(X.shape[0]):
        value += tastes[:, k, None] * X[k]
    return value


def _frame(
    survey: Survey,
    rows: Sequence[dict[str, Any]],
    replies: Mapping[str, Reply],
    covariates: Sequence[str],
) -> pd.DataFrame:
    known: tuple[Attribute | Covariate, ...] = (*survey.study.attributes, *survey.study.covariates)
    variables = {variable.id: variable for variable in known}
    numeric = {id for id, variable in variables.items() if variable.is_numeric}

    def cell(name: str, question: str) -> float | str:
        reply = str(replies[question])
        option = survey.questions[question].option(reply)
        if name in numeric:
            if option is None:
                return float(reply)
            return option.value if option.value is not None else 0.0
        variable = variables[name]
        # who does not say counts as the base, or as zero
        return reply if reply in variable.level_ids else str(variable.base_id)

    table = [
        {**row, **{name: cell(name, question) for name, question in row["own"].items()}}
        for row in rows
    ]
    columns = ["task", "alternative", *survey.study.attribute_ids]
    frame = pd.DataFrame(table).reindex(columns=columns)
    for name in columns:
        if name in numeric:
            frame[name] = frame[name].astype(float)
    for name in covariates:
        frame[name] = cell(name, name)
    return frame


def _by_task(places: Sequence[tuple[str, str]], values: FloatArray) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for (task, alternative), value in zip(places, values.tolist(), strict=True):
        found.setdefault(task, {})[alternative] = value
    return found


def _require_asked(survey: Survey, utility: Utility) -> None:
    asked: Mapping[str, Question] = survey.questions
    own = [q for task in survey.tasks.tasks for o in task.offers for q in o.personal.values()]
    read = [name for name in utility.reads if name in survey.study.covariate_ids]
    problems = [
        Problem(
            f"the citizens' utility needs '{name}', and no question asks for it",
            f"Ask a question with the id '{name}', or leave it out of the formula.",
            "people.toml",
        )
        for name in dict.fromkeys([*own, *read])
        if name not in asked
    ]
    if problems:
        raise SurveyError.of(problems)
