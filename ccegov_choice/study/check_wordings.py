"""What can be wrong with wordings: languages, pictures without words, undeclared money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.level import Level
from ccegov_choice.study.lines import KeyPath
from ccegov_choice.study.place import duplicates, place
from ccegov_choice.study.study import Study
from ccegov_choice.study.wording import Text

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MONEY = re.compile(
    r"[£€$¥₹₩₽]|\b(?:EUR|GBP|USD|CHF|SEK|NOK|DKK|PLN|CZK|AUD|CAD|NZD|JPY|INR)\b"
    r"|\b(?i:euros?|pounds?|dollars?|francs?|kron(?:a|or|er?)|pence|z[łl]oty)\b"
)


@dataclass(frozen=True)
class _Wording:
    """One wording of the study, what it is called, and whether there must be one."""

    text: Text
    name: str
    path: KeyPath
    required: bool = False


def wording_problems(study: Study) -> Iterator[Problem]:
    """Yield every problem of languages and wordings, in the order of the file."""
    yield from _language_problems(study)
    money_declared = any(n.vehicle is not None for n in study.numeraires)
    for item in _wordings(study):
        where = place(study, item.path, f"study '{study.id}'")
        yield from _missing_problems(study, item, where)
        if not money_declared and not _is_of_money(study, item):
            yield from _money_word_problems(item, where)
    yield from _image_problems(study)


def _language_problems(study: Study) -> Iterator[Problem]:
    where = place(study, ("languages",), f"study '{study.id}'")
    if not study.languages:
        yield Problem("the study has no language", 'Write languages = ["en"].', where)
    for code in study.languages:
        if not _LANGUAGE.fullmatch(code):
            yield Problem(
                f"'{code}' is not a language code",
                'Write the code, such as "en", "cy" or "pt-BR", not the name of the language.',
                where,
            )
    for position in duplicates(study.languages):
        yield Problem(
            f"language '{study.languages[position]}' is listed twice", "List it once.", where
        )


def _wordings(study: Study) -> Iterator[_Wording]:
    yield _Wording(study.title, "the title", ("title",), required=True)
    yield _Wording(study.context, "the context", ("context",))
    yield _Wording(study.question, "the question", ("question",))
    for i, a in enumerate(study.attributes):
        path: KeyPath = ("attribute", i)
        name = f"attribute '{a.id}'"
        yield _Wording(a.label, f"the label of {name}", (*path, "label"), required=True)
        yield _Wording(a.definition, f"the definition of {name}", (*path, "definition"))
        yield _Wording(a.unit, f"the unit of {name}", (*path, "unit"))
        yield _Wording(a.unit_plural, f"the plural unit of {name}", (*path, "unit_plural"))
        for j, level in enumerate(a.levels):
            # a label made of number and unit is missing only where the unit is
            plain_number = level.value is not None and isinstance(a.unit, str)
            yield from _level_wordings(level, name, (*path, "level", j), not plain_number)
    for k, alternative in enumerate(study.named_alternatives):
        among = k < len(study.alternatives)
        path = ("alternative", k) if among else ("opt_out",)
        name = f"alternative '{alternative.id}'"
        yield _Wording(alternative.label, f"the label of {name}", (*path, "label"), required=True)
        yield _Wording(
            alternative.description, f"the description of {name}", (*path, "description")
        )
    for i, c in enumerate(study.covariates):
        path = ("covariate", i)
        name = f"covariate '{c.id}'"
        yield _Wording(c.label, f"the label of {name}", (*path, "label"), required=True)
        yield _Wording(c.question, f"the question of {name}", (*path, "question"))
        yield _Wording(c.unit, f"the unit of {name}", (*path, "unit"))
        for j, level in enumerate(c.levels):
            yield from _level_wordings(level, name, (*path, "level", j), True)
    for i, n in enumerate(study.numeraires):
        name = f"the payment vehicle of '{n.attribute}'"
        if n.vehicle is not None:
            yield _Wording(n.vehicle, name, ("numeraire", i, "vehicle"), required=True)


def _level_wordings(level: Level, owner: str, path: KeyPath, label: bool) -> Iterator[_Wording]:
    name = f"level '{level.id}' of {owner}"
    if label or not isinstance(level.label, str):
        yield _Wording(level.label, f"the label of {name}", (*path, "label"), required=True)
    yield _Wording(level.description, f"the description of {name}", (*path, "description"))
    if level.image_alt is not None:
        yield _Wording(level.image_alt, f"the alternative text of {name}", (*path, "image_alt"))


def _missing_problems(study: Study, item: _Wording, where: str) -> Iterator[Problem]:
    text, key = item.text, str(item.path[-1])
    if isinstance(text, str):
        if item.required and not text.strip():
            yield Problem(f"{item.name} is empty", f'Write {key} = "...".', where)
        elif text and len(set(study.languages)) > 1:
            listed = ", ".join(study.languages)
            lines = ", ".join(f'{key}.{code} = "..."' for code in study.languages)
            yield Problem(
                f"{item.name} has one wording, and the study has the languages {listed}",
                f"Write one line per language: {lines}.",
                where,
            )
        return
    for code in study.languages:
        if not text.get(code, "").strip():
            yield Problem(
                f"{item.name} has no wording in '{code}'", f'Write {key}.{code} = "...".', where
            )
    for code in text:
        if code not in study.languages:
            found = unknown_name(code, study.languages, "language", where=where)
            yield Problem(
                f"{item.name} has a wording in '{code}', which is not a language of the study",
                f"{found.cure} Or add '{code}' to languages.",
                where,
            )


def _is_of_money(study: Study, item: _Wording) -> bool:
    """Return whether a wording belongs to an attribute in money, which is reported as such."""
    return item.path[0] == "attribute" and study.attributes[int(item.path[1])].money


def _money_word_problems(item: _Wording, where: str) -> Iterator[Problem]:
    texts = [item.text] if isinstance(item.text, str) else item.text.values()
    for text in texts:
        found = MONEY.search(text)
        if found:
            yield Problem(
                f'{item.name} speaks of money ("{found.group()}"), and the study does not say '
                "how people pay",
                "Declare a [[numeraire]] with a vehicle and a currency, or reword it without "
                "money.",
                where,
            )
            return


def _image_problems(study: Study) -> Iterator[Problem]:
    for i, attribute in enumerate(study.attributes):
        for j, level in enumerate(attribute.levels):
            where = place(study, ("attribute", i, "level", j), f"study '{study.id}'")
            name = f"level '{level.id}' of '{attribute.id}'"
            alt = level.image_alt
            words = [alt] if isinstance(alt, str) else list((alt or {}).values())
            if level.image is not None and not any(word.strip() for word in words):
                yield Problem(
                    f"{name} has a picture that blind people cannot read",
                    'Say what it shows: image_alt = "...".',
                    where,
                )
            if level.image is not None and _is_missing(study, level.image):
                yield Problem(
                    f"{name} has the picture '{level.image}', and there is no such file",
                    "Check the path; it starts at the folder of the study file.",
                    where,
                )
            if level.image is None and alt is not None:
                yield Problem(
                    f"{name} has an alternative text but no picture",
                    'Add image = "picture.png", or remove image_alt.',
                    where,
                )


def _is_missing(study: Study, image: str) -> bool:
    """Return whether a picture is not where the study file says; unknown without a file."""
    if study.positions is None:
        return False
    file = Path(study.positions.file)
    return file.is_file() and not (file.parent / image).is_file()
