"""Other languages lie over the main one, by the path of each wording."""

from ccegov_choice.survey.checking.languages import missing_wordings
from ccegov_choice.survey.translating import missing_toml


def in_two_languages(benefit):
    return benefit.edit("survey.toml", 'languages = ["en"]', 'languages = ["en", "de"]')


def test_words_of_study_questions_and_settings_are_laid_over(benefit):
    in_two_languages(benefit).write(
        "translations/de.toml",
        """
title = "Titel"
[attribute.ac_human]
label = "Mensch"
level.none = "Nie"
level.any_step = { label = "Immer", description = "Bei jedem Schritt." }
[question.low_income]
option.yes = "Ja"
[tasks.protest]
both_bad = "Beide schlecht"
""",
    )
    survey = benefit.read()
    assert survey.say(survey.title, "de") == "Titel"
    human = survey.study.attribute("ac_human")
    assert (human.text("en"), human.text("de")) == ("Speaking with a person", "Mensch")
    assert human.level("any_step").long_text("de") == "Bei jedem Schritt."
    assert human.level("none").text("de") == "Nie"
    assert survey.questions["low_income"].option("yes").text == {"en": "Yes", "de": "Ja"}
    assert survey.task_settings.protest[0].text["de"] == "Beide schlecht"
    assert survey.study.languages == ("en", "de")


def test_numbers_follow_the_unit_unless_a_translator_words_one(benefit):
    benefit.edit("survey.toml", 'languages = ["en"]', 'languages = ["en", "pl"]').write(
        "translations/pl.toml",
        """
[attribute.te_decision_days]
unit = "dzień roboczy"
unit_plural = "dni roboczych"
level.2.label = "2 dni robocze"
""",
    )
    days = benefit.read().study.attribute("te_decision_days")
    assert [level.text("pl") for level in days.levels] == [
        "2 dni robocze",
        "10 dni roboczych",
        "20 dni roboczych",
        "40 dni roboczych",
    ]
    assert days.levels[0].text("en") == "2 working days"


def test_prose_of_pages_stands_in_files_of_its_own(benefit):
    in_two_languages(benefit).write("pages/end.de.md", "\nDanke.\n\n")
    assert benefit.read().page("end").body["de"] == "Danke.\n"


def test_a_wording_for_nothing_is_named_with_the_nearest(benefit):
    in_two_languages(benefit).write("translations/de.toml", 'atribute.ac_human.label = "x"\n')
    (problem,) = benefit.problems()
    assert problem.problem == "unknown wording 'atribute.ac_human.label'"
    assert "'attribute.ac_human.label'" in problem.cure
    assert problem.where.endswith("translations/de.toml:1")


def test_files_of_languages_that_the_survey_does_not_have_are_named(benefit):
    benefit.write("translations/fr.toml", "").write("pages/end.fr.md", "Merci.")
    assert [p.problem for p in benefit.problems()] == [
        "unknown language 'fr'",
        "unknown language 'fr'",
    ]


def test_what_is_missing_can_be_filled_in_and_read_back(benefit):
    survey = benefit.read()
    template = missing_toml(survey, "de")
    filled = template.replace(' = ""', ' = "Wort"')
    in_two_languages(benefit).write("translations/de.toml", filled)
    for page in survey.pages:
        if page.body:
            benefit.write(f"pages/{page.id}.de.md", "Text.")
    whole = benefit.read()
    assert missing_wordings(whole) == []
    assert missing_toml(whole, "de").count('""') == 0
    assert whole.questions["certainty"].text["de"] == "Wort"


def test_an_empty_string_counts_as_not_yet_written(benefit):
    in_two_languages(benefit).write("translations/de.toml", 'title = ""\n')
    assert (("title",), "de") in missing_wordings(benefit.read())


def test_a_translation_makes_another_version(benefit):
    before = benefit.read().sha256
    in_two_languages(benefit).write("translations/de.toml", 'title = "Titel"\n')
    assert benefit.read().sha256 != before
