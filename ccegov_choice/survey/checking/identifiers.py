"""Ids: they stand in addresses, names of form fields and columns of data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ccegov_choice.errors import Problem

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_LONGEST = 60


def id_problems(what: str, id: str, where: str) -> Iterator[Problem]:
    """Yield why an id cannot stand in addresses and columns, if so."""
    if not _ID.fullmatch(id):
        yield Problem(
            f"'{id}' cannot be the id of a {what}",
            "Use letters without accents, digits, _ and -, beginning with a letter or digit.",
            where,
        )
    elif len(id) > _LONGEST:
        yield Problem(
            f"the id of a {what} has {len(id)} characters", f"Use {_LONGEST} or fewer.", where
        )
