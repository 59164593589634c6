"""Simulated answers about waiting, price and help, as choice data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study

TRUTH = {"wait": -0.1, "price": -0.5, "help[chat]": 0.4, "help[visit]": 0.9}
HELP = ("none", "chat", "visit")


def make_study(**changes) -> Study:
    parts = {
        "attributes": (
            Attribute.numeric("wait", "Days until the decision", [5, 10, 20], "day"),
            Attribute.numeric("price", "Fee", [0, 1, 2, 3], "pound"),
            Attribute.categorical("help", "Help", {name: name for name in HELP}),
        ),
        "covariates": (
            Covariate("region", "Region", "categorical", (Level("n", "N"), Level("s", "S"))),
            Covariate("age", "Age", "numeric"),
        ),
    }
    return Study("claim", "A claim", **{**parts, **changes})


def make_frame(
    people: int = 120,
    tasks: int = 4,
    alternatives: int = 3,
    seed: int = 0,
    scale: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = people * tasks * alternatives
    person = np.repeat(np.arange(people), tasks * alternatives)
    frame = pd.DataFrame(
        {
            "person": person,
            "task": np.tile(np.repeat(np.arange(tasks), alternatives), people),
            "alternative": np.tile(list("ABCDEF"[:alternatives]), people * tasks),
            "wait": rng.choice([5.0, 10.0, 20.0], rows),
            "price": rng.choice([0.0, 1.0, 2.0, 3.0], rows),
            "help": rng.choice(HELP, rows),
            "region": np.array(["n", "s"])[rng.integers(0, 2, people)][person],
            "age": rng.integers(18, 90, people)[person].astype(float),
            "household": person // 3,
        }
    )
    utility = TRUTH["wait"] * frame["wait"] + TRUTH["price"] * frame["price"]
    utility += frame["help"].map({"none": 0.0, "chat": 0.4, "visit": 0.9})
    utility *= frame["region"].map(scale or {"n": 1.0, "s": 1.0})
    utility += rng.gumbel(size=rows)
    best = utility.groupby([frame["person"], frame["task"]]).transform("max")
    frame["chosen"] = utility == best
    return frame


def make_data(frame: pd.DataFrame | None = None, study: Study | None = None, **kw) -> ChoiceData:
    weight = "weight" if frame is not None and "weight" in frame else None
    return ChoiceData.from_long(
        make_frame(**kw) if frame is None else frame, study=study or make_study(), weight=weight
    )


@pytest.fixture
def study() -> Callable[..., Study]:
    return make_study


@pytest.fixture
def frame() -> Callable[..., pd.DataFrame]:
    return make_frame


@pytest.fixture
def data() -> Callable[..., ChoiceData]:
    return make_data


@pytest.fixture
def opt_out() -> Alternative:
    return Alternative("none", "Neither", kind="opt_out")
