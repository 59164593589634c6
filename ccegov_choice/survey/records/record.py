"""A record that a public body must keep: what is known from the survey, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass

from ccegov_choice._table import Table


@dataclass(frozen=True)
class Entry:
    """One thing to be recorded.

    Parameters
    ----------
    name : str
        What it is, such as ``"Purposes"``.
    source : str
        The rule that asks for it, such as ``"Art. 30(1)(b)"``.
    found : tuple of str
        What the survey says about it, one sentence or item each.
    open : tuple of str
        What a person still has to write or decide.
    """

    name: str
    source: str
    found: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is open."""
        return not self.open


@dataclass(frozen=True)
class Record:
    """A record made from a survey; what is open comes first, so that nobody takes it for done.

    Parameters
    ----------
    title : str
        What it is and of which survey.
    entries : tuple of Entry
        In the order of the rule.
    note : str
        What the reader should know about how it was made.
    """

    title: str
    entries: tuple[Entry, ...]
    note: str = ""

    @property
    def open(self) -> tuple[tuple[Entry, str], ...]:
        """Everything that a person still has to write, with its entry."""
        return tuple((entry, item) for entry in self.entries for item in entry.open)

    def to_table(self) -> Table:
        """Return the record as a table of one row per entry."""
        rows = tuple(
            (entry.name, entry.source, " ".join(entry.found) or "–", " ".join(entry.open))
            for entry in self.entries
        )
        return Table(self.title, ("what", "rule", "from the survey", "still open"), rows)

    def to_markdown(self) -> str:
        """Return the record as a document: open items, then every entry."""
        lines = [f"# {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        lines += self._open_lines()
        for entry in self.entries:
            lines += [f"## {entry.name}", "", f"*{entry.source}*", ""]
            lines += [f"- {item}" for item in entry.found]
            lines += [f"- **Open:** {item}" for item in entry.open]
            lines.append("")
        return "\n".join(lines).rstrip() + "\n"

    def _open_lines(self) -> list[str]:
        if not self.open:
            return ["Nothing is open.", ""]
        count = len(self.open)
        headline = f"## Still open: {count} {'item' if count == 1 else 'items'}"
        listed = [f"{i}. {entry.name}: {item}" for i, (entry, item) in enumerate(self.open, 1)]
        return [headline, "", *listed, ""]
