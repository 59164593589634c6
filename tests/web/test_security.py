"""What every response carries, and what is turned away before any view sees it."""

from __future__ import annotations

import pytest

from ccegov_choice.survey.server.settings import Limits

ADDRESSES = [
    "/",
    "/consent",
    "/page/about",
    "/resume",
    "/mine",
    "/privacy",
    "/accessibility",
    "/static/survey.css",
    "/health",
    "/ready",
    "/nowhere",
    "/static/nothing.css",
    "/admin",
]


@pytest.fixture
def field(fielded, brief):
    return fielded(brief())


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_carries_the_security_headers(field, address):
    headers = field.citizen().get(address).page.headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy or address.startswith("/static")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize("address", ADDRESSES[:7])
def test_pages_are_kept_by_no_cache(field, address):
    assert field.citizen().get(address).page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", ADDRESSES[:7])
def test_pages_ask_nothing_of_another_site(field, address):
    import re

    html = field.citizen().agree().get(address).html
    addresses = re.findall(r"(?:src|href|action)=\"([^\"]*)\"", html)
    assert addresses
    others = [
        a for a in addresses if "//" in a or not a.startswith(("/", "#", "?", "mailto:", "tel:"))
    ]
    assert others == []
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html)


def test_there_is_one_cookie_and_scripts_cannot_read_it(field):
    citizen = field.citizen().get("/consent")
    cookies = citizen.page.headers.get_list("set-cookie")
    assert len(cookies) == 1
    (cookie,) = cookies
    assert cookie.startswith("ccegov_choice=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_for_https_only(fielded, brief):
    field = fielded(brief(), base_url="https://survey.example.org")
    page = field.citizen().get("/consent").page
    assert "Secure" in page.headers["set-cookie"]
    assert "max-age" in page.headers["strict-transport-security"]


def test_a_cookie_that_somebody_changed_is_nobodys(field):
    citizen = field.citizen().agree()
    signed = citizen.client.cookies["ccegov_choice"]
    for changed in (signed[:-1] + ("A" if signed[-1] != "A" else "B"), "x" + signed, "a.b", ""):
        other = field.citizen()
        other.client.cookies["ccegov_choice"] = changed
        assert other.get("/page/about").path == "/resume"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "https://testserver.elsewhere.example"},
    ],
)
def test_a_form_of_another_site_is_turned_away(field, headers):
    citizen = field.citizen().agree()
    action, pairs = citizen.fill({"q.work": "no"})
    reply = citizen.client.post(action, data=dict(pairs), headers=headers)
    assert reply.status_code == 403
    assert all(person["answers"] == {} for person in field.people())


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}, {"sec-fetch-site": "none"}])
def test_browsers_that_do_not_say_where_a_form_comes_from_are_welcome(field, headers):
    citizen = field.citizen().agree()
    action, pairs = citizen.fill({"q.work": "no"})
    reply = citizen.client.post(action, data=dict(pairs), headers=headers)
    assert reply.url.path == "/page/more"


@pytest.mark.parametrize("nonce", ["", "x", "a.1.en.cards.bad", "é"])
def test_a_form_that_is_not_ours_keeps_nothing(field, nonce):
    citizen = field.citizen().agree()
    citizen.send("/page/about", [("q.work", "no"), ("nonce", nonce)])
    assert citizen.status == 422
    assert field.people()[0]["answers"] == {}


def test_a_form_is_good_for_its_own_question_only(field):
    citizen = field.citizen().agree().answer({"q.work": "no"})
    nonce = citizen.form().named("nonce")[0].value
    citizen.send("/page/about", [("q.work", "yes"), ("nonce", nonce)])
    assert citizen.status == 422
    assert field.people()[0]["answers"]["about"]["payload"] == {"work": "no"}


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/static/..%2fpages.py",
        "/static//etc/passwd",
        "/media/../survey.toml",
        "/media/%2e%2e%2fsurvey.toml",
        "/media/survey.toml",
        "/media/people.toml",
        "/media/%00",
    ],
)
def test_nothing_but_files_of_pages_is_handed_out(field, path):
    assert field.citizen().get(path).status == 404


