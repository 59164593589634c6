"""Administration: who comes in, what they see and do, and that nobody else does."""

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from ccegov_choice.errors import ResponseError
from ccegov_choice.survey.server.admin.attempts import FOR_ONE
from ccegov_choice.survey.server.admin.passwords import Administrators, PasswordHash
from ccegov_choice.survey.server.admin.sessions import COOKIE, IDLE_SECONDS
from ccegov_choice.survey.settings import Quota, Retention
from ccegov_choice.walk.html_form import read_forms

PASSWORD = "plain garden river door"
FORM = {"content-type": "application/x-www-form-urlencoded", "origin": "http://testserver"}
PAGES = ("", "/pages", "/places", "/downloads", "/field", "/records")
FORMS = ("/log-out", "/field", "/downloads/file")


def cheap_hash(password):
    """As real ones, but quick: what is tested here is not scrypt."""
    salt = b"0123456789abcdef"
    return PasswordHash(
        16, 8, 1, salt, hashlib.scrypt(password.encode(), salt=salt, n=16, r=8, p=1, dklen=32)
    )


ADMINISTRATORS = Administrators({"anna": cheap_hash(PASSWORD), "berta": cheap_hash("other" * 3)})


class Office:
    """Somebody at a browser who administers."""

    def __init__(self, field, address="203.0.113.9"):
        self.field = field
        self.client = TestClient(field.app, client=(address, 50000))

    def get(self, path, **options):
        return self.client.get(f"/admin{path}", **options)

    def post(self, path, values, **headers):
        headers = {**FORM, **headers}
        return self.client.post(
            f"/admin{path}", content=urlencode(values), headers=headers, follow_redirects=False
        )

    def log_in(self, name="anna", password=PASSWORD):
        form = read_forms(self.get("/log-in").text)[0]
        return self.post("/log-in", form.filled({"name": name, "password": password}))

    def token(self):
        return re.search(r'name="token" value="([^"]+)"', self.get("/field").text)[1]


@pytest.fixture
def field(brief, fielded):
    survey = brief(quotas=(Quota("work", {"yes": 50, "no": 50}),))
    return fielded(survey, administrators=ADMINISTRATORS)


@pytest.fixture
def office(field):
    """Somebody who has logged in."""
    office = Office(field)
    assert office.log_in().status_code == 303
    return office


# -- who comes in ---------------------------------------------------------------------------


def test_without_a_password_there_is_no_administration(brief, fielded):
    office = Office(fielded(brief()))
    for path in (*PAGES, "/", "/log-in", "/metrics", "/admin.css"):
        assert office.get(path).status_code == 404, path


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_led_to_the_log_in(field, path):
    answer = Office(field).get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/admin/log-in"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", FORMS)
def test_strangers_change_nothing(field, path):
    answer = Office(field).post(path, {"state": "closed", "confirm": "yes", "token": "x"})
    assert answer.headers["location"] == "/admin/log-in"
    assert field.store.field_state("brief") == "open"


def test_a_log_in_leads_to_the_overview_and_is_logged(field, office):
    assert "Overview" in office.get("").text
    (action,) = field.store.actions("brief")
    assert (action.by, action.what) == ("anna", "log-in")


def test_the_cookie_is_for_this_part_of_this_site_only(field):
    cookie = Office(field).log_in().headers["set-cookie"].lower()
    for attribute in ("httponly", "samesite=strict", "path=/admin"):
        assert attribute in cookie
    assert "max-age" not in cookie
    assert "secure" not in cookie  # plain http in this test


def test_behind_https_the_cookie_is_secure_and_keeps_to_its_path(brief, fielded):
    field = fielded(
        brief(), administrators=ADMINISTRATORS, base_url="https://survey.example.org/claim"
    )
    client = TestClient(field.app, base_url="https://survey.example.org")
    form = read_forms(client.get("/claim/admin/log-in").text)[0]
    assert form.action == "/claim/admin/log-in"
    headers = {**FORM, "origin": "https://survey.example.org"}
    content = urlencode(form.filled({"name": "anna", "password": PASSWORD}))
    answer = client.post(form.action, content=content, headers=headers)
    assert answer.status_code == 200
    assert "Overview" in answer.text
    cookie = answer.history[0].headers["set-cookie"].lower()
    assert "secure" in cookie
    assert "path=/claim/admin" in cookie


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "wrong"), ("nobody", PASSWORD), ("berta", PASSWORD), ("", ""), ("anna", "x" * 5000)],
)
def test_wrong_passwords_are_refused_alike(field, name, password):
    answer = Office(field).log_in(name, password)
    assert answer.status_code == 403
    assert "do not belong together" in answer.text
    assert COOKIE not in answer.headers.get("set-cookie", "")


