"""Passwords of administrators: kept as hashes, read strictly, and never there by default."""

import pytest

from ccegov_choice.errors import FileFormatError, SurveyError
from ccegov_choice.survey.server.admin.passwords import (
    MINIMUM_LENGTH,
    VARIABLE,
    Administrators,
    PasswordHash,
    read_administrators,
)

PASSWORD = "plain garden river door"


@pytest.fixture(scope="module")
def known():
    return Administrators({}).with_password("anna", PASSWORD)


def test_only_the_right_name_with_the_right_password_is_admitted(known):
    assert known.admits("anna", PASSWORD)
    assert not known.admits("anna", PASSWORD + " ")
    assert not known.admits("berta", PASSWORD)


def test_the_file_holds_no_password_and_comes_back(known):
    text = known.to_text()
    assert PASSWORD not in text
    assert Administrators.parse(f"# who may\n\n{text}", "file") == known


def test_the_same_password_has_another_hash_each_time(known):
    again = known.with_password("anna", PASSWORD)
    assert again.hashes["anna"] != known.hashes["anna"]
    assert again.admits("anna", PASSWORD)


def test_nobody_administers_by_default():
    assert not read_administrators(None, {})
    assert not read_administrators(None, {VARIABLE: "  "})


def test_the_environment_and_the_file_say_who(known, tmp_path):
    assert read_administrators(None, {VARIABLE: known.to_text()}) == known
    file = tmp_path / "admin"
    file.write_text(known.to_text())
    assert read_administrators(file, {}) == known


def test_a_file_that_names_nobody_is_refused_rather_than_taken_for_none(tmp_path):
    with pytest.raises(FileFormatError):
        read_administrators(tmp_path / "missing", {})
    (tmp_path / "empty").write_text("# nobody yet\n")
    with pytest.raises(SurveyError, match="names nobody"):
        read_administrators(tmp_path / "empty", {})


@pytest.mark.parametrize(
    "line",
    [
        "anna:secret",
        "anna:scrypt:32768:8:3:AAAA:AAAA",
        "anna:scrypt:1073741824:8:3:AAAAAAAAAAAAAAAAAAAAAA==:" + "A" * 43 + "=",
        "Anna Müller:" + str(PasswordHash(2**15, 8, 3, bytes(16), bytes(32))),
        "anna:md5:1:1:1:AAAA:AAAA",
        "nothing",
    ],
)
def test_lines_that_are_none_are_named_without_repeating_the_secret(line):
    with pytest.raises(SurveyError) as caught:
        Administrators.parse(f"\n{line}\n", "file")
    assert "file:2" in str(caught.value)
    assert line not in str(caught.value)


def test_a_name_may_stand_only_once(known):
    with pytest.raises(SurveyError, match="twice"):
        Administrators.parse(known.to_text() * 2, "file")


def test_weak_passwords_and_odd_names_are_refused_together():
    with pytest.raises(SurveyError) as caught:
        Administrators({}).with_password("Anna Müller", "x" * (MINIMUM_LENGTH - 1))
    assert len(caught.value.problems) == 2


def test_somebody_can_be_taken_out(known):
    assert not known.without("anna")
