"""Every design keeps its study, whatever the study is."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.design import Design
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DesignError
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.study import Study

SETTINGS = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def studies(draw) -> Study:
    counts = draw(st.lists(st.integers(2, 4), min_size=2, max_size=5))
    attributes = tuple(
        Attribute.categorical(f"a{i}", f"A{i}", [f"l{j}" for j in range(count)])
        for i, count in enumerate(counts)
    )
    rules = []
    for _ in range(draw(st.integers(0, 2))):
        i, j = draw(st.permutations(range(len(counts))))[:2]
        rules.append(Forbidden({f"a{i}": ("l0",), f"a{j}": ("l1",)}))
    none = Alternative("none", "None", kind="opt_out") if draw(st.booleans()) else None
    return Study("s", "S", attributes, opt_out=none, constraints=tuple(rules))


@given(
    studies(),
    st.integers(2, 3),
    st.integers(2, 14),
    st.integers(1, 2),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
@SETTINGS
def test_random_designs_keep_everything(study, alternatives, tasks, blocks, overlap, even, seed):
    try:
        space = task_space(study, alternatives)
    except DesignError:
        return
    made = {"tasks": tasks, "alternatives": alternatives, "blocks": blocks, "seed": seed}
    design = random_design(study, minimal_overlap=overlap, balanced=even, **made)
    shown = design.frame[design.frame["alternative"] != "none"]
    assert all(study.allows(row) for row in shown.to_dict("records"))
    rows = shown[list(study.attribute_ids)].apply(tuple, axis=1)
    assert set(rows.groupby(shown["task"]).nunique()) == {alternatives}
    sizes = design.frame.groupby("block")["task"].nunique()
    assert sizes.max() - sizes.min() <= 1
    assert len(sizes) == blocks
    again = random_design(study, minimal_overlap=overlap, balanced=even, **made)
    assert again.sha256 == design.sha256
    assert len(space.slots) == alternatives


@given(studies(), st.integers(0, 1000))
@SETTINGS
def test_the_error_does_not_depend_on_the_order_of_tasks_and_alternatives(study, seed):
    try:
        design = random_design(study, tasks=10, seed=seed)
    except DesignError:
        return
    frame = design.frame.copy()
    frame["task"] = 11 - frame["task"]
    frame["alternative"] = frame["alternative"].replace({"A": "B", "B": "A"})
    turned = Design(frame.iloc[::-1], study).diagnose()
    one = design.diagnose()
    assert turned.unidentified == one.unidentified
    if not one.unidentified:
        assert abs(turned.d_error - one.d_error) <= 1e-9 * one.d_error
