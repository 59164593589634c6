"""What is told of classes: how large, who is in them, what they choose."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import DataError, UtilityError
from ccegov_choice.models.classes.assemble import mixture
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.classes.shares import Fitted
from ccegov_choice.models.classes.spec import ClassSpec
from ccegov_choice.models.fitting.estimate import FitOptions
from ccegov_choice.study.utility import Utility

FORMULA = "wait + price"
HURRIED, PATIENT = (-0.25, -0.2), (-0.01, -1.2)


def rows_of(frame, people=150, seed=3):
    rows = frame(people=people, tasks=6, seed=seed)
    rng = np.random.default_rng(seed)
    # people of the south are hurried more often
    hurried = rng.random(people) < np.where(
        rows.groupby("person")["region"].first() == "s", 0.9, 0.4
    )
    tastes = np.where(hurried[:, None], HURRIED, PATIENT)[rows["person"]]
    value = (rows[["wait", "price"]].to_numpy() * tastes).sum(axis=1) + rng.gumbel(size=len(rows))
    keys = [rows["person"], rows["task"]]
    return rows.assign(chosen=value == pd.Series(value).groupby(keys).transform("max"))


@pytest.fixture
def people(data, frame):
    return data(rows_of(frame))


@pytest.fixture
def fitted(people):
    model = LatentClass(Utility(FORMULA), 2, membership="region")
    return model.fit(people, options=FitOptions(starts=3))


def softmax(worth):
    return np.exp(worth) / np.exp(worth).sum(axis=-1, keepdims=True)


def by_hand(fitted, frame):
    """Shares of classes ``(A, 2)`` and choice probabilities ``(A, 2)`` within them, in NumPy."""
    b = fitted.estimates
    south = (frame["region"] == "s").to_numpy(float)
    member = softmax(np.column_stack([np.zeros(len(frame)), b[4] + b[5] * south]))
    values = frame[["wait", "price"]].to_numpy() @ b[:4].reshape(2, 2).T
    powers = pd.DataFrame(np.exp(values)).groupby([frame["person"], frame["task"]])
    return member, np.exp(values) / powers.transform("sum").to_numpy()


def test_predictions_are_means_over_classes(fitted, people):
    frame = people.frame
    member, within = by_hand(fitted, frame)
    found = cc.predict(fitted, people)["probability"]
    np.testing.assert_allclose(found, (member * within).sum(axis=1), rtol=1e-12)
    sums = found.groupby([frame["person"], frame["task"]]).sum()
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)


def test_predictions_read_any_frame_in_any_order(fitted, people):
    frame = people.frame.drop(columns="chosen").sample(frac=1.0, random_state=1)
    found = cc.predict(fitted, frame)["probability"]
    expected = cc.predict(fitted, people)["probability"]
    np.testing.assert_allclose(found.sort_index(), expected, rtol=1e-12)
    with pytest.raises(UtilityError, match="region"):
        cc.predict(fitted, frame.drop(columns="region"))


def test_shares_are_means_over_people_with_delta_errors(fitted, people):
    first = people.frame.iloc[people.person_rows]
    south = float((first["region"] == "s").mean())

    def second(gamma):
        odds = np.exp([gamma[0], gamma[0] + gamma[1]])
        return float((odds / (1 + odds)) @ [1 - south, south])

    shares = cc.class_shares(fitted, people)
    gamma, covariance = fitted.estimates[4:], fitted.covariance[4:, 4:]
    assert shares["share"][1] == pytest.approx(second(gamma), rel=1e-12)
    h = 1e-6
    slope = np.array([
        (second(gamma + step) - second(gamma - step)) / (2 * h) for step in np.eye(2) * h
    ])  # fmt: skip
    error = float(np.sqrt(slope @ covariance @ slope))
    assert shares["std_error"].to_numpy() == pytest.approx([error, error], rel=1e-6)
    assert (shares["conf_low"] < shares["share"]).all()
    assert (shares["conf_high"] > shares["share"]).all()
    # what is known of one class is known of the other
    assert shares["conf_low"][0] == pytest.approx(1 - shares["conf_high"][1], rel=1e-9)


def test_chances_of_people_are_by_bayes(fitted, people):
    frame = people.frame
    member, within = by_hand(fitted, frame)
    chosen = frame["chosen"].to_numpy()
    products = pd.DataFrame(within[chosen]).groupby(frame["person"].to_numpy()[chosen]).prod()
    joint = member[people.person_rows] * products.to_numpy()
    expected = joint / joint.sum(axis=1, keepdims=True)
    found = cc.class_membership(fitted, people)
    np.testing.assert_allclose(found[["class 1", "class 2"]], expected, rtol=1e-9)
    assert list(found["person"]) == list(people.person_ids)
    likeliest = np.where(expected[:, 0] > 0.5, "class 1", "class 2")
    assert list(found["likeliest"]) == list(likeliest)
    tastes = cc.individual_coefficients(fitted, people)
    np.testing.assert_allclose(
        tastes[["wait", "price"]], expected @ fitted.estimates[:4].reshape(2, 2), rtol=1e-9
    )


def test_shares_before_and_after_agree_at_the_top(fitted, people):
    """The slope in the constant of the membership is the difference of the two."""
    before = cc.class_shares(fitted, people)["share"].to_numpy()
    after = cc.class_membership(fitted, people)[["class 1", "class 2"]].mean().to_numpy()
    np.testing.assert_allclose(after, before, atol=1e-7)


def test_profiles_count_people_by_their_chances(fitted, people):
    profiles = cc.class_profiles(fitted, people, ["region", "age"]).set_index("level")
    chances = cc.class_membership(fitted, people)[["class 1", "class 2"]].to_numpy()
    first = people.frame.iloc[people.person_rows]
    south = (first["region"] == "s").to_numpy()
    for c, name in enumerate(("class 1", "class 2")):
        share = float(chances[south, c].sum() / chances[:, c].sum())
        assert profiles.loc["s", name] == pytest.approx(share, rel=1e-12)
        mean = float(chances[:, c] @ first["age"] / chances[:, c].sum())
        assert profiles.loc["mean", name] == pytest.approx(mean, rel=1e-12)
    assert profiles.loc["s", "everybody"] == pytest.approx(south.mean())
    with pytest.raises(DataError, match="regio"):
        cc.class_profiles(fitted, people, ["regio"])


def test_the_table_has_a_column_for_each_class(fitted, people):
    table = cc.class_table(fitted)
    assert table.columns == ("", "class 1", "class 1 s.e.", "class 2", "class 2 s.e.")
    assert [row[0] for row in table.rows] == ["wait", "price"]
    assert table.rows[0][3] == fitted.coefficient("class 2: wait")
    assert table.rows[0][4] == fitted.std_error("class 2: wait")
    specs = [ClassSpec("a"), cc.lexicographic("price")]
    ignoring = LatentClass(Utility(FORMULA), specs).fit(people, options=FitOptions(starts=2))
    rows = {row[0]: row for row in cc.class_table(ignoring).rows}
    assert rows["wait"][3] == 0.0
    assert rows["wait"][4] is None
    assert "the class ignores it" in str(cc.class_table(ignoring))
    assert rows["share of people"][1] + rows["share of people"][3] == pytest.approx(1.0)


def test_classes_by_task_tell_about_tasks(people):
    model = LatentClass(Utility(FORMULA), 2, panel=False)
    fitted = model.fit(people, options=FitOptions(starts=2))
    found = cc.class_membership(fitted, people)
    assert list(found.columns) == ["person", "task", "class 1", "class 2", "likeliest"]
    assert len(found) == people.tasks
    assert fitted.scores.shape == (people.people, 5)
    with pytest.raises(DataError, match="task by task"):
        cc.class_profiles(fitted, people, ["region"])


def test_scales_are_added_up(people):
    model = LatentClass(Utility(FORMULA), 2, scale_classes=2)
    found = mixture(model, people)
    theta = np.array([-0.2, -0.3, 0.0, -1.0, 0.7, 0.4, -0.5])
    assert found.layout.names[4:] == ("log_scale[scale 2]", "member[class 2]", "member[scale 2]")

    class Stub:
        pass

    stub = Stub()
    stub.model, stub.utility, stub.study = model, found.utility, people.study
    stub.names = found.layout.names
    fitted = Fitted.of(stub, "test")
    expected = np.outer(softmax(np.array([0.0, 0.4])), softmax(np.array([0.0, -0.5]))).ravel()
    prior = fitted.priors(people.frame.iloc[:1], theta)
    np.testing.assert_allclose(prior[0], expected, rtol=1e-12)
    np.testing.assert_allclose(fitted.by_class(prior)[0], softmax(np.array([0.0, 0.4])))
    np.testing.assert_allclose(fitted.coefficients(theta)[1], np.exp(0.7) * theta[:2], rtol=1e-12)


def test_only_models_with_classes_are_asked(people):
    logit = cc.Logit(Utility(FORMULA)).fit(people)
    for ask in (cc.class_shares, cc.class_table):
        with pytest.raises(DataError, match="no classes of people"):
            ask(logit)
    with pytest.raises(DataError, match="same tastes for everybody"):
        cc.individual_coefficients(logit, people)
