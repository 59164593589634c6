"""How often somebody may try to log in: few times for one caller, more for all together."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 15 * 60
FOR_ONE = 5
FOR_ALL = 60
_HERE = ("127.", "::1")


class LogInAttempts:
    """Counts failed log-ins in memory; callers are known by a salted hash only.

    A caller is slowed down after few failures. The limit for all together stops a guesser who
    uses many addresses; administrators wait then too, at most a quarter of an hour. Callers from
    the server's own machine count together only: behind a proxy that is not trusted everybody
    comes from there.

    Parameters
    ----------
    clock : callable
        Gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._salt = secrets.token_bytes(16)
        self._failures: deque[tuple[float, bytes]] = deque()
        self._lock = threading.Lock()

    def allowed(self, caller: str) -> bool:
        """Return whether a caller may try now."""
        mark = self._mark(caller)
        with self._lock:
            self._forget()
            mine = sum(other == mark for _, other in self._failures)
            few = mine < FOR_ONE or caller.startswith(_HERE)
            return few and len(self._failures) < FOR_ALL

    def failed(self, caller: str) -> None:
        """Remember a failure."""
        with self._lock:
            self._failures.append((self._clock(), self._mark(caller)))

    def succeeded(self, caller: str) -> None:
        """Forget the failures of a caller who is known now."""
        mark = self._mark(caller)
        with self._lock:
            self._failures = deque(item for item in self._failures if item[1] != mark)

    def _forget(self) -> None:
        oldest = self._clock() - WINDOW_SECONDS
        while self._failures and self._failures[0][0] < oldest:
            self._failures.popleft()

    def _mark(self, caller: str) -> bytes:
        return hashlib.blake2b(caller.encode(), key=self._salt, digest_size=12).digest()
