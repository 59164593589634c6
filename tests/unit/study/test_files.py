"""Study files written by hand: short forms, and every mistake with its line and cure."""

import dataclasses
import textwrap
from pathlib import Path

import pytest

from ccegov_choice.errors import FileFormatError, StudyError
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden, Implied
from ccegov_choice.study.files import examine
from ccegov_choice.study.level import Level
from ccegov_choice.study.lines import Positions, positions
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.source import Source
from ccegov_choice.study.study import Study

BY_HAND = """\
id = "claim"
title.cy = "Hawliad"
title.en = "A claim"
languages = ["en", "cy"]
role = "beneficiary"

[[attribute]]
id = "wait"
label = { en = "Wait", cy = "Aros" }
levels = [2, 10.5, { value = 40, label = { en = "Long", cy = "Hir" } }]
unit.en = "day"
unit.cy = "diwrnod"
unit_plural.en = "days"
unit_plural.cy = "diwrnod"
direction = "-"
floor = [40]
tradeable = "above-floor"

[[attribute]]
id = "human"
label = { en = "Person", cy = "Person" }
kind = "ordered"
  [attribute.levels]
  none = { en = "None", cy = "Dim" }
  any = { en = "Any step", cy = "Unrhyw gam" }

[[attribute]]
id = "channel"
label = { en = "Channel", cy = "Sianel" }

  [[attribute.level]]
  id = "web"
  label = { en = "Website", cy = "Gwefan" }
  image = "web.png"
  image_alt = { en = "A screen", cy = "Sgrin" }

  [[attribute.level]]
  id = "phone"
  label = { en = "Phone", cy = "Ffon" }

  [[attribute.source]]
  text = "Somebody 2020"
  checked = false

[opt_out]
id = "stay"
label = { en = "As now", cy = "Fel nawr" }
kind = "status_quo"
levels = { wait = { covariate = "wait_now" }, human = "none", channel = "web" }

[[constraint]]
forbid = { human = "none", channel = ["phone"] }

[[constraint]]
when = { human = "any" }
then = { wait = 2 }
reason = "a matter of staff"

[[covariate]]
id = "wait_now"
label = { en = "Wait now", cy = "Aros nawr" }

[[covariate]]
id = "kids"
label = { en = "Children", cy = "Plant" }
levels = { no = { en = "No", cy = "Na" }, yes = { en = "Yes", cy = "Oes" } }

[[numeraire]]
attribute = "wait"

[declarations]
population = "Adults in Wales"
"""


def _line(text):
    return BY_HAND.split("\n").index(text) + 1


def test_a_file_written_by_hand_reads_as_it_is_meant():
    study = Study.from_toml(BY_HAND)
    wait, human, channel = study.attributes
    assert study.check() == ()
    assert wait.kind == "numeric"
    assert wait.values == (2.0, 10.5, 40.0)
    assert wait.level(10.5).text("cy") == "10.5 diwrnod"
    assert wait.level(40).label == {"en": "Long", "cy": "Hir"}
    assert wait.floor == ("40",)
    assert human.kind == "ordered"
    assert human.level_ids == ("none", "any")
    assert channel.kind == "categorical"
    assert channel.levels[0].image_alt == {"en": "A screen", "cy": "Sgrin"}
    assert channel.sources == (Source("Somebody 2020", checked=False),)
    assert study.opt_out.levels == {
        "wait": FromCovariate("wait_now"),
        "human": "none",
        "channel": "web",
    }
    assert study.constraints == (
        Forbidden({"human": "none", "channel": "phone"}),
        Implied({"human": "any"}, {"wait": 2}, "a matter of staff"),
    )
    assert [c.kind for c in study.covariates] == ["numeric", "categorical"]
    assert study.numeraires == (Numeraire("wait"),)
    assert study.declarations == {"population": "Adults in Wales"}
    assert Study.from_toml(study.to_toml()) == study


