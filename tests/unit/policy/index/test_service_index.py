from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import PolicyError
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.population.population import Population
from ccegov_choice.policy.index.ranks import rank_limits, ranks
from ccegov_choice.policy.index.service_index import service_index
from ccegov_choice.study.utility import Utility


@pytest.fixture
def offices():
    return pd.DataFrame(
        {
            "unit": ["north", "south", "east", "tiny"],
            "wait": [2.0, 21.0, 40.0, 2.0],
            "help": ["person", "chat", "none", "person"],
            "cases": [50, 60, 70, 9],
        }
    )


def test_weights_and_index_by_hand(plain, offices):
    found = service_index(plain, offices, draws=200)  # nobody says how many cases: all are shown
    named = dict(zip(plain.utility.names, plain.utility_estimates, strict=True))
    wait, person = -38 * named["wait"], named["help[person]"]
    weights = {item.attribute: item.weight.value for item in found.weights}
    assert weights["wait"] == pytest.approx(wait / (wait + person))
    assert weights["help"] == pytest.approx(person / (wait + person))
    values = {unit.name: unit.value.value for unit in found.units}
    assert values["north"] == pytest.approx(1.0)
    assert values["east"] == pytest.approx(0.0)
    assert values["south"] == pytest.approx(0.5)
    assert [unit.name for unit in found.units] == ["north", "tiny", "south", "east"]


def test_small_units_are_withheld(plain, offices):
    found = service_index(plain, offices, cases="cases", draws=200)
    tiny = found.units[-1]
    assert tiny.name == "tiny"
    assert isinstance(tiny.value, Absent)
    assert isinstance(tiny.rank, Absent)
    assert tiny.cases is None
    assert "fewer than 10 cases are withheld" in repr(found.table())
    # it takes no rank away from others, and no number of it leaves
    assert [int(rank.value) for _, _, rank in found.ranked] == [1, 2, 3]
    assert found.to_frame().iloc[-1].drop("unit").isna().all()
    assert "tiny" not in {row.label for row in found.chart().rows}


def test_the_index_does_not_depend_on_the_scale_of_utility(plain, offices):
    louder = replace(
        plain, estimates=3 * plain.estimates, hessian=plain.hessian / 9, scores=plain.scores / 3
    )
    a, b = (service_index(model, offices, draws=200) for model in (plain, louder))
    for one, other in zip(a.units, b.units, strict=True):
        assert one.value.value == pytest.approx(other.value.value, rel=1e-9)
        assert one.value.low == pytest.approx(other.value.low, rel=1e-6, abs=1e-12)


def test_a_better_service_never_scores_less(plain, personal, data, offices):
    for model, people in ((plain, None), (personal, data)):
        before = service_index(model, offices, people=people, draws=100)
        better = offices.assign(wait=offices["wait"].clip(upper=30.0), help="person")
        after = service_index(model, better, people=people, draws=100)
        old = {unit.name: unit.value.value for unit in before.units}
        new = {unit.name: unit.value.value for unit in after.units}
        assert all(new[name] >= old[name] - 1e-12 for name in old)
        assert all(0 <= value <= 1 for value in [*old.values(), *new.values()])


def test_people_who_differ_are_averaged(personal, data, offices):
    found = service_index(personal, offices, people=data, draws=100)
    names = personal.utility.names
    theta = dict(zip(names, personal.utility_estimates, strict=True))
    frame = data.frame.iloc[data.person_rows]
    share = np.average(frame["poor"] == "yes", weights=frame["weight"])
    expected = 0.0
    for poor, weight in ((0.0, 1 - share), (1.0, share)):
        extra = next(v for n, v in theta.items() if n.startswith("wait:"))
        wait = -38 * (theta["wait"] + poor * extra)
        expected += weight * wait / (wait + theta["help[person]"])
    weight = next(i.weight.value for i in found.weights if i.attribute == "wait")
    assert weight == pytest.approx(expected)


def test_who_prefers_the_worst_level_is_told(plain, offices):
    found = service_index(
        plain, offices.drop(columns="help"), ends={"wait": (40.0, 2.0)}, draws=100
    )
    assert found.weights[0].opposite == 0.0
    both = service_index(plain, offices, ends={"wait": (2.0, 40.0)}, draws=100)
    waiting = next(item for item in both.weights if item.attribute == "wait")
    assert waiting.opposite == 1.0
    assert waiting.weight.value == 0.0
    assert "prefer the worst level of wait" in " ".join(both.notes)
    with pytest.raises(PolicyError, match="nobody is better off"):
        service_index(plain, offices.drop(columns="help"), ends={"wait": (2.0, 40.0)}, draws=100)


