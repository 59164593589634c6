"""Encoding knows rows only by what they hold: order, repetition and unused columns change nothing."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.study import Study
from ccegov_choice.study.utility import Utility

STUDY = Study(
    "s",
    "S",
    (
        Attribute.numeric("wait", "Wait", [2, 10, 20, 40], "day"),
        Attribute.categorical("channel", "Channel", ["web", "phone", "desk"]),
        Attribute.ordered("tone", "Tone", ["cold", "plain", "kind"]),
    ),
    opt_out=Alternative("none", "Nothing", kind="opt_out"),
)
FORMULAS = st.lists(
    st.sampled_from(
        ["wait", "log(wait)", "poly(wait, 3)", "piecewise(wait, 10)", "channel", "effects(tone)",
         "wait:channel", "channel:tone", "I(wait / 7)", "asc", "asc:channel"]
    ),
    min_size=1, max_size=4, unique=True,
).filter(lambda terms: not {"wait", "poly(wait, 3)"} <= set(terms)
         and not {"wait", "piecewise(wait, 10)"} <= set(terms)
         and not {"poly(wait, 3)", "piecewise(wait, 10)"} <= set(terms))  # fmt: skip
OFFERS = st.tuples(
    st.sampled_from([2.0, 10.0, 20.0, 40.0]),
    st.sampled_from(["web", "phone", "desk"]),
    st.sampled_from(["cold", "plain", "kind"]),
)
ROWS = st.lists(st.one_of(OFFERS, st.just(None)), min_size=1, max_size=12)


def frame_of(rows):
    cells = [("none", np.nan, None, None) if row is None else ("A", *row) for row in rows]
    frame = pd.DataFrame(cells, columns=["alternative", "wait", "channel", "tone"])
    return frame.astype({"wait": float, "channel": object, "tone": object})


@given(FORMULAS, ROWS, st.randoms(use_true_random=False))
def test_rows_are_encoded_one_by_one(terms, rows, random):
    utility = Utility(" + ".join(terms), STUDY)
    matrix = utility.matrix(frame_of(rows))
    order = list(range(len(rows))) * 2
    random.shuffle(order)
    shuffled = frame_of([rows[i] for i in order]).assign(unused="x")
    np.testing.assert_array_equal(utility.matrix(shuffled), matrix[:, order])
    assert matrix.shape == (utility.size, len(rows))
    assert matrix.flags.c_contiguous
    assert np.isfinite(matrix).all()


@given(FORMULAS, ROWS)
def test_profiles_and_frames_get_the_same_columns(terms, rows):
    utility = Utility(" + ".join(terms), STUDY)
    profiles = [
        STUDY.profile(alternative="none")
        if row is None
        else STUDY.profile(wait=row[0], channel=row[1], tone=row[2])
        for row in rows
    ]
    np.testing.assert_array_equal(utility.encode(profiles), utility.matrix(frame_of(rows)).T)


@given(ROWS)
def test_categories_and_text_encode_alike(rows):
    frame = frame_of(rows)
    utility = Utility("channel + tone + asc", STUDY)
    as_category = frame.astype(dict.fromkeys(["alternative", "channel", "tone"], "category"))
    np.testing.assert_array_equal(utility.matrix(as_category), utility.matrix(frame))


@given(OFFERS)
def test_effects_columns_sum_to_zero_over_levels(offer):
    utility = Utility("effects(channel)", STUDY)
    rows = [(offer[0], level, offer[2]) for level in ("web", "phone", "desk")]
    np.testing.assert_array_equal(utility.matrix(frame_of(rows)).sum(axis=1), [0.0, 0.0])
