"""Keyed files are read whole and compared cell by cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccegov_choice.errors import FileFormatError, SurveyError
from ccegov_choice.survey.keying.comparing import compare
from ccegov_choice.survey.keying.entry import read_entry
from ccegov_choice.survey.keying.template import guide, template_csv


def problems(survey, path) -> list[str]:
    with pytest.raises(SurveyError) as caught:
        read_entry(survey, path)
    return [str(problem) for problem in caught.value.problems]


def test_the_template_has_a_column_for_everything_on_a_form(survey, answers):
    header = template_csv(survey, "1").strip().split(",")
    assert header[:5] == ["form", "block", "version", "language", "mode"]
    assert set(answers) <= set(header)
    rows = template_csv(survey, "2", forms=[7, 9]).splitlines()
    assert rows[1].startswith(f"7,2,{survey.sha256[:8]},en,paper,")
    assert len(rows) == 3


def test_the_guide_says_what_every_code_means(survey):
    text = guide(survey)
    assert "| `sex` | You are | 1 = a woman; 2 = a man |" in text
    assert "| `trust.court` | Do you trust the court | 1 = Yes; 2 = No |" in text
    assert "| `choice_1` ... `choice_3` | each choice: what is chosen | the printed" in text
    assert "| `ease` | How easy? | 0 = 0; 1 = 1; 2 = 2; 3 = 3; 4 = 4 |" in text
    assert "| `money.picked` | Money | 1 = Roads; 2 = Parks |" in text


def test_the_guide_says_when_forms_are_destroyed(survey):
    kept = replace(survey.retention, answers_days=200)
    assert "at most 200 days after they came in" in guide(replace(survey, retention=kept))
    for_ever = replace(survey.retention, answers_days=0)
    assert "Destroy" not in guide(replace(survey, retention=for_ever))


def test_what_was_keyed_is_read(survey, keyed, answers):
    entry = read_entry(survey, keyed("a.csv", {12: answers}, separator=";"))
    assert list(entry.forms) == [12]
    assert entry.forms[12].cells["used"] == "1 3"
    assert entry.forms[12].seed == "paper:12"


def test_all_problems_of_a_keyed_file_at_once(survey, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(
        "form,block,version,language,sex,ages\n"
        f"0,1,{survey.sha256[:8]},en,1,\n"
        f"2,9,{survey.sha256[:8]},en,1,\n"
        "3,1,ffffffff,en,1,\n"
        f"4,1,{survey.sha256[:8]},xx,1,\n"
        f"5,1,{survey.sha256[:8]},en,1,\n"
        f"5,1,{survey.sha256[:8]},en,1,\n"
    )
    told = problems(survey, path)
    assert "unknown column 'ages'" in told[0]
    assert "Did you mean 'age'" in told[0]
    assert "columns are missing" in told[1]
    assert "'0' is no number of a form" in told[2]
    assert "unknown block '9'" in told[3]
    assert "form 3 was printed from the version ffffffff" in told[4]
    assert "unknown language 'xx'" in told[5]
    assert "form 5 is keyed twice, first in" in told[6]
    assert "bad.csv:7" in told[6]


def test_an_empty_file_is_no_entry(survey, tmp_path):
    (tmp_path / "none.csv").write_text("\n")
    with pytest.raises(FileFormatError, match="empty"):
        read_entry(survey, tmp_path / "none.csv")


def test_two_entries_that_mean_the_same_agree(survey, keyed, answers):
    other = {**answers, "used": "3, 1", "born": "1980-12-31", "age": "44.0", "why": " quick "}
    first = read_entry(survey, keyed("a.csv", {1: answers}))
    second = read_entry(survey, keyed("b.csv", {1: other}))
    comparison = compare(survey, first, second)
    assert comparison.differences == ()
    assert comparison.rate == 0
    assert comparison.cells > len(answers)


def test_differences_name_form_and_item(survey, keyed, answers):
    first = read_entry(survey, keyed("a.csv", {1: answers, 2: answers}))
    second = read_entry(survey, keyed("b.csv", {1: {**answers, "sex": "2", "choice_1": "2"}}))
    comparison = compare(survey, first, second)
    assert [str(difference) for difference in comparison.open] == [
        "form 1, sex: '1' and '2'",
        "form 1, choice_1: '1' and '2'",
        f"form 2: {second.name} did not key it",
    ]


def test_a_third_entry_decides_if_it_agrees_with_one(survey, keyed, answers):
    first = read_entry(survey, keyed("a.csv", {1: answers}))
    other = {**answers, "sex": "2", "choice_1": "2", "age": "41"}
    second = read_entry(survey, keyed("b.csv", {1: other}))
    decider = {**answers, "sex": "2", "choice_1": "-"}
    third = read_entry(survey, keyed("c.csv", {1: decider}), whole=False)
    comparison = compare(survey, first, second, third)
    assert [difference.column for difference in comparison.open] == ["choice_1"]
    assert comparison.forms[0].cells["sex"] == "2"
    assert comparison.forms[0].cells["age"] == "44"


def test_the_deciding_file_may_hold_a_few_columns_only(survey, keyed, answers, tmp_path):
    first = read_entry(survey, keyed("a.csv", {1: answers}))
    second = read_entry(survey, keyed("b.csv", {1: {**answers, "sex": "2"}}))
    path = tmp_path / "c.csv"
    path.write_text("form,block,sex\n1,1,2\n")
    third = read_entry(survey, path, whole=False)
    comparison = compare(survey, first, second, third)
    assert comparison.open == ()
    assert str(comparison.differences[0]) == "form 1, sex: '1' and '2', decided '2'"


def test_another_block_is_a_difference_too(survey, keyed, answers):
    first = read_entry(survey, keyed("a.csv", {1: answers}))
    second = read_entry(survey, keyed("b.csv", {1: {**answers, "mode": "large-print"}}))
    assert str(compare(survey, first, second).open[0]) == "form 1, mode: 'paper' and 'large-print'"
