"""pylogit: conditional logit."""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import io
import warnings

from packages import Estimate, Outcome, long_rows
from problems import Problem


def prepare(problem: Problem, draws: int | None) -> Estimate:
    """Return ``create_choice_model(...)`` and ``fit_mle``."""
    # pylogit 1.0.1 looks for a name that moved in Python 3.10
    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]
    import pandas as pd
    import pylogit as package

    del draws
    rows = long_rows(problem)
    frame = pd.DataFrame(rows.pop("x"), columns=list(problem.names)).assign(**rows)
    specification = collections.OrderedDict((name, "all_same") for name in problem.names)

    def estimate() -> Outcome:
        model = package.create_choice_model(
            data=frame,
            alt_id_col="alternative",
            obs_id_col="choice",
            choice_col="chosen",
            specification=specification,
            model_type="MNL",
            names=collections.OrderedDict((name, name) for name in problem.names),
        )
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit_mle(problem.start.copy(), print_res=False)
        estimates = model.params.to_numpy()
        return Outcome(float(model.log_likelihood), None, "Hessian and robust", estimates)

    return estimate
