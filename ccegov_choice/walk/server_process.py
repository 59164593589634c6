"""The real server, started for a rehearsal and stopped after it: on this machine only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from ccegov_choice.errors import ResponseError, SurveyError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NOT_REAL = 'class="preview"'  # the banner of every page whose answers do not count
_START_SECONDS, _STOP_SECONDS = 60.0, 30.0


def require_loopback(url: str) -> str:
    """Return an address if it is on this machine: citizens who do not exist stay at home.

    Raises
    ------
    SurveyError
        If it is anywhere else.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.hostname not in _LOOPBACK:
        raise SurveyError(
            f"{url} is not on this machine",
            where="--url",
            cure="Rehearse on the machine of the server: http://127.0.0.1:8000.",
        )
    return url.rstrip("/")


def require_rehearsal(url: str) -> str:
    """Return an address if the server there keeps its answers apart from real ones.

    Raises
    ------
    SurveyError
        If citizens would take real places.
    ResponseError
        If nobody answers there.
    """
    address = require_loopback(url)
    try:
        with urllib.request.urlopen(f"{address}/", timeout=10) as answer:
            page = answer.read().decode(errors="replace")
    except OSError as error:
        raise ResponseError(
            f"no survey answers there: {error}", where=url, cure="Start the server first."
        ) from error
    if _NOT_REAL not in page:
        raise SurveyError(
            "this server takes real answers, and robots would use up real places",
            where=url,
            cure="Start it with --ledger robot, or let the walk start one: leave --url out.",
        )
    return address


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class ServerProcess:
    """A running survey server.

    Parameters
    ----------
    process : Popen
        The process.
    url : str
        Where it answers.
    log : IO
        What it writes.
    """

    process: subprocess.Popen[bytes]
    url: str
    log: IO[bytes]

    @classmethod
    def start(cls, folder: Path, options: Sequence[str]) -> ServerProcess:
        """Start ``ccegov survey serve`` on a free port and wait until it is ready.

        Parameters
        ----------
        folder : Path
            The survey.
        options : sequence of str
            Further options, such as ``["--database", "sqlite:///walk.sqlite"]``.

        Raises
        ------
        ResponseError
            If it ends, or is not ready in time; with what it wrote.
        """
        port = free_port()
        command = [sys.executable, "-m", "ccegov_choice.cli.main", "survey", "serve", str(folder)]
        command += ["--host", "127.0.0.1", "--port", str(port), *options]
        log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server runs
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        server = cls(process, f"http://127.0.0.1:{port}", log)
        server._wait_until_ready()
        return server

    def _wait_until_ready(self) -> None:
        limit = time.monotonic() + _START_SECONDS
        while time.monotonic() < limit and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/ready", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        told = self.told()
        self.stop()
        raise ResponseError(
            f"the server did not get ready: {told}",
            where="ccegov survey serve",
            cure="Run that command by itself and see what it says.",
        )

    def told(self, characters: int = 2000) -> str:
        """Return the end of what the server wrote."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-characters:].strip()

    def cpu_seconds(self) -> float | None:
        """Return processor seconds that the server and its workers have used, where known."""
        ticks = [_cpu_ticks(pid) for pid in _family(self.process.pid)]
        known = [tick for tick in ticks if tick is not None]
        return sum(known) / os.sysconf("SC_CLK_TCK") if known else None

    def stop(self) -> None:
        """Ask the server to end, and make it if it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def _family(pid: int) -> list[int]:
    """Return a process and everything it started; only itself where /proc does not tell."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        direct = [int(word) for word in children.read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(member for child in direct for member in _family(child))]


def _cpu_ticks(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # the name in brackets may hold spaces: count fields after it
    words = stat.rpartition(")")[2].split()
    return int(words[11]) + int(words[12])
