"""Diagnosis of designs with holes, versions, purposes and odd numbering; and its page."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.design import measures
from ccegov_choice.design.beliefs.prior import Prior
from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.design import Design, coded
from ccegov_choice.design.efficient.effort import Effort
from ccegov_choice.design.efficient.search_designs import efficient_design
from ccegov_choice.design.personal.versions import person_designs
from ccegov_choice.design.random import random_design
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility


def finding(diagnosis, about):
    return next(f for f in diagnosis.findings if f.about == about)


@pytest.fixture
def pair() -> Study:
    x = Attribute.numeric("x", "X", [0, 1, 2], direction="+")
    y = Attribute.numeric("y", "Y", [0, 1, 2], direction="-")
    return Study("pair", "Pair", (x, y))


def row(block, task, name, x, y):
    return {"block": block, "task": task, "alternative": name, "x": x, "y": y}


def test_tasks_are_named_by_their_numbers_whatever_their_order(pair):
    # blocks are not in the order of task numbers: the frame has tasks 2, 4, 1, 3
    rows = [
        row(2, 1, "A", 0, 0), row(2, 1, "B", 1, 1), row(1, 2, "A", 2, 0), row(1, 2, "B", 0, 2),
        row(2, 3, "A", 0, 0), row(2, 3, "B", 1, 1), row(1, 4, "A", 1, 2), row(1, 4, "B", 0, 0),
    ]  # fmt: skip
    design = Design(pd.DataFrame(rows), pair)
    assert list(design.frame["task"].unique()) == [2, 4, 1, 3]
    found = design.diagnose()
    assert found.dominated == (2,)
    assert found.repeated == ((1, 3),)
    table = next(t for t in found.details if "each block" in t.title)
    rows = {(r[0], r[1]): r[2:4] for r in table.rows}
    assert rows["x", "2"] == (1, 0)  # only task 2, in block 1
    assert rows["y", "1"] == (0, 2)  # only tasks 1 and 3, in block 2
    assert found.expected.tasks == (1, 2, 3, 4)


def test_identical_alternatives_are_a_problem(pair):
    space = task_space(pair, 2)
    codes = np.array([[[0, 1], [0, 1]], [[1, 0], [0, 1]]])
    assert measures.identical(space, codes) == [0]
    assert measures.varying(space, codes).tolist() == [0, 2]


def test_absent_alternatives_do_not_tie_or_count(labelled):
    frame = random_design(labelled, tasks=12, seed=1).frame
    gone = (frame["alternative"] == "phone") & frame["task"].isin([1, 2, 3, 4])
    design = Design(frame[~gone], labelled)
    found = design.diagnose()
    assert not found.unidentified
    assert "of 12 tasks, phone in 8" in finding(found, "Alternatives on offer").text
    shares = found.expected.shares
    phone = found.expected.alternatives.index("phone")
    assert np.isnan(shares[:4, phone]).all()
    np.testing.assert_allclose(np.nansum(shares, axis=1), 1.0)
    np.testing.assert_allclose(found.expected.balance, 100.0)
    space = task_space(labelled)
    codes = coded(design, space)
    both = codes[4:, :, 0]
    tie, _ = measures.overlap(space, codes)[0]
    assert tie == pytest.approx(np.mean(both[:, 0] == both[:, 1]))
    assert "not on offer in this task" in "".join(
        str(t)
        for t in design.diagnose(Prior.of(Utility.main_effects(labelled), {}, default=0.1)).numbers
    )


def test_overlap_that_must_be_is_counted_per_task():
    study = Study("s", "S", (Attribute.categorical("a", "A", ["p", "q"]),))
    space = task_space(study, 2)
    three = np.array([[[0], [1]], [[0], [0]], [[1], [0]]])
    assert measures.overlap(space, three) == [(pytest.approx(1 / 3), 0.0)]


def test_versions_may_repeat_each_other(pair):
    design = person_designs(pair, versions=40, tasks=4, seed=1)
    found = design.diagnose()
    assert found.repeated == ()
    assert "for the same person" in finding(found, "Repeated tasks").text
    assert "40 versions of 4 tasks" in finding(found, "Versions").text
    assert "balanced=True" not in str(found)
    assert "Fewest in a block" in str(found)


def test_an_efficient_design_explains_its_uneven_levels():
    asked = tuple(Attribute.numeric(name, name.upper(), [0, 1, 2]) for name in "xyz")
    study = Study("s", "S", asked)
    effort = Effort(runs=2, certificate=0.0, threads=1)
    prior = Prior.zero(Utility("x + y + z", study))
    design = efficient_design(study, prior, tasks=9, seed=1, budget=None, effort=effort)
    often = design.frame["x"].value_counts()
    assert often[1] < often[0]
    told = finding(design.diagnose(), "Level balance")
    assert told.verdict == "note"
    assert "A middle level of x is shown rarely because its ends tell more" in told.cure
    assert "balance='even'" in told.cure


def test_purposes_are_named_and_checks_left_out(plain):
    design = random_design(plain, tasks=12, seed=1)
    extended = design.with_repeat(seed=1)
    found, before = extended.diagnose(), design.diagnose()
    assert "task 13 is a repeat of" in finding(found, "Tasks with a purpose of their own").text
    assert found.repeated == before.repeated
    assert found.d_error == pytest.approx(before.d_error, rel=1e-12)


def test_dominance_equals_the_definition(pair):
    rng = np.random.default_rng(1)
    space = task_space(pair, 3)
    codes = rng.integers(0, 3, (60, 3, 2))
    expected = [
        (t, a, b)
        for t, task in enumerate(codes)
        for a in range(3)
        for b in range(3)
        if task[a, 0] >= task[b, 0] and task[a, 1] <= task[b, 1] and (task[a] != task[b]).any()
    ]
    assert measures.dominated(space, codes) == expected


def test_the_page_is_whole_and_always_the_same(plain, tmp_path):
    study = plain
    prior = Prior.of(Utility.main_effects(study), {}, default=0.3)
    design = random_design(study, tasks=12, blocks=2, seed=1)
    page = design.diagnose(prior).page()
    assert page == design.diagnose(prior).page()
    path = design.diagnose(prior).save(tmp_path)
    assert path == tmp_path / "diagnosis.html"
    assert path.read_text(encoding="utf-8") == page
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#)', page)
    assert "@import" not in page
    assert "url(" not in page
    assert page.count("<figure") == page.count("<figcaption") == 4
    assert page.count("<table") == page.count("<caption>")


def test_wordings_are_escaped_on_the_page(pair):
    bad = Study("pair", "<b>Pair</b> & more", pair.attributes)
    page = random_design(bad, tasks=8, seed=1).diagnose().page()
    assert "<b>Pair" not in page
    assert "&lt;b&gt;Pair&lt;/b&gt; &amp; more" in page


def test_a_page_without_a_prior_shows_standard_errors(plain):
    found = random_design(plain, tasks=12, seed=1).diagnose()
    assert [p.id for p in found.pictures] == [
        "standard-errors",
        "choices",
        "levels",
        "associations",
    ]
    assert "Give a prior" in finding(found, "What was believed").cure
