"""`ccegov survey check` and `ccegov survey new`, as the author of a survey types them."""

import argparse
import json
import shutil
import tomllib
from pathlib import Path

import pytest

from ccegov_choice.cli import survey_check, survey_new
from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.survey import Survey
from ccegov_choice.walk.people import People

ROOT = Path(__file__).parents[2]
DESIGNS = ("benefit-claim", "channel-choice", "obligations", "two-by-four")


def run(*words):
    """Run one command; errors are for `ccegov` itself to print."""
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers()
    survey_check.register(verbs)
    survey_new.register(verbs)
    arguments = parser.parse_args(words)
    return arguments.run(arguments)


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A folder with the shipped surveys and designs."""
    shutil.copytree(ROOT / "surveys", tmp_path / "surveys")
    shutil.copytree(ROOT / "designs", tmp_path / "designs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["benefit-claim", "surveys/channels", "surveys/obligations/survey.toml"]
)
def test_a_survey_is_checked_by_name_folder_or_file(workshop, capsys, name):
    assert run("check", name) == 0
    told = capsys.readouterr().out
    assert "Ways to answer:" in told
    assert "no problems" in told


def test_every_problem_is_listed_whether_of_reading_or_of_checking(workshop, capsys):
    file = workshop / "surveys" / "channels" / "survey.toml"
    text = file.read_text()
    text = text.replace('view = "cards"', 'veiw = "cards"')
    file.write_text(text.replace('contact = "survey@council.example"', 'contact = ""'))
    assert run("check", "channels") == 1
    told = capsys.readouterr().out
    assert "surveys/channels: 2 problems" in told
    assert "1. surveys/channels/survey.toml:" in told
    assert "Did you mean 'view'?" in told
    assert "the owner has no contact" in told


def test_machines_get_the_same(workshop, capsys):
    assert run("check", "channels", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is True
    assert found["problems"] == found["advice"] == []
    assert found["survey"]["response"] == "best-worst"
    assert found["survey"]["sha256"] == Survey.read("surveys/channels").sha256
    (workshop / "surveys" / "channels" / "ethics.md").unlink()
    run("check", "channels", "--json")
    advice = json.loads(capsys.readouterr().out)["advice"]
    assert [item["problem"] for item in advice] == ["there is no ethics.md"]


def test_a_translator_is_given_what_is_missing(workshop, capsys):
    assert run("check", "channels", "--missing", "fr") == 0
    told = capsys.readouterr().out
    assert "# Write the text of pages/welcome.md in pages/welcome.fr.md." in told
    assert tomllib.loads(told)["question"]["certainty"]["text"] == ""
    run("check", "benefit-claim", "--missing", "ar")
    assert "# 0 wordings of 'benefit-claim'" in capsys.readouterr().out


@pytest.mark.parametrize("design", DESIGNS)
def test_a_new_survey_is_valid_and_says_what_to_fill_in(workshop, capsys, design):
    assert run("new", "mine", "--design", f"designs/{design}", "--title", "A new one") == 0
    assert "wrote surveys/mine" in capsys.readouterr().out
    survey = Survey.read("surveys/mine")
    assert survey.title == "A new one"
    assert survey.check() == ()
    assert all("still holds '[" in advice.problem for advice in survey.advice())
    people = People.read("surveys/mine/people.toml", survey)
    assert people.behaviour.give_up == 0.10
    assert run("check", "mine") == 0


def test_a_new_survey_of_a_duty_asks_twice(workshop):
    run("new", "duty", "--design", "designs/obligations")
    assert Survey.read("surveys/duty").task_settings.response == "dual"


def test_a_survey_is_not_written_over_unless_one_says_so(workshop):
    run("new", "mine", "--design", "designs/two-by-four")
    with pytest.raises(SurveyError, match="exists already"):
        run("new", "mine", "--design", "designs/two-by-four")
    assert run("new", "mine", "--design", "designs/two-by-four", "--force") == 0


def test_a_design_that_does_not_fit_its_record_begins_no_survey(workshop):
    file = workshop / "designs" / "two-by-four" / "design.csv"
    file.write_text(file.read_text().replace("website", "counter", 1))
    with pytest.raises(SurveyError, match="not what"):
        run("new", "mine", "--design", "designs/two-by-four")
    assert not (workshop / "surveys" / "mine").exists()
