"""Answers with one row per person, as survey tools export them, before tasks are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccegov_choice.data.foreign.sheet import Sheet
from ccegov_choice.errors import DataError, unknown_name

# what identifies people or their devices: never taken, even where it is asked for
PERSONAL = frozenset(
    {
        *("ipaddress", "ipaddr", "recipientlastname", "recipientfirstname", "recipientemail"),
        *("locationlatitude", "locationlongitude", "externalreference", "token", "refurl"),
        *("deviceid", "subscriberid", "simserial", "simid", "phonenumber", "username", "email"),
        *("useragent", "submittername", "submitterid", "_submitted_by", "_geolocation"),
    }
)


@dataclass(frozen=True)
class Interviews:
    """One row per person, under the names that the questions have with us.

    Parameters
    ----------
    sheet : Sheet
        The rows; rehearsals and rows that are no answers are left out.
    person : str
        The column that tells people apart.
    notes : tuple of str
        What was left out, and why.
    called : mapping of str to str
        Our name of a column -> what the file calls it, where that differs.
    """

    sheet: Sheet
    person: str
    notes: tuple[str, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)


def person_column(sheet: Sheet, asked: str | None, usual: tuple[str, ...], tool: str) -> str:
    """Return the column that tells people apart: the one asked for, or the tool's own.

    Raises
    ------
    DataError
        If there is no such column.
    """
    if asked is not None:
        if asked in sheet.names:
            return asked
        raise DataError.of([unknown_name(asked, sheet.names, "column", where=sheet.source.name)])
    for name in usual:
        if name in sheet.names:
            return name
    raise DataError(
        f"no column tells people apart; {tool} calls it {' or '.join(usual)}",
        where=sheet.source.name,
        cure="Export it as well, or say which it is: person='...' (in a shell: --person NAME).",
    )


def counted_note(number: int, one: str, many: str) -> tuple[str, ...]:
    """Return a note about that many rows; none for no row."""
    if not number:
        return ()
    return (f"1 {one}" if number == 1 else f"{number:,} {many}",)
