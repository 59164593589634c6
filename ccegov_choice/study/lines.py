"""Where things stand in a TOML file: the line of each key, table and array item."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Positions:
    """Lines of the parts of one file.

    Parameters
    ----------
    file : str
        What the file is called in messages.
    lines : mapping
        KeyPath of keys and list positions -> line, counted from 1.
    """

    file: str
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def where(self, *path: str | int) -> str:
        """Return ``file:line`` of a part, or of the nearest part around it that has a line."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return f"{self.file}:{line}"
        return self.file


def positions(text: str, file: str) -> Positions:
    """Find the line of every key, table and list item in valid TOML text.

    Parameters
    ----------
    text : str
        TOML that `tomllib` reads without complaint; other text gives lines as far as they go.
    file : str
        What the file is called in messages.
    """
    scanner = _Scanner(text)
    with contextlib.suppress(IndexError):  # text that breaks off: keep what was found
        scanner.document()
    return Positions(file, scanner.lines)


class _Scanner:
    """A walk through TOML text that only notes where things stand."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.line = 1
        self.lines: dict[KeyPath, int] = {}
        self.table_counts: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        while True:
            self.skip(newlines=True)
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> KeyPath:
        line = self.line
        double = self.text.startswith("[[", self.at)
        self.step(2 if double else 1)
        keys = self.keys()
        path: KeyPath = ()
        for position, key in enumerate(keys):
            path = (*path, key)
            last = position == len(keys) - 1
            if double and last:
                self.table_counts[path] = self.table_counts.get(path, -1) + 1
                self.lines.setdefault(path, line)
            if path in self.table_counts:
                path = (*path, self.table_counts[path])
        self.lines.setdefault(path, line)
        self.step(2 if double else 1)
        return path

    def pair(self, table: KeyPath) -> None:
        line = self.line
        path = (*table, *self.keys())
        for length in range(len(table) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        self.step()  # the equals sign
        self.skip()
        self.value(path)

    def keys(self) -> list[str]:
        """Read a dotted key and stop at what follows it."""
        found: list[str] = []
        while True:
            self.skip()
            if self.text[self.at] in "\"'":
                found.append(self.quoted())
            else:
                start = self.at
                while self.text[self.at].isalnum() or self.text[self.at] in "_-":
                    self.step()
                found.append(self.text[start : self.at])
            self.skip()
            if self.text[self.at] != ".":
                return found
            self.step()

    def value(self, path: KeyPath) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self.items(path)
        elif opening == "{":
            self.inline_table(path)
        elif opening in "\"'":
            self.quoted()
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.step()

    def items(self, path: KeyPath) -> None:
        self.step()
        index = 0
        while True:
            self.skip(newlines=True)
            if self.text[self.at] == "]":
                self.step()
                return
            if self.text[self.at] == ",":
                self.step()
                continue
            self.lines.setdefault((*path, index), self.line)
            self.value((*path, index))
            index += 1

    def inline_table(self, path: KeyPath) -> None:
        self.step()
        while True:
            self.skip(newlines=True)
            if self.text[self.at] == "}":
                self.step()
                return
            if self.text[self.at] == ",":
                self.step()
                continue
            self.pair(path)

    def quoted(self) -> str:
        quote = self.text[self.at]
        closing = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.step(len(closing))
        start = self.at
        while not self.text.startswith(closing, self.at):
            self.step(2 if self.text[self.at] == "\\" and quote == '"' else 1)
        inside = self.text[start : self.at]
        self.step(len(closing))
        while len(closing) == 3 and self.text.startswith(quote, self.at):
            self.step()  # up to two quotes may stand before the closing three
        if quote == '"' and "\\" in inside:
            return str(tomllib.loads(f"key = {closing}{inside}{closing}")["key"])
        return inside

    def skip(self, *, newlines: bool = False) -> None:
        """Skip blanks, and line ends with comments where they may stand."""
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in " \t" or (newlines and character == "\n"):
                self.step()
            elif newlines and character == "#":
                while self.at < len(self.text) and self.text[self.at] != "\n":
                    self.step()
            else:
                return

    def step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count