def test_wordings_follow_the_order_of_languages_whatever_the_order_in_the_file():
    study = Study.from_toml(BY_HAND)
    assert study.text() == "A claim"
    assert list(study.title) == ["en", "cy"]


def test_labelled_alternatives_with_levels_and_descriptions_come_back():
    study = Study(
        "travel",
        "Travel",
        (
            Attribute.numeric("time", "Time", [10, 20], "minute", "minutes"),
            Attribute("a", "A", "ordered", (Level("x", "X", value=1.0), Level("y", "Y", "Long y"))),
        ),
        alternatives=(
            Alternative("train", "Train", "An express train", levels={"time": 10.0}),
            Alternative("car", "Car"),
        ),
    )
    assert Study.from_toml(study.to_toml()) == study


def test_an_attribute_of_the_library_is_taken_and_changed():
    study = Study.from_toml(
        """
        id = "x"
        title = "X"
        [[attribute]]
        library = "te_decision_days"
        id = "wait"
        levels = [5, 15]
        [[attribute]]
        library = "dr_treatment"
        levels = ["neutral", { id = "polite", label = "Kind" }]
        """
    )
    wait, treatment = study.attributes
    assert wait.library == "te_decision_days"
    assert wait.levels[1].text() == "15 working days"
    assert wait.direction == "-"
    assert [level.text() for level in treatment.levels] == ["Neutral", "Kind"]
    assert treatment.levels[1].description.startswith("Staff are polite")
    assert treatment.id == "dr_treatment"
    again = Study.from_toml(study.to_toml())
    assert again == study
    assert "library" not in study.to_toml().replace("taken_from", "")


