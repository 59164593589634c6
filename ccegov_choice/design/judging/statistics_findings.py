"""Findings about what a design tells: errors, certificate, people needed, probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ccegov_choice.design.efficient.certificate import Certificate
from ccegov_choice.design.judging.assumption import Assumption
from ccegov_choice.design.judging.error_summary import ErrorSummary
from ccegov_choice.design.judging.expected import NEARLY_ALWAYS, Expected
from ccegov_choice.design.judging.finding import Finding, Verdict, listed
from ccegov_choice.design.judging.precision import Precision

CLOSE = 0.05  # a design within five per cent of the best possible one needs no further search
MANY_PEOPLE = 2000  # more than most surveys of a service can ask
STRONG_CORRELATION = 0.5


def identification(
    assumption: Assumption, unidentified: Sequence[str], d_error: float, total_alternatives: int
) -> Finding:
    """Say whether all coefficients can be estimated."""
    about, size = "What it can estimate", len(assumption.prior.names)
    if not unidentified:
        where = "" if assumption.is_zero else " at the mean of the prior"
        text = f"all {size} coefficients; D-error {d_error:.4g}{where}, constants included"
        return Finding(about, "good", text)
    cure = "Show more tasks, or drop or merge attributes that always change together."
    room = assumption.design.tasks * (total_alternatives - 1)
    if room < size:
        cure = f"Show more tasks: these tell at most {room} of {size} coefficients."
    return Finding(about, "problem", f"not identified: {listed(unidentified, 8)}", cure)


def assumed(assumption: Assumption) -> Finding:
    """Say what was taken for granted."""
    about = "What was believed"
    if assumption.is_zero:
        cure = "Give a prior, such as Prior.signs(utility), to see people needed and probabilities."
        text = (
            "nothing: every coefficient is taken as zero, so all alternatives are equally likely, "
            "and neither people needed nor any willingness to trade can be told"
        )
        return Finding(about, "note", text, cure)
    source = {
        "given": "the prior given here",
        "remembered": "the prior that the design was made with",
    }.get(assumption.source, "the prior")
    text = f"{source}"
    if len(assumption.priors) > 1:
        share = assumption.priors[0][0]
        text = (
            f"{source}, {len(assumption.priors)} of them with weights; errors are averaged over "
            f"all, people needed and probabilities are of the heaviest ({share:.0%})"
        )
    if len(assumption.people) > 1:
        text += f", for {len(assumption.people)} kinds of people together"
    return Finding(about, "good", text)


def doubt(errors: Sequence[ErrorSummary]) -> Iterator[Finding]:
    """Say what the errors are when the coefficients are not known for sure."""
    for item in errors:
        if item.kind != "D" or math.isnan(item.median):
            continue
        text = (
            f"D-error over the prior: mean {item.mean:.4g}, median {item.median:.4g}, below "
            f"{item.upper:.4g} in 9 of 10 draws (constants included)"
        )
        if item.singular:
            text += f"; at {item.singular} of {item.draws} draws nothing is identified"
            cure = (
                "The beliefs allow coefficients at which one alternative is always chosen: narrow "
                "them, or judge the median."
            )
            yield Finding("If the beliefs are off", "note", text, cure)
        else:
            yield Finding("If the beliefs are off", "good", text)


def distance(certificate: Certificate | None) -> Iterator[Finding]:
    """Say how far the design is from the best possible one."""
    if certificate is None:
        return
    about = "How far from the best possible"
    if certificate.kind == "none":
        yield Finding(about, "note", certificate.said.rstrip("."), "Give certificate_seconds=30.")
        return
    text = f"{certificate.said.rstrip('.')}; efficiency at least {certificate.efficiency:.1%}"
    if certificate.kind == "estimate":
        text = f"{certificate.said.rstrip('.')}; efficiency about {certificate.efficiency:.1%}"
    if certificate.gap <= CLOSE:
        yield Finding(about, "good", text)
    else:
        cure = (
            "Search longer; rules on balance or overlap may cost the rest. The bound holds for "
            "designs that break them too."
        )
        yield Finding(about, "note", text, cure)


def needed(items: Sequence[Precision], about: str, what: str) -> Iterator[Finding]:
    """Say how many people tell every coefficient, or every trade, from zero."""
    known = [item for item in items if item.people_for_power is not None]
    if not known:
        return
    hardest = max(known, key=lambda item: item.people_for_power or 0)
    most, fewest = hardest.people_for_power or 0, hardest.people or 0
    some = sum((item.people_for_power or 0) <= MANY_PEOPLE for item in known)
    text = (
        f"{most:,} people tell all {len(known)} {what} from zero in four of five surveys "
        f"({fewest:,} give |t| ≥ 1.96 on average); the hardest is '{hardest.words}'"
    )
    verdict: Verdict = "good"
    cure = ""
    if most > MANY_PEOPLE:
        verdict = "note"
        text += f"; {some} of {len(known)} need {MANY_PEOPLE:,} or fewer"
        cure = (
            "What is believed to be nearly nothing needs many people. Ask whether the decision "
            "hangs on it; otherwise show more tasks per person, or sharpen the belief by a pilot."
        )
    without = len(items) - len(known)
    if without:
        text += f"; for {without} no number exists (see the table)"
    yield Finding(about, verdict, text, cure)


def choices(expected: Expected) -> Finding:
    """Say whether tasks are real choices."""
    about = "Utility balance"
    text = f"{expected.balance.mean():.0f} of 100 on average (100: all equally likely)"
    if not expected.decided:
        text += f"; no alternative is chosen by more than {NEARLY_ALWAYS:.0%} in any task"
        return Finding(about, "good", text)
    count = len(expected.decided)
    text += f"; one alternative is nearly always chosen (over {NEARLY_ALWAYS:.0%}) in {count} of "
    text += f"{len(expected.tasks)} tasks: {listed(expected.decided)}"
    cure = "Such tasks tell little: make the design for this prior, or replace them."
    return Finding(about, "note", text, cure)


def correlations(pairs: Sequence[tuple[float, str, str]]) -> Iterator[Finding]:
    """Say how strongly coded columns are correlated."""
    if not pairs:
        return
    value, first, second = pairs[0]
    text = f"strongest {value:+.2f}, of {first} and {second}".replace("-", "−", 1)
    about = "Correlation of coded columns"
    if abs(value) <= STRONG_CORRELATION:
        yield Finding(about, "good", text)
        return
    cure = "Look at the standard errors of the two: where they are large, show more tasks."
    yield Finding(about, "note", text, cure)
