"""Americans' choices between income-tax plans (Ballard-Rosa, Martin & Scheve)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.published.rfiles import read_rda
from ccegov_choice.data.source import DataSource
from ccegov_choice.study.attribute import Attribute, Direction
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.level import Level
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study

SOURCE = DataSource(
    name="taxes",
    title="Choices of 2,000 Americans between income-tax plans",
    licence="MIT (R package cregg)",
    citation="Ballard-Rosa, C., Martin, L., & Scheve, K. (2017). The Structure of American "
    "Income Tax Policy Preferences. Journal of Politics 79(1).",
    repository="leeper/cregg",
    commit="0906890",
    path="data/taxes.rda",
    sha256="2c31ba47945227f1e913841030a0ccb6220c070bd37d0dc102ad29c58a428270",
)

BANDS = {
    "rate_under_10k": ("taxrate1", "under 10k", (0, 5, 15, 25), "-"),
    "rate_10k_35k": ("taxrate2", "from 10k to 35k", (5, 15, 25, 35), "-"),
    "rate_35k_85k": ("taxrate3", "from 35k to 85k", (5, 15, 25, 35), "-"),
    "rate_85k_175k": ("taxrate4", "from 85k to 175k", (5, 15, 25, 35), "-"),
    "rate_175k_375k": ("taxrate5", "from 175k to 375k", (5, 15, 25, 35, 45), "0"),
    "rate_over_375k": ("taxrate6", "over 375k", (5, 15, 25, 35, 45, 55), "0"),
}
"""Attribute -> column in the file, income band, rates shown, which way is better."""

REVENUE = {
    "under_75": ("<75%", "Less than 75 % of today's revenue"),
    "75_95": ("75-95%", "75 to 95 % of today's revenue"),
    "95_105": ("95-105%", "95 to 105 % of today's revenue"),
    "105_125": ("105-125%", "105 to 125 % of today's revenue"),
    "over_125": (">125%", "More than 125 % of today's revenue"),
}
"""Level -> how the file writes it, wording."""

FORMULA = " + ".join([*BANDS, "revenue"])
"""The published specification: one coefficient for each level but the first."""

CURVED = " + ".join([*(f"poly({band}, 2)" for band in BANDS), "revenue"])
"""Rates as a curve: two coefficients per band, so that a percentage point has a value."""

LINEAR = " + ".join([*(f"linear({band})" for band in BANDS), "revenue"])
"""Rates as a straight line: one coefficient per percentage point and band."""


def study() -> Study:
    """Return what was asked; rates are coded by level, as in the published model."""
    revenue = Attribute.ordered(
        "revenue",
        "Revenue that the plan raises",
        {level: wording for level, (_, wording) in REVENUE.items()},
    )
    return Study(
        id="taxes",
        title="American income-tax plans",
        attributes=(*(_rate(band) for band in BANDS), revenue),
        covariates=(
            _yes_no("inequality_aversion", "View of inequality", "averse", "not_averse"),
            _yes_no("taxes_harm_economy", "Thinks that taxes harm the economy", "yes", "no"),
            Covariate(
                "party",
                "Party",
                "categorical",
                tuple(Level(name.lower(), name) for name in _PARTIES),
            ),
        ),
        numeraires=(Numeraire("rate_35k_85k"), Numeraire("rate_10k_35k")),
        question="Which of these tax plans would you prefer?",
        role="citizen",
        declarations={
            "decision": "Who should bear the income tax, and how much revenue it should raise.",
            "population": "adults in the United States of America",
            "missing": "The file does not say who was not reached; its weights say that some kinds "
            "of people answered less often than others. They are not used, as in print.",
            "source": SOURCE.citation,
        },
    )


_PARTIES = ("Independent", "Democrat", "Republican")


def _rate(band: str) -> Attribute:
    _, incomes, rates, direction = BANDS[band]
    way: Direction = "-" if direction == "-" else "0"
    return Attribute(
        band,
        f"Tax on incomes {incomes}",
        "numeric",
        tuple(Level(str(rate), f"{rate} %", value=rate) for rate in rates),
        definition=f"Share of income that people with incomes {incomes} a year pay in income tax.",
        unit="percentage point",
        unit_plural="percentage points",
        direction=way,
        coding="dummy",
    )


def _yes_no(id: str, label: str, yes: str, no: str) -> Covariate:
    levels = (Level(yes, yes.replace("_", " ")), Level(no, no.replace("_", " ")))
    return Covariate(id, label, "categorical", levels)


def read(path: Path) -> ChoiceData:
    """Read the file: 2,000 people, 8 pairs each, rows of a pair one after the other.

    The weights of the survey are kept in the column ``survey_weight`` and are not used, as in
    the published result; ``data.with_weight("survey_weight")`` uses them.
    """
    table = read_rda(path)["taxes"].reset_index(drop=True)
    place = table.groupby("ID", sort=False).cumcount().to_numpy()
    columns: dict[str, object] = {
        "person": table["ID"].astype(np.int64),
        "task": place // 2 + 1,
        "alternative": np.where(place % 2 == 0, "A", "B"),
        "chosen": table["chose_plan"] == 1,
    }
    for band, (column, *_) in BANDS.items():
        columns[band] = _percent(table[column])
    written = {text: level for level, (text, _) in REVENUE.items()}
    columns["revenue"] = table["taxrev"].astype(str).map(written)
    columns["inequality_aversion"] = table["inequality_aversion"].map(
        {1.0: "averse", 0.0: "not_averse"}
    )
    columns["taxes_harm_economy"] = table["taxes_harm_economy"].map({1.0: "yes", 0.0: "no"})
    columns["party"] = table["partyid"].astype(str).str.lower()
    columns["survey_weight"] = table["weight"]
    return ChoiceData.from_long(pd.DataFrame(columns), study=study())


def _percent(column: pd.Series) -> pd.Series:
    """Return the rate in a cell such as ``"<10k: 5%"``."""
    return column.astype(str).str.extract(r": (\d+)%$", expand=False).astype(float)
