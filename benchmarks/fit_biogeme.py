"""biogeme: all models of the problems, written as expressions; panels by its trajectories."""

from __future__ import annotations

from typing import Any

import numpy as np
from packages import Estimate, Outcome, in_order, wide_columns
from problems import Problem


def prepare(problem: Problem, draws: int | None) -> Estimate:
    """Return ``BIOGEME(...).estimate`` without its files."""
    import pandas as pd
    from biogeme.biogeme import BIOGEME
    from biogeme.database import Database

    database = Database(problem.name, pd.DataFrame(wide_columns(problem)))
    if problem.model != "logit":
        database.panel("person")
    expression = _log_likelihood(problem)

    def estimate() -> Outcome:
        model = BIOGEME(
            database,
            expression,
            generate_html=False,
            generate_yaml=False,
            save_iterations=False,
            number_of_draws=draws or 1,
            seed=1,
            # by its own estimate of memory; the default refuses P3 and P4
            analytical_hessian_mode="automatic",
        )
        model.model_name = problem.name
        results = model.estimate()
        values = results.get_beta_values()
        found = in_order(problem, np.array([values[name] for name in _names(problem)]))
        return Outcome(float(results.final_log_likelihood), None, "Hessian and robust", found)

    return estimate


def _names(problem: Problem) -> list[str]:
    """Name parameters so that their order can be found again."""
    return [f"p{i:02d}" for i in range(len(problem.start))]


def _log_likelihood(problem: Problem) -> Any:
    """Return the log-likelihood of a choice, or of a person where there are panels."""
    from biogeme.expressions import (
        Beta,
        MonteCarlo,
        PanelLikelihoodTrajectory,
        Variable,
        exp,
        log,
    )
    from biogeme.models import logit, loglogit

    betas = [
        Beta(name, value, None, None, 0)
        for name, value in zip(_names(problem), problem.start, strict=True)
    ]

    def utilities(tastes: list[Any]) -> dict[int, Any]:
        return {
            j + 1: sum(
                taste * Variable(f"{name}_{j + 1}")
                for taste, name in zip(tastes, problem.names, strict=True)
            )
            for j in range(problem.x.shape[1])
        }

    def trajectory(tastes: list[Any]) -> Any:
        return PanelLikelihoodTrajectory(logit(utilities(tastes), None, Variable("choice")))

    if problem.model == "logit":
        return loglogit(utilities(betas), None, Variable("choice"))
    if problem.model != "classes":
        return log(MonteCarlo(trajectory(_tastes(problem, betas))))
    count, each = problem.classes, len(problem.names)
    odds = [1.0, *(exp(beta) for beta in betas[count * each :])]
    likelihoods = [trajectory(betas[c * each : (c + 1) * each]) for c in range(count)]
    mixed = sum(odd * each_one for odd, each_one in zip(odds, likelihoods, strict=True))
    return log(mixed / sum(odds))


def _tastes(problem: Problem, betas: list[Any]) -> list[Any]:
    """Return the coefficients of a person as expressions of draws."""
    from biogeme.expressions import Draws

    count, names = problem.random, len(problem.names)
    draws = [Draws(f"draw{k}", "NORMAL_MLHS") for k in range(count)]
    if problem.model == "trade space":
        scale = betas[-1]
        worth = [betas[k] + betas[count + k] * draws[k] for k in range(count)]
        return [*(scale * value for value in worth), -scale]
    if problem.model == "normals":
        return [betas[k] + betas[names + k] * draws[k] for k in range(count)]
    rows = iter(betas[names:])
    random = [betas[k] + sum(next(rows) * draws[m] for m in range(k + 1)) for k in range(count)]
    return [*random, *betas[count:names]]
