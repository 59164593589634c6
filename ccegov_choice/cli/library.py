"""`ccegov library list|show`: the attributes that come with the package."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccegov_choice._table import Table
    from ccegov_choice.study.library import LibraryEntry

_Nouns = argparse._SubParsersAction  # the type has no public name


def register(nouns: _Nouns[argparse.ArgumentParser]) -> None:
    """Add the noun and its verbs."""
    noun = nouns.add_parser("library", help="attributes of public services, ready to use")
    verbs = noun.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="list the attributes by group")
    listing.add_argument("--group", metavar="ID", help="only one group, such as te")
    listing.add_argument("--json", action="store_true", help="print for machines")
    listing.set_defaults(run=list_attributes)
    show = verbs.add_parser("show", help="show attributes with wordings, measures and sources")
    show.add_argument("ids", nargs="+", metavar="ID", help="ids of attributes")
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print for machines")
    form.add_argument("--toml", action="store_true", help="print for pasting into a study.toml")
    show.set_defaults(run=show_attributes)


def list_attributes(arguments: argparse.Namespace) -> int:
    """Print a table for each group."""
    from ccegov_choice.errors import StudyError, unknown_name
    from ccegov_choice.study import library

    groups = library.groups()
    if arguments.group is not None and arguments.group not in groups:
        raise StudyError.of([unknown_name(arguments.group, groups, "group")])
    entries = [e for e in library.entries() if arguments.group in (None, e.group)]
    if arguments.json:
        print(json.dumps([_for_machines(e) for e in entries], indent=1, ensure_ascii=False))
        return 0
    for group, name in groups.items():
        members = [entry for entry in entries if entry.group == group]
        if members:
            print(f"{_group_table(name, members)}\n")
    print(f"{len(entries)} attributes. More about one: ccegov library show {entries[0].id}")
    return 0


def _group_table(name: str, entries: list[LibraryEntry]) -> Table:
    from ccegov_choice._table import Table
    from ccegov_choice.study.display import direction_text

    rows = tuple(
        (
            entry.id,
            entry.attribute.text() + (" (optional)" if entry.optional else ""),
            direction_text(entry.attribute),
            entry.attribute.tradeable,
            "yes" if entry.numeraire else "",
        )
        for entry in entries
    )
    return Table(name, ("attribute", "wording", "direction", "tradeable", "can be paid in"), rows)


def show_attributes(arguments: argparse.Namespace) -> int:
    """Print everything about some attributes."""
    from ccegov_choice.study import library
    from ccegov_choice.study.toml_writer import attribute_to_toml

    entries = [library.entry(id) for id in arguments.ids]
    if arguments.json:
        print(json.dumps([_for_machines(e) for e in entries], indent=1, ensure_ascii=False))
    elif arguments.toml:
        print("\n".join(attribute_to_toml(entry.attribute) for entry in entries), end="")
    else:
        print("\n\n".join(_described(entry) for entry in entries))
    return 0


def _described(entry: LibraryEntry) -> str:
    from ccegov_choice._table import Table
    from ccegov_choice.study import library
    from ccegov_choice.study.display import direction_text

    a = entry.attribute
    rows = tuple((level.id, level.text(), level.long_text()) for level in a.levels)
    levels = Table("", ("level", "label", "wording"), rows)
    lines = [
        f"{a.id}: {a.text()}  [{library.groups()[entry.group]}]",
        str(a.definition),
        str(levels),
        f"Direction:         {direction_text(a)}",
        f"Tradeable:         {a.tradeable}" + (", can be paid in" if entry.numeraire else ""),
        f"Survey item:       {a.survey_item}",
        f"Service indicator: {a.indicator}",
        *(f"Source:            {source}" for source in a.sources),
    ]
    if a.money:
        lines.append("Money: a study that uses it declares how people pay and in which currency.")
    return "\n".join(lines)


def _for_machines(entry: LibraryEntry) -> dict[str, Any]:
    a = entry.attribute
    return {
        "id": entry.id,
        "group": entry.group,
        "label": a.text(),
        "definition": str(a.definition),
        "kind": a.kind,
        "levels": [
            {"id": lv.id, "label": lv.text(), "wording": lv.long_text(), "value": lv.value}
            for lv in a.levels
        ],
        "unit": str(a.unit),
        "direction": a.direction,
        "tradeable": a.tradeable,
        "numeraire": entry.numeraire,
        "money": a.money,
        "optional": entry.optional,
        "survey_item": a.survey_item,
        "indicator": a.indicator,
        "sources": [
            {
                "text": source.text,
                "title": source.title,
                "doi": source.doi,
                "note": source.note,
                "checked": source.checked,
            }
            for source in a.sources
        ],
        "checked": entry.checked,
    }
