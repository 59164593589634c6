"""The noun: what rows it takes, and what it says about wrong ones."""

from __future__ import annotations

import pandas as pd
import pytest

from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.design import Design, coded
from ccegov_choice.design.random import random_design
from ccegov_choice.errors import DesignError


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "block": [1, 1, 1],
            "task": [1, 1, 1],
            "alternative": ["A", "B", "none"],
            "wait": [7.0, 30.0, None],
            "channel": ["web", "phone", None],
            "dignity": ["routine", "respectful", None],
        }
    )


def test_an_author_may_give_the_tasks(constrained, frame):
    design = Design(frame, constrained)
    assert (design.tasks, design.blocks, design.alternatives) == (1, 1, ("A", "B", "none"))
    assert design.provenance.made_by == "author"
    assert "1 tasks" in repr(design)


def test_every_wrong_row_is_named_at_once(constrained, frame):
    frame.loc[0, "wait"] = 8.0
    frame.loc[1, "dignity"] = "brusque"
    frame.loc[2, "channel"] = "web"
    with pytest.raises(DesignError) as caught:
        Design(frame, constrained)
    told = str(caught.value)
    assert "3 problems" in told
    assert "task 1, alternative 'A': unknown level of wait '8'" in told
    assert "dignity = 'brusque' lies under the floor" in told
    assert "alternative 'none': channel has a level, but it has none" in told


def test_constraints_are_checked(constrained, frame):
    frame.loc[0, "channel"] = "office"
    with pytest.raises(DesignError, match="wait = 7 and channel = office is forbidden"):
        Design(frame, constrained)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.drop(columns="wait"), "column 'wait' is missing"),
        (lambda f: f.assign(weight=1), "unknown column 'weight'"),
        (lambda f: f.iloc[:0], "no tasks"),
        (lambda f: f.assign(task=[1, 1, 1.5]), "not a whole number"),
        (lambda f: f.assign(block=[1, 2, 1]), "in two blocks"),
        (lambda f: f.assign(alternative=["A", "A", "none"]), "comes twice"),
        (lambda f: f.iloc[:2], "the opt-out 'none' is missing"),
        (lambda f: f.iloc[2:], "only one alternative"),
        (lambda f: f.assign(channel=[None, "web", None]), "channel is empty"),
    ],
)
def test_misshapen_frames(constrained, frame, change, told):
    with pytest.raises(DesignError, match=told):
        Design(change(frame), constrained)


def test_labelled_rows_are_checked(labelled):
    frame = random_design(labelled, tasks=6, seed=1).frame
    frame.loc[frame["alternative"] == "web", "hours"] = "long"
    with pytest.raises(DesignError, match="hours has a level, but it has none"):
        Design(frame, labelled)
    frame = random_design(labelled, tasks=6, seed=1).frame
    frame.loc[frame["alternative"] == "today", "wait"] = 5.0
    with pytest.raises(DesignError, match="each person brings it along"):
        Design(frame, labelled)
    frame = frame.replace({"alternative": {"web": "fax"}})
    with pytest.raises(DesignError, match="unknown alternative 'fax'"):
        Design(frame, labelled)


def test_coding_and_decoding_are_inverse(plain):
    design = random_design(plain, tasks=8, seed=1)
    codes = coded(design, task_space(plain))
    assert codes.shape == (8, 2, 3)
    assert codes.min() == 0
    row = design.frame.iloc[0]
    assert [
        item.cell(item.shown_levels[c])
        for item, c in zip(plain.attributes, codes[0, 0], strict=True)
    ] == [
        row["wait"],
        row["channel"],
        row["dignity"],
    ]


def test_tables_for_people(plain):
    design = random_design(plain, tasks=2, seed=1)
    html = design._repr_html_()
    assert "<caption>Design of" in html
    assert 'scope="col"' in html
    assert "days" in design.table().to_text()
