"""Purchases of yogurt by 100 households, four brands."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ccegov_choice.data.choice_data import ChoiceData
from ccegov_choice.data.published.rfiles import read_rda
from ccegov_choice.data.source import DataSource
from ccegov_choice.study.attribute import Attribute
from ccegov_choice.study.numeraire import Numeraire
from ccegov_choice.study.study import Study
from ccegov_choice.study.wording import Text

SOURCE = DataSource(
    name="yogurt",
    title="2,412 purchases of yogurt by 100 households",
    licence="MIT (R package logitr)",
    citation="Jain, D., Vilcassim, N., & Chintagunta, P. (1994). A random-coefficients logit "
    "brand-choice model applied to panel data. Journal of Business & Economic Statistics 12(3).",
    repository="jhelvy/logitr",
    commit="master",
    path="data/yogurt.rda",
    sha256="095e9c3d77ee021164636799181f6336f6e0964de1fec27c0230873c20df7137",
)

FORMULA = "price + featured + brand"
"""Published names, in this order: price, feat, brandhiland, brandweight, brandyoplait."""


def study() -> Study:
    """Return what was observed; prices are the quartiles of it."""
    brands: dict[str, Text] = {
        "dannon": "Dannon",
        "hiland": "Hiland",
        "weight": "Weight Watchers",
        "yoplait": "Yoplait",
    }
    return Study(
        id="yogurt",
        title="Which yogurt",
        attributes=(
            Attribute.numeric(
                "price",
                "Price of an ounce",
                (0.3, 6.1, 8.1, 8.6, 19.3),
                "cent",
                "cents",
                direction="-",
                money=True,
            ),
            Attribute.ordered(
                "featured", "Advertised in a newspaper", {"no": "No", "yes": "Yes"}, direction="+"
            ),
            Attribute.categorical("brand", "Brand", brands),
        ),
        numeraires=(Numeraire("price", "the price of an ounce", "USD"),),
        role="customer",
    )


def read(path: Path) -> ChoiceData:
    """Read the file."""
    table = read_rda(path)["yogurt"].rename(columns={"feat": "featured"})
    table["featured"] = np.where(table["featured"] == 1, "yes", "no")
    return ChoiceData.from_long(
        table, study=study(), person="id", task="obsID", alternative="alt", chosen="choice"
    )
