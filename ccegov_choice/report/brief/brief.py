"""The brief: one page, three numbers, who loses, and what is still open."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice._files import write_atomic
from ccegov_choice.report.brief.area import AreaNumbers, area_numbers, told_areas
from ccegov_choice.report.brief.content import MOST_WORDS, Content, say
from ccegov_choice.report.brief.headlines import headlines
from ccegov_choice.report.brief.page import render_html, render_pdf
from ccegov_choice.report.brief.parts import parts
from ccegov_choice.report.brief.reading_grade import LIMIT, reading_grade, word_count
from ccegov_choice.report.money import declares_vehicle, neutral

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccegov_choice.report.document import Report


@dataclass(frozen=True, eq=False, repr=False)
class Brief:
    """A report on one page, for somebody who has a minute.

    At most 350 words: three numbers with their ranges, who loses, who disagrees, what would
    change the answer, how sure that is, what is still open, and what is not for sale. Every number
    is one of the report. Where the words are too many, what matters least is left out.

    Parameters
    ----------
    report : Report
        What to tell; welfare, redesign, channel shift, groups and distributions are used where
        the report holds them.
    audience : str, optional
        For whom it is: "the committee for social affairs".
    constituency : tuple of (str, str), optional
        A column of people and an area in it: its numbers stand beside those of all. They are the
        model of all applied to the people of the area who answered.

    Raises
    ------
    PolicyError
        If there is no such area, or too few people live in it to tell anything.

    Examples
    --------
    ``Brief(report).save("brief.html")``, ``Brief(report, constituency=("area", "North"))``
    """

    report: Report
    _: KW_ONLY
    audience: str | None = None
    constituency: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        _ = self.area

    @cached_property
    def area(self) -> AreaNumbers | None:
        """The numbers of the constituency."""
        if self.constituency is None:
            return None
        return area_numbers(self.report.material, *self.constituency)

    @cached_property
    def content(self) -> Content:
        """All that the page says, as plain data."""
        report, material = self.report, self.report.material
        lead = say("lead", people=material.people, choices=material.choices)
        if self.area is not None:
            lead += " " + say("lead_area", area=self.area.name, n=f"{self.area.people:,}")
        kicker = say("kicker_for", audience=self.audience) if self.audience else say("kicker")
        simulated = (say("simulated_title"), say("simulated_text"))
        made = Content(
            kicker,
            report.title or material.study.text(),
            lead,
            headlines(material, self.area),
            parts(material, report.checklist, self.area),
            say("footer"),
            simulated if report.is_simulated else (),
        )
        return (made if declares_vehicle(material.study) else neutral(made)).shortened()

    @property
    def words(self) -> int:
        """Words on the page."""
        return word_count(self.content.texts())

    @property
    def reading_grade(self) -> float:
        """Years of school that its sentences ask for; see `reading_grade`."""
        return reading_grade(self.content.running_text())

    @property
    def notes(self) -> tuple[str, ...]:
        """What its authors should mend: too many words, or too hard ones."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[str]:
        if self.words > MOST_WORDS:
            yield f"the brief has {self.words} words, more than {MOST_WORDS}: shorten labels"
        if self.reading_grade > LIMIT:
            yield (
                f"the brief asks for grade {self.reading_grade:.1f}, more than {LIMIT:g}: use "
                "plainer words in labels of attributes and levels"
            )

    def editions(self, by: str) -> Editions:
        """Return a brief for each area with enough people; the others are withheld.

        Parameters
        ----------
        by : str
            A column of people that names their area.
        """
        told, held = told_areas(self.report.data, by)
        briefs = {
            name: Brief(self.report, audience=self.audience, constituency=(by, name))
            for name in told
        }
        return Editions(by, briefs, held)

    def to_html(self) -> str:
        """Return the page: no script, no request, no date; it prints on one sheet of A4."""
        return render_html(self.content)

    def to_pdf(self) -> bytes:
        """Return the page as PDF/UA-1, set with Typst."""
        return render_pdf(self.content)

    def save(self, path: str | Path) -> Path:
        """Write the page as HTML, whole or not at all; return its path."""
        return write_atomic(path, self.to_html())

    def save_pdf(self, path: str | Path) -> Path:
        """Write the page as PDF, whole or not at all; return its path."""
        return write_atomic(path, self.to_pdf())

    def __repr__(self) -> str:
        mark = ", SIMULATED" if self.report.is_simulated else ""
        area = "" if self.constituency is None else f" for {self.constituency[1]}"
        return (
            f"<Brief on '{self.content.title}'{area}: {self.words} words, "
            f"grade {self.reading_grade:.1f}{mark}>"
        )

    def _repr_html_(self) -> str:
        name = escape(repr(self)[1:-1], quote=True)
        return (
            f'<iframe title="{name}" srcdoc="{escape(self.to_html(), quote=True)}" '
            'style="width:100%;height:48rem;border:1px solid #d5dde3" sandbox></iframe>'
        )


@dataclass(frozen=True, eq=False)
class Editions:
    """The brief of each area.

    Parameters
    ----------
    by : str
        The column that names areas.
    briefs : dict of str to Brief
        By area.
    withheld : tuple of str
        Areas that have no edition, because they or others would be too few people.
    """

    by: str
    briefs: dict[str, Brief]
    withheld: tuple[str, ...]

    def save(self, folder: str | Path) -> tuple[Path, ...]:
        """Write an HTML page for each area; return their paths."""
        return tuple(
            brief.save(Path(folder) / f"brief-{number:03d}.html")
            for number, brief in enumerate(self.briefs.values(), 1)
        )
