"""Text that should be TOML and is not: where it breaks off, and what probably mends it."""

from __future__ import annotations

import re
import tomllib

from ccegov_choice.errors import Problem


def syntax_problem(error: tomllib.TOMLDecodeError, text: str, where: str) -> Problem:
    """Say where the text stops being TOML, show the line, and guess at the cure."""
    message = str(error)
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    lines = text.splitlines() or [""]
    number = int(place.group(1)) if place else len(lines)
    line = lines[min(number, len(lines)) - 1].strip()
    reason = re.sub(r" \(at .*\)$", "", message)
    reason = reason[:1].lower() + reason[1:]
    return Problem(
        f"this is not TOML: {reason}: {line}", _syntax_cure(line, reason), f"{where}:{number}"
    )


def _syntax_cure(line: str, reason: str) -> str:
    if "overwrite" in reason or "twice" in reason:
        return "The key or table stands twice; keep one of them."
    if re.search(r"[“”„‟]", line):
        return 'Replace the curly quotation marks by straight ones: "...".'
    if line.count('"') % 2:
        return 'A quotation mark is missing; inside a text write \\" for one.'
    if re.match(r"^[\w.-]+\s*:", line):
        return "Write an equals sign between key and value, not a colon."
    if re.search(r"\b(True|False|yes|no)\b", line):
        return "Write true or false in small letters."
    if re.match(r"^[\w.-]+\s*=\s*[^\d\"'\[{\s]", line):
        return 'Put text in quotation marks: key = "text".'
    if re.match(r"^[\w-]+\s+[\w-]+", line):
        return "A key is one word: letters, digits, _ and -."
    return 'Write one key = value on each line; text in "quotes", lists in [brackets].'
