"""A small study and design, and people whose choices are known."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ccegov_choice.design.design import Design
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.study import Study


@pytest.fixture(scope="session")
def study() -> Study:
    return Study(
        "claim",
        "A claim",
        (
            Attribute.numeric("wait", "Days", (5, 14, 30), "day", "days"),
            Attribute.categorical("channel", "Channel", {"web": "Website", "phone": "By phone"}),
        ),
        opt_out=Alternative("none", "I would not claim", kind="opt_out"),
        covariates=(
            Covariate(
                "place",
                "Where you live",
                "categorical",
                (Level("town", "In a town"), Level("village", "In a village")),
            ),
        ),
    )


@pytest.fixture(scope="session")
def design(study: Study) -> Design:
    return Design(
        pd.DataFrame(
            {
                "block": [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2],
                "task": [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4],
                "alternative": ["A", "B", "none"] * 4,
                "wait": [5, 30, None, 14, 5, None, 30, 14, None, 5, 14, None],
                "channel": ["web", "phone", None, "phone", "web", None] * 2,
            }
        ),
        study,
    )


@pytest.fixture
def written(tmp_path: Path):
    """Return a function that writes a file and returns its path."""

    def write(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write
