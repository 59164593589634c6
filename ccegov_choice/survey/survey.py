"""A survey: a study's questions and tasks, ready to be put in front of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from ccegov_choice.errors import Problem, SurveyError
from ccegov_choice.study.study import Study
from ccegov_choice.study.wording import Text, own_copy, wording
from ccegov_choice.survey.lot import Lot
from ccegov_choice.survey.page import Page
from ccegov_choice.survey.places import Places
from ccegov_choice.survey.question import Question
from ccegov_choice.survey.settings import (
    Fieldwork,
    Owner,
    Quota,
    Retention,
    TaskSettings,
    Theme,
)
from ccegov_choice.survey.task import Tasks

RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi", "ps", "dv", "ckb")


@dataclass(frozen=True)
class Survey:
    """A questionnaire with choice tasks: everything that people are shown and asked.

    Read one with `Survey.read`; it is a frozen noun without numerics, so that a survey server
    deploys small.

    Parameters
    ----------
    id : str
        Short name, such as ``"benefit-claim"``.
    title : str or mapping
        What people see as its name.
    study : Study
        What is asked about, with the wordings of all languages.
    tasks : Tasks
        The tasks of the design.
    pages : tuple of Page
        In the order shown.
    owner : Owner
        Who asks.
    languages : tuple of str
        Language codes; the first is the main one.
    task_settings : TaskSettings
        How tasks are asked.
    lots : tuple of Lot
        What is drawn by lot for each person and stands above every task.
    quotas : tuple of Quota
        How many interviews of each kind of person.
    fieldwork : Fieldwork
        How places are handed out.
    retention : Retention
        How long what is kept.
    theme : Theme
        How it looks.
    glossary : mapping of str to str or mapping
        Attribute id -> explanation; the attribute's definition where there is none.
    consequence : str or mapping
        What will be decided with the answers, and when.
    """

    id: str
    title: Text
    study: Study
    tasks: Tasks
    pages: tuple[Page, ...]
    owner: Owner
    languages: tuple[str, ...] = ("en",)
    task_settings: TaskSettings = field(default_factory=TaskSettings)
    lots: tuple[Lot, ...] = ()
    quotas: tuple[Quota, ...] = ()
    fieldwork: Fieldwork = field(default_factory=Fieldwork)
    retention: Retention = field(default_factory=Retention)
    theme: Theme = field(default_factory=Theme)
    glossary: Mapping[str, Text] = field(default_factory=dict)
    consequence: Text = ""
    folder: Path | None = field(default=None, compare=False, repr=False)
    positions: Places | None = field(default=None, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("pages", "languages", "lots", "quotas"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "title", own_copy(self.title))
        object.__setattr__(self, "consequence", own_copy(self.consequence))
        glossary = {id: own_copy(text) for id, text in self.glossary.items()}
        object.__setattr__(self, "glossary", glossary)

    def __hash__(self) -> int:
        return hash((self.id, self.tasks.sha256))

    def standing_at(self, positions: Places) -> Survey:
        """Return the survey with the lines of the files it was read from."""
        placed = replace(self)
        object.__setattr__(placed, "positions", positions)
        return placed

    # -- finding things ---------------------------------------------------------------------

    @property
    def language(self) -> str:
        """The main language."""
        return self.languages[0]

    def page(self, id: str) -> Page | None:
        """Return a page by id, if there is such a one."""
        return next((page for page in self.pages if page.id == id), None)

    def page_of_kind(self, kind: str) -> Page | None:
        """Return the first page of a kind, if there is one."""
        return next((page for page in self.pages if page.kind == kind), None)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """All questions by id, in the order asked."""
        return {question.id: question for page in self.pages for question in page.questions}

    def say(self, text: Text, language: str) -> str:
        """Return a wording in a language; a wording in one language only serves for all."""
        return wording(text, language)

    def glossary_of(self, attribute: str, language: str) -> str:
        """Return what an attribute means, in a language; empty if nothing explains it."""
        text = self.glossary.get(attribute) or self.study.attribute(attribute).definition
        return wording(text, language)

    # -- identity ---------------------------------------------------------------------------

    @cached_property
    def content(self) -> dict[str, object]:
        """Everything people can be shown or asked, as plain data: what a version is made of."""
        from ccegov_choice.survey.content import content_of

        return content_of(self)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of `content`: any change of a word makes another version."""
        from ccegov_choice.survey.content import fingerprint

        return fingerprint(self.content)

    # -- files and checks -------------------------------------------------------------------

    @classmethod
    def read(cls, folder: str | Path) -> Survey:
        """Read a survey's folder: ``survey.toml``, ``pages/``, ``translations/``, the design.

        Raises
        ------
        FileFormatError
            If a file is missing or not UTF-8.
        SurveyError
            Listing every unknown or misshapen key, each with file, line and cure. A readable
            survey that only `check` objects to is returned.
        """
        from ccegov_choice.survey.reading.survey_file import read_survey

        return read_survey(folder)

    def check(self) -> tuple[Problem, ...]:
        """Return every problem, each with its place and its cure; none if it can be fielded."""
        from ccegov_choice.survey.checking.check import problems_of

        return problems_of(self)

    def advice(self) -> tuple[Problem, ...]:
        """Return what would make the survey better; its author decides."""
        from ccegov_choice.survey.checking.check import advice_of

        return advice_of(self)

    def require_valid(self) -> None:
        """Raise `SurveyError` listing every problem, if there is any."""
        found = self.check()
        if found:
            raise SurveyError.of(found, f"The survey '{self.id}' has {{count}} problems:")

    # -- showing ----------------------------------------------------------------------------

    def __repr__(self) -> str:
        from ccegov_choice.survey.display import survey_table

        return survey_table(self).to_text()

    def _repr_html_(self) -> str:
        from ccegov_choice.survey.display import survey_table

        return survey_table(self).to_html()


def direction(language: str) -> str:
    """Return ``"rtl"`` for languages written from right to left, else ``"ltr"``."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
