"""How each package is asked to estimate a problem: what is timed, and what is made ready before.

Every function lays the data out as its package wants them and returns a call that does the whole
estimation with the package's own standard errors. Only that call is timed. Nothing is imported here
at the top: each package lives in an environment of its own.
"""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from problems import Problem


@dataclass(frozen=True)
class Outcome:
    """What an estimation gave: log-likelihood, evaluations where known, kind of errors."""

    log_likelihood: float
    evaluations: int | None
    errors: str


Estimate = Callable[[], Outcome]


def _long_frame(problem: Problem) -> Any:
    import pandas as pd

    n, alternatives, coefficients = problem.x.shape
    frame = pd.DataFrame(problem.x.reshape(n * alternatives, coefficients), columns=problem.names)
    frame.insert(0, "chosen", (np.arange(alternatives) == problem.y[:, None]).ravel())
    frame.insert(0, "alternative", np.tile(np.arange(1, alternatives + 1), n))
    frame.insert(0, "person", np.repeat(np.arange(1, n + 1), alternatives))
    return frame


def ccegov_choice(problem: Problem) -> Estimate:
    """Return the whole call ``Logit(utility).fit(data)``."""
    import ccegov_choice as cc

    frame = _long_frame(problem)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [letters[j % 26] + "'" * (j // 26) for j in range(problem.x.shape[1])]
    frame["alternative"] = frame["alternative"].map(dict(enumerate(names, 1)))
    frame.insert(1, "task", 1)
    data = cc.ChoiceData.from_long(frame)
    model = cc.Logit(cc.Utility(" + ".join(problem.names)))

    def estimate() -> Outcome:
        results = model.fit(data)
        return Outcome(
            results.log_likelihood, results.optimisation.evaluations, results.covariance_kind.name
        )

    return estimate


def xlogit(problem: Problem) -> Estimate:
    """Return ``xlogit.MultinomialLogit().fit`` with its numeric Hessian."""
    from xlogit import MultinomialLogit

    frame = _long_frame(problem)
    x, y = frame[problem.names], frame["chosen"].astype(int)
    alternatives, ids = frame["alternative"], frame["person"]

    def estimate() -> Outcome:
        model = MultinomialLogit()
        model.fit(X=x, y=y, varnames=problem.names, alts=alternatives, ids=ids, verbose=0)
        evaluations = getattr(model, "total_fun_eval", None)
        return Outcome(float(model.loglikelihood), evaluations, "numeric Hessian")

    return estimate


def choicemodels(problem: Problem) -> Estimate:
    """Return ``choicemodels.MultinomialLogit(...).fit``, its own engine."""
    from choicemodels import MultinomialLogit

    frame = _long_frame(problem)
    frame["chosen"] = frame["chosen"].astype(int)

    def estimate() -> Outcome:
        results = MultinomialLogit(
            data=frame,
            observation_id_col="person",
            choice_col="chosen",
            model_expression=" + ".join(problem.names) + " - 1",
        ).fit()
        found = results.get_raw_results()
        return Outcome(float(found["log_likelihood"]["convergence"]), None, "outer product")

    return estimate


def biogeme(problem: Problem) -> Estimate:
    """Return ``BIOGEME(...).estimate`` without its files."""
    import pandas as pd
    from biogeme.biogeme import BIOGEME
    from biogeme.database import Database
    from biogeme.expressions import Beta, Variable
    from biogeme.models import loglogit

    _, alternatives, coefficients = problem.x.shape
    columns = {"choice": problem.y + 1}
    for j in range(alternatives):
        for k in range(coefficients):
            columns[f"x{k + 1}_{j + 1}"] = problem.x[:, j, k]
    database = Database(problem.name, pd.DataFrame(columns))
    betas = [Beta(f"b{k + 1}", 0, None, None, 0) for k in range(coefficients)]
    utilities = {
        j + 1: sum(b * Variable(f"x{k + 1}_{j + 1}") for k, b in enumerate(betas))
        for j in range(alternatives)
    }
    availability = dict.fromkeys(utilities, 1)

    def estimate() -> Outcome:
        model = BIOGEME(
            database,
            loglogit(utilities, availability, Variable("choice")),
            generate_html=False,
            generate_yaml=False,
            save_iterations=False,
        )
        model.model_name = problem.name
        results = model.estimate()
        return Outcome(float(results.final_log_likelihood), None, "Hessian and robust")

    return estimate


def pylogit(problem: Problem) -> Estimate:
    """Return pylogit's ``fit_mle`` of its conditional logit."""
    # pylogit 1.0.1 looks for a name that moved in Python 3.10
    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]
    import pylogit as package

    frame = _long_frame(problem)
    frame["chosen"] = frame["chosen"].astype(int)
    specification = collections.OrderedDict((name, "all_same") for name in problem.names)

    def estimate() -> Outcome:
        model = package.create_choice_model(
            data=frame,
            alt_id_col="alternative",
            obs_id_col="person",
            choice_col="chosen",
            specification=specification,
            model_type="MNL",
            names=collections.OrderedDict((name, name) for name in problem.names),
        )
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit_mle(np.zeros(len(problem.names)), print_res=False)
        return Outcome(float(model.log_likelihood), None, "Hessian and robust")

    return estimate


PACKAGES: dict[str, Callable[[Problem], Estimate]] = {
    "ccegov_choice": ccegov_choice,
    "xlogit": xlogit,
    "choicemodels": choicemodels,
    "biogeme": biogeme,
    "pylogit": pylogit,
}
