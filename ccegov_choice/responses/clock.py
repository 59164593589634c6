"""Two readings of time: what the clock says, for records; one that never goes back, for leases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """Return milliseconds since 1970, the way the store keeps times."""
    return round(moment.timestamp() * 1000)


def moment(milliseconds: int) -> datetime:
    """Return the time of some milliseconds since 1970, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class SteadyClock:
    """Time that follows the clock forwards and never back.

    Leases compare readings of it. Where the clock is set back it goes on at the machine's own
    pace from where it was, so that places neither stay taken for the time the clock was set
    back, nor stay hidden because they were freed "in the future". Where the clock jumps ahead
    leases run out early: people keep their blocks, and the ledger tells of extra starts.

    Parameters
    ----------
    clock : callable
        Gives the time now.
    last : int
        The last reading that was stored, in milliseconds; it goes on from there.
    """

    def __init__(self, clock: Clock, last: int = 0) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = last
        self._read_at = time.monotonic()

    def read(self) -> int:
        """Return the reading now, in milliseconds."""
        with self._lock:
            ticks = time.monotonic()
            went_on = self._last + int((ticks - self._read_at) * 1000)
            reading = max(milliseconds(self._clock()), went_on)
            if reading > self._last:
                self._last, self._read_at = reading, ticks
            return reading

    def wall(self) -> int:
        """Return what the clock says, in milliseconds."""
        return milliseconds(self._clock())
