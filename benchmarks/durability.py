"""Is every acknowledged answer there, exactly once? A server is killed and disturbed to find out.

    python benchmarks/durability.py                    # 100 kills on each store, then other faults
    python benchmarks/durability.py --kills 10 --stores sqlite --json

Simulated citizens (`ccegov survey walk`) answer a survey over loopback and send a form again
until it is acknowledged, as people do who press the button again. Meanwhile the server is ended
by SIGKILL, every other time at a random moment, else at a named point (`crashing_app.py`), and
started again on the same store. In the end every acknowledged answer is looked up. Killing a
process does not try what a power cut does: that what was written is on disk rests on SQLite's
``synchronous=FULL`` and PostgreSQL's ``fsync``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from crashing_app import POINTS
from throwaway_postgres import Cluster

from ccegov_choice._files import write_atomic
from ccegov_choice.responses.database import Database
from ccegov_choice.survey.server.key_file import make_key
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk import browser, crowd
from ccegov_choice.walk.audit import audit
from ccegov_choice.walk.crowd import Plan, walk_crowd
from ccegov_choice.walk.diary import Diary
from ccegov_choice.walk.people import People
from ccegov_choice.walk.server_process import free_port
from ccegov_choice.walk.walk import _codes

ROOT = Path(__file__).parents[1]
SURVEY = ROOT / "surveys" / "benefit-claim"
FAULTS = ("kills", "restart", "locked", "full", "clock")
_LONGEST_SECONDS = 3600.0
_READY_SECONDS = 60.0


@dataclass
class Outcome:
    """What came of one kind of fault on one store."""

    store: str
    fault: str
    faults: int
    citizens: int
    completed: int
    acknowledged: int
    stored: int
    lost: int
    duplicated: int
    leaked_places: int
    retries: int
    trouble: int
    seconds: float
    details: list[str] = field(default_factory=list)


class Server:
    """The real server on a fixed port, which is started again and again."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        """Start and wait until it is ready, or has ended at its named point."""
        options = ["--port", str(self.port), "--no-limits", "--ledger", "robot"]
        command = [sys.executable, "-m", "ccegov_choice.cli.main", "survey", "serve", str(SURVEY)]
        command += [*options, "--database", self.database, "--key-file", str(self.folder / "key")]
        environment = dict(os.environ)
        if more:
            command = [sys.executable, "-m", "uvicorn", "--factory", "crashing_app:application"]
            command += ["--app-dir", str(ROOT / "benchmarks"), "--port", str(self.port)]
            command += ["--log-level", "warning", "--no-access-log"]
            environment |= {
                "CCEGOV_SURVEY": str(SURVEY),
                "CCEGOV_DATABASE": self.database,
                "CCEGOV_KEY_FILE": str(self.folder / "key"),
                "CCEGOV_LEDGER": "robot",
                "CCEGOV_LIMITS": "off",
                **more,
            }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/health", timeout=2):
                return
            time.sleep(0.05)
        if self._process.returncode != -signal.SIGKILL:
            raise RuntimeError(f"the server did not start:\n{self.log()[-3000:]}")

    def wait(self, seconds: float) -> bool:
        """Wait for its end; whether it came."""
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode is not None

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """Return what it wrote."""
        return (self.folder / "log").read_text(errors="replace")


class Disturbance:
    """Something that disturbs the server in the background until it is asked to stop."""

    def __init__(self, act: Callable[[int], None], times: int, after: Callable[[], None]) -> None:
        self.done = 0
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(act, times, after))
        self._thread.start()

    def _run(self, act: Callable[[int], None], times: int, after: Callable[[], None]) -> None:
        try:
            for number in range(times):
                act(number)
                self.done = number + 1
            after()
        except BaseException as error:
            self.error = error

    @property
    def going_on(self) -> bool:
        """Whether there is more to come."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for the end, and raise what went wrong."""
        self._thread.join()
        if self.error is not None:
            raise self.error


