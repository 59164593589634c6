"""A file is written whole or not at all, and read with an error that names it."""

import pytest

from ccegov_choice._files import read_json, read_text, sha256, write_atomic, write_json
from ccegov_choice._provenance import Provenance
from ccegov_choice.errors import FileFormatError


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = write_atomic(tmp_path / "new" / "a.txt", "old")

    def broken(_):
        raise OSError("disk full")

    monkeypatch.setattr("ccegov_choice._files.os.fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [item.name for item in path.parent.iterdir()] == ["a.txt"]


def test_json_floats_come_back_exactly(tmp_path):
    values = [1 / 3, 1e-300, -0.1, 5e15]
    write_json(tmp_path / "a.json", {"kind": "numbers", "schema": 1, "values": values})
    assert read_json(tmp_path / "a.json", kind="numbers", schema=1)["values"] == values


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"kind": "cat", "schema": 1}', "not a results file"),
        ('{"kind": "results", "schema": 9}', "format 9 is newer"),
        ('{"kind": "results",\n oops', "not valid JSON"),
        ("[1]", "not a results file"),
    ],
)
def test_a_wrong_json_file_says_what_is_wrong(tmp_path, content, message):
    path = tmp_path / "r.json"
    path.write_text(content)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_json(path, kind="results", schema=1)
    assert str(path) in str(caught.value)


def test_missing_folder_and_encoding_are_told_apart(tmp_path):
    (tmp_path / "latin.txt").write_bytes("café".encode("latin-1"))
    for name, message in [("none", "no such file"), (".", "folder"), ("latin.txt", "not UTF-8")]:
        with pytest.raises(FileFormatError, match=message):
            read_text(tmp_path / name)


def test_hash_is_the_one_everybody_computes():
    assert sha256("abc").startswith("ba7816bf8f01cfea")
    assert sha256(b"abc") == sha256("abc")


def test_provenance_has_no_date_and_survives_json():
    record = Provenance.record("random_design", parameters={"tasks": 8}, seed=3, parents={"s": "1"})
    assert Provenance.from_dict(record.to_dict()) == record
    assert record.versions["ccegov_choice"]
    assert set(record.to_dict()) == {"made_by", "parameters", "seed", "parents", "versions"}
