"""Where an artefact came from: who made it, from what, with which versions and seed."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import Any

from ccegov_choice._version import __version__

_PACKAGES = ("numpy", "scipy", "pandas", "numba", "formulaic", "statsmodels", "pydoe")


@cache
def _installed_versions() -> dict[str, str]:
    versions = {"ccegov_choice": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


@dataclass(frozen=True)
class Provenance:
    """The record that lets somebody else make the same thing again.

    It holds no date and no machine name, so that the same work gives the same bytes.

    Parameters
    ----------
    made_by : str
        The function that made the artefact.
    parameters : mapping
        Its arguments, as JSON can hold them.
    seed : int or None
        The seed of its random numbers.
    parents : mapping of str to str
        Name and SHA-256 of each artefact it was made from.
    versions : mapping of str to str
        Package versions that did the work.
    """

    made_by: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    parents: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def record(
        cls,
        made_by: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        seed: int | None = None,
        parents: Mapping[str, str] | None = None,
    ) -> Provenance:
        """Record the work with the versions installed now."""
        return cls(
            made_by, dict(parameters or {}), seed, dict(parents or {}), dict(_installed_versions())
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON can hold it."""
        return {
            "made_by": self.made_by,
            "parameters": dict(self.parameters),
            "seed": self.seed,
            "parents": dict(self.parents),
            "versions": dict(self.versions),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Provenance:
        """Read a record written by `to_dict`."""
        return cls(
            made_by=content["made_by"],
            parameters=content.get("parameters", {}),
            seed=content.get("seed"),
            parents=content.get("parents", {}),
            versions=content.get("versions", {}),
        )
