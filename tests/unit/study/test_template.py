"""New study files are valid, commented, and made of what was asked for."""

import tomllib

import pytest

from ccegov_choice.errors import StudyError
from ccegov_choice.study import library
from ccegov_choice.study.study import Study
from ccegov_choice.study.template import new_study_toml


@pytest.mark.parametrize("mandatory", [False, True])
def test_a_study_of_every_attribute_is_valid(mandatory):
    ids = [entry.id for entry in library.entries()]
    study = Study.from_toml(new_study_toml("all", ids, currency="GBP", mandatory=mandatory))
    assert study.check() == ()
    assert list(study.attribute_ids) == ids
    assert study.mandatory is mandatory
    assert (study.opt_out is None) is mandatory
    assert study.role == ("obligatee" if mandatory else "citizen")
    assert study.attribute("oc_budget").unit_text(5) == "5 million pounds"
    assert study.attribute("oc_tax").unit_text(20) == "20 pounds a year"
    assert study.numeraire("oc_fee").currency == "GBP"


def test_a_study_without_money_declares_none():
    study = Study.from_toml(new_study_toml("my-service", ["dr_treatment"]))
    assert study.numeraires == ()
    assert study.text() == "My service"


def test_a_currency_without_a_known_name_is_written_as_its_code():
    study = Study.from_toml(new_study_toml("x", ["oc_fee"], currency="JPY"))
    assert study.attribute("oc_fee").unit_text(10) == "10 JPY"


def test_every_key_is_explained():
    text = new_study_toml(
        "x", ["te_wait_min"], title='A "quoted" title', place="designs/x/study.toml"
    )
    assert tomllib.loads(text)["title"] == 'A "quoted" title'
    assert "ccegov study check designs/x/study.toml" in text
    assert text.count("#") > 40
    assert max(len(line) for line in text.split("\n")) <= 100


def test_the_commented_examples_are_valid_too():
    """Whoever takes the # away from the examples gets a study that can be read."""
    text = new_study_toml("x", ["te_wait_min", "ac_human"])
    for example in ("[[constraint]]", "[[covariate]]"):
        start = text.index(f"# {example}")
        block = text[start:].split("\n\n")[0].split("\n#\n")[0]
        lines = [line.removeprefix("# ") for line in block.split("\n")]
        tomllib.loads("\n".join(lines))


def test_all_that_is_wrong_with_a_wish_comes_at_once():
    with pytest.raises(StudyError) as error:
        new_study_toml("x", ["te_wait", "oc_fee", "dr_tone", "dr_tone"], role="client")
    text = str(error.value)
    assert "4 reasons" in text
    assert "Did you mean 'te_wait_min'?" in text
    assert "--currency EUR" in text
    assert "'dr_tone' is named twice" in text
    assert "unknown role 'client'" in text


def test_no_attributes_and_strange_currencies_are_refused():
    with pytest.raises(StudyError, match="no attributes were named"):
        new_study_toml("x", [])
    with pytest.raises(StudyError, match="'euro' is not a currency code"):
        new_study_toml("x", ["oc_fee"], currency="euro")
