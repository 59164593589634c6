"""What a report is made of, before it becomes a page: plain, frozen pieces of text and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from ccegov_choice._drawing.chart import Chart
from ccegov_choice._table import Table
from ccegov_choice.report.checklist import Checklist


@dataclass(frozen=True)
class Origin:
    """Where a number comes from, so that somebody else can make it again.

    Parameters
    ----------
    id : str
        Anchor of the entry: ``"n-importance"``.
    what : str
        What the number is.
    facts : tuple of pairs of str
        What it was made with, each with its name: function, model, draws, seed, data, version.
    """

    id: str
    what: str
    facts: tuple[tuple[str, str], ...]

    @property
    def use(self) -> str:
        """Anchor of the place in the report that shows the number."""
        return f"use-{self.id}"


@dataclass(frozen=True)
class Paragraph:
    """Running text; the lead of a section is set larger."""

    kind: ClassVar[str] = "paragraph"
    text: str
    lead: bool = False


@dataclass(frozen=True)
class Subheading:
    """A heading inside a section."""

    kind: ClassVar[str] = "subheading"
    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """One headline finding: a large number, a sentence with it, and how sure it is."""

    number: str
    unit: str
    sentence: str
    interval: str = ""
    origin: Origin | None = None


@dataclass(frozen=True)
class Findings:
    """The headline findings, on top of everything."""

    kind: ClassVar[str] = "findings"
    items: tuple[Finding, ...]


@dataclass(frozen=True)
class Fact:
    """A number and what it counts."""

    number: str
    label: str


@dataclass(frozen=True)
class Facts:
    """A row of facts."""

    kind: ClassVar[str] = "facts"
    items: tuple[Fact, ...]


@dataclass(frozen=True)
class Term:
    """A name, what it means and what it can be."""

    name: str
    meaning: str
    options: tuple[str, ...]
    badge: str = ""


@dataclass(frozen=True)
class Terms:
    """A list of names with their meanings."""

    kind: ClassVar[str] = "terms"
    items: tuple[Term, ...]


@dataclass(frozen=True)
class Callout:
    """A boxed remark that must not be missed."""

    kind: ClassVar[str] = "callout"
    title: str
    text: str


@dataclass(frozen=True)
class Quote:
    """Words as people read them, by paragraph."""

    kind: ClassVar[str] = "quote"
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A chart with its table and CSV."""

    kind: ClassVar[str] = "figure"
    chart: Chart
    origin: Origin | None = None


@dataclass(frozen=True)
class Panel:
    """A table; a folded one opens on demand and is printed open."""

    kind: ClassVar[str] = "panel"
    table: Table
    folded: bool = False
    origin: Origin | None = None


@dataclass(frozen=True)
class Origins:
    """Where the numbers come from, an entry each, with the way back."""

    kind: ClassVar[str] = "origins"
    items: tuple[Origin, ...]


@dataclass(frozen=True)
class ChecklistPanel:
    """A checklist, filled as far as the study can fill it."""

    kind: ClassVar[str] = "checklist"
    checklist: Checklist


Block = (
    Paragraph
    | Subheading
    | Bullets
    | Findings
    | Facts
    | Terms
    | Callout
    | Quote
    | Figure
    | Panel
    | ChecklistPanel
    | Origins
)


def folded(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Fold all tables: they open on demand and are printed open."""
    return tuple(replace(b, folded=True) if isinstance(b, Panel) else b for b in blocks)


@dataclass(frozen=True)
class Section:
    """A numbered part of the report.

    Parameters
    ----------
    id : str
        Anchor of the section.
    title : str
        Its heading.
    blocks : tuple of Block
        What it says, in order.
    technical : bool
        True for the parts that are written for analysts.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    technical: bool = False
