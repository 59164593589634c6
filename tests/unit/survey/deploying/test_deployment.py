"""Deployment files: they parse, agree with each other, and do not undo what the survey promises."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ccegov_choice.survey.deploying.deployment import deployment_files, server_requirements
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def survey():
    return Survey.read(ROOT / "surveys" / "benefit-claim")


@pytest.fixture(scope="module")
def files(survey):
    return deployment_files(survey)


def test_every_file_that_the_guide_names_is_there(files):
    named = set(re.findall(r"`(deploy/[A-Za-z.-]+)`", files["deploy/README.md"]))
    assert named
    assert named <= set(files)


def test_nothing_of_a_template_is_left(files):
    assert [name for name, text in files.items() if re.search(r"\{\{|\{%|%\}|\}\}", text)] == []


def test_a_server_is_installed_without_the_estimation_engine(files):
    requirements = server_requirements()
    names = {re.split(r"[\[>=<]", line)[0] for line in requirements}
    assert {"starlette", "sqlalchemy", "uvicorn", "alembic", "jinja2"} <= names
    assert not names & {"numpy", "pandas", "scipy", "numba", "formulaic", "statsmodels"}
    for line in requirements:
        assert line in files["deploy/requirements.txt"].splitlines()


def test_proxies_keep_no_addresses(files):
    nginx = files["deploy/nginx.conf"]
    servers = nginx.count("server {")
    assert nginx.count("access_log off;") == servers == 2
    caddy = re.sub(r"#.*", "", files["deploy/Caddyfile"])
    assert not re.search(r"^\s*log\b", caddy, re.MULTILINE)


def test_braces_of_proxy_files_are_balanced(files):
    for name in ("deploy/nginx.conf", "deploy/Caddyfile"):
        text = re.sub(r"#.*", "", files[name])
        assert text.count("{") == text.count("}"), name


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_takes_the_unit(files, tmp_path):
    unit = tmp_path / "survey.service"
    # the program itself is not installed here
    text = re.sub(r"/opt/\S+/bin/ccegov", "/bin/true", files["deploy/benefit-claim.service"])
    unit.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "survey.service" in line]
    assert complaints == []


def test_a_percent_sign_in_the_title_is_no_systemd_specifier(survey):
    named = replace(survey, title="100 % fair?")
    unit = deployment_files(named)["deploy/benefit-claim.service"]
    assert "Description=Survey: 100 %% fair?" in unit


def test_a_title_over_two_lines_stays_in_its_comment(survey):
    named = replace(survey, title="One\nrm -rf /")
    for name, text in deployment_files(named).items():
        assert "\nrm -rf" not in text, name


@pytest.mark.parametrize("name", ["deploy/backup.sh", "deploy/restore.sh"])
def test_shell_takes_the_scripts(files, name, tmp_path):
    script = tmp_path / "script.sh"
    script.write_text(files[name])
    subprocess.run(["sh", "-n", str(script)], check=True)


@pytest.fixture
def scripts(files, tmp_path):
    """Both scripts, and a stand-in for the command that lists who was erased."""
    for name in ("backup", "restore"):
        (tmp_path / f"{name}.sh").write_text(files[f"deploy/{name}.sh"])
    command = tmp_path / "bin" / "ccegov"
    command.parent.mkdir()
    command.write_text('#!/bin/sh\necho "$@"\n')
    command.chmod(0o755)
    return tmp_path


def run(folder, script, *words):
    return subprocess.run(
        ["sh", str(folder / script), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": f"{folder / 'bin'}:/usr/bin:/bin"},
    )


def test_a_backup_taken_while_somebody_writes_can_be_restored(scripts):
    database = scripts / "live.sqlite"
    with closing(sqlite3.connect(database)) as live:
        live.execute("PRAGMA journal_mode=WAL")
        live.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, text)")
        live.executemany("INSERT INTO answer (text) VALUES (?)", [("yes",)] * 500)
        live.commit()  # still in the write-ahead log: copying the file alone would lose it
        done = run(scripts, "backup.sh", "sqlite", database, scripts / "backups", "surveys/x")
    live.close()
    assert done.returncode == 0, done.stderr
    backup = Path(done.stdout.strip())
    assert backup.stat().st_mode & 0o077 == 0
    erased = (scripts / "backups" / "erased.txt").read_text()
    assert erased == f"survey admin erased surveys/x --database sqlite:///{database}\n"

    target = scripts / "restored.sqlite"
    assert run(scripts, "restore.sh", "sqlite", backup, target).returncode == 0
    restored = sqlite3.connect(target)
    assert restored.execute("SELECT count(*) FROM answer").fetchone() == (500,)
    restored.close()


@pytest.mark.parametrize("left_over", ["", "-wal", "-shm"])
def test_restore_never_writes_over_a_database(scripts, left_over):
    (scripts / "backup.sqlite").write_bytes(b"new")
    there = scripts / f"target.sqlite{left_over}"
    there.write_bytes(b"old")
    done = run(
        scripts, "restore.sh", "sqlite", scripts / "backup.sqlite", scripts / "target.sqlite"
    )
    assert done.returncode == 1
    assert there.read_bytes() == b"old"
    assert "move it" in done.stderr
