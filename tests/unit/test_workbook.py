"""Tables as Excel workbooks: numbers as numbers, words never as formulas."""

import sys

import openpyxl
import pytest

from ccegov_choice._table import Absent, Table, save_excel
from ccegov_choice._workbook import excel_format, sheet_names
from ccegov_choice.errors import MissingExtraError

TABLE = Table(
    "What people would accept: days/weeks [all]",
    ("gain", "estimate", "share"),
    (("=polite", 1.23456789, 0.5), ("appeal", Absent("not told from zero"), 0.25)),
    ("In days.",),
    {"estimate": ",.2f", "share": ".1%"},
)


def test_numbers_keep_their_precision_and_format(tmp_path):
    book = openpyxl.load_workbook(TABLE.to_excel(tmp_path / "new" / "table.xlsx"))
    (sheet,) = book.worksheets
    assert [cell.value for cell in sheet[3]] == ["gain", "estimate", "share"]
    assert all(cell.font.bold for cell in sheet[3])
    assert sheet["B4"].value == 1.23456789
    assert sheet["B4"].number_format == "#,##0.00"
    assert sheet["C4"].number_format == "0.0%"
    assert sheet["B5"].value == "–"
    notes = [sheet.cell(i, 1).value for i in range(6, 10)]
    assert "In days." in notes
    assert "– appeal: not told from zero" in notes


def test_words_are_never_formulas(tmp_path):
    sheet = openpyxl.load_workbook(TABLE.to_excel(tmp_path / "t.xlsx")).worksheets[0]
    assert (sheet["A4"].value, sheet["A4"].data_type) == ("=polite", "s")


def test_several_tables_are_several_sheets_with_names_of_their_own(tmp_path):
    book = openpyxl.load_workbook(save_excel(tmp_path / "t.xlsx", [TABLE, TABLE]))
    assert len(book.sheetnames) == 2
    assert len({name.casefold() for name in book.sheetnames}) == 2
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert sheet_names(["", "a" * 40, "a" * 41])[1:] == ["a" * 31, "a" * 29 + " 2"]


@pytest.mark.parametrize(
    ("spec", "format"),
    [(".3f", "0.000"), (",.0f", "#,##0"), ("d", "0"), (".4g", "General"), (None, "General")],
)
def test_formats(spec, format):
    assert excel_format(spec) == format


def test_without_openpyxl_the_cure_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match="to_csv"):
        TABLE.to_excel(tmp_path / "t.xlsx")