def test_what_is_typed_is_never_repeated_or_logged(field):
    answer = Office(field).log_in("my-secret-password", "another-secret")
    said = answer.text + str(field.store.actions("brief"))
    assert "secret" not in said


def test_guessing_is_slowed_down_for_one_caller_only(field):
    guesser = Office(field)
    for _ in range(FOR_ONE):
        assert guesser.log_in(password="wrong").status_code == 403
    refused = guesser.log_in()
    assert refused.status_code == 429
    assert "Too many tries" in refused.text
    assert Office(field, "203.0.113.10").log_in().status_code == 303


def test_a_log_in_form_of_yesterday_is_shown_again(field):
    office = Office(field)
    form = read_forms(office.get("/log-in").text)[0]
    field.clock.forward(24 * 60)
    answer = office.post("/log-in", form.filled({"name": "anna", "password": PASSWORD}))
    assert answer.status_code == 400
    assert office.log_in().status_code == 303


def test_a_session_ends_when_nobody_uses_it(field, office):
    field.clock.forward(IDLE_SECONDS / 60 - 1)
    assert office.get("", follow_redirects=False).status_code == 200
    field.clock.forward(IDLE_SECONDS / 60 - 1)
    assert office.get("", follow_redirects=False).status_code == 200
    field.clock.forward(IDLE_SECONDS / 60 + 1)
    assert office.get("", follow_redirects=False).status_code == 303


def test_whoever_is_logged_in_need_not_do_it_again(office):
    assert office.get("/log-in", follow_redirects=False).headers["location"] == "/admin"


def test_logging_out_ends_copies_of_the_session_too(field, office):
    token = office.token()
    copy = office.client.cookies[COOKIE]
    assert office.post("/log-out", {"token": token}).headers["location"] == "/admin/log-in"
    thief = Office(field)
    thief.client.cookies.set(COOKIE, copy)
    assert thief.get("", follow_redirects=False).status_code == 303
    assert office.log_in().status_code == 303  # another session
    assert office.get("", follow_redirects=False).status_code == 200


def test_every_log_in_has_another_session(field):
    office = Office(field)
    planted = "planted"
    office.client.cookies.set(COOKIE, planted, path="/admin")
    first = office.log_in().headers["set-cookie"]
    second = Office(field).log_in().headers["set-cookie"]
    assert planted not in first
    assert first != second


def test_whoever_is_no_longer_named_is_out(brief, fielded):
    field = fielded(brief(), administrators=ADMINISTRATORS)
    office = Office(field)
    office.log_in("berta", "other" * 3)
    cookie = office.client.cookies[COOKIE]
    later = Office(fielded(brief(), administrators=ADMINISTRATORS.without("berta")))
    later.client.cookies.set(COOKIE, cookie)
    assert later.get("", follow_redirects=False).status_code == 303


# -- forms of other sites ------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}],
)
def test_forms_of_other_sites_are_refused(field, office, headers):
    values = {"state": "closed", "confirm": "yes", "token": office.token()}
    assert office.post("/field", values, **headers).status_code == 403
    assert field.store.field_state("brief") == "open"


@pytest.mark.parametrize("token", ["", "x", "é"])
def test_forms_without_the_session_s_token_change_nothing(field, office, token):
    answer = office.post("/field", {"state": "closed", "confirm": "yes", "token": token})
    assert answer.status_code == 403
    assert "Please try again" in answer.text
    assert field.store.field_state("brief") == "open"


def test_a_token_of_another_session_does_not_do(field, office):
    other = Office(field)
    other.log_in("berta", "other" * 3)
    values = {"state": "closed", "confirm": "yes", "token": other.token()}
    assert office.post("/field", values).status_code == 403


@pytest.mark.parametrize("path", [*PAGES, "/log-in"])
def test_pages_carry_every_guard_and_are_not_kept(office, path):
    answer = office.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert "noindex" in answer.headers["x-robots-tag"]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_in_a_page_needs_an_exception_from_the_policy(office, path):
    html = office.get(path).text
    assert not re.search(r"<script|\sstyle=|<style|\son\w+=|https?://(?!testserver)", html)


# -- opening and closing -------------------------------------------------------------------


