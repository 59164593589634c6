"""Designs per person: rules, exact chances, balance, overlap, targets and replay."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ccegov_choice.design import measures
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.design import coded
from ccegov_choice.design.personal import repeats
from ccegov_choice.design.personal.target import TargetDistribution
from ccegov_choice.design.personal.versions import METHODS, person_designs
from ccegov_choice.design.verify import verify
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study

EVEN = METHODS[1:]
# each chi-squared test below has a fixed seed; with another one it would fail once in 10,000 times
FALSE_ALARM = 1e-4


def fits(counts, expected) -> bool:
    counts, expected = np.asarray(counts, float), np.asarray(expected, float)
    assert expected.min() >= 5
    assert abs(counts.sum() - expected.sum()) < 1e-6
    statistic = ((counts - expected) ** 2 / expected).sum()
    return statistic < stats.chi2.isf(FALSE_ALARM, len(counts) - 1)


def profiles_of(design):
    rows = design.frame[design.frame["alternative"].isin(["A", "B", "C", "D"])]
    return rows[list(design.study.attribute_ids)].apply(tuple, axis=1), rows


def codes_of(design, alternatives):
    space = task_space(design.study, None if design.study.labelled else alternatives)
    codes = coded(design, space)
    return codes.reshape(design.blocks, -1, *codes.shape[1:])


def square(levels: int, attributes: int) -> Study:
    names = [f"l{i}" for i in range(levels)]
    asked = tuple(Attribute.categorical(f"a{i}", f"A{i}", names) for i in range(attributes))
    return Study("square", "Square", asked)


def overlap_of(design, alternatives):
    space = task_space(design.study, alternatives)
    codes = codes_of(design, alternatives).reshape(-1, alternatives, len(space.cells))
    return np.mean([share for share, _ in measures.overlap(space, codes)])


@pytest.mark.parametrize("method", METHODS)
def test_rules_are_kept_in_every_version(constrained, method):
    design = person_designs(
        constrained, versions=20, tasks=8, alternatives=3, method=method, seed=1
    )
    profiles, rows = profiles_of(design)
    assert all(constrained.allows(row) for row in rows.to_dict("records"))
    assert "brusque" not in set(rows["dignity"])
    tasks = profiles.groupby(rows["task"]).agg(frozenset)
    assert set(tasks.map(len)) == {3}
    block = rows.groupby("task")["block"].first()
    assert (tasks.groupby(block).nunique() == 8).all()
    assert (design.blocks, design.tasks) == (20, 160)
    assert list(block.index) == list(range(1, 161))
    assert list(block) == sorted(block)


@pytest.mark.parametrize("method", METHODS)
def test_few_tasks_are_all_used_before_one_comes_twice(two_level, method):
    small = Study("small", "Small", two_level.attributes[:3])
    # eight profiles make 28 pairs
    made = {"tasks": 28, "method": method, "seed": 2}
    profiles, rows = profiles_of(person_designs(small, versions=3, **made))
    tasks = profiles.groupby(rows["task"]).agg(frozenset)
    assert set(tasks.map(len)) == {2}
    assert (tasks.groupby(rows.groupby("task")["block"].first()).nunique() == 28).all()


@pytest.mark.parametrize("method", METHODS)
def test_more_tasks_than_exist_are_shown_equally_often(two_level, method):
    small = Study("small", "Small", two_level.attributes[:2])
    design = person_designs(small, versions=4, tasks=12, method=method, seed=2)
    profiles, rows = profiles_of(design)
    tasks = profiles.groupby(rows["task"]).agg(frozenset)
    assert set(tasks.map(len)) == {2}
    assert tasks.nunique() == 6
    assert any("only 6 different tasks" in note for note in design.notes)


def test_every_task_of_a_full_list_comes_as_often_when_tasks_repeat(two_level):
    small = Study("small", "Small", two_level.attributes[:2])
    design = person_designs(small, versions=4, tasks=12, method="independent", seed=2)
    profiles, rows = profiles_of(design)
    tasks = profiles.groupby(rows["task"]).agg(frozenset)
    for _, version in tasks.groupby(rows.groupby("task")["block"].first()):
        assert set(version.value_counts()) == {2}


@pytest.mark.parametrize("method", METHODS)
def test_no_alternative_equals_the_status_quo(two_level, method):
    levels = dict.fromkeys(("a0", "a1"), "no")
    quo = Alternative("today", "Today", kind="status_quo", levels=levels)
    study = Study("quo", "Quo", two_level.attributes[:2], opt_out=quo)
    design = person_designs(study, versions=10, tasks=3, method=method, seed=2)
    profiles, _ = profiles_of(design)
    assert set(profiles) == {("no", "yes"), ("yes", "no"), ("yes", "yes")}


def test_independent_profiles_have_their_exact_conditional_chances(constrained):
    shares = {
        "wait": {"7": 0.4, "14": 0.3, "30": 0.2, "60": 0.1},
        "channel": {"web": 0.5, "phone": 0.3, "office": 0.2},
    }
    target = TargetDistribution.of(constrained, shares)
    design = person_designs(
        constrained, versions=8000, tasks=1, alternatives=1, method="independent",
        target=target, seed=11,
    )  # fmt: skip
    by_hand = {
        (float(w), c, d): pw * pc * 0.5
        for (w, pw), (c, pc), d in itertools.product(
            shares["wait"].items(), shares["channel"].items(), ("routine", "respectful")
        )
        if (w, c) != ("7", "office")
    }
    total = sum(by_hand.values())
    assert total == pytest.approx(1 - 0.4 * 0.2)
    counts = profiles_of(design)[0].value_counts()
    assert len(counts) == 22
    assert fits([counts[key] for key in by_hand], [8000 * p / total for p in by_hand.values()])
    # the exact shares that are told are sums of the same chances
    wait = {w: sum(p for key, p in by_hand.items() if key[0] == float(w)) for w in shares["wait"]}
    told = target.shares()
    assert told["wait"] == pytest.approx({w: p / total for w, p in wait.items()}, abs=1e-14)
    assert told["dignity"] == pytest.approx({"routine": 0.5, "respectful": 0.5}, abs=1e-14)


@pytest.mark.parametrize("few", [repeats.FEW_TASKS, 0], ids=["from the list", "till they fit"])
def test_independent_tasks_are_conditioned_on_their_alternatives_being_different(
    two_level, monkeypatch, few
):
    monkeypatch.setattr(repeats, "FEW_TASKS", few)
    study = Study("small", "Small", two_level.attributes[:2])
    shares = {"a0": {"no": 0.7, "yes": 0.3}, "a1": {"no": 0.4, "yes": 0.6}}
    target = TargetDistribution.of(study, shares)
    design = person_designs(
        study, versions=6000, tasks=1, method="independent", target=target, seed=5
    )
    chance = {(x, y): shares["a0"][x] * shares["a1"][y] for x in shares["a0"] for y in shares["a1"]}
    pairs = {(p, q): chance[p] * chance[q] for p in chance for q in chance if p != q}
    total = sum(pairs.values())
    profiles, rows = profiles_of(design)
    counts = profiles.groupby(rows["task"]).agg(tuple).value_counts()
    assert len(counts) == 12
    assert fits([counts[key] for key in pairs], [6000 * p / total for p in pairs.values()])


def test_independent_profiles_are_conditioned_on_not_being_the_status_quo(two_level):
    levels = dict.fromkeys(("a0", "a1"), "no")
    quo = Alternative("today", "Today", kind="status_quo", levels=levels)
    study = Study("quo", "Quo", two_level.attributes[:2], opt_out=quo)
    target = TargetDistribution.of(study, {"a0": {"no": 0.8, "yes": 0.2}})
    # of chances 0.4 0.4 0.1 0.1 the first is taken out
    shares = target.shares()
    assert shares["a0"] == pytest.approx({"no": 4 / 6, "yes": 2 / 6}, abs=1e-14)
    assert shares["a1"] == pytest.approx({"no": 1 / 6, "yes": 5 / 6}, abs=1e-14)
    design = person_designs(
        study, versions=3000, tasks=1, alternatives=1, method="independent", target=target, seed=3
    )
    counts = profiles_of(design)[0].value_counts()
    expected = {("no", "yes"): 2000, ("yes", "no"): 500, ("yes", "yes"): 500}
    assert fits([counts[key] for key in expected], list(expected.values()))


@pytest.mark.parametrize("method", EVEN)
def test_levels_are_even_within_every_version(plain, method):
    design = person_designs(plain, versions=15, tasks=12, method=method, seed=4)
    codes = codes_of(design, 2)
    for m, levels in enumerate((4, 3, 2)):
        for level in range(levels):
            assert set((codes[..., m] == level).sum(axis=(1, 2))) == {24 // levels}


@pytest.mark.parametrize("method", EVEN)
def test_uneven_numbers_differ_by_one_and_even_out_over_versions(method):
    codes = codes_of(
        person_designs(square(4, 3), versions=20, tasks=7, alternatives=3, method=method, seed=4), 3
    )
    counts = np.stack([(codes == level).sum(axis=(1, 2)) for level in range(4)], axis=-1)
    # 21 showings of 4 levels in a version
    assert set(counts.ravel()) <= {5, 6}
    spread = np.ptp(counts.sum(axis=0), axis=-1)
    # one level of four is shown once more; by lot in "shortcut" (four standard deviations), else
    # evenly over versions
    most = 4 * np.sqrt(2 * 20 / 4) if method == "shortcut" else 2
    assert spread.max() <= most


def test_overlap_is_ordered_by_method():
    for levels, attributes, alternatives in ((4, 4, 3), (3, 4, 3), (2, 6, 3), (5, 3, 2)):
        study = square(levels, attributes)
        found = {
            method: overlap_of(
                person_designs(
                    study, versions=40, tasks=8, alternatives=alternatives, method=method, seed=3
                ),
                alternatives,
            )
            for method in METHODS
        }
        least = 1 / 3 if levels == 2 else 0.0
        assert found["enumeration"] == pytest.approx(least, abs=1e-12)
        assert found["enumeration"] <= found["shortcut"] + 1e-12
        assert found["shortcut"] < found["balanced-overlap"] < found["independent"]
        halfway = (least + 1 / levels) / 2
        assert abs(found["balanced-overlap"] - halfway) < 0.05 * halfway
        # ties of independent draws: 40 * 8 * attributes * pairs of them or more, five sigma
        pairs = 320 * attributes * (3 if alternatives == 3 else 1)
        assert abs(found["independent"] - 1 / levels) < 5 / np.sqrt(4 * pairs) + 0.01


def test_overlap_can_be_set():
    study = square(4, 4)
    ties = [
        overlap_of(
            person_designs(study, versions=30, tasks=8, alternatives=3, overlap=share, seed=3), 3
        )
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert ties[0] < 0.02
    assert np.all(np.diff(ties) > 0.04)
    assert abs(ties[-1] - 0.25) < 0.02


def pair_deviation(design, alternatives, levels):
    codes = codes_of(design, alternatives)
    expected = codes.shape[1] * alternatives / levels**2
    found = []
    for a in range(codes.shape[3]):
        for b in range(a):
            pairs = codes[..., a] * levels + codes[..., b]
            counts = np.stack([(pairs == k).sum(axis=(1, 2)) for k in range(levels**2)])
            found.append(((counts - expected) ** 2).mean())
    return np.mean(found)


def test_pairs_of_levels_are_evened_out_where_that_is_promised():
    study = square(3, 4)
    deviation = {
        method: pair_deviation(
            person_designs(study, versions=30, tasks=9, alternatives=3, method=method, seed=3), 3, 3
        )
        for method in METHODS
    }
    # 27 profiles: each of nine pairs three times; independent draws have variance 27 * 8 / 81
    assert deviation["independent"] == pytest.approx(8 / 3, rel=0.15)
    assert deviation["shortcut"] < deviation["independent"]
    assert deviation["balanced-overlap"] < 0.2 * deviation["independent"]
    assert deviation["enumeration"] < 0.2 * deviation["independent"]


SHARES = {
    "a0": {"l0": 0.7, "l1": 0.1, "l2": 0.1, "l3": 0.1},
    "a1": {"l0": 0.4, "l1": 0.3, "l2": 0.2, "l3": 0.1},
}


@pytest.mark.parametrize("method", METHODS)
def test_target_shares_are_reached(method):
    study = square(4, 4)
    target = TargetDistribution.of(study, SHARES)
    design = person_designs(
        study, versions=60, tasks=10, alternatives=3, method=method, target=target, seed=8
    )
    codes = codes_of(design, 3)
    for m, wanted in enumerate(target.shares().values()):
        for level, share in enumerate(wanted.values()):
            counts = (codes[..., m] == level).sum(axis=(1, 2))
            if method == "independent":
                # 1,800 profiles, five standard deviations, and a little for tasks drawn again
                assert abs(counts.mean() / 30 - share) < 5 * np.sqrt(share / 1800) + 0.01
            else:
                assert np.abs(counts - 30 * share).max() <= 2.0
                assert abs(counts.mean() / 30 - share) < 0.01


@pytest.mark.parametrize("method", METHODS)
def test_only_listed_profiles_are_shown(constrained, method):
    frame = pd.DataFrame(
        {
            "service": ["one", "two", "three", "four"],
            "wait": [7, 14, 30, 60],
            "channel": ["web", "web", "office", "phone"],
            "dignity": ["routine", "respectful", "routine", "respectful"],
            "people": [400, 300, 200, 100],
        }
    )
    target = TargetDistribution.from_profiles(constrained, frame, "people")
    made = {"versions": 500, "tasks": 1, "alternatives": 1, "method": method, "seed": 2}
    counts = profiles_of(person_designs(constrained, target=target, **made))[0].value_counts()
    rows = [tuple(row) for row in frame[["wait", "channel", "dignity"]].itertuples(index=False)]
    assert set(counts.index) == set(rows)
    if method == "independent":
        assert fits([counts[row] for row in rows], [200, 150, 100, 50])


@pytest.mark.parametrize("method", METHODS)
def test_labelled_alternatives_are_balanced_one_by_one(labelled, method):
    design = person_designs(labelled, versions=10, tasks=6, method=method, seed=2)
    assert design.alternatives == ("web", "phone", "today")
    by = dict(list(design.frame.groupby("alternative")))
    assert by["web"]["hours"].isna().all()
    assert by["today"]["wait"].isna().all()
    if method != "independent":
        for name in ("web", "phone"):
            assert (by[name].groupby("block")["wait"].value_counts() == 2).all()
        assert (by["phone"].groupby("block")["hours"].value_counts() == 3).all()
    shown = by["web"]["wait"].to_numpy(), *(by["phone"][n].to_numpy() for n in ("wait", "hours"))
    tasks = pd.DataFrame(dict(zip("abc", shown, strict=True))).assign(
        block=by["web"]["block"].to_numpy()
    )
    assert not tasks.duplicated().any()


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_design_and_another_does_not(constrained, method):
    made = {"versions": 6, "tasks": 5, "method": method}
    one, two, other = (person_designs(constrained, seed=s, **made) for s in (1, 1, 2))
    assert one.sha256 == two.sha256
    assert one.sha256 != other.sha256
    assert one.provenance.made_by == "person_designs"
    assert one.provenance.parents == {"study": constrained.sha256}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["none", "marginals", "profiles"])
def test_a_saved_design_is_made_again_from_its_record(tmp_path, constrained, method, kind):
    constrained.write(tmp_path / "study.toml")
    frame = pd.DataFrame(
        {
            "wait": [7, 14, 30, 60],
            "channel": ["web", "web", "office", "phone"],
            "dignity": ["routine", "respectful", "routine", "respectful"],
        }
    )
    targets = {
        "none": None,
        # shares that cannot be written exactly
        "marginals": TargetDistribution.of(
            constrained, {"channel": {"web": 1 / 3, "phone": 0.333, "office": 0.333666}}
        ),
        "profiles": TargetDistribution.from_profiles(constrained, frame, [0.1, 0.2, 0.3, 0.7]),
    }
    made = {"versions": 4, "tasks": 3, "method": method, "target": targets[kind], "seed": 9}
    design = person_designs(constrained, **made)
    json.dumps(design.provenance.to_dict(), allow_nan=False)
    design.save(tmp_path)
    checks = dict(verify(tmp_path).checks)
    assert checks["the work done again gives the same tasks"] == "12 tasks by person_designs"


def test_too_many_profiles_are_sampled_and_the_design_says_so():
    study = square(4, 7)
    design = person_designs(study, versions=3, tasks=8, method="enumeration", seed=1)
    assert any("16,384 allowed profiles" in note and "2,000" in note for note in design.notes)
    codes = codes_of(design, 2)
    for level in range(4):
        assert ((codes == level).sum(axis=(1, 2)) == 4).all()
    small = person_designs(square(4, 4), versions=3, tasks=8, method="enumeration", seed=1)
    assert not any("sample" in note for note in small.notes)


def test_notes_tell_what_was_drawn_again_and_how_far_the_target_is(two_level):
    small = Study("small", "Small", two_level.attributes[:2])
    design = person_designs(small, versions=50, tasks=3, method="independent", seed=1)
    told = " ".join(design.notes)
    assert "of 150 tasks were drawn again" in told
    assert "independent draws would in 50.0%" in told
    assert "differ from the target by at most" in told


def test_every_wrong_argument_is_named_at_once(plain):
    with pytest.raises(DesignError) as caught:
        person_designs(plain, versions=0, tasks=1000, method="shortcutt", overlap=2.0, seed=1)
    told = str(caught.value)
    assert "4 problems" in told
    assert "cannot have 0 versions" in told
    assert "cannot have 1000 tasks" in told
    assert "Did you mean 'shortcut'" in told
    assert "overlap of 2.0" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"method": "shortcut", "overlap": 0.5}, "has none to set"),
        ({"versions": 10_000, "tasks": 20}, "at most 5,000 versions"),
        ({"target": {"marginals": {"wait": {"7": 1.0}}}}, "14, 30, 60 have no share"),
        ({"target": {"shares": {}}}, "unknown part 'shares'"),
    ],
)
def test_arguments_that_make_no_sense(plain, arguments, told):
    with pytest.raises(DesignError, match=told):
        person_designs(plain, **{"versions": 2, "tasks": 2, "seed": 1, **arguments})


def test_a_target_of_another_study_is_refused(plain, constrained):
    with pytest.raises(DesignError, match="made for another study"):
        person_designs(
            plain, versions=2, tasks=2, target=TargetDistribution.uniform(constrained), seed=1
        )


def test_a_target_with_too_few_profiles_for_a_task_is_refused(two_level):
    shares = {f"a{i}": {"no": 1.0, "yes": 0.0} for i in range(4)}
    target = TargetDistribution.of(two_level, shares)
    with pytest.raises(DesignError, match="gives only 2 profiles a chance"):
        person_designs(two_level, versions=2, tasks=2, alternatives=3, target=target, seed=1)


def test_a_target_that_hardly_ever_gives_different_alternatives_is_refused(two_level, monkeypatch):
    monkeypatch.setattr(repeats, "FEW_TASKS", 0)
    monkeypatch.setattr(repeats, "MOST_ROUNDS", 20)
    shares = {f"a{i}": {"no": 1 - 1e-7, "yes": 1e-7} for i in range(5)}
    target = TargetDistribution.of(two_level, shares)
    with pytest.raises(DesignError, match="a few profiles nearly all the weight"):
        person_designs(two_level, versions=2, tasks=2, method="independent", target=target, seed=1)
