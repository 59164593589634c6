"""Whatever stands in a survey's files, reading and checking end in problems and never in a crash."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccegov_choice.errors import ChoiceError
from ccegov_choice.survey.checking.check import advice_of, problems_of
from ccegov_choice.survey.reading.survey_file import examine

ROOT = Path(__file__).parents[2]
FILES = ("survey.toml", "pages/about-you.md", "pages/warm-up.md", "pages/budget.md")
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12),
    st.lists(st.integers(), max_size=2),
    st.just([{}]),
    st.just([{"id": "a"}, {"id": "a"}]),
    st.just({"a": {"b": 1}}),
    st.just({}),
)


def written(value):
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def places(value, path=()):
    """Yield the path of every value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        yield from places(item, (*path, key))


def changed(content, path, value):
    """Put a value, or nothing at all (None), in the place of another."""
    inside = content
    for key in path[:-1]:
        inside = inside[key]
    if value is None:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return content


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    base = tmp_path_factory.mktemp("surveys")
    shutil.copytree(ROOT / "surveys" / "channels", base / "surveys" / "channels")
    wanted = base / "designs" / "channel-choice"
    shutil.copytree(
        ROOT / "designs" / "channel-choice", wanted, ignore=shutil.ignore_patterns("*.html")
    )
    return base / "surveys" / "channels"


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(FILES), st.data())
def test_odd_files_end_in_problems_and_not_in_a_crash(folder, name, data):
    file = folder / name
    before = file.read_text(encoding="utf-8")
    front, fence, body = before, "", ""
    if name.endswith(".md"):
        _, front, body = before.split("+++\n", 2)
        fence = "+++\n"
    content = tomllib.loads(front)
    path = data.draw(st.sampled_from(list(places(content))))
    content = changed(content, path, data.draw(odd))
    lines = "".join(f"{key} = {written(value)}\n" for key, value in content.items())
    file.write_text(f"{fence}{lines}{fence}{body}", encoding="utf-8")
    try:
        survey, problems = examine(folder)
        if survey is not None:
            found = [*problems, *problems_of(survey), *advice_of(survey)]
            assert all(problem.problem and problem.cure for problem in found)
            assert isinstance(repr(survey), str)
    except ChoiceError as error:
        pytest.fail(f"raised instead of listed: {error}")
    finally:
        file.write_text(before, encoding="utf-8")
