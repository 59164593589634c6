"""xlogit: logit, and panel mixed logit with Halton draws, also in willingness-to-pay space."""

from __future__ import annotations

import numpy as np
from packages import Estimate, Outcome, in_order, long_rows
from problems import Problem

# draws at once: quickest of 25 to 500 on P2 and P3, by up to 1.6 against all at once
_BATCH = 200


def prepare(problem: Problem, draws: int | None) -> Estimate:
    """Return ``MultinomialLogit().fit`` or ``MixedLogit().fit`` with xlogit's own errors."""
    return _logit(problem) if draws is None else _mixed(problem, draws)


def _logit(problem: Problem) -> Estimate:
    from xlogit import MultinomialLogit

    rows = long_rows(problem)

    def estimate() -> Outcome:
        model = MultinomialLogit()
        model.fit(
            X=rows["x"],
            y=rows["chosen"],
            varnames=list(problem.names),
            alts=rows["alternative"],
            ids=rows["choice"],
            verbose=0,
        )
        evaluations = getattr(model, "total_fun_eval", None)
        return Outcome(float(model.loglikelihood), evaluations, "numeric Hessian", model.coeff_)

    return estimate


def _mixed(problem: Problem, draws: int) -> Estimate:
    from xlogit import MixedLogit

    rows = long_rows(problem)
    traded = problem.model == "trade space"
    names = list(problem.names[:-1] if traded else problem.names)

    def estimate() -> Outcome:
        model = MixedLogit()
        model.fit(
            X=rows["x"][:, : len(names)],
            y=rows["chosen"],
            varnames=names,
            alts=rows["alternative"],
            ids=rows["choice"],
            panels=rows["person"],
            randvars=dict.fromkeys(names[: problem.random], "n"),
            n_draws=draws,
            batch_size=_BATCH,
            init_coeff=problem.start.copy(),
            scale_factor=rows["x"][:, -1] if traded else None,
            verbose=0,
        )
        errors = "numeric Hessian" if traded else "outer product of rows"
        found = in_order(problem, np.asarray(model.coeff_))
        evaluations = getattr(model, "total_fun_eval", None)
        return Outcome(float(model.loglikelihood), evaluations, errors, found)

    return estimate
