"""The workbook we write is read by a library that we did not write."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from ccegov_choice.survey.exporting.workbook import workbook

ROWS = [{"a": '<&> "quoted"', "b": " kept "}, {"b": "two\nlines", "c": "مرحبا"}]


def test_cells_come_back_as_they_were():
    book = load_workbook(io.BytesIO(workbook({"first": ROWS, "second": [{"x": "1"}]})))
    assert book.sheetnames == ["first", "second"]
    assert [tuple(cell.value for cell in row) for row in book["first"].rows] == [
        ("a", "b", "c"),
        ('<&> "quoted"', " kept ", None),
        (None, "two\nlines", "مرحبا"),
    ]


def test_many_columns_have_names_of_two_letters():
    row = {f"column {number}": str(number) for number in range(60)}
    sheet = load_workbook(io.BytesIO(workbook({"wide": [row]})))["wide"]
    assert [cell.value for cell in sheet[2]] == [str(number) for number in range(60)]
    assert sheet["BH2"].value == "59"


def test_the_same_cells_are_the_same_bytes():
    assert workbook({"first": ROWS}) == workbook({"first": ROWS})
