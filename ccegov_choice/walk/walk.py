"""A rehearsal: simulated citizens answer the real server, and what it kept is compared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccegov_choice._files import write_atomic, write_json
from ccegov_choice._provenance import Provenance
from ccegov_choice.errors import MissingExtraError, SurveyError
from ccegov_choice.responses.records import Ledger
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.audit import Audit, audit
from ccegov_choice.walk.choices import with_truth
from ccegov_choice.walk.crowd import Plan, Walked, walk_crowd, walk_share
from ccegov_choice.walk.diary import Diary
from ccegov_choice.walk.load_report import LoadReport, load_report
from ccegov_choice.walk.people import People
from ccegov_choice.walk.server_process import ServerProcess, require_rehearsal

if TYPE_CHECKING:
    import pandas as pd

    from ccegov_choice.data.choice_data import ChoiceData
    from ccegov_choice.design.design import Design

_LEDGER: Ledger = "robot"


@dataclass(frozen=True, eq=False)
class Walk:
    """What a rehearsal brought: a load report, and answers of people whose tastes are known.

    Parameters
    ----------
    survey : Survey
        What was answered.
    seed : int
        Of the citizens.
    report : LoadReport
        Who came, what was kept, how long people waited.
    diaries : tuple of Diary
        What each citizen lived through.
    rows : mapping of int to mapping
        Citizen -> what the store holds of them; empty if it was not looked at.
    choices : tuple of mapping
        One for each task decided in a completed interview, with the truth (``true_class``).
    """

    survey: Survey
    seed: int
    report: LoadReport
    diaries: tuple[Diary, ...]
    rows: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    choices: tuple[Mapping[str, Any], ...] = ()

    def choice_rows(self) -> tuple[Mapping[str, Any], ...]:
        """Return the choices: ``ChoiceData.collect(design, walk)`` asks for them."""
        return self.choices

    @property
    def responses(self) -> pd.DataFrame:
        """The choices as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.choices)

    def data(self, design: Design) -> ChoiceData:
        """Return the choices joined to the tasks of the survey's design, with their provenance."""
        from ccegov_choice.data.choice_data import ChoiceData

        record = Provenance.record(
            "walk_survey",
            parameters={"people": len(self.diaries)},
            seed=self.seed,
            parents={"survey": self.survey.sha256, "design": design.sha256},
        )
        return replace(ChoiceData.collect(design, self), provenance=record)

    def save(self, folder: str | Path) -> tuple[Path, ...]:
        """Write ``choices.csv`` (with the truth beside each choice) and ``walk.json``."""
        target = Path(folder)
        written = [write_json(target / "walk.json", self.report.to_dict())]
        if self.choices:
            written.append(self.save_choices(target / "choices.csv"))
        return tuple(written)

    def save_choices(self, path: str | Path) -> Path:
        """Write the choices as CSV: the same bytes for the same seed."""
        return write_atomic(path, self.responses.to_csv(index=False, lineterminator="\n"))


