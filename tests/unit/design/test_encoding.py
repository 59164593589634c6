"""Tables of coded levels are what the one encoder of utilities gives, for every alternative."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.design.candidates import task_space
from ccegov_choice.design.draw import draw_tasks
from ccegov_choice.design.efficient.encoding import (
    check_person,
    code_slots,
    column_ranges,
    pack_places,
    pack_tables,
    place_codes,
    rows_of,
)
from ccegov_choice.errors import DesignError
from ccegov_choice.kernels.design_reference import task_rows
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.constraint import Forbidden
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

FORMULAS = [
    "wait + channel + dignity",
    "effects(channel) + poly(wait, 2) + log(wait):dignity",
    "piecewise(wait, 14, 30) + channel:dignity + asc",
]


def encoded(space, utility, codes, person):
    """Rows from a data frame of the tasks, as data are coded."""
    study = space.study
    own = {item.id: item.personal for item in study.named_alternatives}
    records = []
    for task in codes:
        for slot, row in zip(space.slots, task, strict=True):
            cells = {study.attribute_ids[m]: space.cells[m][row[m]] for m in slot.attributes}
            records.append({"alternative": slot.alternative, **slot.fixed, **cells, **person})
        if study.opt_out is not None:
            levels = {a: person[c] for a, c in own.get(study.opt_out.id, {}).items()}
            records.append(
                {"alternative": study.opt_out.id, **study.opt_out.fixed, **levels, **person}
            )
    frame = pd.DataFrame(records)
    for item in study.attributes:
        if item.id not in frame:
            frame[item.id] = None
        if item.is_numeric:
            frame[item.id] = frame[item.id].astype(float)
        else:
            frame[item.id] = frame[item.id].astype(object).where(frame[item.id].notna(), None)
    return utility.matrix(frame).T.reshape(len(codes), -1, utility.size)


def drawn(space, tasks=8):
    rng = np.random.default_rng(3)
    return draw_tasks(space, tasks, rng, minimal_overlap=False, balanced=True)


@pytest.mark.parametrize("formula", FORMULAS)
def test_rows_are_those_of_the_encoder(constrained, formula):
    space, utility = task_space(constrained, 3), Utility(formula, constrained)
    codes = drawn(space)
    rows = rows_of(code_slots(space, utility, {}), codes)
    np.testing.assert_allclose(rows, encoded(space, utility, codes, {}), atol=1e-14)


def test_labels_own_attributes_and_a_personal_status_quo(labelled):
    space, utility = task_space(labelled), Utility("log(wait) + hours + asc", labelled)
    codes, person = drawn(space, 6), {"wait_now": 10.0}
    rows = rows_of(code_slots(space, utility, person), codes)
    np.testing.assert_allclose(rows, encoded(space, utility, codes, person), atol=1e-14)
    np.testing.assert_allclose(rows[:, 2, 0], np.log(10.0))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("whole", [False, True])
def test_packed_tables_give_the_same_rows(constrained, formula, whole):
    space, utility = task_space(constrained, 2), Utility(formula, constrained)
    coding, codes = code_slots(space, utility, {}), drawn(space)
    places = pack_places(space, 3, whole=whole)
    scale = np.where(coding.ranges > 0, coding.ranges, 1.0)
    tables = pack_tables([coding], [scale], places)
    full = np.concatenate([codes, np.full((len(codes), 1, codes.shape[2]), -1)], axis=1)
    rows = rows_of(coding, codes)
    for task, expected in zip(full, rows, strict=True):
        np.testing.assert_allclose(task_rows(tables, 0, task), expected / scale, atol=1e-14)


@pytest.mark.parametrize("formula", FORMULAS)
def test_groups_affect_exactly_the_columns_that_their_levels_change(constrained, formula):
    space, utility = task_space(constrained, 2), Utility(formula, constrained)
    coding = code_slots(space, utility, {})
    places = pack_places(space, 3)
    tables = pack_tables([coding], [np.ones(utility.size)], places)
    for g in range(len(places.member_offsets) - 1):
        j = int(np.searchsorted(places.group_offsets, g, side="right")) - 1
        members = places.members[places.member_offsets[g] : places.member_offsets[g + 1]]
        first, last = tables.affected_offsets[0, g : g + 2]
        told = set(tables.affected[first:last])
        changed: set[int] = set()
        for base in drawn(space, 30):
            trial = np.repeat(
                base[None], places.combo_offsets[g + 1] - places.combo_offsets[g], axis=0
            )
            combos = places.combos[places.combo_offsets[g] : places.combo_offsets[g + 1]]
            trial[:, j, members] = combos[:, : len(members)]
            spread = np.ptp(rows_of(coding, trial)[:, j], axis=0)
            changed |= set(np.flatnonzero(spread > 0))
        assert changed == told


def test_ranges_are_over_everything_that_can_be_shown(plain):
    ranges = column_ranges(Utility("wait + channel + dignity + asc", plain))
    assert ranges == {
        "wait": 60.0,  # the opt-out has none
        "channel[phone]": 1.0,
        "channel[office]": 1.0,
        "dignity[respectful]": 1.0,
        "asc[none]": 1.0,
    }


def test_places_are_found_again_and_wrong_profiles_refused(constrained):
    space = task_space(constrained, 2)
    codes = drawn(space)
    for whole in (False, True):
        places = pack_places(space, 3, whole=whole)
        found = place_codes(space, places, codes)
        for t, task in enumerate(codes):
            for j in range(2):
                for g in range(places.group_offsets[j], places.group_offsets[j + 1]):
                    members = places.members[
                        places.member_offsets[g] : places.member_offsets[g + 1]
                    ]
                    np.testing.assert_array_equal(
                        places.combos[found[t, g], : len(members)], task[j, members]
                    )
    bad = codes.copy()
    bad[0, 0, 0], bad[0, 0, 1] = 0, 2  # seven days at an office is forbidden
    with pytest.raises(DesignError):
        place_codes(space, pack_places(space, 3), bad)


def test_neighbours_of_large_groups_differ_in_one_attribute():
    attributes = tuple(
        Attribute.categorical(f"a{i}", f"A{i}", [f"l{j}" for j in range(5)]) for i in range(3)
    )
    rules = (
        Forbidden({"a0": ("l0",), "a1": ("l0",)}), Forbidden({"a1": ("l1",), "a2": ("l1",)}),
    )  # fmt: skip
    space = task_space(Study("s", "S", attributes, constraints=rules), 2)
    places = pack_places(space, 2)
    combos = places.combos[places.combo_offsets[0] : places.combo_offsets[1]]
    assert len(combos) > 81
    for p, row in enumerate(combos):
        near = places.near[places.near_offsets[p] : places.near_offsets[p + 1]]
        expected = np.flatnonzero((combos != row).sum(axis=1) == 1)
        np.testing.assert_array_equal(near, expected)


def test_covariates_that_are_needed_are_named(labelled):
    utility = Utility("wait + hours + asc", labelled)
    with pytest.raises(DesignError, match="depends on who answers: wait_now") as caught:
        check_person(labelled, utility, {})
    assert "people=[{'wait_now': ...}]" in str(caught.value)
    check_person(labelled, utility, {"wait_now": 10.0})


def test_terms_of_too_many_attributes_are_refused():
    numbers = tuple(Attribute.numeric(f"v{i}", f"V{i}", list(range(11))) for i in range(6))
    study = Study("n", "N", numbers)
    utility = Utility(":".join(f"linear(v{i})" for i in range(6)), study)
    with pytest.raises(DesignError, match="6 attributes has 1,771,561 combinations"):
        code_slots(task_space(study, 2), utility, {})
