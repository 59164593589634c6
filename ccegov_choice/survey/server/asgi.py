"""The application of one worker process, made from environment variables (`ccegov survey serve`).

``uvicorn ccegov_choice.survey.server.asgi:application --factory --workers 4`` works as well, with

``CCEGOV_SURVEY``
    The survey's folder.
``CCEGOV_DATABASE``, ``CCEGOV_CONTACTS_DATABASE``
    Where answers and contacts are kept.
``CCEGOV_KEY_FILE``, ``CCEGOV_PANEL_KEY_FILE``
    Files that hold the server's key, and the one shared with a panel.
``CCEGOV_BASE_URL``, ``CCEGOV_LEDGER``, ``CCEGOV_LIMITS``
    The public address; ``live``, ``preview`` or ``robot``; ``off`` for no limits on requests.
``CCEGOV_ADMIN_FILE`` or ``CCEGOV_ADMIN_HASH``
    Administrators' password hashes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from starlette.types import ASGIApp

from ccegov_choice.errors import SurveyError
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.admin.passwords import read_administrators
from ccegov_choice.survey.server.app import create_app
from ccegov_choice.survey.server.following import FollowingApp
from ccegov_choice.survey.server.key_file import read_key
from ccegov_choice.survey.server.operations.request_log import log_as_json_lines
from ccegov_choice.survey.server.settings import Limits, ServerSettings
from ccegov_choice.survey.survey import Survey

_NO_LIMITS = Limits(requests=0, starts=0, codes=0)


def application() -> ASGIApp:
    """Return the application that environment variables describe."""
    log_as_json_lines()
    return application_of(os.environ)


def application_of(environment: Mapping[str, str]) -> ASGIApp:
    """Return the application that variables describe.

    Raises
    ------
    SurveyError
        If a variable is missing, or the survey is not valid.
    """
    folder = _need(environment, "CCEGOV_SURVEY")
    settings = settings_of(environment)
    if settings.ledger == "preview":
        store = open_store(environment)
        return FollowingApp(folder, lambda survey: create_app(survey, store, settings))
    survey = Survey.read(folder)
    survey.require_valid()
    return create_app(survey, open_store(environment), settings)


def open_store(environment: Mapping[str, str]) -> ResponseStore:
    """Open the store that variables describe; its tables are brought up to date."""
    return ResponseStore.open(
        _need(environment, "CCEGOV_DATABASE"),
        contacts_url=environment.get("CCEGOV_CONTACTS_DATABASE"),
    )


def settings_of(environment: Mapping[str, str]) -> ServerSettings:
    """Return the settings that variables describe."""
    panel_key = environment.get("CCEGOV_PANEL_KEY_FILE")
    ledger = environment.get("CCEGOV_LEDGER", "live")
    if ledger not in ("live", "preview", "robot"):
        raise SurveyError(
            f"'{ledger}' is no ledger",
            where="CCEGOV_LEDGER",
            cure="Use live, preview or robot.",
        )
    return ServerSettings(
        key=read_key(_need(environment, "CCEGOV_KEY_FILE")),
        base_url=environment.get("CCEGOV_BASE_URL", ""),
        ledger=ledger,  # type: ignore[arg-type]
        limits=_NO_LIMITS if environment.get("CCEGOV_LIMITS") == "off" else Limits(),
        administrators=read_administrators(environment.get("CCEGOV_ADMIN_FILE"), environment),
        panel_key=Path(panel_key).read_bytes().strip() if panel_key else b"",
    )


def _need(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SurveyError(
            f"the variable {name} is not set",
            where="environment",
            cure="Start the server with `ccegov survey serve`, which sets it, or set it yourself.",
        )
    return value
