"""An alternative: one of the options in a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from ccegov_choice.study.wording import Text, own_copy, wording

AlternativeKind = Literal["labelled", "opt_out", "status_quo"]
ALTERNATIVE_KINDS: tuple[str, ...] = get_args(AlternativeKind)


@dataclass(frozen=True)
class FromCovariate:
    """A level that each person brings along, such as the wait they have now.

    Parameters
    ----------
    covariate : str
        Id of the person covariate that holds the level.
    """

    covariate: str


@dataclass(frozen=True)
class Alternative:
    """One of the options in a task that has a name: a label, the opt-out or the status quo.

    Parameters
    ----------
    id : str
        The name used in data and constants, such as ``"phone"``.
    label : str or mapping
        A few words shown to people, or language code -> words.
    description : str or mapping
        The long wording.
    kind : {"labelled", "opt_out", "status_quo"}
        A labelled option, choosing nothing, or staying as one is.
    levels : mapping, optional
        Attribute id -> level id, number, or `FromCovariate`: levels that are not varied.
    """

    id: str
    label: Text
    description: Text = ""
    kind: AlternativeKind = "labelled"
    levels: Mapping[str, str | float | FromCovariate] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", own_copy(self.label))
        object.__setattr__(self, "description", own_copy(self.description))
        levels = {
            name: level if isinstance(level, (str, FromCovariate)) else float(level)
            for name, level in (self.levels or {}).items()
        }
        object.__setattr__(self, "levels", levels or None)

    @property
    def fixed(self) -> dict[str, str | float]:
        """Levels that are the same for everybody."""
        levels = self.levels or {}
        return {k: v for k, v in levels.items() if not isinstance(v, FromCovariate)}

    @property
    def personal(self) -> dict[str, str]:
        """Attribute id -> id of the covariate that each person's level is taken from."""
        levels = self.levels or {}
        return {k: v.covariate for k, v in levels.items() if isinstance(v, FromCovariate)}

    def text(self, language: str | None = None) -> str:
        """Return the label in a language (the first one when not given)."""
        return wording(self.label, language)

    def long_text(self, language: str | None = None) -> str:
        """Return the description in a language, or the label where there is none."""
        return wording(self.description, language) or self.text(language)
