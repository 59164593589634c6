"""`ccegov survey admin`: what its words do, on a store with answers."""

import json
from pathlib import Path

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.responses.records import Answer, Start, Version
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.server.admin.passwords import read_administrators
from ccegov_choice.survey.server.key_file import make_key, read_key
from ccegov_choice.survey.server.person_code import code_hash, code_of
from ccegov_choice.survey.server.signing import Signer
from ccegov_choice.survey.survey import Survey

SURVEY = Path(__file__).parents[2] / "surveys" / "benefit-claim"
PASSWORD = "plain garden river door"


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A working folder in which a server ran: two people, one of whom completed."""
    monkeypatch.chdir(tmp_path)
    make_key("benefit-claim.key")
    survey = Survey.read(SURVEY)
    blocks, seed = survey.tasks.blocks, survey.fieldwork.seed
    with ResponseStore.open(f"sqlite:///{tmp_path / 'benefit-claim.sqlite'}") as store:
        store.register(Version(survey.id, survey.sha256, survey.content, blocks, seed))
        people = [
            store.start(survey.sha256, Start(f"nonce {i}", "en"), lease_minutes=30) for i in (1, 2)
        ]
        store.answer(people[0].id, Answer("about-you", {"x": 1}, "n"), lease_minutes=30)
        store.finish(people[0].id, "completed")
        signer = Signer(read_key("benefit-claim.key"))
        code = code_of(signer, people[1].id)
        store.set_code(people[1].id, code_hash(signer, code))
    return code


def run(capsys, *words):
    code = main(["survey", "admin", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_password_is_written_as_a_hash_for_its_owner_only(capsys, tmp_path, monkeypatch):
    typed = iter([PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    file = tmp_path / "admin"
    code, out, _ = run(capsys, "set-password", file, "--name", "anna")
    assert (code, out) == (0, f"added anna in {file}\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in file.read_text()
    assert read_administrators(file).admits("anna", PASSWORD)


def test_passwords_are_replaced_and_removed(capsys, tmp_path, monkeypatch):
    file = tmp_path / "admin"
    for password in (PASSWORD, "another good one"):
        monkeypatch.setattr("sys.stdin.readline", lambda p=password: f"{p}\n", raising=False)
        code, out, _ = run(capsys, "set-password", file, "--name", "anna", "--stdin")
        assert code == 0
    assert out.startswith("replaced")
    assert read_administrators(file).admits("anna", "another good one")
    assert run(capsys, "set-password", file, "--name", "anna", "--remove")[0] == 0
    assert file.read_text() == ""
    code, _, err = run(capsys, "set-password", file, "--name", "anna", "--remove")
    assert code == 1
    assert "Known: nobody" in err


def test_two_different_passwords_are_refused(capsys, tmp_path, monkeypatch):
    typed = iter([PASSWORD, "other"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    code, _, err = run(capsys, "set-password", tmp_path / "admin", "--name", "anna")
    assert code == 1
    assert "differ" in err
    assert not (tmp_path / "admin").exists()


def test_the_state_is_shown_and_set_with_a_name(capsys, work, tmp_path):
    assert run(capsys, "state", SURVEY)[1] == "open\n"
    assert run(capsys, "state", SURVEY, "paused", "--by", "anna")[1] == "paused\n"
    with ResponseStore.open(f"sqlite:///{tmp_path / 'benefit-claim.sqlite'}") as store:
        (action,) = store.actions("benefit-claim")
    assert (action.by, action.what, action.detail) == ("anna", "state", "paused")


def test_counts_for_people_and_for_machines(capsys, work):
    _, text, _ = run(capsys, "counts", SURVEY)
    assert "People by state" in text
    counts = json.loads(run(capsys, "counts", SURVEY, "--json")[1])
    assert counts["states"] == {"completed": 1, "started": 1}
    assert sum(block["completed"] for block in counts["blocks"].values()) == 1
    assert counts["languages"] == {"en": {"completed": 1, "started": 1}}


def test_somebody_is_erased_by_their_code_once(capsys, work, tmp_path):
    code, out, _ = run(capsys, "erase", SURVEY, "--code", work.lower().replace("-", " "))
    assert (code, out) == (0, "erased 1 of 1\n")
    code, _, err = run(capsys, "erase", SURVEY, "--code", work)
    assert code == 1
    assert "nobody has this code" in err
    assert work not in err


def test_what_is_no_code_is_said_before_anything_is_looked_up(capsys, work):
    code, _, err = run(capsys, "erase", SURVEY, "--code", "12")
    assert code == 1
    assert "this is no code" in err


def test_who_was_erased_is_erased_again_from_a_backup(capsys, work, tmp_path):
    source = tmp_path / "benefit-claim.sqlite"
    backup = tmp_path / "backup.sqlite"
    import sqlite3

    live, copy = sqlite3.connect(source), sqlite3.connect(backup)
    live.backup(copy)
    live.close()
    copy.close()
    run(capsys, "erase", SURVEY, "--code", work)
    listing = run(capsys, "erased", SURVEY)[1]
    (tmp_path / "erased.txt").write_text(listing)
    assert len(listing.split()) == 1
    url = f"sqlite:///{backup}"
    words = ("erase", SURVEY, "--ids-from", tmp_path / "erased.txt", "--database", url)
    assert run(capsys, *words)[1] == "erased 1 of 1\n"
    assert run(capsys, *words)[1] == "erased 0 of 1\n"


def test_where_no_server_ran_nothing_is_made_up(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "counts", SURVEY)
    assert code == 1
    assert "there are no answers here" in err
    assert list(tmp_path.iterdir()) == []


def test_records_are_printed_and_written(capsys, tmp_path):
    assert run(capsys, "record", SURVEY)[1].startswith("# Record of processing")
    assert "impact assessment" in run(capsys, "record", SURVEY, "--impact")[1].splitlines()[0]
    told = json.loads(run(capsys, "record", SURVEY, "--json")[1])
    assert told["open"]
    run(capsys, "record", SURVEY, "--out", tmp_path / "records")
    assert {path.name for path in (tmp_path / "records").iterdir()} == {
        "processing.md",
        "impact.md",
    }


def test_deployment_files_are_written_once(capsys, tmp_path):
    assert run(capsys, "deploy-files", SURVEY, "--out", tmp_path)[0] == 0
    assert (tmp_path / "deploy" / "backup.sh").stat().st_mode & 0o100
    (tmp_path / "deploy" / "Caddyfile").write_text("mine")
    code, _, err = run(capsys, "deploy-files", SURVEY, "--out", tmp_path)
    assert code == 1
    assert "deploy/Caddyfile" in err
    assert (tmp_path / "deploy" / "Caddyfile").read_text() == "mine"
    assert run(capsys, "deploy-files", SURVEY, "--out", tmp_path, "--force")[0] == 0
