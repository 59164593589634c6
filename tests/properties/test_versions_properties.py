"""Designs per person keep their study, and targets their exact shares, whatever the study is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.personal.chances import chances_of
from ccegov_choice.design.personal.shortcut import _rounded
from ccegov_choice.design.personal.target import TargetDistribution
from ccegov_choice.design.personal.versions import METHODS, person_designs
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.study import Study

SETTINGS = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def targets(draw) -> TargetDistribution:
    """A study with constraints and perhaps a status quo, and shares of some of its levels."""
    counts = draw(st.lists(st.integers(2, 4), min_size=2, max_size=4))
    names = [[f"l{j}" for j in range(count)] for count in counts]
    attributes = tuple(
        Attribute.categorical(f"a{i}", f"A{i}", levels) for i, levels in enumerate(names)
    )
    rules = []
    for _ in range(draw(st.integers(0, 2))):
        i, j = draw(st.permutations(range(len(counts))))[:2]
        rules.append(Forbidden({f"a{i}": ("l0",), f"a{j}": ("l1",)}))
    quo = None
    if draw(st.booleans()):
        now = {f"a{i}": draw(st.sampled_from(levels)) for i, levels in enumerate(names)}
        quo = Alternative("today", "Today", kind="status_quo", levels=now)
    study = Study("s", "S", attributes, opt_out=quo, constraints=tuple(rules))
    shares = {}
    for i, levels in enumerate(names):
        if draw(st.booleans()):
            parts = [draw(st.integers(1, 9)) for _ in levels]
            shares[f"a{i}"] = {lv: p / sum(parts) for lv, p in zip(levels, parts, strict=True)}
    return TargetDistribution.of(study, shares)


def by_hand(target: TargetDistribution) -> dict[tuple[str, ...], float]:
    """The chance of every profile that may be shown, from the definition."""
    study = target.study
    chances = {}
    for profile in itertools.product(*(item.level_ids for item in study.attributes)):
        levels = dict(zip(study.attribute_ids, profile, strict=True))
        if study.allows(levels) and (study.opt_out is None or levels != study.opt_out.fixed):
            equal = {item.id: 1 / len(item.levels) for item in study.attributes}
            chances[profile] = np.prod(
                [target.marginals.get(n, {}).get(lv, equal[n]) for n, lv in levels.items()]
            )
    total = sum(chances.values())
    return {profile: chance / total for profile, chance in chances.items()}


@given(targets())
@SETTINGS
def test_shares_are_those_of_the_profiles_one_by_one(target):
    chances = by_hand(target)
    for place, (name, shares) in enumerate(target.shares().items()):
        for level, share in shares.items():
            expected = sum(p for profile, p in chances.items() if profile[place] == level)
            assert share == pytest.approx(expected, abs=1e-12), (name, level)
    exact = target._chances
    codes, weights = exact.profiles(0)
    listed = {tuple(f"l{c}" for c in row): p for row, p in zip(codes, weights, strict=True)}
    assert listed == pytest.approx(chances, abs=1e-12)
    pairs = exact.pair_shares(0, 1, 0)
    for (a, b), share in np.ndenumerate(pairs):
        expected = sum(p for q, p in chances.items() if q[1] == f"l{a}" and q[0] == f"l{b}")
        assert share == pytest.approx(expected, abs=1e-12)


@given(targets(), st.sampled_from(METHODS), st.integers(2, 3), st.integers(1, 8), st.data())
@SETTINGS
def test_versions_keep_everything(target, method, alternatives, tasks, data):
    study = target.study
    made = {
        "versions": data.draw(st.integers(1, 4)), "tasks": tasks, "alternatives": alternatives,
        "method": method, "target": target, "seed": data.draw(st.integers(0, 2**32 - 1)),
    }  # fmt: skip
    try:
        chances = chances_of(task_space(study, alternatives), target.marginals, ())
    except DesignError:
        return
    design = person_designs(study, **made)
    shown = design.frame[design.frame["alternative"] != "today"]
    assert all(study.allows(row) for row in shown.to_dict("records"))
    profiles = shown[list(study.attribute_ids)].apply(tuple, axis=1)
    if study.opt_out is not None:
        quo = tuple(study.opt_out.fixed[name] for name in study.attribute_ids)
        assert quo not in set(profiles)
    shows = profiles.groupby(shown["task"]).agg(frozenset)
    assert set(shows.map(len)) == {alternatives}
    block = shown.groupby("task")["block"].first()
    assert list(block) == sorted(np.repeat(np.arange(1, made["versions"] + 1), tasks))
    different = shows.groupby(block).nunique()
    assert (different == min(tasks, chances.different_tasks)).all()
    again = person_designs(study, **{**made, "target": target.to_dict()})
    assert again.sha256 == design.sha256


@given(st.lists(st.integers(0, 20), min_size=1, max_size=5), st.integers(1, 30))
@SETTINGS
def test_rounding_by_lot_keeps_sums_and_means(parts, total):
    if sum(parts) == 0:
        parts = [1, *parts[1:]]
    expected = total * np.array(parts) / sum(parts)
    rounded = _rounded(expected, 4000, np.random.default_rng(len(parts)))
    assert (rounded.sum(axis=1) == total).all()
    assert np.abs(rounded - expected).max() < 1
    # means of 4,000 numbers that are 0 or 1 too few: six standard errors, 0.048
    assert np.abs(rounded.mean(axis=0) - expected).max() < 6 * 0.5 / np.sqrt(4000)
