"""Latent classes whose people differ within the class: `LatentClass(..., random=...)`."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import UtilityError
from ccegov_choice.models.classes.assemble import mixture
from ccegov_choice.models.mixed.distributions import LogNormal, Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.mixed.standard_draws import Sobol

FORMULA = "wait + price"
DRAWS = Sobol(64, seed=1)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    people, tasks = 120, 6
    x = rng.normal(0, 1, (people, tasks, 3, 2))
    first = np.column_stack([rng.normal(-1.5, 0.6, people), np.full(people, -0.3)])
    second = np.column_stack([rng.normal(0.5, 0.4, people), np.full(people, -1.5)])
    beta = np.where(rng.random(people)[:, None] < 0.4, second, first)
    value = np.einsum("ptjk,pk->ptj", x, beta) + rng.gumbel(size=x.shape[:3])
    frame = pd.DataFrame(x.reshape(-1, 2), columns=["wait", "price"])
    frame["person"] = np.repeat(np.arange(people), tasks * 3)
    frame["task"] = np.tile(np.repeat(np.arange(tasks), 3), people)
    frame["alternative"] = np.tile(list("ABC"), people * tasks)
    frame["chosen"] = (value == value.max(axis=2, keepdims=True)).ravel()
    return cc.ChoiceData.from_long(frame)


def mixed_classes(**words):
    given = {"random": {"wait": Normal()}, "draws": DRAWS, **words}
    return cc.LatentClass(cc.Utility(FORMULA), **given)


def test_the_short_way_is_the_long_way(data):
    """The same likelihood as with a mixed logit given to each class."""
    inside = MixedLogit(cc.Utility(FORMULA), {"wait": Normal()}, draws=DRAWS)
    long = cc.LatentClass(
        cc.Utility(FORMULA), [cc.ClassSpec(f"class {c}", model=inside) for c in (1, 2)]
    )
    short = mixture(mixed_classes(classes=2), data)
    names = short.layout.names
    assert names == mixture(long, data).layout.names
    assert names[:4] == ("class 1: wait", "class 1: price", "class 1: sd[wait]", "class 2: wait")
    theta = np.linspace(-1.0, 1.0, len(names))
    found = short.likelihood.people(theta)
    expected = mixture(long, data).likelihood.people(theta)
    np.testing.assert_array_equal(found.value, expected.value)
    np.testing.assert_array_equal(found.score, expected.score)


def test_classes_that_something_sets_apart_stay_logits(data):
    model = mixed_classes(classes=["some", cc.lexicographic("price")])
    names = mixture(model, data).layout.names
    assert "some: sd[wait]" in names
    assert names[3:] == ("price first: price", "member[price first]")


def test_fit_save_and_everything_after(data, tmp_path):
    model = mixed_classes(
        classes=2, correlated=True, random={"wait": Normal(), "price": LogNormal(-1)}
    )
    start = {"class 1: wait": -1.5, "class 1: price": -1.2, "class 2: wait": 0.5}
    results = model.fit(data, start=start | {"class 2: price": 0.4})
    assert results.model.title == "Latent classes of mixed logits (2)"
    sizes = cc.class_shares(results)["share"]
    assert sizes[0] >= sizes[1]
    again = cc.Results.load(results.save(tmp_path / "classes.json"))
    assert again.model.to_dict() == results.model.to_dict()
    assert pickle.loads(pickle.dumps(model)).to_dict() == model.to_dict()
    pd.testing.assert_frame_equal(cc.predict(again, data), cc.predict(results, data))
    member = cc.class_membership(results, data)
    np.testing.assert_allclose(member["class 1"] + member["class 2"], 1.0, rtol=1e-12)


def test_random_coefficients_that_are_none_are_named(data):
    with pytest.raises(UtilityError, match="Did you mean 'wait'"):
        mixed_classes(classes=2, random={"wiat": Normal()}).fit(data)
