"""A survey's folder: what is read, and where each mistake is said to stand."""

import subprocess
import sys
from pathlib import Path

import pytest

from ccegov_choice.errors import FileFormatError, SurveyError
from ccegov_choice.survey.survey import Survey

ROOT = Path(__file__).parents[4]
SHIPPED = sorted(path.name for path in (ROOT / "surveys").iterdir() if path.is_dir())


def line_of(copy, name, words):
    """Return the number of the first line that holds some words."""
    lines = (copy.folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_surveys_are_read_the_same_each_time(name):
    first, again = (Survey.read(ROOT / "surveys" / name) for _ in range(2))
    assert first == again
    assert first.sha256 == again.sha256
    assert first.id == name


def test_settings_pages_and_tasks_are_what_the_files_say(benefit):
    survey = benefit.read()
    assert survey.languages == ("en",)
    assert [page.kind for page in survey.pages][:2] == ["welcome", "consent"]
    assert survey.tasks.blocks == ("1", "2", "3", "4")
    assert len(survey.tasks.of_block("3")) == 8
    assert survey.retention.contacts_days == 90
    assert survey.task_settings.protest[0].id == "both_bad"
    assert survey.quotas[0].limits == {"low": 5000, "high": 5000}
    assert survey.page("consent").statements[1].id == "adult"


def test_a_covariate_brings_words_and_answers_and_the_survey_may_add_to_them(copy_of):
    survey = copy_of("obligations").read()
    health = survey.questions["poor_health"]
    assert health.text == survey.study.covariate("poor_health").question
    assert health.option_ids == ("no", "yes", "not_said")


def test_a_numeric_covariate_may_be_asked_with_options_that_stand_for_numbers(benefit):
    income = benefit.read().questions["low_income"]
    assert income.kind == "single"
    assert [option.value for option in income.options] == [1, 0, None]


def test_a_numeric_covariate_is_a_number_where_nothing_else_is_said(copy_of):
    days = copy_of("channels").read().questions["days_last"]
    assert (days.kind, days.low, days.unit) == ("number", 0, "working days")


def test_a_lot_takes_levels_and_words_from_the_study(copy_of):
    lot = copy_of("obligations").read().lots[0]
    assert [option.id for option in lot.options] == ["rise", "fall"]
    assert lot.options[0].text == "Because of the change your allowance would rise."


def test_every_mistake_of_every_file_is_listed_at_once_with_its_line(benefit):
    benefit.edit("survey.toml", "[owner]\n", '[owner]\nphon = "1"\n')
    benefit.edit("survey.toml", 'response = "choice"', 'response = "choise"')
    benefit.edit("pages/about-you.md", "sensitive = true", 'sensitive = "yes"')
    benefit.edit("pages/comments.md", "max_length = 2000", "max_lenght = 2000")
    found = {problem.where: problem for problem in benefit.problems()}
    assert len(found) == 4
    typo = found[f"{benefit.folder}/survey.toml:{line_of(benefit, 'survey.toml', 'phon =')}"]
    assert "Did you mean 'phone'?" in typo.cure
    wrong = line_of(benefit, "survey.toml", "choise")
    assert "Did you mean 'choice'?" in found[f"{benefit.folder}/survey.toml:{wrong}"].cure
    flag = line_of(benefit, "pages/about-you.md", 'sensitive = "yes"')
    assert "true or false" in found[f"{benefit.folder}/pages/about-you.md:{flag}"].problem
    length = line_of(benefit, "pages/comments.md", "max_lenght")
    assert "'max_length'" in found[f"{benefit.folder}/pages/comments.md:{length}"].cure


def test_reading_with_mistakes_raises_one_error_with_all_of_them(benefit):
    benefit.edit("survey.toml", "[owner]\n", "[owner]\nx = 1\ny = 2\n")
    with pytest.raises(SurveyError, match="2 problems") as raised:
        benefit.read()
    assert len(raised.value.problems) == 2


def test_a_page_that_is_listed_and_not_there_is_named_at_its_place_in_the_list(benefit):
    (benefit.folder / "pages" / "last-claim.md").unlink()
    (problem,) = benefit.problems()
    line = line_of(benefit, "survey.toml", '"last-claim"')
    assert problem.where == f"{benefit.folder}/survey.toml:{line}"
    assert "page 'last-claim' has no file" in problem.problem


def test_a_page_that_is_there_and_not_listed_is_named(benefit):
    benefit.write("pages/welcom.md", '+++\nkind = "text"\ntitle = "x"\n+++\n')
    (problem,) = benefit.problems()
    assert problem.problem == "unknown page 'welcom'"
    assert "Did you mean 'welcome'?" in problem.cure


def test_text_that_is_no_toml_is_shown_with_its_line(benefit):
    benefit.edit("survey.toml", 'view = "cards"', "view = cards")
    (problem,) = benefit.problems()
    assert problem.where.endswith(f"survey.toml:{line_of(benefit, 'survey.toml', 'view = cards')}")
    assert "quotation marks" in problem.cure


def test_a_folder_without_a_survey_is_no_survey(tmp_path):
    with pytest.raises(FileFormatError, match="no such file"):
        Survey.read(tmp_path)


def test_reading_a_survey_loads_no_numerics():
    code = (
        "import sys; from ccegov_choice.survey.survey import Survey;"
        "s = Survey.read('surveys/benefit-claim'); s.check(); s.advice();"
        "print(sorted({'numpy', 'pandas', 'scipy', 'numba'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
