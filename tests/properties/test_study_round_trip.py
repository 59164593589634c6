"""Any study survives the way to TOML and back, and every key is found on its line."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import CODINGS, DIRECTIONS, KINDS, TRADEABLE, Attribute
from ccegov_choice.study.constraint import Forbidden, Implied
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.lines import positions
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.source import Source
from ccegov_choice.study.study import ROLES, Study

LANGUAGES = ["en", "cy", "fr-CA", "ar"]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
texts = words | st.dictionaries(st.sampled_from(LANGUAGES), words, max_size=3)
numbers = st.floats(allow_nan=False) | st.integers(-1000, 1000)
cells = words | numbers
ids = st.sampled_from(["wait", "human", "fee", "größe", "x y", ""]) | words
names = st.lists(ids, max_size=3).map(tuple)

levels = st.builds(
    Level,
    id=ids,
    label=texts,
    description=texts,
    image=st.none() | words,
    image_alt=st.none() | texts,
    value=st.none() | numbers,
)
level_sets = st.dictionaries(ids, st.lists(cells, max_size=3), max_size=3)
constraints = st.builds(Forbidden, level_sets, words) | st.builds(
    Implied, level_sets, level_sets, words
)
sources = st.builds(Source, words, words, words, words, st.booleans())
more = {
    "definition": texts,
    "base": st.none() | ids,
    "direction": st.sampled_from(DIRECTIONS),
    "tradeable": st.sampled_from(TRADEABLE),
    "floor": names,
    "coding": st.none() | st.sampled_from(CODINGS),
    "alternatives": st.none() | names,
    "money": st.booleans(),
    "survey_item": words,
    "indicator": words,
    "sources": st.lists(sources, max_size=2),
    "library": st.none() | words,
}
attributes = (
    st.builds(
        Attribute,
        ids,
        texts,
        st.sampled_from(KINDS),
        st.lists(levels, max_size=4),
        unit=texts,
        unit_plural=texts,
        **more,
    )
    | st.builds(Attribute.numeric, ids, texts, st.lists(numbers, max_size=4), words, words, **more)
    | st.builds(Attribute.ordered, ids, texts, st.lists(ids, max_size=4), **more)
)
fixed_levels = st.dictionaries(ids, cells | st.builds(FromCovariate, words), max_size=3)


def alternatives(*kinds):
    return st.builds(
        Alternative, ids, texts, texts, st.sampled_from(kinds), st.none() | fixed_levels
    )


covariates = st.builds(
    Covariate,
    ids,
    texts,
    st.sampled_from(KINDS),
    st.lists(levels, max_size=3),
    texts,
    st.none() | ids,
    texts,
)
studies = st.builds(
    Study,
    ids,
    texts,
    st.lists(attributes, max_size=4),
    alternatives=st.lists(alternatives("labelled", "opt_out"), max_size=3),
    opt_out=st.none() | alternatives("opt_out", "status_quo"),
    constraints=st.lists(constraints, max_size=3),
    covariates=st.lists(covariates, max_size=3),
    numeraires=st.lists(
        st.builds(Numeraire, ids, st.none() | texts, st.none() | words), max_size=2
    ),
    languages=st.lists(st.sampled_from(LANGUAGES), max_size=3),
    question=texts,
    context=texts,
    role=st.sampled_from(ROLES),
    mandatory=st.booleans(),
    declarations=st.dictionaries(words, words, max_size=3),
)


@settings(deadline=None)
@given(studies)
def test_a_study_comes_back_equal_from_its_toml(study):
    text = study.to_toml()
    back = Study.from_toml(text)
    assert back == study
    assert back.sha256 == Study.from_toml(back.to_toml()).sha256


@settings(deadline=None)
@given(studies)
def test_checking_never_fails_whatever_the_study(study):
    for problem in study.check():
        assert problem.problem
        assert problem.cure
        assert problem.where
    assert repr(study)


@settings(deadline=None)
@given(studies)
def test_every_key_is_found_on_the_line_where_it_stands(study):
    text = study.to_toml()
    lines = text.split("\n")
    found = positions(text, "study.toml").lines
    for path in _paths(tomllib.loads(text)):
        assert path in found, path
    for index in range(len(study.attributes)):
        assert lines[found["attribute", index] - 1] == "[[attribute]]"
        assert lines[found["attribute", index, "id"] - 1].startswith("id = ")
        assert lines[found["attribute", index, "direction"] - 1].startswith("direction = ")


def _paths(value, path=()):
    """Yield the path of every key and list item of a TOML document."""
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return
    for key, inside in items:
        yield (*path, key)
        yield from _paths(inside, (*path, key))
