"""`ccegov survey export` and `ccegov survey retention`, on a store with answers."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ccegov_choice.cli.main import main
from ccegov_choice.responses.records import Answer, Start, Version
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.survey import Survey

SURVEY = Path(__file__).parents[2] / "surveys" / "benefit-claim"


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A working folder in which a server ran a year and a half ago."""
    monkeypatch.chdir(tmp_path)
    survey = Survey.read(SURVEY)
    then = datetime.now(UTC) - timedelta(days=500)
    with ResponseStore.open(
        f"sqlite:///{tmp_path / 'benefit-claim.sqlite'}", clock=lambda: then
    ) as s:
        s.register(Version(survey.id, survey.sha256, survey.content, survey.tasks.blocks, 1))
        for nonce in ("1", "2"):
            person = s.start(survey.sha256, Start(nonce, "en"), lease_minutes=30)
            task = survey.tasks.of_block(person.block)[0]
            answer = Answer(f"task:{task.id}", {"chosen": "A"}, "n")
            s.answer(person.id, answer, lease_minutes=30)
        s.finish(person.id, "completed")
        s.keep_contact(survey.id, {"email": "a@example.org"}, "result")


def run(capsys, *words):
    code = main(["survey", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_answers_are_written_and_counted(capsys, work, tmp_path):
    code, out, _ = run(capsys, "export", SURVEY, "--out", "answers")
    assert code == 0
    assert "choices.csv                  2 rows" in out
    assert (tmp_path / "answers" / "codebook.md").exists()


def test_for_machines(capsys, work):
    code, out, _ = run(capsys, "export", SURVEY, "--out", "p", "--format", "parquet", "--json")
    told = json.loads(out)
    assert (code, told["survey"], told["files"]["people.parquet"]["rows"]) == (
        0,
        "benefit-claim",
        2,
    )


def test_a_database_that_is_not_there(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for more in ([], ["--database", f"sqlite:///{tmp_path / 'none.sqlite'}"]):
        code, _, err = run(capsys, "export", SURVEY, "--out", "x", *more)
        assert code == 2 or code == 1
        assert "there are no answers here" in err
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_no_longer_is_deleted_and_logged(capsys, work):
    code, out, _ = run(capsys, "retention", SURVEY, "--log")
    assert (code, out) == (0, "nothing has been deleted yet\n")
    code, out, _ = run(capsys, "retention", SURVEY, "--json")
    assert [row["how_many"] for row in json.loads(out)] == [1, 1, 1]
    code, out, _ = run(capsys, "retention", SURVEY)
    assert [line.split()[0] for line in out.splitlines()] == ["0", "0", "0"]
    code, out, _ = run(capsys, "retention", SURVEY, "--log")
    assert len(out.splitlines()) == 6
