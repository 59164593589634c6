"""Every efficient design keeps what was asked for, whatever the study is."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.design import Design, coded, offered
from ccegov_choice.design.draw import draw_tasks
from ccegov_choice.design.efficient.cases import make_cases
from ccegov_choice.design.efficient.criterion import Criterion
from ccegov_choice.design.efficient.effort import Effort
from ccegov_choice.design.efficient.engine import Engine, Search, no_rules
from ccegov_choice.design.efficient.evaluate import evaluate
from ccegov_choice.design.efficient.rules import Rules, fewest_ties
from ccegov_choice.design.efficient.search_designs import efficient_design, search_designs
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

SETTINGS = settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # examples are small; shrinking takes minutes
)  # fmt: skip
QUICK = Effort(runs=2, draws=16, holdout=16, certificate=0, threads=1)
ANYTHING = Rules(dominated=True, repeated=True)
SEEDS = st.integers(0, 2**31 - 1)


@st.composite
def studies(draw, *, constraints: bool = True) -> Study:
    counts = draw(st.lists(st.integers(2, 4), min_size=2, max_size=4))
    attributes = tuple(
        Attribute.categorical(f"a{i}", f"A{i}", [f"l{j}" for j in range(count)])
        for i, count in enumerate(counts)
    )
    rules = []
    for _ in range(draw(st.integers(0, 2)) if constraints else 0):
        i, j = draw(st.permutations(range(len(counts))))[:2]
        rules.append(Forbidden({f"a{i}": ("l0",), f"a{j}": ("l1",)}))
    none = Alternative("none", "None", kind="opt_out") if draw(st.booleans()) else None
    return Study("s", "S", attributes, opt_out=none, constraints=tuple(rules))


@st.composite
def priors(draw, study, sd=0.4) -> Prior:
    utility = Utility.main_effects(study)
    means = st.sampled_from([-1.0, -0.6, -0.25, 0.0, 0.1, 0.5, 1.0])
    return Prior.of(utility, {name: (draw(means), sd) for name in utility.names})


def shown(design) -> np.ndarray:
    """Levels ``(T, V, M)`` as text, the opt-out left out."""
    frame = design.frame[design.frame["alternative"] != "none"]
    ids = list(design.study.attribute_ids)
    return frame[ids].to_numpy(dtype=str).reshape(design.tasks, -1, len(ids))


def error_of(design, priors_given, criterion="D") -> float:
    """Error of a design at the means of a prior, by the plain evaluator."""
    count = None if design.study.labelled else sum(n != "none" for n in design.alternatives)
    space = task_space(design.study, count)
    wanted = Criterion.read(criterion)
    cases = make_cases(
        space, [(1.0, priors_given)], [(1.0, {})], wanted, draws=16, rule="sobol", seed=1
    )
    return evaluate(cases, wanted, coded(design, space), offered(design, space)).value


# --- what was asked for is kept -------------------------------------------------------------------


@given(st.data(), studies(), st.integers(2, 3), st.integers(1, 2), SEEDS)
@SETTINGS
def test_constraints_and_blocks_are_kept(data, study, alternatives, blocks, seed):
    try:
        space = task_space(study, alternatives)
    except DesignError:
        assume(False)
    tasks = 12
    assume(space.different_tasks >= tasks)
    design = efficient_design(
        study, data.draw(priors(study)), tasks=tasks, alternatives=alternatives, blocks=blocks,
        seed=seed, budget=None, rules=Rules(dominated=True), effort=QUICK,
    )  # fmt: skip
    rows = design.frame[design.frame["alternative"] != "none"]
    assert all(study.allows(row) for row in rows.to_dict("records"))
    found = [frozenset(map(tuple, task)) for task in shown(design)]
    assert len(set(found)) == tasks  # no task comes twice
    assert {len(task) for task in found} == {alternatives}  # and no profile twice in a task
    sizes = design.frame.groupby("block")["task"].nunique()
    assert len(sizes) == blocks
    assert sizes.max() - sizes.min() <= 1
    assert design.claims["error"] > 0


@given(st.data(), studies(constraints=False), st.sampled_from(["even", 0.25, 0.5]), SEEDS)
@settings(SETTINGS, max_examples=5)
def test_balance_is_kept(data, study, balance, seed):
    assume(task_space(study, 2).different_tasks >= 12)
    design = efficient_design(
        study, data.draw(priors(study)), tasks=12, seed=seed, budget=None,
        rules=Rules(balance=balance, dominated=True), effort=QUICK,
    )  # fmt: skip
    codes = shown(design)
    for m, item in enumerate(study.attributes):
        counts = Counter(codes[:, :, m].ravel())
        even = 24 / len(item.levels)
        slack = 0 if balance == "even" else balance * even
        assert len(counts) == len(item.levels) or slack >= even
        assert max(counts.values()) <= max(np.ceil(even), np.floor(even + slack))
        assert min(counts.values()) >= min(np.floor(even), np.ceil(even - slack))


@given(
    st.data(),
    studies(constraints=False),
    st.sampled_from(["minimal", 1, 2, {"a0": "minimal"}, {"a1": "none"}]),
    SEEDS,
)
@SETTINGS
def test_overlap_is_kept(data, study, overlap, seed):
    assume(task_space(study, 2).different_tasks >= 40)
    rules = Rules(overlap=overlap, dominated=True, repeated=True)
    design = efficient_design(
        study, data.draw(priors(study)), tasks=10, seed=seed, budget=None, rules=rules, effort=QUICK
    )
    ties = shown(design)[:, 0] == shown(design)[:, 1]
    if overlap == "minimal":
        assert not ties.any()
    elif isinstance(overlap, int):
        assert ties.sum(axis=1).max() <= overlap
    else:
        assert not ties[:, int(next(iter(overlap))[1:])].any()


@given(studies(constraints=False), SEEDS)
@SETTINGS
def test_minimal_overlap_with_more_alternatives_than_levels(study, seed):
    assume(task_space(study, 2).available_profiles >= 8)
    design = efficient_design(
        study, tasks=8, alternatives=3, seed=seed, budget=None,
        rules=Rules(overlap="minimal", dominated=True, repeated=True), effort=QUICK,
    )  # fmt: skip
    for task in shown(design):
        for m, item in enumerate(study.attributes):
            ties = sum(a == b for a, b in combinations(task[:, m], 2))
            assert ties == fewest_ties(3, len(item.levels))


@given(st.data(), studies(constraints=False), SEEDS)
@SETTINGS
def test_partial_profiles_vary_as_many_attributes_as_asked(data, study, seed):
    varying = data.draw(st.integers(1, len(study.attributes)))
    design = efficient_design(
        study, tasks=14, seed=seed, budget=None, effort=QUICK,
        rules=Rules(varying=varying, overlap="minimal", dominated=True, repeated=True),
    )  # fmt: skip
    differing = (shown(design)[:, 0] != shown(design)[:, 1]).sum(axis=1)
    assert set(differing) == {varying}


# --- invariance -----------------------------------------------------------------------------------


@given(st.data(), studies(constraints=False), st.sampled_from("DA"), SEEDS)
@SETTINGS
def test_the_error_does_not_depend_on_the_order_of_anything(data, study, kind, seed):
    """Tasks, and alternatives without labels, may come in any order."""
    prior = data.draw(priors(study))
    design = efficient_design(
        study, prior, tasks=12, seed=seed, budget=None, criterion=kind, rules=ANYTHING, effort=QUICK
    )
    rng = np.random.default_rng(seed)
    frame = design.frame.copy()
    frame["task"] = (rng.permutation(12) + 1)[frame["task"].to_numpy() - 1]
    swap = rng.random(13) < 0.5
    other = frame["alternative"].map({"A": "B", "B": "A", "none": "none"})
    frame["alternative"] = other.where(swap[frame["task"]], frame["alternative"])
    turned = Design(frame.sort_values(["task", "alternative"]), study)
    assert error_of(turned, prior, kind) == pytest.approx(error_of(design, prior, kind), rel=1e-8)


@given(st.data(), studies(constraints=False), st.sampled_from(["dummy", "effects"]), SEEDS)
@SETTINGS
def test_the_d_error_does_not_depend_on_the_labels_of_levels(data, study, coding, seed):
    """With coefficients of zero every level is like every other."""
    prior = Prior.zero(
        Utility.main_effects(study, coding=dict.fromkeys(study.attribute_ids, coding))
    )
    design = efficient_design(
        study, prior, tasks=12, seed=seed, budget=None, rules=ANYTHING, effort=QUICK
    )
    frame = design.frame.copy()
    for item in study.attributes:
        ids = list(item.level_ids)
        frame[item.id] = frame[item.id].map(
            dict(zip(ids, data.draw(st.permutations(ids)), strict=True))
        )
    relabelled = Design(frame, study)
    if study.opt_out is None:
        assert error_of(relabelled, prior) == pytest.approx(error_of(design, prior), rel=1e-8)
    # the constant of an opt-out is about the base levels: only their labels may not change then


@given(studies(constraints=False), st.booleans())
@SETTINGS
def test_dummy_and_effects_coding_have_errors_in_a_fixed_ratio(study, ordered):
    """One is a linear map of the other, so they rank all designs alike."""
    ids = study.attribute_ids
    one, two = (
        Prior.zero(Utility.main_effects(study, coding=dict.fromkeys(ids, coding)))
        for coding in ("dummy", "effects")
    )
    ratios = []
    for seed in (1, 2):
        design = efficient_design(
            study, one if ordered else two, tasks=12, seed=seed, budget=None, rules=ANYTHING,
            effort=QUICK.with_(runs=1),
        )  # fmt: skip
        ratios.append(error_of(design, one) / error_of(design, two))
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-7)
    logs = [np.log(len(item.levels)) for item in study.attributes]
    assert ratios[0] == pytest.approx(np.exp(2 * sum(logs) / len(one.names)), rel=1e-7)


# --- the search -----------------------------------------------------------------------------------


@given(st.data(), studies(), st.integers(2, 3), st.sampled_from("DAS"), SEEDS)
@SETTINGS
def test_a_search_never_ends_worse_than_its_start(data, study, alternatives, kind, seed):
    try:
        space = task_space(study, alternatives)
    except DesignError:
        assume(False)
    tasks = 12
    J = alternatives + (study.opt_out is not None)
    criterion, prior = Criterion(kind), data.draw(priors(study))
    cases = make_cases(
        space, [(1.0, prior)], [(1.0, {})], criterion, draws=16, rule="sobol", seed=1
    )
    present = np.ones((tasks, J))
    none = np.zeros((0, alternatives, len(space.cells)), np.int64)
    engine = Engine(
        space, cases, no_rules(space, J), present, none,
        largest=criterion.largest, average=criterion.averaging,
    )  # fmt: skip
    start = draw_tasks(
        space, tasks, np.random.default_rng(seed), minimal_overlap=False, balanced=True
    )
    before = evaluate(cases, criterion, start, present).value
    assume(np.isfinite(before))
    search = Search(engine, seed, np.zeros((tasks, len(space.cells)), np.int64), start)
    search.sweep([0.05, 0.01, 0.0, 0.0])
    after = evaluate(cases, criterion, search.codes, present).value
    assert after <= before * (1 + 1e-6)
    assert search.error == pytest.approx(after, rel=1e-5)  # what the search believes is so
    assert search.breaches == 0


@given(st.data(), studies(), st.sampled_from(["auto", "coordinate", "fedorov", "rsc"]), SEEDS)
@settings(SETTINGS, max_examples=4)
def test_the_same_seed_gives_the_same_designs_on_any_threads(data, study, algorithm, seed):
    balance = "even" if algorithm == "auto" and not study.constraints else None
    asked = {
        "prior": data.draw(priors(study)), "tasks": 12, "seed": seed, "budget": None,
        "rules": Rules(dominated=True, repeated=True, balance=balance),
    }  # fmt: skip
    effort = QUICK.with_(algorithm=algorithm, runs=4, keep=3)
    try:
        one = search_designs(study, **asked, effort=effort)
    except DesignError:
        assume(False)
    two = search_designs(study, **asked, effort=effort.with_(threads=2))
    again = search_designs(study, **asked, effort=effort)
    texts = [[design.to_csv() for design in found.designs] for found in (one, two, again)]
    assert texts[0] == texts[1] == texts[2]
    claims = [[design.claims for design in found.designs] for found in (one, two)]
    assert claims[0] == claims[1]


@given(studies(constraints=False), SEEDS)
@settings(SETTINGS, max_examples=6)
def test_singular_draws_are_counted_and_reported(study, seed):
    """A prior so wide that at some draws one alternative is chosen with certainty."""
    utility = Utility.main_effects(study)
    prior = Prior.normal(utility, {}, sd=3_000.0)
    effort = Effort(runs=2, draws=32, rule="sobol", holdout=64, certificate=2, threads=1)
    wide = {"tasks": 12, "seed": seed, "budget": None, "rules": ANYTHING, "effort": effort}
    design = efficient_design(study, prior, **wide)
    claims = design.claims
    assert claims["draws"] == 32
    assert claims["draws_holdout"] == 64
    assert 0 < claims["singular_draws"] <= 32
    assert 0 < claims["singular_draws_holdout"] <= 64
    assert claims["error"] is None  # infinite, and not an average over the rest
    assert claims["certificate"]["kind"] == "none"
    said = " ".join(design.notes)
    assert f"At {claims['singular_draws']} of 32 draws" in said
    assert "Narrow the prior" in said