def walk_survey(
    survey: Survey,
    people: int = 500,
    seed: int = 1,
    *,
    citizens: People | None = None,
    rate: float | None = None,
    concurrent: int = 64,
    think: float = 0.0,
    seconds: float | None = None,
    database: str | None = None,
    url: str | None = None,
    key_file: str | Path | None = None,
    workers: int = 1,
    clients: int = 1,
    progress: Callable[[int], None] = lambda ended: None,
) -> Walk:
    """Let simulated citizens answer a survey over HTTP, and compare what it kept.

    The real server is started on this machine, with a throw-away database unless one is named.
    Citizens stand in the ledger of robots: they use up no real place. They read the pages, and
    send what a browser would send. Their tastes and answers follow from the seed; without a
    `rate` their blocks do too, so that the same seed gives the same choices.

    Parameters
    ----------
    survey : Survey
        Read from a folder.
    people : int
        How many citizens.
    seed : int
        Of everything that chance decides.
    citizens : People, optional
        Tastes, answers and behaviour; by default ``people.toml`` of the survey's folder.
    rate : float, optional
        Citizens who arrive a second; without it they agree one after the other at once.
    concurrent : int
        Most citizens at the same time.
    think : float
        Mean seconds that people spend on a page.
    seconds : float, optional
        How long the walk lasts at most.
    database : str, optional
        ``sqlite:///FILE`` or ``postgresql://...``.
    url : str, optional
        A server that runs already, on this machine; answers are compared if `database` and
        `key_file` are those of it, and it serves robots.
    key_file : str or Path, optional
        The server's key.
    workers, clients : int
        Processes of the server, and of the citizens.
    progress : callable, optional
        Called with the number of citizens who are through; by a walk with one client.

    Returns
    -------
    Walk
        Who the citizens were, what they did, and what the server kept of it.

    Raises
    ------
    SurveyError
        If the survey has no folder, or the address is not on this machine or takes real answers.
    ResponseError
        If the server does not start, or cannot be reached any more.
    """
    _require_packages()
    if survey.folder is None:
        raise SurveyError(
            "the survey has no folder", where="walk_survey", cure="Read it: Survey.read(folder)."
        )
    if people < 1:
        raise SurveyError(
            f"{people} people cannot answer", where="walk_survey", cure="Give 1 or more."
        )
    crowd = citizens or People.read(survey.folder / "people.toml", survey)
    crowd.require_fitting(survey)
    plan = Plan(people, seed, rate, concurrent, think, seconds)
    with tempfile.TemporaryDirectory(prefix="ccegov-walk-") as temporary:
        place = database or (None if url else f"sqlite:///{temporary}/answers.sqlite")
        key = Path(key_file) if key_file else (None if url else Path(temporary) / "key")
        options = ["--ledger", _LEDGER, "--no-limits", "--workers", str(workers)]
        options += ["--database", str(place), "--key-file", str(key)]
        before = _codes(survey, place, key) if database and key_file else {}
        with _served(survey.folder, options, url) as (address, server):
            idle = server.cpu_seconds() if server else None
            parts = _walk(address, survey, survey.folder, crowd, plan, clients, progress)
            busy = server.cpu_seconds() if server else None
        diaries = tuple(sorted((d for part in parts for d in part.diaries), key=_number))
        found: Audit | None = None
        choices: list[dict[str, Any]] = []
        if place and key:
            found, choices = _compare(survey, diaries, place, key, set(before))
    report = load_report(
        diaries,
        found,
        server_cpu_seconds=busy - idle if busy is not None and idle is not None else None,
        client_cpu_seconds=sum(part.cpu_seconds for part in parts),
    )
    return Walk(survey, seed, report, diaries, found.people if found else {}, tuple(choices))


@contextmanager
def _served(
    folder: Path, options: Sequence[str], url: str | None
) -> Iterator[tuple[str, ServerProcess | None]]:
    if url is not None:
        yield require_rehearsal(url), None
        return
    server = ServerProcess.start(folder, options)
    try:
        yield server.url, server
    finally:
        server.stop()


def _walk(
    address: str,
    survey: Survey,
    folder: Path,
    people: People,
    plan: Plan,
    clients: int,
    progress: Callable[[int], None],
) -> tuple[Walked, ...]:
    if clients == 1:
        return (walk_crowd(address, survey, people, plan, progress),)
    share = max(-(-plan.concurrent // clients), 1)
    plans = [replace(plan, concurrent=share, share=(i, clients)) for i in range(clients)]
    # fresh processes: a fork would take the threads and open files of this one along
    with ProcessPoolExecutor(clients, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(walk_share, address, folder, people, one) for one in plans]
        return tuple(job.result() for job in jobs)


def _compare(
    survey: Survey, diaries: Sequence[Diary], database: str, key: Path, before: set[str]
) -> tuple[Audit, list[dict[str, Any]]]:
    """Look into the store: what is there of each answer, and the choices of who completed."""
    from ccegov_choice.responses.store import ResponseStore

    rows = {c: row for c, row in _codes(survey, database, key).items() if c not in before}
    with ResponseStore.open(database) as store:
        found = audit(survey, diaries, rows, store.events(survey.id, _LEDGER))
        through = {n: row for n, row in found.people.items() if row["state"] == "completed"}
        numbers = {row["person"]: number for number, row in through.items()}
        known = {diary.number: diary.known for diary in diaries}
        return found, with_truth(store.choice_rows(survey.id, _LEDGER), numbers, known)


def _number(diary: Diary) -> int:
    return diary.number


def _codes(survey: Survey, database: str | None, key: Path | None) -> dict[str, dict[str, Any]]:
    """Return everybody in the robots' ledger by the code that they are shown."""
    from ccegov_choice.responses.store import ResponseStore
    from ccegov_choice.survey.server.key_file import read_key
    from ccegov_choice.survey.server.person_code import code_of
    from ccegov_choice.survey.server.signing import Signer

    if database is None or key is None or not key.is_file():
        return {}
    signer = Signer(read_key(key))
    with ResponseStore.open(database) as store:
        return {code_of(signer, row["person"]): row for row in store.rows(survey.id, _LEDGER)}


def _require_packages() -> None:
    try:
        import aiohttp  # noqa: F401
        import starlette  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            f"a walk needs the package {error.name}", cure="pip install 'ccegov_choice[survey]'"
        ) from error
