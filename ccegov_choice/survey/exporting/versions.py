"""The versions of a questionnaire that another tool draws from: blocks, orders and lots."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, product

from ccegov_choice.survey.exporting.outline import Version
from ccegov_choice.survey.lot import lots_drawn
from ccegov_choice.survey.survey import Survey


def versions_of(survey: Survey, orders: int) -> tuple[Version, ...]:
    """Return a version for each order, each outcome of the lots, and each block.

    Other tools draw one thing only, the version, and each has a seed from which our own server
    would draw the same orders and lots: what was seen can be replayed.
    """
    found: list[Version] = []
    for _ in range(orders):
        for outcome in _outcomes(survey):
            for block in survey.tasks.blocks:
                number = len(found) + 1
                found.append(Version(str(number), block, _seed(survey, number, outcome), outcome))
    return tuple(found)


def _outcomes(survey: Survey) -> Iterator[dict[str, str]]:
    ids = [lot.id for lot in survey.lots]
    for drawn in product(*([option.id for option in lot.options] for lot in survey.lots)):
        yield dict(zip(ids, drawn, strict=True))


def _seed(survey: Survey, number: int, outcome: dict[str, str]) -> str:
    """Return the first seed of a version from which the lots fall out as wanted."""
    for attempt in count():
        seed = f"transfer:{number}" + (f":{attempt}" if attempt else "")
        drawn = lots_drawn(survey.lots, seed)
        if {id: option.id for id, option in drawn.items()} == outcome:
            return seed
    raise AssertionError  # count() does not end
