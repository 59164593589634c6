"""Simulated surveys kept on disk, so that the same call is not computed twice."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccegov_choice._files import read_json, sha256, write_json
from ccegov_choice.errors import ChoiceWarning, FileFormatError

KIND, SCHEMA = "simulated power", 1


@dataclass(frozen=True)
class Cache:
    """A folder of results, each named by the hash of everything it depends on.

    Parameters
    ----------
    folder : Path or None
        Where; None keeps nothing.
    """

    folder: Path | None

    def get(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what was kept under a key, or None.

        Warns
        -----
        ChoiceWarning
            If there is a file for the key that is not what `put` wrote; it is not used.
        """
        if self.folder is None or not (path := self._path(key)).exists():
            return None
        try:
            content = read_json(path, kind=KIND, schema=SCHEMA)
            intact = content["key"] == _plain(key) and content["sha256"] == _hash(content["value"])
            if intact:
                value: dict[str, Any] = content["value"]
                return value
            reason = "it was changed after it was written"
        except (FileFormatError, OSError, KeyError, TypeError) as error:
            reason = error.problem if isinstance(error, FileFormatError) else f"lacks {error}"
        warnings.warn(
            f"{path}: the kept simulation is not used and is made again: {reason}",
            ChoiceWarning,
            stacklevel=2,
        )
        return None

    def put(self, key: Mapping[str, Any], value: Mapping[str, Any]) -> None:
        """Keep a value under a key."""
        if self.folder is None:
            return
        plain = _plain(value)
        content = {
            "kind": KIND,
            "schema": SCHEMA,
            "sha256": _hash(plain),
            "key": _plain(key),
            "value": plain,
        }
        write_json(self._path(key), content)

    def _path(self, key: Mapping[str, Any]) -> Path:
        assert self.folder is not None
        return self.folder / f"power-{_hash(key)[:24]}.json"


def _plain(content: Any) -> Any:
    """Return content as it comes back from a file."""
    return json.loads(json.dumps(content, allow_nan=False))


def _hash(content: Any) -> str:
    return sha256(json.dumps(content, sort_keys=True, allow_nan=False))
