"""Where published data come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DataSource:
    """Where a published data set comes from and under which terms.

    Parameters
    ----------
    name : str
        The name `load_dataset` knows it by.
    title : str
        What it is, in a few words.
    licence : str
        The licence of the file.
    citation : str
        The study to cite.
    repository, commit, path : str
        The public repository, the commit or branch in it, and the file.
    sha256 : str
        The hash the file must have; empty where a Python package carries the data.
    """

    name: str
    title: str
    licence: str
    citation: str
    repository: str = ""
    commit: str = ""
    path: str = ""
    sha256: str = ""

    @property
    def url(self) -> str:
        """Return the address of the file; empty where there is nothing to download."""
        if not self.repository:
            return ""
        return f"https://raw.githubusercontent.com/{self.repository}/{self.commit}/{self.path}"
