"""Importance by range, variance and effect, under any distribution of services, for any model."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from scipy import special

import ccegov_choice as cc
from ccegov_choice.errors import TradeOffError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.study.contrast import Standpoint
from ccegov_choice.study.utility import Utility
from ccegov_choice.tradeoff.importance import importance
from ccegov_choice.tradeoff.importance_kinds import sizes_of, variance_forms
from ccegov_choice.tradeoff.matrix import trade_matrix
from ccegov_choice.tradeoff.profile_mix import profile_mix

FORMULA = "wait + dignity + channel"
BETA = np.array([-0.05, 0.3, 0.9, -0.4])
SERVICES = pd.DataFrame(
    {
        "wait": [2.0, 10.0, 40.0, 20.0, 15.0],
        "dignity": ["polite", "polite", "brusque", "neutral", "brusque"],
        "channel": ["web", "desk", "web", "web", "desk"],
        "weight": [5, 1, 3, 2, 1],
    }
)


@pytest.fixture
def made(study, make_results):
    return make_results(study, FORMULA, BETA)


def mix_of(made, profiles=None):
    stand = Standpoint(made.utility, {})
    attributes = [made.study.attribute(name) for name in ("wait", "dignity", "channel")]
    return profile_mix(stand, attributes, profiles)


def share_of(found, attribute):
    return next(item.share for item in found.items if item.attribute == attribute)


def test_variance_under_equal_levels_is_that_of_each_attribute(made):
    """By hand: the variance of each attribute's own utility over its levels."""
    parts = {
        "wait": np.var([-0.05 * w for w in (2, 10, 20, 40)]),
        "dignity": np.var([0.0, 0.3, 0.9]),
        "channel": np.var([0.0, -0.4]),
    }
    found = importance(made, kind="variance", draws=200)
    for name, part in parts.items():
        assert share_of(found, name) == pytest.approx(part / sum(parts.values()))


def test_variance_is_the_same_from_all_combinations_as_profiles(made, study):
    """Independent attributes and the full factorial agree: two roads to one number."""
    levels = [
        [2.0, 10.0, 20.0, 40.0],
        ["brusque", "neutral", "polite"],
        ["web", "desk"],
    ]
    frame = pd.DataFrame(product(*levels), columns=["wait", "dignity", "channel"])
    apart = variance_forms(mix_of(made))
    together = variance_forms(mix_of(made, frame))
    ours = [BETA @ form @ BETA for form in apart]
    assert [BETA @ form @ BETA for form in together] == pytest.approx(ours)


def brute_force(worths, weights):
    """Shapley effects by all orders: what each attribute adds to the variance explained."""
    total = np.sum(worths, axis=0)
    count, orders = len(worths), list(permutations(range(len(worths))))

    def explained(columns):
        if not columns:
            return 0.0
        keys = pd.MultiIndex.from_arrays([worths[j] for j in columns])
        frame = pd.DataFrame({"w": weights, "wu": weights * total})
        sums = frame.groupby(keys.to_flat_index().map(str)).sum()
        return float((sums["wu"] ** 2 / sums["w"]).sum() - (weights @ total) ** 2)

    added = np.zeros(count)
    for order in orders:
        for position, j in enumerate(order):
            added[j] += explained(order[: position + 1]) - explained(order[:position])
    return added / len(orders)


def test_variance_of_levels_that_go_together_is_shared_as_by_all_orders(made):
    dignity, channel = {"brusque": 0.0, "neutral": 0.3, "polite": 0.9}, {"web": 0.0, "desk": -0.4}
    worths = [
        -0.05 * SERVICES["wait"].to_numpy(),
        SERVICES["dignity"].map(dignity).to_numpy(),
        SERVICES["channel"].map(channel).to_numpy(),
    ]
    weights = SERVICES["weight"].to_numpy() / SERVICES["weight"].sum()
    expected = brute_force(worths, weights)
    found = importance(made, kind="variance", profiles=SERVICES, draws=200)
    whole = np.sum(worths, axis=0)
    assert expected.sum() == pytest.approx(weights @ whole**2 - (weights @ whole) ** 2)
    for name, part in zip(("wait", "dignity", "channel"), expected, strict=True):
        assert share_of(found, name) == pytest.approx(part / expected.sum())
    assert found.profiles == "the 5 services given"


def test_attributes_that_always_go_together_share_alike_and_are_told(made):
    twins = pd.DataFrame(
        {"wait": [2, 40, 2], "channel": ["web", "desk", "web"], "dignity": ["polite"] * 3}
    )
    found = importance(made, kind="variance", profiles=twins, draws=200)
    assert share_of(found, "wait") == pytest.approx(0.5)
    assert share_of(found, "dignity") == 0.0
    assert "wait and channel always go together" in repr(found)
    assert "always go together" not in repr(importance(made, profiles=SERVICES, draws=200))


def test_effects_are_mean_changes_of_chances(study, make_results):
    """Two attributes of two levels: all 16 x 2 comparisons by hand, against many drawn ones."""
    two = make_results(study, "channel + hours", [-0.7, 0.3])
    stand = Standpoint(two.utility, {})
    attributes = [study.attribute("channel"), study.attribute("hours")]
    mix = profile_mix(stand, attributes, None)
    worth = [np.array([0.0, -0.7]), np.array([0.0, 0.3 * 4])]
    moved = np.zeros(2)
    for a, b, c, d in product(range(2), repeat=4):
        gap = worth[0][a] + worth[1][b] - worth[0][c] - worth[1][d]
        for j, old in enumerate((a, b)):
            for new in range(2):
                after = gap + worth[j][new] - worth[j][old]
                moved[j] += abs(special.expit(after) - special.expit(gap)) / 32
    found = sizes_of("elasticity", mix, pairs=40_000, seed=3)(np.array([[-0.7, 0.3]]))[0]
    # each is a mean of 40,000 numbers between 0 and 0.3 with sd below 0.15: 4 errors are 0.003
    assert found == pytest.approx(moved, abs=0.003)
    shares = importance(two, kind="elasticity")
    assert sum(item.share for item in shares.items) == pytest.approx(1.0)
    assert all(item.conf_low <= item.share <= item.conf_high for item in shares.items)


