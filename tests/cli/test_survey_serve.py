"""`ccegov survey serve` and `preview`: real processes, real sockets."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from ccegov_choice.walk.html_form import read_forms

SURVEYS = Path(__file__).parents[2] / "surveys"
COMMAND = [sys.executable, "-m", "ccegov_choice.cli.main", "survey"]


class Server:
    """A server process; `link` is what it printed."""

    def __init__(self, *arguments: str, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        self.log = folder / "log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        self.link = self.process.stdout.readline().strip().rstrip("/")

    def wait_until_ready(self) -> None:
        for _ in range(600):
            try:
                if httpx.get(f"{self.link}/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        self.process.stdout.close()
        return self.process.wait(30)


@pytest.fixture
def serve(tmp_path):
    """Return a function that starts a server; all are stopped at the end."""
    started: list[Server] = []

    def start(*arguments: str) -> Server:
        server = Server(*arguments, folder=tmp_path)
        started.append(server)
        server.wait_until_ready()
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop(signal.SIGKILL)


def agree(server: Server) -> str:
    """Take part in a survey, and return the cookie."""
    with httpx.Client(base_url=server.link, follow_redirects=True) as client:
        (form,) = [f for f in read_forms(client.get("/consent").text) if f.method == "post"]
        ticked = {n: "yes" for n in form.names if n.startswith("statement.")}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        sent = urlencode(form.filled(ticked, ("agree", "yes")))
        page = client.post(form.action, content=sent, headers=headers)
        assert "/page/" in page.url.path
        return client.cookies["ccegov_choice"]


def people(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "benefit-claim.sqlite")) as connection:
        return connection.execute("select count(*) from person").fetchone()[0]


def test_answers_outlive_the_server_and_people_come_back(serve, tmp_path):
    first = serve("serve", str(SURVEYS / "benefit-claim"), "--port", "0")
    cookie = agree(first)
    assert first.stop() in (0, -signal.SIGTERM)
    second = serve("serve", str(SURVEYS / "benefit-claim"), "--port", "0", "--workers", "2")
    cookies = {"ccegov_choice": cookie}
    again = httpx.get(f"{second.link}/page/next", cookies=cookies, follow_redirects=True)
    assert again.url.path.startswith("/page/")
    assert people(tmp_path) == 1
    assert second.stop() in (0, -signal.SIGTERM)
    for name in ("benefit-claim.sqlite", "benefit-claim-contacts.sqlite", "benefit-claim.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log
    assert cookie not in log
    assert '"route": "/page/{step}"' in log


def test_a_preview_follows_its_author_and_leaves_nothing(serve, tmp_path):
    import shutil

    designs = SURVEYS.parent / "designs" / "benefit-claim"
    shutil.copytree(designs, tmp_path / "designs" / "benefit-claim")
    folder = tmp_path / "surveys" / "benefit-claim"
    shutil.copytree(SURVEYS / "benefit-claim", folder)
    server = serve("preview", str(folder), "--port", "0")
    welcome = folder / "pages" / "welcome.md"
    before = welcome.read_text(encoding="utf-8")
    assert "Written just now" not in httpx.get(f"{server.link}/").text
    welcome.write_text(before + "\n\nWritten just now.\n", encoding="utf-8")
    assert "Written just now" in httpx.get(f"{server.link}/").text
    welcome.write_text(before.replace("kind", "knd", 1), encoding="utf-8")
    broken = httpx.get(f"{server.link}/")
    assert broken.status_code == 500
    assert "welcome.md" in broken.text
    welcome.write_text(before, encoding="utf-8")
    assert httpx.get(f"{server.link}/").status_code == 200
    agree(server)
    server.stop()
    assert not list(tmp_path.glob("*.sqlite"))


def refused(*arguments: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "->" in done.stderr
    return done.stderr


def test_what_cannot_be_served_is_said_with_its_cure(tmp_path):
    assert "no survey.toml" in refused("serve", "nowhere", folder=tmp_path)
    survey = str(SURVEYS / "benefit-claim")
    (tmp_path / "bad.key").write_text("short")
    (tmp_path / "bad.key").chmod(0o600)
    assert "5 bytes" in refused("serve", survey, "--key-file", "bad.key", folder=tmp_path)
    wrong = refused("serve", survey, "--database", "mysql://x", folder=tmp_path)
    assert "mysql" in wrong
