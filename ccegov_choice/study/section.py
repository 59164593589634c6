"""One table of a TOML file, read with care: every wrong key or type becomes a problem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccegov_choice.errors import Problem, unknown_name
from ccegov_choice.study.lines import KeyPath, Positions
from ccegov_choice.study.wording import Text, in_order


@dataclass
class Notes:
    """What was found wrong while reading one file, and where its parts stand."""

    positions: Positions
    languages: tuple[str, ...] = ("en",)
    problems: list[Problem] = field(default_factory=list)
    aliases: dict[KeyPath, int] = field(default_factory=dict)

    def add(self, problem: str, cure: str, path: KeyPath) -> None:
        """Note a problem at a place in the file."""
        self.problems.append(Problem(problem, cure, self.positions.where(*path)))

    def alias(self, canonical: KeyPath, actual: KeyPath) -> None:
        """Let a part be found under the path that checks use, whichever form it was given in."""
        line = self.positions.lines.get(actual)
        if line is not None:
            self.aliases[canonical] = line

    def all_positions(self) -> Positions:
        """Return the positions with the aliases."""
        return Positions(self.positions.file, {**self.positions.lines, **self.aliases})


@dataclass(frozen=True)
class Section:
    """One table of the file.

    Parameters
    ----------
    content : mapping
        What `tomllib` read.
    path : tuple
        Keys and positions that lead to it.
    name : str
        What it is called in messages, such as ``"attribute 'wait'"``.
    notes : Notes
        Where problems are collected.
    """

    content: Mapping[str, Any]
    path: KeyPath
    name: str
    notes: Notes

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def only(self, known: Iterable[str]) -> None:
        """Note every key that means nothing here, with the nearest one that does."""
        keys = tuple(known)
        for key in self.content:
            if key not in keys:
                where = self.notes.positions.where(*self.path, key)
                found = unknown_name(key, keys, "key", where=where)
                self.notes.problems.append(
                    Problem(f"{found.problem} in {self.name}", found.cure, where)
                )

    def wrong(self, key: str, needed: str, cure: str) -> None:
        """Note that a key holds something of the wrong kind."""
        shown = repr(self.content[key])
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        problem = f"'{key}' of {self.name} must be {needed}, not {shown}"
        self.notes.add(problem, cure, (*self.path, key))

    def require(self, key: str, cure: str) -> None:
        """Note that a key is missing."""
        if key not in self.content:
            self.notes.add(f"{self.name} has no '{key}'", cure, self.path)

    def words(self, key: str, default: str = "") -> str:
        """Return a plain string."""
        given = self.content.get(key, default)
        if isinstance(given, str):
            return given
        self.wrong(key, "text", f'Write it in quotes: {key} = "...".')
        return default

    def text(self, key: str, default: Text = "") -> Text:
        """Return a wording in one language or several."""
        given = self.content.get(key, default)
        if isinstance(given, str):
            return given
        if isinstance(given, Mapping) and all(isinstance(v, str) for v in given.values()):
            return in_order(given, self.notes.languages)
        self.wrong(key, "text", f'Write {key} = "...", or one line per language: {key}.en = "...".')
        return default

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        given = self.content.get(key, default)
        if isinstance(given, bool):
            return given
        self.wrong(key, "true or false", f"Write {key} = true or {key} = false, without quotes.")
        return default

    def number(self, key: str, default: float | None = None) -> float | None:
        """Return a number."""
        given = self.content.get(key, default)
        if given is None or (isinstance(given, int | float) and not isinstance(given, bool)):
            return given
        self.wrong(key, "a number", f"Write {key} = 12, without quotes.")
        return default

    def whole(self, key: str, default: int) -> int:
        """Return a whole number."""
        given = self.content.get(key, default)
        if isinstance(given, int) and not isinstance(given, bool):
            return given
        self.wrong(key, "a whole number", f"Write {key} = {default}, without quotes.")
        return default

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of some fixed words."""
        given = self.words(key, default)
        if given in allowed or given == default:
            return given
        where = self.notes.positions.where(*self.path, key)
        found = unknown_name(given, allowed, key, where=where)
        self.notes.problems.append(Problem(f"{found.problem} in {self.name}", found.cure, where))
        return default

    def words_list(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of strings; one string counts as a list of one."""
        given = self.content.get(key, default)
        if isinstance(given, str):
            return (given,)
        if isinstance(given, (list, tuple)) and all(isinstance(item, str) for item in given):
            return tuple(given)
        self.wrong(key, "a list of texts", f'Write {key} = ["...", "..."].')
        return default

    def table(self, key: str, name: str) -> Section | None:
        """Return a table inside this one."""
        given = self.content.get(key)
        if given is None:
            return None
        if isinstance(given, Mapping):
            return Section(given, (*self.path, key), name, self.notes)
        self.wrong(key, "a table", f"Start a table with [{key}] on a line of its own.")
        return None

    def tables(self, key: str) -> list[Section]:
        """Return a list of tables inside this one, named by their id where they have one."""
        given = self.content.get(key, [])
        if not isinstance(given, list) or not all(isinstance(item, Mapping) for item in given):
            header = ".".join(str(p) for p in (*self.path, key) if isinstance(p, str))
            self.wrong(key, "a list of tables", f"Start each one with a line [[{header}]].")
            return []
        found = []
        for index, item in enumerate(given):
            known = item.get("id", item.get("library", item.get("attribute")))
            name = f"{key} '{known}'" if isinstance(known, str) else f"{key} {index + 1}"
            found.append(Section(item, (*self.path, key, index), name, self.notes))
        return found
