"""Levers and plans: files, checks, owners."""

from dataclasses import replace

import pytest

from ccegov_choice.errors import PolicyError
from ccegov_choice.policy.redesign.lever import Lever
from ccegov_choice.policy.redesign.priority import rank_levers, unwanted
from ccegov_choice.policy.redesign.redesign import Redesign
from ccegov_choice.policy.redesign.responsibility import orphans, responsibility_matrix, splits
from ccegov_choice.policy.redesign.rules import finish_times

TOML = """
id = "claims"
title = "Claims"
budget = 800
cost_unit = "EUR"

[base]
wait = 40
help = "none"

[floors]
wait = 40

[today]
no = 120
yes = 90.5

[[lever]]
id = "fast"
attribute = "wait"
start = 40
end = 20
label = "Twice as fast"
cost = 300
lead_time = 6
accountable = "Office"
delivery = "IT"
route = "Agreement of 2025"
budget_holder = "Ministry"
controller = "Office"
legal_basis = "Claims act"
indicator = "Days"
people = { poor = "yes" }

[[lever]]
id = "staff"
attribute = "help"
end = "person"
accountable = ["Office", "Town"]
depends_on = ["fast"]
deliverable = false
"""


def test_a_plan_is_read_and_written_exactly(paid):
    plan = Redesign.from_toml(TOML)
    assert plan.check(paid) == ()
    fast, staff = plan.levers
    assert (fast.accountable, fast.people, fast.end) == (("Office",), {"poor": ("yes",)}, 20.0)
    assert (staff.accountable, staff.deliverable) == (("Office", "Town"), False)
    assert plan.today == {"no": 120.0, "yes": 90.5}
    assert Redesign.from_toml(plan.to_toml()) == plan


def test_a_wrong_file_tells_every_line():
    text = TOML.replace("budget = 800", 'budget = "much"').replace("cost = 300", "costs = 300")
    text = text.replace("deliverable = false", 'deliverable = "no"')
    with pytest.raises(PolicyError, match="has 3 problems") as caught:
        Redesign.from_toml(text, "plan.toml")
    places = {problem.where for problem in caught.value.problems}
    assert places == {"plan.toml:4", "plan.toml:24", "plan.toml:41"}
    with pytest.raises(PolicyError, match=r"plan\.toml:1"):
        Redesign.from_toml("id = ", "plan.toml")


def test_check_lists_every_problem_with_its_line(paid):
    text = TOML.replace("end = 20", "end = 400").replace('end = "person"', 'end = "persn"')
    text = text.replace('depends_on = ["fast"]', 'depends_on = ["fats"]')
    text = text.replace("start = 40", "start = 20").replace(
        "wait = 40\n\n[today]", "wait = 41\n[today]"
    )
    found = Redesign.from_toml(text, "plan.toml").check(paid)
    words = "\n".join(map(str, found))
    for part in (
        "outside what people were asked about",
        "unknown level of 'help' 'persn'",
        "Did you mean 'person'",
        "unknown lever 'fats'",
        "Did you mean 'fast'",
        "starts at 20, and today's service has wait = 40",
        "plan.toml:21: wait = 400",
    ):
        assert part in words


def levers(*changes):
    return [
        Lever(f"l{i}", **{"attribute": "wait", "end": 20.0, **c}) for i, c in enumerate(changes)
    ]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"levers": levers({"end": 40.0})}, "changes nothing"),
        ({"levers": levers({"cost": float("nan")})}, "'cost' of lever 'l0' is nan"),
        ({"levers": levers({"lead_time": -1.0})}, "'lead_time'"),
        ({"levers": levers({"attribute": "wiat"})}, "Did you mean 'wait'"),
        ({"levers": levers({"depends_on": "l1"}, {"end": 10.0})}, "the two exclude each other"),
        (
            {
                "levers": levers(
                    {"depends_on": "l1"}, {"depends_on": "l0", "attribute": "help", "end": "chat"}
                )
            },
            "in a ring: l0 -> l1 -> l0",
        ),
        ({"levers": levers({"excludes": "l0"})}, "names itself"),
        ({"levers": ()}, "there is no lever"),
        ({"floors": {"wait": 20.0}, "levers": levers({"end": 30.0})}, "a right is not traded"),
        ({"budget": -1.0}, "'budget' is -1"),
    ],
)
def test_what_cannot_be_is_told(redesign, paid, plan, words):
    assert words in "\n".join(map(str, replace(redesign, **plan).check(paid)))


