"""The log tells an operator what happened, and nobody who it was."""

import json
import logging
import sys

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from ccegov_choice.errors import ResponseError
from ccegov_choice.survey.server.operations.health import health_routes
from ccegov_choice.survey.server.operations.request_log import (
    UNMATCHED,
    JsonLines,
    RequestLog,
    route_of,
)

SECRETS = ("203.0.113.9", "Mozilla", "s3cret", "abcdef0123456789", "typed words")


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    return Lines()


@pytest.fixture
def client(lines):
    async def page(request):
        await request.body()
        return PlainTextResponse("twelve bytes")

    async def broken(request):
        raise RuntimeError(f"cannot store {request.path_params['person']}")

    inner = [
        Route("/of/{person}", page, methods=["GET", "POST"]),
        Route("/broken/{person}", broken),
    ]
    app = Starlette(routes=[Route("/", page), *inner, Mount("/below", routes=inner)])
    logger = logging.Logger("requests")
    logger.addHandler(lines)
    return TestClient(
        RequestLog(app, logger),
        client=("203.0.113.9", 4711),
        raise_server_exceptions=False,
        headers={"User-Agent": "Mozilla"},
        cookies={"ccegov_choice": "s3cret"},
    )


def test_a_line_for_each_request_with_what_an_operator_needs(client, lines):
    answer = client.get("/of/abcdef0123456789?token=s3cret")
    (text,) = lines.lines
    line = json.loads(text)
    assert line["method"] == "GET"
    assert line["route"] == "/of/{person}"
    assert line["status"] == 200
    assert line["bytes"] == len(b"twelve bytes")
    assert line["ms"] >= 0
    assert line["time"].endswith("Z")
    assert line["request"] == answer.headers["x-request-id"]
    assert set(line) == {
        *("time", "level", "request", "method", "route", "status", "ms", "bytes", "worker"),
    }


def test_nothing_of_a_person_is_in_it(client, lines):
    client.get("/of/abcdef0123456789?token=s3cret")
    client.post("/of/abcdef0123456789", data={"q.more": "typed words"})
    client.get("/nowhere/abcdef0123456789")
    client.get("/broken/abcdef0123456789")
    client.request("S3CRET", "/of/abcdef0123456789")
    text = "\n".join(lines.lines)
    assert len(lines.lines) == 5
    assert [secret for secret in (*SECRETS, "S3CRET") if secret in text] == []


def test_what_no_route_takes_has_no_path(client, lines):
    client.get("/nowhere/abcdef0123456789")
    assert json.loads(lines.lines[0])["route"] == UNMATCHED
    assert json.loads(lines.lines[0])["status"] == 404


def test_a_mounted_route_is_known_by_its_template(client, lines):
    client.get("/below/of/abcdef0123456789")
    assert json.loads(lines.lines[0])["route"].endswith("/of/{person}")


def test_what_broke_is_an_error_of_the_same_shape(client, lines):
    assert client.get("/broken/1").status_code == 500
    line = json.loads(lines.lines[0])
    assert (line["level"], line["status"]) == ("error", 500)


def test_two_requests_have_two_ids(client, lines):
    client.get("/")
    client.get("/")
    first, second = (json.loads(line)["request"] for line in lines.lines)
    assert first != second


def test_an_exception_is_logged_by_type_and_place_only():
    record = None
    try:
        raise ValueError("typed words")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "broke", (), sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "ValueError"
    assert line["at"].startswith("test_request_log.py:")
    assert "typed words" not in json.dumps(line)


def test_a_route_without_a_path_is_unmatched():
    assert route_of({"type": "http"}) == UNMATCHED


class Store:
    refusal = None

    def ready(self):
        if self.refusal:
            raise self.refusal


def test_health_asks_the_process_and_readiness_the_store():
    store = Store()
    client = TestClient(Starlette(routes=health_routes(store)))
    assert client.get("/health").json()["status"] == "alive"
    assert client.get("/ready").json() == {"status": "ready"}

    store.refusal = ResponseError("the disk is full", cure="Make room in /var/lib/survey.")
    refused = client.get("/ready")
    assert refused.status_code == 503
    assert refused.json() == {"status": "not ready"}
    assert refused.headers["retry-after"] == "10"
    assert client.get("/health").status_code == 200
    for path in ("/health", "/ready"):
        assert client.get(path).headers["cache-control"] == "no-store"