def test_errors_of_measures_widen_the_intervals(plain, offices):
    exact = service_index(plain, offices, draws=500)
    loose = service_index(plain, offices.assign(wait_se=4.0), draws=500)
    pairs = [
        (u.value.high - u.value.low, v.value.high - v.value.low)
        for u, v in zip(exact.units, loose.units, strict=True)
        if u.name == "south"
    ]
    assert all(wide > narrow for narrow, wide in pairs)
    assert "taken as exact" in " ".join(exact.notes)
    assert "taken as exact" not in " ".join(loose.notes)


def test_a_measure_may_be_a_share(plain, offices):
    found = service_index(plain, offices.assign(help=[1.0, 0.5, 0.0, 1.0]), draws=100)
    assert {u.name: u.value.value for u in found.units}["south"] == pytest.approx(0.5)


def test_beyond_the_levels_is_refused_or_held(plain, offices):
    beyond = offices.assign(wait=[1.0, 21.0, 60.0, 2.0])
    with pytest.raises(PolicyError, match="north, east"):
        service_index(plain, beyond)
    found = service_index(plain, beyond, hold=True, draws=100)
    assert "held there: north, east" in " ".join(found.notes)
    assert found.units[0].value.value == pytest.approx(1.0)


def test_all_problems_are_told_at_once(plain, offices):
    bad = offices.assign(unit="one", wait_se="wide", help=["person", "chat", "friend", None])
    with pytest.raises(PolicyError) as told:
        service_index(plain, bad, cases="caces", ends={"wate": (1, 2), "help": ("x", "y")})
    assert len(told.value.problems) == 6
    with pytest.raises(PolicyError, match="unknown level 'friend'"):
        service_index(plain, offices.assign(help=["person", "chat", "friend", "none"]))
    with pytest.raises(PolicyError, match="no column has the name of an attribute"):
        service_index(plain, offices[["unit"]])
    with pytest.raises(PolicyError) as told:
        service_index(plain, offices, level=2, draws=5, minimum=0, alternative="bus")
    assert len(told.value.problems) == 4


def test_it_shows_itself(plain, offices):
    found = service_index(plain, offices, cases="cases", draws=100)
    assert "<svg" in found._repr_html_()
    assert "'north' scores 100 of 100 points" in found.sentence()
    assert "What counts how much" in repr(found)
    none = service_index(plain, offices.assign(cases=3), cases="cases", draws=100)
    assert "nothing is ranked" in none.sentence()
    assert none.ranked == ()
    assert none.chart().rows[0].value is None


def test_ranks_by_hand():
    assert ranks(np.array([0.2, 0.9, 0.9])).tolist() == [3, 1, 1]
    # the first two cannot be told apart, the third surely is below both
    rng = np.random.default_rng(1)
    values = np.array([1.0, 0.95, 0.0])
    best, worst = rank_limits(values, values + 0.1 * rng.standard_normal((2_000, 3)), 0.95)
    assert best.tolist() == [1, 1, 3]
    assert worst.tolist() == [2, 2, 3]
    # draws that move together say all there is to say
    sure, _ = rank_limits(values, values + rng.standard_normal((100, 1)), 0.95)
    assert sure.tolist() == [1, 2, 3]


def test_limits_are_estimates(plain, offices):
    found = service_index(plain, offices, draws=100)
    assert all(isinstance(unit.value, Estimate) for unit in found.units)
    assert all(v.low <= v.value <= v.high for _, v, _ in found.ranked)
    assert all(r.low <= r.value <= r.high for _, _, r in found.ranked)


def test_classes_of_people_are_averaged_by_their_shares(study, data, offices):
    mixture = LatentClass(Utility("wait + help + asc", study), classes=2).fit(data)
    found = service_index(mixture, offices, draws=100)
    points = Population.of(mixture).points()
    expected = 0.0
    for theta, share in zip(points.coefficients[0], points.chances[0], strict=True):
        named = dict(zip(mixture.utility.names, theta, strict=True))
        wait, person = max(-38 * named["wait"], 0.0), max(named["help[person]"], 0.0)
        expected += share * wait / (wait + person)
    weight = next(i.weight.value for i in found.weights if i.attribute == "wait")
    assert weight == pytest.approx(expected)
