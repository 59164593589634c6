"""The server's key, in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ccegov_choice.errors import SurveyError

_BYTES = 48


def make_key(path: str | Path) -> Path:
    """Write a new key, unless the file exists; of two processes at once, one writes."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # whole or not at all: the name appears only when the key is in the file
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_hex(_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, target)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return target


def read_key(path: str | Path) -> bytes:
    """Read a key.

    Raises
    ------
    SurveyError
        If it is missing, too short, or can be read by others.
    """
    source = Path(path)
    if not source.is_file():
        raise SurveyError(
            "there is no key file",
            where=str(source),
            cure="`ccegov survey serve` makes one when it is started first. Without the old "
            "key, codes with which people find their answers are void: look in the backup.",
        )
    if os.name == "posix" and source.stat().st_mode & 0o007:
        raise SurveyError(
            "everybody on this machine can read the key",
            where=str(source),
            cure=f"chmod 600 {source}",
        )
    key = source.read_bytes().strip()
    if len(key) < 32:
        raise SurveyError(
            f"the key has {len(key)} bytes",
            where=str(source),
            cure="Use at least 32; delete the file to have one made, if nobody has answered yet.",
        )
    return key
