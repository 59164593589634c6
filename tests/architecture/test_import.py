"""Importing the package loads nothing heavy; the command line answers before they are loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("numpy", "pandas", "scipy", "numba", "formulaic", "statsmodels", "matplotlib", "jinja2")


@pytest.mark.parametrize(
    "statement",
    [
        "import ccegov_choice",
        "from ccegov_choice.cli.main import build_parser; build_parser()",
        "import ccegov_choice as cc; cc.Study; cc.Attribute; cc.library.attribute('ac_channel')",
    ],
)
def test_nothing_heavy_is_loaded(statement):
    code = f"import sys; {statement}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


NUMERICS = (
    *("numpy", "pandas", "scipy", "numba", "llvmlite", "formulaic", "statsmodels", "narwhals"),
    *("pyarrow", "matplotlib", "polars"),
)
ROOT = Path(__file__).parents[2]
SERVE = """
import sys
from starlette.testclient import TestClient
from ccegov_choice.cli.main import build_parser
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.admin.passwords import Administrators
from ccegov_choice.survey.server.app import create_app
from ccegov_choice.survey.server.settings import ServerSettings
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.html_form import read_forms

build_parser()
survey = Survey.read(sys.argv[1])
survey.require_valid()
store = ResponseStore.open("sqlite:///" + sys.argv[2])
administrators = Administrators({}).with_password("anna", "plain garden river door")
settings = ServerSettings(key=b"k" * 32, administrators=administrators)


def post(client, page, values, press=""):
    (form,) = [form for form in read_forms(page.text) if form.method == "post"][:1]
    return client.post(form.action, data=dict(form.filled(values, press)))


with TestClient(create_app(survey, store, settings)) as client:
    assert client.get("/").status_code == 200
    consent = client.get("/consent")
    agreed = {f"statement.{statement.id}": "yes" for statement in survey.pages[1].statements}
    page = post(client, consent, agreed, ("agree", "yes"))
    assert "/page/" in str(page.url), page.text
    log_in = client.get("/admin/log-in")
    admin = post(client, log_in, {"name": "anna", "password": "plain garden river door"})
    assert "Overview" in admin.text
    downloads = client.get("/admin/downloads")
    form = next(form for form in read_forms(downloads.text) if "file" in form.action)
    bundle = client.post(form.action, data=dict(form.filled({"format": "csv", "ledger": "live"}, "")))
    assert bundle.headers["content-type"] == "application/zip"
    assert client.get("/ready").status_code == 200
store.close()
print(*[module for module in %r if module in sys.modules])
"""


def test_a_survey_server_serves_administers_and_exports_without_numerics(tmp_path):
    survey = ROOT / "surveys" / "benefit-claim"
    command = [sys.executable, "-c", SERVE % (NUMERICS,), str(survey), str(tmp_path / "a.sqlite")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
