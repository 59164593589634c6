"""B03 (c): the burden account equals what was worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from ccegov_choice._table import Absent
from ccegov_choice.errors import FileFormatError, PolicyError
from ccegov_choice.policy.burden.account import BurdenItem
from ccegov_choice.policy.burden.burden import burden_account, burden_of_services, read_burden

PEOPLE = {"low income": 200, "others": 800}


def _items():
    return pd.DataFrame(
        [
            ("learning", "Find the form", "low income", 2.0, None),
            ("learning", "Find the form", "others", 1.0, None),
            ("compliance", "Show papers", "low income", 3.0, 100),
            ("compliance", "Show papers", "others", 3.0, 80),
            ("psychological", "Fear of a mistake", "low income", 0.5, None),
        ],
        columns=["kind", "item", "group", "hours", "people"],
    )


def test_it_equals_the_account_by_hand():
    found = burden_account(_items(), PEOPLE)
    # low income: 2 * 200 + 3 * 100 + 0.5 * 200 = 800; others: 1 * 800 + 3 * 80 = 1,040
    assert found.hours("low income") == 800
    assert found.hours("others") == 1040
    assert found.hours() == 1840
    assert found.hours(kind="compliance") == 540
    assert found.hours("low income", "psychological") == 100
    assert found.per_person("low income") == 4
    assert found.per_person("others") == 1.3
    assert found.per_person() == 1.84
    assert found.ratio("low income", "others") == pytest.approx(4 / 1.3)
    assert found.items_table().rows[0] == ("Find the form", "learning", 1200.0)
    row = found.table().rows[0]
    assert row == ("low income", 200, 2.0, 1.5, 0.5, 4.0, 800.0)
    assert "3.1 times as much" in found.sentence()


def test_a_file_says_the_same(tmp_path):
    path = tmp_path / "burden.toml"
    path.write_text(
        """
name = "today"
[people]
"low income" = 200
others = 800
[[item]]
kind = "learning"
name = "Find the form"
hours = {"low income" = 2, others = 1}
[[item]]
kind = "compliance"
name = "Show papers"
hours = 3
people = {"low income" = 100, others = 80}
[[item]]
kind = "psychological"
name = "Fear of a mistake"
hours = {"low income" = 0.5}
""",
        encoding="utf-8",
    )
    found = read_burden(path)
    assert found.table().rows == burden_account(_items(), PEOPLE).table().rows
    assert found.table().title == "Burden: today"
    path.write_text("[people]\na = 20\n[[item]]\nkind = 'learn'\nhour = 2\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="3 problems"):
        read_burden(path)
    path.write_text("[people", encoding="utf-8")
    with pytest.raises(FileFormatError, match="not TOML"):
        read_burden(path)


def test_services_by_their_levels(study):
    today, reform = study.profile(wait=40, help="none"), study.profile(wait=10, help="person")
    hours = {"wait": 0.1, "help": {"none": 2.0, "chat": 1.0, "person": 0.5}}
    kinds = {"wait": "psychological", "help": "compliance"}
    found = burden_of_services(
        study,
        [
            (today, {"low income": 0.5, "others": 0.25}),
            (reform, {"low income": 0.5, "others": 0.75}),
        ],
        hours,
        kinds,
        PEOPLE,
    )
    assert found.per_person("low income", "psychological") == pytest.approx(0.5 * 4 + 0.5 * 1)
    assert found.per_person("others", "compliance") == pytest.approx(0.25 * 2 + 0.75 * 0.5)
    with pytest.raises(PolicyError, match="4 reasons"):
        burden_of_services(study, [(today, {})], {"help": {"chat": 1.0}, "weight": 1}, {}, PEOPLE)


def test_before_and_after():
    before = burden_account(_items(), PEOPLE, name="Today")
    after = burden_account(_items().assign(hours=lambda f: f["hours"] / 2), PEOPLE, name="Reform")
    table = before.compared(after)
    assert table.columns == ("Group", "Today", "Reform", "Change each", "Change in all")
    assert table.rows[0] == ("low income", 4.0, 2.0, -2.0, -400.0)
    assert table.rows[-1][0] == "Everybody"


def test_small_groups_are_withheld():
    items = [BurdenItem("learning", "Find out", {"a": 2.0, "b": 7.0, "c": 1.0})]
    found = burden_account(items, {"a": 300, "b": 4, "c": 50})
    assert found.withheld == {"b", "c"}
    assert isinstance(found.table().rows[1][1], Absent)
    assert "'b'" not in found.sentence()
    assert "b:" not in found.chart().alt


def test_nothing_to_compare_with_is_said():
    found = burden_account([BurdenItem("learning", "x", {"a": 1.0})], {"a": 20, "b": 20})
    assert isinstance(found.ratio("a", "b"), Absent)
    assert found.sentences() == ("People spend 0.5 hours each, 20 hours in all.",)


def test_every_problem_is_told_at_once():
    items = [BurdenItem("effort", "Queue", {"a": -1.0, "c": 2.0}, {"a": 40})]
    with pytest.raises(PolicyError, match="4 problems") as caught:
        burden_account(items, {"a": 20})
    assert "Known: learning, compliance, psychological" in str(caught.value)
    with pytest.raises(PolicyError, match="unknown column 'hours'"):
        burden_account(_items().drop(columns="hours"), PEOPLE)
    with pytest.raises(PolicyError, match="two rows"):
        burden_account(pd.concat([_items(), _items()]), PEOPLE)
    with pytest.raises(PolicyError, match="unknown group 'c'"):
        burden_account(_items(), PEOPLE).hours("c")


def test_it_shows_itself():
    found = burden_account(_items(), PEOPLE)
    assert found.chart().rows[0].heading == "low income"
    assert "<table" in found._repr_html_()
    assert "Hours each" in repr(found)
