"""Citizens: who they are follows from seed and number; what they value from the one encoder."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.errors import SurveyError
from ccegov_choice.models.tastes import ClassTaste
from ccegov_choice.study.alternative import Alternative, FromCovariate
from ccegov_choice.survey.task import Offer, Task, Tasks
from ccegov_choice.walk.citizens import draw_citizens
from ccegov_choice.walk.people import People


def plain(survey, **coefficients):
    """Everybody has the same tastes; what is not named is worth nothing."""
    names = People({}).utility(survey).names
    return {name: float(coefficients.get(name, 0.0)) for name in names}


def test_a_citizen_is_the_same_however_many_there_are(survey, people):
    few = draw_citizens(survey, people, 3, seed=7)
    many = draw_citizens(survey, people, 40, seed=7)
    kept = draw_citizens(survey, people, 40, seed=7, keep=(2, 40))
    for a, b in zip(few, many[:3], strict=True):
        assert (a.number, a.known, a.replies, a.worth) == (b.number, b.known, b.replies, b.worth)
    assert [one.number for one in kept] == [2, 40]
    assert kept[1].worth == many[39].worth
    assert draw_citizens(survey, people, 3, seed=8)[0].worth != few[0].worth


def test_types_come_by_their_shares(survey, people):
    """2,000 citizens, shares 0.40, 0.35, 0.25: 4.5 standard errors are below 0.05."""
    kinds = Counter(c.known["true_class"] for c in draw_citizens(survey, people, 2000, seed=3))
    for name, (share, _) in people.truth.classes.items():
        assert abs(kinds[name] / 2000 - share) < 0.05


def test_worth_is_taste_times_code_plus_a_gumbel_error(survey):
    """The mean of 3,000 Gumbel errors is Euler's constant within 5 standard errors (0.117)."""
    truth = plain(survey, te_decision_days=-0.1, **{"ac_channel[letter]": -2.0})
    citizens = draw_citizens(survey, People(truth), 3000, seed=1)
    for task in survey.tasks.tasks[:3]:
        for offer in task.offers:
            if not offer.levels:
                value = 0.0
            else:
                value = -0.1 * float(offer.levels["te_decision_days"])
                value -= 2.0 * (offer.levels["ac_channel"] == "letter")
            errors = [c.worth[task.id][offer.alternative] - value for c in citizens]
            assert abs(np.mean(errors) - np.euler_gamma) < 0.117
            worst = [c.spoiled[task.id][offer.alternative] + value for c in citizens]
            assert abs(np.mean(worst) - np.euler_gamma) < 0.117


def test_tastes_may_depend_on_what_people_answer(survey):
    people = People(
        {"te_decision_days:low_income": -1.0},
        formula="te_decision_days:low_income",
        answers={"low_income": {"yes": 0.5, "no": 0.5}},
    )
    task = survey.tasks.tasks[0]
    days = float(task.offers[0].levels["te_decision_days"])
    values = {"yes": [], "no": []}
    for citizen in draw_citizens(survey, people, 600, seed=2):
        worth = citizen.worth[task.id][task.offers[0].alternative]
        values[citizen.replies["low_income"]].append(worth)
    assert np.mean(values["no"]) - np.mean(values["yes"]) == pytest.approx(days, abs=0.6)


def test_a_level_of_ones_own_is_what_one_answered(survey):
    today = Alternative(
        "today",
        "As it is",
        kind="status_quo",
        levels={"te_decision_days": FromCovariate("certainty")},
    )
    study = replace(survey.study, opt_out=today)
    offers = (
        survey.tasks.tasks[0].offers[0],
        Offer("today", "status_quo", {}, {"te_decision_days": "certainty"}),
    )
    tasks = Tasks((Task("1", "1", offers),), "0" * 64)
    own = replace(survey, study=study, tasks=tasks)
    people = People({"te_decision_days": -10.0}, formula="te_decision_days")
    citizens = draw_citizens(own, people, 200, seed=4)
    points = pd.Series([float(c.replies["certainty"]) for c in citizens])
    worth = pd.Series([c.worth["1"]["today"] for c in citizens])
    slope = np.polyfit(points, worth, 1)[0]
    assert slope == pytest.approx(-10.0, abs=0.3)


def test_a_utility_over_what_nobody_is_asked_is_refused(survey):
    asked = tuple(replace(page, questions=()) for page in survey.pages)
    people = People({"te_decision_days:low_income": 1.0}, formula="te_decision_days:low_income")
    with pytest.raises(SurveyError, match="low_income"):
        draw_citizens(replace(survey, pages=asked), people, 2, seed=1)


def test_languages_and_views_come_by_their_shares(survey):
    truth = ClassTaste({"all": (1.0, plain(survey))})
    people = People(truth, languages={"en": 0.5, "ar": 0.5}, views={"table": 1.0})
    citizens = draw_citizens(survey, people, 60, seed=1)
    assert {c.language for c in citizens} == {"en", "ar"}
    assert {c.view for c in citizens} == {"table"}
