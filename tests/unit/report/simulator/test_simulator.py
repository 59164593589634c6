"""What a simulator holds and what it refuses; its numbers are checked in a browser, in tests/e2e."""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import re

import numpy as np
import pandas as pd
import pytest
from what_if import (
    FAMILIES,
    MAIN,
    classes,
    duty,
    logit,
    made_up,
    mixed,
    mixed_payment,
    nested,
    people,
    simulator,
    with_covariates,
)

import ccegov_choice as cc
from ccegov_choice.errors import DataError, PolicyError, TradeOffError
from ccegov_choice.models.logit.logit import Logit
from ccegov_choice.models.mixed.distributions import Normal
from ccegov_choice.models.population.population import Population
from ccegov_choice.policy.scenario import Scenario
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.report.simulator import encoding, tastes
from ccegov_choice.report.simulator.crowd import gather_crowd
from ccegov_choice.report.simulator.encoding import connected, encode_offer
from ccegov_choice.report.simulator.packing import packed, packed_rows
from ccegov_choice.report.simulator.simulator import Simulator

LOW = {"wait": 20, "help": "none", "staff": "rude"}
HIGH = {"wait": 10, "help": "chat", "staff": "polite"}


def made(results, **more) -> Simulator:
    where = results.study
    scenarios = {"today": where.profile(**LOW), "reform": where.profile(**HIGH)}
    return Simulator(results, scenarios, **more)


# --- encoding -------------------------------------------------------------------------------------


def test_rows_add_up_to_whole_profiles():
    results = with_covariates()
    population = Population.of(results, people())
    offer = encode_offer(population, None)
    assert [block.attributes for block in offer.blocks] == [("wait",), ("help", "staff")]
    levels = {"wait": 2.0, "help": "visit", "staff": "polite"}
    whole = population.encode([cc.Profile(levels)])[:, 0]
    np.testing.assert_allclose(offer.rows(levels), whole, rtol=0, atol=1e-14)


def test_attributes_hang_together_through_others():
    where = logit().study
    utility = cc.Utility("wait*help + help:staff", where)
    assert connected(utility, ["wait", "help", "staff"]) == [("wait", "help", "staff")]
    apart = cc.Utility("wait + help + staff + wait:area", where)
    assert connected(apart, ["wait", "help", "staff"]) == [("wait",), ("help",), ("staff",)]


def test_levels_under_a_floor_are_nowhere():
    page = simulator(logit()).to_html()
    assert "spy" not in page
    assert "Spying" not in page


def test_too_many_combinations_are_refused(monkeypatch):
    monkeypatch.setattr(encoding, "MOST_COMBINATIONS", 8)
    with pytest.raises(PolicyError, match="help, staff interact"):
        simulator(with_covariates())


# --- people ---------------------------------------------------------------------------------------


def test_patterns_of_few_people_are_left_out_and_groups_withheld():
    frame = people()
    frame.loc[:3, "area"] = "tiny"  # 4 people
    study = with_covariates().study
    results = FAMILIES["logit"]()
    crowd = gather_crowd(results, frame, "area", [])
    assert len(crowd.withheld) == 2  # the small one, and one that hides it
    assert "tiny" in crowd.withheld
    assert [group.people for group in crowd.groups] == [int((frame["area"] == "n").sum())]
    assert crowd.population.people.weights.sum() == pytest.approx(1.0)
    assert study.covariate_ids == ("area", "age")


def test_a_model_that_would_name_people_is_refused():
    frame = people().assign(age=np.arange(240.0))
    with pytest.raises(PolicyError, match="people could be picked out"):
        simulator(with_covariates()).__class__(
            with_covariates(), simulator(logit()).scenarios, people=frame
        )


def test_a_table_of_a_population_counts_by_its_weights():
    table = pd.DataFrame({"area": ["n", "s"], "age": [0.0, 0.0], "weight": [900.0, 100.0]})
    crowd = gather_crowd(with_covariates(), table, "area", [])
    assert [group.people for group in crowd.groups] == [900, 100]
    assert crowd.left_out == 0


def test_people_are_asked_for_where_they_matter():
    with pytest.raises(DataError, match="differs between people by"):
        made(with_covariates())
    with pytest.raises(PolicyError, match="no people to tell apart"):
        made(logit(), by="area")
    with pytest.raises(PolicyError, match="area"):
        made(logit(), people=people(), by="aria")


# --- tastes ---------------------------------------------------------------------------------------


def test_points_are_thinned_so_that_the_page_stays_small(monkeypatch):
    whole = simulator(mixed_payment())
    assert whole.tastes.estimate.coefficients.shape[2] == 400
    assert whole.tastes.points < 400
    assert len(whole.to_html()) < 2_000_000
    monkeypatch.setattr(tastes, "MOST_NUMBERS", 100)
    with pytest.raises(PolicyError, match="too large a page"):
        simulator(mixed())


