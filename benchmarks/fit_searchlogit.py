"""searchlogit: logit, and panel mixed logit with Halton draws, also with correlation."""

from __future__ import annotations

import numpy as np
from packages import Estimate, Outcome, in_order, long_rows
from problems import Problem


def prepare(problem: Problem, draws: int | None) -> Estimate:
    """Return ``setup`` and ``fit`` of its logit or mixed logit."""
    import searchlogit

    rows = long_rows(problem)
    common = {
        "X": rows["x"],
        "y": rows["chosen"],
        "varnames": list(problem.names),
        "alts": rows["alternative"],
        "ids": rows["choice"],
        "init_coeff": _in_its_order(problem),
    }
    if draws is not None:
        random = list(problem.names[: problem.random])
        common |= {
            "panels": rows["person"],
            "randvars": dict.fromkeys(random, "n"),
            "correlated_vars": random if problem.model == "correlated" else None,
            "n_draws": draws,
        }

    def estimate() -> Outcome:
        model = searchlogit.MultinomialLogit() if draws is None else searchlogit.MixedLogit()
        model.setup(**common)
        model.fit()
        found = _in_our_order(problem, np.asarray(model.coeff_est))
        return Outcome(float(model.loglik), model.total_fun_eval, "inverse of BFGS", found)

    return estimate


def _in_its_order(problem: Problem) -> np.ndarray:
    """Put fixed coefficients before the means of random ones."""
    count, start = problem.random, problem.start
    fixed = start[count : len(problem.names)]
    return np.concatenate([fixed, start[:count], start[len(problem.names) :]])


def _in_our_order(problem: Problem, found: np.ndarray) -> np.ndarray:
    count, names = problem.random, len(problem.names)
    fixed = names - count
    ours = np.concatenate([found[fixed:names], found[:fixed], found[names:]])
    return in_order(problem, ours)
