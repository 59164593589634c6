"""A PostgreSQL cluster in a temporary folder, on a free port of this machine, gone afterwards.

With `fsync` on, so that what is measured and proved with it holds. Used by tests too.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
_SECONDS = 120


def binaries() -> Path | None:
    """Return the folder of `initdb` and `postgres`, the newest if there are several."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = [
        folder
        for pattern in _PLACES
        for folder in Path("/").glob(pattern.lstrip("/"))
        if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]
    return max(found, default=None)


class Cluster:
    """A cluster that lives as long as its `with` block, or as this process."""

    def __init__(self) -> None:
        found = binaries()
        if found is None:
            raise FileNotFoundError("PostgreSQL is not installed (apt-get install postgresql)")
        self._bin = found
        self._folder = Path(tempfile.mkdtemp(prefix="ccegov-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self.port = _free_port()

    def __enter__(self) -> Self:
        try:
            if os.geteuid() == 0:
                shutil.chown(self._folder, "postgres", "postgres")
            options = ["-D", str(self._data), "-U", "ccegov", "-A", "trust", "-E", "UTF8"]
            made = subprocess.run(
                self._command("initdb", *options, "--locale=C", "--no-instructions"),
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
            )
            if made.returncode:
                raise RuntimeError(f"initdb failed: {made.stderr}")
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop(signal.SIGQUIT)  # nothing is to be kept
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 200,
            "fsync": "on",
            "synchronous_commit": "on",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("postgres", "-D", str(self._data), *options),
                stdout=log,
                stderr=log,
                cwd="/",
            )
        ask = [str(self._bin / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]
        until = time.monotonic() + _SECONDS
        while subprocess.run(ask, capture_output=True, check=False).returncode:
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"postgres did not start: {self.log()[-2000:]}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: fast (SIGINT), or as in a crash (SIGQUIT)."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop and start again."""
        self.stop(how)
        self.start()

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        self._databases += 1
        name = f"answers_{self._databases}"
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "ccegov"]
        subprocess.run([str(self._bin / "createdb"), *place, name], check=True, capture_output=True)
        return f"postgresql://ccegov@127.0.0.1:{self.port}/{name}"

    def log(self) -> str:
        """Return what the server wrote."""
        return (self._folder / "log").read_text(errors="replace")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _command(self, name: str, *arguments: str) -> list[str]:
        program = [str(self._bin / name), *arguments]
        if not shutil.which("setpriv"):
            return program
        before = ["setpriv"]
        if threading.current_thread() is threading.main_thread():
            before += ["--pdeathsig", "INT"]  # the server goes when this process is killed
        if os.geteuid() == 0:  # which it refuses to be run by
            before += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        return [*before, *program]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
