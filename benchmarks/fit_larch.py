"""larch: logit by its Numba engine; panel mixed logit and latent classes by its JAX engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from packages import Estimate, Outcome, in_order, long_rows, wide_columns
from problems import Problem


def prepare(problem: Problem, draws: int | None) -> Estimate:
    """Return ``maximize_loglike`` and the covariance of larch's model."""
    if problem.model == "classes":
        return _classes(problem)
    return _logit(problem) if draws is None else _mixed(problem, draws)


def _model(problem: Problem, engine: str) -> Any:
    """Return a model of rows of alternatives, with the data in it."""
    import larch
    import pandas as pd

    rows = long_rows(problem)
    frame = pd.DataFrame(rows.pop("x"), columns=list(problem.names)).assign(**rows)
    frame = frame.set_index(["choice", "alternative"])
    dataset = larch.Dataset.construct.from_idca(frame, crack=True)
    model = larch.Model(dataset, compute_engine=engine)
    model.utility_ca = sum(larch.P(name) * larch.X(name) for name in problem.names)
    model.choice_ca_var = "chosen"
    return model


def _logit(problem: Problem) -> Estimate:
    model = _model(problem, "numba")
    start = dict(zip(problem.names, problem.start, strict=True))

    def estimate() -> Outcome:
        model.pvals = start
        found = model.maximize_loglike(quiet=True)
        model.calculate_parameter_covariance()
        values = dict(zip(model.pnames, model.pvals, strict=True))
        estimates = np.array([values[name] for name in problem.names])
        return Outcome(float(found.loglike), None, "Hessian", estimates)

    return estimate


def _mixed(problem: Problem, draws: int) -> Estimate:
    import larch

    spread = [f"sd {name}" for name in problem.names]
    order = [*problem.names, *spread]

    def estimate() -> Outcome:
        model = _model(problem, "jax")
        model.groupid = "person"
        model.mixtures = [
            larch.mixtures.Normal(name, sd) for name, sd in zip(problem.names, spread, strict=True)
        ]
        model.n_draws, model.seed = draws, 1
        model.pvals = dict(zip(order, problem.start, strict=True))
        found = model.maximize_loglike(quiet=True, stderr=True)
        values = dict(zip(model.pnames, model.pvals, strict=True))
        estimates = in_order(problem, np.array([values[name] for name in order]))
        return Outcome(float(found.loglike), found.get("nfev"), "Hessian", estimates)

    return estimate


def _classes(problem: Problem) -> Estimate:
    import larch
    import pandas as pd

    frame = pd.DataFrame(wide_columns(problem))
    alternatives = range(1, problem.x.shape[1] + 1)
    classes = range(problem.classes)
    order = [f"{name} {c}" for c in classes for name in problem.names]
    order += [f"odds {c}" for c in classes[1:]]

    def choice_model(c: int) -> Any:
        model = larch.Model(compute_engine="jax")
        model.choice_co_code = "choice"
        for j in alternatives:
            model.utility_co[j] = sum(
                larch.P(f"{name} {c}") * larch.X(f"{name}_{j}") for name in problem.names
            )
        return model

    def estimate() -> Outcome:
        membership = larch.Model(compute_engine="jax")
        for c in classes[1:]:
            membership.utility_co[101 + c] = larch.P(f"odds {c}")
        data = larch.Dataset.construct.from_idco(frame).dc.set_altids(list(alternatives))
        model = larch.LatentClass(
            membership,
            {101 + c: choice_model(c) for c in classes},
            datatree=data,
            groupid="person",
            float_dtype=np.float64,
        )
        model.pvals = dict(zip(order, problem.start, strict=True))
        found = model.maximize_loglike(method="slsqp", quiet=True)
        model.calculate_parameter_covariance()
        values = dict(zip(model.pnames, model.pvals, strict=True))
        estimates = np.array([values[name] for name in order])
        return Outcome(float(found.loglike), found.get("nfev"), "Hessian", estimates)

    return estimate
