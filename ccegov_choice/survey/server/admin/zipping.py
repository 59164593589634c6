"""A folder as a ZIP file that is sent while it is packed: it never stands whole anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_CHUNK = 64 * 1024


class _Sink:
    """What a ZIP file is written to: keeps bytes until they are taken."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, data: bytes) -> int:
        """Keep bytes."""
        self._kept += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: bytes are taken as they come."""

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def take(self) -> bytes:
        """Return what was kept, and forget it."""
        data = bytes(self._kept)
        self._kept.clear()
        return data


def zipped(folder: Path, name: str) -> Iterator[bytes]:
    """Yield a ZIP file of all files of a folder, in pieces.

    Parameters
    ----------
    folder : Path
        What is packed.
    name : str
        Name of the folder inside the ZIP file.
    """
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = ZipInfo.from_file(path, f"{name}/{path.relative_to(folder).as_posix()}")
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as target, path.open("rb") as source:
                while data := source.read(_CHUNK):
                    target.write(data)
                    if piece := sink.take():
                        yield piece
    yield sink.take()
