"""Files that put a survey on a server: container, systemd, reverse proxy, backup."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import TYPE_CHECKING

from ccegov_choice._files import write_atomic
from ccegov_choice._version import __version__
from ccegov_choice.errors import MissingExtraError
from ccegov_choice.study.wording import wording

if TYPE_CHECKING:
    from ccegov_choice.survey.survey import Survey

_TEMPLATES = Path(__file__).parent / "templates"
_FILES = {
    "deploy/README.md": "README.md",
    "deploy/Containerfile": "Containerfile",
    "deploy/requirements.txt": "requirements.txt",
    "deploy/{name}.service": "survey.service",
    "deploy/nginx.conf": "nginx.conf",
    "deploy/Caddyfile": "Caddyfile",
    "deploy/postgresql.sql": "postgresql.sql",
    "deploy/backup.sh": "backup.sh",
    "deploy/restore.sh": "restore.sh",
}
BACKUP_DAYS = 14
"""Days that the templates keep backups; a backup holds what was erased since it was made."""


def deployment_files(survey: Survey) -> dict[str, str]:
    """Return the files that a survey's folder needs to be put on a server.

    Parameters
    ----------
    survey : Survey
        The survey.

    Returns
    -------
    dict of str to str
        Path relative to the survey's folder -> text: all of them in ``deploy/``, whose
        ``README.md`` says what to do, in order.

    Raises
    ------
    MissingExtraError
        If Jinja is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError(
            "deployment files need Jinja",
            where="deployment_files",
            cure="Install it: pip install 'ccegov_choice[survey]'",
        ) from error
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # configuration files, not pages
    )
    facts = _facts(survey)
    return {
        path.format(name=survey.id): environment.get_template(template).render(facts)
        for path, template in _FILES.items()
    }


def write_deployment_files(survey: Survey, folder: Path) -> dict[str, str]:
    """Write the files into a survey's folder, scripts so that they can be run; return them."""
    files = deployment_files(survey)
    for path, text in files.items():
        written = write_atomic(folder / path, text)
        if path.endswith(".sh"):
            written.chmod(0o755)
    return files


def _facts(survey: Survey) -> dict[str, object]:
    return {
        "id": survey.id,
        "title": " ".join(wording(survey.title, survey.language).split()),
        "version": __version__,
        "requirements": server_requirements(),
        "backup_days": BACKUP_DAYS,
        "retention": survey.retention,
        "files": [path.format(name=survey.id) for path in _FILES],
    }


def server_requirements() -> tuple[str, ...]:
    """Return what a survey server needs beside this package: the extra ``survey``, no numerics."""
    try:
        declared = requires("ccegov_choice") or []
    except PackageNotFoundError:  # pragma: no cover - only where nothing is installed
        declared = []
    return tuple(sorted(_of_extra(declared)))


def _of_extra(declared: Iterable[str]) -> list[str]:
    found = []
    for line in declared:
        requirement, _, marker = line.partition(";")
        if "extra" in marker and "survey" in marker:
            found.append(requirement.strip())
    return found
