"""Choices to files and back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.files import read_table
from ccegov_choice.errors import FileFormatError, ProvenanceError


@pytest.fixture
def data() -> ChoiceData:
    table = pd.DataFrame(
        {
            "person": ["007", "007", "008", "008"],
            "task": 1,
            "alternative": ["A", "none"] * 2,
            "wait": [0.1 + 0.2, np.nan, 1 / 3, np.nan],
            "channel": ["NA", None, "None", None],
            "chosen": [True, False, False, True],
            "age": ["old", "old", "young", "young"],
            "w": [1.25, 1.25, 0.75, 0.75],
        }
    )
    return ChoiceData.from_long(table, weight="w", covariates=["age"])


def test_round_trip_is_exact(data, tmp_path) -> None:
    again = ChoiceData.read(data.save(tmp_path / "choices"))
    pd.testing.assert_frame_equal(again.frame, data.frame, check_exact=True)
    assert again.study == data.study
    np.testing.assert_array_equal(again.weights, data.weights)
    assert list(again.person_ids) == ["007", "008"]


def test_the_same_data_give_the_same_bytes(data, tmp_path) -> None:
    first, second = data.save(tmp_path / "a"), data.save(tmp_path / "b")
    for file in ("choices.csv", "choices.json", "study.toml"):
        assert (first / file).read_bytes() == (second / file).read_bytes()


def test_a_changed_table_is_noticed(data, tmp_path) -> None:
    folder = data.save(tmp_path)
    with (folder / "choices.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(ProvenanceError, match="not the one that was saved"):
        ChoiceData.read(folder)


def test_a_table_with_our_names(tmp_path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("person,task,alternative,wait,chosen\n1,1,A,5,1\n1,1,B,30,0\n")
    assert ChoiceData.read(path).tasks == 1


def test_words_for_missing_are_words(tmp_path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("a\tb\nNA\t1\nnone\t\n")
    table = read_table(path)
    assert list(table["a"]) == ["NA", "none"]
    assert table["b"].isna().tolist() == [False, True]


@pytest.mark.parametrize(("name", "says"), [("gone.csv", "no such file"), ("t.docx", "no kind")])
def test_files_that_are_no_tables(tmp_path, name, says) -> None:
    (tmp_path / "t.docx").write_text("x")
    with pytest.raises(FileFormatError, match=says):
        read_table(tmp_path / name)


def test_parquet_and_stata(data, tmp_path) -> None:
    frame = data.frame[["person", "task", "wait"]]
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_stata(tmp_path / "t.dta", write_index=False)
    for name in ("t.parquet", "t.dta"):
        found = read_table(tmp_path / name)
        np.testing.assert_array_equal(found["wait"], frame["wait"])
