"""Numbers for monitoring, as text that Prometheus reads; they come from the store.

Requests are not counted here: with several workers each would tell of its own. The request log
has them all.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping

from ccegov_choice.responses.records import FieldState
from ccegov_choice.responses.tallies import Counts

VARIABLE = "CCEGOV_METRICS_TOKEN"
"""Environment variable with the token; without it there is no page of metrics."""
MEDIA_TYPE = "text/plain; version=0.0.4"
_SHORTEST = 16


def metrics_token(environment: Mapping[str, str] | None = None) -> str:
    """Return the token that opens the metrics; empty if there are none, or it is too short."""
    token = (os.environ if environment is None else environment).get(VARIABLE, "")
    return token if len(token) >= _SHORTEST else ""


def may_read(authorization: str, token: str) -> bool:
    """Return whether the header ``Authorization: Bearer TOKEN`` carries the token."""
    given = authorization.encode()
    return bool(token) and hmac.compare_digest(given, f"Bearer {token}".encode())


def metrics_text(counts: Counts, state: FieldState) -> str:
    """Return how a survey stands: people by state, places by block, whether it is open."""
    survey = f'survey="{_escaped(counts.survey)}"'
    people = [(f'state="{state}"', number) for state, number in sorted(counts.states.items())]
    people.append(('state="erased"', counts.erased))
    blocks = [(f'block="{_escaped(tally.block)}"', tally) for tally in counts.blocks]
    gauges = (
        ("people", "People who have begun, by state.", people),
        ("completed", "Completed interviews by block.", [(b, t.completed) for b, t in blocks]),
        ("in_progress", "People under way by block.", [(b, t.in_progress) for b, t in blocks]),
        (
            "block_spread",
            "Most minus least completed interviews of a block.",
            [("", counts.spread)],
        ),
        (
            "field",
            "1 for the state the field is in.",
            [(f'state="{name}"', int(name == state)) for name in ("open", "paused", "closed")],
        ),
    )
    lines = []
    for name, text, samples in gauges:
        lines += [f"# HELP ccegov_survey_{name} {text}", f"# TYPE ccegov_survey_{name} gauge"]
        for label, number in samples:
            labels = f"{survey},{label}" if label else survey
            lines.append(f"ccegov_survey_{name}{{{labels}}} {number}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
