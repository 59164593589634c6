"""The simulator in a real browser: its numbers are Python's, from disk, without a network."""

from __future__ import annotations

import re

import numpy as np
import pytest
from axe import violations
from what_if import FAMILIES, WAYS, logit, mixed, people, simulator, worked_out

from ccegov_choice.policy.uptake import uptake
from ccegov_choice.policy.welfare.welfare_change import welfare_change
from ccegov_choice.report.simulator.simulator import Simulator
from ccegov_choice.tradeoff.ratio import willingness_to_trade

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Each simulator, and the file it was saved to, once."""
    folder, made = tmp_path_factory.mktemp("what-if"), {}

    def page_of(name):
        if name not in made:
            item = simulator(FAMILIES[name](), simulated=True)
            made[name] = item, item.save(folder / f"{name}.html")
        return made[name]

    return page_of


@pytest.fixture
def opened(visit, pages):
    def go(name="logit", viewport=DESK, fragment="", **context):
        item, path = pages(name)
        page = visit(viewport=viewport, **context)
        page.goto(path.as_uri() + fragment)
        return item, page

    return go


def choose(page, side, offer, levels):
    """Choose by the controls of the page."""
    for place, select in zip(
        levels,
        page.locator(f"select[data-side='{side}'][data-offer='{offer}']").all(),
        strict=True,
    ):
        select.select_option(str(place))


def random_sides(item, rng):
    """Places of levels for two sides; now and then a service is not offered."""
    sides = []
    for _ in range(2):
        side = [[int(rng.integers(n)) for n in (3, 3, 2)] for _ in item.ingredients.offers]
        if len(side) > 1 and rng.random() < 0.5:
            side[int(rng.integers(len(side)))] = None
        sides.append(side)
    return sides


def levels_of(item, places):
    attributes = item.results.study.attributes
    return {
        a.id: a.cell(a.shown_levels[place]) for a, place in zip(attributes, places, strict=True)
    }


@pytest.mark.parametrize("name", FAMILIES)
def test_numbers_are_those_of_python(opened, name):
    item, page = opened(name)
    rng = np.random.default_rng(11)
    for _ in range(3):
        sides = random_sides(item, rng)
        for side, offers in enumerate(sides):
            for offer, places in enumerate(offers):
                box = page.locator(f"input[data-side='{side}'][data-offer='{offer}']")
                if box.count():
                    box.set_checked(places is not None)
                if places is not None:
                    choose(page, side, offer, places)
        assert page.evaluate("window.simulator.state()") == sides
        told = page.evaluate("window.simulator.compare(...window.simulator.state())")
        expected = worked_out(
            item, [[None if p is None else levels_of(item, p) for p in side] for side in sides]
        )
        np.testing.assert_allclose(told["shares"], expected.shares, rtol=0, atol=1e-9)
        everybody = [told["worth"], *told["groups"]]
        for kind in ("mean", "median"):
            shown = [one[kind] for one in everybody]
            np.testing.assert_allclose(
                shown, getattr(expected, f"{kind}s"), rtol=1e-9, atol=1e-9, err_msg=kind
            )
        np.testing.assert_allclose(told["worth"]["gain"], expected.gain, rtol=0, atol=1e-9)
        np.testing.assert_allclose(told["worth"]["lose"], expected.lose, rtol=0, atol=1e-9)
    assert page.errors == []


@pytest.mark.parametrize("name", ["logit", "covariates", "classes", "nested", "mixed"])
def test_shares_are_those_of_uptake(opened, name):
    item, page = opened(name)
    told = page.evaluate("window.simulator.compare(...window.simulator.state())")
    frame = item.crowd.population.frame
    side = {}
    for k, scenario in enumerate(item.started):
        more = {"mode": "compete"} if len(scenario.offers) > 1 else {}
        if more:
            alone = [(w, p) for w, p in zip(WAYS, scenario.offers, strict=True)]
            found = uptake(
                item.results, dict(alone), people=frame, draws=120, seed=7, opt_out=True, **more
            )
        else:
            found = uptake(item.results, [scenario], people=frame, draws=120, seed=7)
        side[k] = np.column_stack([found.shares, found.conf_low, found.conf_high])
        shown = np.array(told["shares"][k])[: len(found.shares)]
        np.testing.assert_allclose(shown[:, 0], side[k][:, 0], rtol=0, atol=1e-9)
        if name != "mixed":  # a page holds fewer points of tastes for its intervals
            np.testing.assert_allclose(shown, side[k], rtol=0, atol=1e-9)


def test_changes_are_worth_what_trade_offs_say(opened):
    item, page = opened("logit")
    choose(page, 0, 0, [1, 0, 0])
    choose(page, 1, 0, [1, 2, 1])
    told = page.evaluate("window.simulator.compare(...window.simulator.state())")["changes"]
    gains = ["help: none -> visit", "staff: rude -> polite"]
    for change, gain in zip(told, gains, strict=True):
        found = willingness_to_trade(item.results, gain=gain, pay_in="wait", method="krinsky-robb")
        assert change["value"][0] == pytest.approx(found.estimate, rel=1e-9)
        # the interval is from few draws here and many there
        assert change["value"][1:] == pytest.approx([found.conf_low, found.conf_high], rel=0.1)


def test_the_sentence_says_what_the_table_says(opened):
    _, page = opened("logit")
    told = page.evaluate("window.simulator.compare(...window.simulator.state())")
    text = page.locator("#sentence").inner_text()
    old, new = (round(100 * told["shares"][k][0][0]) for k in (0, 1))
    assert f"about {old} would choose the service in “today” and about {new} in" in text
    moved = told["difference"][0]
    assert f"{round(100 * moved[0])} more ({round(100 * moved[1])} to " in text
    worth = re.search(r"worth as much as ([\d.]+) fewer days until the decision", text)
    assert float(worth[1]) == pytest.approx(told["worth"]["median"][0], abs=0.05)
    row = page.locator("#tables tr", has_text="The service").inner_text()
    assert str(old) in row
    assert str(new) in row


def test_a_link_keeps_the_comparison(opened):
    _, page = opened("nested")
    page.locator("input[data-side='1'][data-offer='1']").uncheck()
    choose(page, 1, 0, [2, 1, 0])
    link = page.locator("#link").input_value()
    state = page.evaluate("window.simulator.state()")
    assert page.url == link
    _, again = opened("nested", fragment="#" + link.partition("#")[2])
    assert again.evaluate("window.simulator.state()") == state
    assert again.locator("#sentence").inner_text() == page.locator("#sentence").inner_text()


def test_a_link_with_what_was_never_tested_is_not_followed(opened):
    item, page = opened("logit", fragment="#b.wait=3&b.help=spy&b.staff=polite&c=%3Cb%3E")
    guard = page.locator("#guard").inner_text()
    assert "b.wait=3" in guard
    assert "b.help=spy" in guard
    assert page.locator("#guard b").count() == 0
    assert page.evaluate("window.simulator.state()")[1] == [[1, 1, 1]]
    assert item.payload["attributes"]["help"]["levels"][-1]["id"] == "visit"
    assert "Spying" not in page.content()


def test_a_mix_that_nobody_was_asked_about_is_flagged(opened):
    _, page = opened("logit")
    assert page.locator("#guard").is_hidden()
    choose(page, 1, 0, [0, 2, 0])
    told = page.locator("#guard").inner_text()
    assert "never asked about this mix in “reform”" in told
    assert "A visit takes time." in told


def test_a_duty_has_no_uptake(opened):
    _, page = opened("duty")
    text = page.locator("main").inner_text()
    assert "If people could choose between the two, about" in text
    assert "would choose the service" not in text
    assert "Nobody can refuse it" in text


def test_by_keyboard_alone(opened):
    _, page = opened("logit", viewport=PHONE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the heading
    page.keyboard.press("Tab")
    before = page.locator("#sentence").inner_text()
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.locator("#sentence").inner_text() != before
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_nothing_is_loaded_and_nothing_complains(opened):
    _, page = opened("covariates")
    page.get_by_role("button", name="Copy the link").click()
    page.locator("#copied", has_text=re.compile("copied|marked")).wait_for()
    assert [r for r in page.requests if not r.startswith("file:")] == []
    assert page.errors == []
    assert "default-src 'none'" in page.content()


def test_without_a_script_the_scenarios_can_be_read(opened):
    _, page = opened("logit", java_script_enabled=False)
    text = page.locator("body").inner_text()
    assert "needs JavaScript" in text
    assert "What 100 people would choose" in text
    assert page.locator("select").first.is_hidden()


@pytest.mark.parametrize("name", ["logit", "nested", "duty"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(opened, name, viewport):
    _, page = opened(name, viewport)
    assert violations(page) == []
    page.emulate_media(media="print")
    assert violations(page) == []


def test_the_page_is_small():
    assert len(simulator(logit()).to_html()) < 200_000
    assert len(simulator(mixed()).to_html()) < 2_000_000
    assert len(people()) == 240


@pytest.mark.parametrize("name", ["logit", "covariates", "classes", "nested", "cross-nested"])
def test_worth_is_that_of_welfare_change(opened, name):
    item, page = opened(name)
    told = page.evaluate("window.simulator.compare(...window.simulator.state())")
    found = welfare_change(
        item.results,
        *item.started[:2],
        pay_in="wait",
        people=people(),
        by="area",
        draws=120,
        seed=7,
    )
    order = sorted(found.groups, key=lambda group: group.label)
    for shown, group in zip([told["worth"], *told["groups"]], [found, *order], strict=True):
        for kind in ("mean", "median"):
            amount = getattr(group, kind)
            expected = [amount.value, amount.low, amount.high]
            np.testing.assert_allclose(shown[kind], expected, rtol=1e-9, atol=1e-9)
    shares = [found.gain_share, found.loss_share]
    for kind, share in zip(("gain", "lose"), shares, strict=True):
        expected = [share.value, share.low, share.high]
        np.testing.assert_allclose(told["worth"][kind], expected, rtol=0, atol=1e-9)


def test_the_second_side_is_called_after_what_it_is(visit, tmp_path):
    results = logit()
    low = {"wait": 20, "help": "none", "staff": "rude"}
    made = {
        "today": low,
        "reform": low | {"wait": 10},
        "more staff": low | {"help": "visit"},
    }
    scenarios = {name: results.study.profile(**levels) for name, levels in made.items()}
    path = Simulator(results, scenarios).save(tmp_path / "three.html")
    page = visit(viewport=DESK)
    page.goto(path.as_uri())
    page.locator("#fill").select_option(label="more staff")
    assert "about" in page.locator("#sentence").inner_text()
    assert "“more staff”" in page.locator("#sentence").inner_text()
    choose(page, 1, 0, [0, 2, 1])
    assert "“your own mix”" in page.locator("#sentence").inner_text()
    assert page.locator("label[data-second]").first.inner_text() == "Your own mix"
    page.goto("about:blank")
    page.goto(path.as_uri() + "#b.wait=20&b.help=visit&b.staff=rude")
    assert "“more staff”" in page.locator("#sentence").inner_text()
    assert violations(page) == []
