"""What people were given is what models find.

Each estimate is compared with the truth in standard errors. With `k` coefficients the limit is
the normal quantile that all of them pass with probability 0.9999, so that a correct program fails
once in ten thousand changes of the seed; the seeds are fixed.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

import ccegov_choice as cc


def limit(count: int) -> float:
    return float(-ndtri((1 - 0.9999 ** (1 / count)) / 2))


def distances(results, truth):
    tidy = results.tidy().set_index("term")
    return {
        name: (tidy["estimate"][name] - value) / tidy["std_error"][name]
        for name, value in truth.items()
    }


def test_a_logit_finds_the_tastes_of_a_blocked_design():
    wait = cc.Attribute.numeric("wait", "Days", [7, 14, 30, 60], "day", "days")
    channel = cc.Attribute.categorical("channel", "Channel", ["web", "phone", "office"])
    none = cc.Alternative("none", "Neither", kind="opt_out")
    study = cc.Study("claim", "A claim", (wait, channel), opt_out=none)
    design = cc.random_design(study, tasks=24, blocks=4, seed=3)
    utility = cc.Utility.main_effects(study)
    truth = {"wait": -0.03, "channel[phone]": 0.4, "channel[office]": -0.5, "asc[none]": -0.8}
    data = cc.simulate_choices(design, cc.Logit(utility), truth, 800, 11)
    found = distances(cc.Logit(utility).fit(data), truth)
    assert max(abs(z) for z in found.values()) < limit(len(truth))


def test_a_logit_with_scale_finds_the_scale():
    wait = cc.Attribute.numeric("wait", "Days", [7, 14, 30, 60], "day", "days")
    aid = cc.Attribute.categorical("help", "Help", ["none", "chat"])
    group = cc.Covariate(
        "group", "Group", "categorical", (cc.Level("low", "Low"), cc.Level("high", "High"))
    )
    study = cc.Study("claim", "A claim", (wait, aid), covariates=(group,))
    design = cc.orthogonal_design(study)
    model = cc.Logit(cc.Utility.main_effects(study), scale="group")
    truth = {"wait": -0.03, "help[chat]": 0.6, "scale[high]": 1.8}
    groups = {"group": ["low", "high"] * 400}
    data = cc.simulate_choices(design, model, truth, 800, 12, covariates=groups)
    found = distances(model.fit(data), truth)
    assert max(abs(z) for z in found.values()) < limit(len(truth))


def nested_choices(data, utility, truth, nests, dissimilarity, seed):
    """Choose by the nested logit: a nest by its inclusive value, then an alternative in it."""
    rng = np.random.default_rng(seed)
    V = utility.matrix(data.frame).T @ [truth[name] for name in utility.names]
    nest = data.frame["alternative"].map({a: n for n, names in nests.items() for a in names})
    lam = nest.map(dissimilarity).to_numpy(dtype=float)
    frame = data.frame[["person", "task"]].assign(nest=nest, e=np.exp(V / lam), lam=lam)
    inside = frame.groupby(["person", "task", "nest"])["e"].transform("sum")
    share = frame["e"] / inside * inside**lam
    total = (inside**lam * frame["e"] / inside).groupby([frame["person"], frame["task"]])
    share = share / total.transform("sum")
    cumulative = share.groupby([frame["person"], frame["task"]]).cumsum().to_numpy()
    lot = np.repeat(rng.random(data.tasks), np.diff(data.task_offsets))
    first = np.add.reduceat(cumulative < lot, data.task_offsets[:-1]) + data.task_offsets[:-1]
    chosen = np.zeros(data.rows, dtype=bool)
    chosen[first] = True
    return cc.ChoiceData.from_long(data.frame.assign(chosen=chosen), study=data.study)


@pytest.fixture(scope="module")
def travel():
    wait = cc.Attribute.numeric("wait", "Days", [5, 10, 20, 40], "day", "days")
    fee = cc.Attribute.numeric("effort", "Pages", [1, 2, 4], "page", "pages")
    names = ("web", "app", "phone", "office")
    return cc.Study(
        "channels", "Channels", (wait, fee), alternatives=tuple(cc.Alternative(n, n) for n in names)
    )


def test_pylogit_finds_the_nests(travel):
    design = cc.random_design(travel, tasks=24, blocks=4, seed=5)
    utility = cc.Utility.main_effects(travel)
    truth = {
        "wait": -0.05,
        "effort": -0.4,
        "asc[app]": 0.2,
        "asc[phone]": -0.3,
        "asc[office]": -0.6,
    }
    nests = {"online": ["web", "app"], "people": ["phone", "office"]}
    lam = {"online": 0.4, "people": 0.7}
    shown = cc.simulate_choices(design, cc.Logit(utility), truth, 600, 6)
    data = nested_choices(shown, utility, truth, nests, lam, 6)
    results = cc.pylogit.fit(data, utility, "Nested Logit", nests=nests, covariance="classical")
    every = {**truth, "dissimilarity[online]": 0.4, "dissimilarity[people]": 0.7}
    found = distances(results, every)
    assert max(abs(z) for z in found.values()) < limit(len(every))
    logit = cc.pylogit.fit(data, utility)
    # the logit is rejected: twice the gain is far beyond chi-squared with 2 degrees of freedom
    assert 2 * (results.log_likelihood - logit.log_likelihood) > 18.4


def test_pylogit_finds_the_spread_of_tastes(travel):
    design = cc.random_design(travel, tasks=24, blocks=3, seed=5)
    utility = cc.Utility("wait + effort", travel)
    truth = cc.RandomTaste({"wait": -0.08, "effort": -0.5}, sd={"effort": 0.6})
    data = cc.simulate_choices(design, cc.Logit(utility), truth, 300, 8)
    results = cc.pylogit.fit(
        data, utility, "Mixed Logit", random=["effort"], draws=150, seed=1, covariance="classical"
    )
    found = distances(results, {"wait": -0.08, "effort": -0.5})
    spread = (abs(results.coefficient("sd[effort]")) - 0.6) / results.std_error("sd[effort]")
    assert max(abs(spread), *(abs(z) for z in found.values())) < limit(3)
