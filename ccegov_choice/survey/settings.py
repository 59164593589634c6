"""How a survey is run: its choice tasks, quotas, owner, retention, look and panel links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from ccegov_choice.study.wording import Text, own_copy
from ccegov_choice.survey.question import Option

TaskResponse = Literal["choice", "dual", "best-worst", "ranking", "rating"]
TASK_RESPONSES: tuple[str, ...] = get_args(TaskResponse)
View = Literal["cards", "table"]
VIEWS: tuple[str, ...] = get_args(View)
Mode = Literal["web", "kiosk", "interviewer", "telephone", "paper", "large-print"]
MODES: tuple[str, ...] = get_args(Mode)
Available = Mapping[str, Mapping[str, tuple[str, ...]]]
DONT_KNOW = "dont_know"
"""What stands for "I cannot decide" in answers; no alternative may have this name."""


@dataclass(frozen=True)
class TaskSettings:
    """How choice tasks are asked.

    Parameters
    ----------
    response : {"choice", "dual", "best-worst", "ranking", "rating"}
        Choose one; choose one of the real options, then say whether one would really do that;
        name best and worst; rank all; rate each.
    view : {"cards", "table"}
        How options stand at first; people may switch.
    highlight : bool
        Whether rows in which the options differ are marked.
    dont_know : bool
        Whether "I cannot decide" is offered. It is no opt-out and never becomes one in the data.
    protest : tuple of Option
        Reasons offered to those who cannot decide or choose the opt-out or status quo, such as
        "I do not want my data shared at all"; answering is optional.
    points : int
        Points of a rating, from 1.
    follow_up : str or mapping
        The second question of a dual response.
    follow_options : tuple of Option
        Its answers. The first is "yes, as chosen"; for a right the second is the study's opt-out
        (same id), for a duty there are ways of complying late, partly or not at all.
    shuffle_tasks, shuffle_attributes, shuffle_alternatives : bool
        Whether each person gets an order of their own. Labelled alternatives keep their names.
    first_attributes, last_attributes : tuple of str
        Attributes that always stand first (last), in this order.
    available : mapping of str to mapping
        Alternative -> question -> options: shown only to those who chose one of these, such as
        ``{"website": {"internet": ("yes",)}}``. Alternatives not named are for everybody.
    """

    response: TaskResponse = "choice"
    view: View = "cards"
    highlight: bool = True
    dont_know: bool = True
    protest: tuple[Option, ...] = ()
    points: int = 7
    follow_up: Text = ""
    follow_options: tuple[Option, ...] = ()
    shuffle_tasks: bool = True
    shuffle_attributes: bool = True
    shuffle_alternatives: bool = True
    first_attributes: tuple[str, ...] = ()
    last_attributes: tuple[str, ...] = ()
    available: Available = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "follow_up", own_copy(self.follow_up))
        for name in ("protest", "follow_options", "first_attributes", "last_attributes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        available = {
            name: {question: tuple(options) for question, options in wanted.items()}
            for name, wanted in self.available.items()
        }
        object.__setattr__(self, "available", available)


@dataclass(frozen=True)
class Quota:
    """How many completed interviews are wanted of each kind of person.

    Parameters
    ----------
    question : str
        Id of a single-choice question; quotas are looked at when it is answered.
    limits : mapping of str to int
        Option id -> interviews; options not named have no limit.
    """

    question: str
    limits: Mapping[str, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", dict(self.limits))


@dataclass(frozen=True)
class Owner:
    """Who asks, and how to reach them.

    Parameters
    ----------
    name : str or mapping
        The public body.
    contact : str
        An e-mail address for questions about the survey.
    address, phone : str
        Where else to turn.
    data_protection : str
        Whom to write to about one's data.
    """

    name: Text
    contact: str = ""
    address: str = ""
    phone: str = ""
    data_protection: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", own_copy(self.name))


@dataclass(frozen=True)
class Retention:
    """How long what is kept, and on what legal ground.

    Parameters
    ----------
    answers_days : int
        Days after completion until a person's answers can no longer be tied to their code.
        The link to the code is then deleted, and free text with it.
    contacts_days : int
        Days until a contact is deleted.
    unfinished_days : int
        Days until answers of those who did not finish are deleted.
    closes : str
        The day (ISO) on which the survey stops taking answers; empty if it is open-ended.
    lawful_basis : str
        The legal ground, such as "Article 6(1)(e) GDPR, public task".
    purpose : str
        What the answers are used for, for the record of processing.
    """

    answers_days: int = 365
    contacts_days: int = 90
    unfinished_days: int = 30
    closes: str = ""
    lawful_basis: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Theme:
    """How a survey looks; colours are checked for contrast.

    Parameters
    ----------
    logo : str
        Path of an SVG or PNG file, relative to the survey's folder.
    logo_alt : str or mapping
        What the logo shows; required with one.
    brand : str
        Colour of the header, as ``#rrggbb``; white text stands on it.
    link : str
        Colour of links and buttons, on white.
    """

    logo: str = ""
    logo_alt: Text = ""
    brand: str = "#1f3a5f"
    link: str = "#1a5a96"

    def __post_init__(self) -> None:
        object.__setattr__(self, "logo_alt", own_copy(self.logo_alt))


@dataclass(frozen=True)
class Panel:
    """Where a panel's members are sent back to, and what of them is kept.

    Parameters
    ----------
    parameters : tuple of str
        Query parameters of the first address that are kept and handed back, such as
        ``PROLIFIC_PID``.
    completed, screened_out, over_quota : str
        Addresses with ``{NAME}`` for parameters and ``{signature}`` for the HMAC-SHA-256 of
        status and parameters under the panel's key; empty shows our own page.
    signed : bool
        Whether a first address must carry a valid ``signature``.
    """

    parameters: tuple[str, ...] = ()
    completed: str = ""
    screened_out: str = ""
    over_quota: str = ""
    signed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", tuple(self.parameters))


@dataclass(frozen=True)
class Fieldwork:
    """How places are handed out.

    Parameters
    ----------
    seed : int
        Seed of the sequence of blocks.
    lease_minutes : int
        Minutes after the last answer until an unfinished place is given to somebody else.
    target : int
        Completed interviews wanted in all; 0 means no limit.
    modes : tuple of str
        How the survey may be answered.
    panel : Panel
        Panel links.
    """

    seed: int = 1
    lease_minutes: int = 45
    target: int = 0
    modes: tuple[str, ...] = ("web",)
    panel: Panel = field(default_factory=Panel)

    def __post_init__(self) -> None:
        object.__setattr__(self, "modes", tuple(self.modes))
