"""Channels of a service: scenarios of several offers, shifts between them, who is left behind."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import ccegov_choice as cc
from ccegov_choice.errors import DataError, PolicyError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.nests.nested_logit import NestedLogit
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.channels.channel_shift import channel_shift
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.study.utility import Utility

NAMES = ("web", "app", "phone", "office")
STUDY = cc.Study(
    "renewal",
    "Renewing a permit",
    (
        cc.Attribute.numeric("wait", "Days", [1, 4, 8, 12], "day", "days", direction="-"),
        cc.Attribute.numeric("forms", "Forms", [0, 2, 4], "form", "forms", direction="-"),
    ),
    tuple(cc.Alternative(name, name.title()) for name in NAMES),
    covariates=(
        cc.Covariate("online", "Is online", "numeric"),
        cc.Covariate("age", "Age", "numeric"),
    ),
    numeraires=(cc.Numeraire("wait"),),
)
UTILITY = Utility("wait + forms + asc", STUDY)
TRUTH = {
    "wait": -0.2,
    "forms": -0.4,
    "asc[app]": -0.2,
    "asc[phone]": -0.3,
    "asc[office]": 0.2,
}


@pytest.fixture(scope="module")
def choices():
    """People for whom the two ways online are alike: dissimilarity 0.5."""
    design = cc.random_design(STUDY, tasks=24, blocks=3, seed=9)
    model = NestedLogit(UTILITY, {"online": ["web", "app"]})
    return simulate_choices(design, model, {**TRUTH, "dissimilarity[online]": 0.5}, 500, 1)


@pytest.fixture(scope="module")
def logit(choices):
    return Logit(UTILITY).fit(choices)


@pytest.fixture(scope="module")
def nested(choices):
    return NestedLogit(UTILITY, {"online": ["web", "app"]}).fit(choices)


def offers(*names):
    return [STUDY.profile(name, wait=4, forms=2) for name in names or NAMES]


def test_a_withdrawn_way_sends_people_in_proportion_to_shares_in_a_logit(logit):
    found = channel_shift(logit, offers(), offers("app", "phone", "office"), draws=100)
    before = {offer.name: offer.before.value for offer in found.offers}
    assert found.offer("web").after.value == 0.0
    assert found.forced.value == pytest.approx(before["web"])
    for name in ("app", "phone", "office"):
        expected = before[name] / (1 - before["web"])
        assert found.diversion("web", name).value == pytest.approx(expected, rel=1e-10)
        assert found.offer(name).after.value == pytest.approx(expected, rel=1e-10)
    assert sum(flow.diversion.value for flow in found.flows) == pytest.approx(1.0)


def test_people_go_to_the_way_that_is_like_the_withdrawn_one(logit, nested):
    """B06 (b): the other way online gains more than a multinomial logit says."""
    without = offers("app", "phone", "office")
    alike = channel_shift(nested, offers(), without, draws=300).diversion("web", "app")
    plain = channel_shift(logit, offers(), without, draws=300).diversion("web", "app")
    assert alike.low > plain.high


def test_the_number_left_behind_is_that_of_people_with_nothing_open(nested):
    """B06 (c), counted one by one."""
    rng = np.random.default_rng(4)
    people = pd.DataFrame({"online": rng.integers(0, 2, 500), "age": rng.integers(18, 90, 500)})
    people["area"] = np.where(people.index % 3 == 0, "north", "south")
    after = Scenario(
        "online or old",
        offers("web", "office"),
        available={"web": "online", "office": "age - 64"},
    )
    found = channel_shift(nested, offers(), after, people=people, by="area", draws=100)
    nothing = (people["online"] == 0) & (people["age"] <= 64)
    assert found.left_behind == nothing.sum() > 0
    assert found.left_behind_share == pytest.approx(nothing.mean())
    by_area = nothing.groupby(people["area"]).sum()
    assert {group.name: group.left for group in found.groups} == by_area.to_dict()
    assert found.offer("nothing").after.value == pytest.approx(nothing.mean())
    assert sum(offer.after.value for offer in found.offers) == pytest.approx(1.0)
    assert found.forced.value > 0
    assert "people are left behind" in found.sentence()
    shown = found.left_behind_table()
    assert all(cell % 5 == 0 for row in shown.rows for cell in row[1:] if isinstance(cell, int))


def test_few_who_are_left_behind_are_not_counted_out_in_public(nested):
    people = pd.DataFrame({"online": [1] * 40 + [0] * 3})
    after = Scenario("web", offers("web"), available={"web": "online"})
    found = channel_shift(nested, offers(), after, people=people, draws=100)
    assert found.left_behind == 3
    assert "3 of 43" not in found.sentence()
    assert "Some people are left behind" in found.sentence()
    assert "3" not in found.left_behind_table().to_text()


def test_costs_follow_the_shares(nested):
    cost = {"web": 1.0, "app": 1.5, "phone": 6.0, "office": 12.0}
    found = channel_shift(nested, offers(), offers("web", "phone", "office"), cost=cost, draws=100)
    for estimate, which in ((found.cost_before, "before"), (found.cost_after, "after")):
        expected = sum(cost[o.name] * getattr(o, which).value for o in found.offers)
        assert estimate.value == pytest.approx(expected)
    change = found.cost_after.value - found.cost_before.value
    assert found.cost_change.value == pytest.approx(change)
    assert "Serving a person costs" in found.sentence()
    with pytest.raises(PolicyError) as caught:
        channel_shift(nested, offers(), offers("web", "phone"), cost={"web": 1.0}, draws=100)
    assert len(caught.value.problems) == 4
    halved = {name: value / 2 for name, value in cost.items()}
    same = channel_shift(nested, offers(), offers(), cost=cost, cost_after=halved, draws=100)
    assert same.cost_change.value == pytest.approx(-same.cost_before.value / 2)


def test_nothing_changes_where_nothing_changes(nested):
    found = channel_shift(nested, offers(), offers(), draws=100)
    assert found.flows == ()
    assert found.forced.value == 0.0
    assert "Web: as many people as before." in found.sentence()
    assert "Nobody is left without a way" in found.sentence()
    with pytest.raises(PolicyError, match="unknown offer that loses people"):
        found.diversion("web", "app")


def test_tables_frame_and_chart(nested):
    found = channel_shift(nested, offers(), offers("app", "phone", "office"), draws=100)
    frame = found.to_frame()
    assert list(frame["offer"]) == list(NAMES)
    np.testing.assert_allclose(frame["after"] - frame["before"], frame["change"], atol=1e-15)
    assert "Web" in str(found)
    assert found._repr_html_().count("<caption>") >= 3
    assert found.plot().headline.startswith("Web: about")
    assert found.sampled.shape == (100, 2, 5)


# --- scenarios of several offers in uptake --------------------------------------------------------


def test_a_scenario_of_several_offers_has_their_shares_together(nested):
    online = Scenario("online", offers("web", "app"))
    by_hand = Scenario("by hand", offers("phone", "office"))
    together = uptake(nested, [online, by_hand], draws=100)
    singles = uptake(nested, {name: offers(name)[0] for name in NAMES}, draws=100)
    assert together.share("online") == pytest.approx(singles.share("web") + singles.share("app"))
    assert together.shares.sum() == pytest.approx(1.0)


def test_who_may_not_use_it_is_not_counted(logit):
    people = pd.DataFrame({"online": [1, 1, 1, 0]})
    web = Scenario("web", offers("web"), available={"web": "online"})
    office = Scenario("office", offers("office"))
    found = uptake(logit, [web, office], people=people, draws=100)
    free = uptake(logit, [Scenario("web", offers("web")), office], draws=100)
    assert found.share("web") == pytest.approx(0.75 * free.share("web"))
    assert found.share("office") == pytest.approx(0.75 * free.share("office") + 0.25)
    with pytest.raises(PolicyError, match="differs between people by online"):
        uptake(logit, [web, office])
    with pytest.raises(DataError, match="no column 'online'"):
        uptake(logit, [web, office], people=pd.DataFrame({"age": [3]}))


def test_scenarios_are_checked_offer_by_offer(logit):
    with pytest.raises(PolicyError) as caught:
        uptake(
            logit,
            [
                Scenario("a", [STUDY.profile("web", wait=4), STUDY.profile("app", forms=2)]),
                Scenario("b", [STUDY.profile(wait=4, forms=2)]),
            ],
        )
    assert len(caught.value.problems) == 3
    assert "scenario 'a', app" in str(caught.value)
    with pytest.raises(PolicyError, match="'web' is offered twice"):
        uptake(logit, {"a": offers("web", "web")})
    scenario = Scenario("a", offers("web", "app"), "Online")
    assert scenario.offer_names == ("web", "app")
    assert scenario.text() == "Online"
    with pytest.raises(PolicyError, match="offers 2 services side by side"):
        scenario.profile  # noqa: B018
    assert Scenario("a", offers("web")).profile.alternative == "web"
    assert hash(Scenario("a", offers("web"))) == hash(Scenario("a", offers("web")))


def test_an_obligation_has_no_uptake():
    free = replace(STUDY, opt_out=cc.Alternative("none", "Nothing", kind="opt_out"))
    utility = Utility("wait + forms + asc", free)
    design = cc.random_design(free, tasks=24, blocks=3, seed=9)
    truth = dict.fromkeys(utility.names, 0.1) | TRUTH
    results = Logit(utility).fit(simulate_choices(design, Logit(utility), truth, 200, 1))
    forced = Scenario("forced", offers(), obliged=True)
    with pytest.raises(PolicyError, match="nobody may refuse 'forced'"):
        uptake(results, [forced])
    found = channel_shift(results, offers(), forced, draws=100)
    assert found.offer("none").after.value == 0.0
    # who would have chosen nothing is forced to choose something
    assert found.forced.value == pytest.approx(found.offer("none").before.value)
