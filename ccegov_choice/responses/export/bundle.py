"""A bundle: a folder with all that people answered, the ledger, a codebook and a manifest."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ccegov_choice._files import sha256, write_atomic
from ccegov_choice._version import __version__
from ccegov_choice.errors import ResponseError, unknown_name
from ccegov_choice.responses.export import choices, layout, tables
from ccegov_choice.responses.export.codebook import CODEBOOK, codebook_rows, codebook_text
from ccegov_choice.responses.export.content import Content
from ccegov_choice.responses.export.writers import CsvWriter, ParquetWriter, Writer, Written
from ccegov_choice.responses.records import Ledger

if TYPE_CHECKING:
    from ccegov_choice.responses.store import ResponseStore

Format = Literal["csv", "parquet"]
_WRITERS: Mapping[str, type[CsvWriter] | type[ParquetWriter]] = {
    "csv": CsvWriter,
    "parquet": ParquetWriter,
}
_KIND = "responses"
_README = """\
# Answers to the survey '{survey}'

These are answers of people who trusted that they are used for the purpose they were told, and
kept no longer than promised. Pass on no more than is needed, keep `free_text` and `panel` apart,
and show no cell of a table that fewer than ten people are in. Somebody who has their answers
erased later is not in the next bundle: make a new one before every analysis that is published.

No licence is given with this bundle; whoever runs the survey decides whether the data may be
passed on, and under which licence. Contacts are never part of a bundle.

`codebook.md` says what every column and value means, `manifest.json` which version of the survey
was answered, and the SHA-256 of every file. With this package,

    data = ChoiceData.collect(design, pd.read_csv("choices.csv", dtype={{"task": str}}))

joins the choices to the design.
"""


@dataclass(frozen=True)
class Bundle:
    """What was written.

    Parameters
    ----------
    folder : Path
        Where.
    files : tuple of Written
        Name, rows and SHA-256 of each file.
    """

    folder: Path
    files: tuple[Written, ...]


def write_bundle(
    store: ResponseStore,
    survey: str,
    folder: str | Path,
    *,
    format: Format | str = "csv",
    ledger: Ledger | str = "live",
) -> Bundle:
    """Write everything that was answered to a survey, whole or not at all.

    Parameters
    ----------
    store : ResponseStore
        Where the answers are.
    survey : str
        Id of the survey.
    folder : path
        Where to; it must be new, empty, or an earlier bundle, which is replaced.
    format : {"csv", "parquet"}
        Of the tables.
    ledger : {"live", "preview", "robot"}
        Whose answers.

    Raises
    ------
    ResponseError
        If there is no such survey, or something else is in the folder.
    """
    if format not in _WRITERS:
        raise ResponseError.of([unknown_name(format, _WRITERS, "format")])
    versions = store.versions(survey)
    if not versions:
        raise ResponseError.of([unknown_name(survey, store.surveys(), "survey", where="store")])
    target = Path(folder)
    _require_room(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        files = _write(store, survey, str(ledger), str(format), draft, versions)
        _put_in_place(draft, target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Bundle(target, files)


def _write(
    store: ResponseStore,
    survey: str,
    ledger: str,
    format: str,
    folder: Path,
    versions: Sequence[Mapping[str, Any]],
) -> tuple[Written, ...]:
    contents = {version["sha256"]: Content(version["content"]) for version in versions}
    layouts = (
        layout.PEOPLE,
        layout.choices_layout(contents.values()),
        layout.UNDECIDED,
        layout.ANSWERS,
        layout.FREE_TEXT,
        layout.SHOWN,
        layout.PANEL,
        layout.EVENTS,
        layout.LEDGER,
    )
    rows = list(codebook_rows(layouts, list(contents.values())))
    with ExitStack() as opened:
        writers: dict[str, Writer] = {}
        for part in (*layouts, CODEBOOK):
            kind = CsvWriter if part is CODEBOOK else _WRITERS[format]
            writers[part.name] = kind(folder, part)
            opened.callback(writers[part.name].give_up)
        _write_tables(store, survey, ledger, writers, contents)
        for row in rows:
            writers["codebook"].add(row)
        files = [writer.close() for writer in writers.values()]
    for name, text in (
        ("codebook.md", codebook_text(survey, layouts, rows)),
        ("README.md", _README.format(survey=survey)),
    ):
        write_atomic(folder / name, text)
        files.append(Written(name, 0, sha256(text)))
    _write_manifest(folder, survey, ledger, versions, files)
    return tuple(files)


def _write_tables(
    store: ResponseStore,
    survey: str,
    ledger: str,
    writers: Mapping[str, Writer],
    contents: Mapping[str, Content],
) -> None:
    version_of = _write_people(store, survey, ledger, writers, contents)
    for event in store.events(survey, ledger):  # type: ignore[arg-type]
        content = contents.get(version_of.get(event["person"], ""))
        if content is not None:  # who came while this was being written is in the next bundle
            writers["events"].add(tables.event_row(event, content.data))
    for move in store.ledger(survey, ledger):  # type: ignore[arg-type]
        writers["ledger"].add(asdict(move))


def _write_people(
    store: ResponseStore,
    survey: str,
    ledger: str,
    writers: Mapping[str, Writer],
    contents: Mapping[str, Content],
) -> dict[str, str]:
    """Write everything about people in one go, so that the files fit each other."""
    version_of = {}
    for person in store.rows(survey, ledger):  # type: ignore[arg-type]
        version_of[person["person"]] = person["version"]
        content = contents[person["version"]]
        writers["people"].add(tables.person_row(person))
        for name, rows in (
            ("choices", choices.choices_of(person, content)),
            ("undecided", choices.undecided_of(person)),
            ("answers", tables.answer_rows(person, content.data)),
            ("free_text", tables.free_text_rows(person, content.data)),
            ("shown", choices.shown_of(person)),
            ("panel", tables.panel_rows(person)),
        ):
            for row in rows:
                writers[name].add(row)
    return version_of


def _write_manifest(
    folder: Path,
    survey: str,
    ledger: str,
    versions: Sequence[Mapping[str, Any]],
    files: Sequence[Written],
) -> None:
    manifest = {
        "kind": _KIND,
        "schema": 1,
        "survey": survey,
        "ledger": ledger,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "made_by": f"ccegov_choice {__version__}",
        "versions": [
            {key: version[key] for key in ("sha256", "series", "seed", "blocks", "registered")}
            for version in versions
        ],
        "files": {file.name: {"rows": file.rows, "sha256": file.sha256} for file in files},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False, default=str)
    write_atomic(folder / "manifest.json", text + "\n")


def _require_room(target: Path) -> None:
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not _is_bundle(target):
        raise ResponseError(
            "there is something else in this folder",
            where=str(target),
            cure="Name a folder that is new, empty, or an earlier bundle.",
        )


def _is_bundle(folder: Path) -> bool:
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("kind") == _KIND


def _put_in_place(draft: Path, target: Path) -> None:
    if not target.exists():
        draft.rename(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    os.replace(target, aside / "old")  # noqa: PTH105 - folders
    draft.rename(target)
    shutil.rmtree(aside)
