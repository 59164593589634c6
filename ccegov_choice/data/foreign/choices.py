"""A cell that names what somebody chose: by id, label, letter or number; or that they could not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccegov_choice.design.foreign.import_columns import PLACE, alternative_named, squeezed
from ccegov_choice.study.study import Study

DONT_KNOW = "dont_know"
_DONT_KNOW = frozenset(
    {"dontknow", "dk", "icannotdecide", "cannotdecide", "idontknow", "cantdecide"}
)


@dataclass(frozen=True)
class ChoiceWords:
    """What cells may call the alternatives of a study.

    Parameters
    ----------
    study : Study
        What is asked.
    given : mapping of str to str
        What the user says: cell -> id of an alternative, or ``"dont_know"``.
    """

    study: Study
    given: Mapping[str, str] = field(default_factory=dict)

    def read(self, cell: str, offered: Sequence[str]) -> str | None:
        """Return the alternative that a cell names, `DONT_KNOW`, or None if it names none.

        Parameters
        ----------
        cell : str
            Text of the file.
        offered : sequence of str
            Alternatives of the task, in the order of the design: a number counts them from 1.
        """
        named = self.given.get(cell, cell)
        if named in offered or named == DONT_KNOW:
            return named
        if squeezed(named) in _DONT_KNOW:
            return DONT_KNOW
        item = alternative_named(self.study, named)
        if item is not None:
            return item.id if item.id in offered else None
        place = PLACE.match(named)
        if place is None:
            return None
        mark = place[1]
        if mark.isdigit():
            return offered[int(mark) - 1] if 1 <= int(mark) <= len(offered) else None
        # letters name alternatives that have no label; labelled ones have no letters
        letter = mark.upper()
        return letter if letter in offered and not self.study.labelled else None
