"""What can be looked at in a store: counts, answers, events, the ledger, versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ccegov_choice.responses.records import Ledger

if TYPE_CHECKING:
    from ccegov_choice.responses.clock import SteadyClock
    from ccegov_choice.responses.database import Database
    from ccegov_choice.responses.progress import Progress
    from ccegov_choice.responses.tallies import Counts, Deletion, LedgerMove


class Outlook:
    """The part of a store that only reads."""

    _answers: Database
    _clock: SteadyClock

    def counts(self, survey: str, ledger: Ledger = "live") -> Counts:
        """Count people by state, blocks, quotas, modes, languages, devices and hours."""
        from ccegov_choice.responses.counting import count

        now = self._clock.read()
        return self._answers.read(lambda connection: count(connection, survey, ledger, now))

    def rows(self, survey: str, ledger: Ledger = "live") -> Iterator[dict[str, Any]]:
        """Yield everybody with the answers that count, in the order they started."""
        from ccegov_choice.responses.reading import rows

        return self._answers.stream(lambda connection: rows(connection, survey, ledger))

    def events(self, survey: str, ledger: Ledger = "live") -> Iterator[dict[str, Any]]:
        """Yield everything that happened, in order."""
        from ccegov_choice.responses.reading import events

        return self._answers.stream(lambda connection: events(connection, survey, ledger))

    def ledger(self, survey: str, ledger: Ledger = "live") -> Iterator[LedgerMove]:
        """Yield every move of the ledger of places, in order."""
        from ccegov_choice.responses.reading import ledger_moves

        return self._answers.stream(lambda c: ledger_moves(c, survey, ledger))

    def progress(self, survey: str, ledger: Ledger = "live") -> Progress:
        """Count how far people come, where they stop and how long pages take."""
        from ccegov_choice.responses.progress import progress

        return self._answers.read(lambda connection: progress(connection, survey, ledger))

    def erased(self, survey: str) -> tuple[str, ...]:
        """Return ids of those of whom nothing is kept, to erase them again from a backup."""
        from ccegov_choice.responses.erasing import erased

        return self._answers.read(lambda connection: erased(connection, survey))

    def version(self, sha256: str) -> dict[str, Any]:
        """Return what a version consists of; nothing if it is not known."""
        from ccegov_choice.responses.people import content_of_version

        return self._answers.read(lambda connection: content_of_version(connection, sha256))

    def versions(self, survey: str) -> tuple[dict[str, Any], ...]:
        """Return the versions of a survey, oldest first, with content, seed and blocks."""
        from ccegov_choice.responses.versions import versions_of

        return self._answers.read(lambda connection: versions_of(connection, survey))

    def surveys(self) -> tuple[str, ...]:
        """Return the surveys that answers are kept of."""
        from ccegov_choice.responses.versions import surveys

        return self._answers.read(surveys)

    def choice_rows(self, survey: str = "", ledger: Ledger = "live") -> list[dict[str, Any]]:
        """Return one row for each choice task that somebody decided.

        `ChoiceData.collect` takes the store itself and asks for them.

        Parameters
        ----------
        survey : str
            Id of the survey; need not be said if the store has one only.
        ledger : {"live", "preview", "robot"}
            Whose answers.

        Raises
        ------
        ResponseError
            If the store has several surveys and none is named, or the survey is unknown.
        """
        from ccegov_choice.responses.export.choices import choices_of
        from ccegov_choice.responses.export.content import Content
        from ccegov_choice.responses.versions import the_survey

        survey = self._answers.read(lambda connection: the_survey(connection, survey))
        versions = {v["sha256"]: Content(v["content"]) for v in self.versions(survey)}
        return [
            row
            for person in self.rows(survey, ledger)
            for row in choices_of(person, versions[person["version"]])
        ]

    def retention_log(self, survey: str) -> tuple[Deletion, ...]:
        """Return every run of `apply_retention`, latest first."""
        from ccegov_choice.responses.reading import deletions

        return self._answers.read(lambda connection: deletions(connection, survey))
