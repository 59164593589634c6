"""No real answers, contacts, databases or secrets stand in the repository.

Only files that git knows, or would take, are looked at. What is refused:

* databases, and what SQLite leaves beside them, also under another name: by their first bytes;
* exports of answers: tables with columns that only people who answered give (`person`, `chosen`),
  unless they stand where simulated or published data are kept, and the packed forms of them;
* keys, passwords and tokens: PEM blocks, hashes of administrators' passwords, key files;
* contacts: e-mail addresses that could be somebody's; domains reserved for examples (RFC 2606:
  example.org, .example, .test, .invalid) are free.
"""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SQLITE = b"SQLite format 3\x00"
PARQUET, DUCKDB, POSTGRESQL_DUMP = b"PAR1", b"DUCK", b"PGDMP"
DATABASE_NAMES = re.compile(
    r"\.(sqlite3?|db|duckdb|parquet|arrow|feather|dump|rdb|bak)(-wal|-shm|-journal)?$"
)
SECRET_NAMES = re.compile(r"(^|/)(\.env|id_rsa|id_ed25519|.*\.(key|pem|p12|pfx|jks|admin|kdbx))$")
SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "a password hash": re.compile(
        r"scrypt:\d+:\d+:\d+:(?!A{22}==)[A-Za-z0-9+/]{22}==:[A-Za-z0-9+/]{43}="
    ),
    "a password in an address": re.compile(
        r"postgres(?:ql)?(?:\+psycopg)?://[\w.-]+:(?!PASSWORD|password|secret)[^@\s/{}$'\"<]+@"
    ),
    "a token": re.compile(r"\b(?:ghp_|github_pat_|glpat-|AKIA|xox[bp]-)[A-Za-z0-9_]{16,}"),
}
# what the domain of an address may be: reserved for examples, or the machine itself
EMAIL = re.compile(r"(?<![\w.+/:-])[\w.+-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
FREE_DOMAINS = re.compile(
    r"(^|\.)(example(\.(org|com|net))?|test|invalid|localhost|local)$", re.IGNORECASE
)
ANSWER_COLUMNS = re.compile(r"(^|,)\"?(chosen|choice|best|worst|ranking|rating)\"?(,|$)")
PERSON_COLUMN = re.compile(r"(^|,)\"?(person|person_id|respondent|respondent_id)\"?(,|$)")
# tables of answers that nobody gave: drawn by us for tests
SIMULATED = ("tests/", "analysis/")


def repository_files():
    """Files that git tracks, or would add."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted(name for name in set(listing.split("\0")) if name and (ROOT / name).is_file())


FILES = repository_files()


def problems_of(name, data):
    """Say what a file holds that must not be here."""
    found = []
    if DATABASE_NAMES.search(name) or data.startswith((SQLITE, PARQUET, POSTGRESQL_DUMP)):
        found.append("a database or a packed table")
    if data[8:12] == DUCKDB:
        found.append("a database or a packed table")
    if SECRET_NAMES.search(name):
        found.append("a file for secrets")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return found
    found += [what for what, pattern in SECRETS.items() if pattern.search(text)]
    found += sorted(
        {
            f"the address of somebody at {match.group(1)}"
            for match in EMAIL.finditer(text)
            if not FREE_DOMAINS.search(match.group(1))
        }
    )
    if name.endswith((".csv", ".tsv")) and not name.startswith(SIMULATED):
        heading = text.partition("\n")[0].strip().replace("\t", ",").lower()
        if PERSON_COLUMN.search(heading) and ANSWER_COLUMNS.search(heading):
            found.append("a table of answers")
    return found


def test_git_lists_the_repository():
    assert "pyproject.toml" in FILES
    assert any(name.startswith("surveys/") for name in FILES)


def test_nothing_that_people_said_and_no_secret_is_here():
    found = {name: problems_of(name, (ROOT / name).read_bytes()) for name in FILES}
    assert {name: problems for name, problems in found.items() if problems} == {}


# built from parts, so that this file does not hold what it looks for
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.txt", SQLITE + b"..."),
        ("answers.sqlite-wal", b"..."),
        ("data/people.parquet", b"..."),
        ("backup", POSTGRESQL_DUMP + b"..."),
        ("x.bin", b"\0" * 8 + DUCKDB + b"\xff"),
        ("surveys/x/x.key", b"..."),
        (".env", b"A=1"),
        ("a.md", b"-----BEGIN " + b"PRIVATE KEY-----"),
        ("a.md", b"-----BEGIN RSA " + b"PRIVATE KEY-----"),
        ("admin", b"anna:scrypt:" + b"32768:8:3:" + b"x" * 22 + b"==:" + b"y" * 43 + b"="),
        ("deploy.md", b"postgresql://survey:" + b"hunter2@db/answers"),
        ("a.py", b"ghp_" + b"a" * 30),
        ("a.md", b"write to anna.muster@" + b"stadt-amt.de"),
        ("contacts.csv", b"email\nanna@" + b"web.de\n"),
        ("export/choices.csv", b"person,block,task,chosen\n1,1,1,A\n"),
        ("x.csv", b'"respondent_id","task","choice"\n'),
    ],
)
def test_what_must_not_be_here_is_found(name, data):
    assert problems_of(name, data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.md", b"write to survey@office.example or a@example.org"),
        ("a.py", b"@pytest.mark.parametrize"),
        ("deploy.md", b"postgresql://USER:PASSWORD@HOST/NAME"),
        ("designs/x/design.csv", b"block,task,alternative,te_wait\n"),
        ("tests/data/simulated.csv", b"person,task,chosen\n"),
    ],
)
def test_what_may_be_here_is_not_taken_for_it(name, data):
    assert problems_of(name, data) == []
