"""A bundle holds everything once, in files that fit each other, and never a contact."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from ccegov_choice.errors import MissingExtraError, ResponseError
from ccegov_choice.responses.export import writers
from ccegov_choice.responses.export.bundle import write_bundle
from ccegov_choice.responses.export.content import Content
from ccegov_choice.responses.records import Answer, Start, Version
from ccegov_choice.responses.shuffling import block_at
from ccegov_choice.responses.store import ResponseStore
from ccegov_choice.survey.lot import Lot
from ccegov_choice.survey.question import Option

AGES = [{"id": "old", "text": {"en": "Old", "de": "Alt"}}, {"id": "young", "text": "Young"}]
CONTENT = {
    "study": 'id = "x"\n[[covariate]]\nid = "days"\nlabel = "Days"\nkind = "numeric"\n',
    "tasks": {
        "tasks": [
            {"id": id, "offers": [{"alternative": name} for name in ("A", "B", "none")]}
            for id in ("1", "2", "3")
        ]
    },
    "pages": [
        {
            "id": "you",
            "questions": [
                {"id": "age", "kind": "single", "text": {"en": "Age | group"}, "options": AGES},
                {"id": "days", "kind": "number", "text": "Days"},
                {"id": "uses", "kind": "multiple", "text": "Uses", "options": AGES},
                {"id": "rows", "kind": "matrix", "text": "Rows", "options": [], "rows": AGES},
                {"id": "words", "kind": "text", "text": "Words"},
            ],
        }
    ],
    "lots": [{"id": "role", "options": [{"id": "a"}, {"id": "b"}]}],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'answers.sqlite'}"
    with ResponseStore.open(url) as opened:
        opened.register(Version("demo", "a" * 64, CONTENT, ("1", "2"), 7))
        for number, ledger in enumerate(["live", "live", "preview"]):
            person = opened.start(
                "a" * 64,
                Start(f"n{number}", "en", ledger=ledger, panel={"PID": f"pid-{number}"}),
                lease_minutes=9,
            )
            you = {
                "age": "old",
                "days": 12,
                "uses": ["old", "young"],
                "rows": {"old": "x", "young": "y"},
                "words": f"=private {number}",
                "age.other": "Grüße",
            }
            shown = {"number": 1, "offers": ["B", "A", "none"], "attributes": ["w", "c"]}
            for nonce, (item, payload) in enumerate(
                {
                    "you": you,
                    "task:1": {"chosen": "A"},
                    "task:2": {"dont_know": True, "reason": "unclear"},
                }.items()
            ):
                answer = Answer(item, payload, f"{nonce}", shown=shown, timing={"seconds": 2.5})
                opened.answer(person.id, answer, lease_minutes=9)
            opened.answer(person.id, Answer("task:1", {"chosen": "B"}, "old tab"), lease_minutes=9)
            opened.keep_contact("demo", {"email": f"{number}@example.org"}, "result")
        yield opened


@pytest.fixture(scope="module")
def bundle(store, tmp_path_factory) -> Path:
    return write_bundle(store, "demo", tmp_path_factory.mktemp("out") / "bundle").folder


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_files_fit_each_other(bundle) -> None:
    people = [row["person"] for row in rows(bundle, "people")]
    assert len(people) == 2
    for name, count in (
        ("choices", 2),
        ("undecided", 2),
        ("shown", 12),
        ("panel", 2),
        ("free_text", 4),
        ("ledger", 2),
        ("events", 10),
    ):
        found = rows(bundle, name)
        assert len(found) == count, name
        assert {row.get("person", people[0]) for row in found} <= set(people)


def test_a_choice_has_all_that_an_analysis_wants(bundle) -> None:
    first = rows(bundle, "choices")[0]
    assert (first["task"], first["chosen"], first["position"]) == ("1", "A", "2")
    assert (first["offered"], first["seconds"], first["number"]) == ("B > A > none", "2.5", "1")
    assert (first["age"], first["days"], first["mode"]) == ("old", "12.0", "web")
    assert first["role"] in ("a", "b")
    assert rows(bundle, "undecided")[0]["reason"] == "unclear"


def test_lots_are_drawn_as_the_survey_draws_them() -> None:
    lot = Lot("role", (Option("a", "A"), Option("b", "B")))
    drawn = set()
    for number in range(20):
        about = Content(CONTENT).about({"seed": str(number), "answers": {}})
        assert about["role"] == lot.drawn(str(number)).id
        drawn.add(about["role"])
    assert drawn == {"a", "b"}


def test_answers_of_every_kind(bundle) -> None:
    told = [(r["question"], r["value"]) for r in rows(bundle, "answers") if r["item"] == "you"][:6]
    assert told == [
        ("age", "old"),
        ("days", "12"),
        ("rows.old", "x"),
        ("rows.young", "y"),
        ("uses", "old"),
        ("uses", "young"),
    ]


def test_free_text_stands_alone_and_is_no_formula(bundle) -> None:
    texts = {row["text"] for row in rows(bundle, "free_text")}
    assert texts == {"'=private 0", "'=private 1", "Grüße"}
    for file in bundle.iterdir():
        if file.name != "free_text.csv":
            assert "private" not in file.read_text(), file.name


def test_no_contact_and_no_panel_id_but_in_its_file(bundle) -> None:
    for file in bundle.iterdir():
        text = file.read_text()
        assert "example.org" not in text
        assert ("pid-0" in text) == (file.name == "panel.csv")


def test_answers_that_do_not_count_are_events(bundle) -> None:
    told = [row for row in rows(bundle, "events") if row["outcome"] == "conflict"]
    assert [json.loads(row["payload"]) for row in told] == [{"chosen": "B"}] * 2


def test_the_sequence_can_be_replayed(bundle) -> None:
    (version,) = json.loads((bundle / "manifest.json").read_text())["versions"]
    for move in rows(bundle, "ledger"):
        seed = f"{version['seed']}/live/{move['stratum']}"
        assert move["block"] == block_at(version["blocks"], seed, int(move["place"]))


def test_the_manifest_names_every_file(bundle) -> None:
    files = json.loads((bundle / "manifest.json").read_text())["files"]
    assert {file.name for file in bundle.iterdir()} == {*files, "manifest.json"}
    for name, facts in files.items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == facts["sha256"]


def test_the_codebook_names_every_column_and_value(bundle) -> None:
    told = {(row["file"], row["column"], row["value"]) for row in rows(bundle, "codebook")}
    for file in bundle.glob("*.csv"):
        if file.stem != "codebook":
            with file.open(encoding="utf-8") as stream:
                for column in next(csv.reader(stream)):
                    assert (file.stem, column, "") in told
    assert ("answers", "age", "young") in told
    assert "| age | single | old | Old |" in (bundle / "codebook.md").read_text()
    assert "Age \\| group" in (bundle / "codebook.md").read_text()


def test_parquet_has_the_same_rows_with_types(store, bundle, tmp_path) -> None:
    folder = write_bundle(store, "demo", tmp_path / "p", format="parquet").folder
    table = pyarrow.parquet.read_table(folder / "choices.parquet")
    assert table.num_rows == 2
    assert str(table.schema.field("seconds").type) == "double"
    assert table.column("days").to_pylist() == [12.0, 12.0]
    people = pyarrow.parquet.read_table(folder / "people.parquet")
    assert [str(n) for n in people.column("person").to_pylist()] == [
        row["person"] for row in rows(bundle, "people")
    ]
    assert str(people.schema.field("started").type) == "timestamp[ms, tz=UTC]"


def test_books_are_apart(store, tmp_path) -> None:
    folder = write_bundle(store, "demo", tmp_path / "preview", ledger="preview").folder
    assert len(rows(folder, "people")) == 1


def test_an_earlier_bundle_is_replaced_and_nothing_else_is(store, tmp_path) -> None:
    target = tmp_path / "out"
    write_bundle(store, "demo", target)
    (target / "old-file").write_text("x")
    write_bundle(store, "demo", target)
    assert not (target / "old-file").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(ResponseError, match="something else in this folder"):
        write_bundle(store, "demo", other)
    assert (other / "thesis.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "out"]


def test_a_bundle_that_breaks_off_leaves_the_old_one(store, tmp_path, monkeypatch) -> None:
    target = tmp_path / "out"
    write_bundle(store, "demo", target)
    before = (target / "manifest.json").read_text()

    def fail(self) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(writers.CsvWriter, "close", fail)
    with pytest.raises(OSError, match="disk full"):
        write_bundle(store, "demo", target)
    assert (target / "manifest.json").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_unknown_survey_and_format(store, tmp_path) -> None:
    with pytest.raises(ResponseError, match="unknown survey 'dmeo'"):
        write_bundle(store, "dmeo", tmp_path / "x")
    with pytest.raises(ResponseError, match="unknown format 'xlsx'"):
        write_bundle(store, "demo", tmp_path / "x", format="xlsx")


def test_parquet_without_pyarrow(store, tmp_path, monkeypatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(writers, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"ccegov_choice\[scale\]"):
        write_bundle(store, "demo", tmp_path / "x", format="parquet")
    assert list(tmp_path.iterdir()) == []


def test_several_surveys_in_one_store(tmp_path) -> None:
    with ResponseStore.open("sqlite://") as store:
        with pytest.raises(ResponseError, match="unknown survey"):
            store.choice_rows("demo")
        for name in ("demo", "other"):
            store.register(Version(name, name[0] * 64, CONTENT, ("1",), 1))
        with pytest.raises(ResponseError, match="several surveys"):
            store.choice_rows()
        assert store.choice_rows("other") == []