def test_a_lever_under_a_floor_of_the_study_is_refused(paid):
    attribute = replace(paid.attribute("help"), floor=("none",))
    study = replace(paid, attributes=(paid.attribute("wait"), attribute))
    base = study.profile(wait=40, help="chat")
    plan = Redesign("r", (Lever("worse", "help", "none", cost=-5),), base)
    assert "under the floor" in str(plan.check(study)[0])


def test_months_run_one_after_the_other_along_dependencies(redesign):
    assert finish_times(redesign) == {"fast": 6, "faster": 12, "chat": 3, "staff": 15}


# --- owners ---------------------------------------------------------------------------------------


def test_a_plan_leaves_only_with_one_owner_for_each_lever(redesign, tmp_path):
    two = redesign.with_lever("fast", accountable=("Office", "Town"))
    for leave in (
        lambda: two.save(tmp_path / "plan.toml"),
        two.plan_table,
        lambda: responsibility_matrix(two),
    ):
        with pytest.raises(PolicyError, match="2 levers do not have exactly one") as caught:
            leave()
        assert "'fast' has 2 accountable owners: Office, Town" in str(caught.value)
        assert "'staff' has no accountable owner" in str(caught.value)
    assert not (tmp_path / "plan.toml").exists()
    one = redesign.with_lever("staff", accountable=("Town",))
    path = one.save(tmp_path / "plan.toml")
    assert Redesign.read(path) == one
    table = responsibility_matrix(one)
    assert table.columns == ("lever", "Office", "IT", "Town")
    assert table.rows[0] == ("fast", "A", "R", "")
    assert [sum("A" in str(cell) for cell in row[1:]) for row in table.rows] == [1] * 4
    assert one.plan_table().rows[3][4] == 15


def test_orphans_and_splits_are_exactly_those_planted(noisy_plan):
    assert orphans(noisy_plan) == ("nobody", "undone", "unable")
    assert splits(noisy_plan) == ("split1", "split2")


def test_unwanted_are_funded_levers_whose_value_may_be_zero(noise, noisy_plan):
    assert unwanted(noise, noisy_plan, pay_in="wait") == ("paint",)
    bare = noisy_plan.with_lever("paint", budget_holder="")
    assert unwanted(noise, bare, pay_in="wait") == ()
    found = rank_levers(noise, noisy_plan, pay_in="wait")
    assert (len(found.orphans), len(found.splits), len(found.unwanted)) == (3, 2, 1)
    assert "This study cannot tell whether people want 'paint'" in " ".join(found.sentences())
    assert found.chart().rows


def test_the_ranking_is_worth_times_reach_over_cost(differing, redesign, data):
    plan = replace(redesign, levers=redesign.levers[:3])
    found = rank_levers(differing, plan, pay_in="wait", people=data, draws=50)
    ratios = {
        item.lever.id: item.value.value * item.reach / item.lever.cost for item in found.levers
    }
    assert found.order == tuple(sorted(ratios, key=lambda name: -ratios[name]))
    frame = found.to_frame().set_index("lever")
    assert frame["ratio"].to_dict() == pytest.approx(ratios)
    # whom a lever reaches: half of the weight is on the poor
    poor = plan.with_lever("chat", people={"poor": "yes"})
    assert rank_levers(differing, poor, pay_in="wait", people=data, draws=50).to_frame().set_index(
        "lever"
    )["reach"].to_dict() == pytest.approx({"chat": 0.5, "fast": 1.0, "faster": 1.0})


def test_an_undeliverable_lever_goes_to_the_end_with_all_that_need_it(common, redesign):
    before = rank_levers(common, redesign, pay_in="wait", draws=50)
    plan = redesign.with_lever("fast", deliverable=False)
    after = rank_levers(common, plan, pay_in="wait", draws=50)
    # "staff" depends on "fast": both go to the end, the others keep their order
    assert set(after.order[2:]) == {"fast", "staff"}
    assert after.order[:2] == tuple(n for n in before.order if n not in ("fast", "staff"))
    assert {item.lever.id: item.reach for item in after.levers}["staff"] == 0.0
    assert "fast" in after.orphans


def test_what_costs_nothing_comes_first_if_anybody_wants_it(common, redesign):
    plan = redesign.with_lever("chat", cost=0.0).with_lever("fast", cost=-5.0)
    found = rank_levers(common, plan, pay_in="wait", draws=50)
    assert set(found.order[:2]) == {"chat", "fast"}
    assert "it costs nothing" in found.table().to_text()
