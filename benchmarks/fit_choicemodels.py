"""choicemodels: logit with its own engine."""

from __future__ import annotations

from packages import Estimate, Outcome, long_rows
from problems import Problem


def prepare(problem: Problem, draws: int | None) -> Estimate:
    """Return ``choicemodels.MultinomialLogit(...).fit``."""
    import pandas as pd
    from choicemodels import MultinomialLogit

    del draws
    rows = long_rows(problem)
    frame = pd.DataFrame(rows.pop("x"), columns=list(problem.names)).assign(**rows)

    def estimate() -> Outcome:
        results = MultinomialLogit(
            data=frame,
            observation_id_col="choice",
            choice_col="chosen",
            model_expression=" + ".join(problem.names) + " - 1",
            initial_coefs=problem.start.tolist(),
        ).fit()
        found = results.get_raw_results()
        log_likelihood = float(found["log_likelihood"]["convergence"])
        estimates = found["fit_parameters"]["Coefficient"].to_numpy()
        return Outcome(log_likelihood, None, "outer product", estimates)

    return estimate
