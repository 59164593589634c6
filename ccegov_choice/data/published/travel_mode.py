"""Travel between Australian cities by air, train, bus or car (Greene & Hensher)."""

from __future__ import annotations

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.source import DataSource
from ccegov_choice.study.alternative import Alternative
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.covariate import Covariate
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study

SOURCE = DataSource(
    name="travel_mode",
    title="210 travellers between Sydney, Canberra and Melbourne, four modes each",
    licence="public domain (in the Python package statsmodels)",
    citation="Greene, W. H. (2011). Econometric Analysis, 7th edition, data table F18-2; "
    "collected by D. Hensher in 1987.",
)

FORMULA = 'asc("air", "train", "bus") + general_cost + terminal_time + specific(income, "air")'
"""Published names, in this order: constants of air, train and bus, gc, ttme, hinc_air."""

_MODES = {1: "air", 2: "train", 3: "bus", 4: "car"}


def study() -> Study:
    """Return what was observed; levels are the quartiles of it.

    The sample is choice-based: it has too few car travellers.
    """
    return Study(
        id="travel-mode",
        title="Between Sydney, Canberra and Melbourne by air, train, bus or car",
        attributes=(
            Attribute.numeric(
                "general_cost",
                "Generalised cost: fare and value of the time in the vehicle",
                (30, 71, 101.5, 144, 269),
                "dollar of generalised cost",
                "dollars of generalised cost",
                direction="-",
                money=True,
            ),
            Attribute.numeric(
                "terminal_time",
                "Waiting time at the terminal",
                (0, 35, 53, 99),
                "minute",
                "minutes",
                direction="-",
            ),
        ),
        alternatives=tuple(Alternative(mode, mode.capitalize()) for mode in _MODES.values()),
        covariates=(Covariate("income", "Income of the household, in thousands", "numeric"),),
        numeraires=(
            Numeraire("terminal_time"),
            Numeraire("general_cost", "the fare and the value of time in the vehicle", "AUD"),
        ),
        role="customer",
    )


def read() -> ChoiceData:
    """Read the data that statsmodels carries."""
    from statsmodels.datasets import modechoice

    names = {"gc": "general_cost", "ttme": "terminal_time", "hinc": "income"}
    table = modechoice.load_pandas().data.rename(columns=names)
    table["mode"] = table["mode"].map(_MODES)
    return ChoiceData.from_long(
        table,
        study=study(),
        person="individual",
        task="individual",
        alternative="mode",
        chosen="choice",
    )