def test_a_pause_needs_a_confirmation_and_says_who_did_it(field, office):
    values = {"state": "paused", "token": office.token()}
    asked = office.post("/field", values)
    assert asked.status_code == 422
    assert "Tick the box" in asked.text
    assert field.store.field_state("brief") == "open"

    assert office.post("/field", values | {"confirm": "yes"}).status_code == 303
    assert field.store.field_state("brief") == "paused"
    html = office.get("/field?done=yes").text
    assert "The survey is paused now" in html
    assert "paused, by anna" in html


def test_a_state_that_does_not_exist_is_a_problem_of_the_form(office):
    values = {"state": "ajar", "confirm": "yes", "token": office.token()}
    answer = office.post("/field", values)
    assert answer.status_code == 422
    assert "Error:" in answer.text


def test_those_under_way_go_on_after_a_pause(field, office):
    under_way = field.citizen().agree()
    office.post("/field", {"state": "paused", "confirm": "yes", "token": office.token()})
    assert under_way.answer().path.startswith("/page/")
    assert under_way.status == 200
    assert field.store.field_state("brief") == "paused"


def test_the_closing_day_is_shown(brief, fielded):
    survey = brief(retention=Retention(closes="2026-03-01"))
    office = Office(fielded(survey, administrators=ADMINISTRATORS))
    office.log_in()
    assert "Its last day was 2026-03-01" in office.get("/field").text


# -- what is shown -------------------------------------------------------------------------


def test_pages_without_anybody_say_so(office):
    for path in PAGES:
        assert office.get(path).status_code == 200
    assert "Nothing yet." in office.get("/places").text


def rows(html, caption):
    """Cells of the table with a caption, by the row's name."""
    table = next(t for t in re.findall(r"<table.*?</table>", html, re.S) if caption in t)
    found = {}
    for row in re.findall(r"<tr.*?</tr>", table, re.S)[1:]:
        cells = [
            re.sub(r"<[^>]+>|\s+", " ", c).strip()
            for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        ]
        found[cells[0]] = cells[1:]
    return found


def test_the_overview_counts_who_began_and_who_completed(field, office):
    field.citizen().agree().until("/page/end")
    field.citizen().agree()
    field.citizen().agree().answer({"q.work": "abroad"})
    html = office.get("").text
    states = rows(html, "People by state")
    assert states["Completed"] == ["1"]
    assert states["Begun, not finished"] == ["1"]
    assert states["Screened out"] == ["1"]
    assert "groups" not in states
    quotas = rows(html, "Quotas")
    assert quotas["work: Yes"] == ["1", "0", "50", "49"]
    blocks = rows(html, "Blocks of the design")
    assert sum(int(cells[0]) for cells in blocks.values()) == 1
    assert rows(html, "Languages")["en"][:2] == ["3", "1"]
    assert rows(html, "Every hour")["02 Mar 2026, 09:00"] == ["3", "1"]
    assert "3 people began and 1 completed" in html


def test_previews_are_counted_apart(field, office):
    field.citizen().agree(f"/?preview={preview_token(office)}").until("/page/end")
    assert rows(office.get("").text, "People by state")["Completed"] == ["0"]
    preview = office.get("?ledger=preview").text
    assert rows(preview, "People by state")["Completed"] == ["1"]
    assert "not the answers of the public" in preview


def test_pages_tell_how_far_people_come(field, office):
    field.citizen().agree().until("/page/end")
    stopped = field.citizen().agree().answer()
    field.clock.forward(1)
    stopped.answer()  # "More about you"
    field.citizen().agree()
    table = rows(office.get("/pages").text, "Page by page")
    assert table["Agreed, nothing answered yet"] == ["–", "1", "–"]
    assert table["About you (about)"][:2] == ["2", "0"]
    assert table["More about you (more)"][:2] == ["2", "1"]
    assert float(table["More about you (more)"][2]) == 30.0  # the median of 0 and 60 seconds
    assert [table[f"Choice task {n} of 2"][:2] for n in (1, 2)] == [["1", "0"], ["1", "0"]]


def test_places_tell_every_move_without_a_name(field, office):
    field.citizen().agree().until("/page/end")
    html = office.get("/places").text
    totals = rows(html, "Moves so far")
    assert totals["takes a fresh place"] == ["1"]
    assert totals["completes; the place is final"] == ["1"]
    (person,) = field.people()
    assert person["person"] not in html


def test_the_order_of_blocks_is_drawn_again_from_the_seed(field, office):
    for _ in range(5):
        field.citizen().agree()
    assert "all 5 places carry the block that the seed gives" in office.get("/places").text
    field.citizen().agree(f"/?preview={preview_token(office)}")
    assert "all 1 places" in office.get("/places?ledger=preview").text


