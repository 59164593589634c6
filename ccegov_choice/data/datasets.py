"""Published choice data, fetched when they are asked for; the package ships none."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

from ccegov_choice._files import sha256
from ccegov_choice._table import Table
from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.source import DataSource
from ccegov_choice.errors import DataError, unknown_name
from ccegov_choice.study.utility import Utility

NAMES = ("taxes", "swissmetro", "electricity", "mode_canada", "yogurt", "travel_mode")
FOLDER_VARIABLE = "CCEGOV_DATA_DIR"


def load_dataset(name: str, *, folder: str | Path | None = None) -> ChoiceData:
    """Return published choice data.

    The file is taken from `folder`, or from the one that the environment variable
    ``CCEGOV_DATA_DIR`` names, if it is there; else from the cache of earlier downloads; else it
    is downloaded from its public repository. In any case it must have the hash of the file that
    the published result rests on.

    Parameters
    ----------
    name : {"taxes", "swissmetro", "electricity", "mode_canada", "yogurt", "travel_mode"}
        Which data; `datasets` lists them. ``"travel_mode"`` needs no download.
    folder : str or Path, optional
        Where files of published data are kept; by default what ``CCEGOV_DATA_DIR`` says.

    Returns
    -------
    ChoiceData
        With ``study``, ``utility`` (the specification of the published result), and ``source``
        (licence, citation, address).

    Raises
    ------
    DataError
        If the name is unknown, the file cannot be had, or it is another file.

    Examples
    --------
    >>> load_dataset("travel_mode")
    <ChoiceData: 210 people, 210 tasks, 840 alternatives shown; study 'travel-mode'>
    """
    module = _module(name)
    source: DataSource = module.SOURCE
    read: Callable[..., ChoiceData] = module.read
    data = read(fetch(source, folder)) if source.path else read()
    return replace(data, utility=Utility(module.FORMULA, data.study), source=source)


def datasets() -> Table:
    """Return the data sets that `load_dataset` knows, with licence and citation."""
    sources = [_module(name).SOURCE for name in NAMES]
    rows = tuple((s.name, s.title, s.licence, s.citation) for s in sources)
    return Table("Published choice data", ("Name", "What", "Licence", "Cite"), rows)


def _module(name: str) -> ModuleType:
    if name not in NAMES:
        problem = unknown_name(name, NAMES, "data set")
        raise DataError(problem.problem, cure=problem.cure)
    return import_module(f"ccegov_choice.data.published.{name}")


def fetch(source: DataSource, folder: str | Path | None = None) -> Path:
    """Return the path of a data set's file, downloaded if it must be.

    Raises
    ------
    DataError
        If it cannot be had, or is another file.
    """
    file = Path(source.path).name
    folder = folder or os.environ.get(FOLDER_VARIABLE)
    if folder and (Path(folder) / file).is_file():
        local = Path(folder) / file
        if sha256(local.read_bytes()) != source.sha256:
            raise DataError(
                "this is not the file that the published result rests on (its SHA-256 differs)",
                where=str(local),
                cure=f"Take the file from {source.url}, or name another folder "
                f"({FOLDER_VARIABLE}) to have it downloaded.",
            )
        return local
    return _download(source, file)


def _download(source: DataSource, file: str) -> Path:
    """Download a file into the cache, or take it from there."""
    import pooch

    pooch.get_logger().setLevel("WARNING")
    try:
        return Path(
            pooch.retrieve(
                source.url,
                known_hash=f"sha256:{source.sha256}",
                fname=file,
                path=pooch.os_cache("ccegov_choice"),
            )
        )
    except (OSError, ValueError) as error:
        raise DataError(
            f"the data set '{source.name}' could not be downloaded: {_reason(error)}",
            where=source.url,
            cure=f"Connect to the network; or download the file elsewhere, save it as {file} and "
            f"set {FOLDER_VARIABLE} to its folder.",
        ) from error


def _reason(error: Exception) -> str:
    """Say in a few words why a download failed; its library quotes its whole inside."""
    if isinstance(error, ValueError):
        return "it is another file than expected"
    text = str(error)
    if isinstance(error, ConnectionError) or "Max retries exceeded" in text:
        return "the network cannot be reached"
    return text.partition("\n")[0] or type(error).__name__
