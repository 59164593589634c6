"""The benefit claim in English, its simulated citizens, and a real server in a thread."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn

from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.app import create_app
from ccegov_choice.survey.server.settings import Limits, ServerSettings
from ccegov_choice.survey.server.signing import Signer
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.people import People

FOLDER = Path(__file__).parents[3] / "surveys" / "benefit-claim"
KEY = b"a key for tests, which is long enough to be one"


@pytest.fixture(scope="session")
def survey():
    return replace(Survey.read(FOLDER), languages=("en",))


@pytest.fixture(scope="session")
def people(survey):
    return People.read(FOLDER / "people.toml", survey)


@contextmanager
def running(app):
    """Serve an application on a free port; yield its address."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def served(tmp_path):
    """Serve a survey to robots; yield address, store and signer. `wrap` puts something around it."""

    @contextmanager
    def serve(survey, wrap=lambda app: app, ledger="robot"):
        with ResponseStore.open(f"sqlite:///{tmp_path}/answers.sqlite") as store:
            app = create_app(
                survey, store, ServerSettings(KEY, ledger=ledger, limits=Limits(0, 0, 0))
            )
            with running(wrap(app)) as address:
                yield address, store, Signer(KEY)

    return serve
