"""The store of answers: what is acknowledged is kept, exactly once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from ccegov_choice.errors import MissingExtraError, ResponseError
from ccegov_choice.responses.clock import Clock, SteadyClock, milliseconds, moment, system_clock
from ccegov_choice.responses.outlook import Outlook
from ccegov_choice.responses.records import (
    AdminAction,
    Answer,
    FieldState,
    Outcome,
    Person,
    Start,
    State,
    Version,
)

if TYPE_CHECKING:
    from ccegov_choice.responses.database import Database
    from ccegov_choice.responses.places import Series
    from ccegov_choice.responses.retention import RetentionRules
    from ccegov_choice.responses.starting import CodeOf
    from ccegov_choice.responses.tallies import Deletion

_MINUTE = 60_000


class ResponseStore(Outlook):
    """Answers, places, contacts and the record of what happened, in SQLite or PostgreSQL.

    Open one with `ResponseStore.open`; all methods may be called from many threads, and many
    processes may have the same store open. Each method that writes is one transaction, which is
    on disk when it returns, and which may be repeated without harm.
    """

    def __init__(self, answers: Database, contacts: Database, clock: Clock) -> None:
        self._answers = answers
        self._contacts = contacts
        self._clock = SteadyClock(clock, answers.read(_last_reading))
        self._series: dict[str, tuple[str, str, int, tuple[str, ...]]] = {}

    @classmethod
    def open(
        cls, url: str, *, contacts_url: str | None = None, clock: Clock = system_clock
    ) -> ResponseStore:
        """Open a store; its tables are made or brought up to date first.

        Parameters
        ----------
        url : str
            ``sqlite:///answers.sqlite`` or ``postgresql://user@host/name``.
        contacts_url : str, optional
            Where contacts are kept: otherwise in a second file beside the first, or in a schema
            of its own (``ccegov_contacts``).
        clock : callable
            Gives the time now.

        Raises
        ------
        ResponseError
            If the database cannot be reached or written, or a newer version made it.
        """
        _require_packages()
        from ccegov_choice.responses.database import Database
        from ccegov_choice.responses.schema import bring_up_to_date
        from ccegov_choice.responses.vault import vault_beside

        with ExitStack() as opened:  # what is open is closed again if the rest fails
            answers = Database(url)
            opened.callback(answers.close)
            bring_up_to_date(answers, "answers")
            contacts = vault_beside(answers, contacts_url)
            opened.callback(contacts.close)
            bring_up_to_date(contacts, "contacts")
            store = cls(answers, contacts, clock)
            opened.pop_all()
        return store

    def close(self) -> None:
        """Close all connections."""
        self._answers.close()
        self._contacts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ready(self) -> None:
        """Return if answers can be written now.

        Raises
        ------
        ResponseError
            If they cannot, with the reason and its cure.
        """
        from ccegov_choice.responses.readiness import write_nothing

        self._answers.write(lambda connection: write_nothing(connection, "answers"))
        self._contacts.write(lambda connection: write_nothing(connection, "contacts"))

    # -- taking part ------------------------------------------------------------------------

    def register(self, version: Version) -> None:
        """Keep what a version of a survey consists of; the same one again changes nothing."""
        from ccegov_choice.responses.versions import register

        self._answers.write(lambda c: register(c, version, self._clock.wall()))

    def start(
        self,
        version_sha256: str,
        start: Start,
        *,
        lease_minutes: int,
        target: int = 0,
        code_of: CodeOf | None = None,
    ) -> Person:
        """Let somebody begin: give them a block and a place.

        Parameters
        ----------
        version_sha256 : str
            A version that was registered.
        start : Start
            Who begins, and how. The same nonce gives the same person.
        lease_minutes : int
            How long the place is kept without an answer.
        target : int
            Completed interviews wanted in all; 0 means no limit.
        code_of : callable, optional
            Makes the hash of the person's code of their id, instead of ``start.code_hash``.

        Raises
        ------
        FieldClosed
            If the field is paused or closed, or as many as wanted have completed or are under
            way. Previews and robots may always start.
        BegunElsewhere
            If the nonce is known and ``start.browser`` is another one than then.
        """
        from ccegov_choice.responses import starting

        series = self._series_of(version_sha256, start)
        return self._answers.write(
            lambda connection: starting.start(
                connection,
                series,
                version_sha256,
                start,
                lease=lease_minutes * _MINUTE,
                target=target,
                code_of=code_of,
                **self._time(),
            )
        )

    def person(self, id: str) -> Person | None:
        """Return somebody with their answers; None if not known, or erased."""
        from ccegov_choice.responses.people import by_id

        return self._answers.read(lambda connection: by_id(connection, id))

    def person_by_code(self, code_hash: str) -> Person | None:
        """Return somebody by the hash of their code."""
        from ccegov_choice.responses.people import by_code

        return self._answers.read(lambda connection: by_code(connection, code_hash))

    def answer(self, person_id: str, answer: Answer, *, lease_minutes: int) -> Outcome:
        """Keep an answer; see `Outcome` for what may become of it.

        Raises
        ------
        NotTakingPart
            If it is new, and the person has finished or is not known.
        """
        from ccegov_choice.responses.answering import keep

        lease = lease_minutes * _MINUTE
        return self._answers.write(
            lambda connection: keep(connection, person_id, answer, lease=lease, **self._time())
        )

    def finish(self, person_id: str, state: State, *, reason: str = "") -> Person:
        """End somebody's interview; the first finish counts.

        The place is final for those who completed, and free for somebody else otherwise.
        """
        from ccegov_choice.responses.finishing import finish

        if state == "started":
            raise ResponseError(
                "nobody finishes as 'started'", cure="Give the state in which they finish."
            )
        return self._answers.write(
            lambda connection: finish(connection, person_id, state, reason, **self._time())
        )

    def claim_quota(self, person_id: str, quota: str, cell: str, limit: int) -> bool:
        """Claim one of a quota cell's interviews; False if it is full.

        People who have completed, or hold a place, count. The same claim again is True.
        """
        from ccegov_choice.responses.quotas import claim

        return self._answers.write(
            lambda c: claim(c, person_id, quota, cell, limit, now=self._clock.read())
        )

    def set_code(self, person_id: str, code_hash: str) -> None:
        """Set the hash of a person's code, where it was not given at the start."""
        from ccegov_choice.responses.people import set_code

        self._answers.write(lambda connection: set_code(connection, person_id, code_hash))

    def note(self, person_id: str, kind: str, detail: Mapping[str, Any]) -> None:
        """Append something that happened and is no answer, such as a page shown."""
        from ccegov_choice.responses.events import new_mark, note

        mark, at = new_mark(), self._clock.wall()
        self._answers.write(lambda c: note(c, person_id, kind, detail, at, mark))

    # -- one's own answers, contacts and what is deleted -------------------------------------

    def own_answers(self, person_id: str) -> dict[str, Any]:
        """Return everything that is kept of one person; nothing if they are not known."""
        from ccegov_choice.responses.reading import own_answers

        return self._answers.read(lambda connection: own_answers(connection, person_id))

    def erase(self, person_id: str) -> bool:
        """Take away all that is kept of one person; False if there is nothing.

        The ledger still knows that somebody was there: day, block and state.
        """
        from ccegov_choice.responses.erasing import erase

        done = self._answers.write(lambda c: erase(c, person_id, **self._time()))
        if done:
            self._answers.forget()
        return done

    def keep_contact(self, survey: str, fields: Mapping[str, str], wish: str) -> None:
        """Keep a contact, apart from all answers: with the day, and no order within it."""
        from ccegov_choice.responses import vault

        id, day = secrets.token_hex(16), moment(self._clock.wall()).date().isoformat()
        self._contacts.write(lambda c: vault.keep(c, id, survey, fields, wish, day))

    def contacts(self, survey: str) -> list[dict[str, str]]:
        """Return the contacts that were left, in an order that tells nothing."""
        from ccegov_choice.responses import vault

        return self._contacts.read(lambda connection: vault.read(connection, survey))

    def apply_retention(
        self, survey: str, rules: RetentionRules, now: datetime | None = None
    ) -> tuple[Deletion, ...]:
        """Delete what is kept no longer, and log what and how many.

        Parameters
        ----------
        survey : str
            The survey.
        rules : Retention
            The survey's ``answers_days``, ``contacts_days`` and ``unfinished_days``; 0 keeps.
        now : datetime, optional
            The time from which days are counted back; the clock's.
        """
        from ccegov_choice.responses import retention

        at = self._clock.wall() if now is None else milliseconds(now)
        reading = self._clock.read()
        return retention.apply(self._answers, self._contacts, survey, rules, at=at, now=reading)

    # -- the field --------------------------------------------------------------------------

    def field_state(self, survey: str) -> FieldState:
        """Return whether people can start: open, paused or closed."""
        from ccegov_choice.responses.field_state import read

        return self._answers.read(lambda connection: read(connection, survey))

    def set_field_state(self, survey: str, state: FieldState, *, by: str) -> None:
        """Open, pause or close the field; people under way may always finish."""
        from ccegov_choice.responses.field_state import write

        self._answers.write(lambda c: write(c, survey, state, by, self._clock.wall()))

    # -- administration ---------------------------------------------------------------------

    def log_action(self, survey: str, *, by: str, what: str, detail: str = "") -> None:
        """Append what an administrator did."""
        from ccegov_choice.responses.admin_log import add

        self._answers.write(lambda c: add(c, survey, by, what, detail, self._clock.wall()))

    def claim_action(self, survey: str, *, by: str, what: str, detail: str) -> bool:
        """Append an action unless it was done; of several workers one is told True."""
        from ccegov_choice.responses.admin_log import claim

        return self._answers.write(lambda c: claim(c, survey, by, what, detail, self._clock.wall()))

    def actions(self, survey: str, *, most: int = 500) -> tuple[AdminAction, ...]:
        """Return what administrators did, newest first."""
        from ccegov_choice.responses.admin_log import entries

        return self._answers.read(lambda connection: entries(connection, survey, most))

    def was_done(self, survey: str, *, what: str, detail: str) -> bool:
        """Return whether an administrator did something."""
        from ccegov_choice.responses.admin_log import holds

        return self._answers.read(lambda connection: holds(connection, survey, what, detail))

    # -- inside -----------------------------------------------------------------------------

    def _time(self) -> dict[str, int]:
        return {"at": self._clock.wall(), "now": self._clock.read()}

    def _series_of(self, version_sha256: str, start: Start) -> Series:
        from ccegov_choice.responses.places import Series
        from ccegov_choice.responses.plain import storable
        from ccegov_choice.responses.versions import series_of

        if version_sha256 not in self._series:  # a version never changes
            self._series[version_sha256] = self._answers.read(
                lambda connection: series_of(connection, version_sha256)
            )
        return Series(*self._series[version_sha256], start.ledger, storable(start.stratum))


def _last_reading(connection: Any) -> int:
    from sqlalchemy import func, select

    from ccegov_choice.responses.tables import place

    return int(connection.execute(select(func.max(place.c.touched))).scalar() or 0)


def _require_packages() -> None:
    try:
        import alembic  # noqa: F401
        import sqlalchemy  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            f"keeping answers needs the package {error.name}",
            cure="pip install 'ccegov_choice[survey]'",
        ) from error
