"""Our logit and pylogit's say the same, to a millionth."""

from __future__ import annotations

import numpy as np
import pytest

import ccegov_choice as cc


def simulated():
    wait = cc.Attribute.numeric("wait", "Days", [10, 20, 40], "day", "days")
    aid = cc.Attribute.categorical("help", "Help", ["none", "chat", "visit"])
    none = cc.Alternative("none", "Neither", kind="opt_out")
    study = cc.Study("claim", "A claim", (wait, aid), opt_out=none)
    design = cc.random_design(study, tasks=18, alternatives=3, blocks=3, seed=4)
    utility = cc.Utility.main_effects(study)
    truth = {"wait": -0.05, "help[chat]": 0.6, "help[visit]": 1.0, "asc[none]": -1.0}
    return cc.simulate_choices(design, cc.Logit(utility), truth, 200, 4), utility


def travel_mode():
    data = cc.load_dataset("travel_mode")
    return data, data.utility


@pytest.mark.parametrize("source", [simulated, travel_mode])
@pytest.mark.parametrize("kind", ["classical", "robust", "bhhh"])
def test_multinomial_logit(source, kind):
    data, utility = source()
    ours = cc.Logit(utility).fit(data, covariance=kind)
    theirs = cc.pylogit.fit(data, utility, "MNL", covariance=kind)
    assert theirs.names == ours.names
    assert theirs.log_likelihood == pytest.approx(ours.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(theirs.estimates, ours.estimates, atol=1e-6, rtol=1e-6)
    mine, other = (r.tidy()["std_error"].to_numpy() for r in (ours, theirs))
    np.testing.assert_allclose(other, mine, atol=1e-6, rtol=1e-6)


def test_travel_mode_has_the_published_likelihood():
    data, utility = travel_mode()
    # Greene (2012), Econometric Analysis, table 18.3
    assert cc.pylogit.fit(data, utility).log_likelihood == pytest.approx(-199.1284, abs=1e-4)


def test_nested_logit_of_travel_mode_agrees_with_itself_under_other_units():
    data, utility = travel_mode()
    nests = {"ground": ["train", "bus", "car"]}
    one = cc.pylogit.fit(data, utility, "Nested Logit", nests=nests, covariance="classical")
    name = "gc" if "gc" in data.study.attribute_ids else data.study.attribute_ids[0]
    frame = data.frame.assign(**{name: data.frame[name] / 60.0})
    other = cc.ChoiceData.from_long(
        frame.drop(columns="chosen").assign(chosen=data.frame["chosen"]),
        covariates=data.study.covariate_ids,
    )
    two = cc.pylogit.fit(
        other, cc.Utility(utility.formula), "Nested Logit", nests=nests, covariance="classical"
    )
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    same = "dissimilarity[ground]"
    assert two.coefficient(same) == pytest.approx(one.coefficient(same), abs=1e-5)
    assert two.std_error(same) == pytest.approx(one.std_error(same), rel=1e-3)
