"""Effects in models that are no logits: alternatives are changed, and shares compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import ccegov_choice as cc
from ccegov_choice.models.nests.cross_nested_logit import CrossNestedLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit

WAYS = ("web", "phone", "office")
STUDY = cc.Study(
    "renewal",
    "Renewing a permit",
    (
        cc.Attribute.numeric("wait", "Days", [1, 5, 10], "day", "days"),
        cc.Attribute.categorical("help", "Help", ["none", "chat", "person"]),
    ),
    tuple(cc.Alternative(name, name) for name in WAYS),
)
UTILITY = cc.Utility("log(wait) + help + wait:help + asc")
NESTS = {"remote": ["web", "phone"]}
TRUTH = {
    "log(wait)": -0.6,
    "help[chat]": 0.4,
    "help[person]": 0.9,
    "wait:help[chat]": -0.02,
    "wait:help[person]": 0.01,
    "asc[phone]": -0.3,
    "asc[office]": 0.2,
}


class SharesOfALogit:
    """A logit that gives shares, as a stranger's model would."""

    def __init__(self, model):
        self.model = model

    def __getattr__(self, name):
        return getattr(self.model, name)

    def shares(self, tasks, parameters):
        value = parameters @ tasks.matrix
        powers = np.exp(value - np.maximum.reduceat(value, tasks.offsets[:-1])[tasks.task])
        return powers / tasks.sums(powers)


@pytest.fixture(scope="module")
def people():
    design = cc.random_design(STUDY, tasks=24, blocks=4, seed=1)
    truth = {**TRUTH, "dissimilarity[remote]": 0.5}
    data = cc.simulate_choices(design, NestedLogit(UTILITY, NESTS), truth, 200, 3)
    frame = data.frame.assign(weight=1.0 + data.frame["person"].astype(int) % 3)
    rng = np.random.default_rng(0)
    kept = frame[frame["chosen"] | (rng.uniform(size=len(frame)) < 0.8)]
    kept = kept[kept.groupby(["person", "task"])["wait"].transform("size") > 1]
    return cc.ChoiceData.from_long(kept, study=STUDY, weight="weight")


@pytest.fixture(scope="module")
def nested(people):
    return NestedLogit(UTILITY, NESTS).fit(people)


def same(one, other, rel):
    first, second = one.to_frame(), other.to_frame()
    words = ["change", "changed", "responding", "direct"]
    assert first[words].equals(second[words])
    np.testing.assert_allclose(first["estimate"], second["estimate"], rtol=rel, atol=1e-10)
    np.testing.assert_allclose(first["std_error"], second["std_error"], rtol=rel)


@pytest.mark.parametrize("labelled", [True, False])
def test_a_logit_seen_by_its_shares_has_the_effects_of_a_logit(people, data, labelled):
    if labelled:
        results, rows = cc.Logit(UTILITY).fit(people), people
    else:
        rows = data(people=40)
        results = cc.Logit(cc.Utility("wait + price + help")).fit(rows)
    seen = replace(results, model=SharesOfALogit(results.model))
    same(cc.elasticities(seen, rows, "wait"), cc.elasticities(results, rows, "wait"), 1e-6)
    for attribute in ("wait", "help"):
        ours = cc.marginal_effects(seen, rows, attribute)
        same(ours, cc.marginal_effects(results, rows, attribute), 1e-6)


@pytest.mark.parametrize("changed", WAYS)
def test_effects_in_nests_are_differences_of_predictions(nested, people, changed):
    frame = people.frame
    mine = (frame["alternative"] == changed).to_numpy()
    step = 1e-4

    def at(change):
        return cc.predict(nested, frame.assign(wait=frame["wait"] + mine * change))["probability"]

    slope = ((at(step) - at(-step)) / (2 * step)).to_numpy()
    weight = frame["weight"].to_numpy()
    has = np.repeat(
        np.logical_or.reduceat(mine, people.task_offsets[:-1]), np.diff(people.task_offsets)
    )
    effects = cc.marginal_effects(nested, people, "wait").to_frame()
    for responding in WAYS:
        rows = has & (frame["alternative"] == responding).to_numpy()
        expected = (weight * slope)[rows].sum() / weight[rows].sum()
        pick = (effects["changed"] == changed) & (effects["responding"] == responding)
        assert effects.loc[pick, "estimate"].item() == pytest.approx(expected, rel=1e-5)


def test_a_nest_takes_more_from_itself(nested, people):
    table = cc.elasticities(nested, people, "wait").to_frame()
    pick = table[table["changed"] == "web"].set_index("responding")["estimate"]
    assert pick["phone"] > 1.3 * pick["office"]


def test_errors_are_those_of_the_delta_method(nested, people):
    few = people.frame.iloc[: people.task_offsets[120]]
    table = cc.marginal_effects(nested, few, "help").to_frame()
    slopes = []
    for p in range(len(nested.names)):
        step = 1e-4 * np.sqrt(nested.covariance[p, p])
        ends = []
        for sign in (1, -1):
            moved = nested.estimates.copy()
            moved[p] += sign * step
            there = replace(nested, estimates=moved)
            ends.append(cc.marginal_effects(there, few, "help").to_frame()["estimate"])
        slopes.append((ends[0] - ends[1]) / (2 * step))
    slope = np.column_stack(slopes)
    expected = np.sqrt(np.einsum("ep,pq,eq->e", slope, nested.covariance, slope))
    np.testing.assert_allclose(table["std_error"], expected, rtol=1e-4)


def test_effects_with_allocations(people):
    nests = {"remote": ["web", "phone"], "spoken": ["phone", "office"]}
    held = {"dissimilarity[spoken]": 0.6, "dissimilarity[remote]": 0.5}
    results = CrossNestedLogit(UTILITY, nests, fixed=held).fit(people)
    table = cc.marginal_effects(results, people, "wait").to_frame()
    assert (table["std_error"] > 0).all()
    assert len(table) == 9