def test_ranges_are_those_of_the_services_given(made):
    web = SERVICES[SERVICES["channel"] == "web"].drop(columns="weight")
    found = importance(made, profiles=web)
    assert share_of(found, "channel") == 0.0
    assert share_of(found, "wait") == pytest.approx(0.05 * 38 / (0.05 * 38 + 0.9))


def test_declared_shares_of_levels(study, make_results):
    names = ("wait", "dignity", "channel")
    valid = cc.Study(
        "v", "V", tuple(study.attribute(n) for n in names), numeraires=(cc.Numeraire("wait"),)
    )
    made = make_results(valid, FORMULA, BETA)
    target = cc.TargetDistribution.of(
        valid, {"dignity": {"brusque": 0.9, "neutral": 0.05, "polite": 0.05}}
    )
    rare = importance(made, kind="variance", profiles=target, draws=200)
    worth, q = np.array([0.0, 0.3, 0.9]), np.array([0.9, 0.05, 0.05])
    part = q @ worth**2 - (q @ worth) ** 2
    rest = np.var([-0.05 * w for w in (2, 10, 20, 40)]) + 0.04
    assert share_of(rare, "dignity") == pytest.approx(part / (part + rest))
    assert rare.profiles == "the declared shares of levels"
    frame = SERVICES.assign(wait=[2, 10, 40, 20, 10])
    listed = importance(
        made, kind="variance", profiles=cc.TargetDistribution.from_profiles(valid, frame, "weight")
    )
    plain = importance(made, kind="variance", profiles=frame)
    assert share_of(listed, "wait") == pytest.approx(share_of(plain, "wait"))


def test_nonsense_is_refused_all_at_once(made):
    bad = SERVICES.drop(columns="channel").assign(wait=90.0, dignity="insult")
    with pytest.raises(TradeOffError) as caught:
        importance(made, profiles=bad)
    said = str(caught.value)
    for words in (
        "no column 'channel'",
        "nobody was asked about 90 days",
        "unknown level 'insult'",
    ):
        assert words in said
    with pytest.raises(TradeOffError, match="weight is wrong"):
        importance(made, profiles=SERVICES.assign(weight=-1.0))
    with pytest.raises(TradeOffError, match="nothing matters most"):
        importance(made, profiles=SERVICES.head(1))
    with pytest.raises(TradeOffError, match="unknown kind 'ranges'"):
        importance(made, kind="ranges")
    with pytest.raises(TradeOffError, match="cannot be made of dict"):
        importance(made, profiles={})


def test_charts_and_frames_carry_what_they_are_of(made):
    found = importance(made, kind="variance", profiles=SERVICES, draws=200)
    assert set(found.to_frame()["kind"]) == {"variance"}
    drawn = found.plot()
    assert "5 services given" in drawn.subtitle
    assert "wider range" in drawn.note
    assert found.items[0].label in drawn.alt


@pytest.fixture(scope="module")
def answers():
    study = cc.Study(
        "s",
        "S",
        (
            cc.Attribute.numeric("wait", "Wait", [2, 10, 20], "day", "days", direction="-"),
            cc.Attribute.ordered("staff", "Staff", {"brusque": "Brusque", "polite": "Polite"}),
        ),
        numeraires=(cc.Numeraire("wait"),),
    )
    utility = Utility("wait + staff", study)
    design = cc.random_design(study, tasks=16, blocks=2, seed=1)
    truth = cc.ClassTaste(
        {
            "hurried": (0.5, {"wait": -0.3, "staff[polite]": 0.2}),
            "proud": (0.5, {"wait": -0.02, "staff[polite]": 2.0}),
        }
    )
    return cc.simulate_choices(design, Logit(utility), truth, 250, 2)


def test_classes_are_averaged_by_their_shares(answers):
    utility = Utility("wait + staff", answers.study)
    results = cc.LatentClass(utility, classes=2).fit(answers)
    found = importance(results, draws=100)
    table = cc.class_shares(results).set_index("class")
    expected = 0.0
    for name in ("class 1", "class 2"):
        wait = abs(18 * results.coefficient(f"{name}: wait"))
        staff = abs(results.coefficient(f"{name}: staff[polite]"))
        expected += table.loc[name, "share"] * wait / (wait + staff)
    assert share_of(found, "wait") == pytest.approx(expected, abs=1e-6)
    assert "on average over people" in repr(found)
    with pytest.raises(TradeOffError, match="do not multiply along a chain"):
        trade_matrix(results)


def test_mixed_tastes_are_averaged_over_people(answers):
    utility = Utility("wait + staff", answers.study)
    results = cc.MixedLogit(utility, random={"staff": cc.Normal()}, draws=128).fit(answers)
    found = importance(results, draws=60)
    mean, sd = results.coefficient("staff[polite]"), results.coefficient("sd[staff[polite]]")
    wait = abs(18 * results.coefficient("wait"))
    normal = np.random.default_rng(1).standard_normal(200_000)
    expected = (wait / (wait + np.abs(mean + sd * normal))).mean()
    # 128 Sobol points against the integral
    assert share_of(found, "wait") == pytest.approx(expected, abs=0.01)
    assert "simulated with 128 tastes" in repr(found)
    assert importance(results, kind="elasticity", draws=20).kind == "elasticity"
