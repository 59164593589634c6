"""The citizen attribute library: what people meet when they deal with a public service.

51 attributes in 9 groups, and 2 optional ones, each with wordings, direction, whether it may be
traded, how to measure it and where it comes from. `cc.library.attribute("te_decision_days")` is
ready for a study; `cc.library.attributes()` shows them all.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ccegov_choice.errors import StudyError, unknown_name
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.lines import positions
from ccegov_choice.study.section import Notes, Section
from ccegov_choice.study.toml_reader import read_attribute

if TYPE_CHECKING:
    import pandas as pd

_FILE = "attributes.toml"
_OWN_KEYS = ("group", "numeraire", "optional", "references", "vehicle", "unit_pattern")


@dataclass(frozen=True)
class LibraryEntry:
    """One entry of the library.

    Parameters
    ----------
    attribute : Attribute
        The attribute with its wordings, measures and sources.
    group : str
        Id of the group, see `groups`.
    numeraire : bool
        Whether other things may be paid in it.
    optional : bool
        True for the two entries beyond the 51.
    vehicle : str
        For money: words to start from when a study says how people pay.
    unit_pattern : str
        For money: the unit, with ``{money}`` for the name of the currency.
    """

    attribute: Attribute
    group: str
    numeraire: bool = False
    optional: bool = False
    vehicle: str = ""
    unit_pattern: str = "{money}"

    @property
    def id(self) -> str:
        """The id, whose first two letters are the group."""
        return self.attribute.id

    @property
    def checked(self) -> bool:
        """False if any of its references is cited from memory."""
        return all(source.checked for source in self.attribute.sources)


def entries() -> tuple[LibraryEntry, ...]:
    """Return all entries, in the order of the groups."""
    return _library()[1]


def groups() -> dict[str, str]:
    """Return group id -> name."""
    return dict(_library()[0])


def entry(id: str) -> LibraryEntry:
    """Return one entry.

    Raises
    ------
    StudyError
        If there is no such entry; the nearest one is named.
    """
    found = {item.id: item for item in entries()}
    if id not in found:
        problem = unknown_name(id, found, "library attribute")
        raise StudyError(
            problem.problem,
            cure=f"{problem.cure.split('Known:')[0]}See all with: ccegov library list.",
        )
    return found[id]


def attribute(id: str, /, **overrides: Any) -> Attribute:
    """Return an attribute of the library, changed as you like.

    Parameters
    ----------
    id : str
        Id of the entry, such as ``"te_decision_days"``.
    **overrides
        Fields of `Attribute` that replace those of the library: ``id="wait"``,
        ``levels=[5, 10, 20]``, ``levels=["neutral", "polite"]`` (the wording of levels that the
        library has is kept), ``floor=("brusque",)``.

    Returns
    -------
    Attribute
        With `library` set to the id of the entry.

    Raises
    ------
    StudyError
        If there is no such entry or field; the nearest one is named.

    Examples
    --------
    >>> attribute("te_decision_days", id="wait", levels=[5, 10]).levels[0].text()
    '5 working days'
    """
    return entry(id).attribute.revised(**overrides)


def attributes() -> pd.DataFrame:
    """Return the library as a data frame, one row per entry.

    Returns
    -------
    pandas.DataFrame
        Columns id, group, label, definition, kind, levels, unit, direction, tradeable,
        numeraire, money, optional, survey_item, indicator, sources, checked.
    """
    import pandas as pd

    return pd.DataFrame([_row(item) for item in entries()])


def _row(item: LibraryEntry) -> dict[str, object]:
    a = item.attribute
    return {
        "id": a.id,
        "group": item.group,
        "label": a.text(),
        "definition": str(a.definition),
        "kind": a.kind,
        "levels": " · ".join(level.text() for level in a.levels),
        "unit": str(a.unit),
        "direction": a.direction,
        "tradeable": a.tradeable,
        "numeraire": item.numeraire,
        "money": a.money,
        "optional": item.optional,
        "survey_item": a.survey_item,
        "indicator": a.indicator,
        "sources": "; ".join(str(source) for source in a.sources),
        "checked": item.checked,
    }


@lru_cache(maxsize=1)
def _library() -> tuple[dict[str, str], tuple[LibraryEntry, ...]]:
    text = resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    content = tomllib.loads(text)
    notes = Notes(positions(text, _FILE))
    references = content["reference"]
    found = []
    for index, table in enumerate(content["attribute"]):
        plain = {key: value for key, value in table.items() if key not in _OWN_KEYS}
        plain["taken_from"] = table["id"]
        plain["source"] = [references[name] for name in table["references"]]
        section = Section(plain, ("attribute", index), f"attribute '{table['id']}'", notes)
        found.append(
            LibraryEntry(
                read_attribute(section),
                table["group"],
                table.get("numeraire", False),
                table.get("optional", False),
                table.get("vehicle", ""),
                table.get("unit_pattern", "{money}"),
            )
        )
    if notes.problems:
        raise StudyError.of(notes.problems, "the attribute library has {count} problems:")
    return content["group"], tuple(found)
