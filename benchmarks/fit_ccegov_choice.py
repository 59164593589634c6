"""Ours: the model of each problem, its data, and its parameters by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from packages import Estimate, Outcome, long_rows
from problems import Floats, Problem

if TYPE_CHECKING:
    import ccegov_choice as cc


def prepare(problem: Problem, draws: int | None) -> Estimate:
    """Return the whole call ``model.fit(data)``."""
    model, data, start = model_of(problem, draws), data_of(problem), start_of(problem)
    given = {} if problem.model == "logit" else {"start": start}

    def estimate() -> Outcome:
        results = model.fit(data, **given)
        found = dict(zip(results.names, results.estimates, strict=True))
        return Outcome(
            results.log_likelihood,
            results.optimisation.evaluations,
            results.covariance_kind.name,
            np.array([found[name] for name in start]),
        )

    return estimate


def data_of(problem: Problem) -> cc.ChoiceData:
    """Return the choices as `ChoiceData`."""
    import pandas as pd

    import ccegov_choice as cc

    rows = long_rows(problem)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [letters[j % 26] + "'" * (j // 26) for j in range(problem.x.shape[1])]
    frame = pd.DataFrame(rows["x"], columns=list(problem.names))
    frame.insert(0, "chosen", rows["chosen"] == 1)
    frame.insert(0, "alternative", pd.Categorical.from_codes(rows["alternative"] - 1, names))
    frame.insert(0, "task", rows["task"])
    frame.insert(0, "person", rows["person"])
    return cc.ChoiceData.from_long(frame)


def model_of(problem: Problem, draws: int | None) -> Any:
    """Return the specification of a problem's model."""
    import ccegov_choice as cc

    utility = cc.Utility(" + ".join(problem.names))
    if problem.model == "logit":
        return cc.Logit(utility)
    if problem.model == "classes":
        return cc.LatentClass(utility, classes=problem.classes)
    assert draws is not None
    return cc.MixedLogit(
        utility,
        random={name: cc.Normal() for name in problem.names[: problem.random]},
        correlated=problem.model == "correlated",
        pay_in="price" if problem.model == "trade space" else None,
        draws=cc.Sobol(draws, seed=1),
    )


def start_of(problem: Problem) -> dict[str, float]:
    """Return starting values by the names of our parameters, in the order of the problem."""
    names, random = list(problem.names), problem.names[: problem.random]
    if problem.model == "normals":
        names += [f"sd[{name}]" for name in random]
    elif problem.model == "correlated":
        names += [f"cholesky[{a},{b}]" for i, a in enumerate(random) for b in random[: i + 1]]
    elif problem.model == "trade space":
        names = [*random, *(f"sd[{name}]" for name in random), "scale"]
    elif problem.model == "classes":
        classes = [f"class {c + 1}" for c in range(problem.classes)]
        names = [f"{each}: {name}" for each in classes for name in problem.names]
        names += [f"member[{each}]" for each in classes[1:]]
    return dict(zip(names, problem.start.tolist(), strict=True))


def likelihood_of(problem: Problem, draws: int | None) -> tuple[Any, Floats]:
    """Return the likelihood that the search climbs, and the starting values in its order."""
    model, data = model_of(problem, draws), data_of(problem)
    made = model.problem(data)
    start = start_of(problem)
    return made.likelihood, np.array([start[name] for name in made.constraints.names])
