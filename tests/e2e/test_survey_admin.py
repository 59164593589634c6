"""Administration in a real browser: accessible, usable by keyboard, on a phone and without script."""

import os
import random
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from axe import violations

from ccegov_choice.responses.records import Answer, Start, Version
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.admin.passwords import Administrators
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.survey import Survey

pytestmark = pytest.mark.browser

SURVEY = Path(__file__).parents[2] / "surveys" / "benefit-claim"
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
PASSWORD = "plain garden river door"
PAGES = ("", "/pages", "/places", "/downloads", "/field", "/records", "/?ledger=preview")


def answer_for(store, survey, people):
    """Fill a store: some complete, some stop."""
    draw = random.Random(1)
    blocks, seed = survey.tasks.blocks, survey.fieldwork.seed
    store.register(Version(survey.id, survey.sha256, survey.content, blocks, seed))
    for number in range(people):
        device = draw.choice(["phone", "desktop"])
        start = Start(f"nonce {number}", draw.choice(survey.languages), device=device)
        person = store.start(survey.sha256, start, lease_minutes=45)
        steps = Way(survey, person.block, person.seed, {}).steps[:-1]
        stop = draw.randrange(2 * len(steps))
        for step in steps[:stop]:
            answer = Answer(
                step.item,
                {"chosen": "A"},
                step.id,
                shown={"number": step.number},
                timing={"seconds": 9},
            )
            store.answer(person.id, answer, lease_minutes=45)
        if stop >= len(steps):
            store.finish(person.id, "completed")


def wait_for(address):
    """Return when a server answers: it says where it is before it listens."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def link(tmp_path_factory):
    """The administration of a real server with forty people."""
    folder = tmp_path_factory.mktemp("admin")
    url = f"sqlite:///{folder / 'answers.sqlite'}"
    survey = Survey.read(SURVEY)
    with ResponseStore.open(url) as store:
        answer_for(store, survey, 40)
    command = [sys.executable, "-m", "ccegov_choice.cli.main", "survey", "serve", str(SURVEY)]
    options = ["--port", "0", "--print-link", "--database", url, "--key-file", str(folder / "key")]
    hashes = Administrators({}).with_password("anna", PASSWORD).to_text()
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "CCEGOV_ADMIN_HASH": hashes},
        )
        address = server.stdout.readline().strip().rstrip("/")
        assert address.startswith("http"), (folder / "log").read_text()
        wait_for(f"{address}/health")
        yield f"{address}/admin"
        server.terminate()
        server.wait(timeout=30)
        server.stdout.close()


@pytest.fixture(scope="module")
def session(browser, link):
    """Cookies of somebody who has logged in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Overview"
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def opened(browser, link, session):
    """Return a function that opens a page of the administration."""
    contexts = []

    def open_page(path, known=True, **options):
        if known:
            options["storage_state"] = session
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.requests, page.refused = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.refused.append(message.text))
        page.goto(f"{link}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(opened, path, viewport):
    page = opened(path, viewport=viewport)
    unfold(page)
    assert violations(page) == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_at_the_log_in(opened, viewport):
    page = opened("/log-in", known=False, viewport=viewport)
    assert violations(page) == []
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    assert page.get_by_role("alert").is_visible()
    assert violations(page) == []


def test_axe_would_find_something(opened):
    page = opened("")
    page.evaluate("document.querySelector('#chart-says').remove()")
    page.evaluate("document.querySelector('.govuk-body').style.color = '#bbb'")
    found = " ".join(violations(page))
    assert "svg-img-alt" in found
    assert "color-contrast" in found


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_a_phone(opened, path):
    page = opened(path, viewport=PHONE)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("path", PAGES)
def test_everything_comes_from_the_server_and_the_policy_refuses_nothing(opened, link, path):
    page = opened(path)
    origin = link.removesuffix("/admin")
    assert page.requests
    assert [url for url in page.requests if not url.startswith(origin)] == []
    assert [text for text in page.refused if "Content Security Policy" in text] == []
    assert page.evaluate("getComputedStyle(document.querySelector('.admin-header')).color") == (
        "rgb(255, 255, 255)"
    )


def test_every_page_has_a_title_and_one_heading_of_its_own(opened):
    titles = set()
    for path in PAGES[:-1]:
        page = opened(path)
        heading = page.get_by_role("heading", level=1)
        assert heading.count() == 1
        assert page.title().startswith(heading.inner_text())
        titles.add(page.title())
    assert len(titles) == len(PAGES) - 1


def test_the_field_is_paused_and_opened_by_keyboard_without_script(opened):
    page = opened("/field", java_script_enabled=False)
    page.get_by_label("Open", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/field?done=yes")
    assert "The survey is paused now" in page.get_by_role("status").inner_text()
    page.get_by_label("Open", exact=True).check()
    page.get_by_label("Yes, change it").check()
    page.get_by_role("button", name="Change").press("Enter")
    page.wait_for_url("**/field?done=yes")
    assert "The survey is open now" in page.get_by_role("status").inner_text()


def test_the_chart_s_figures_stand_in_a_table_too(opened):
    page = opened("")
    drawn = page.locator("svg.chart rect.bar").count()
    page.get_by_text("The same as a table").click()
    assert page.locator("details table tbody tr").count() >= 1
    assert drawn >= 1
    assert "people began" in page.locator("#chart-says").text_content()


def test_a_download_arrives_as_a_file(opened):
    pytest.importorskip("ccegov_choice.responses.export")
    page = opened("/downloads")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename.startswith("benefit-claim-live-csv-")


def test_logging_out_leads_out(opened, link):
    page = opened("", known=False)
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{link}/log-in", wait_until="load")
    page.evaluate("history.back()")  # `go_back` fails now and then while Chromium swaps processes
    page.wait_for_load_state("networkidle")
    page.goto(link)
    assert page.url == f"{link}/log-in"
