"""What simulated citizens answer to questions beside the tasks, drawn once for each person."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ccegov_choice.survey.question import Option, Question

Reply = str | float | list[str] | dict[str, str]
WORDS = "Simulated answer: nobody wrote this."
_TICKED = 0.4
_FIRST_DAY = date(1940, 1, 1)
_DAYS = 24_000


def draw_reply(question: Question, shares: Mapping[str, float], rng: random.Random) -> Reply:
    """Draw one person's answer to a question.

    Parameters
    ----------
    question : Question
        What is asked.
    shares : mapping of str to float
        Option -> share; options left out share what remains. Bounds ``low`` and ``high`` of a
        number.
    rng : random.Random
        Source of chance.
    """
    if question.kind in ("single", "scale"):
        return _one(question.option_ids, _leading_out(question), shares, rng)
    if question.kind == "multiple":
        return _several(question.options, shares, rng)
    if question.kind == "matrix":
        columns = question.option_ids
        return {row.id: _one(columns, frozenset(), shares, rng) for row in question.rows}
    if question.kind == "number":
        low = shares.get("low", question.low if question.low is not None else 0)
        high = shares.get("high", question.high if question.high is not None else low + 100)
        return float(rng.randint(int(low), int(high)))
    if question.kind == "date":
        return (_FIRST_DAY + timedelta(rng.randrange(_DAYS))).isoformat()
    return WORDS[: question.max_length]


def _leading_out(question: Question) -> frozenset[str]:
    return frozenset(option.id for option in question.options if option.screen_out)


def _one(
    ids: Sequence[str], unasked: frozenset[str], shares: Mapping[str, float], rng: random.Random
) -> str:
    open_ids = [id for id in ids if id not in shares and id not in unasked]
    left = max(1.0 - sum(shares.values()), 0.0) if shares else 1.0
    weights = [shares.get(id, left / len(open_ids) if id in open_ids else 0.0) for id in ids]
    return rng.choices(ids, weights)[0]


def _several(
    options: Sequence[Option], shares: Mapping[str, float], rng: random.Random
) -> list[str]:
    """Tick options by their shares; one that goes with no other stands alone."""
    ticked = [o for o in options if rng.random() < shares.get(o.id, _TICKED)]
    alone = [o for o in ticked if o.exclusive]
    free = [o for o in ticked if not o.exclusive] or alone[:1] or list(options[:1])
    return [option.id for option in free]
