"""Words of money where nobody has declared how people would pay."""

from __future__ import annotations

from collections.abc import Iterator

from ccegov_choice.errors import Problem
from ccegov_choice.study.check_wordings import MONEY
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.survey.checking.place import called, place, texts_in
from ccegov_choice.survey.survey import Survey

_ON_TASKS = ("attribute", "alternative", "glossary")
"""Where an amount of money would be read as a price. The study's own check looks at its file;
here are the translations."""


def money_problems(survey: Survey) -> Iterator[Problem]:
    """Yield wordings of tasks that name a currency although no payment vehicle is declared."""
    study = survey.study
    if any(numeraire.vehicle is not None for numeraire in study.numeraires):
        return
    priced = {attribute.id for attribute in study.attributes if attribute.money}
    seen: set[tuple[KeyPath, str]] = set()
    for language in survey.languages:
        for path, text in texts_in(survey, language):
            found = MONEY.search(text)
            if found is None or path[0] not in _ON_TASKS or path[1] in priced:
                continue
            if (path, text) not in seen:
                seen.add((path, text))
                yield Problem(
                    f'{called(path)} speaks of money ("{found.group()}"), and the study does not '
                    "say how people pay",
                    "Declare a payment vehicle under [[numeraire]] in study.toml, or leave the "
                    "amount out.",
                    place(survey, *path),
                )
