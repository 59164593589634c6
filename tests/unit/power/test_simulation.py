"""Simulated power: the same in any number of processes, kept on disk, failures counted."""

import json

import numpy as np
import pytest

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.errors import ChoiceWarning
from ccegov_choice.models.tastes import ClassTaste
from ccegov_choice.power import simulation
from ccegov_choice.power.groups import Group
from ccegov_choice.power.plan import plan_sample
from ccegov_choice.power.settings import FieldConditions, Simulation
from ccegov_choice.power.ztest import z_power

TRADES = [("help: none -> person", "wait")]


GROUPS = {"age": {"young": Group(0.5), "old": Group(0.5, {"help[person]": 0.8})}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def plan(design, model, truth, folder):
    return simulated(design, model, truth, cache=folder)


def simulated(design, model, truth, people=(60, 120), **options):
    return plan_sample(
        design,
        model,
        truth,
        people=people,
        trades=TRADES,
        groups=GROUPS,
        simulation=Simulation(20, **options),
        seed=3,
    )


def test_two_processes_find_the_same_as_one(design, model, truth, plan):
    heard = []
    again = simulated(
        design,
        model,
        truth,
        [60],
        workers=2,
        progress=lambda done, total: heard.append((done, total)),
    )
    for answer in again.answers:
        assert answer.at[0] == plan.answer(answer.name).at[0]
    assert heard == [(5, 20), (10, 20), (15, 20), (20, 20)]


def test_a_number_of_people_does_not_depend_on_the_others(design, model, truth, plan):
    alone = plan_sample(
        design, model, truth, people=[120], trades=[], simulation=Simulation(20), seed=3
    )
    for answer in alone.answers:
        assert answer.at[0] == plan.answer(answer.name).at[1]


def test_powers_and_errors_are_near_the_formula(design, model, truth, plan):
    """20 surveys: four binomial errors, 14 questions, fails once in about 1,000 seeds."""
    told = plan_sample(design, model, truth, people=[60, 120], trades=TRADES, groups=GROUPS)
    for answer in plan.answers:
        for one, other in zip(answer.at, told.answer(answer.name).at, strict=True):
            sd = np.sqrt(max(other.power * (1 - other.power), 0.02) / 20)
            assert abs(one.power - other.power) < 4 * sd
            assert one.monte_carlo_error > 0


def test_it_is_said_how_sure_a_power_is(plan):
    assert "20 surveys were simulated" in str(plan)
    assert "percentage points" in str(plan)
    assert plan.method == "simulation"
    assert plan.to_dict()["replications"] == 20


def test_the_people_needed_come_near_those_of_the_formula(design, model, truth, plan):
    """A mean of 40 statistics: the error of ``k sqrt(n)`` is 0.16 of 2.8, so of ``n`` 12 %."""
    told = plan_sample(design, model, truth, trades=[]).answer("wait").needed
    assert np.log(plan.answer("wait").needed / told) == pytest.approx(0.0, abs=4 * 0.15)


def test_kept_surveys_are_not_simulated_again(design, model, truth, plan, folder, monkeypatch):
    assert len(list(folder.iterdir())) == 2
    monkeypatch.setattr(simulation, "replicate_many", lambda *a: pytest.fail("simulated again"))
    heard = []
    again = simulated(
        design, model, truth, cache=folder, progress=lambda done, total: heard.append(done)
    )
    assert again.to_dict() == plan.to_dict()
    assert heard == [40]
    # anything else is another call
    with pytest.raises(pytest.fail.Exception):
        simulated(design, model, truth | {"wait": -0.06}, cache=folder)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text[:200], "not valid JSON"),
        (lambda text: text.replace("simulated power", "results"), "not a simulated power file"),
        (lambda text: text.replace("1.0", "0.0"), "changed after it was written"),
        (lambda text: json.dumps({"kind": "simulated power", "schema": 1}), "lacks 'key'"),
        (lambda text: json.dumps({"kind": "simulated power", "schema": 9}), "format 9 is newer"),
    ],
)
def test_a_damaged_or_foreign_file_is_not_trusted(
    design, model, truth, tmp_path, monkeypatch, damage, words
):
    def plan_again():
        return plan_sample(design, model, truth, people=[60], trades=[], simulation=options, seed=3)

    options = Simulation(20, cache=tmp_path)
    monkeypatch.setattr(simulation, "replicate_many", fake_surveys)
    first = plan_again()
    (file,) = tmp_path.iterdir()
    file.write_text(damage(file.read_text()))
    with pytest.warns(ChoiceWarning, match=words):
        again = plan_again()
    assert again.to_dict() == first.to_dict()
    assert plan_again().to_dict() == first.to_dict()  # mended, without a warning


