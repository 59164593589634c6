"""The fingerprint of a page: the same for the same words in the same order, and for nothing else."""

from __future__ import annotations

from dataclasses import replace

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


def test_levels_of_one_s_own_are_part_of_it(rooms):
    survey = rooms.make_survey(status_quo=True)
    one = marks(rooms, survey=survey, answers={"about": {"wait": 3}})
    assert one != marks(rooms, survey=survey, answers={"about": {"wait": 4}})
