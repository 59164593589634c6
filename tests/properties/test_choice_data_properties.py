"""What holds for every table of choices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.errors import DataError
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study

LEVELS = ("web", "phone", "letter")
STUDY = Study(
    "s",
    "S",
    (
        Attribute.numeric("wait", "Wait", (0, 100)),
        Attribute.categorical("channel", "Channel", LEVELS),
    ),
)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Make choices with people of any number of tasks, and tasks of any size."""
    rows = []
    people = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=5, unique=True))
    for person in people:
        for task in draw(st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True)):
            size = draw(st.integers(2, 4))
            chosen = draw(st.integers(0, size - 1))
            for place in range(size):
                wait = draw(st.integers(0, 100))
                channel = draw(st.sampled_from(LEVELS))
                rows.append((person, task, "ABCD"[place], wait, channel, place == chosen))
    names = ["person", "task", "alternative", "wait", "channel", "chosen"]
    return pd.DataFrame(rows, columns=names)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_offsets_partition_the_rows(table: pd.DataFrame) -> None:
    data = ChoiceData.from_long(table, study=STUDY)
    frame = data.frame
    assert data.task_offsets[0] == data.person_offsets[0] == 0
    assert data.task_offsets[-1] == len(table)
    assert data.person_offsets[-1] == data.tasks
    keys = list(zip(frame["person"], frame["task"], strict=True))
    assert keys == sorted(keys)
    for start, end in zip(data.task_offsets[:-1], data.task_offsets[1:], strict=True):
        assert len(set(keys[start:end])) == 1
        assert frame["chosen"].iloc[start:end].sum() == 1
    assert len(set(keys)) == data.tasks
    assert frame["chosen"].to_numpy()[data.chosen].all()
    assert list(data.person_ids) == sorted(set(table["person"]))


@settings(max_examples=60, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_tasks_in_the_file_does_not_matter(table, random) -> None:
    groups = [group for _, group in table.groupby(["person", "task"], sort=False)]
    random.shuffle(groups)
    shuffled = pd.concat(groups, ignore_index=True)
    first = ChoiceData.from_long(table, study=STUDY)
    second = ChoiceData.from_long(shuffled, study=STUDY)
    pd.testing.assert_frame_equal(first.frame, second.frame)


@settings(max_examples=60, deadline=None)
@given(tables(), st.data())
def test_taking_people_keeps_their_rows(table, data) -> None:
    whole = ChoiceData.from_long(table, study=STUDY)
    index = data.draw(st.lists(st.integers(0, whole.people - 1), min_size=1, max_size=6))
    taken = whole.take_people(index)
    assert taken.people == len(index)
    frame = whole.frame
    expected = pd.concat(
        [frame[frame["person"] == whole.person_ids[i]] for i in index], ignore_index=True
    )
    columns = ["task", "alternative", "wait", "channel", "chosen"]
    pd.testing.assert_frame_equal(taken.frame[columns], expected[columns])
    assert taken.frame["chosen"].to_numpy()[taken.chosen].all()
    # new people are told apart, and checked data stay valid when they are read again
    again = ChoiceData.from_long(taken.frame, study=STUDY)
    assert (again.people, again.tasks) == (taken.people, taken.tasks)


@settings(max_examples=60, deadline=None)
@given(tables(), st.data())
def test_a_broken_cell_is_always_found_in_its_row(table, data) -> None:
    row = data.draw(st.integers(0, len(table) - 1))
    column, value = data.draw(
        st.sampled_from(
            [("wait", np.nan), ("wait", np.inf), ("channel", "e-mail"), ("channel", None)]
        )
    )
    broken = table.astype({"wait": float, "channel": object})
    broken.loc[row, column] = value
    try:
        ChoiceData.from_long(broken, study=STUDY)
    except DataError as error:
        [problem] = error.problems
        assert problem.where == f"data row {row + 1}"
        assert column in problem.problem
    else:
        raise AssertionError("the broken cell was not found")


@settings(max_examples=30, deadline=None)
@given(tables())
def test_shares_add_up(table: pd.DataFrame) -> None:
    told = ChoiceData.from_long(table, study=STUDY).describe()
    tasks = table.groupby(["person", "task"]).ngroups
    assert sum(row[2] for row in told.alternatives.rows) == tasks
    channels = [row for row in told.levels.rows if str(row[0]).startswith("Channel")]
    assert sum(row[1] for row in channels) == len(table)
    assert sum(row[2] for row in channels) == tasks
