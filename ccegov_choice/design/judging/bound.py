"""A certificate for any design, also for one that no search of ours made."""

from __future__ import annotations

import math

from ccegov_choice.design.efficient.cases import make_cases
from ccegov_choice.design.efficient.certificate import Certificate, certify
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.engine import Engine, no_rules
from ccegov_choice.design.efficient.evaluate import evaluate
from ccegov_choice.design.judging.assumption import Assumption
from ccegov_choice.design.judging.shown import Shown
from ccegov_choice.errors import DesignError

DRAWS = 64
SEED = 1


def certificate_of(
    shown: Shown, assumption: Assumption, recorded: object, seconds: float
) -> Certificate | None:
    """Return the certificate that a design came with, or work one out for its D-error.

    Parameters
    ----------
    shown : Shown
        The tasks.
    assumption : Assumption
        Priors and people.
    recorded : mapping or None
        What the maker of the design claims.
    seconds : float
        Time for working one out; with 0 only a recorded one is returned, and only where the
        priors are those that the design was made with.

    Notes
    -----
    Rules of the design are not used, so the bound also holds for designs without them.
    """
    if seconds <= 0:
        if isinstance(recorded, dict) and assumption.source == "remembered":
            return Certificate.from_dict(recorded)
        return None
    criterion = Criterion("D")
    local = all(prior.is_local for _, prior in assumption.priors)
    cases = make_cases(
        shown.space, assumption.priors, assumption.people, criterion,
        draws=1 if local else DRAWS, rule="sobol", seed=SEED,
    )  # fmt: skip
    error = evaluate(cases, criterion, shown.codes, shown.present).value
    if not math.isfinite(error):
        text = "the design does not identify all coefficients"
        return Certificate("none", error, math.nan, text, criterion.name)
    rules = no_rules(shown.space, shown.present.shape[1])
    engine = Engine(shown.space, cases, rules, shown.present, shown.codes[:0])
    return certify(engine, criterion, shown.codes, error, seconds=seconds, seed=SEED)


def check_seconds(seconds: float) -> None:
    """Refuse a time that is no time.

    Raises
    ------
    DesignError
        If it is below zero or no number.
    """
    if not seconds >= 0 or math.isinf(seconds):
        raise DesignError(
            f"{seconds:g} seconds cannot be spent on a certificate",
            where="certificate_seconds",
            cure="Give 0 for none, or some seconds, such as 30.",
        )