def test_files_of_pages_are_handed_out_once(field):
    citizen = field.citizen().get("/static/survey.css?v=1")
    assert citizen.page.headers["content-type"].startswith("text/css")
    citizen.get("/static/survey.css?v=1", **{"if-none-match": citizen.page.headers["etag"]})
    assert citizen.status == 304


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("address", ["/", "/consent", "/page/about", "/mine"])
def test_other_methods_are_refused_with_a_page(field, method, address):
    reply = field.citizen().client.request(method, address)
    assert reply.status_code == 405
    assert "GET" in reply.headers["allow"]


def test_head_is_get_without_a_body(field):
    reply = field.citizen().client.head("/")
    assert reply.status_code == 200
    assert reply.text == ""


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"a=" + b"b" * 200_000, "application/x-www-form-urlencoded", 413),
        (b'{"a": 1}', "application/json", 415),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        (b"&".join(b"a=1" for _ in range(5000)), "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_is_refused_with_a_page(field, content, kind, status):
    citizen = field.citizen().agree()
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    reply = citizen.client.post("/page/about", content=content, headers=headers)
    assert reply.status_code == status
    assert "<h1" in reply.text


def test_a_body_whose_length_is_not_said_is_limited_too(field):
    citizen = field.citizen().agree()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    parts = (b"a=" + b"b" * 1000 for _ in range(1000))
    reply = citizen.client.post("/page/about", content=parts, headers=headers)
    assert reply.status_code == 413


def test_the_page_of_an_error_speaks_the_persons_language(field):
    citizen = field.citizen().get("/nowhere?lang=de")
    assert citizen.status == 404
    assert '<html class="govuk-template" lang="de"' in citizen.html


@pytest.mark.parametrize(
    ("limits", "address"),
    [(Limits(requests=3), "/privacy"), (Limits(codes=3), "/resume")],
)
def test_whoever_asks_too_often_is_asked_to_wait(fielded, brief, limits, address):
    field = fielded(brief(), limits=limits)
    citizen = field.citizen("203.0.113.7").get(address)
    for _ in range(4):
        if address == "/resume":
            citizen.answer({"code": "0000-0000-0000"})
        else:
            citizen.get(address)
        if citizen.status == 429:
            break
    assert citizen.status == 429
    assert int(citizen.page.headers["retry-after"]) > 0
    assert field.citizen("203.0.113.8").get(address).status == 200


def test_the_servers_own_machine_is_limited_too(fielded, brief):
    field = fielded(brief(), limits=Limits(requests=1))
    citizen = field.citizen("127.0.0.1")
    assert [citizen.get("/").status for _ in range(2)] == [200, 429]


def test_below_a_prefix_everything_stays_below_it(fielded, brief):
    import re

    field = fielded(brief(), base_url="https://office.example/claim")
    citizen = field.citizen()
    citizen.client.base_url = "https://office.example"
    citizen.get("/claim/").get("/claim/consent")
    assert "path=/claim" in citizen.page.headers["set-cookie"].lower()
    statements = {n: "yes" for n in citizen.form().names if n.startswith("statement.")}
    action, pairs = citizen.fill(statements, ("agree", "yes"))
    headers = {"origin": "https://office.example"}
    citizen.page = citizen.client.post(action, data=dict(pairs), headers=headers)
    assert citizen.path == "/claim/page/about"
    local = re.findall(r"(?:src|href|action)=\"(/[^\"]*)\"", citizen.html)
    assert local
    assert [a for a in local if not a.startswith("/claim/")] == []
    assert citizen.get("/claim/static/survey.css").status == 200
    assert citizen.get("/consent").status == 404


@pytest.mark.parametrize("address", ["/", "/static/survey.css", "/static/survey.js"])
def test_pages_and_files_are_compressed_for_browsers_that_ask(field, address):
    client = field.citizen().client
    plain = client.get(address, headers={"accept-encoding": "identity"})
    packed = client.get(address, headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.text == plain.text or address == "/"  # pages differ in their token


def test_a_file_with_a_mark_in_its_address_is_kept_for_ever(field):
    client = field.citizen().client
    assert "immutable" in client.get("/static/survey.css?v=abc").headers["cache-control"]
    assert "immutable" not in client.get("/static/survey.css").headers["cache-control"]