def kill_again_and_again(server: Server, rng: random.Random) -> Callable[[int], None]:
    """Return what starts the server once more, and ends it at once or at a named point."""

    def act(number: int) -> None:
        if number % 2:
            point = POINTS[number // 2 % len(POINTS)]
            after = rng.randint(1, 6 if point == "after-place" else 40)
            server.start(CCEGOV_CRASH_AT=point, CCEGOV_CRASH_AFTER=str(after))
            server.wait(10)  # where few come by, it is ended all the same
        else:
            server.start()
            time.sleep(rng.uniform(0.1, 3.0))
        server.kill()

    return act


def measure(
    store: str,
    fault: str,
    database: str,
    folder: Path,
    times: int,
    *,
    people: int = 60,
    cluster: Cluster | None = None,
    seed: int = 1,
) -> Outcome:
    """Let citizens answer while something goes wrong again and again; look everything up."""
    # the server is away on purpose, most of the time: citizens knock often and do not give up
    browser._UNREACHABLE_SECONDS, browser._LONGEST_PAUSE = 600.0, 0.25
    crowd.Browser = partial(browser.Browser, patience=600.0)  # type: ignore[misc, assignment]
    survey = Survey.read(SURVEY)
    citizens = People.read(SURVEY / "people.toml", survey)
    server = Server(folder, database)
    flag, clock = folder / "full", folder / "clock"
    clock.write_text("0")
    make_key(folder / "key")
    if fault == "full":
        server.start(CCEGOV_FULL_WHILE=str(flag))
    elif fault == "clock":
        server.start(CCEGOV_CLOCK_FILE=str(clock))
    elif fault != "kills":
        server.start()
    rng = random.Random(seed)
    acts: dict[str, Callable[[int], None]] = {
        "kills": kill_again_and_again(server, rng),
        "restart": lambda number: _restart(cluster, number),
        "locked": lambda number: _lock(database),
        "full": lambda number: _fill(flag),
        "clock": lambda number: _set_clock(clock, number),
    }
    began = time.monotonic()
    diaries: list[Diary] = []
    after = server.start if fault == "kills" else lambda: None
    disturbance = Disturbance(acts[fault], times, after)
    try:
        while disturbance.going_on and time.monotonic() - began < _LONGEST_SECONDS:
            plan = Plan(
                people, seed=seed + len(diaries), rate=people / 3, concurrent=people, think=0.1
            )
            for diary in walk_crowd(server.url, survey, citizens, plan).diaries:
                diary.number += len(diaries) - len(diaries) % people
                diaries.append(diary)
        disturbance.join()
    finally:
        server.kill()
    seconds = time.monotonic() - began
    return _look_up(store, fault, disturbance.done, survey, database, folder, diaries, seconds)


def _restart(cluster: Cluster | None, number: int) -> None:
    assert cluster is not None
    time.sleep(1.0)
    cluster.restart(signal.SIGQUIT if number % 2 else signal.SIGINT)  # a crash, a stop


def _lock(database: str) -> None:
    time.sleep(0.5)
    holder = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
    holder.execute("BEGIN IMMEDIATE")
    time.sleep(1.0)
    holder.execute("COMMIT")
    holder.close()


def _fill(flag: Path) -> None:
    time.sleep(0.7)
    flag.touch()
    time.sleep(2.0)
    flag.unlink()


def _set_clock(clock: Path, number: int) -> None:
    time.sleep(0.7)
    wrong = -3600 * (number + 1) if number % 2 else 3600 * number
    write_atomic(clock, str(wrong))  # the server reads it all the time


def _look_up(
    store: str,
    fault: str,
    faults: int,
    survey: Survey,
    database: str,
    folder: Path,
    diaries: list[Diary],
    seconds: float,
) -> Outcome:
    from ccegov_choice.responses.store import ResponseStore

    with ResponseStore.open(database) as opened:
        rows = _codes(survey, database, folder / "key")
        found = audit(survey, diaries, rows, opened.events(survey.id, "robot"))
        leaked = _leaked(opened, survey)
    if database.startswith("sqlite"):
        with sqlite3.connect(database.removeprefix("sqlite:///")) as raw:
            intact = raw.execute("PRAGMA integrity_check").fetchone()[0]
        raw.close()
        assert intact == "ok", intact
    acknowledged = sum(len(diary.acknowledged) for diary in diaries)
    return Outcome(
        store=store,
        fault=fault,
        faults=faults,
        citizens=len(diaries),
        completed=sum(diary.ended == "completed" for diary in diaries),
        acknowledged=acknowledged,
        stored=found.stored,
        lost=len(found.lost),
        duplicated=len(found.duplicated),
        leaked_places=leaked,
        retries=sum(diary.retries for diary in diaries),
        trouble=sum(len(diary.trouble) for diary in diaries),
        seconds=round(seconds, 1),
        details=[
            *found.lost,
            *found.duplicated,
            *(trouble for diary in diaries for trouble in diary.trouble),
            *_errors(folder / "log"),
        ][:40],
    )


def _errors(log: Path) -> list[str]:
    """Return what the server complained about, each complaint once."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return list(
        dict.fromkeys(line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line))
    )


def _leaked(opened: Any, survey: Survey) -> int:
    """Places taken by nobody who is there, and people with neither place nor record of it."""
    from sqlalchemy import text

    database: Database = opened._answers
    nobody = (
        "SELECT count(*) FROM place WHERE state IN ('taken', 'completed') AND NOT EXISTS "
        "(SELECT 1 FROM person WHERE person.id = place.person)"
    )
    without = (
        "SELECT count(*) FROM person WHERE ledger = 'robot' AND state IN ('started', 'completed') "
        "AND NOT EXISTS (SELECT 1 FROM place WHERE place.person = person.id) AND NOT EXISTS "
        "(SELECT 1 FROM place_event WHERE place_event.mark = person.mark AND what = 'extra') "
        # given away since, and not come back
        "AND NOT EXISTS (SELECT 1 FROM place_event WHERE place_event.previous = person.mark)"
    )
    return int(
        database.read(
            lambda c: c.execute(text(nobody)).scalar_one() + c.execute(text(without)).scalar_one()
        )
    )


@contextmanager
def database_of(store: str, folder: Path) -> Iterator[tuple[str, Cluster | None]]:
    """Give a fresh database, and the cluster it is in."""
    if store == "sqlite":
        yield f"sqlite:///{folder / 'answers.sqlite'}", None
        return
    with Cluster() as cluster:
        yield cluster.new_database(), cluster


def main() -> int:
    """Try everything and print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--faults", type=int, default=6, help="times of every other fault")
    parser.add_argument("--people", type=int, default=60, help="citizens at once")
    parser.add_argument("--stores", default="sqlite,postgresql")
    parser.add_argument("--only", default=",".join(FAULTS), help=f"of {', '.join(FAULTS)}")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    outcomes = []
    for store in asked.stores.split(","):
        for fault in asked.only.split(","):
            if fault in ("locked", "full") and store != "sqlite":
                continue  # the server's own business there; see tests/unit/responses
            if fault == "restart" and store != "postgresql":
                continue
            with ExitStack() as opened:
                folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
                database, cluster = opened.enter_context(database_of(store, folder))
                times = asked.kills if fault == "kills" else asked.faults
                outcome = measure(
                    store, fault, database, folder, times, people=asked.people, cluster=cluster
                )
            outcomes.append(outcome)
            if not asked.json:
                _tell(outcome, first=len(outcomes) == 1)
    if asked.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    return int(any(o.lost or o.duplicated or o.leaked_places for o in outcomes))


def _tell(outcome: Outcome, *, first: bool) -> None:
    facts = {name: value for name, value in asdict(outcome).items() if name != "details"}
    if first:
        print("  ".join(f"{name:>11.11}" for name in facts))
    print("  ".join(f"{value!s:>11}" for value in facts.values()), flush=True)
    for line in outcome.details:
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
