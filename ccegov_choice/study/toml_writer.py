"""From a study to TOML that reads back as an equal study."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Constraint, Forbidden
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level, number_level
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.source import Source
from ccegov_choice.study.study import Study
from ccegov_choice.study.toml_reader import SCHEMA

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def study_to_toml(study: Study) -> str:
    """Return the whole study as TOML, with nothing left to the library."""
    head = _lines(
        schema=SCHEMA,
        id=study.id,
        title=study.title,
        languages=study.languages,
        role=study.role,
        mandatory=study.mandatory,
        question=study.question or None,
        context=study.context or None,
    )
    parts = [head, *(_attribute(a) for a in study.attributes)]
    parts += [["[[alternative]]", *_alternative(a, "labelled")] for a in study.alternatives]
    if study.opt_out is not None:
        parts.append(["[opt_out]", *_alternative(study.opt_out, "opt_out")])
    parts += [_constraint(c) for c in study.constraints]
    parts += [_covariate(c) for c in study.covariates]
    parts += [_numeraire(n) for n in study.numeraires]
    if study.declarations:
        parts.append(["[declarations]", *_lines(**study.declarations)])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def attribute_to_toml(attribute: Attribute) -> str:
    """Return one attribute as TOML, to be pasted into a study."""
    return "\n".join(_attribute(attribute)) + "\n"


def _attribute(attribute: Attribute) -> list[str]:
    a = attribute
    short = _short_levels(a)
    lines = _lines(
        id=a.id,
        label=a.label,
        kind=a.kind,
        taken_from=a.library,
        definition=a.definition or None,
        unit=a.unit or None,
        unit_plural=a.unit_plural or None,
        levels=short,
        base=a.base,
        direction=a.direction,
        tradeable=a.tradeable,
        floor=a.floor or None,
        coding=a.coding,
        alternatives=a.alternatives,
        money=a.money or None,
        survey_item=a.survey_item or None,
        indicator=a.indicator or None,
    )
    parts = ["[[attribute]]", *lines]
    if short is None:
        parts += [line for level in a.levels for line in _level(level, "attribute")]
    return parts + [line for source in a.sources for line in _source(source)]


def _short_levels(attribute: Attribute) -> list[float] | list[str] | None:
    """Return levels as a plain list where nothing would be lost."""
    levels = attribute.levels
    if attribute.is_numeric:
        numbers = [level.value for level in levels if level.value is not None]
        made = [number_level(n, attribute.unit, attribute.unit_plural) for n in numbers]
        return numbers if made == list(levels) else None
    return [lv.id for lv in levels] if all(lv == Level(lv.id, lv.id) for lv in levels) else None


def _level(level: Level, owner: str) -> list[str]:
    lines = _lines(
        id=level.id,
        value=level.value,
        label=level.label,
        description=level.description or None,
        image=level.image,
        image_alt=level.image_alt,
    )
    return ["", f"[[{owner}.level]]", *lines]


def _source(source: Source) -> list[str]:
    lines = _lines(
        text=source.text,
        title=source.title or None,
        doi=source.doi or None,
        note=source.note or None,
        checked=None if source.checked else False,
    )
    return ["", "[[attribute.source]]", *lines]


def _alternative(alternative: Alternative, usual: str) -> list[str]:
    levels = {
        name: {"covariate": level.covariate} if isinstance(level, FromCovariate) else level
        for name, level in (alternative.levels or {}).items()
    }
    return _lines(
        id=alternative.id,
        label=alternative.label,
        description=alternative.description or None,
        kind=None if alternative.kind == usual else alternative.kind,
        levels=_Inline(levels) if levels else None,
    )


def _constraint(constraint: Constraint) -> list[str]:
    reason = constraint.reason or None
    if isinstance(constraint, Forbidden):
        return ["[[constraint]]", *_lines(forbid=_Inline(constraint.levels), reason=reason)]
    when, then = _Inline(constraint.when), _Inline(constraint.then)
    return ["[[constraint]]", *_lines(when=when, then=then, reason=reason)]


def _covariate(covariate: Covariate) -> list[str]:
    lines = _lines(
        id=covariate.id,
        label=covariate.label,
        kind=covariate.kind,
        unit=covariate.unit or None,
        base=covariate.base,
        question=covariate.question or None,
    )
    levels = [line for level in covariate.levels for line in _level(level, "covariate")]
    return ["[[covariate]]", *lines, *levels]


def _numeraire(numeraire: Numeraire) -> list[str]:
    n = numeraire
    return ["[[numeraire]]", *_lines(attribute=n.attribute, vehicle=n.vehicle, currency=n.currency)]


class _Inline(dict[str, Any]):
    """A mapping to be written on one line, not as one line per key."""


def _lines(**content: Any) -> list[str]:
    """Return ``key = value`` lines; None is left out, wordings take a line per language."""
    found = []
    for key, value in content.items():
        if value is None:
            continue
        if isinstance(value, Mapping) and value and not isinstance(value, _Inline):
            found += [f"{_key(key)}.{_key(k)} = {_value(v, long=True)}" for k, v in value.items()]
        else:
            found.append(f"{_key(key)} = {_value(value, long=True)}")
    return found


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml_string(key)


def _value(value: Any, *, long: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _paragraphs(value) if long and "\n" in value else toml_string(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    items: Iterable[Any] = value
    return f"[{', '.join(_value(item) for item in items)}]"


def _number(value: float) -> str:
    number = float(value)
    if number.is_integer() and abs(number) < 1e15 and str(number) != "-0.0":
        return str(int(number))
    return repr(number)


def toml_string(text: str) -> str:
    """Return text in quotes as TOML wants it, on one line."""
    return f'"{"".join(_ESCAPES.get(c) or _control(c) for c in text)}"'


def _paragraphs(text: str) -> str:
    """Write text of several lines as such, so that it can be read in the file."""
    written = "".join(c if c == "\n" else _ESCAPES.get(c) or _control(c) for c in text)
    return f'"""\n{written}"""'


def _control(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x20 or code == 0x7F else character


toml_lines = _lines  # for the other files of ours: ``key = value`` lines
toml_table = _Inline  # a table on one line
