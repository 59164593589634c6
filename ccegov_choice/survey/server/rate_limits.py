"""Limits on how often one address may ask, kept in memory under a hash that nobody can undo."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable

_SALT_SECONDS = 3600.0
_MOST_ENTRIES = 200_000


class RateLimiter:
    """Counts requests by address within windows of time.

    Addresses are hashed with a random salt that changes every hour and is written nowhere.

    Parameters
    ----------
    clock : callable
        Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[bytes, tuple[float, int]] = {}
        self._salt = secrets.token_bytes(16)
        self._salted = clock()

    def seconds_to_wait(self, kind: str, address: str, limit: int, window: float) -> int:
        """Count one request, and say how long to wait before the next is welcome.

        Parameters
        ----------
        kind : str
            What is counted.
        address : str
            Where the request comes from.
        limit : int
            Requests within a window; 0 means no limit.
        window : float
            Seconds.

        Returns
        -------
        int
            0 if the request is within the limit, else seconds.
        """
        if not limit:
            return 0
        with self._lock:
            now = self._clock()
            self._renew(now)
            key = hashlib.blake2b(f"{kind} {address}".encode(), key=self._salt).digest()
            began, count = self._counts.get(key, (now, 0))
            if now - began >= window:
                began, count = now, 0
            self._counts[key] = (began, count + 1)
            return 0 if count < limit else max(1, round(began + window - now))

    def _renew(self, now: float) -> None:
        if now - self._salted >= _SALT_SECONDS or len(self._counts) >= _MOST_ENTRIES:
            self._counts.clear()
            self._salt, self._salted = secrets.token_bytes(16), now
