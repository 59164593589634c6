"""Reading and writing files so that nothing already saved is lost."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ccegov_choice.errors import FileFormatError


def sha256(content: bytes | str) -> str:
    """Return the SHA-256 of some content, in hexadecimal; text is taken as UTF-8."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def write_atomic(path: str | Path, content: str | bytes) -> Path:
    r"""Write a file whole or not at all: a crash leaves the old file in place.

    Parameters
    ----------
    path : str or Path
        Where to write; missing folders are made.
    content : str or bytes
        Text is written as UTF-8 with ``\n`` line ends.

    Returns
    -------
    Path
        The file written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes private files; a result is to be read by others as the umask allows
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target


def read_text(path: str | Path) -> str:
    """Read a UTF-8 text file.

    Raises
    ------
    FileFormatError
        If the file is missing, is a folder, or is not UTF-8.
    """
    source = Path(path)
    if not source.exists():
        raise FileFormatError(
            "there is no such file",
            where=str(source),
            cure=f"Check the path; it was looked for in {Path.cwd()}.",
        )
    if source.is_dir():
        raise FileFormatError(
            "this is a folder, not a file", where=str(source), cure="Name the file inside it."
        )
    try:
        return source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(
            f"the file is not UTF-8 text (byte {error.start})",
            where=str(source),
            cure="Save it again with the encoding UTF-8.",
        ) from error


def write_json(path: str | Path, content: Mapping[str, Any]) -> Path:
    """Write JSON whose floats come back exactly as they were."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False, sort_keys=False)
    return write_atomic(path, text + "\n")


def read_json(path: str | Path, *, kind: str, schema: int) -> dict[str, Any]:
    """Read a JSON file of ours and check what it says of itself.

    Parameters
    ----------
    path : str or Path
        The file.
    kind : str
        What it must be, such as ``"results"``.
    schema : int
        The newest format number this version can read.

    Raises
    ------
    FileFormatError
        If the file is not JSON, is of another kind, or of a newer format.
    """
    text = read_text(path)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileFormatError(
            f"the file is not valid JSON: {error.msg}",
            where=f"{path}:{error.lineno}",
            cure=f"Give the {kind} file as it was saved, or save it again.",
        ) from error
    found = content.get("kind") if isinstance(content, dict) else None
    if found != kind:
        raise FileFormatError(
            f"this is not a {kind} file (it says {found!r})",
            where=str(path),
            cure=f"Name a file that was saved as {kind}.",
        )
    if not isinstance(content.get("schema"), int) or content["schema"] > schema:
        raise FileFormatError(
            f"format {content.get('schema')} is newer than the {schema} this version reads",
            where=str(path),
            cure="Update ccegov_choice.",
        )
    result: dict[str, Any] = content
    return result
