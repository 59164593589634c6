"""Probabilities and their responses, against definitions and finite differences."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DataError, UtilityError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.predict import elasticities, marginal_effects, predict
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

STUDY = Study(
    "claim",
    "A claim",
    (
        Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day", "days", direction="-"),
        Attribute.ordered("help", "Help", ["none", "chat", "person"], direction="+"),
    ),
    opt_out=Alternative("out", "Out", kind="opt_out"),
    covariates=(
        Covariate("poor", "Poor", "categorical", (Level("no", "No"), Level("yes", "Yes"))),
    ),
)
UTILITY = Utility("log(wait) + help + wait:help + asc", STUDY)
TRAVEL = Study(
    "travel",
    "Travel",
    (
        Attribute.numeric("time", "Time", [10, 20, 40], "minute", "minutes", direction="-"),
        Attribute.numeric("fare", "Fare", [1, 2, 4], "point", "points", direction="-"),
    ),
    alternatives=(Alternative("bus", "Bus"), Alternative("tram", "Tram"), Alternative("bike", "B")),
)


@pytest.fixture(scope="module")
def data():
    design = random_design(STUDY, tasks=24, alternatives=2, blocks=4, seed=5)
    truth = dict.fromkeys(UTILITY.names, 0.3) | {"log(wait)": -0.6, "asc[out]": -0.5}
    truth |= {"wait:help[chat]": -0.01, "wait:help[person]": 0.01}
    people = pd.DataFrame({"poor": np.where(np.arange(200) % 2, "yes", "no")})
    people["weight"] = 1.0 + np.arange(200) % 3
    made = simulate_choices(design, Logit(UTILITY), truth, 200, 1, covariates=people)
    return ChoiceData.from_long(made.frame, study=STUDY, weight="weight")


@pytest.fixture(scope="module")
def results(data):
    return Logit(UTILITY).fit(data)


@pytest.fixture(scope="module")
def travel():
    """Three labelled alternatives; the bike is not always there and has no fare."""
    random = np.random.default_rng(3)
    rows = []
    for person in range(150):
        for task in range(4):
            for name in ("bus", "tram", "bike"):
                if name == "bike" and random.random() < 0.3:
                    continue
                rows.append(
                    (
                        person,
                        task,
                        name,
                        float(random.choice([10, 20, 40])),
                        np.nan if name == "bike" else float(random.choice([1, 2, 4])),
                    )
                )
    frame = pd.DataFrame(rows, columns=["person", "task", "alternative", "time", "fare"])
    value = -0.05 * frame["time"] - 0.3 * frame["fare"].fillna(0) + random.gumbel(size=len(frame))
    best = value.groupby([frame["person"], frame["task"]]).transform("max")
    frame["chosen"] = value == best
    fares = replace(TRAVEL.attributes[1], alternatives=("bus", "tram"))
    study = replace(TRAVEL, attributes=(TRAVEL.attributes[0], fares))
    data = ChoiceData.from_long(frame, study=study)
    return Logit(Utility("time + specific(fare) + asc", study)).fit(data), data


def shares_by_hand(results, frame):
    value = results.utility_estimates @ results.utility.matrix(frame)
    power = np.exp(value)
    return power / pd.Series(power).groupby([frame["person"], frame["task"]]).transform("sum")


# --- probabilities --------------------------------------------------------------------------------


def test_probabilities_are_those_of_the_logit(results, data):
    found = predict(results, data)
    np.testing.assert_allclose(
        found["probability"], shares_by_hand(results, data.frame), rtol=1e-12
    )
    chosen = found["probability"].to_numpy()[data.chosen]
    assert (data.weights * np.log(chosen)).sum() == pytest.approx(results.log_likelihood, rel=1e-10)
    assert "probability" not in data.frame


def test_new_rows_need_no_choices_and_no_order(results, data):
    frame = data.frame.drop(columns=["chosen", "weight"])
    mixed = frame.sample(frac=1.0, random_state=1)
    found = predict(results, mixed)
    assert list(found.index) == list(mixed.index)
    np.testing.assert_allclose(
        found["probability"].sort_index(), predict(results, data)["probability"], rtol=1e-12
    )
    sums = found.groupby(["person", "task"])["probability"].sum()
    np.testing.assert_allclose(sums, 1.0)


def test_a_frame_without_person_has_tasks_of_its_own(results):
    frame = pd.DataFrame(
        {
            "task": [1, 1, 2, 2],
            "alternative": ["A", "out"] * 2,
            "wait": [10.0, np.nan, 20.0, np.nan],
            "help": ["chat", None, "none", None],
        }
    )
    found = predict(results, frame)["probability"]
    np.testing.assert_allclose(found[0] + found[1], 1.0)
    assert found[0] != found[2]


def test_far_utilities_do_not_overflow(results):
    frame = pd.DataFrame(
        {
            "task": [1, 1],
            "alternative": ["A", "B"],
            "wait": [1.0, 1e-300],
            "help": ["none", "none"],
        }
    )
    lifted = replace(results, estimates=results.estimates * 1000)
    found = predict(lifted, frame)["probability"]
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1.0)


def test_rows_that_cannot_be_predicted_are_named(results):
    frame = pd.DataFrame(
        {
            "task": [1, 1],
            "alternative": ["A", "B"],
            "wait": [5.0, np.nan],
            "help": ["none", "robot"],
        }
    )
    with pytest.raises(UtilityError) as caught:
        predict(results, frame)
    assert "robot" in str(caught.value)
    assert "empty" in str(caught.value)
    with pytest.raises(UtilityError, match="'help' is missing"):
        predict(results, frame.drop(columns="help"))
    with pytest.raises(DataError, match="no column 'task'"):
        predict(results, frame.drop(columns="task"))
    with pytest.raises(DataError, match="no rows"):
        predict(results, frame.iloc[:0])
    with pytest.raises(DataError, match="'A' stands twice"):
        predict(results, frame.assign(alternative="A"))


def test_scales_of_groups_change_probabilities(data):
    scaled = Logit(Utility("wait + help + asc", STUDY), scale="poor").fit(data)
    found = predict(scaled, data)
    factor = np.where(data.frame["poor"] == "yes", scaled.coefficient("scale[yes]"), 1.0)
    value = factor * (scaled.utility_estimates @ scaled.utility.matrix(data.frame))
    power = np.exp(value)
    keys = [data.frame["person"], data.frame["task"]]
    np.testing.assert_allclose(
        found["probability"], power / pd.Series(power).groupby(keys).transform("sum"), rtol=1e-12
    )
    with pytest.raises(DataError, match="'poor' is missing"):
        predict(scaled, data.frame.drop(columns="poor"))
    with pytest.raises(DataError, match="unknown level of poor 'maybe'"):
        predict(scaled, data.frame.assign(poor="maybe"))


# --- responses ------------------------------------------------------------------------------------


def nudge(results, data, attribute, changed, step):
    """Average probabilities of every row after a change of the attribute on some rows."""
    frame = data.frame
    moved = frame.assign(**{attribute: frame[attribute] + np.where(changed, step, 0.0)})
    return shares_by_hand(results, moved).to_numpy()


def slope_by_hand(results, data, attribute, changed, step=1e-5):
    up, down = (nudge(results, data, attribute, changed, s) for s in (step, -step))
    return (up - down) / (2 * step)


@pytest.mark.parametrize("changed", ["bus", "tram"])
@pytest.mark.parametrize("attribute", ["time", "fare"])
def test_labelled_effects_agree_with_finite_differences(travel, changed, attribute):
    results, data = travel
    frame = data.frame
    names = frame["alternative"].to_numpy()
    slope = slope_by_hand(results, data, attribute, names == changed)
    chance = shares_by_hand(results, frame).to_numpy()
    level = frame[attribute].where(names == changed)
    level = level.groupby([frame["person"], frame["task"]]).transform("max").to_numpy()
    effects = marginal_effects(results, data, attribute).to_frame()
    elastic = elasticities(results, data, attribute).to_frame()
    for responding in ("bus", "tram", "bike"):
        rows = names == responding
        pick = (effects["changed"] == changed) & (effects["responding"] == responding)
        assert effects.loc[pick, "direct"].item() == (changed == responding)
        assert effects.loc[pick, "estimate"].item() == pytest.approx(slope[rows].mean(), rel=1e-6)
        expected = (slope * level)[rows].sum() / chance[rows].sum()
        pick = (elastic["changed"] == changed) & (elastic["responding"] == responding)
        assert elastic.loc[pick, "estimate"].item() == pytest.approx(expected, rel=1e-6)


def test_an_attribute_that_an_alternative_lacks_does_not_change_there(travel):
    results, data = travel
    assert set(marginal_effects(results, data, "fare").to_frame()["changed"]) == {"bus", "tram"}


def test_unnamed_effects_are_weighted_means_over_alternatives(results, data):
    frame = data.frame
    weights = frame["weight"].to_numpy()
    keys = [frame["person"], frame["task"]]
    position = frame.groupby(keys).cumcount().to_numpy()  # 0, 1 and the opt-out, 2
    slopes = [slope_by_hand(results, data, "wait", position == j) for j in (0, 1)]
    direct = [(weights * slopes[j])[position == j].sum() for j in (0, 1)]
    cross = [(weights * slopes[j])[position == 1 - j].sum() for j in (0, 1)]
    out = [(weights * slopes[j])[position == 2].sum() for j in (0, 1)]
    total = 2 * weights[position == 0].sum()
    effects = marginal_effects(results, data, "wait")
    expected = [sum(direct) / total, sum(cross) / total, sum(out) / total]
    np.testing.assert_allclose([e.estimate for e in effects.items], expected, rtol=1e-6)
    assert [e.direct for e in effects.items] == [True, False, False]
    assert effects.items[2].responding == "out"


def test_effects_of_levels_go_from_the_base(results, data):
    frame = data.frame
    weights = frame["weight"].to_numpy()
    position = frame.groupby([frame["person"], frame["task"]]).cumcount().to_numpy()
    effects = marginal_effects(results, data, "help").to_frame()
    for level in ("chat", "person"):
        gains, rivals = [], []
        for j in (0, 1):
            new, base = (
                shares_by_hand(
                    results, frame.assign(help=frame["help"].where(position != j, value))
                ).to_numpy()
                for value in (level, "none")
            )
            gains.append((weights * (new - base))[position == j].sum())
            rivals.append((weights * (new - base))[position == 1 - j].sum())
        total = 2 * weights[position == 0].sum()
        own = effects[effects["change"] == f"{level} instead of none"]
        assert own["estimate"].iloc[0] == pytest.approx(sum(gains) / total, rel=1e-9)
        assert own["estimate"].iloc[1] == pytest.approx(sum(rivals) / total, rel=1e-9)


def test_effects_on_all_alternatives_of_a_task_sum_to_nothing(travel):
    results, data = travel
    full = data.select(
        data.frame.groupby(["person", "task"])["alternative"].transform("size").eq(3).to_numpy()
    )
    effects = marginal_effects(results, full, "time").to_frame()
    sums = effects.groupby("changed")["estimate"].sum()
    np.testing.assert_allclose(sums, 0.0, atol=1e-12)


@pytest.mark.parametrize(
    ("function", "attribute"),
    [(marginal_effects, "wait"), (elasticities, "wait"), (marginal_effects, "help")],
)
def test_errors_are_those_of_the_delta_method(results, data, function, attribute):
    found = function(results, data, attribute)
    columns = []
    for position, size in enumerate(np.maximum(np.abs(results.estimates), 0.01)):
        step = np.zeros_like(results.estimates)
        step[position] = 1e-5 * size
        values = [
            np.array(
                [
                    item.estimate
                    for item in function(
                        replace(results, estimates=results.estimates + sign * step),
                        data,
                        attribute,
                    ).items
                ]
            )
            for sign in (1, -1)
        ]
        columns.append((values[0] - values[1]) / (2e-5 * size))
    slope = np.column_stack(columns)
    error = np.sqrt(np.diag(slope @ results.covariance @ slope.T))
    np.testing.assert_allclose([item.std_error for item in found.items], error, rtol=1e-5)
    for item in found.items:
        half = 1.959963984540054 * item.std_error
        assert item.conf_high - item.estimate == pytest.approx(half, rel=1e-9)


def test_scales_enter_errors_and_slopes(data):
    scaled = Logit(Utility("wait + help + asc", STUDY), scale="poor").fit(data)
    found = marginal_effects(scaled, data, "wait").items[0]
    chance = predict(scaled, data)["probability"].to_numpy()
    factor = np.where(data.frame["poor"] == "yes", scaled.coefficient("scale[yes]"), 1.0)
    own = chance * (1 - chance) * factor * scaled.coefficient("wait")
    rows = (data.frame["alternative"] != "out").to_numpy()
    weights = data.frame["weight"].to_numpy()
    expected = (weights * own)[rows].sum() / weights[rows].sum()
    assert found.estimate == pytest.approx(expected, rel=1e-9)


def test_levels_have_no_elasticity(results, data):
    with pytest.raises(DataError, match="one per cent of it means nothing") as caught:
        elasticities(results, data, "help")
    assert "marginal_effects" in caught.value.cure
    with pytest.raises(DataError, match="unknown attribute of the utility 'hlep'"):
        marginal_effects(results, data, "hlep")


def test_a_number_coded_by_level_changes_by_level(data):
    coded = Logit(Utility("C(wait) + help + asc", STUDY)).fit(data)
    changes = {item.change for item in marginal_effects(coded, data, "wait").items}
    assert changes == {"10 instead of 2", "20 instead of 2", "40 instead of 2"}


def test_tables(travel):
    results, data = travel
    found = elasticities(results, data, "time")
    assert "<caption>Elasticity of choice probabilities: time</caption>" in found._repr_html_()
    assert "delta method" in str(found)
