"""What a brief says, before it becomes a page: plain pieces of text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ccegov_choice.report.brief.reading_grade import word_count

MOST_WORDS = 350
"""Words that somebody reads who has a minute."""


@cache
def _catalogue() -> dict[str, str]:
    path = Path(__file__).parent / "words" / "en.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def say(key: str, /, **values: object) -> str:
    """Return a text of the brief with its gaps filled."""
    return _catalogue()[key].format(**values)


@dataclass(frozen=True)
class Headline:
    """One of the three numbers.

    Parameters
    ----------
    question : str
        What it answers.
    number, unit : str
        The number as it is shown, and what it counts.
    sentence : str
        What it says.
    interval : str
        How sure it is.
    area : str
        The same number for an area, with its interval.
    """

    question: str
    number: str
    unit: str
    sentence: str
    interval: str
    area: str = ""


@dataclass(frozen=True)
class Remark:
    """A sentence, and how much would be lost without it: 0 stays whatever happens."""

    text: str
    rank: int = 0


@dataclass(frozen=True)
class Part:
    """A heading with a few sentences; where they are a list, all of them or none."""

    title: str
    remarks: tuple[Remark, ...]
    whole: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences."""
        return tuple(remark.text for remark in self.remarks)


@dataclass(frozen=True)
class Content:
    """All visible words of a brief, in reading order."""

    kicker: str
    title: str
    lead: str
    headlines: tuple[Headline, ...]
    parts: tuple[Part, ...]
    footer: str
    banner: tuple[str, ...] = ()

    def texts(self) -> tuple[str, ...]:
        """Return every piece of text."""
        return tuple(text for text in self._texts() if text)

    def _texts(self) -> Iterator[str]:
        yield from (*self.banner, self.kicker, self.title, self.lead)
        for item in self.headlines:
            yield from (item.question, f"{item.number} {item.unit}", item.sentence)
            yield from (item.interval, item.area)
        for part in self.parts:
            yield part.title
            yield from part.sentences
        yield self.footer

    def running_text(self) -> tuple[str, ...]:
        """Return the sentences, which have a reading grade; headings and names have none."""
        found = [self.lead]
        for item in self.headlines:
            found += [item.sentence, item.interval, item.area]
        found += [sentence for part in self.parts for sentence in part.sentences]
        return tuple(text for text in found if text)

    def shortened(self, most: int = MOST_WORDS) -> Content:
        """Leave out what matters least until it is short enough, if that can be done."""
        found = self
        while word_count(found.texts()) > most:
            ranks = [remark.rank for part in found.parts for remark in part.remarks]
            last = max(ranks, default=0)
            if last == 0:
                return found
            found = found._without(last)
        return found

    def _without(self, rank: int) -> Content:
        """Leave out the last remark of a rank."""
        parts = list(self.parts)
        for n in reversed(range(len(parts))):
            for k in reversed(range(len(parts[n].remarks))):
                if parts[n].remarks[k].rank == rank:
                    rest = (
                        ()
                        if parts[n].whole
                        else (*parts[n].remarks[:k], *parts[n].remarks[k + 1 :])
                    )
                    parts[n] = replace(parts[n], remarks=rest)
                    kept = tuple(part for part in parts if part.remarks)
                    return replace(self, parts=kept)
        return self
