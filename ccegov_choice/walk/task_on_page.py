"""Which task of the design a page shows: told by the words on it, as people see them.

A citizen values what stands there. So a page that shows another level than the design means is
found out: no task fits it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache

from ccegov_choice.errors import StudyError, SurveyError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.survey.answers.tasks import asked_about
from ccegov_choice.survey.survey import Survey
from ccegov_choice.survey.task import Offer

_CARD = re.compile(r"<dl class=\"lines\b.*?</dl>", re.DOTALL)
_LINE = re.compile(r"<dt\b[^>]*>(.*?)</dt>\s*<dd\b[^>]*>(.*?)</dd>", re.DOTALL)
_TABLE = re.compile(r"<table\b[^>]*options-table.*?</table>", re.DOTALL)
_ROW = re.compile(r"<th scope=\"row\"[^>]*>(.*?)</th>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"class=\"cell-text\">(.*?)</span>\s*</td>", re.DOTALL)
_HIDDEN = re.compile(r"<span class=\"govuk-visually-hidden\">.*?</span>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")

Levels = frozenset[tuple[str, str]]
Signature = frozenset[tuple[str, Levels]]


class TaskReader:
    """Finds the design's task behind a page, in one language.

    Parameters
    ----------
    survey : Survey
        The survey.
    language : str
        The language of the pages.
    """

    def __init__(self, survey: Survey, language: str) -> None:
        self._attributes: dict[str, Attribute] = {}
        self._cells: dict[str, dict[str, str]] = {}
        self._named: set[str] = set()
        for attribute in survey.study.attributes:
            self._attributes[_words(html.escape(attribute.text(language)))] = attribute
            self._cells[attribute.id] = {}
        self._tasks: dict[Signature, list[str]] = {}
        for task in survey.tasks.tasks:
            asked = asked_about(survey.task_settings, task)
            known = [offer for offer in asked if offer.levels and not offer.personal]
            for offer in known:
                self._learn(survey, offer, language)
            self._named |= {offer.alternative for offer in known}
            key = frozenset(
                (o.alternative, frozenset((name, str(cell)) for name, cell in o.levels.items()))
                for o in known
            )
            self._tasks.setdefault(key, []).append(task.id)

    def _learn(self, survey: Survey, offer: Offer, language: str) -> None:
        for name, cell in offer.levels.items():
            attribute = survey.study.attribute(name)
            for text in _texts(attribute, cell, language):
                self._cells[name][_words(html.escape(text))] = str(cell)

    def tasks(self, page: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the tasks that fit a page; more than one if the design repeats a task.

        Parameters
        ----------
        page : str
            HTML.
        names : tuple of str
            Names of the options in the order of the page, as its form has them.

        Raises
        ------
        SurveyError
            If words on the page mean nothing in the study, or no task of the design fits.
        """
        shown = list(_cards(page)) or _columns(page)
        signature = frozenset(
            (name, frozenset(self._cell(*line) for line in lines))
            for name, lines in zip(names, shown, strict=False)
            if name in self._named
        )
        found = self._tasks.get(signature)
        if not found:
            raise SurveyError(
                f"no task of the design shows {_told(signature)}",
                where="page",
                cure="Compare the page with the design: a level or an order is wrong.",
            )
        return tuple(found)

    def _cell(self, label: str, text: str) -> tuple[str, str]:
        attribute = self._attributes.get(label)
        cell = self._cells[attribute.id].get(text) if attribute else None
        if attribute is None or cell is None:
            raise SurveyError(
                f"the page says '{label}: {text}', which the design never shows",
                where="page",
                cure="Compare the page's wordings with the study's.",
            )
        return attribute.id, cell


def _texts(attribute: Attribute, cell: str | float, language: str) -> Iterator[str]:
    """Yield how a level may be worded: with its unit, short, or long."""
    if attribute.is_numeric:
        yield attribute.unit_text(float(cell), language)
    try:
        level = attribute.level(cell)
    except StudyError:
        return
    yield level.long_text(language)
    yield level.text(language)


def _cards(page: str) -> Iterator[list[tuple[str, str]]]:
    for card in _CARD.findall(page):
        yield [(_words(label), _words(text)) for label, text in _LINE.findall(card)]


def _columns(page: str) -> list[list[tuple[str, str]]]:
    table = _TABLE.search(page)
    columns: list[list[tuple[str, str]]] = []
    for label, cells in _ROW.findall(table[0]) if table else ():
        for place, text in enumerate(_CELL.findall(cells)):
            if place == len(columns):
                columns.append([])
            if "aria-hidden" not in text:  # a dash: the option does not have it
                columns[place].append((_words(label), _words(text)))
    return columns


@lru_cache(maxsize=4096)
def _words(markup: str) -> str:
    """Return what somebody reads: no tags, no words for screen readers alone, single blanks."""
    return " ".join(html.unescape(_TAG.sub("", _HIDDEN.sub("", markup))).split())


def _told(signature: Signature) -> str:
    return "; ".join(
        f"{name}: " + ", ".join(f"{attribute} {cell}" for attribute, cell in sorted(levels))
        for name, levels in sorted(signature, key=lambda item: item[0])
    )
