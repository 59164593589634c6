"""The audit of the ledger of places: every move, to be checked against the recorded seed."""

from __future__ import annotations

from collections import Counter, deque

from starlette.responses import Response

from ccegov_choice.responses.shuffling import block_at
from ccegov_choice.responses.tallies import LedgerMove
from ccegov_choice.survey.server.admin import figures
from ccegov_choice.survey.server.admin.desk import Desk
from ccegov_choice.survey.server.admin.figures import Sheet
from ccegov_choice.survey.server.admin.gate import Errand
from ccegov_choice.survey.server.admin.overview import asked_ledger
from ccegov_choice.survey.survey import Survey

SHOWN = 100
MOVES = {
    "take": "takes a fresh place",
    "reclaim": "takes a place that was free again",
    "release": "gives the place back",
    "complete": "completes; the place is final",
    "extra": "comes back after the place was given away",
    "outside": "has a block of their own, as on paper",
}


def show(desk: Desk, errand: Errand) -> Response:
    """Show how often each move happened, and the latest of them."""
    survey, ledger = desk.site.survey, asked_ledger(errand)
    totals: Counter[str] = Counter()
    latest: deque[tuple[str | int | None, ...]] = deque(maxlen=SHOWN)
    drawn = Counter[bool]()
    for move in desk.site.store.ledger(survey.id, ledger):
        totals[move.what] += 1
        if move.what == "take" and move.place is not None:
            drawn[_as_drawn(survey, ledger, move)] += 1
        place = None if move.place is None else move.place + 1
        at = f"{move.at:%Y-%m-%d %H:%M:%S}"
        said = MOVES.get(move.what, move.what)
        latest.appendleft((at, f"{move.mark[:8]} {said}", str(place or "–"), move.block))
    return desk.page(
        "places.html",
        "Places",
        errand.session,
        ledger=ledger,
        ledgers=figures.LEDGERS,
        seed=survey.fieldwork.seed,
        lease=survey.fieldwork.lease_minutes,
        same=drawn[True],
        other=drawn[False],
        totals=Sheet(
            "Moves so far",
            ("what somebody does", "times"),
            tuple((text, totals[what]) for what, text in MOVES.items()),
        ),
        latest=Sheet(
            f"The latest moves (at most {SHOWN})",
            ("time (UTC)", "who and what", "place", "block"),
            tuple(latest),
            (
                "People appear under a mark that leads to no answer. All moves are in the file "
                "ledger.csv of the download.",
            ),
        ),
    )


def _as_drawn(survey: Survey, ledger: str, move: LedgerMove) -> bool:
    """Return whether a place has the block that the survey's seed gives it."""
    seed = f"{survey.fieldwork.seed}/{ledger}/{move.stratum}"
    return block_at(survey.tasks.blocks, seed, move.place or 0) == move.block
