"""A queue of SQLite's writers: threads of a process, and processes, come to their turn.

SQLite has one writer, and whoever finds it busy sleeps longer and longer; with several processes
some would starve. A lock on a file beside the database is asked for every millisecond instead,
and the system takes it back from a process that dies.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from types import TracebackType

try:
    import fcntl
except ImportError:  # Windows: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

_POLL_SECONDS = 0.001


class Writers:
    """Who may write to a SQLite database now; a reentrant context manager.

    Parameters
    ----------
    path : str
        The database's file; empty for one in memory, which has one process only.
    seconds : float
        How long to wait for other processes; then SQLite decides whether to wait or to refuse.
    """

    def __init__(self, path: str, seconds: float) -> None:
        self._path = f"{path}-queue" if path and fcntl is not None else ""
        self._seconds = seconds
        self._threads = threading.RLock()
        self._depth = 0
        self._file: int | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        self._depth += 1
        if self._depth == 1 and self._path:
            with contextlib.suppress(OSError):  # no file, no queue: SQLite's own waiting has to do
                self._wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._depth == 1 and self._file is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_UN)
        self._depth -= 1
        self._threads.release()

    def _wait(self) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + self._seconds
        while time.monotonic() < until:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                time.sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Close the file of the lock."""
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None