def fake_surveys(survey, people, which):
    tests = np.ones((len(which), len(survey.questions), 3))
    tests[:, :, 0] = 3.0
    return tests


def test_surveys_without_an_estimate_are_counted(design, model, truth):
    plan = plan_sample(design, model, truth, people=[2], simulation=Simulation(20), seed=1)
    failed = [answer.at[0].failed for answer in plan.answers]
    assert min(failed) > 0
    assert "gave no estimate" in str(plan)
    for answer in plan.answers:
        assert answer.at[0].power <= 1 - answer.at[0].failed / 20


def test_where_nothing_is_ever_estimated_there_is_no_error(design, model, truth, monkeypatch):
    def nothing(survey, people, which):
        tests = np.full((len(which), len(survey.questions), 3), np.nan)
        tests[:, :, 2] = 0.0
        return tests

    monkeypatch.setattr(simulation, "replicate_many", nothing)
    plan = plan_sample(design, model, truth, people=[60], simulation=Simulation(20))
    assert plan.answers[0].at[0].std_error is None
    assert plan.answers[0].needed is None
    assert plan.answers[0].at[0].failed == 20
    assert "no simulated survey gave an estimate" in str(plan)


def test_people_who_answer_by_lot_and_classes_are_simulated(design, model, truth):
    classes = ClassTaste({"a": (0.5, truth), "b": (0.5, truth | {"help[person]": 1.5})})
    field = FieldConditions(inattentive=0.3, dropout=0.5)
    told = plan_sample(design, model, classes, people=[400], field=field)
    seen = plan_sample(
        design, model, classes, people=[400], field=field, simulation=Simulation(20), seed=1
    )
    for one, other in zip(seen.answers, told.answers, strict=True):
        # the median of 20 standard errors; they vary little from survey to survey
        assert one.at[0].std_error == pytest.approx(other.at[0].std_error, rel=0.1)


def test_needed_is_read_off_the_statistics():
    """Fake surveys whose statistic is 0.2 sqrt(n): (2.8016 / 0.2)^2 people."""
    from ccegov_choice.power.question import Question
    from ccegov_choice.power.settings import Goal
    from ccegov_choice.power.simulation import Simulated, answer_by_simulation

    rng = np.random.default_rng(1)
    runs = []
    for people in (25, 400):
        z = 0.2 * np.sqrt(people) + rng.standard_normal(4000)
        tests = np.stack([z, np.ones(4000), np.abs(z) > 1.959964], axis=-1)[:, None, :]
        runs.append(Simulated(people, tests))
    # the mean of 8,000 statistics; the power curve of 4,000 surveys at 25 people
    for kind, width in (("coefficient", 0.02), ("trade", 0.15)):
        question = Question(kind, "x", "x", np.ones(1))
        answer = answer_by_simulation(question, 0, 1.0, runs, Goal())
        assert answer.needed == pytest.approx(196.2, rel=width)
        assert answer.at[0].power == pytest.approx(float(z_power(1.0, 0.95)), abs=4 * 0.006)


def test_under_a_prior_each_survey_has_a_truth_of_its_own(design, model, truth, monkeypatch):
    seen = []

    def spy(survey, people, which):
        seen.extend(survey._truth(r)["wait"] for r in which)
        return fake_surveys(survey, people, which)

    monkeypatch.setattr(simulation, "replicate_many", spy)
    prior = Prior.normal(model.utility, truth, sd=0.01)
    plan = plan_sample(design, model, prior, people=[60], simulation=Simulation(200))
    # 200 points of a Sobol sequence: far more even than 200 draws by lot
    assert np.mean(seen) == pytest.approx(-0.05, abs=4 * 0.01 / np.sqrt(200))
    assert np.std(seen) == pytest.approx(0.01, rel=0.1)
    assert plan.needed == plan_sample(design, model, prior, people=[60]).needed
    assert "people needed is that of the formula" in str(plan)