def test_places_that_the_seed_does_not_give_are_told_of(brief, fielded):
    survey = brief()
    field = fielded(survey, administrators=ADMINISTRATORS)
    for _ in range(12):
        field.citizen().agree()
    field.store.close()
    other = replace(survey, fieldwork=replace(survey.fieldwork, seed=survey.fieldwork.seed + 1))
    office = Office(fielded(other, administrators=ADMINISTRATORS))
    office.log_in()
    assert "of 12 places do not carry the block" in office.get("/places").text


def preview_token(office):
    return re.search(r"preview=([^\"]+)", office.get("").text)[1]


def test_records_show_what_is_open_and_what_was_deleted(field, office):
    field.citizen().agree().until("/page/end")
    field.clock.now += timedelta(days=400)
    field.store.apply_retention("brief", field.survey.retention)
    office.log_in()
    html = office.get("/records").text
    assert "Record of processing" in html
    assert "Still open" in html
    assert rows(html, "What the retention clock deleted")
    assert re.search(r"<td[^>]*>anna</td>", html)
    cookie_id = field.store.actions("brief")[0].detail
    assert not cookie_id or cookie_id not in html


# -- downloads -----------------------------------------------------------------------------


def test_a_download_is_a_bundle_of_tables_and_is_logged(field, office):
    pytest.importorskip("ccegov_choice.responses.export")
    field.citizen().agree().until("/page/end")
    values = {"format": "csv", "ledger": "live", "token": office.token()}
    answer = office.post("/downloads/file", values)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="brief-live-csv-' in answer.headers["content-disposition"]
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))
    assert bundle.testzip() is None
    names = {name.rpartition("/")[2] for name in bundle.namelist()}
    assert {"people.csv", "choices.csv", "ledger.csv", "codebook.md"} <= names
    action = field.store.actions("brief")[0]
    assert (action.by, action.what, action.detail) == ("anna", "download", "csv, live")
    assert "csv, live, by anna" in office.get("/downloads").text


@pytest.mark.parametrize("wrong", [{"format": "exe"}, {"ledger": "contacts"}])
def test_other_downloads_do_not_exist(office, wrong):
    values = {"format": "csv", "ledger": "live", "token": office.token()}
    assert office.post("/downloads/file", values | wrong).status_code == 422


@pytest.mark.parametrize("path", ["/log-out", "/downloads/file"])
def test_asking_for_a_form_s_address_leads_back(office, path):
    assert office.get(path, follow_redirects=False).status_code == 303


# -- monitoring ----------------------------------------------------------------------------


def test_metrics_are_for_those_with_the_token(brief, fielded, monkeypatch):
    token = "a-token-of-some-length"
    monkeypatch.setenv("CCEGOV_METRICS_TOKEN", token)
    field = fielded(brief(), administrators=ADMINISTRATORS)
    field.citizen().agree().until("/page/end")
    office = Office(field)
    assert office.get("/metrics").status_code == 404
    assert office.get("/metrics", headers={"authorization": "Bearer no"}).status_code == 404
    answer = office.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert 'ccegov_survey_people{survey="brief",state="completed"} 1\n' in answer.text
    assert 'ccegov_survey_field{survey="brief",state="open"} 1\n' in answer.text


def test_metrics_do_not_exist_without_a_token(office):
    assert office.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_a_database_that_does_not_answer_is_said_so(field, office, monkeypatch):
    def broken(*args, **options):
        raise ResponseError("the disk is full", cure="Make room.")

    monkeypatch.setattr(type(field.store), "counts", broken)
    answer = office.get("")
    assert answer.status_code == 503
    assert "the disk is full" in answer.text


def test_pages_are_answered_with_a_base_path_in_front(brief, fielded):
    field = fielded(brief(), administrators=ADMINISTRATORS, base_url="http://testserver/claim")
    client = TestClient(field.app)
    html = client.get("/claim/admin/log-in").text
    for address in re.findall(r'(?:href|action)="([^"#]+)"', html):
        assert address.startswith("/claim/"), address
        if "log-in" not in address:
            assert client.get(address).status_code == 200, address


def test_a_survey_in_several_languages_is_administered_in_english(benefit_claim, fielded):
    survey = replace(benefit_claim, languages=tuple(reversed(benefit_claim.languages)))
    office = Office(fielded(survey, administrators=ADMINISTRATORS))
    office.log_in()
    for path in PAGES:
        assert office.get(path).status_code == 200
