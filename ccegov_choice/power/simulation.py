"""Power by simulation: many surveys, in any number of processes, with the same result."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from ccegov_choice._version import __version__
from ccegov_choice.power.cache import Cache
from ccegov_choice.power.question import Question
from ccegov_choice.power.replicate import Survey, replicate_many
from ccegov_choice.power.sample_plan import Answer, AtPeople
from ccegov_choice.power.settings import Goal, Simulation
from ccegov_choice.power.strength import MOST_PEOPLE
from ccegov_choice.power.ztest import critical_value, z_detectable

Floats = npt.NDArray[np.float64]

_PIECE = 5


@dataclass(frozen=True, eq=False)
class Simulated:
    """What many surveys with one number of people found.

    Parameters
    ----------
    people : int
        People asked.
    tests : ndarray of shape (S, Q, 3)
        Estimate, standard error and one if detected, for each survey and question.
    """

    people: int
    tests: Floats

    def answer(self, q: int, goal: Goal) -> AtPeople:
        """Return what was seen of a question."""
        detected, count = self.tests[:, q, 2].sum(), len(self.tests)
        errors = self.tests[:, q, 1][np.isfinite(self.tests[:, q, 1])]
        error = float(np.median(errors)) if len(errors) else None
        # half a survey more on either side, so that 0 or all of them are not taken as certain
        smoothed = (detected + 0.5) / (count + 1)
        return AtPeople(
            people=self.people,
            power=float(detected / count),
            std_error=error,
            smallest=None if error is None else z_detectable(goal.power, goal.level) * error,
            monte_carlo_error=float(np.sqrt(smoothed * (1 - smoothed) / count)),
            failed=count - len(errors),
        )


def simulate(survey: Survey, people: Sequence[int], options: Simulation) -> list[Simulated]:
    """Simulate surveys with each number of people.

    Replication ``r`` with ``n`` people depends on the seed, ``n`` and ``r`` only, so that neither
    the number of processes nor the other numbers of people change anything.
    """
    cache = Cache(None if options.cache is None else Path(options.cache))
    kept = {n: _kept(cache.get(_key(survey, n)), survey) for n in people}
    tests = {n: t for n, t in kept.items() if t is not None}
    missing = [n for n in people if n not in tests]
    total, done = len(people) * survey.replications, len(tests) * survey.replications
    made = {n: np.zeros((survey.replications, len(survey.questions), 3)) for n in missing}
    pieces = [
        (n, list(range(start, min(start + _PIECE, survey.replications))))
        for n in missing
        for start in range(0, survey.replications, _PIECE)
    ]
    if options.progress is not None and done:
        options.progress(done, total)
    for n, which, found in _work(survey, pieces, options.workers):
        made[n][which] = found
        done += len(which)
        if options.progress is not None:
            options.progress(done, total)
    for n, found in made.items():
        cache.put(_key(survey, n), {"tests": _listed(found)})
    return [Simulated(n, tests[n] if n in tests else made[n]) for n in people]


def answer_by_simulation(
    question: Question, q: int, effect: float, runs: Sequence[Simulated], goal: Goal
) -> Answer:
    """Return what is planned for question number `q`.

    Parameters
    ----------
    question : Question
        What is asked.
    q : int
        Its place in the tests.
    effect : float
        Its true size.
    runs : sequence of Simulated
        One for each number of people.
    goal : Goal
        Power and level.
    """
    return Answer(
        kind=question.kind,
        name=question.name,
        text=question.text,
        unit=question.unit,
        effect=effect,
        needed=None if effect == 0 else _needed(question, q, runs, goal),
        at=tuple(run.answer(q, goal) for run in runs),
    )


def _needed(question: Question, q: int, runs: Sequence[Simulated], goal: Goal) -> int | None:
    """Return the people needed if the mean statistic grows as ``k sqrt(n)``.

    A trade's statistic is not normal, so its ``k`` is fitted to the simulated powers instead
    where these are far from 0 and 1: ``power = Phi(k sqrt(n) - z)``.
    """
    slope = _slope_of_power(q, runs, goal) if question.kind == "trade" else None
    if slope is None:
        slope = _slope_of_statistics(q, runs)
    asked = z_detectable(goal.power, goal.level)
    if slope is None or slope * np.sqrt(MOST_PEOPLE) < asked:
        return None
    return int(np.ceil((asked / slope) ** 2))


def _slope_of_power(q: int, runs: Sequence[Simulated], goal: Goal) -> float | None:
    told = []
    for run in runs:
        count = len(run.tests)
        power = float(run.tests[:, q, 2].mean())
        if 0.025 <= power <= 0.975:
            score = float(special.ndtri(power))
            density = np.exp(-(score**2) / 2) / np.sqrt(2 * np.pi)
            weight = count * density**2 / (power * (1 - power))
            told.append((weight, np.sqrt(run.people), score + critical_value(goal.level)))
    if not told:
        return None
    weight, root, shift = np.array(told).T
    slope = float((weight * root * shift).sum() / (weight * root**2).sum())
    return slope if slope > 0 else None


def _slope_of_statistics(q: int, runs: Sequence[Simulated]) -> float | None:
    total, roots = 0.0, 0.0
    for run in runs:
        there = np.isfinite(run.tests[:, q, 1])
        total += float((run.tests[there, q, 0] / run.tests[there, q, 1]).sum())
        roots += float(there.sum() * np.sqrt(run.people))
    return abs(total) / roots if roots else None


def _work(
    survey: Survey, pieces: Sequence[tuple[int, list[int]]], workers: int
) -> Iterator[tuple[int, list[int], Floats]]:
    if workers == 1 or len(pieces) < 2:
        for n, which in pieces:
            yield n, which, replicate_many(survey, n, which)
        return
    # a forked process would inherit threads of Numba and BLAS that no longer run
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(workers, len(pieces)), mp_context=context, initializer=_start, initargs=(survey,)
    ) as pool:
        futures = {pool.submit(_piece, n, which): (n, which) for n, which in pieces}
        try:
            for future in as_completed(futures):
                yield *futures[future], future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_SURVEY: list[Survey] = []


def _start(survey: Survey) -> None:
    """Keep the survey in this process, so that it travels once."""
    _SURVEY[:] = [survey]


def _piece(people: int, which: list[int]) -> Floats:
    return replicate_many(_SURVEY[0], people, which)


def _key(survey: Survey, people: int) -> dict[str, Any]:
    """Return everything the simulated surveys depend on."""
    field = survey.field
    population = None if field.population is None else field.population.to_csv(index=False)
    return {
        "version": __version__,
        "numpy": np.__version__,
        "design": survey.design.sha256,
        "study": survey.design.study.sha256,
        "formula": survey.model.utility.formula,
        "model": survey.model.to_dict(),
        "truth": told(survey.truth),
        "groups": {
            covariate: {name: [group.share, dict(group.shift)] for name, group in members.items()}
            for covariate, members in survey.groups.items()
        },
        "questions": [
            [q.name, q.gain.tolist(), None if q.payment is None else q.payment.tolist()]
            for q in survey.questions
        ],
        "level": survey.goal.level,
        "field": [field.dropout, field.design_effect, field.inattentive, population],
        "replications": survey.replications,
        "people": people,
        "seed": survey.seed,
    }


def told(truth: Any) -> Any:
    """Write a truth down as JSON can hold it."""
    if hasattr(truth, "classes"):
        return {name: [share, told(taste)] for name, (share, taste) in truth.classes.items()}
    if hasattr(truth, "covariance"):
        return {"mean": dict(truth.mean), "sd": dict(truth.sd), "covariance": truth.covariance}
    if isinstance(truth, Mapping):
        return {name: float(value) for name, value in truth.items()}
    return truth.to_dict()


def _listed(tests: Floats) -> Any:
    """Return nested lists; what does not exist is null, as JSON knows no NaN."""
    listed = tests.astype(object)
    listed[~np.isfinite(tests)] = None
    return listed.tolist()


def _kept(value: Mapping[str, Any] | None, survey: Survey) -> Floats | None:
    """Return kept tests; none where they are not shaped as these would be."""
    if value is None:
        return None
    try:
        tests = np.array(value.get("tests"), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    fits = tests.shape == (survey.replications, len(survey.questions), 3)
    return tests if fits else None
