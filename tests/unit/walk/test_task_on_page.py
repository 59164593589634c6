"""The task behind a page is told by its words; a page that says something else is found out."""

from dataclasses import replace

import pytest

from ccegov_choice.errors import SurveyError
from ccegov_choice.survey.pages.frame import Form, Frame
from ccegov_choice.survey.pages.pages import Pages
from ccegov_choice.survey.settings import DONT_KNOW
from ccegov_choice.survey.steps import Way
from ccegov_choice.survey.task import Tasks
from ccegov_choice.walk.html_form import read_forms
from ccegov_choice.walk.task_on_page import TaskReader


def shown(survey, view="cards", block="1", seed="s"):
    """Yield task, page and names in the page's order, for every task of a block."""
    pages, way = Pages(survey), Way(survey, block, seed, {})
    for step in way.steps:
        if step.kind == "task":
            frame = Frame("en", view, here=f"/page/{step.id}", code="ABCD-EFGH-JKMN")
            page = pages.step(step, way, frame, Form(f"/page/{step.id}", "nonce"))
            form = next(form for form in read_forms(page) if form.method == "post")
            names = [n for n in (*form.choices("chosen"), *form.choices("best")) if n != DONT_KNOW]
            names = names or [n.partition(".")[2] for n in form.names if "." in n]
            yield step.task.id, page, tuple(names)


@pytest.mark.parametrize("view", ["cards", "table"])
@pytest.mark.parametrize("response", ["choice", "best-worst", "ranking", "rating"])
def test_every_task_is_recognised(survey, view, response):
    settings = replace(survey.task_settings, response=response)
    asked = replace(survey, task_settings=settings)
    reader = TaskReader(asked, "en")
    found = [(task, reader.tasks(page, names)) for task, page, names in shown(asked, view, "3")]
    assert len(found) == 8
    assert all(tasks == (task,) for task, tasks in found)


def test_a_wrong_level_on_a_page_is_found_out(survey):
    reader = TaskReader(survey, "en")
    _, page, names = next(shown(survey))
    days = next(t for t in ("2 working days", "10 working days", "40 working days") if t in page)
    with pytest.raises(SurveyError, match="no task of the design shows"):
        reader.tasks(page.replace(days, "20 working days"), names)
    with pytest.raises(SurveyError, match="which the design never shows"):
        reader.tasks(page.replace(days, "3 working days"), names)


def test_options_under_the_wrong_names_are_found_out(survey):
    reader = TaskReader(survey, "en")
    _, page, names = next(shown(survey))
    with pytest.raises(SurveyError, match="no task"):
        reader.tasks(page, (names[1], names[0], *names[2:]))


def test_a_repeated_task_fits_more_than_one(survey):
    first = survey.tasks.tasks[0]
    tasks = (*survey.tasks.tasks, replace(first, id="99"))
    repeated = replace(survey, tasks=Tasks(tasks, survey.tasks.sha256))
    found = {t: TaskReader(repeated, "en").tasks(p, n) for t, p, n in shown(repeated)}
    assert found[first.id] == found["99"] == (first.id, "99")
