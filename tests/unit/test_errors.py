"""Messages are written for people: problem, place and cure, all of them at once."""

import pytest

from ccegov_choice.errors import (
    ChoiceError,
    DataError,
    Problem,
    StudyError,
    UtilityError,
    unknown_name,
)


def test_one_problem_reads_as_place_problem_cure():
    error = StudyError("the base level is unknown", where="study.toml:12", cure="Use 'web'.")
    assert str(error) == "study.toml:12: the base level is unknown\n    -> Use 'web'."
    assert error.problems == (Problem("the base level is unknown", "Use 'web'.", "study.toml:12"),)


def test_many_problems_are_all_listed_and_counted():
    problems = [Problem(f"problem {i}", f"cure {i}") for i in range(3)]
    error = DataError.of(problems, "{count} things are wrong:")
    text = str(error)
    assert text.startswith("3 things are wrong:\n1. problem 0")
    assert all(f"cure {i}" in text for i in range(3))
    assert error.problems == tuple(problems)


def test_a_single_problem_needs_no_headline():
    error = DataError.of([Problem("bad", "mend it", "row 3")], "{count} problems")
    assert str(error) == "row 3: bad\n    -> mend it"


def test_a_cure_is_required():
    with pytest.raises(TypeError):
        ChoiceError("something is wrong")  # type: ignore[call-arg]


def test_an_unknown_name_gets_the_nearest_and_all_known():
    problem = unknown_name("dignty", ["wait", "dignity"], "attribute")
    assert problem.problem == "unknown attribute 'dignty'"
    assert problem.cure == "Did you mean 'dignity'? Known: wait, dignity."


def test_an_unknown_name_without_neighbours_lists_what_exists():
    assert unknown_name("zzz", [], "covariate").cure == "Known: none is defined."
    long = unknown_name("zzz", [f"a{i}" for i in range(50)], "level").cure
    assert "a39, ... 10 more" in long


def test_every_error_can_be_caught_as_one():
    assert issubclass(UtilityError, ChoiceError)