WRONG = {
    "unknown key": ('titel = "X"', ":3", "unknown key 'titel' in the study", "'title'"),
    "unknown key of an attribute": (
        '[[attribute]]\nid = "a"\nlevels = [1, 2]\ntradable = "yes"',
        ":6",
        "unknown key 'tradable' in attribute 'a'",
        "Did you mean 'tradeable'?",
    ),
    "unknown key of a level": (
        '[[attribute]]\nid = "a"\n[[attribute.level]]\nid = "x"\ntext = "X"',
        ":7",
        "unknown key 'text' in level 'x' of attribute 'a'",
        "Known: id, label",
    ),
    "number as text": (
        "question = 3",
        ":3",
        "'question' of the study must be text, not 3",
        '"..."',
    ),
    "text as truth": (
        'mandatory = "yes"',
        ":3",
        "must be true or false, not 'yes'",
        "without quotes",
    ),
    "unknown role": ('role = "client"', ":3", "unknown role 'client'", "Known: customer"),
    "languages as number": ("languages = [1]", ":3", "must be a list of texts", '["...", "..."]'),
    "newer file": ("schema = 2", ":3", "schema = 2", "Update ccegov_choice"),
    "unknown direction": (
        '[[attribute]]\nid = "a"\nlevels = [1, 2]\ndirection = "down"',
        ":6",
        "unknown direction 'down' in attribute 'a'",
        "Known: +, -, 0.",
    ),
    "attribute without id": (
        '[[attribute]]\nlabel = "A"\nlevels = [1, 2]',
        ":3",
        "attribute 1 has no 'id'",
        'id = "wait"',
    ),
    "attribute without levels": (
        '[[attribute]]\nid = "a"',
        ":3",
        "attribute 'a' has no 'levels'",
        "levels = [2, 10, 20]",
    ),
    "attributes as one table": (
        '[attribute]\nid = "a"',
        ":3",
        "'attribute' of the study must be a list of tables",
        "[[attribute]]",
    ),
    "levels twice": (
        '[[attribute]]\nid = "a"\nlevels = [1, 2]\n[[attribute.level]]\nid = "b"',
        ":6",
        "attribute 'a' has both 'levels' and 'level'",
        "not both",
    ),
    "levels as text": (
        '[[attribute]]\nid = "a"\nlevels = "low, high"',
        ":5",
        "'levels' of attribute 'a' must be a list",
        "[2, 10, 20]",
    ),
    "quoted number": (
        '[[attribute]]\nid = "a"\nkind = "numeric"\nlevels = [\n  1,\n  "2",\n]',
        ":8",
        "attribute 'a' is numeric, and its level '2' is text",
        "without quotes (2)",
    ),
    "level as truth": (
        '[[attribute]]\nid = "a"\nlevels = [true, false]',
        ":5",
        "a level of attribute 'a' is True",
        "a number, a text, or a table",
    ),
    "level without id": (
        '[[attribute]]\nid = "a"\nlevels = [{ label = "X" }, "b"]',
        ":5",
        "level '?' of attribute 'a' has no 'id'",
        'id = "polite"',
    ),
    "value as text": (
        '[[attribute]]\nid = "a"\nlevels = [{ id = "x", value = "3" }, "b"]',
        ":5",
        "must be a number, not '3'",
        "without quotes",
    ),
    "floor of tables": (
        '[[attribute]]\nid = "a"\nlevels = [1, 2]\nfloor = [[1]]',
        ":6",
        "'floor' of attribute 'a' must be a list of texts",
        "floor =",
    ),
    "unknown library attribute": (
        '[[attribute]]\nlibrary = "te_decision_day"',
        ":4",
        "unknown library attribute 'te_decision_day'",
        "Did you mean 'te_decision_days'?",
    ),
    "source without text": (
        '[[attribute]]\nid = "a"\nlevels = [1, 2]\n[[attribute.source]]\ntitle = "T"',
        ":6",
        "source 1 has no 'text'",
        "Authors year",
    ),
    "opt-out as text": (
        'opt_out = "none"',
        ":3",
        "'opt_out' of the study must be a table",
        "[opt_out]",
    ),
    "fixed level as list": (
        '[opt_out]\nid = "n"\nlevels.wait = [1]',
        ":5",
        "'wait' of levels of the opt-out must be a level",
        "covariate",
    ),
    "constraint of neither kind": (
        '[[constraint]]\nwhen = { a = "x" }',
        ":3",
        "constraint 1 is neither a prohibition nor an implication",
        "forbid =",
    ),
    "constraint on a truth": (
        '[[constraint]]\nforbid = { a = true, b = "x" }',
        ":4",
        "'a' of 'forbid' of constraint 1 must be levels",
        '["one", "two"]',
    ),
    "declaration as number": (
        "[declarations]\npopulation = 2000",
        ":4",
        "'population' of the declarations must be text",
        "in quotes",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_in_a_file_is_named_with_line_and_cure(name):
    extra, line, message, cure = WRONG[name]
    _, problems = examine(f'id = "x"\ntitle = "X"\n{extra}\n', "my/study.toml")
    found = [p for p in problems if message in p.problem]
    assert len(found) == 1, problems
    assert found[0].where == f"my/study.toml{line}"
    assert cure in found[0].cure


SYNTAX = {
    "curly quotes": ("title = “X”", "straight ones"),
    "missing quote": ('title = "X', "quotation mark is missing"),
    "colon": ("title: X", "equals sign"),
    "capital truth": ("mandatory = True", "small letters"),
    "bare text": ("title = A claim", "quotation marks"),
    "twice": ('title = "X"\ntitle = "Y"', "keep one of them"),
    "key of two words": ('the title = "X"', "one word"),
    "unclosed list": ("levels = [1, 2", "brackets"),
}


@pytest.mark.parametrize("name", SYNTAX)
def test_text_that_is_not_toml_is_shown_with_its_line(name):
    text, cure = SYNTAX[name]
    study, problems = examine(f'id = "x"\n{text}', "study.toml")
    assert study is None
    assert len(problems) == 1
    assert problems[0].problem.startswith("this is not TOML: ")
    line = 3 if name == "twice" else 2
    assert problems[0].where == f"study.toml:{line}"
    assert cure in problems[0].cure


def test_mistakes_of_the_file_and_of_the_study_come_together():
    text = textwrap.dedent(
        """\
        id = "x"
        title = "X"
        colour = "blue"
        mandatory = true
        [[attribute]]
        id = "wait"
        levels = [2, 10]
        base = "3"
        [opt_out]
        id = "none"
        label = "None"
        """
    )
    with pytest.raises(StudyError) as error:
        Study.from_toml(text, "study.toml")
    message = str(error.value)
    assert message.startswith("study.toml has 3 problems:")
    assert "study.toml:3: unknown key 'colour'" in message
    assert "study.toml:8: unknown base level of 'wait' '3'" in message
    assert "study.toml:9: the study is about a duty" in message


def test_a_readable_study_with_problems_is_returned_and_check_names_lines():
    text = BY_HAND.replace("value = 40", "value = 4").replace("floor = [40]", "floor = [41]")
    study = Study.from_toml(text, "study.toml")
    places = {problem.where for problem in study.check()}
    assert places == {"study.toml:10", "study.toml:16"}


def test_changed_copies_do_not_name_lines_of_the_old_file():
    study = dataclasses.replace(Study.from_toml(BY_HAND), mandatory=True, role="duty")
    assert [problem.where for problem in study.check()] == ["role"]


def test_files_are_read_and_written(tmp_path: Path):
    path = tmp_path / "deep" / "study.toml"
    study = Study.from_toml(BY_HAND)
    assert study.write(path) == path
    (path.parent / "web.png").write_bytes(b"")
    again = Study.read(path)
    assert again == study
    assert again.check() == ()


def test_a_picture_that_is_not_there_is_found(tmp_path: Path):
    path = tmp_path / "study.toml"
    path.write_text(BY_HAND, encoding="utf-8")
    (problem,) = Study.read(path).check()
    assert "there is no such file" in problem.problem
    assert problem.where == f"{path}:{_line('  [[attribute.level]]')}"


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(FileFormatError, match="no such file"):
        Study.read(tmp_path / "study.toml")


def test_windows_line_ends_and_byte_order_marks_are_read(tmp_path: Path):
    path = tmp_path / "study.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BY_HAND.replace("\n", "\r\n").encode())
    study = Study.read(path)
    assert study == Study.from_toml(BY_HAND)
    assert study.positions.where("opt_out") == f"{path}:{_line('[opt_out]')}"


def test_lines_are_found_in_every_form_of_toml():
    text = textwrap.dedent(
        '''\
        # a comment with = and [brackets]
        a.b = "x # not a comment"
        "quoted key" = \'literal \\\'
        long = """
        two
        lines \\""" still"""
        other = \'\'\'
        it\'s\'\'\'
        list = [
          1, # one
          { x = 1, y = [2,
             3] },
        ]
        [t.u]
        k = 1979-05-27T07:32:00Z
        [[many]]
        [many.sub]
        k = true
        [[many]]
        "\\u00e9" = -1.5e3
        '''
    )
    found = positions(text, "f").lines
    expected = {
        ("a", "b"): 2,
        ("quoted key",): 3,
        ("long",): 4,
        ("other",): 7,
        ("list",): 9,
        ("list", 0): 10,
        ("list", 1): 11,
        ("list", 1, "y", 1): 12,
        ("t", "u"): 14,
        ("t", "u", "k"): 15,
        ("many", 0): 16,
        ("many", 0, "sub", "k"): 18,
        ("many", 1): 19,
        ("many", 1, "é"): 20,
    }
    assert {path: found[path] for path in expected} == expected


def test_text_that_breaks_off_keeps_the_lines_found_so_far():
    assert positions('a = 1\nb = "open', "f").lines == {("a",): 1, ("b",): 2}


def test_a_part_without_line_is_found_by_what_holds_it():
    places = Positions("f", {("a", 1): 5})
    assert places.where("a", 1, "x", "y") == "f:5"
    assert places.where("b") == "f"
