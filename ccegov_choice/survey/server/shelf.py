"""Files that pages use, read once and served from memory: nothing else can be asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from ccegov_choice.survey.server.compression import compressed
from ccegov_choice.survey.survey import Survey

_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".txt": "text/plain",
}


@dataclass(frozen=True)
class File:
    """One file.

    Parameters
    ----------
    body : bytes
        What is in it.
    media_type : str
        What it is.
    """

    body: bytes
    media_type: str

    @cached_property
    def gzipped(self) -> bytes:
        """The content, compressed; pictures that are compressed already as they are."""
        text = self.media_type.startswith("text/") or self.media_type.endswith("xml")
        return compressed(self.body, once=True) if text else self.body

    @cached_property
    def etag(self) -> str:
        """A name of the content, by which browsers see that theirs is still the same."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


def static_files(theme_css: str) -> dict[str, File]:
    """Return the shell's files by name, with the survey's own colours as ``theme.css``."""
    folder = Path(str(files("ccegov_choice.survey.pages"))) / "static"
    found = dict(_files(folder, folder.rglob("*")))
    return {**found, "theme.css": File(theme_css.encode(), "text/css")}


def media_files(survey: Survey) -> dict[str, File]:
    """Return the pictures that a survey names (logo and levels), by the path it names them by."""
    if survey.folder is None:
        return {}
    named = [survey.theme.logo]
    named += [level.image or "" for a in survey.study.attributes for level in a.levels]
    folder = survey.folder.resolve()
    paths = (folder / name for name in named if name)
    return dict(_files(folder, (path for path in paths if path.is_file())))


def _files(folder: Path, paths: Iterable[Path]) -> Mapping[str, File]:
    return {
        path.relative_to(folder).as_posix(): File(path.read_bytes(), _TYPES[path.suffix.lower()])
        for path in paths
        if path.suffix.lower() in _TYPES
    }