def test_numbers_come_back_to_the_last_bit():
    values = np.array([0.1, 1 / 3, -np.pi, 5e-324])
    back = np.frombuffer(base64.b64decode(packed(values)), dtype="<f8")
    assert (back == values).all()
    rows = np.array([[1.0, 0.0, 2.0], [1.0, 0.0, 0.1]])
    assert packed_rows(rows) == [[0, 1.0], [2, [2.0, 0.1]]]
    assert json.loads(json.dumps(packed_rows(rows))) == packed_rows(rows)


def test_a_mean_is_not_told_where_there_is_none():
    assert simulator(mixed()).payload["noMean"] is False
    assert simulator(classes()).payload["noMean"] is False
    page = simulator(mixed(Normal(), mean=-0.1))
    assert page.payload["noMean"] is True
    assert "grow without bound" in page.to_html()


# --- what is refused ------------------------------------------------------------------------------


def test_every_problem_is_told_at_once():
    where = logit().study
    scenarios = [
        Scenario("today", where.profile(**LOW | {"wait": 3})),
        Scenario("reform", where.profile(**HIGH), available={"service 1": "area: n"}),
    ]
    with pytest.raises(PolicyError) as caught:
        Simulator(logit(), scenarios, draws=5, level=2)
    said = str(caught.value)
    for part in ("level that was not tested", "Choose one of 2, 10, 20", "not open to everybody",
                 "5 draws are too few", "a level of 2"):  # fmt: skip
        assert part in said


def test_one_scenario_is_no_comparison():
    with pytest.raises(PolicyError, match="only one scenario"):
        Simulator(logit(), {"today": logit().study.profile(**LOW)})


def test_services_side_by_side_need_names():
    where = logit().study
    both = [where.profile(**LOW), where.profile(**HIGH)]
    with pytest.raises(PolicyError, match="several services without names"):
        Simulator(logit(), {"today": both, "reform": both})


def test_a_language_without_words_is_refused():
    with pytest.raises(PolicyError, match="language"):
        made(logit(), language="xx").to_html()


def test_a_curve_has_no_unit_unless_it_is_said_where():
    utility = cc.Utility("log(wait) + help + staff + asc", logit().study)
    values = {n: MAIN.get(n, -0.5) for n in utility.names}
    results = made_up(Logit(utility), logit().study, values)
    with pytest.raises(TradeOffError, match="curve"):
        made(results)
    assert made(results, at={"wait": 10.0}).payload["pay"] is not None
    assert made(results, pay_in="").payload["pay"] is None


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [logit, nested, duty])
def test_the_policy_names_the_script_and_the_style_by_their_hashes(build):
    page = simulator(build()).to_html()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'")
    for name in ("script", "style"):
        inside = re.search(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page.split("<script")[0])
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_words_of_a_study_cannot_break_out():
    where = logit().study
    evil = cc.Study(
        "claim", "</script><script>alert(1)</script>", where.attributes, opt_out=where.opt_out,
        covariates=where.covariates, numeraires=where.numeraires,
    )  # fmt: skip
    page = made(made_up(Logit(cc.Utility("wait + help + staff + asc")), evil, MAIN)).to_html()
    assert page.count("<script") == 3
    assert "alert(1)</script>" not in page


def test_the_same_bytes_each_time_and_no_currency():
    first, again = simulator(logit()).to_html(), simulator(logit()).to_html()
    assert first == again
    assert not re.search(r"[€£¥]|\b(EUR|USD|GBP)\b", first)


def test_a_duty_tells_no_uptake():
    page = simulator(duty())
    assert page.payload["optOut"] is None
    assert "Nobody can refuse it" in page.to_html()


def test_it_is_saved_and_shows_itself(tmp_path):
    item = simulator(logit(), simulated=True)
    assert item.save(tmp_path / "what-if.html").read_text("utf-8") == item.to_html()
    assert re.fullmatch(r"<Simulator of 'A claim': today, reform; \d+ kB, SIMULATED>", repr(item))
    assert 'sandbox="allow-scripts"' in item._repr_html_()
    assert "These citizens are simulated." in item.to_html()


def test_ranges_come_from_as_many_draws_as_those_of_the_report():
    default = inspect.signature(welfare_change).parameters["draws"].default
    assert Simulator.draws == default


def test_no_currency_without_a_declared_vehicle():
    results = logit()
    page = made(results, title="A fee of €12 (12 EUR)").to_html()
    assert "A fee of 12 (12 units of money)" in page
    assert not re.search(
        r"[$€£¥]\s?\d|\b(EUR|USD|GBP)\b", re.sub(r"<script.*", "", page, flags=re.S)
    )


def test_what_scenarios_offer_has_a_heading_of_its_own():
    assert made(logit()).to_html().count("The scenarios this page starts with</") == 1
