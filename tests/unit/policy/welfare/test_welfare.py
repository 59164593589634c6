"""A change of welfare against closed forms, integrals of demand and simulated people."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import integrate

import ccegov_choice as cc
from ccegov_choice._estimate import Estimate
from ccegov_choice._table import Absent
from ccegov_choice.errors import DataError, PolicyError, TradeOffError
from ccegov_choice.models.classes.latent_class import LatentClass
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.mixed.distributions import LogNormal, Normal
from ccegov_choice.models.mixed.mixed_logit import MixedLogit
from ccegov_choice.models.nests.nested_logit import NestedLogit
from ccegov_choice.models.population.population import Population
from ccegov_choice.models.predict import predict
from ccegov_choice.models.results import draw_coefficients
from ccegov_choice.models.simulate import simulate_choices
from ccegov_choice.policy.channels.channel_shift import channel_shift
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.uptake import uptake
from ccegov_choice.policy.welfare import comparison
from ccegov_choice.policy.welfare.noise import simulation_noise
from ccegov_choice.policy.welfare.summary import _notes
from ccegov_choice.policy.welfare.welfare_change import compare, welfare_change
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.utility import Utility


@pytest.fixture(scope="module")
def priced(study):
    return replace(study, numeraires=(Numeraire("wait"),))


@pytest.fixture(scope="module")
def logit(priced, data):
    return Logit(Utility("wait + help + asc", priced)).fit(data)


@pytest.fixture(scope="module")
def own(priced, data):
    return Logit(Utility("wait + help + asc + wait:poor", priced)).fit(data)


@pytest.fixture(scope="module")
def mixed(priced, data):
    random = {"wait": LogNormal(sign=-1), "help[person]": Normal()}
    return MixedLogit(Utility("wait + help + asc", priced), random=random, draws=64).fit(data)


@pytest.fixture(scope="module")
def two(priced):
    return priced.profile(wait=40, help="chat"), priced.profile(wait=20, help="person")


# --- closed forms ---------------------------------------------------------------------------------


def test_without_a_choice_it_is_the_difference_of_utilities_over_a_day(logit, two):
    found = welfare_change(logit, *two, pay_in="wait", opt_out=False, draws=300, seed=7)
    rows = logit.utility.encode(list(two))
    gain = rows[1] - rows[0]

    def by_hand(b):
        return gain @ b / -b[logit.names.index("wait")]

    amounts = [by_hand(b) for b in draw_coefficients(logit, 300, 7)]
    low, high = np.quantile(amounts, [0.025, 0.975])
    assert found.mean.value == pytest.approx(by_hand(logit.estimates), rel=1e-12)
    assert (found.mean.low, found.mean.high) == pytest.approx((low, high), rel=1e-12)
    assert found.median == found.mean
    assert found.gain_share.value == 1.0
    assert found.majority_probability == 1.0
    np.testing.assert_allclose(found.sampled[:, 0], amounts, rtol=1e-12)


def test_twice_the_utility_is_the_same_amount(logit, two):
    twice = replace(logit, estimates=2 * logit.estimates)
    once, again = (
        welfare_change(r, *two, pay_in="wait", opt_out=False, draws=100) for r in (logit, twice)
    )
    assert again.mean.value == pytest.approx(once.mean.value, rel=1e-12)


def test_with_an_opt_out_it_is_the_integral_of_demand(logit, priced):
    """Fewer days are worth the area under the share of people who use the service."""
    slow, fast = (priced.profile(wait=w, help="chat") for w in (40, 10))
    found = welfare_change(logit, slow, fast, pay_in="wait", draws=100)

    def share(wait):
        profile = priced.profile(wait=wait, help="chat")
        return uptake(logit, {"a": profile}, draws=100).share("a")

    area, error = integrate.quad(share, 10, 40, epsabs=1e-9)
    assert found.mean.value == pytest.approx(area, abs=1e-7 + error)


def test_a_loss_is_the_gain_of_the_way_back(logit, two):
    there = welfare_change(logit, *two, pay_in="wait", draws=100)
    back = welfare_change(logit, *reversed(two), pay_in="wait", draws=100)
    assert back.mean.value == pytest.approx(-there.mean.value, rel=1e-12)
    assert back.loss_share.value == 1.0
    same = welfare_change(logit, two[0], two[0], pay_in="wait", draws=100)
    assert (same.mean.value, same.same_share.value, same.majority_probability) == (0.0, 1.0, 0.5)


def test_each_group_has_its_own_price(own, two, data):
    found = welfare_change(own, *two, pay_in="wait", people=data, by="poor", draws=100)
    for name in ("no", "yes"):
        frame = pd.DataFrame({"poor": [name]})
        alone = welfare_change(own, *two, pay_in="wait", people=frame, draws=100)
        assert found.group(name).mean.value == pytest.approx(alone.mean.value, rel=1e-12)
    shares = [group.share for group in found.groups]
    assert shares == pytest.approx([0.5, 0.5])
    means = [group.mean.value for group in found.groups]
    assert found.mean.value == pytest.approx(np.mean(means))
    assert [group.people for group in found.groups] == [160, 80]
    assert found.sampled.shape == (100, 2)


def test_many_kinds_of_people_are_coded_together_as_one_by_one(own, two, data, monkeypatch):
    one_by_one = welfare_change(own, *two, pay_in="wait", people=data, draws=100)
    monkeypatch.setattr("ccegov_choice.policy.welfare.worth._FEW", 1)
    together = welfare_change(own, *two, pay_in="wait", people=data, draws=100)
    assert together.mean.value == pytest.approx(one_by_one.mean.value, rel=1e-10)


# --- other families -------------------------------------------------------------------------------


def test_classes_are_weighed_by_their_shares(priced, data, two):
    utility = Utility("wait + help + asc", priced)
    results = LatentClass(utility, 2).fit(data)
    found = welfare_change(results, *two, pay_in="wait", opt_out=False, draws=100)
    points = Population.of(results).points()
    rows = utility.encode(list(two))
    tastes, chances = points.coefficients[0], points.chances[0]
    amounts = tastes @ (rows[1] - rows[0]) / -tastes[:, utility.names.index("wait")]
    right = tastes[:, utility.names.index("wait")] < 0
    expected = (amounts * chances)[right].sum() / chances[right].sum()
    assert found.mean.value == pytest.approx(expected, rel=1e-10)
    assert found.refuse.value == pytest.approx(chances[~right].sum())
    assert not found.simulated


def test_a_mixed_logit_has_a_distribution_over_people(mixed, two):
    found = welfare_change(mixed, *two, pay_in="wait", draws=100, points=64)
    points = Population.of(mixed, draws=64).points()
    rows = mixed.utility.encode([*two, mixed.study.profile("none")])
    values = points.coefficients[0] @ rows.T
    change = np.logaddexp(values[:, 1], values[:, 2]) - np.logaddexp(values[:, 0], values[:, 2])
    amounts = change / -points.coefficients[0][:, mixed.utility.names.index("wait")]
    assert found.simulated
    assert found.mean.value == pytest.approx(amounts.mean(), rel=1e-10)
    assert found.median.value == pytest.approx(np.median(amounts), rel=1e-10)
    assert found.gain_share.value == pytest.approx((change > 0).mean())
    assert found.per_person["cv"].iloc[0] == pytest.approx(np.median(amounts), rel=1e-10)
    assert any("simulated: 64 points" in note for note in found.notes)


def test_a_normal_price_has_no_mean(priced, data, two):
    model = MixedLogit(Utility("wait + help + asc", priced), random={"wait": Normal()}, draws=128)
    results = model.fit(data)
    wide = results.estimates.copy()
    wide[results.names.index("sd[wait]")] = 2 * abs(wide[results.names.index("wait")])
    found = welfare_change(replace(results, estimates=wide), *two, pay_in="wait", draws=100)
    assert isinstance(found.mean, Absent)
    assert "no mean exists" in found.mean.reason
    # a normal with a deviation of twice its mean is beyond zero for Phi(-1/2) of people
    assert found.refuse.value == pytest.approx(0.3085, abs=0.02)
    assert np.isfinite(found.median.value)
    assert any("wrong sign" in note for note in found.notes)
    assert "–" in str(found.table())
    narrow = wide.copy()
    narrow[results.names.index("sd[wait]")] = 0.1 * abs(wide[results.names.index("wait")])
    found = welfare_change(replace(results, estimates=narrow), *two, pay_in="wait", draws=100)
    # ten deviations from zero: no draw shows it, but a normal has density there
    assert found.refuse.value == 0.0
    assert isinstance(found.mean, Absent)
    assert "no mean exists" in found.mean.reason


WAYS = cc.Study(
    "renewal",
    "Renewing a permit",
    (
        cc.Attribute.numeric("wait", "Days", [1, 4, 8, 12], "day", "days", direction="-"),
        cc.Attribute.numeric("forms", "Forms", [0, 2, 4], "form", "forms", direction="-"),
    ),
    tuple(cc.Alternative(name, name.title()) for name in ("web", "app", "phone", "office")),
    covariates=(cc.Covariate("online", "Is online", "numeric"),),
    numeraires=(cc.Numeraire("wait"),),
)


@pytest.fixture(scope="module")
def nested():
    model = NestedLogit(Utility("wait + forms + asc", WAYS), {"online": ["web", "app"]})
    truth = {
        "wait": -0.2,
        "forms": -0.4,
        "asc[app]": -0.2,
        "asc[phone]": -0.3,
        "asc[office]": 0.2,
        "dissimilarity[online]": 0.5,
    }
    design = cc.random_design(WAYS, tasks=24, blocks=3, seed=9)
    return model.fit(simulate_choices(design, model, truth, 400, 1))


def channels(**changed):
    usual = {"web": 4, "app": 4, "phone": 4, "office": 8} | changed
    return [WAYS.profile(name, wait=wait, forms=2) for name, wait in usual.items()]


def test_a_nested_logit_is_the_integral_of_its_own_demand(nested):
    found = welfare_change(
        nested, channels(web=12), channels(web=1), pay_in="wait", opt_out=False, draws=100
    )

    def share(wait):
        frame = pd.DataFrame(
            [{"task": 1, "alternative": p.alternative, **p.levels} for p in channels(web=wait)]
        )
        return float(predict(nested, frame)["probability"].iloc[0])

    area, error = integrate.quad(share, 1, 12, epsabs=1e-9)
    assert found.mean.value == pytest.approx(area, abs=1e-7 + error)


def test_a_nested_logsum_is_the_mean_of_the_best_of_simulated_people(nested):
    """Maxima of generalised extreme values; 5 standard errors, false alarm below 1 in a million."""
    rng = np.random.default_rng(5)
    n, m = 400_000, nested.estimates[nested.names.index("dissimilarity[online]")]
    # a positive stable number (Kanter 1975) ties the chance of the two ways online together
    angle, power = rng.uniform(0, np.pi, n), rng.exponential(size=n)
    stable = np.sin(m * angle) / np.sin(angle) ** (1 / m)
    stable *= (np.sin((1 - m) * angle) / power) ** ((1 - m) / m)
    errors = rng.gumbel(size=(n, 4))
    errors[:, :2] = m * (errors[:, :2] + np.log(stable)[:, None])
    before, after = (
        nested.utility.encode(offers) @ nested.utility_estimates
        for offers in (channels(), channels(web=1, app=1))
    )
    gains = (after + errors).max(axis=1) - (before + errors).max(axis=1)
    gains /= -nested.coefficient("wait")
    found = welfare_change(
        nested, channels(), channels(web=1, app=1), pay_in="wait", opt_out=False, draws=100
    )
    assert abs(found.mean.value - gains.mean()) < 5 * gains.std() / np.sqrt(n)


# --- many people ----------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["mixed", "own"])
def test_counted_amounts_are_those_that_were_kept(family, request, two, data, monkeypatch):
    results = request.getfixturevalue(family)
    asked = {"pay_in": "wait", "people": data, "by": "poor", "draws": 100, "points": 1000}
    kept = welfare_change(results, *two, **asked)
    monkeypatch.setattr(comparison, "_EXACT", 0)
    counted = welfare_change(results, *two, **asked)
    np.testing.assert_allclose(counted.sampled, kept.sampled, rtol=1e-10)
    assert counted.mean.value == pytest.approx(kept.mean.value, rel=1e-12)
    assert counted.loss_share.value == pytest.approx(kept.loss_share.value, abs=1e-12)
    if family == "mixed":
        # a bin is 1/64 wide, and read by interpolation among a thousand points
        assert counted.median.value == pytest.approx(kept.median.value, rel=1 / 64)
        assert any("bins" in note for note in counted.notes)


def test_a_nested_logit_is_counted_too(nested, monkeypatch):
    offered = channels(), channels(web=1)
    kept = welfare_change(nested, *offered, pay_in="wait", draws=100)
    monkeypatch.setattr(comparison, "_EXACT", 0)
    counted = welfare_change(nested, *offered, pay_in="wait", draws=100)
    np.testing.assert_allclose(counted.sampled, kept.sampled, rtol=1e-12)


# --- who may use what -----------------------------------------------------------------------------


def test_people_who_are_shut_out_lose_by_no_amount(nested):
    people = pd.DataFrame({"online": [1, 1, 1, 0]})
    before = Scenario("today", channels())
    after = Scenario("online only", channels()[:2], available={"web": "online", "app": "online"})
    found = welfare_change(nested, before, after, pay_in="wait", people=people, draws=100)
    assert found.shut_out == pytest.approx(0.25)
    assert found.loss_share.value == pytest.approx(1.0)
    alone = Scenario("online only", channels()[:2])
    served = welfare_change(nested, before, alone, pay_in="wait", draws=100)
    assert found.mean.value == pytest.approx(served.mean.value, rel=1e-12)
    assert any("nothing to choose from after" in note for note in found.notes)
    nobody = pd.DataFrame({"online": [0, 0]})
    with pytest.raises(PolicyError, match="nobody in everybody has something"):
        welfare_change(nested, before, after, pay_in="wait", people=nobody, draws=100)


def test_conditions_may_be_words_or_sums(nested):
    people = pd.DataFrame({"online": [1.0, 0.0], "age": [30, 70], "region": ["north", "south"]})
    today = Scenario("today", channels())

    def shut(**available):
        after = Scenario("after", channels()[:1], available=available)
        return welfare_change(
            nested, today, after, pay_in="wait", people=people, draws=100
        ).shut_out

    assert shut(web="age - 64") == pytest.approx(0.5)
    assert shut(web="region: north") == pytest.approx(0.5)
    assert shut(web="region: north, south") == 0.0
    with pytest.raises(DataError, match="no column 'regoin'"):
        shut(web="regoin: north")
    with pytest.raises(PolicyError, match="arithmetic, but a column holds words"):
        shut(web="region + 1")
    with pytest.raises(PolicyError, match="is not understood"):
        shut(web="age > 64")
    with pytest.raises(PolicyError, match="unknown offer 'wbe'"):
        shut(wbe="online")


# --- refusals and words ---------------------------------------------------------------------------


def test_what_cannot_be_valued_is_refused(logit, own, priced, two):
    with pytest.raises(TradeOffError, match="does not let people pay in"):
        welfare_change(logit, *two, pay_in="help")
    with pytest.raises(PolicyError, match="differs between people by poor"):
        welfare_change(own, *two, pay_in="wait")
    with pytest.raises(PolicyError, match="leaves open help"):
        welfare_change(logit, two[0], priced.profile(wait=2), pay_in="wait")
    wrong = replace(logit, estimates=-logit.estimates)
    with pytest.raises(PolicyError, match="wrong sign"):
        welfare_change(wrong, *two, pay_in="wait")
    weak = logit.estimates.copy()
    weak[logit.names.index("wait")] = -1e-4
    with pytest.raises(PolicyError, match="not told from zero"):
        welfare_change(replace(logit, estimates=weak), *two, pay_in="wait")
    with pytest.raises(PolicyError, match="offers 2 services"):
        Scenario("both", two).profile  # noqa: B018


def test_a_curve_needs_a_point(priced, data, two):
    curved = Logit(Utility("log(wait) + help + asc", priced)).fit(data)
    with pytest.raises(TradeOffError, match="its utility is a curve"):
        welfare_change(curved, *two, pay_in="wait")
    found = welfare_change(curved, *two, pay_in="wait", at={"wait": 20}, draws=100)
    assert any("close, not exact" in note for note in found.notes)


def test_a_right_has_no_price(priced, data, two):
    help_ = replace(priced.attribute("help"), tradeable="no")
    rights = replace(priced, attributes=(priced.attribute("wait"), help_))
    results = Logit(Utility("wait + help + asc", rights)).fit(data)
    with pytest.raises(PolicyError, match="'help' is a legal floor and not for sale"):
        welfare_change(results, *two, pay_in="wait")


def test_a_duty_is_valued_for_those_who_do_it(logit, priced, two):
    duty = replace(priced, mandatory=True)
    results = replace(logit, utility=Utility("wait + help + asc", duty))
    found = welfare_change(results, *two, pay_in="wait", draws=100)
    free = welfare_change(logit, *two, pay_in="wait", opt_out=False, draws=100)
    assert found.mean.value == pytest.approx(free.mean.value)
    assert any("duty" in note for note in found.notes)
    # nobody may do without a duty, whoever asks
    for what in (
        lambda: welfare_change(results, *two, pay_in="wait", draws=100, opt_out=True),
        lambda: channel_shift(results, *two, draws=100, opt_out=True),
    ):
        with pytest.raises(PolicyError, match="is a duty"):
            what()


def test_words_tables_and_chart(own, two, data):
    found = welfare_change(own, *two, pay_in="wait", people=data, by="poor", draws=200)
    said = found.sentence()
    assert "is worth as much as" in said
    assert "fewer days of wait" in said
    assert "Of 100 people about 100 would gain" in said
    assert "In the group 'Low income: Yes' the typical person is better off" in said
    assert "all of them gain or all lose" in str(found)
    assert found._repr_html_().count("<caption>") >= 2
    assert len(found.chart().rows) == 3
    assert found.plot().alt.startswith("Dot chart.")
    frame = found.to_frame()
    assert list(frame["group"]) == ["everybody", "no", "yes"]
    assert frame["mean"].iloc[0] == found.mean.value
    with pytest.raises(PolicyError, match="unknown group 'ys'"):
        found.group("ys")
    with pytest.raises(PolicyError, match="which are no groups"):
        welfare_change(
            own,
            *two,
            pay_in="wait",
            people=pd.DataFrame({"poor": ["no"] * 60, "id": range(60)}),
            by="id",
        )


def test_an_unclear_change_is_said_to_be_unclear(logit, priced):
    """Days and help that just make up for each other."""
    days = 10 + logit.coefficient("help[chat]") / -logit.coefficient("wait")
    before, after = priced.profile(wait=10, help="none"), priced.profile(wait=days, help="chat")
    found = welfare_change(logit, before, after, pay_in="wait", draws=300)
    assert found.sentence().startswith("This study cannot tell whether the typical person is")
    assert "cannot tell whether more people gain than lose" in found.sentence()


def test_words_leave_out_what_nobody_sees_and_do_not_repeat_the_groups(logit, two, data):
    """No "about 0 would lose (0 to 0)", and no list of groups of which nothing can be told."""
    told = welfare_change(logit, *two, pay_in="wait", people=data, by="poor", draws=100)
    said = told.sentence()
    assert "(0 to 0)" not in said
    assert "about 100 would gain (95% interval 100 to 100)." in said
    assert "The model sees nobody who loses" in said
    assert "In the group '" in said
    flat = Estimate(0.1, -1.0, 1.0)
    unclear = replace(told, median=flat, groups=tuple(replace(g, median=flat) for g in told.groups))
    assert [s for s in unclear.sentences() if "group" in s] == [
        "Nor can it tell, for any of the groups, whether the typical person gains or loses."
    ]


def test_when_nothing_changes_nobody_gains_or_loses(logit, two):
    same = welfare_change(logit, two[0], two[0], pay_in="wait", draws=100)
    assert "nobody gains and nobody loses" in " ".join(same.sentences())


def test_draws_with_the_wrong_sign_for_some_people_are_told():
    refused = np.zeros((5, 1))
    counts = np.zeros((5, 1, comparison.COUNTS))
    assert _notes(refused, counts, 0, "wait") == ()
    refused[2] = 0.1
    (note,) = _notes(refused, counts, 0, "wait")
    assert note.startswith("in 25 in 100 draws wait has the wrong sign for some people")


def test_simulation_noise_is_that_of_other_points(mixed, two, data):
    """Against the spread over blocks of medians of independent sets of points."""
    offers = [Scenario("before", two[0]), Scenario("after", two[1])]
    made = compare(mixed, *offers, pay_in="wait", people=data, points=1024)[0]
    noise = simulation_noise(made, mixed.estimates)
    found = welfare_change(mixed, *two, pay_in="wait", people=data, points=1024, draws=100)
    few = compare(mixed, *offers, pay_in="wait", people=data, points=64)[0]
    assert 0 < noise < simulation_noise(few, mixed.estimates)
    assert noise < 0.1 * abs(found.median.value)
    assert any("with other points" in note for note in found.notes)
    tiny = compare(mixed, *offers, pay_in="wait", people=data, points=8)[0]
    assert simulation_noise(tiny, mixed.estimates) is None
