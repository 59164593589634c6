"""The fingerprint of a page: the same for the same words in the same order, and for nothing else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import ccegov_choice.survey.pages.fingerprint as module
from ccegov_choice.survey.pages.frame import Form
from ccegov_choice.survey.pages.pages import Frame, Pages
from ccegov_choice.survey.steps import Way

FRAME = Frame("en", here="/page/task-1", progress=(3, 9), code="ABCD-EFGH-JKMN", back="/page/x")


def marks(rooms, frame=FRAME, seed="seed", id="task-1", survey=None, answers=None):
    survey = survey or rooms.make_survey()
    way = Way(survey, "1", seed, answers or {})
    return Pages(survey).fingerprint(way.step(id), way, frame)


def test_it_does_not_depend_on_how_far_one_is_or_where_one_came_from(rooms):
    other = replace(FRAME, progress=(5, 9), code="", back="", base="/b", preview=True, here="/")
    assert marks(rooms) == marks(rooms, other)
    assert marks(rooms) == marks(rooms, answers={"about": {"age": "young"}})


def test_it_depends_on_language_view_marks_and_order(rooms):
    found = {
        marks(rooms),
        marks(rooms, replace(FRAME, language="ar")),
        marks(rooms, replace(FRAME, view="table")),
        marks(rooms, replace(FRAME, highlight=False)),
        marks(rooms, seed="another"),
        marks(rooms, id="task-2"),
    }
    assert len(found) == 6


def test_it_depends_on_every_word(rooms):
    survey = rooms.make_survey()
    changed = replace(survey, study=replace(survey.study, question="Which one would you choose?"))
    assert marks(rooms) != marks(rooms, survey=changed)


def test_pages_without_options_are_the_same_in_both_views(rooms):
    tabled = replace(FRAME, view="table")
    assert marks(rooms, id="about") == marks(rooms, tabled, id="about")


def test_it_is_the_same_in_another_process(rooms):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import gallery;"
        "from test_fingerprint import marks; print(marks(gallery))"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.strip() == marks(rooms)


def test_it_depends_on_words_and_templates_of_the_shell(rooms, monkeypatch):
    before = marks(rooms)
    for name in ("shell_words", "template_sources"):
        with monkeypatch.context() as patched:
            other = {"button.continue": "Onward"} if name == "shell_words" else ()
            patched.setattr(module, name, lambda *_, other=other: other)
            module._same_for_all.cache_clear()
            assert marks(rooms) != before
    module._same_for_all.cache_clear()
    assert marks(rooms) == before


def test_pages_are_told_apart_as_their_html_is(rooms):
    """What is rendered and the fingerprint never disagree, over steps, languages and people."""
    survey = rooms.make_survey(status_quo=True)
    pages, seen = Pages(survey), {}
    for seed in ("one", "two"):
        way = Way(survey, "1", seed, {"about": {"wait": 3}})
        for language in survey.languages:
            for view in ("cards", "table"):
                frame = Frame(language, view, here="/")
                for step in way.steps[:-1]:
                    html = pages.step(step, way, frame, Form("", ""))
                    main = html.partition("<main")[2].partition("</main>")[0]
                    mark = pages.fingerprint(step, way, frame)
                    assert seen.setdefault(mark, main) == main
    assert len(set(seen.values())) == len(seen)


def test_levels_of_one_s_own_are_part_of_it(rooms):
    survey = rooms.make_survey(status_quo=True)
    one = marks(rooms, survey=survey, answers={"about": {"wait": 3}})
    assert one != marks(rooms, survey=survey, answers={"about": {"wait": 4}})
