"""The quick look at a design finds all that a close look at every row finds, in the same words."""

from __future__ import annotations

import numpy as np
import pytest

from ccegov_choice.design.check import _row_problems, _task_problems, design_problems
from ccegov_choice.design.random import random_design


def closely(frame, study):
    named = {item.id: item for item in study.named_alternatives}
    problems = _task_problems(frame, study)
    for row in frame.to_dict("records"):
        problems += _row_problems(row, study, named)
    return tuple(problems)


@pytest.mark.parametrize("name", ["plain", "constrained", "labelled", "two_level"])
def test_spoiled_designs_are_judged_as_by_a_close_look(name, request):
    study = request.getfixturevalue(name)
    whole = random_design(study, tasks=12, blocks=2, seed=1).frame.astype(object)
    assert design_problems(whole, study) == ()
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(60):
        frame = whole.copy()
        for _ in range(rng.integers(1, 4)):
            row, column = rng.integers(len(frame)), frame.columns[rng.integers(frame.shape[1])]
            known = [*frame[column].unique(), None]
            if column not in ("block", "task", "alternative"):
                known += (
                    ["nonsense", 7.0, float("nan"), "brusque", *study.attribute(column).values]
                    if (study.attribute(column).is_numeric)
                    else [
                        "nonsense",
                        7.0,
                        float("nan"),
                        "brusque",
                        *study.attribute(column).level_ids,
                    ]
                )
            frame.loc[row, column] = known[rng.integers(len(known))]
        if frame[["block", "task"]].isna().any(axis=None):
            continue
        if rng.random() < 0.3:
            frame = frame.drop(index=rng.integers(len(frame)))
        expected = closely(frame, study)
        assert design_problems(frame, study) == expected
        found += len(expected)
    assert found > 30
